"""A batch file for the demo: made-up patients whom the registry has, new ones, and faults on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from msreg.formats.cells import Cell
from msreg.formats.registry import writer
from msreg.formats.sheets import SheetOut
from msreg.forms.columns import sheet_of, sheets
from msreg.services.dossiers import Dossier, Entry
from msreg.services.judging import judge
from msreg.services.made_up import make_people
from msreg.services.made_up.lists import centres
from msreg.vocabulary import Record

KNOWN, NEW = 6, 5
"""Patients in the file: whom the registry has already, and who are new."""

_SPARE = 400
"""So many people more are made to choose the new ones from; most are of other centres or incomplete."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault that was put in: where it stands, and the code that must be reported there."""

    sheet: str
    row: int
    field: str
    code: str


@dataclass(slots=True)
class _Row:
    """One row of a sheet, with its cells by column."""

    record: Record
    cells: dict[str, Any]
    entry: Entry | None = None
    new: bool = False


@dataclass(slots=True)
class _Book:
    """The rows of every sheet, in order, and the faults in them."""

    rows: dict[Record, list[_Row]] = field(default_factory=lambda: {record: [] for record in Record})
    planted: list[Planted] = field(default_factory=list)

    def plant(self, row: _Row, key: str, value: Any, code: str) -> None:
        """Put a faulty answer into a row."""
        row.cells[key] = value
        number = self.rows[row.record].index(row) + 2  # the header is row 1
        self.planted.append(Planted(sheet_of(row.record).key, number, key, code))

    def first(self, record: Record, fits: Callable[[_Row], bool]) -> _Row:
        """The first row of a new patient that fits and has no fault yet."""
        taken = {(each.sheet, each.row) for each in self.planted}
        for at, row in enumerate(self.rows[record]):
            if row.new and fits(row) and (sheet_of(record).key, at + 2) not in taken:
                return row
        raise LookupError(f"no row of {record.value} fits")


def write_demo_batch(
    path: Path, *, seed: int, patients: int, today: date, faults: bool = True, format_key: str = "excel"
) -> list[Planted]:
    """Write a batch file of the first demo centre for a registry that `fill` filled with the same arguments.

    It repeats some patients as they are, gives one a new course and another a new e-mail address, and brings
    new ones. With `faults` it also has faults of nine kinds, which are returned in the order of the sheets;
    without, the same file is sound. `format_key` is one of the writers: excel or csv.
    """
    book = _Book()
    known, new = _chosen(seed, patients, today)
    _extend(known, today)
    for at, dossier in enumerate([*known, *new]):
        _lay(book, dossier, new=at >= len(known))
    if faults:
        _plant(book, today)
    writer(format_key).write(path, list(_sheets(book)), False)
    order = [sheet.key for sheet in sheets()]
    return sorted(book.planted, key=lambda each: (order.index(each.sheet), each.row))


def _chosen(seed: int, patients: int, today: date) -> tuple[list[Dossier], list[Dossier]]:
    """Patients of the first centre without open questions: some who were made, and some after them."""
    codes = [each.code for each in centres()]
    known: list[Dossier] = []
    new: list[Dossier] = []
    for number, dossier in enumerate(make_people(seed, patients + _SPARE, today, codes)):
        if dossier.centre_id != codes[0] or not _alive_and_sound(dossier, today):
            continue
        if number < patients:
            if len(known) < KNOWN:
                known.append(dossier)
        elif len(new) < NEW - 1 or (len(new) < NEW and _has_all(dossier)):
            # The last of them has a relapse and a stopped medicine, for the faults that need one.
            new.append(dossier)
        if len(new) == NEW:
            break
    return known, new


def _alive_and_sound(dossier: Dossier, today: date) -> bool:
    values = dossier.patient.values
    return not (values["deceased"] or values["treatment_ended"] or judge(dossier, today, made_up=True))


