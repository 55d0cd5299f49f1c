"""Every format that goes in or out, in one list: help, documentation and tests walk it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from msreg.errors import Usage
from msreg.formats.cells import Source, Table
from msreg.formats.fhir_folder import is_fhir
from msreg.formats.origin import Origin
from msreg.formats.recognise import FHIR, FOLDER, format_of, origin_of
from msreg.formats.sheets import SheetOut
from msreg.vocabulary import N_


@dataclass(frozen=True, slots=True)
class Reader:
    """A format that batch files come in.

    `whole`: such a file has all sheets, so one can be missing. `named`: it says itself which sheet is which.
    """

    key: str
    label: str
    read: Callable[[Origin, str | None], list[Table]]
    whole: bool = True
    named: bool = True


@dataclass(frozen=True, slots=True)
class Writer:
    """A format that exports are written in; `suffix` is that of the file, empty for a folder.

    `keyed`: made for programs, so sheets and columns have their keys as names whatever the language. `typed`: so
    too, and answers stay codes, for the format has room for types and labels beside them. `streams`: may go to
    an open stream as well. `nested`: records hang below their patient, whose sheet is always there. `centres`:
    hospitals are records too, so their names come along.
    """

    key: str
    label: str
    suffix: str
    write: Callable[[Path, Iterable[SheetOut], bool], Path]
    keyed: bool = False
    typed: bool = False
    streams: bool = False
    nested: bool = False
    centres: bool = False
    check: Callable[[], None] = lambda: None
    """Raises `Unavailable` when a library that it needs is not installed."""


def _read_xlsx(origin: Origin, sheet: str | None) -> list[Table]:
    from msreg.formats.xlsx import read_workbook

    return read_workbook(origin)


def _read_folder(origin: Origin, sheet: str | None) -> list[Table]:
    from msreg.formats.csv_folder import read_folder

    assert origin.path is not None
    return read_folder(origin.path)


def _read_zip(origin: Origin, sheet: str | None) -> list[Table]:
    from msreg.formats.csv_zip import read_zip

    return read_zip(origin)


def _read_lines(origin: Origin, sheet: str | None) -> list[Table]:
    from msreg.formats.jsonl_in import read_lines

    return read_lines(origin, sheet)


def _read_csv(origin: Origin, sheet: str | None) -> list[Table]:
    from msreg.formats.csv_folder import read_file

    return read_file(origin, sheet)


def _write_xlsx(path: Path, sheets: Iterable[SheetOut], overwrite: bool) -> Path:
    from msreg.formats.xlsx_out import write_workbook

    return write_workbook(path, sheets, overwrite=overwrite)


def _write_csv(path: Path, sheets: Iterable[SheetOut], overwrite: bool) -> Path:
    from msreg.formats.csv_out import write_folder

    return write_folder(path, sheets, overwrite=overwrite)


def _write_jsonl(path: Path, sheets: Iterable[SheetOut], overwrite: bool) -> Path:
    from msreg.formats.jsonl_out import write_file

    return write_file(path, sheets, overwrite=overwrite)


def _write_parquet(path: Path, sheets: Iterable[SheetOut], overwrite: bool) -> Path:
    from msreg.formats.parquet_out import write_parquet

    return write_parquet(path, sheets, overwrite=overwrite)


def _check_parquet() -> None:
    from msreg.formats.parquet_arrow import require_pyarrow

    require_pyarrow()


def _write_spss(path: Path, sheets: Iterable[SheetOut], overwrite: bool) -> Path:
    from msreg.formats.spss_out import write_spss

    return write_spss(path, sheets, overwrite=overwrite)


def _write_odm(path: Path, sheets: Iterable[SheetOut], overwrite: bool) -> Path:
    from msreg.formats.odm_out import write_odm

    return write_odm(path, sheets, overwrite=overwrite)


def _write_fhir(path: Path, sheets: Iterable[SheetOut], overwrite: bool) -> Path:
    from msreg.formats.fhir_out import write_folder

    return write_folder(path, sheets, overwrite=overwrite)


def _write_bundle(path: Path, sheets: Iterable[SheetOut], overwrite: bool) -> Path:
    from msreg.formats.fhir_out import write_bundle

    return write_bundle(path, sheets, overwrite=overwrite)


def _read_fhir(origin: Origin, sheet: str | None) -> list[Table]:
    from msreg.formats.fhir_in import read_fhir

    return read_fhir(origin)


READERS: tuple[Reader, ...] = (
    Reader("xlsx", N_("Excel workbook (.xlsx)"), _read_xlsx),
    Reader("csv-folder", N_("folder with one CSV file a sheet"), _read_folder),
    Reader("csv-zip", N_("zip file with one CSV file a sheet"), _read_zip),
    Reader("csv", N_("one CSV file, named after its sheet"), _read_csv, named=False),
    Reader("jsonl", N_("file of JSON lines"), _read_lines, whole=False, named=False),
    Reader("fhir", N_("FHIR Bundle, or file or folder of NDJSON"), _read_fhir, whole=False),
)

WRITERS: tuple[Writer, ...] = (
    Writer("excel", N_("Excel workbook (.xlsx)"), ".xlsx", _write_xlsx),
    Writer("csv", N_("folder with one CSV file a sheet"), "", _write_csv),
    Writer("jsonl", N_("file of JSON lines"), ".jsonl", _write_jsonl, keyed=True, streams=True),
    Writer("parquet", N_("folder with one Parquet file a sheet"), "", _write_parquet, typed=True, check=_check_parquet),
    Writer("spss", N_("folder with one SPSS file a sheet"), "", _write_spss, typed=True),
    Writer("odm", N_("CDISC ODM-XML file"), ".xml", _write_odm, typed=True, nested=True),
    Writer(
        "fhir", N_("folder with one FHIR NDJSON file a resource type"), "", _write_fhir,
        keyed=True, typed=True, nested=True, centres=True,
    ),
    Writer(
        "fhir-bundle", N_("FHIR Bundle (.json)"), ".json", _write_bundle,
        keyed=True, typed=True, nested=True, centres=True,
    ),
)  # fmt: skip


def reader_for(path: Path) -> tuple[Reader, Origin]:
    """The reader for what a file is, by its content, and the file to read; `-` is standard input.

    Raises `NotFound` when nothing is there, `Refused` for what is no batch file, each with what to do.
    """
    if path.is_dir():
        key, origin = FHIR if is_fhir(path) else FOLDER, Origin(path)
    else:
        origin = origin_of(path)
        key = format_of(origin)
    return next(each for each in READERS if each.key == key), origin


def read(path: Path, *, sheet: str | None = None) -> Source:
    """A batch file, or with `-` what comes in on standard input. Raises what the readers raise.

    `sheet` names the sheet that a single CSV file is, and that of JSON lines which name none. Raises `Usage`
    for a file that names its sheets itself, and without `sheet` for CSV that has no name.
    """
    reader, origin = reader_for(path)
    if sheet is not None and reader.named:
        raise Usage(
            N_("{file} names its sheets itself."),
            hint=N_("Leave --sheet out."),
            field="sheet",
            file=origin.name,
        )
    if sheet is None and reader.key == "csv" and origin.path is None:
        raise Usage(
            N_("CSV on {file} does not say which sheet it is."),
            hint=N_("Name it, such as --sheet courses."),
            field="sheet",
            file=origin.name,
        )
    try:
        tables = reader.read(origin, sheet)
    except OSError:
        raise origin.unreadable() from None
    return Source(tables, reader.key, reader.whole and sheet is None, origin.sha256(), origin.short)


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
