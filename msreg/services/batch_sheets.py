"""From the tables of a batch file to typed rows: which sheet, which column, which answer.

Sheets and columns are named by key or by label in either language, in any order. All that is wrong with
the file as such is told here, by codes that begin with FIL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msreg.formats.cells import Table, Unreadable, letter
from msreg.forms.cleaning import Reader, clean
from msreg.forms.columns import Column, Sheet, sheets
from msreg.forms.definition import Item
from msreg.forms.problems import Kind, Problem
from msreg.forms.values import reader
from msreg.services.placed import PlacedFinding, RowPlace
from msreg.vocabulary import N_, Record, Severity

IGNORED_SHEETS = frozenset(("codebook", "codeboek", "provenance", "herkomst", "summary", "samenvatting"))
"""Sheets that msreg itself adds to a workbook."""

NEEDED = (Record.PATIENT, Record.COURSE, Record.DISEASE, Record.MEDICATION)

_E, _W = Severity.ERROR, Severity.WARNING
KINDS: Mapping[str, Kind] = {
    each.code: each
    for each in (
        Kind("FIL-001", _E, N_("A sheet is missing."), N_("no sheet medication"),
             N_("an empty sheet medication with its headers")),
        Kind("FIL-002", _W, N_("A sheet is not known and is not read."), N_("Sheet5"), N_("courses")),
        Kind("FIL-003", _E, N_("A column is not known."), N_("edds"), N_("edss, or EDSS score")),
        Kind("FIL-004", _E, N_("A column stands there twice."), N_("edss and EDSS score"), N_("edss")),
        Kind("FIL-005", _E, N_("A column that names the record is missing."),
             N_("courses without patient_number"), N_("courses with patient_number")),
        Kind("FIL-006", _E, N_("There is no such centre."), N_("AMS99"), N_("AMS01")),
        Kind("FIL-007", _E, N_("You may not write for this centre."), N_("another centre's code"),
             N_("your own centre's code")),
        Kind("FIL-008", _E, N_("There is no such patient in the file or the registry."),
             N_("a course of patient 99999"), N_("a course of a patient of the sheet patients")),
        Kind("FIL-009", _E, N_("The same record stands in the file twice."),
             N_("two rows for one patient"), N_("one row for each patient")),
        Kind("FIL-010", _E, N_("A row does not say which record it is."),
             N_("a course without a date"), N_("a course with its date")),
        Kind("FIL-011", _E, N_("There is no such medication of this patient."),
             N_("a side effect of a medicine that was not given"), N_("a side effect of a medicine given")),
        Kind("FIL-012", _E, N_("A sheet stands there twice."), N_("courses and Belopen"), N_("courses")),
        Kind("FIL-013", _E, N_("A cell holds an error of the spreadsheet."), N_("#N/A"), N_("an answer")),
    )
}  # fmt: skip


@dataclass(slots=True)
class BatchRow:
    """One row of a sheet: its typed answers, what was refused, and what names the record above it."""

    sheet: Sheet
    place: RowPlace
    values: dict[str, Any] = field(default_factory=dict)
    parents: dict[str, Any] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
    refused: bool = False


@dataclass(slots=True)
class Batch:
    """A batch file that was read: rows by sheet, and everything that is wrong so far."""

    rows: dict[Record, list[BatchRow]]
    findings: list[PlacedFinding]


def read_batch(tables: Iterable[Table], today: date) -> Batch:
    """Type every cell of a batch file. Nothing stops at the first fault."""
    batch = Batch({record: [] for record in Record}, [])
    seen: set[str] = set()
    for table in tables:
        sheet = next((each for each in sheets() if clean(table.sheet).casefold() in each.names), None)
        if sheet is None:
            if clean(table.sheet).casefold() not in IGNORED_SHEETS:
                batch.findings.append(
                    _of_file("FIL-002", table.sheet, N_("this sheet is not known and was not read"))
                )
            continue
        if sheet.key in seen:
            batch.findings.append(_of_file("FIL-012", table.sheet, N_("this sheet stands there twice")))
            continue
        seen.add(sheet.key)
        batch.rows[sheet.record] += _rows(table, sheet, today, batch.findings.append)
    for record in NEEDED:
        sheet = next(each for each in sheets() if each.record is record)
        if sheet.key not in seen:
            batch.findings.append(
                _of_file(
                    "FIL-001",
                    sheet.key,
                    N_("this sheet is missing; add it, with no rows if there is nothing to tell"),
                )
            )
    return batch


def problem(place: RowPlace, key: str, code: str, message: str, hint: str | None = None) -> PlacedFinding:
    """A finding of this file's own codes at one cell of a row."""
    severity = KINDS[code].severity
    return PlacedFinding(
        place.sheet,
        place.row,
        place.letters.get(key),
        key,
        code,
        severity,
        message,
        hint,
        {},
        place.raw.get(key),
    )


