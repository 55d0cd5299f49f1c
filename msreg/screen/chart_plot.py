"""A chart on a terminal: the rows of the drawing (`formats/picture_layout`), in the same order, in signs and dots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msreg.formats.picture import Picture
from msreg.formats.picture_places import apart, by_weight, ticks
from msreg.screen.chart_grid import Grid
from msreg.screen.chart_plot_bars import bars, milestones, nameless, phenotypes, relapses
from msreg.screen.chart_plot_curve import ROWS, Curve, column
from msreg.screen.chart_signs import TONES, Signs
from msreg.screen.shown import day
from msreg.screen.table import Cell
from msreg.screen.widths import cut, pad, wrap
from msreg.screen.widths import width as columns

NARROW, WIDEST = 60, 160
"""Below the one names of rows stand above them; above the other a chart gets no wider."""
AXIS, HEALTH = 3, 4
"""Columns of the numbers at the left and at the right."""

Line: TypeAlias = tuple[Cell, ...]
Rows: TypeAlias = list[list[Cell]]


def plot(picture: Picture, *, width: int, signs: Signs) -> list[Line]:
    """The lines of a chart, each at most `width` columns wide."""
    width = min(width, WIDEST)
    names = picture.labels
    stacked = width < NARROW
    label = AXIS if stacked else max(map(columns, names._replace(health=""))) + 1
    wide = width - label - (HEALTH if picture.scores else 1)

    def row(name: str, rows: Rows) -> Iterator[Line]:
        """A row with its name before or above it; nothing where there is nothing to show."""
        if rows and stacked and name:
            yield (Cell(name, "grey"),)
        for at, cells in enumerate(rows):
            yield _ended((Cell(pad("" if at or stacked else name, label), "grey"), *cells))

    found = [*_head(picture, width, signs)]
    found += row("", milestones(picture, wide, signs))
    found += row(names.phenotype, phenotypes(picture, wide, signs))
    found += row(names.relapses, relapses(picture, wide, signs))
    found += _curve(picture, wide, label, signs)
    found += row(names.courses, _courses(picture, wide, signs))
    found += row(names.t2, _counts(picture, wide, signs, [each.t2 for each in picture.scans]))
    found += row(names.gd, _counts(picture, wide, signs, [each.gd or "-" for each in picture.scans]))
    found += row(names.medication, bars(picture, wide, signs))
    found += row("", _time(picture, wide, signs))
    found += _legend(picture, width, wide, signs)
    found += [(Cell(line),) for note in picture.notes for line in wrap(note, width)]
    return found


def _head(picture: Picture, width: int, signs: Signs) -> Iterator[Line]:
    heading = picture.heading if signs.braille else picture.heading.replace("·", "-")
    room = width - columns(heading) - columns(picture.aside)
    if room >= 2:
        yield Cell(heading, "accent"), Cell(" " * room), Cell(picture.aside, "grey")
    else:
        yield from ((Cell(line.strip(), "accent"),) for line in wrap(heading, width))
        yield (Cell(cut(picture.aside, width), "grey"),)


def _curve(picture: Picture, wide: int, label: int, signs: Signs) -> Iterator[Line]:
    """The curve between its axes; EDSS at the left, health score at the right."""
    grid = Curve(picture, wide, signs).grid
    name = picture.labels.edss
    if picture.scores:
        gap = label + wide + HEALTH - columns(name) - columns(picture.labels.health)
        yield Cell(name, "accent"), Cell(" " * gap), Cell(picture.labels.health, "green")
    elif label == AXIS:
        yield (Cell(name, "accent"),)
    for at in reversed(range(ROWS)):
        left = Cell(f"{at if at % 2 == 0 else '':>{label - 1}}{signs.upright}", "grey")
        right = Cell(
            f"{signs.upright}{at * 10 if at % 5 == 0 else ''}" if picture.scores else signs.upright, "grey"
        )
        if not picture.scores and at == ROWS - 1:
            left = Cell(
                pad(name, label - 3) + f"{at:>2}{signs.upright}" if label > AXIS else left.text, "grey"
            )
        yield _ended((left, *grid.row(at), right))


def _courses(picture: Picture, wide: int, signs: Signs) -> Rows:
    """Ticks, crosses where there is no EDSS, and dates where there is room."""
    if not picture.points:
        return []
    ticked, dated = Grid(wide), Grid(wide)
    for since, until in picture.gaps():
        start, end = column(picture, since, wide), column(picture, until, wide)
        ticked.put(start, 0, signs.stretch * (end - start), "grey")
    places = [column(picture, each.on, wide) for each in picture.points]
    for point, at in zip(picture.points, places, strict=True):
        ticked.put(at, 0, signs.course if point.edss is not None else signs.marks["gap"], "grey")
    texts = [day(each.on) or "" for each in picture.points]
    long = max(map(len, texts))
    starts = [min(max(at - long // 2, 0), wide - long) for at in places]
    for at in sorted(apart(starts, by_weight([each.edss for each in picture.points]), long + 1)):
        dated.put(starts[at], 0, texts[at], "grey")
    return [ticked.row(0), dated.row(0)]


def _counts(picture: Picture, wide: int, signs: Signs, texts: Sequence[str]) -> Rows:
    """Counts of lesions under one another; a dot where there is no room for a count."""
    if not texts:
        return []
    grid = Grid(wide)
    long = max(map(len, texts))
    starts = [min(column(picture, each.on, wide), wide - long) for each in picture.scans]
    order = by_weight([(each.t2, each.gd) for each in picture.scans])
    shown = apart(starts, order, long + 1)
    for at, start in enumerate(starts):
        if at not in shown and grid.free(start, 0, 1):
            grid.put(start, 0, signs.close, "grey")
    for at in shown:
        grid.put(starts[at], 0, texts[at])
    return [grid.row(0)]


def _time(picture: Picture, wide: int, signs: Signs) -> Rows:
    """The axis of time: years, or months where there are few years."""
    axis, said = Grid(wide), Grid(wide)
    axis.put(0, 0, signs.level * wide, "grey")
    for tick in ticks(picture.first, picture.last, most=max(wide // 9, 2), dutch=picture.language == "nl"):
        at = column(picture, tick.on, wide)
        start = min(max(at - len(tick.text) // 2, 0), wide - len(tick.text))
        axis.put(at, 0, signs.tick, "grey")
        if said.free(max(start - 1, 0), 0, len(tick.text)):
            said.put(start, 0, tick.text, "grey")
    return [axis.row(0), said.row(0)]


def _legend(picture: Picture, width: int, wide: int, signs: Signs) -> Iterator[Line]:
    """What the marks mean, in as few lines as hold it."""
    line: list[Cell] = []
    taken = 0
    known = [
        (signs.marks[each.kind], TONES[each.kind], each.text)
        for each in picture.legend
        if each.kind in signs.marks
    ]
    for sign, tone, words in (*known, *((signs.left, "grey", name) for name in nameless(picture, wide))):
        text = f" {words}"
        if line and taken + 3 + 1 + columns(text) > width:
            yield tuple(line)
            line, taken = [], 0
        if line:
            line.append(Cell("   "))
            taken += 3
        line += [Cell(sign, tone), Cell(cut(text, width - 1), "grey")]
        taken += 1 + columns(text)
    if line:
        yield tuple(line)


def _ended(line: Line) -> Line:
    """The line without the room that is left at its end."""
    last = max((at for at, cell in enumerate(line) if cell.text.strip()), default=0)
    return (*line[:last], Cell(line[last].text.rstrip(), line[last].tone))
