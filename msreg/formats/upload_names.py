"""Names and kinds of documents of a case. What a sender calls a file is shown and stored only when it is cleaned."""

from __future__ import annotations

import re
from enum import StrEnum
from unicodedata import category, normalize

from msreg.formats.upload_limits import MAX_NAME_BYTES


class Kind(StrEnum):
    """The kinds of document that are taken, by the ending that they are stored with."""

    PDF = "pdf"
    PNG = "png"
    JPG = "jpg"
    DOCX = "docx"
    XLSX = "xlsx"
    TXT = "txt"


ENDINGS = {**{each.value: each for each in Kind}, "jpeg": Kind.JPG}
"""The kind by what a name ends in, in lower case."""

NAMELESS = "document"
"""Stands for a name of which nothing is left."""

_PARTS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')  # on Windows; the colon would begin a second stream of the same file
_SPACES = re.compile(r"\s+")
_DEVICE = re.compile(r"(?i:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=\.|$| )")
_LONGEST_ENDING = 10


def clean_name(name: str) -> str:
    """A name that can be shown, stored, and made a file of on any system; the same again when it is cleaned twice.

    Without folders, control signs and signs that turn the direction of reading; one spelling (NFC); at most
    200 bytes in UTF-8 with its ending kept; no name of a device of Windows; never empty.
    """
    name = _PARTS.split(normalize("NFC", name))[-1]
    name = "".join(" " if category(each) in ("Zl", "Zp", "Zs") or each in "\t\n\r" else each for each in name)
    name = "".join(each for each in name if category(each) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = _FORBIDDEN.sub("_", normalize("NFC", name))
    name = _SPACES.sub(" ", name).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot and name.lower() in ENDINGS:  # ".pdf" and nothing before it
        stem, dot, ending = NAMELESS, ".", name
    elif not dot:
        stem, ending = name, ""
    elif len(ending) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    stem = stem.rstrip(". ") or NAMELESS
    if _DEVICE.match(stem):
        stem = f"_{stem}"
    room = MAX_NAME_BYTES - len((dot + ending).encode())
    return _cut(stem, room) + dot + ending


def _cut(text: str, room: int) -> str:
    """As much of a text as fits, without half a letter and without a letter robbed of its accent."""
    if len(text.encode()) <= room:
        return text
    kept = text.encode()[:room].decode(errors="ignore")
    while kept and category(text[len(kept)]).startswith("M"):
        kept = kept[:-1]
    return kept.rstrip(". ") or NAMELESS


def kind_of(name: str) -> Kind | None:
    """The kind that a cleaned name claims, or None for one that is not taken."""
    return ENDINGS.get(name.rpartition(".")[2].lower()) if "." in name else None