def _of_file(
    code: str, sheet: str, message: str, *, row: int | None = None, column: str | None = None,
    field: str | None = None, hint: str | None = None, params: dict[str, object] | None = None,
) -> PlacedFinding:  # fmt: skip
    return PlacedFinding(sheet, row, column, field, code, KINDS[code].severity, message, hint, params or {})


def _rows(
    table: Table, sheet: Sheet, today: date, tell: Callable[[PlacedFinding], None]
) -> Iterator[BatchRow]:
    columns = _columns(table, sheet, tell)
    letters = {column.key: letter(at) for at, column in columns}
    missing = [key for key in _naming(sheet) if key not in letters]
    for key in missing:
        tell(
            _of_file(
                "FIL-005", sheet.key, N_("the column {column} is missing; it names the record"),
                row=table.header_row, field=key, params={"column": key},
            )
        )  # fmt: skip
    if missing:
        return
    readers: list[tuple[int, Column, Reader | None]] = []
    for at, column in columns:
        item = _item(column)
        readers.append((at, column, reader(item, today) if item else None))
    for number, cells in table.rows:
        place = RowPlace(sheet.key, number, letters, {})
        row = BatchRow(sheet, place)
        for at, column, read in readers:
            raw = cells[at] if at < len(cells) else None
            if raw is None or column.told:
                continue
            place.raw[column.key] = raw
            if isinstance(raw, Unreadable):
                tell(problem(place, column.key, "FIL-013", N_("the cell holds an error of the spreadsheet")))
                row.faulty.add(column.key)
                row.refused = True
                continue
            if read is None:
                row.parents[column.key] = clean(str(raw)) or None
                continue
            value, found = read(raw)
            if found is not None:
                tell(_placed(place, column.key, found))
                if found.severity is Severity.ERROR:
                    row.faulty.add(column.key)
                    row.refused = True
                    continue
            if value is not None:
                (row.values if column.item else row.parents)[column.key] = value
        yield row


def _item(column: Column) -> Item | None:
    """The question behind a column; the parents of a side effect are typed as the medication's."""
    if column.item is not None:
        return column.item
    borrowed = {"medicine": "medicine", "medication_start": "start_date"}.get(column.key)
    if borrowed is None:
        return None
    medication = next(each for each in sheets() if each.record is Record.MEDICATION)
    return medication.by_key[borrowed].item


def _naming(sheet: Sheet) -> list[str]:
    """The columns without which a row names no record."""
    parents = [column.key for column in sheet.columns if column.item is None and not column.told]
    identity = [key for form in sheet.forms for key in form.identity]
    return parents + [key for key in identity if key not in parents]


def _columns(table: Table, sheet: Sheet, tell: Callable[[PlacedFinding], None]) -> list[tuple[int, Column]]:
    found: dict[str, tuple[int, Column]] = {}
    for at, header in enumerate(table.header):
        if not header:
            continue
        column = sheet.column(header)
        if column is None:
            tell(
                _of_file(
                    "FIL-003", sheet.key, N_("there is no column {column} here"),
                    row=table.header_row, column=letter(at), params={"column": repr(header[:40])},
                    hint=N_("see the columns with: msreg forms list"),
                )
            )  # fmt: skip
        elif column.key in found:
            tell(
                _of_file(
                    "FIL-004", sheet.key, N_("the column {column} stands there twice"),
                    row=table.header_row, column=letter(at), field=column.key, params={"column": column.key},
                )
            )  # fmt: skip
        else:
            found[column.key] = (at, column)
    return list(found.values())


def _placed(place: RowPlace, key: str, found: Problem) -> PlacedFinding:
    return PlacedFinding(
        place.sheet,
        place.row,
        place.letters.get(key),
        key,
        found.code,
        found.severity,
        found.message,
        found.hint,
        dict(found.params),
        place.raw.get(key),
    )
