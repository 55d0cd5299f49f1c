"""Rows of a batch file as typed answers: which column asks what, and what each cell says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msreg.formats.cells import Cell, Row, Unreadable, letter
from msreg.forms.cleaning import Reader
from msreg.forms.columns import Column, Sheet, sheet_of
from msreg.forms.definition import Item, Type
from msreg.forms.problems import Problem
from msreg.forms.values import reader
from msreg.rules.findings import Finding
from msreg.services.batch_kinds import KINDS
from msreg.services.placed import PlacedFinding
from msreg.vocabulary import N_, Record, Severity

Tell = Callable[[PlacedFinding], None]

NOTHING = frozenset(("-", "--", "–", "—", "n.v.t.", "n.v.t", "nvt", "n/a", "niet van toepassing"))
"""What people write in a cell to say that it is blank."""
NOT_KNOWN = NOTHING | frozenset(("onbekend", "unknown", "?", "niet bekend", "not known"))
"""The same where the question is not for text, and has no such answer of its own."""

_REMEMBERED = 20_000
_NONE: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Header:
    """One sheet of a file: what it is called there, and which of its columns asks what."""

    sheet: Sheet
    name: str
    row: int
    at: dict[str, int]
    letters: Mapping[str, str | None]
    blanks: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Questions with cells that say "nothing": the first such row and how many there are."""


@dataclass(slots=True, eq=False)
class BatchRow:
    """One row: its typed answers, what was refused, and what names the record above it."""

    header: Header
    row: int
    cells: list[Cell]
    patient: int
    """Number of the patient within the file; less than 0 when the row names none."""
    values: dict[str, Any]
    parents: dict[str, Any]
    faulty: frozenset[str] = _NONE
    refused: bool = False

    @property
    def sheet(self) -> Sheet:
        """The sheet that the row is of."""
        return self.header.sheet

    def blank(self, key: str) -> bool:
        """Whether the file has a column for this question and nothing in it here."""
        return key in self.header.at and key not in self.values and key not in self.faulty

    def place(
        self, key: str | None, code: str, severity: Severity, message: str, hint: str | None = None,
        params: Mapping[str, object] | None = None,
    ) -> PlacedFinding:  # fmt: skip
        """A finding at one cell of this row."""
        at = self.header.at.get(key or "")
        return PlacedFinding(
            self.header.sheet.key,
            self.row,
            self.header.letters.get(key or ""),
            key,
            code,
            severity,
            message,
            hint,
            params or {},
            None if at is None or at >= len(self.cells) else self.cells[at],
        )

    def finding(self, found: Finding) -> PlacedFinding:
        """The finding of a check with its place in the file."""
        return self.place(found.field, found.code, found.severity, found.message, found.hint, found.params)

    def problem(self, key: str, code: str, message: str, hint: str | None = None) -> PlacedFinding:
        """A finding of the file's own codes at one cell of this row."""
        return self.place(key, code, KINDS[code].severity, message, hint)


def placed_column(columns: Iterable[tuple[int, Column]], lettered: bool) -> dict[str, str | None]:
    """The letters of columns by key; none in a file whose columns have no letters."""
    return {column.key: letter(at) if lettered else None for at, column in columns}


_BLANK = Problem("FIL-021", "")  # told once a column, by `Header.blanks`
_ERROR = Problem("FIL-013", N_("the cell holds an error of the spreadsheet"))
_FORMULA = Problem(
    "FIL-014",
    N_("the cell holds a formula that was saved without its result"),
    N_("open the workbook in Excel or LibreOffice and save it, or type the value"),
)

Hit = tuple[Any, Problem | None]


