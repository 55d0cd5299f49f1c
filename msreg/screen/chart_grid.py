"""A piece of a terminal to draw on: signs in cells, and below them lines of dots, eight in each cell."""

from __future__ import annotations

from collections.abc import Sequence

from msreg.screen.table import Cell
from msreg.screen.tones import Tone

DOTS = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
"""Bits of a braille sign: by column, then from the bottom."""
HIGH = 4
"""Dots that a cell has above one another."""


class Grid:
    """`wide` by `high` cells; the bottom row is row 0."""

    def __init__(self, wide: int, high: int = 1) -> None:
        self.wide, self.high = wide, high
        self._signs: dict[tuple[int, int], tuple[str, Tone]] = {}
        self._dots: dict[tuple[int, int], tuple[int, Tone]] = {}

    def put(self, column: int, row: int, text: str, tone: Tone = "plain") -> None:
        """Signs from a cell to the right; what falls outside is left away."""
        for at, sign in enumerate(text, start=column):
            if 0 <= at < self.wide and 0 <= row < self.high:
                self._signs[at, row] = (sign, tone)

    def dot(self, x: int, y: int, tone: Tone) -> None:
        """A dot, counted in dots from the bottom left; one of another line gives way."""
        cell = (x // 2, y // HIGH)
        bits, old = self._dots.get(cell, (0, tone))
        self._dots[cell] = ((bits if old == tone else 0) | DOTS[x % 2][y % HIGH], tone)

    def free(self, column: int, row: int, count: int, *, over: Sequence[Tone] = ()) -> bool:
        """True when so many cells are there and empty; lines of the tones in `over` do not count."""
        cells = [(at, row) for at in range(column, column + count)]
        if not (column >= 0 and column + count <= self.wide and 0 <= row < self.high):
            return False
        return not any(
            cell in self._signs or (cell in self._dots and self._dots[cell][1] not in over) for cell in cells
        )

    def row(self, row: int) -> list[Cell]:
        """One row as texts with a tone each."""
        found: list[Cell] = []
        for column in range(self.wide):
            sign, tone = self._signs.get((column, row), (" ", "plain"))
            if (column, row) not in self._signs and (column, row) in self._dots:
                bits, tone = self._dots[column, row]
                sign = chr(0x2800 + bits)
            if found and found[-1].tone == tone:
                found[-1] = Cell(found[-1].text + sign, tone)
            else:
                found.append(Cell(sign, tone))
        return found
