"""The rows above and below the curve: phenotypes, relapses, dates of courses, MRI, medication."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msreg.formats.letters import text_width
from msreg.formats.picture import Bar, Lesions, Picture, Stage
from msreg.formats.picture_colours import fills
from msreg.formats.picture_frame import SIDE, Frame
from msreg.formats.picture_marks import MARKS, R
from msreg.formats.picture_places import apart, by_weight, lanes
from msreg.formats.picture_scene import Area, Disc, Group, Line, Part, Text, backed, box

BAND, RELAPSE, LANE, THICK = 22.0, 16.0, 27.0, 21.0
SMALL, SIZE = 11.0, 12.0


class Row(NamedTuple):
    """Groups, and the height that they take."""

    groups: list[Group]
    height: float


def label(text: str, y: float, role: str = "soft") -> Group:
    """The name of a row, at the left."""
    return Group("label", (Text(SIDE, y, text, SIZE, role),))


def phenotypes(picture: Picture, frame: Frame, y: float) -> Row:
    """A band with the phenotype of each time in it."""
    found = [label(picture.labels.phenotype, y + 15)]
    for stage in picture.stages:
        left, right = _span(frame, stage)
        parts: list[Part] = [Area(box(left, y, right - left, BAND), stage.code, "frame", 1.0)]
        if _is_named(frame, stage):
            parts.append(Text((left + right) / 2, y + 15.5, stage.text, SIZE, "on_fill", "middle", bold=True))
        found.append(Group("stage", tuple(parts), stage.tip))
    return Row(found, BAND)


def nameless(picture: Picture, frame: Frame) -> dict[str, str]:
    """The phenotypes, by code, that no stretch of the band is long enough to name."""
    named = {each.code for each in picture.stages if _is_named(frame, each)}
    return {each.code: each.text for each in picture.stages if each.code not in named}


def _is_named(frame: Frame, stage: Stage) -> bool:
    left, right = _span(frame, stage)
    return text_width(stage.text, SIZE, bold=True) + 8 <= right - left


def _span(frame: Frame, stage: Stage) -> tuple[float, float]:
    left = frame.left if stage.since <= frame.picture.first else frame.x(stage.since)
    right = frame.right if stage.until >= frame.picture.last else frame.x(stage.until)
    return left, max(right, left + 1)


def relapses(picture: Picture, frame: Frame, y: float) -> Row:
    """A mark in the middle of each relapse's month; several of one time stand above one another."""
    places = [frame.x(min(each.on.replace(day=15), picture.last)) for each in picture.relapses]
    found = [label(picture.labels.relapses, y + 12)]
    at = lanes(((x - R - 2, x + R + 2) for x in places), most=8)
    for relapse, x, lane in zip(picture.relapses, places, at, strict=True):
        found.append(Group(relapse.kind, tuple(MARKS[relapse.kind](x, y + 8 + lane * RELAPSE)), relapse.tip))
    return Row(found, RELAPSE * (max(at, default=0) + 1))


def courses(picture: Picture, frame: Frame, y: float, texts: list[str]) -> Row:
    """A tick under each course, and its date where there is room."""
    places = [frame.x(each.on) for each in picture.points]
    wide = max((text_width(each, SMALL) for each in texts), default=0.0)
    edge = frame.right + 40 - wide / 2
    order = by_weight([each.edss for each in picture.points])
    shown = apart([min(each, edge) for each in places], order, wide + 8)
    parts: list[Part] = []
    for at, x in enumerate(places):
        parts.append(Line(((x, y - 4), (x, y + (4 if at in shown else 1))), "soft", 1.2))
        if at in shown:
            text = Text(min(x, edge), y + 16, texts[at], SMALL, "soft", "middle")
            parts += backed(text, text_width(texts[at], SMALL))
    return Row([label(picture.labels.courses, y + 16), Group("dates", tuple(parts))], 20.0)