def typed(
    header: Header, columns: Iterable[tuple[int, Column]], today: date, tell: Tell
) -> Callable[[Row, int], BatchRow]:
    """A function that types one row of a sheet; the number of its patient goes with it.

    What was read once is remembered by its text: most columns have few different answers.
    """
    plan: list[tuple[int, str, bool, dict[Any, Hit], Callable[[Cell], Hit]]] = []
    for at, column in columns:
        if not column.told:
            plan.append((at, column.key, column.item is not None, {}, _hit(column, today)))

    def read(row: Row, patient: int) -> BatchRow:
        number, cells = row
        values: dict[str, Any] = {}
        parents: dict[str, Any] = {}
        found = BatchRow(header, number, cells, patient, values, parents)
        for at, key, is_item, known, reads in plan:
            raw = cells[at]
            if raw is None:
                continue
            name = raw if type(raw) is str else (type(raw), raw)
            hit = known.get(name)
            if hit is None:
                if len(known) > _REMEMBERED:
                    known.clear()
                hit = known[name] = reads(raw)
            value, problem = hit
            if problem is not None:
                value = _told(found, key, value, problem, tell)
            if value is not None:
                (values if is_item else parents)[key] = value
        return found

    return read


def _told(row: BatchRow, key: str, value: Any, problem: Problem, tell: Tell) -> Any:
    """Tell what is to be said of a cell; gives the answer that stays."""
    if problem is _BLANK:
        first, count = row.header.blanks.get(key, (row.row, 0))
        row.header.blanks[key] = (min(first, row.row), count + 1)  # rows come in the order of patients
        return None
    severity = KINDS[problem.code].severity if problem.code in KINDS else problem.severity
    tell(row.place(key, problem.code, severity, problem.message, problem.hint, problem.params))
    if severity is Severity.WARNING:
        return value
    row.faulty |= {key}
    row.refused = True
    return None


def _hit(column: Column, today: date) -> Callable[[Cell], Hit]:
    """What a cell of this column says: an answer, a problem, or both."""
    item = _item(column)
    read: Reader = reader(item, today) if item else _text
    nothing = NOTHING if column.key == "patient_number" else _nothing(item)  # nobody is called n.v.t.

    def hit(raw: Cell) -> Hit:
        if isinstance(raw, Unreadable):
            return None, _FORMULA if raw.formula else _ERROR
        if isinstance(raw, str) and raw.casefold() in nothing:
            return None, _BLANK
        return read(raw)

    return hit


def _nothing(item: Item | None) -> frozenset[str]:
    """The words that mean a blank cell in this column; a word that is an answer is none of them.

    In a free text they may be the answer, and what was exported has to come back as it was.
    """
    if item is None or (item.type is Type.TEXT and item.normalise is None):
        return frozenset()
    if item.type is Type.TEXT or item.or_unknown:
        return NOTHING
    return NOT_KNOWN - frozenset(item.by_name)


def _text(raw: Any) -> Hit:
    text = str(raw).strip()
    return text or None, None


_BORROWED: Mapping[str, tuple[Record, str]] = {
    "patient_number": (Record.PATIENT, "patient_number"),
    "medicine": (Record.MEDICATION, "medicine"),
    "medication_start": (Record.MEDICATION, "start_date"),
}


def _item(column: Column) -> Item | None:
    """The question behind a column; what names the record above is typed as it is there."""
    if column.item is not None:
        return column.item
    borrowed = _BORROWED.get(column.key)
    return None if borrowed is None else sheet_of(borrowed[0]).by_key[borrowed[1]].item


def blank_words(header: Header) -> Iterator[PlacedFinding]:
    """What is to be said of the cells that say "nothing": once for each column."""
    for key, (first, count) in header.blanks.items():
        yield PlacedFinding(
            header.sheet.key,
            first,
            header.letters.get(key),
            key,
            "FIL-021",
            Severity.WARNING,
            N_("{count} cells with a word for nothing, such as n.v.t. or -, were read as blank; this is the first")
            if count > 1
            else N_("a word for nothing, such as n.v.t. or -, was read as blank"),
            None,
            {"count": count},
        )  # fmt: skip
