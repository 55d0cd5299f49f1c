"""Look through a workbook before a parser opens it. Runs in the child that reads it.

Every part is unpacked once, in pieces, and its real bytes are counted: the sizes in a zip's headers are
what an attacker says they are. No XML is parsed here, so that nothing can be made to expand.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from msreg.formats.limits import MAX_PARTS, MAX_UNPACKED_BYTES

PIECE = 2**20
KEPT = 2**16  # a cell longer than this across two pieces may be missed; the memory limit then still holds

# A filled cell right of column SR, or in a seven-digit row. A parser makes room for every cell up to the
# last one, so a file of 5 kB with cells A1 and XFD1048576 would ask for 17 thousand million. Styled empty
# cells (`/>`) out there are harmless, and LibreOffice writes them.
FAR = re.compile(
    rb"r\s*=\s*[\"'](?:(?:[A-Za-z]{3,}|[Ss][S-Zs-z]|[T-Zt-z][A-Za-z])\d+|[A-Za-z]+\d{7,})[\"'][^>]*(?<!/)>"
)
ERROR = re.compile(
    rb"<(?:\w+:)?c\s([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>"
    rb"(?:<(?:\w+:)?f(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]{1,40})</"
)
REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")

Errors = dict[tuple[int, int], str]
"""Error texts of a sheet by row and column, both from 0. Parsers give such cells as empty ones."""


class Fault(Exception):
    """Why a workbook is not read; `code` is a key of `xlsx.FAULTS`."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def inspect(file: BinaryIO) -> dict[str, Errors]:
    """Error cells by part name. Raises `Fault` for a file that no parser should see."""
    try:
        with zipfile.ZipFile(file) as archive:
            _names(archive)
            return _parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        raise Fault("damaged") from None


def _names(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_PARTS:
        raise Fault("unpacked")
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename.lower()
        if entry.flag_bits & 1:
            raise Fault("password")
        if name in seen or "\\" in name or ":" in name or name.startswith("/") or ".." in name.split("/"):
            raise Fault("names")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Fault("damaged")
        if name.endswith("vbaproject.bin"):
            raise Fault("macros")
        seen.add(name)
    if "xl/workbook.xml" not in seen or "[content_types].xml" not in seen:
        raise Fault("not_workbook")


def _parts(archive: zipfile.ZipFile) -> dict[str, Errors]:
    unpacked = 0
    errors: dict[str, Errors] = {}
    for entry in archive.infolist():
        is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
        is_sheet = entry.filename.lower().startswith("xl/worksheets/")
        found: Errors = {}
        for size, piece in _pieces(archive, entry):
            unpacked += size
            if unpacked > MAX_UNPACKED_BYTES:
                raise Fault("unpacked")
            if is_xml or is_sheet:
                _markup(piece)
            if is_sheet:
                _cells(piece, found)
        if found:
            errors[entry.filename] = found
    return errors


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[tuple[int, bytes]]:
    """Number of new bytes, and those bytes after what a tag cut in two left from the piece before."""
    left = b""
    with archive.open(entry) as part:
        while new := part.read(PIECE):
            piece = left + new
            yield len(new), piece
            cell = piece.rfind(b"<c ")
            left = piece[max(cell, len(piece) - KEPT) :] if cell >= 0 else piece[-1024:]


def _markup(piece: bytes) -> None:
    # Excel writes UTF-8 without a document type. Anything else could hide what the searches look for.
    if b"\0" in piece or piece[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Fault("markup")
    if b"<!" in piece and (b"<!DOCTYPE" in piece.upper() or b"<!ENTITY" in piece.upper()):
        raise Fault("markup")


def _cells(piece: bytes, found: Errors) -> None:
    if FAR.search(piece):
        raise Fault("far")
    if b'"e"' in piece or b"'e'" in piece:
        for match in ERROR.finditer(piece):
            if reference := REFERENCE.search(match.group(1)):
                column = 0
                for digit in reference.group(1):
                    column = column * 26 + digit - 64
                row = int(reference.group(2))
                found[row - 1, column - 1] = match.group(2).decode("utf-8", "replace")
