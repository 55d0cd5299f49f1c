"""Which patient each row of a batch file is about, so that a file of any size is read a piece at a time.

A first walk reads two columns of every row and keeps four bytes of it. Then the patients are taken some at a
time, in the order in which the file names them, with all their rows from all sheets. In a file that has its
rows in the same order on every sheet, as an export has, that is one more walk; another order costs more walks,
never more memory.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from msreg.errors import Refused
from msreg.formats.cells import Cell, Row, Unreadable, pick
from msreg.forms.cleaning import Reader
from msreg.forms.columns import sheet_of
from msreg.forms.values import reader
from msreg.services.batch_rows import NOTHING, BatchRow, Tell, typed
from msreg.services.batch_sheets import Part
from msreg.services.template_words import EXAMPLES
from msreg.store.connect import Database
from msreg.vocabulary import N_, Record

Key = tuple[str, str]
"""Id of a centre and a patient number in it."""

ABSENT, PASSED_OVER, NOBODY = -3, -2, -1
_EXAMPLES = frozenset(each.casefold() for each in EXAMPLES.values())

MOST_OF_ONE = 20_000
"""Rows of one patient: all of them are judged together, and nobody has one a day for fifty years."""

_TOGETHER, _TOGETHER_UNSORTED = 5_000, 50_000
"""Rows that are in memory at one time; more where each piece walks the file anew."""


@dataclass(slots=True)
class Index:
    """The patients of a file by number in the file, and for each row of each part whose it is."""

    numbers: dict[Key, int] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    rows: array[int] = field(default_factory=lambda: array("i"))
    """How many rows each patient has."""
    whose: list[array[int]] = field(default_factory=list)
    """For each part: the patient of each row, by the number of the row."""
    centres: dict[str, str | None] = field(default_factory=dict)
    """Ids of the centres that the file names, by the code as it is written; None: there is no such centre."""
    centre_given: bool = False
    """Whether rows that name no centre are of one that was given with the file."""
    nobody: int = 0
    total: int = 0


def index_of(db: Database, parts: list[Part], default_centre: str | None) -> Index:
    """Walk the file once and note whose each row is."""
    index = Index(centre_given=default_centre is not None)
    item = sheet_of(Record.PATIENT).by_key["patient_number"].item
    assert item is not None
    read = reader(item, date.max)  # a number of a patient is text: no day matters
    for part in parts:
        at = part.header.at
        columns = [at["patient_number"], *([at["centre"]] if "centre" in at else [])]
        whose = array("i")
        last: tuple[Cell, Cell] = (None, None)
        patient = NOBODY
        for number, cells in pick(part.table.rows, columns):
            named = (cells[0], cells[1] if len(cells) > 1 else None)
            if named != last or type(cells[0]) is not type(last[0]):  # mostly it is who was in the row before
                last = named
                if any(isinstance(each, Unreadable) for each in named):
                    patient = NOBODY  # what is wrong with the cell is told when it is typed
                else:
                    patient = _patient(db, index, _number(read, cells[0]), named[1] or default_centre)
            whose.extend([ABSENT] * (number - len(whose)))
            whose.append(patient)
            if patient == NOBODY:
                index.nobody += 1
            elif patient >= 0:
                index.rows[patient] += 1
            index.total += patient != PASSED_OVER
        index.whose.append(whose)
    if max(index.rows, default=0) > MOST_OF_ONE:
        raise Refused(
            N_("The file has more than {most} rows of one patient."),
            hint=N_("Check the column with the patient number."),
            most=MOST_OF_ONE,
        )
    return index


def _number(read: Reader, cell: Cell) -> str | None:
    """The patient number in a cell; a word for nothing is nobody's."""
    number: str | None = read(cell)[0]
    return None if number is None or number.casefold() in NOTHING else number


def _patient(db: Database, index: Index, number: str | None, centre: Cell) -> int:
    """The number within the file of the patient of a row."""
    if number is not None and number.casefold() in _EXAMPLES:
        return PASSED_OVER
    if number is None or centre is None:
        return NOBODY
    code = str(centre).strip()
    if code not in index.centres:
        found = db.one("SELECT id FROM centre WHERE code = ? COLLATE NOCASE", (code,))
        index.centres[code] = None if found is None else found[0]
    key = (index.centres[code] or code.upper(), number)
    known = index.numbers.get(key)
    if known is None:
        known = index.numbers[key] = len(index.keys)
        index.keys.append(key)
        index.rows.append(0)
    return known