def _has_all(dossier: Dossier) -> bool:
    relapses = [each for each in dossier.of(Record.DISEASE) if each.values["kind"] == "relapse"]
    medication = dossier.of(Record.MEDICATION)
    return (
        len(relapses) > 1
        and len(medication) > 2
        and "stop_date" in medication[-2].values
        and sum("edss" in each.values for each in dossier.of(Record.COURSE)) > 3
        and not dossier.of(Record.ADVERSE_EVENT)
    )


def _extend(known: list[Dossier], today: date) -> None:
    """What changed since: a new course for one, another address for another."""
    for dossier in known[:1]:
        seen = {entry.values["course_date"] for entry in dossier.of(Record.COURSE)}
        day = today - timedelta(days=1)
        if day not in seen:
            scores = [e.values["edss"] for e in dossier.of(Record.COURSE) if "edss" in e.values]
            score = scores[-1] if scores else Decimal(2)
            values = {"course_date": day, "edss_method": "assessed", "edss": score, "mri_done": False}
            dossier.of(Record.COURSE).append(Entry(Record.COURSE, values))
    for dossier in known[1:2]:
        number = dossier.patient.values["patient_number"]
        dossier.patient.values["email"] = f"nieuw.adres.{number}@example.org"


def _lay(book: _Book, dossier: Dossier, *, new: bool) -> None:
    for entry in dossier.entries():
        if entry.record is Record.PROM:  # no hospital has them: patients fill them in for the registry
            continue
        parents = {"centre": dossier.centre_id, "patient_number": dossier.patient.values["patient_number"]}
        if entry.parent is not None:
            parents["medicine"] = entry.parent.values["medicine"]
            parents["medication_start"] = entry.parent.values["start_date"]
        book.rows[entry.record].append(_Row(entry.record, parents | entry.values, entry, new))


def _plant(book: _Book, today: date) -> None:
    """Nine faults such as hospitals' files have them, each in a row of its own."""
    people = book.rows[Record.PATIENT]
    fresh = [row for row in people if row.new]
    last = fresh[-1].cells["patient_number"]

    def whose(row: _Row) -> bool:
        return bool(row.cells["patient_number"] == last)

    def scored(row: _Row) -> bool:
        return whose(row) and "edss" in row.cells

    book.plant(fresh[0], "bsn", "999912345", "PAT-003")
    book.plant(fresh[1], "sex", "vrouwelyk", "FRM-005")
    book.plant(book.first(Record.COURSE, scored), "edss", 0.5, "COU-004")
    book.plant(book.first(Record.COURSE, scored), "edss", None, "FRM-001")
    book.plant(book.first(Record.COURSE, whose), "course_date", today + timedelta(days=40), "FRM-006")
    lost = _Row(
        Record.COURSE,
        {
            "centre": fresh[0].cells["centre"],
            "patient_number": "0099999",
            "course_date": today - timedelta(days=30),
            "edss_method": "not_done",
            "mri_done": False,
        },
        new=True,
    )
    book.rows[Record.COURSE].append(lost)
    book.plant(lost, "patient_number", "0099999", "FIL-008")
    relapse = book.first(Record.DISEASE, lambda row: whose(row) and row.cells["kind"] == "relapse")
    book.plant(relapse, "date", "31-02-2024", "FRM-002")
    medicines = [row for row in book.rows[Record.MEDICATION] if whose(row)]
    book.plant(medicines[-1], "medicine", "Placebonal", "FRM-005")
    stopped = medicines[-2]
    book.plant(stopped, "stop_date", stopped.cells["start_date"] - timedelta(days=3), "MED-001")


def _sheets(book: _Book) -> Iterator[SheetOut]:
    for sheet in (each for each in sheets() if each.record is not Record.PROM):
        columns = [column.key for column in sheet.columns if not column.told]
        rows = [[_cell(row.cells.get(key)) for key in columns] for row in book.rows[sheet.record]]
        yield SheetOut(sheet.key, columns, rows)


def _cell(value: Any) -> Cell:
    cell: Cell = ";".join(value) if isinstance(value, tuple) else value
    return cell
