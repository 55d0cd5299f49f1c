"""What a writer is given: sheets of cells, and a first look at them before a file is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from msreg.formats.cells import Cell

SAMPLE = 200
"""Rows that column widths are taken from."""


@dataclass(frozen=True, slots=True)
class SheetOut:
    """One sheet to write. `rows` may be a generator; it is walked once, row by row."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A sheet whose first rows were computed already: what fails at the first row fails before a file is."""

    name: str
    header: Sequence[str]
    sample: list[Sequence[Cell]]
    rest: Iterator[Sequence[Cell]]

    def rows(self) -> Iterator[Sequence[Cell]]:
        """All rows, each as wide as the header (`ValueError` for another: columns are a contract)."""
        width = len(self.header)
        for row in chain(self.sample, self.rest):
            _check(row, width, self.name)
            yield row


def opened(sheets: Iterable[SheetOut]) -> list[Opened]:
    """Compute the first rows of every sheet."""
    result: list[Opened] = []
    for sheet in sheets:
        rows = iter(sheet.rows)
        sample = list(islice(rows, SAMPLE))
        for row in sample:
            _check(row, len(sheet.header), sheet.name)
        result.append(Opened(sheet.name, list(sheet.header), sample, rows))
    return result


def _check(row: Sequence[Cell], width: int, name: str) -> None:
    if len(row) != width:
        raise ValueError(f"sheet {name}: a row of {len(row)} cells under {width} columns")