@dataclass(slots=True)
class Piece:
    """Some patients of a file with all their rows, by kind of record; `first` and `last` are included."""

    rows: dict[Record, list[BatchRow]]
    first: int
    last: int


def pieces(parts: list[Part], index: Index, today: date, tell: Tell) -> Iterator[Piece]:
    """The file, some patients at a time; at the end rows that name nobody, as patient -1.

    Cells are typed here: what is wrong with one is told by `tell`.
    """
    walks = [_Walk(part, whose, today, tell) for part, whose in zip(parts, index.whose, strict=True)]
    bounds = _bounds(index, _TOGETHER)
    if sum(each.steps(bounds) for each in walks) > 3 * index.total:
        bounds = _bounds(index, _TOGETHER_UNSORTED)
    spans = [each.spans(bounds) for each in walks]
    ends = [*bounds[1:], len(index.keys)]
    ranges = [(first, end - 1) for first, end in zip(bounds, ends, strict=False)]
    if index.nobody:
        ranges.append((NOBODY, NOBODY))
    for at, (first, last) in enumerate(ranges):
        rows: dict[Record, list[BatchRow]] = {record: [] for record in Record}
        for walk, span in zip(walks, spans, strict=True):
            where = walk.span_of(NOBODY) if first == NOBODY else span[at]
            if where is not None:
                rows[walk.part.header.sheet.record] += walk.take(*where, first, last)
        yield Piece(rows, first, last)
    for walk in walks:
        walk.finish()


def _bounds(index: Index, together: int) -> list[int]:
    """The first patient of each piece."""
    bounds: list[int] = []
    room = 0
    for patient, count in enumerate(index.rows):
        if not bounds or room < count:
            bounds.append(patient)
            room = together
        room -= count
    return bounds


class _Walk:
    """One table, read from front to back as far as it goes, and from the front again where it must."""

    def __init__(self, part: Part, whose: array[int], today: date, tell: Tell) -> None:
        self.part = part
        self._whose = whose
        self._read = typed(part.header, part.columns, today, tell)
        self._rows: Iterator[Row] = iter(())
        self._next: Row | None = None
        self._begun = False

    def spans(self, bounds: list[int]) -> list[tuple[int, int] | None]:
        """For each piece the first and the last row with one of its patients."""
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        patient, piece = ABSENT, 0
        for row, whose in enumerate(self._whose):
            if whose >= 0:
                if whose != patient:
                    patient, piece = whose, bisect_right(bounds, whose) - 1
                first.setdefault(piece, row)
                last[piece] = row
        return [(first[at], last[at]) if at in first else None for at in range(len(bounds))]

    def span_of(self, patient: int) -> tuple[int, int] | None:
        """The first and the last row of one patient."""
        found = [row for row, whose in enumerate(self._whose) if whose == patient]
        return (found[0], found[-1]) if found else None

    def steps(self, bounds: list[int]) -> int:
        """How many rows are walked for all pieces together; rows may be far apart, as entries of a Bundle are."""
        at, steps = 0, 0
        for span in self.spans(bounds):
            if span is not None:
                steps += span[1] - (at if at <= span[0] else 0)
                at = span[1] + 1
        there = len(self._whose) - self._whose.count(ABSENT)
        return steps * there // max(len(self._whose), 1)

    def take(self, first: int, last: int, low: int, high: int) -> Iterator[BatchRow]:
        """The rows from `first` to `last` whose patient lies from `low` to `high`."""
        if not self._begun or self._next is None or self._next[0] > first:
            self._rows = iter(self.part.table.rows)
            self._next = next(self._rows, None)
            self._begun = True
        whose, read = self._whose, self._read
        while self._next is not None and self._next[0] <= last:
            row = self._next
            if row[0] >= first and low <= (patient := whose[row[0]]) <= high:
                yield read(row, patient)
            self._next = next(self._rows, None)

    def finish(self) -> None:
        """Walk to the end: what was assumed while reading is known then."""
        if not self._begun:
            self._rows = iter(self.part.table.rows)
        for _row in self._rows:
            pass