def scans(picture: Picture, frame: Frame, y: float) -> Row:
    """Two lines of counts: new T2 lesions in squares, enhancing ones in discs."""
    found = [label(picture.labels.t2, y + 14), label(picture.labels.gd, y + 36)]
    places = [frame.x(each.on) for each in picture.scans]
    order = by_weight([(each.t2, each.gd) for each in picture.scans])
    wide = max((text_width(each.t2, SMALL, bold=True) for each in picture.scans), default=0.0)
    shown = apart(places, order, max(wide + 8, 18.0))
    for at, (scan, x) in enumerate(zip(picture.scans, places, strict=True)):
        parts = [
            *_lesions(x, y + 10, scan.t2, scan.t2_kind, "t2", at in shown),
            *_lesions(x, y + 32, scan.gd, scan.gd_kind, "gd", at in shown),
        ]
        found.append(Group("scan", tuple(parts), scan.tip))
    return Row(found, 42.0)


def _lesions(x: float, y: float, text: str, kind: Lesions, role: str, shown: bool) -> Iterator[Part]:
    """A count in a square or disc, full where there are lesions; small and without a count where marks are close."""
    if kind == "nothing":
        yield Line(((x - 3, y), (x + 3, y)), "frame", 1.2)
        return
    half = max(text_width(text, SMALL, bold=True) / 2 + 3.5, 8.5) if shown else 3.0
    fill, stroke = (role, "rim") if kind == "some" else ("paper", "frame" if kind == "none" else "soft")
    if role == "t2":
        tall = 8.5 if shown else 3.0
        yield Area(box(x - half, y - tall, 2 * half, 2 * tall), fill, stroke, 1.0)
    else:
        yield Disc(x, y, max(half, 9.0) if shown else 3.4, fill, stroke, 1.0)
    if shown:
        yield Text(
            x, y + 4, text, SMALL, "on_fill" if kind == "some" else "ink", "middle", bold=kind == "some"
        )


def medication(picture: Picture, frame: Frame, y: float) -> Row:
    """A bar for each period with the name in it, or beside it where it is short."""
    found = [label(picture.labels.medication, y + 15)]
    coloured = fills(each.code for each in picture.bars)
    spans, drawn = [], []
    for bar in picture.bars:
        left, right = frame.x(bar.start), max(frame.x(bar.stop), frame.x(bar.start) + 3)
        wide = text_width(bar.text, SIZE)
        inside = wide + 10 + (8 if bar.running else 0) <= right - left
        before = not inside and right + wide + 6 > frame.right + 40
        spans.append((left - (wide + 6 if before else 0), right + (0 if inside or before else wide + 6) + 2))
        drawn.append((bar, left, right, inside, before))
    at = lanes(spans)
    for (bar, left, right, inside, before), lane in zip(drawn, at, strict=True):
        top = y + lane * LANE
        parts: list[Part] = [Area(_bar(bar, left, right, top), coloured[bar.code], "rim", 1.0)]
        if inside:
            parts.append(Text(left + 6, top + 15, bar.text, SIZE, "on_fill"))
        elif before:
            parts.append(Text(left - 5, top + 15, bar.text, SIZE, "ink", "end"))
        else:
            parts.append(Text(right + 5, top + 15, bar.text, SIZE, "ink"))
        found.append(Group("bar", tuple(parts), bar.tip))
    return Row(found, LANE * (max(at, default=0) + 1))


def _bar(bar: Bar, left: float, right: float, top: float) -> tuple[tuple[float, float], ...]:
    """A rectangle; with a notch where it began before the picture, an arrow's head where it goes on."""
    low, middle = top + THICK, top + THICK / 2
    head = min(7.0, (right - left) / 2) if bar.running else 0.0
    tail = min(5.0, (right - left) / 3) if bar.begun else 0.0
    found = [(left, top), (right - head, top)]
    found += [(right, middle)] if bar.running else []
    found += [(right - head, low), (left, low)]
    found += [(left + tail, middle)] if bar.begun else []
    return tuple(found)
