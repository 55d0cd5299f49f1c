"""Cells, rows and tables as files hold them. What they mean is for forms and services to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite

from msreg.forms.cleaning import clean


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that holds an error instead of a value, such as #N/A: neither empty nor an answer."""

    text: str

    def __str__(self) -> str:
        return self.text


Cell = str | int | float | Decimal | bool | date | datetime | Unreadable | None
"""What one cell holds. None: nothing."""

Row = tuple[int, list[Cell]]
"""A row's number as Excel counts (the first is 1) and its cells."""


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
    that no batch file may hold.
    """

    sheet: str
    header: list[str]
    rows: Iterable[Row]
    header_row: int = 1


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
