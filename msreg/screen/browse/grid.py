"""A table over the full screen: the columns that fit, and a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.strip import Strip
from textual.widget import Widget

from msreg.screen.browse.pens import Line, Pens
from msreg.screen.language import _
from msreg.screen.safe import safe
from msreg.screen.table import GAP, Cell, Column, Row, fit, safe_cells
from msreg.screen.widths import cut, pad, width

CURSOR = "❯"
FIRST_TO_GO = 10
"""Columns with such a `drop` or a higher one are extras."""
MORE = 10  # columns of the terminal that a text keeps beyond its least, at the cost of extras


class Grid(Widget):
    """Rows below their header. Columns stay as wide as they were, so that scrolling moves nothing sideways."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pens = pens
        self._columns: Sequence[Column] = ()
        self._rows: list[list[Cell]] = []
        self._widths: list[int] = []
        self._cursor: int | None = None
        self._nothing = ""

    def head(self, columns: Sequence[Column]) -> None:
        """Begin another table."""
        self._columns = columns
        self._widths = [width(safe(_(column.label))) for column in columns]
        self._rows, self._cursor, self._nothing = [], None, ""
        self.refresh()

    def show(self, rows: Sequence[Row], cursor: int | None, *, nothing: str = "") -> None:
        """Show these rows, the cursor on one of them; without any `nothing` (translated) stands there."""
        self._rows = [safe_cells(row) for row in rows]
        for row in self._rows:
            for place, cell in enumerate(row):
                self._widths[place] = max(self._widths[place], width(cell.text))
        self._cursor, self._nothing = cursor, nothing
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The header, or a row."""
        room = self.size.width
        at = y - 1
        if at < 0:
            labels = [Cell(safe(_(column.label)), "grey") for column in self._columns]
            return self._pens.strip(self._line(labels, " "), room)
        if not self._rows and at == 0:
            return self._pens.strip([Cell(f" {self._nothing}", "grey")], room)
        if at >= len(self._rows):
            return self._pens.strip((), room)
        here = at == self._cursor
        line = self._line(self._rows[at], CURSOR if here else " ")
        return self._pens.strip(line, room, cursor=here)

    def _fitted(self, room: int) -> tuple[list[int], list[int]]:
        """Names are worth more than the columns that go first: they are cut short only when the others need it."""
        roomy = [replace(each, least=each.least + MORE) if each.shrink else each for each in self._columns]
        found = fit(roomy, self._widths, room)
        kept = {place for place, each in enumerate(self._columns) if each.drop < FIRST_TO_GO}
        return found if kept <= set(found[0]) else fit(self._columns, self._widths, room)

    def _line(self, row: Sequence[Cell], mark: str) -> Line:
        shown, widths = self._fitted(self.size.width - 1)
        line = [Cell(mark)]
        for number, place in enumerate(shown):
            cell, column = row[place], self._columns[place]
            text = cut(cell.text, widths[place])
            line.append(Cell(pad(text, widths[place], right=column.align == "right"), cell.tone))
            if number < len(shown) - 1:
                line.append(Cell(" " * GAP))
        return line
