"""Look through a workbook before a parser opens it. Runs in the child that reads it.

No XML of unknown origin is parsed before it was searched for what would make it expand, and no part is unpacked
without its real bytes being counted.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator, Mapping

from msreg.formats.limits import MAX_PART_BYTES
from msreg.formats.zip_guard import Budget, Fault, pieces

_OVERLAP = 16
"""Bytes that a document type begins with may stand across two pieces."""

Parts = Mapping[str, zipfile.ZipInfo]
"""What a workbook holds, by name in lower case."""


def parts_of(archive: zipfile.ZipFile) -> Parts:
    """The parts of an .xlsx file. Raises `Fault` for macros, and for a zip that is no such file."""
    parts = {entry.filename.lower(): entry for entry in archive.infolist()}
    if any(name.endswith("vbaproject.bin") for name in parts):
        raise Fault("macros")
    if "xl/workbook.xml" not in parts or "[content_types].xml" not in parts:
        raise Fault("not_workbook")
    return parts


def whole(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget) -> bytes:
    """One part in full, safe to parse. Raises `Fault` for one that is too large or has a document type."""
    found = bytearray()
    for piece in checked(archive, entry, budget):
        found += piece
        if len(found) > MAX_PART_BYTES:
            raise Fault("unpacked")
    return bytes(found)


def checked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    """A part of XML piece by piece, each searched for a document type and another encoding."""
    left = b""
    for piece in pieces(archive, entry, budget):
        # Excel writes UTF-8 without a document type. Anything else could hide what the searches look for.
        if b"\0" in piece or piece[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise Fault("markup")
        edge = left + piece[:_OVERLAP]
        for part in (edge, piece):
            if b"!" in part:
                upper = part.upper()
                if b"<!DOCTYPE" in upper or b"<!ENTITY" in upper:
                    raise Fault("markup")
        left = (edge if len(piece) < _OVERLAP else piece)[-_OVERLAP:]
        yield piece


def look_through(archive: zipfile.ZipFile, parts: Parts, budget: Budget, seen: Collection[str]) -> None:
    """Unpack and count every part but those of `seen`; search the XML among them."""
    for name, entry in parts.items():
        if name not in seen:
            is_xml = name.endswith((".xml", ".rels", ".vml"))
            for _ in checked(archive, entry, budget) if is_xml else pieces(archive, entry, budget):
                continue
