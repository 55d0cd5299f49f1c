"""Every format that goes in or out, in one list: help, documentation and tests walk it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from msreg.errors import NotFound, Refused, Unavailable, Usage
from msreg.formats.cells import Table
from msreg.formats.sheets import SheetOut
from msreg.vocabulary import N_


@dataclass(frozen=True, slots=True)
class Reader:
    """A format that batch files come in."""

    key: str
    label: str
    read: Callable[[Path], list[Table]]


@dataclass(frozen=True, slots=True)
class Writer:
    """A format that exports are written in; `suffix` is that of the file, empty for a folder."""

    key: str
    label: str
    suffix: str
    write: Callable[[Path, Iterable[SheetOut], bool], Path]


def _read_xlsx(path: Path) -> list[Table]:
    from msreg.formats.xlsx import read_workbook

    return read_workbook(path)


def _read_folder(path: Path) -> list[Table]:
    from msreg.formats.csv_folder import read_folder

    return read_folder(path)


def _read_csv(path: Path) -> list[Table]:
    from msreg.formats.csv_folder import read_table

    return [read_table(path)]


def _write_xlsx(path: Path, sheets: Iterable[SheetOut], overwrite: bool) -> Path:
    from msreg.formats.xlsx_out import write_workbook

    return write_workbook(path, sheets, overwrite=overwrite)


def _write_csv(path: Path, sheets: Iterable[SheetOut], overwrite: bool) -> Path:
    from msreg.formats.csv_out import write_folder

    return write_folder(path, sheets, overwrite=overwrite)


XLSX = Reader("xlsx", N_("Excel workbook (.xlsx)"), _read_xlsx)
CSV_FOLDER = Reader("csv-folder", N_("folder with one CSV file a sheet"), _read_folder)
CSV_FILE = Reader("csv", N_("one CSV file, named after its sheet"), _read_csv)
READERS: tuple[Reader, ...] = (XLSX, CSV_FOLDER, CSV_FILE)

WRITERS: tuple[Writer, ...] = (
    Writer("excel", N_("Excel workbook (.xlsx)"), ".xlsx", _write_xlsx),
    Writer("csv", N_("folder with one CSV file a sheet"), "", _write_csv),
)

_TAKEN = N_("Give an Excel workbook (.xlsx) or a folder of CSV files.")
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .xls, and of workbooks with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PICTURE = N_("{file} is a picture, not a batch file.")
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"%PDF", N_("{file} is a PDF document, not a batch file.")),
)


def reader_for(path: Path) -> Reader:
    """The reader for what a file is, by its first bytes, and by its name only when it is plain text.

    Raises `NotFound` when nothing is there, `Refused` for what is no batch file, each with what to do.
    """
    if path.is_dir():
        return CSV_FOLDER
    if not path.exists():
        raise NotFound(
            N_("There is no file {file}."),
            hint=N_("Check the name and the folder that you are in."),
            file=str(path),
        )
    if not path.is_file():
        raise _refused(N_("{file} is not a file or a folder of files."), path)
    head = _head(path)
    if not head:
        raise _refused(N_("{file} is empty."), path)
    if head.startswith(b"PK"):
        return _workbook(path)
    if head.startswith(_OLD):
        raise _old(path, head)
    for magic, sentence in _OTHERS:
        if head.startswith(magic):
            raise _refused(sentence, path)
    if path.suffix.lower() == ".csv":
        return CSV_FILE
    raise _refused(N_("{file} is not a workbook, whatever its name says."), path)


def read(path: Path) -> list[Table]:
    """The tables of a batch file. Raises what `reader_for` and the readers raise."""
    return reader_for(path).read(path)


def writer(key: str) -> Writer:
    """The writer of that name. Raises `Usage` with the names there are."""
    for each in WRITERS:
        if each.key == key:
            return each
    raise Usage(
        N_("There is no export format {key}; there are {known}."),
        field="format",
        key=repr(key),
        known=", ".join(each.key for each in WRITERS),
    )


def _workbook(path: Path) -> Reader:
    from msreg.formats.limits import MAX_FILE_BYTES

    if path.stat().st_size > MAX_FILE_BYTES:
        raise Refused(
            N_("{file} is larger than a workbook may be ({most} MB)."),
            hint=N_("Spread the rows over several files, or use CSV files."),
            file=str(path),
            most=MAX_FILE_BYTES // 2**20,
        )
    return XLSX


def _old(path: Path, head: bytes) -> Refused:
    if _ENCRYPTED in head or _ENCRYPTED in _directory(path, head):
        return Refused(
            N_("{file} is protected with a password."),
            hint=N_("Save it in Excel without a password."),
            file=str(path),
        )
    return Refused(
        N_("{file} is in the old Excel format (.xls)."),
        hint=N_("Open it in Excel or LibreOffice, save it as an Excel workbook (.xlsx), and use that file."),
        file=str(path),
    )


def _directory(path: Path, head: bytes) -> bytes:
    """The sector with the names of what an old container holds."""
    sector = 1 << min(int.from_bytes(head[30:32], "little"), 16)
    with path.open("rb") as file:
        file.seek((int.from_bytes(head[48:52], "little") + 1) * sector)
        return file.read(4096)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4096)
    except OSError:
        raise Unavailable(N_("{file} cannot be read; check your rights to it."), file=str(path)) from None


def _refused(message: str, path: Path) -> Refused:
    return Refused(message, hint=_TAKEN, file=str(path))
