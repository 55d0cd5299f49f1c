"""What stands on a PDF page, as strips from top to bottom: texts with their place, size and tone, perhaps a rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from msreg.formats.fitting import Measure, cut, flow, wrap
from msreg.formats.pdf_fonts import Font, drawable, fonts

Piece: TypeAlias = tuple[str, str]
"""A text and its tone."""

SIZE, LINE = 9.0, 12.5
"""Size of the letters and height of a line, in points."""
SMALL = 8.0
LABELS = 92.0
"""Points that labels take, with the room after them."""
APART = 12.0
"""Points between two columns."""
MOST_LINES = 3
"""Lines of one cell, and of a fact for each of its pieces."""


class Mark(NamedTuple):
    """A text, from the left edge of what may be written on."""

    x: float
    text: str
    size: float
    font: Font
    tone: str


class Strip(NamedTuple):
    """Texts on one line, the height that the line takes, and whether a thin rule is drawn below it."""

    height: float
    marks: tuple[Mark, ...] = ()
    ruled: bool = False


def measure(font: Font, size: float) -> Measure:
    """What texts take in this font."""
    return lambda text: font.width(text, size)


def heading(name: str, aside: str, under: str, room: float) -> list[Strip]:
    """The name, large, with something at the right end of its line, and a grey line below it, then a rule."""
    plain, bold = fonts()
    name, aside = drawable(name), drawable(aside)
    taken = bold.width(aside, 12.0)
    lines = wrap(name, room - taken - APART, 2, measure(bold, 15.0))
    first = (Mark(0, lines[0], 15.0, bold, "plain"), Mark(room - taken, aside, 12.0, bold, "accent"))
    found = [Strip(20.0, first), *(Strip(19.0, (Mark(0, line, 15.0, bold, "plain"),)) for line in lines[1:])]
    text = cut(drawable(under), room, measure(plain, SIZE))
    return [*found, Strip(15.0, (Mark(0, text, SIZE, plain, "grey"),), ruled=True), Strip(8.0)]


def sentence(
    label: str, pieces: Sequence[Piece], end: str, between: str, room: float
) -> list[tuple[Strip, int]]:
    """A label with pieces that follow one another, and how many of them begin on each strip."""
    plain, _bold = fonts()
    texts = [drawable(text) for text, _tone in pieces]
    found: list[tuple[Strip, int]] = []
    seen = -1
    for line in flow(texts, room - LABELS, measure(plain, SIZE), end=end, between=between):
        x = LABELS
        marks = []
        for number, (text, at) in enumerate(line):
            if number:
                marks.append(Mark(x, between, SIZE, plain, "plain"))
                x += plain.width(between, SIZE)
            marks.append(Mark(x, text, SIZE, plain, pieces[at][1]))
            x += plain.width(text, SIZE)
        if not found and label:
            text = cut(drawable(label), LABELS - 6, measure(plain, SIZE))
            marks.insert(0, Mark(0, text, SIZE, plain, "grey"))
        found.append((Strip(LINE, tuple(marks)), line[-1][1] - seen))
        seen = line[-1][1]
    return found


def title(text: str) -> list[Strip]:
    """The title of a table, with room above it."""
    _plain, bold = fonts()
    return [Strip(9.0), Strip(15.0, (Mark(0, drawable(text), 10.0, bold, "accent"),))]


def table(
    heads: Sequence[str], rows: Sequence[Sequence[Piece]], room: float
) -> tuple[Strip, list[list[Strip]]]:
    """The heads, and the strips of each row; columns are as wide as they need to be and the room lets them."""
    plain, _bold = fonts()
    small, usual = measure(plain, SMALL), measure(plain, SIZE)
    texts = [[drawable(text) for text, _tone in row] for row in rows]
    needs = [max(small(drawable(head)), *(usual(row[at]) for row in texts)) for at, head in enumerate(heads)]
    widths = level(needs, room - APART * (len(heads) - 1))
    starts = [sum(widths[:at]) + APART * at for at in range(len(widths))]
    names = tuple(
        Mark(x, cut(drawable(head), width, small), SMALL, plain, "grey")
        for x, width, head in zip(starts, widths, heads, strict=True)
    )
    found = []
    for row, shown in zip(rows, texts, strict=True):
        cells = [wrap(text, width, MOST_LINES, usual) for text, width in zip(shown, widths, strict=True)]
        found.append(
            [
                Strip(
                    LINE,
                    tuple(
                        Mark(x, cell[number], SIZE, plain, tone)
                        for x, cell, (_text, tone) in zip(starts, cells, row, strict=True)
                        if number < len(cell)
                    ),
                )
                for number in range(max(map(len, cells)))
            ]
        )
    return Strip(LINE, names, ruled=True), found


def level(needs: Sequence[float], room: float) -> list[float]:
    """Widths that together take at most `room`: whoever needs little gets it, the others get as much each."""
    found = [0.0] * len(needs)
    left, waiting = room, len(needs)
    for at in sorted(range(len(needs)), key=lambda at: needs[at]):
        found[at] = min(needs[at], left / waiting)
        left -= found[at]
        waiting -= 1
    return found


def more(text: str, indent: float) -> Strip:
    """The line that says how many rows were left out."""
    plain, _bold = fonts()
    return Strip(LINE, (Mark(indent, drawable(text), SIZE, plain, "grey"),))


def foot(left: str, right: str, room: float) -> Strip:
    """Two small texts at the ends of a line."""
    plain, _bold = fonts()
    right = drawable(right)
    taken = plain.width(right, SMALL)
    text = cut(drawable(left), room - taken - APART, measure(plain, SMALL))
    return Strip(LINE, (Mark(0, text, SMALL, plain, "grey"), Mark(room - taken, right, SMALL, plain, "grey")))
