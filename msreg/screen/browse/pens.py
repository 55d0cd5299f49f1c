"""The tones of msreg as styles of a full screen: the 16 colours, so that they follow the terminal's theme."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from msreg.screen.safe import safe
from msreg.screen.table import Cell
from msreg.screen.tones import Tone
from msreg.screen.widths import cut

Line = Sequence[Cell | str]
"""One line of a screen, in pieces with a tone each."""

_STYLES: Mapping[Tone, Style] = {
    "plain": Style(),
    "red": Style(color="red"),
    "green": Style(color="green"),
    "orange": Style(color="yellow"),
    "grey": Style(dim=True),
    "accent": Style(color="cyan"),
    "white": Style(bold=True),
}
_WITHOUT_COLOUR: Mapping[Tone, Style] = {"grey": Style(dim=True), "white": Style(bold=True)}
_DARK_ORANGE = Style(color="color(166)")
_CURSOR = Style(reverse=True)


class Pens:
    """Makes strips of lines; without colour only bold, dim and reverse are left."""

    def __init__(self, color: bool) -> None:
        self.color = color
        self._styles = dict(_STYLES if color else _WITHOUT_COLOUR)
        if color and "256color" in os.environ.get("TERM", "") + os.environ.get("COLORTERM", ""):
            self._styles["orange"] = _DARK_ORANGE

    def strip(self, line: Line, room: int, *, cursor: bool = False) -> Strip:
        """A line, cut and filled to `room` columns. `cursor` shows it as the one that keys act on."""
        segments: list[Segment] = []
        for text, tone in plain_cells(line, room):
            segments.append(Segment(text, _CURSOR if cursor else self._styles.get(tone, Style())))
        return Strip(segments).adjust_cell_length(room, _CURSOR if cursor else Style())


def plain_cells(line: Line, room: int) -> Iterable[Cell]:
    """The pieces of a line that fit, made safe."""
    from msreg.screen.widths import width

    left = room
    for piece in line:
        cell = piece if isinstance(piece, Cell) else Cell(piece)
        text = safe(cell.text)
        if width(text) > left:
            text = cut(text, left) if left > 0 else ""
        left -= width(text)
        if text:
            yield Cell(text, cell.tone)
