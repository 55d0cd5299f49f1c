"""The marks of a drawing, each with a shape of its own, as they stand in the rows and in the legend."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msreg.formats.picture_scene import Area, Disc, Line, Part, Text, box, hatch

R = 5.5
"""Half the size of a mark."""


def assessed(x: float, y: float) -> list[Part]:
    """An EDSS that was assessed: a full disc."""
    return [Disc(x, y, R - 0.5, "edss", "paper", 1.2)]


def estimated(x: float, y: float) -> list[Part]:
    """An EDSS that was estimated: an open disc."""
    return [Disc(x, y, R - 1.0, "paper", "edss", 2.2)]


def gap(x: float, y: float) -> list[Part]:
    """A course without an EDSS: a cross."""
    r = R - 1.5
    return [
        Line(((x - r, y - r), (x + r, y + r)), "soft", 1.8),
        Line(((x - r, y + r), (x + r, y - r)), "soft", 1.8),
    ]


def stretch(x: float, y: float) -> list[Part]:
    """A stretch without an EDSS: hatched."""
    return list(hatch(x - 9, y - 6, 18, 12, "frame"))


def treated(x: float, y: float) -> list[Part]:
    """A relapse with methylprednisolone: a full triangle."""
    return [Area(_down(x, y), "relapse", "relapse", 1.6)]


def untreated(x: float, y: float) -> list[Part]:
    """A relapse without it: an open triangle."""
    return [Area(_down(x, y), "paper", "relapse", 1.8)]


def unknown(x: float, y: float) -> list[Part]:
    """A relapse of which that is not known: a question mark in a ring."""
    return [Disc(x, y, R + 1, "paper", "relapse", 1.6), Text(x, y + 4, "?", 11, "ink", "middle", bold=True)]


def health(x: float, y: float) -> list[Part]:
    """A health score: a small diamond."""
    r = R - 1.2
    return [Area(((x, y - r), (x + r, y), (x, y + r), (x - r, y)), "paper", "health", 1.6)]


def new_lesions(x: float, y: float) -> list[Part]:
    """New T2 lesions: a full square."""
    return [Area(box(x - 6, y - 6, 12, 12), "t2", "rim", 1.0)]


def enhancing(x: float, y: float) -> list[Part]:
    """Enhancing lesions: a full disc, larger than that of an EDSS and with another edge."""
    return [Disc(x, y, 6.5, "gd", "rim", 1.0)]


def running(x: float, y: float) -> list[Part]:
    """Medication that goes on: an arrow."""
    return [
        Area(((x - 9, y - 6), (x + 3, y - 6), (x + 9, y), (x + 3, y + 6), (x - 9, y + 6)), "bar7", "rim", 1.0)
    ]


def _down(x: float, y: float) -> tuple[tuple[float, float], ...]:
    return ((x - R, y - R + 0.8), (x + R, y - R + 0.8), (x, y + R))


MARKS: Mapping[str, Callable[[float, float], list[Part]]] = {
    "assessed": assessed, "estimated": estimated, "gap": gap, "stretch": stretch, "treated": treated,
    "untreated": untreated, "unknown": unknown, "health": health, "t2": new_lesions, "gd": enhancing,
    "running": running,
}  # fmt: skip
"""How each kind of the legend looks."""
