"""The middle of a drawing: EDSS as steps on the left axis, health score as a thin line on the right one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msreg.formats.letters import text_width
from msreg.formats.picture import Picture, Point
from msreg.formats.picture_frame import TALL, Frame
from msreg.formats.picture_marks import MARKS, health
from msreg.formats.picture_places import by_weight
from msreg.formats.picture_scene import Area, Group, Line, Part, Text, backed, box, hatch

DASH = (5.0, 3.5)
THIN = (2.0, 2.5)
SIZE = 12.0


def curve(picture: Picture, frame: Frame) -> Iterator[Group]:
    """Axes, stretches without a score, both lines, then their marks."""
    yield Group("axes", tuple(_axes(picture, frame)))
    for since, until in picture.gaps():
        left, right = frame.x(since), frame.x(until)
        if right - left > 1:
            yield Group("stretch", (*hatch(left, frame.top, right - left, TALL, "gap", step=9.0),))
    yield Group("health-line", tuple(_health_line(picture, frame)))
    yield Group("edss-line", tuple(_steps(picture, frame)))
    for score in picture.scores:
        yield Group("health", tuple(health(frame.x(score.on), frame.health(score.score))), score.tip)
    for point in picture.points:
        y = frame.edss(0 if point.edss is None else point.edss)
        yield Group(point.kind, tuple(MARKS[point.kind](frame.x(point.on), y)), point.tip)
    yield Group("values", tuple(_values(picture, frame)))


def _axes(picture: Picture, frame: Frame) -> Iterator[Part]:
    for score in range(0, 11, 2):
        y = frame.edss(score)
        yield Line(((frame.left, y), (frame.right, y)), "frame" if score == 0 else "grid", 1.0)
        yield Text(frame.left - 8, y + 4, str(score), SIZE, "edss", "end")
    yield Text(24, frame.top + 4, picture.labels.edss, 13, "edss", bold=True)
    if picture.scores:
        for score in range(0, 101, 25):
            y = frame.health(score)
            yield Line(((frame.right, y), (frame.right + 4, y)), "health", 1.0)
            yield Text(frame.right + 8, y + 4, str(score), SIZE, "health")
        words = picture.labels.health
        text = Text(frame.right + 42, frame.top - 12, words, SIZE, "health", "end", bold=True)
        yield from backed(text, text_width(words, SIZE, bold=True))
    yield Area(box(frame.left, frame.top, frame.wide, TALL), "", "frame", 1.0)


def _health_line(picture: Picture, frame: Frame) -> Iterator[Part]:
    places = tuple((frame.x(each.on), frame.health(each.score)) for each in picture.scores)
    if len(places) > 1:
        yield Line(places, "health", 1.3, THIN)


def _steps(picture: Picture, frame: Frame) -> Iterator[Part]:
    """A score holds until the next; where it was estimated its step is dashed."""
    for stroke in picture.strokes():
        for now, then in pairwise(stroke):
            assert now.edss is not None
            assert then.edss is not None
            y, to_y = frame.edss(now.edss), frame.edss(then.edss)
            x, to_x = frame.x(now.on), frame.x(then.on)
            yield Line(((x, y), (to_x, y)), "edss", 2.6, DASH if now.kind == "estimated" else ())
            if y != to_y:
                yield Line(((to_x, y), (to_x, to_y)), "edss", 2.6)


def _values(picture: Picture, frame: Frame) -> Iterator[Part]:
    """The scores beside their marks, as many as there is room for."""
    points = [each for each in picture.points if each.edss is not None]
    marks = [_around(frame.x(each.on), frame.edss(each.edss or 0), 6) for each in points]
    marks += [_around(frame.x(each.on), frame.health(each.score), 5) for each in picture.scores]
    taken: list[tuple[float, float, float, float]] = []
    walls = _walls(points, frame)
    for at in by_weight([each.edss for each in points]):
        point = points[at]
        wide = text_width(point.text, SIZE, bold=True)
        x, y = frame.x(point.on), frame.edss(point.edss or 0)
        for base in (y - 10, y + 20):
            found = (x - wide / 2 - 2, base - 10, x + wide / 2 + 2, base + 2)
            inside = found[1] > frame.top - 14 and found[3] < frame.top + TALL
            if inside and not any(_meet(found, each) for each in (*taken, *marks, *walls)):
                taken.append(found)
                yield from backed(Text(x, base, point.text, SIZE, "ink", "middle", bold=True), wide)
                break


def _walls(points: Sequence[Point], frame: Frame) -> list[tuple[float, float, float, float]]:
    """Where the line goes up or down, of which no text should stand in the way."""
    found = []
    for now, then in pairwise(points):
        x, y, to_y = frame.x(then.on), frame.edss(now.edss or 0), frame.edss(then.edss or 0)
        low, high = sorted((y, to_y))
        if high > low:
            found.append((x - 1.5, low, x + 1.5, high))
    return found


def _around(x: float, y: float, r: float) -> tuple[float, float, float, float]:
    return (x - r, y - r, x + r, y + r)


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
