"""A funnel plot as SVG inside a page: shapes and dashes tell the marks apart, colours come from the page."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from msreg.formats.report import Edge
from msreg.formats.report_page import Plot

WIDTH, HEIGHT = 640, 330
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 12, 44


class Text(NamedTuple):
    """A text at a place; `anchor` as SVG has it."""

    x: float
    y: float
    text: str
    anchor: str


class Mark(NamedTuple):
    """One centre: where, in which shape, and what pointing at it tells."""

    x: float
    y: float
    own: bool
    told: str
    label: str


class Drawing(NamedTuple):
    """What the template draws: paths by class, marks and texts."""

    width: int
    height: int
    grid: tuple[tuple[float, float, float, float], ...]
    paths: tuple[tuple[str, str], ...]
    marks: tuple[Mark, ...]
    texts: tuple[Text, ...]


def drawing(plot: Plot) -> Drawing | None:
    """The places of everything in a plot; None where there is nothing to draw."""
    funnel = plot.funnel
    if funnel.target is None or not funnel.edges or not funnel.points:
        return None
    most = funnel.edges[-1].people
    low, high = span(plot)

    def x(people: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * people / most, 1)

    def y(share: Decimal) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * float((high - share) / (high - low)), 1)

    def path(key: str) -> str:
        points = [f"{x(edge.people)} {y(min(high, max(low, _share(edge, key))))}" for edge in funnel.edges]
        return "M" + " L".join(points)

    middle = y(funnel.target)
    paths = [(name, path(key)) for key, name in _CURVES]
    paths.append(("target", f"M{LEFT} {middle} L{WIDTH - RIGHT} {middle}"))
    marks = tuple(
        Mark(
            x(point.people), y(Decimal(point.cases) / point.people), point.own,
            f"{point.label or plot.legend[0 if point.own else 1]}: {point.cases}/{point.people}",
            point.label or "",
        )
        for point in sorted(funnel.points, key=lambda each: each.own)
    )  # fmt: skip
    steps = list(_steps(low, high))
    texts = [Text(LEFT - 8, y(step) + 4, f"{step * 100:.0f}%", "end") for step in steps]
    texts += [
        Text(x(at), HEIGHT - BOTTOM + 18, str(at), "middle") for at in (most // 4, most // 2, most * 3 // 4)
    ]
    texts.append(Text(WIDTH - RIGHT, HEIGHT - BOTTOM + 18, str(most), "end"))
    texts.append(Text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, plot.across, "middle"))
    grid = tuple((LEFT, y(step), WIDTH - RIGHT, y(step)) for step in steps)
    return Drawing(WIDTH, HEIGHT, grid, tuple(paths), marks, tuple(texts))


_CURVES = (("low998", "far"), ("high998", "far"), ("low95", "near"), ("high95", "near"))


def _share(edge: Edge, key: str) -> Decimal:
    return Decimal(getattr(edge, key))


def span(plot: Plot) -> tuple[Decimal, Decimal]:
    """From and to which share is drawn, in tenths: all points, and the limits where they are steady."""
    funnel = plot.funnel
    assert funnel.target is not None
    shares = [Decimal(point.cases) / point.people for point in funnel.points]
    steady = funnel.edges[len(funnel.edges) // 3]
    tenth = Decimal("0.1")
    low = min([*shares, steady.low998, funnel.target]) // tenth * tenth
    high = -(-max([*shares, steady.high998, funnel.target]) // tenth) * tenth
    return (low, high) if high > low else (max(Decimal(0), low - tenth), min(Decimal(1), high + tenth))


def _steps(low: Decimal, high: Decimal) -> Iterator[Decimal]:
    step = low
    while step <= high:
        yield step
        step += Decimal("0.1")
