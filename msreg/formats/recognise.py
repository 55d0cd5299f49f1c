"""What a file is, by its first bytes; by its name only when it is plain text."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from msreg.errors import NotFound, Refused
from msreg.formats.limits import MAX_FILE_BYTES
from msreg.formats.origin import STANDARD_INPUT, Name, Origin, of_file, of_standard_input
from msreg.vocabulary import N_

WORKBOOK, FOLDER, ZIP, JSON_LINES, CSV, FHIR = "xlsx", "csv-folder", "csv-zip", "jsonl", "csv", "fhir"
"""Keys of the readers."""

TAKEN = N_("Give an Excel workbook (.xlsx), CSV files in a folder or zip file, JSON lines, or FHIR of msreg.")
SAVE_AS = N_("Open it in Excel or LibreOffice, save it as an Excel workbook (.xlsx), and use that file.")

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .xls, and of workbooks with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PICTURE = N_("{file} is a picture, not a batch file.")
_PACKED = N_("{file} is packed in a way that is not read.")
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"%PDF", N_("{file} is a PDF document, not a batch file.")),
    (b"\x1f\x8b", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", _PACKED),
    (b"Rar!", _PACKED),
)
_RESOURCE = re.compile(rb'"resourceType"\s*:')  # in a text the quotes would have a backslash before them
_TEXTS = (".csv", ".tsv", ".txt")
_LINES = (".jsonl", ".ndjson")


def origin_of(path: Path) -> Origin:
    """The file at a path, or standard input for `-`. Raises `NotFound`, `Refused` or `Usage` without one."""
    if path == STANDARD_INPUT:
        return of_standard_input()
    try:
        found = path.stat()
    except OSError:
        raise NotFound(
            N_("There is no file {file}."),
            hint=N_("Check the name and the folder that you are in."),
            file=str(path),
        ) from None
    if not stat.S_ISREG(found.st_mode):
        raise refused(N_("{file} is not a file or a folder of files."), str(path))
    return of_file(path)


def format_of(origin: Origin) -> str:
    """The key of the reader for a file. Raises `Refused` for what is no batch file, with what to do."""
    try:
        with origin.open() as file:
            head = file.read(4096)
    except OSError:
        raise origin.unreadable() from None
    if not head:
        raise refused(N_("{file} is empty."), origin.name)
    if head.startswith(b"PK"):
        return _zipped(origin)
    if head.startswith(_OLD):
        raise _old(origin, head)
    for magic, sentence in _OTHERS:
        if head.startswith(magic):
            raise refused(sentence, origin.name)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"{" and origin.suffix not in _TEXTS and _RESOURCE.search(head):
        return FHIR
    if origin.suffix in _LINES:
        return JSON_LINES
    if start == b"{" and origin.suffix not in _TEXTS:
        return JSON_LINES
    if start == b"[" and origin.suffix not in _TEXTS:
        raise Refused(
            N_("{file} is one list in JSON; JSON lines are read."),
            hint=N_("Write one object on each line, without the list around them."),
            file=origin.name,
        )
    if origin.suffix in _TEXTS or (origin.path is None and start != b"<"):
        return CSV
    raise refused(N_("{file} is not a workbook, whatever its name says."), origin.name)


def refused(message: str, name: Name) -> Refused:
    """The refusal of what is no batch file."""
    return Refused(message, hint=TAKEN, file=name)


def _zipped(origin: Origin) -> str:
    """A workbook or a zip file of CSV files, by what is in it."""
    if origin.size() > MAX_FILE_BYTES:
        raise Refused(
            N_("{file} is larger than a batch file may be ({most} MB)."),
            hint=N_("Spread the rows over several files."),
            file=origin.name,
            most=MAX_FILE_BYTES // 2**20,
        )
    from msreg.formats import zip_guard
    from msreg.formats.xlsx_faults import fault

    try:
        with zip_guard.opened(origin.open()) as archive:
            names = [name.lower() for name in archive.namelist()]
    except zip_guard.Fault as found:
        # of a zip file that cannot be opened its name tells what it was meant to be
        if origin.suffix == ".zip":
            from msreg.formats.csv_zip import refusal

            raise refusal(found.code, origin.name) from None
        raise fault(found.code, origin.name) from None
    if "xl/workbook.bin" in names:
        raise Refused(N_("{file} is a binary Excel workbook (.xlsb)."), hint=SAVE_AS, file=origin.name)
    if "[content_types].xml" in names:
        return WORKBOOK
    if "content.xml" in names and "mimetype" in names:
        raise Refused(N_("{file} is an OpenDocument file (.ods)."), hint=SAVE_AS, file=origin.name)
    return ZIP


def _old(origin: Origin, head: bytes) -> Refused:
    if _ENCRYPTED in head or _ENCRYPTED in _directory(origin, head):
        return Refused(
            N_("{file} is protected with a password."),
            hint=N_("Save it in Excel without a password."),
            file=origin.name,
        )
    return Refused(N_("{file} is in the old Excel format (.xls)."), hint=SAVE_AS, file=origin.name)


def _directory(origin: Origin, head: bytes) -> bytes:
    """The sector with the names of what an old container holds."""
    sector = 1 << min(int.from_bytes(head[30:32], "little"), 16)
    with origin.open() as file:
        file.seek((int.from_bytes(head[48:52], "little") + 1) * sector)
        return file.read(4096)
