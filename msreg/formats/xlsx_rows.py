"""The rows of one sheet of a workbook: kept packed as the child sent them, typed while they are walked.

That is a tenth of the memory of the same rows as Python values. Nothing that the child says is believed: a parser
that a hostile file took over could say anything.
"""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import repeat
from operator import itemgetter
from typing import Any, cast

from msreg.formats import limits
from msreg.formats.cells import Cell, Row, Unreadable, fitted, letter, plain
from msreg.formats.child_columns import SIGNS
from msreg.formats.origin import Name
from msreg.formats.xlsx_faults import fault

PLAIN = {str, int, float, bool, type(None)}


@dataclass(slots=True)
class Rows:
    """The rows of one sheet below its header. `merged`: by column, runs of rows that share the first's value."""

    name: Name
    sheet: str
    width: int = 0
    header_row: int = 0
    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _batches: list[tuple[int, bytes]] = field(default_factory=list)
    _count: int = 0

    def __len__(self) -> int:
        return self._count

    def add(self, count: int, columns: int, batch: bytes) -> None:
        """Take over a batch of the child."""
        self._batches.append((columns, zlib.compress(batch, 1)))
        self._count += count

    def __iter__(self) -> Iterator[Row]:
        merges = _Merges(self.merged)
        for columns, numbers, lines in self._read():
            wide = columns > self.width
            cells = self._columns(numbers, lines, range(columns), merges)
            cells += [cast("list[Cell]", [None] * len(numbers))] * (self.width - columns)
            for number, *row in zip(numbers, *cells, strict=True):
                yield number, (fitted(row, self.width) if wide else row)

    def pick(self, columns: Sequence[int]) -> Iterator[Row]:
        """See `cells.pick`."""
        merges = _Merges(self.merged)
        for count, numbers, lines in self._read():
            cells = self._columns(numbers, lines, [at if at < count else -1 for at in columns], merges)
            for number, *row in zip(numbers, *cells, strict=True):
                yield number, row

    def _read(self) -> Iterator[tuple[int, list[int], list[bytes]]]:
        """Each batch: how many columns it has, the numbers of its rows, its lines."""
        last = 0
        for columns, batch in self._batches:
            lines = zlib.decompress(batch).split(b"\n")
            numbers = json.loads(lines[0][1:])
            sound = lines[0][:1] == b"n" and len(lines) == columns + 1 and set(map(type, numbers)) == {int}
            if not sound or numbers[0] <= last or numbers != sorted(set(numbers)):
                raise fault("damaged", self.name)
            last = numbers[-1]
            yield columns, numbers, lines

    def _columns(
        self, numbers: list[int], lines: list[bytes], wanted: Sequence[int], merges: _Merges
    ) -> list[list[Cell]]:
        found: list[list[Cell]] = []
        for at in wanted:
            line = lines[at + 1] if at >= 0 else b""
            try:
                cells = column(line, len(numbers))
            except (
                ValueError,
                TypeError,
                KeyError,
                OverflowError,
                RecursionError,
            ):  # not what our child says
                raise fault("damaged", self.name) from None
            if len(line) > limits.MAX_TEXT:
                self._lengths(cells, numbers, at)
            if at in self.merged:
                merges.spread(at, numbers, cells)
            found.append(cells)
        return found

    def _lengths(self, cells: list[Cell], numbers: list[int], at: int) -> None:
        for number, cell in zip(numbers, cells, strict=True):
            if type(cell) is str and len(cell) > limits.MAX_TEXT:
                raise fault(
                    "text", self.name, sheet=self.sheet, row=number, column=letter(at), most=limits.MAX_TEXT
                )


@dataclass(slots=True)
class _Merges:
    """One walk's merged ranges. A range may go on in the next batch."""

    by_column: dict[int, list[tuple[int, int]]]
    _values: dict[tuple[int, int], Cell] = field(default_factory=dict)

    def spread(self, column: int, numbers: list[int], cells: list[Cell]) -> None:
        """Give each row of a range the value of its first row."""
        ranges = self.by_column[column]
        for top, bottom in ranges[bisect_left(ranges, numbers[0], key=itemgetter(1)) :]:
            if top > numbers[-1]:
                return
            first, end = bisect_left(numbers, top), bisect_right(numbers, bottom)
            if first < end and numbers[first] == top:
                self._values[column, top] = cells[first]
            value = self._values.get((column, top))
            if value is not None:
                cells[first:end] = [value] * (end - first)


def column(line: bytes, count: int) -> list[Cell]:
    """The cells of one column of a batch. Raises `ValueError` and its like for what the child would not say."""
    if not line:
        return list(repeat(None, count))
    kind = line[:1]
    if kind == b"u":
        different, _, signs = line[1:].partition(b"\t")
        known = dict(zip(SIGNS.encode(), map(_cell, json.loads(different)), strict=False))
        if len(signs) != count:
            raise ValueError
        return list(map(known.__getitem__, signs))
    values = json.loads(line[1:])
    if type(values) is not list or len(values) != count:
        raise ValueError
    if kind == b"d":
        return list(map(date.fromordinal, values))
    if kind != b"v":
        raise ValueError
    kinds = set(map(type, values))
    if kinds <= PLAIN and float not in kinds:
        return cast("list[Cell]", values)
    return list(map(_cell, values))


def _cell(value: Any) -> Cell:
    if type(value) is not list:
        if type(value) not in PLAIN:
            raise ValueError
        return plain(value) if type(value) is float else cast("Cell", value)
    kind, content = value if len(value) == 2 else (*value, None)
    if kind == "d":
        return date.fromordinal(content)
    if kind == "t":
        return plain(datetime.fromisoformat(content))
    if kind == "f":
        return Unreadable("", formula=True)
    return Unreadable(str(content)[:40])
