"""A funnel plot on a terminal: a grid of signs, told apart by their form and not by colour alone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msreg.formats.report import Edge
from msreg.formats.report_page import Plot
from msreg.formats.report_svg import span
from msreg.screen.table import Cell
from msreg.screen.tones import Tone
from msreg.screen.widths import pad

HEIGHT = 13
MOST = 76
OWN, OTHER, TARGET, NEAR, FAR = "◆", "○", "─", "╌", "·"
_TONES: dict[str, Tone] = {OWN: "accent", OTHER: "plain", TARGET: "plain", NEAR: "grey", FAR: "grey"}
_AXIS = 6  # columns of the scale at the left


def funnel_lines(plot: Plot, width: int) -> Iterator[tuple[Cell, ...]]:
    """The lines of a plot, at most `width` columns wide; none where there is nothing to draw."""
    funnel = plot.funnel
    if funnel.target is None or not funnel.edges or not funnel.points:
        return
    columns = min(width, MOST) - _AXIS - 1
    most = funnel.edges[-1].people
    low, high = span(plot)
    grid = [[" "] * columns for _ in range(HEIGHT)]

    def at(share: Decimal) -> int:
        return round((HEIGHT - 1) * (1 - float((share - low) / (high - low))))

    for column in range(columns):
        edge = _edge(funnel.edges, max(1, round(most * (column + 1) / columns)))
        for share, sign in ((edge.low998, FAR), (edge.high998, FAR), (edge.low95, NEAR), (edge.high95, NEAR)):
            if low <= share <= high:
                grid[at(share)][column] = sign
        grid[at(funnel.target)][column] = TARGET
    for point in sorted(funnel.points, key=lambda each: each.own):
        column = min(columns - 1, max(0, round(columns * point.people / most) - 1))
        grid[at(Decimal(point.cases) / point.people)][column] = OWN if point.own else OTHER
    scale = {0: high, at(funnel.target): funnel.target, HEIGHT - 1: low}
    for number, row in enumerate(grid):
        label = f"{scale[number] * 100:.0f}%" if number in scale else ""
        yield (Cell(f"{label:>{_AXIS - 1}} ", "grey"), *_runs(_trimmed(row)))
    across = f"{most} {plot.across}"
    yield (Cell(pad(" " * _AXIS + "1", _AXIS + columns - len(across)) + across, "grey"),)
    own, other, target, near, far = plot.legend
    signs = [(TARGET, target), (NEAR, near), (FAR, far)]
    if any(not point.own for point in funnel.points):
        signs.insert(0, (OTHER, other))
    if any(point.own for point in funnel.points):
        signs.insert(0, (OWN, own))
    yield (Cell(" " * _AXIS + "   ".join(f"{sign} {name}" for sign, name in signs), "grey"),)


def _edge(edges: tuple[Edge, ...], people: int) -> Edge:
    return min(edges, key=lambda each: abs(each.people - people))


def _trimmed(row: list[str]) -> list[str]:
    """A row without the blanks at its end."""
    return row[: max((place + 1 for place, sign in enumerate(row) if sign != " "), default=0)]


def _runs(row: list[str]) -> Iterator[Cell]:
    """The signs of a row, those of one tone together."""
    start = 0
    for place in range(1, len(row) + 1):
        if place == len(row) or _TONES.get(row[place]) != _TONES.get(row[start]):
            yield Cell("".join(row[start:place]), _TONES.get(row[start], "plain"))
            start = place
