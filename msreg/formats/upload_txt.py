"""Whether a document is text and nothing else. Runs in the child that judges documents."""

from __future__ import annotations

import codecs
import re

from msreg.formats.zip_guard import Fault

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Two or more bytes that are one letter in UTF-8. Read as Windows-1252 they would be letters such as Ã«.
_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""Signs that no text has; the ones that turn the direction of reading let a text say something else than it shows."""

_OTHER = re.compile(
    r"%PDF-|\{\\rtf|<\?xml|<\?php|<!doctype|<!--|<html|<head|<body|<svg|<script|#!|@echo|mime-version:|"
    r"\[InternetShortcut\]|\[autorun\]|Windows Registry Editor|REGEDIT4|begin [0-7]{3} |PK\x03\x04|MZ[^\w\s]|%!PS",
    re.IGNORECASE,
)
_ACTIVE = re.compile(r"<script[\s>]|<iframe|<\?php|javascript:|vbscript:", re.IGNORECASE)
_HEAD = 2_000


def judge(data: bytes) -> str:
    """Its text. Raises `Fault` for bytes that are none, and for another kind of file in the dress of a text."""
    text = decoded(data)
    if _CONTROL.search(text):
        raise Fault("no_text")
    head = text[:_HEAD].lstrip("\ufeff \t\r\n\f")
    if _OTHER.match(head):
        raise Fault("content")
    if _ACTIVE.search(text):
        raise Fault("two_kinds")
    return text


def decoded(data: bytes) -> str:
    """UTF-16 with a mark, UTF-8 with or without one, else Windows-1252. Raises `Fault` for none of them."""
    try:
        if data.startswith(_WIDE):
            return data.decode("utf-16")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            if data.startswith(codecs.BOM_UTF8) or _LETTER.search(data):
                raise
            return data.decode("cp1252")
    except UnicodeDecodeError:
        raise Fault("no_text") from None
