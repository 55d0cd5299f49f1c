"""EDSS and health score of a chart on a terminal: steps of dots, marks, and scores where there is room."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from msreg.formats.picture import Picture, Point
from msreg.formats.picture_places import by_weight
from msreg.screen.chart_grid import HIGH, Grid
from msreg.screen.chart_signs import TONES, Signs

ROWS = 11
"""One for each whole EDSS."""
THIN = 3
"""Every third dot of the line of health scores is drawn, and every second of an estimated EDSS."""


class Curve:
    """The grid of a picture's curve, drawn."""

    def __init__(self, picture: Picture, wide: int, signs: Signs) -> None:
        self.picture, self.signs, self.wide = picture, signs, wide
        self.grid = Grid(wide, ROWS)
        self._health()
        self._steps()
        self._marks()
        self._values()

    def column(self, on: date) -> int:
        """The cell of a day."""
        return column(self.picture, on, self.wide)

    def _health(self) -> None:
        scores = self.picture.scores
        if self.signs.braille:
            for now, then in pairwise(scores):
                x, to_x = self.column(now.on) * 2, self.column(then.on) * 2
                y, to_y = now.score / 10 * HIGH, then.score / 10 * HIGH
                for at in range(x, to_x + 1, THIN):
                    self.grid.dot(at, round(y + (to_y - y) * (at - x) / max(to_x - x, 1)), TONES["health"])
        for each in scores:
            self.grid.put(self.column(each.on), each.score // 10, self.signs.marks["health"], TONES["health"])

    def _steps(self) -> None:
        for stroke in self.picture.strokes():
            for now, then in pairwise(stroke):
                assert now.edss is not None
                assert then.edss is not None
                dashed = now.kind == "estimated"
                self._level(self.column(now.on), self.column(then.on), now.edss, dashed)
                self._upright(self.column(then.on), now.edss, then.edss)

    def _level(self, start: int, end: int, score: float, dashed: bool) -> None:
        if self.signs.braille:
            for x in range(start * 2, end * 2 + 1):
                if not dashed or x // 2 % 2:
                    self.grid.dot(x, _dots(score), "accent")
            return
        # A score and a half stands in the middle of its row, a whole one at the bottom.
        sign = "_" if score == int(score) else "-"
        for at in range(start, end):
            if not dashed or at % 2:
                self.grid.put(at, int(score), sign, "accent")

    def _upright(self, at: int, score: float, to: float) -> None:
        low, high = sorted((score, to))
        if self.signs.braille:
            for y in range(_dots(low), _dots(high) + 1):
                self.grid.dot(at * 2, y, "accent")
        else:
            for row in range(int(low), int(high)):
                self.grid.put(at, row, self.signs.upright, "accent")

    def _marks(self) -> None:
        for point in self._scored():
            sign, tone = self.signs.marks[point.kind], TONES[point.kind]
            self.grid.put(self.column(point.on), int(point.edss or 0), sign, tone)

    def _values(self) -> None:
        points = list(self._scored())
        for at in by_weight([each.edss for each in points]):
            point = points[at]
            wide = len(point.text)
            start = min(max(self.column(point.on) - wide // 2, 0), self.wide - wide)
            for row in (int(point.edss or 0) + 1, int(point.edss or 0) - 1):
                if self._has_room(start, row, wide):
                    self.grid.put(start, row, point.text)
                    break

    def _has_room(self, start: int, row: int, wide: int) -> bool:
        """True when a text can stand there with a blank at each side, as far as the grid goes."""
        first, last = max(start - 1, 0), min(start + wide + 1, self.wide)
        return self.grid.free(first, row, last - first, over=(TONES["health"],))

    def _scored(self) -> Iterator[Point]:
        return (each for each in self.picture.points if each.edss is not None)


def column(picture: Picture, on: date, wide: int) -> int:
    """The cell of a day in so many cells."""
    return round(picture.share(on) * (wide - 1))


def _dots(score: float) -> int:
    return round(score * HIGH)
