"""Tables: fitted to a terminal, or plain aligned columns that are written as the rows come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from msreg.screen.language import _
from msreg.screen.safe import safe
from msreg.screen.tones import Tone, paint
from msreg.screen.widths import cut, pad, width, wrap

GAP = 2
MEASURED = 500  # rows that decide the widths; the rest is written as it comes
NOTHING = "–"


class Cell(NamedTuple):
    """A text and what it means."""

    text: str
    tone: Tone = "plain"


Row: TypeAlias = Sequence[Cell | str | None]


def row(*cells: Cell | str | None) -> Row:
    """A row, written as a call: `row("MS-0000012", Cell("no", "red"), None)`."""
    return cells


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `label` is a msgid. On a narrow terminal columns with `shrink` are cut, highest number first,
    down to `least`; then columns with `drop` are left out, highest number first. An identifier has neither.
    `wrap` breaks the text over lines instead of cutting it."""

    key: str
    label: str
    align: Literal["left", "right"] = "left"
    shrink: int = 0
    drop: int = 0
    least: int = 8
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; a row has a cell, a text or None (shown as –) for each column."""

    columns: Sequence[Column]
    rows: Iterable[Row]
    indent: int = 1


def lines(table: Table, *, room: int | None, color: bool) -> Iterator[str]:
    """The lines of a table: at most `room` columns wide on a terminal, as wide as needed without it."""
    rows = iter(table.rows)
    first = [safe_cells(row) for row in islice(rows, MEASURED)]
    labels = [safe(_(column.label)) for column in table.columns]
    widths = [width(label) for label in labels]
    for row in first:
        for place, cell in enumerate(row):
            taken = width(cell.text)
            if taken > widths[place]:
                widths[place] = taken
    shown = list(range(len(labels)))
    indent = ""
    if room is not None:
        indent = " " * table.indent
        shown, widths = fit(table.columns, widths, room - table.indent)
    layout = _Layout(table.columns, shown, widths, indent, fitted=room is not None, color=color)
    yield from layout.lines([Cell(label, "grey") for label in labels])
    for row in first:
        yield from layout.lines(row)
    for late in rows:
        yield from layout.lines(safe_cells(late))
    left_out = [label for place, label in enumerate(labels) if place not in shown]
    if left_out:
        note = _("Not shown, the window is too narrow: {columns}.").format(
            columns=", ".join(left_out).rstrip(".")
        )
        yield paint(indent + note, "grey") if color else indent + note


def fit(columns: Sequence[Column], widths: Sequence[int], room: int) -> tuple[list[int], list[int]]:
    """Which columns are shown, and how wide each is, so that a row fits in `room` where it can."""
    shown = list(range(len(columns)))
    while True:
        fitted = list(widths)
        over = sum(fitted[place] for place in shown) + GAP * (len(shown) - 1) - room
        for place in sorted(shown, key=lambda each: -columns[each].shrink):
            column = columns[place]
            if over > 0 and column.shrink:
                given = max(0, min(over, fitted[place] - column.least))
                fitted[place] -= given
                over -= given
        droppable = [place for place in shown if columns[place].drop]
        if over <= 0 or not droppable:
            return shown, fitted
        shown.remove(max(droppable, key=lambda each: (columns[each].drop, each)))


def safe_cells(row: Row) -> list[Cell]:
    """The cells of a row as they may be shown; a missing one is –."""
    return [
        Cell(NOTHING, "grey")
        if cell is None
        else Cell(safe(cell.text), cell.tone)
        if isinstance(cell, Cell)
        else Cell(safe(cell))
        for cell in row
    ]


@dataclass(frozen=True, slots=True)
class _Layout:
    columns: Sequence[Column]
    shown: Sequence[int]
    widths: Sequence[int]
    indent: str
    fitted: bool
    color: bool

    def lines(self, row: Sequence[Cell]) -> Iterator[str]:
        """A row as one line, or more where a column wraps."""
        if not self.fitted:
            yield self._line(row, [row[place].text for place in self.shown])
            return
        pieces = [
            wrap(row[place].text, self.widths[place])
            if self.columns[place].wrap
            else [cut(row[place].text, self.widths[place])]
            for place in self.shown
        ]
        for number in range(max(map(len, pieces))):
            yield self._line(row, [piece[number] if number < len(piece) else "" for piece in pieces])

    def _line(self, row: Sequence[Cell], texts: Sequence[str]) -> str:
        last = len(texts) - 1
        out = []
        for number, (place, text) in enumerate(zip(self.shown, texts, strict=True)):
            right = self.columns[place].align == "right"
            filled = text if number == last and not right else pad(text, self.widths[place], right=right)
            out.append(paint(filled, row[place].tone) if self.color else filled)
        line = (" " * GAP).join(out)
        return self.indent + (line if self.color else line.rstrip())
