"""Cells, rows and tables as files hold them. What they mean is for forms and services to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Protocol, runtime_checkable

from msreg.errors import Phrase
from msreg.forms.cleaning import clean


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that holds something else than a value: neither empty nor an answer.

    An error of the spreadsheet such as #N/A, or (`formula`) a formula that was saved without its result.
    """

    text: str
    formula: bool = False

    def __str__(self) -> str:
        return self.text


Cell = str | int | float | Decimal | bool | date | datetime | Unreadable | None
"""What one cell holds. None: nothing."""

Row = tuple[int, list[Cell]]
"""A row's number as Excel counts (the first is 1) and its cells."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was assumed while reading, to be told: `code` is one of `services.batch_kinds`.

    `message` is an English text with placeholders; `row` as Excel counts, `column` counted from 0.
    """

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell is, in the words of a spreadsheet: sheet, row as Excel counts, column letter."""

    sheet: str
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet as it is in the file.

    `header` has no blank columns at its end; each row has at least as many cells as the header, and more
    only where something is written beyond it. Blank rows are left out; row numbers still count them.
    `rows` may be walked more than once, and is read while it is walked: `Refused` may come late, for a cell
    that no batch file may hold. `notes` is complete once the rows were walked. `lettered`: its columns have
    letters, as in a spreadsheet.
    """

    sheet: str
    header: list[str]
    rows: Iterable[Row]
    header_row: int = 1
    notes: list[Note] = field(default_factory=list)
    lettered: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """A batch file as it was read. `whole`: a file of this format has all sheets, so one can be missing.

    `sha256` is over the file's bytes, for a folder over its CSV files in order of name. `name` is that of the
    file without its folders.
    """

    tables: list[Table]
    format: str
    whole: bool = True
    sha256: str = ""
    name: str | Phrase = ""


@runtime_checkable
class Pickable(Protocol):
    """Rows that can give some of their columns for less than a full walk costs."""

    def pick(self, columns: Sequence[int]) -> Iterator[Row]:
        """Row numbers with the cells of these columns, in the order asked."""


def pick(rows: Iterable[Row], columns: Sequence[int]) -> Iterator[Row]:
    """The same rows with only these columns (counted from 0), in the order asked; None where a row ends."""
    if isinstance(rows, Pickable):
        yield from rows.pick(columns)
        return
    for number, cells in rows:
        yield number, [cells[at] if at < len(cells) else None for at in columns]


def letter(index: int) -> str:
    """The spreadsheet's name of a column, counted from 0: A, B … Z, AA …"""
    name = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def plain(value: object) -> Cell:
    """A raw value as a cell: text cleaned, nothing for empty, whole floats as integers, midnight as a day."""
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, float):
        if not isfinite(value):  # 1e999 in a file: no number that a rule could compare
            return Unreadable(str(value))
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, datetime):
        at_midnight = not (value.hour or value.minute or value.second or value.microsecond)
        return value.date() if at_midnight else value
    if value is None or isinstance(value, int | date | Decimal | Unreadable):
        return value
    return clean(str(value)) or None


def names(cells: Sequence[Cell]) -> list[str]:
    """A header row as column names, without the blank ones at its end."""
    header = ["" if cell is None else str(cell) for cell in cells]
    while header and not header[-1]:
        header.pop()
    return header


def fitted(cells: list[Cell], width: int) -> list[Cell]:
    """`cells` filled up to `width` with nothing; what is written beyond it stays, blanks beyond it go."""
    missing = width - len(cells)
    if missing > 0:
        cells.extend([None] * missing)
    while len(cells) > width and cells[-1] is None:
        cells.pop()
    return cells
