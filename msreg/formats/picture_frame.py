"""The measures of a drawing: its edges, and where a day, an EDSS and a health score stand."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from msreg.formats.picture import Picture

WIDTH = 1200.0
LEFT, RIGHT = 132.0, 66.0
SIDE = 24.0
"""Blank paper at the sides."""
PAD = 14.0
"""Between the edges of the rows and the first and last day, so that marks there stand free."""
TALL = 290.0
"""Height of the curve."""


class Frame(NamedTuple):
    """The rows' edges, and the top of the curve."""

    picture: Picture
    top: float = 0.0
    left: float = LEFT
    right: float = WIDTH - RIGHT

    def x(self, on: date) -> float:
        """Where a day stands."""
        return self.left + PAD + self.picture.share(on) * (self.right - self.left - 2 * PAD)

    def edss(self, score: float) -> float:
        """Where an EDSS stands: 0 at the bottom, 10 at the top."""
        return self.top + TALL * (1 - score / 10)

    def health(self, score: float) -> float:
        """Where a health score stands: 0 at the bottom, 100 at the top."""
        return self.edss(score / 10)

    @property
    def wide(self) -> float:
        """Width of the rows."""
        return self.right - self.left
