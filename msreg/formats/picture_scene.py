"""A drawing as a list of lines, areas, discs and texts: SVG, pixels and PDF are made from the same one.

Coordinates are in points from the top left corner. Colours are roles (`picture_colours`), never values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import hypot
from typing import Literal, NamedTuple, TypeAlias

Place: TypeAlias = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


class Line(NamedTuple):
    """A line through places; `dash` holds lengths of strokes and of gaps."""

    places: tuple[Place, ...]
    role: str
    width: float = 1.0
    dash: tuple[float, ...] = ()


class Area(NamedTuple):
    """A closed polygon, filled when it has a `fill`, with an outline when it has a `stroke`."""

    places: tuple[Place, ...]
    fill: str = ""
    stroke: str = ""
    width: float = 1.0


class Disc(NamedTuple):
    """A circle around a place."""

    x: float
    y: float
    radius: float
    fill: str = ""
    stroke: str = ""
    width: float = 1.0


class Text(NamedTuple):
    """One line of text; `y` is its base line."""

    x: float
    y: float
    text: str
    size: float = 12.0
    role: str = "ink"
    anchor: Anchor = "start"
    bold: bool = False


Part: TypeAlias = Line | Area | Disc | Text


class Group(NamedTuple):
    """Parts that belong together. With a `tip` it is something that one can point at."""

    kind: str
    parts: tuple[Part, ...]
    tip: tuple[str, ...] = ()


class Scene(NamedTuple):
    """A whole drawing."""

    width: float
    height: float
    title: str
    language: str
    groups: tuple[Group, ...]


def box(x: float, y: float, width: float, height: float) -> tuple[Place, ...]:
    """The corners of a rectangle."""
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def backed(text: Text, wide: float) -> tuple[Area, Text]:
    """A text that takes `wide` points on a piece of paper of its own, which covers the lines below it."""
    left = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    return Area(box(left - 1.5, text.y - text.size * 0.82, wide + 3, text.size * 1.05), "paper"), text


def hatch(x: float, y: float, width: float, height: float, role: str, *, step: float = 7.0) -> list[Line]:
    """Slanted lines that fill a rectangle."""
    found = []
    at = -height + step / 2
    while at < width:
        left, right = max(at, 0.0), min(at + height, width)
        if right > left:
            found.append(
                Line(
                    ((x + left, y + height - (left - at)), (x + right, y + height - (right - at))), role, 1.0
                )
            )
        at += step
    return found


def dashes(places: Sequence[Place], dash: Sequence[float]) -> Iterator[tuple[Place, Place]]:
    """The strokes of a dashed line, for who can only draw whole ones."""
    turn, left = 0, dash[0]
    for (x, y), (to_x, to_y) in pairwise(places):
        length = hypot(to_x - x, to_y - y)
        gone = 0.0
        while gone < length:
            step = min(left, length - gone)
            if turn % 2 == 0:
                begin, end = gone / length, (gone + step) / length
                yield (
                    (x + (to_x - x) * begin, y + (to_y - y) * begin),
                    (x + (to_x - x) * end, y + (to_y - y) * end),
                )
            gone += step
            left -= step
            if left <= 1e-9:
                turn += 1
                left = dash[turn % len(dash)]
