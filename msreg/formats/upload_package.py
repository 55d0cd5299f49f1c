"""The zip around a Word or Excel file, looked through before its parts are believed. Runs in the child.

On top of `zip_guard`: the zip fills the file from its first to its last byte without gaps, every part has an
ending that such files have, its real bytes are counted, and its XML is well formed and without a document type.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from xml.parsers import expat

from msreg.formats.upload_limits import MAX_PARTS_BYTES
from msreg.formats.upload_xml import Elements
from msreg.formats.workbook_guard import checked
from msreg.formats.zip_guard import Budget, Fault, opened, pieces

_XML = ("xml", "rels", "vml", "svg")
_PICTURES = (
    "png",
    "jpg",
    "jpeg",
    "jpe",
    "jfif",
    "gif",
    "bmp",
    "dib",
    "tif",
    "tiff",
    "emf",
    "wmf",
    "wdp",
    "webp",
)
_FONTS = ("odttf", "ttf", "fntdata")
_PRINTER = "printersettings"
_OTHER_FILES = (b"MZ", b"\x7fELF", b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"#!", b"<")
_LARGE, _EDGE = 2**20, 64
_END, _END_SIZE = b"PK\x05\x06", 22
_REMARK = re.compile(rb"[\x20-\x7e]{0,200}")
"""What may stand at the very end: msreg itself notes there which workbook is a marked copy."""

_ENCODINGS = ("utf-8", "us-ascii", "ascii", "iso-8859-1", "windows-1252")
"""In these a document type looks as it does in plain text."""

_LOCAL = struct.Struct("<4sHHHHHIIIHH")


class Package:
    """The parts of a Word or Excel file by their names in lower case, each walked with its bytes counted."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._budget = Budget(MAX_PARTS_BYTES)
        self.parts = {each.filename.lower(): each for each in archive.infolist() if not each.is_dir()}

    def walk(self, name: str, elements: Elements | None = None) -> None:
        """Parse one part of XML. Raises `Fault` for what is not well formed or nested too deep."""
        parser = _parser()
        heard = elements or Elements()
        parser.StartElementHandler, parser.EndElementHandler = heard.begin, heard.end
        if elements is not None:
            parser.buffer_text = True
            parser.CharacterDataHandler = heard.text
        for _ in self._parsed(name, parser):
            continue

    def walk_large(self, name: str, interesting: tuple[bytes, ...], elements: Elements) -> None:
        """The same where a part matters only for something `interesting` in it, as among a million cells."""
        if self.parts[name].file_size >= _LARGE and name.endswith(".xml"):
            edge = b""
            for piece in self._parsed(name, _parser()):
                edge += piece[:_EDGE]
                if any(each in piece or each in edge for each in interesting):
                    break
                edge = piece[-_EDGE:]
            else:
                return
        self.walk(name, elements)

    def _parsed(self, name: str, parser: expat.XMLParserType) -> Iterator[bytes]:
        """Feed a part to a parser; each piece of it."""
        try:
            for piece in checked(self._archive, self.parts[name], self._budget):
                parser.Parse(piece)
                yield piece
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise Fault("damaged") from None

    def look_at(self, name: str) -> None:
        """Count the bytes of a part that is not XML, and see that it is no program or document."""
        first = not name.endswith("odttf")  # a font with its first bytes made unreadable
        for piece in pieces(self._archive, self.parts[name], self._budget):
            if first and piece.startswith(_OTHER_FILES):
                raise Fault("attached")
            first = False


@contextmanager
def package(data: bytes) -> Iterator[Package]:
    """A Word or Excel file as its parts. Raises `Fault` for what is no honest zip."""
    if data.startswith(
        b"\xd0\xcf\x11\xe0"
    ):  # how Office wraps a file with a password, and kept files before 2007
        raise Fault("password")
    if not data.startswith(b"PK\x03\x04"):
        raise Fault("content")
    file: BinaryIO = io.BufferedReader(io.BytesIO(data))
    with opened(file) as archive:
        _check_layout(archive, data)
        found = Package(archive)
        for name in found.parts:
            _check_ending(name)
        if "[content_types].xml" not in found.parts or "_rels/.rels" not in found.parts:
            raise Fault("content")
        yield found


def _parser() -> expat.XMLParserType:
    def declared(_version: str, encoding: str | None, _alone: int) -> None:
        if encoding and encoding.lower() not in _ENCODINGS:
            raise Fault("markup")

    def document_type(*_told: object) -> None:
        raise Fault("markup")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = document_type
    return parser


def is_xml(name: str) -> bool:
    """Whether a part is XML by its ending."""
    return name.rpartition(".")[2] in _XML


def _check_ending(name: str) -> None:
    ending = name.rpartition(".")[2] if "." in posixpath.basename(name) else ""
    if "vba" in name or "macrosheet" in name:
        raise Fault("macros")
    if ending == "bin" and _PRINTER in name and "/embeddings/" not in name:
        return
    if ending not in (*_XML, *_PICTURES, *_FONTS):
        raise Fault("attached")


def _check_layout(archive: zipfile.ZipFile, data: bytes) -> None:
    """Nothing before, between or behind the parts: what is there is seen by some programs and not by others."""
    at = 0
    for entry in sorted(archive.infolist(), key=lambda each: each.header_offset):
        if entry.header_offset != at or at + _LOCAL.size > len(data):
            raise Fault("damaged")
        found = _LOCAL.unpack_from(data, at)
        if found[0] != b"PK\x03\x04" or (found[2] ^ entry.flag_bits) & 0x0809:
            raise Fault("damaged")
        at += _LOCAL.size + found[9] + found[10] + entry.compress_size
        if entry.flag_bits & 8:
            at = _behind_sizes(data, at)
    if at != archive.start_dir or not _REMARK.fullmatch(archive.comment):
        raise Fault("damaged")
    if not data.startswith(_END, len(data) - _END_SIZE - len(archive.comment)):
        raise Fault("behind")


def _behind_sizes(data: bytes, at: int) -> int:
    """Where the sizes end that a program writes behind a part when it did not know them before."""
    for size in (16, 24, 12, 20):
        if data[at + size : at + size + 2] == b"PK" and data[at + size + 2 : at + size + 4] in (
            b"\x03\x04",
            b"\x01\x02",
        ):
            return at + size
    raise Fault("damaged")
