"""Where everything of a picture stands: rows from top to bottom over one axis of time."""

from __future__ import annotations

from collections.abc import Iterator

from msreg.formats import picture_rows as rows
from msreg.formats.letters import text_width
from msreg.formats.picture import Picture, Sign
from msreg.formats.picture_curve import curve
from msreg.formats.picture_frame import RIGHT, SIDE, TALL, WIDTH, Frame
from msreg.formats.picture_marks import MARKS
from msreg.formats.picture_places import lanes, ticks
from msreg.formats.picture_scene import Area, Group, Line, Part, Scene, Text, box
from msreg.forms.showing import show_date

SIZE, SMALL = 12.0, 11.0
MOST_TICKS = 16


def laid_out(picture: Picture) -> Scene:
    """The drawing of a picture; its height follows from what there is to show."""
    frame = Frame(picture)
    head = [Group("head", tuple(_head(picture)))]
    stones, y = _milestones(picture, frame, 60.0)
    top = y
    parts: list[Group] = []
    row = rows.phenotypes(picture, frame, y)
    parts += row.groups
    y += row.height + 10
    row = rows.relapses(picture, frame, y)
    parts += row.groups
    y += row.height + 22
    frame = frame._replace(top=y)
    middle = list(curve(picture, frame))
    y += TALL
    row = rows.courses(
        picture, frame, y + 4, [show_date(each.on, picture.language) for each in picture.points]
    )
    parts += row.groups
    y += row.height + 16
    row = rows.scans(picture, frame, y)
    parts += row.groups
    y += row.height + 14
    row = rows.medication(picture, frame, y)
    parts += row.groups
    y += row.height + 6
    axis = Group("time", tuple(_time(picture, frame, top, y)))
    lines = Group("milestones", tuple(_through(picture, frame, top - 4, y)))
    y += 40
    legend, y = _legend(picture, frame, y)
    foot, y = _foot(picture, y)
    groups = (*head, axis, lines, *middle, *parts, *stones, legend, foot)
    return Scene(WIDTH, y + 14, picture.title, picture.language, groups)


def _head(picture: Picture) -> Iterator[Part]:
    yield Text(SIDE, 33, picture.heading, 19, "ink", bold=True)
    yield Text(WIDTH - SIDE, 33, picture.aside, 13, "soft", "end")


def _milestones(picture: Picture, frame: Frame, y: float) -> tuple[list[Group], float]:
    """What happened on days that count for all rows, above them; nothing where nothing did."""
    found, spans = [], []
    for stone in picture.milestones:
        x, wide = frame.x(stone.on), text_width(stone.text, SIZE)
        back = x + wide + 12 > WIDTH - SIDE
        spans.append((x - wide - 14, x + 8) if back else (x - 6, x + wide + 16))
        found.append((stone, x, back))
    at = lanes(spans)
    groups = []
    for (stone, x, back), lane in zip(found, at, strict=True):
        middle = y + lane * 17
        side = -1 if back else 1
        parts: list[Part] = [
            Area(box(x - 4, middle - 4, 8, 8), "ink"),
            Text(x + side * 9, middle + 4, stone.text, SIZE, "ink", "end" if back else "start"),
        ]
        if stone.kind == "diagnosis":
            parts[0] = Area(((x, middle - 5), (x + 5, middle), (x, middle + 5), (x - 5, middle)), "ink")
        if stone.kind == "deceased":
            parts[0] = Line(((x, middle - 6), (x, middle + 6)), "ink", 2.4)
            parts.insert(1, Line(((x - 4, middle - 2), (x + 4, middle - 2)), "ink", 2.4))
        groups.append(Group("milestone", tuple(parts), stone.tip))
    return groups, y + 17 * (max(at) + 1 if at else 0)


def _through(picture: Picture, frame: Frame, top: float, low: float) -> Iterator[Part]:
    for stone in picture.milestones:
        x = frame.x(stone.on)
        yield Line(((x, top), (x, low)), "ink", 1.0, (2.0, 3.0) if stone.kind == "diagnosis" else (7.0, 3.0))


def _time(picture: Picture, frame: Frame, top: float, low: float) -> Iterator[Part]:
    """Lines of years or months through all rows, and what they are below."""
    for tick in ticks(picture.first, picture.last, most=MOST_TICKS, dutch=picture.language == "nl"):
        x = frame.x(tick.on)
        yield Line(((x, top), (x, low)), "grid", 1.0)
        yield Line(((x, low), (x, low + 5)), "soft", 1.0)
        yield Text(x, low + 19, tick.text, SIZE, "ink" if tick.main else "soft", "middle")
    yield Line(((frame.left, low), (WIDTH - RIGHT, low)), "soft", 1.0)


def _legend(picture: Picture, frame: Frame, y: float) -> tuple[Group, float]:
    """What the marks mean, in as few lines as hold it."""
    parts: list[Part] = []
    x = SIDE
    unnamed = rows.nameless(picture, frame)
    for sign in (*picture.legend, *(Sign(code, text) for code, text in unnamed.items())):
        wide = 24 + text_width(sign.text, SMALL) + 20
        if x > SIDE and x + wide - 20 > WIDTH - SIDE:
            x, y = SIDE, y + 20
        if sign.kind in MARKS:
            parts += MARKS[sign.kind](x + 9, y)
        else:
            parts.append(Area(box(x + 1, y - 6, 16, 12), sign.kind, "frame"))
        parts.append(Text(x + 24, y + 4, sign.text, SMALL, "soft"))
        x += wide
    return Group("legend", tuple(parts)), y + (20 if parts else 0)


def _foot(picture: Picture, y: float) -> tuple[Group, float]:
    parts: list[Part] = []
    for note in picture.notes:
        parts.append(Text(SIDE, y + 6, note, SMALL, "ink"))
        y += 18
    parts.append(Text(SIDE, y + 8, picture.foot, SMALL, "soft"))
    return Group("foot", tuple(parts)), y + 14
