"""Which characters the bytes of a CSV file stand for. The whole file is looked at before any row of it is used."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import BinaryIO

from msreg.errors import Refused
from msreg.formats.limits import MAX_RECORD
from msreg.formats.origin import Name
from msreg.vocabulary import N_

PIECE = 2**20
UTF_8, UTF_16, WINDOWS = "utf-8-sig", "utf-16", "cp1252"

Open = Callable[[], BinaryIO]

_MARK = codecs.BOM_UTF8
_MARKS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Two or more bytes that are one letter in UTF-8. Read as Windows-1252 they would be letters such as Ã«.
_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def encoding_of(open_: Open, name: Name) -> str:
    """The encoding of a file: UTF-8 with or without a mark, UTF-16 with one, else Windows-1252.

    Raises `Refused` with the line for what is none of these, such as UTF-8 with a few bytes of something else.
    """
    with open_() as file:
        mark = file.read(4)
    if mark.startswith(_MARKS_16):
        if (line := _first_bad(open_, UTF_16, name)) is None:
            return UTF_16
        raise not_text(name, line)
    if (line := _first_bad(open_, UTF_8, name)) is None:
        return UTF_8
    if mark.startswith(_MARK) or _has_letters(open_) or _first_bad(open_, WINDOWS, name) is not None:
        raise not_text(name, line)
    return WINDOWS


def not_text(name: Name, line: int) -> Refused:
    """The refusal of a file whose bytes are no text."""
    return Refused(
        N_("{file}, line {line}: this is not UTF-8 text."),
        hint=N_("Save it as 'CSV UTF-8' in Excel, or choose UTF-8 when saving in LibreOffice."),
        file=name,
        line=line,
    )


def _first_bad(open_: Open, encoding: str, name: Name) -> int | None:
    """The line with the first byte that is no text in this encoding; a NUL is none. None: there is none."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, length = 1, 0
    with open_() as file:
        while True:
            piece = file.read(PIECE)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as problem:
                # `problem.object` is the piece with what was left over of the one before
                return line + problem.object[: problem.start].count(b"\n")
            if "\0" in text:
                return line + text[: text.index("\0")].count("\n")
            if not piece:
                return None
            line += text.count("\n")
            length = _last_line(text, length)
            if length > MAX_RECORD:
                raise too_long(name, line)


def _last_line(text: str, before: int) -> int:
    """Length of the last line so far. Lines within a piece are shorter than any limit."""
    end = max(text.rfind("\n"), text.rfind("\r"))
    return before + len(text) if end < 0 else len(text) - end - 1


def too_long(name: Name, row: int) -> Refused:
    """The refusal of a row that no sheet can have."""
    return Refused(
        N_("{file}, row {row}: the row is longer than {most} characters."),
        hint=N_("Check the line ends of the file, and close a quote that was left open."),
        file=name,
        row=row,
        most=MAX_RECORD,
    )


def _has_letters(open_: Open) -> bool:
    with open_() as file:
        left = b""
        while piece := file.read(PIECE):
            if _LETTER.search(left + piece):
                return True
            left = piece[-3:]
    return False
