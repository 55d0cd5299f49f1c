"""The line at the bottom that says which keys there are, as many as fit."""

from __future__ import annotations

from collections.abc import Sequence

from msreg.screen.browse.pens import Line
from msreg.screen.language import _
from msreg.screen.table import Cell
from msreg.screen.widths import width
from msreg.vocabulary import N_

Hints = Sequence[tuple[str, str]]
"""Keys, and what each does (a msgid), the most useful first."""

ALWAYS: Hints = (("?", N_("keys")), ("q", N_("quit")))


def hint_line(hints: Hints, room: int, *, last: Hints) -> Line:
    """The first hints that fit, and always the last ones."""
    end = [piece for pair in last for piece in _pieces(pair)]
    left = room - 1 - _width(end)
    line: list[Cell] = [Cell(" ")]
    for pair in hints:
        pieces = _pieces(pair)
        left -= _width(pieces)
        if left < 0:
            break
        line += pieces
    return [*line, *end]


def _pieces(pair: tuple[str, str]) -> list[Cell]:
    return [Cell(pair[0], "accent"), Cell(f" {_(pair[1])}   ", "grey")]


def _width(pieces: Sequence[Cell]) -> int:
    return sum(width(cell.text) for cell in pieces)
