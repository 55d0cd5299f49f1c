"""Rows of a chart on a terminal that last: phenotypes and medication as bars; and days: milestones and relapses."""

from __future__ import annotations

from msreg.formats.picture import Bar, Picture
from msreg.formats.picture_places import lanes
from msreg.screen.chart_grid import Grid
from msreg.screen.chart_plot_curve import column
from msreg.screen.chart_signs import TONES, Signs
from msreg.screen.table import Cell
from msreg.screen.widths import cut
from msreg.screen.widths import width as columns


def milestones(picture: Picture, wide: int, signs: Signs) -> list[list[Cell]]:
    """Diagnosis, end of treatment, death: a sign on the day, and words beside it."""
    placed, spans = [], []
    for stone in picture.milestones:
        at, text = column(picture, stone.on, wide), cut(stone.text, wide - 2)
        after = at + 2 + columns(text) <= wide
        start = at if after else max(at - 1 - columns(text), 0)
        placed.append(
            (
                start,
                f"{signs.milestones[stone.kind]} {text}"
                if after
                else f"{text} {signs.milestones[stone.kind]}",
            )
        )
        spans.append((start, start + columns(text) + 3))
    grid = Grid(wide, len(placed))
    for (start, text), lane in zip(placed, lanes(spans), strict=True):
        grid.put(start, lane, text)
    return [row for row in map(grid.row, range(grid.high)) if any(cell.text.strip() for cell in row)]


def phenotypes(picture: Picture, wide: int, signs: Signs) -> list[list[Cell]]:
    """A band with its names; those that do not fit stand in the legend (`nameless`)."""
    if not picture.stages:
        return []
    grid = Grid(wide)
    for stage in picture.stages:
        start, end = column(picture, stage.since, wide), column(picture, stage.until, wide)
        grid.put(start, 0, signs.left + signs.level * (end - start), "grey")
        if end - start > columns(stage.text):
            grid.put(start + 1, 0, stage.text)
    return [grid.row(0)]


def nameless(picture: Picture, wide: int) -> list[str]:
    """The phenotypes that no stretch of the band is long enough to name."""
    long = {
        each.text
        for each in picture.stages
        if column(picture, each.until, wide) - column(picture, each.since, wide) > columns(each.text)
    }
    return list(dict.fromkeys(each.text for each in picture.stages if each.text not in long))


def relapses(picture: Picture, wide: int, signs: Signs) -> list[list[Cell]]:
    """A sign in each relapse's month; those of one place stand above one another."""
    places = [column(picture, each.on.replace(day=15), wide) for each in picture.relapses]
    at = lanes([(place, place + 1) for place in places], most=4)
    grid = Grid(wide, max(at, default=-1) + 1)
    for relapse, place, lane in zip(picture.relapses, places, at, strict=True):
        grid.put(place, lane, signs.marks[relapse.kind], TONES[relapse.kind])
    return [grid.row(row) for row in range(grid.high)]


def bars(picture: Picture, wide: int, signs: Signs) -> list[list[Cell]]:
    """A bar for each period of medication with the name in it, or beside it where it is short."""
    placed, spans = [], []
    for bar in picture.bars:
        start, end = column(picture, bar.start, wide), column(picture, bar.stop, wide)
        name = cut(bar.text, wide - 3)
        inside = columns(name) <= end - start - 1
        after = inside or end + 2 + columns(name) <= wide
        text = start + 1 if inside else end + 2 if after else max(start - 1 - columns(name), 0)
        placed.append((bar, start, end, text, name))
        spans.append((min(start, text), max(end, text + columns(name)) + 1))
    at = lanes(spans)
    grid = Grid(wide, max(at, default=-1) + 1)
    for (bar, start, end, text, name), lane in zip(placed, at, strict=True):
        grid.put(start, lane, _drawn(bar, end - start, signs), "grey")
        grid.put(text, lane, name)
    return [grid.row(row) for row in range(grid.high)]


def _drawn(bar: Bar, more: int, signs: Signs) -> str:
    if not more:
        return signs.running if bar.running else signs.tiny
    left = signs.begun if bar.begun else signs.left
    return left + signs.rule * (more - 1) + (signs.running if bar.running else signs.right)
