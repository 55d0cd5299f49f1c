"""What a writer is given: sheets of cells, and a first look at them before a file is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from msreg.formats.cells import Cell
from msreg.formats.remembered import Texts, texts
from msreg.forms.columns import Column

LISTS = "msreg_lists"
"""The hidden sheet of a template, with its lists of answers and the versions of its forms."""

SAMPLE = 200
"""Rows that column widths are taken from."""

Value = Cell | tuple[str, ...]
"""What a writer writes: a cell, or the answers of a multiple choice."""


@dataclass(frozen=True, slots=True)
class SheetOut:
    """One sheet to write. `rows` may be a generator; it is walked once, row by row.

    With `cells`, rows hold raw values and `cells` one function a column that makes a cell of such a value:
    always the same for equal values, so that a writer may remember what it made of them.
    `columns` tell what the columns of a sheet of data hold and mean, for formats that have types and labels.
    """

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    cells: Sequence[Callable[[Any], Value]] | None = None
    columns: Sequence[Column] = ()
    language: str = "en"
    """That of labels, where a format has them in one language only."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A sheet whose first rows were computed already: what fails at the first row fails before a file is."""

    name: str
    header: Sequence[str]
    sample: list[Sequence[Any]]
    rest: Iterator[Sequence[Any]]
    cells: Sequence[Callable[[Any], Value]] | None
    columns: Sequence[Column] = ()
    language: str = "en"

    def rows(self) -> Iterator[Sequence[Any]]:
        """All rows, each as wide as the header (`ValueError` for another: columns are a contract)."""
        width = len(self.header)
        for row in chain(self.sample, self.rest):
            if len(row) != width:
                raise _other_width(row, width, self.name)
            yield row

    def shown(self, column: int) -> Iterator[Value]:
        """The first cells of a column, without the blank ones."""
        for row in self.sample:
            value = row[column]
            cell = self.cells[column](value) if self.cells and value is not None else value
            if cell is not None:
                yield cell

    def texts(self, write: Callable[[int, Value], str]) -> list[Texts]:
        """For each column the text of every raw value in it, made by `write` from column and cell."""
        return [
            texts(write, column, self.cells[column] if self.cells else None)
            for column in range(len(self.header))
        ]


def opened(sheets: Iterable[SheetOut]) -> list[Opened]:
    """Compute the first rows of every sheet."""
    result: list[Opened] = []
    for sheet in sheets:
        rows = iter(sheet.rows)
        sample = list(islice(rows, SAMPLE))
        width = len(sheet.header)
        for row in sample:
            if len(row) != width:
                raise _other_width(row, width, sheet.name)
        result.append(
            Opened(sheet.name, list(sheet.header), sample, rows, sheet.cells, sheet.columns, sheet.language)
        )
    return result


def joined(value: Value) -> Cell:
    """A multiple choice as the one text that it is in a cell: a;b."""
    return ";".join(value) if isinstance(value, tuple) else value


def _other_width(row: Sequence[Any], width: int, name: str) -> ValueError:
    return ValueError(f"sheet {name}: a row of {len(row)} cells under {width} columns")
