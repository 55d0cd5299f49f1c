"""One page of A4 as PDF: a heading, labels with what is said of them, tables, a foot. Never a second page.

Texts are drawn as they are: there is no markup in which data could mean something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any, NamedTuple, TypeAlias

from msreg.formats import pdf_strips as strips
from msreg.formats.fitting import shown
from msreg.formats.pdf_fonts import require_reportlab
from msreg.formats.pdf_strips import LABELS, LINE, Piece, Strip

WIDTH, HEIGHT = 595.28, 841.89
MARGIN = 48.0
ROOM = WIDTH - 2 * MARGIN
FOOT = 24.0
"""Points that the foot takes, with the room above it."""

COLOURS: Mapping[str, tuple[float, float, float]] = {
    "red": (0.70, 0.10, 0.10),
    "orange": (0.70, 0.36, 0.0),
    "green": (0.05, 0.42, 0.16),
    "grey": (0.40, 0.40, 0.40),
    "accent": (0.0, 0.33, 0.45),
}
"""The tones that are not black."""

More: TypeAlias = Callable[[int], str]
"""Says that so many rows do not stand on the page."""


class Label(NamedTuple):
    """A label and pieces that follow one another; with `more` those that do not fit are counted."""

    label: str
    pieces: Sequence[Piece]
    end: str = ","
    between: str = " "
    more: More | None = None


class Table(NamedTuple):
    """Rows under heads; those that do not fit are counted."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Piece]]
    more: More


class Page(NamedTuple):
    """A page. `title`, `author` and `subject` are properties of the file, so they name no person."""

    language: str
    title: str
    author: str
    subject: str
    heading: str
    aside: str
    under: str
    parts: Sequence[Label | Table]
    foot: tuple[str, str]


class _Laid(NamedTuple):
    """Strips of a part that stay, those of each row that may be left out, how many each row counts for."""

    fixed: list[Strip]
    rows: list[list[Strip]]
    counts: list[int]
    more: More | None
    indent: float


def pdf_bytes(page: Page) -> bytes:
    """The page as a file; the same page gives the same bytes. Raises `Unavailable` without reportlab."""
    require_reportlab()
    head = strips.heading(page.heading, page.aside, page.under, ROOM)
    laid = [_laid(part, after) for after, part in zip((None, *page.parts), page.parts, strict=False)]
    room = HEIGHT - 2 * MARGIN - FOOT
    fixed = _tall(head) + sum(_tall(each.fixed) for each in laid)
    kept = shown([[_tall(row) for row in each.rows] for each in laid], room - fixed, more=LINE)
    found = list(head)
    for part, count in zip(laid, kept, strict=True):
        found += part.fixed
        found += [strip for row in part.rows[:count] for strip in row]
        left = sum(part.counts[count:])
        if left and part.more is not None:
            found.append(strips.more(part.more(left), part.indent))
    return _drawn(page, found, room)


def _laid(part: Label | Table, after: Label | Table | None) -> _Laid:
    if isinstance(part, Table):
        head, rows = strips.table(part.heads, part.rows, ROOM)
        return _Laid([*strips.title(part.title), head, Strip(2.0)], rows, [1] * len(rows), part.more, 0)
    lines = strips.sentence(part.label, part.pieces, part.end, part.between, ROOM)
    above = [Strip(9.0)] if isinstance(after, Table) else []
    if part.more is None:
        return _Laid(above + [strip for strip, _starts in lines], [], [], None, 0)
    return _Laid(
        above, [[strip] for strip, _starts in lines], [starts for _strip, starts in lines], part.more, LABELS
    )


def _tall(found: Iterable[Strip]) -> float:
    return sum(strip.height for strip in found)


def _drawn(page: Page, found: Sequence[Strip], room: float) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    # Invariant: no time and no random number in the file.
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, lang=page.language)
    canvas.setTitle(page.title)
    canvas.setAuthor(page.author)
    canvas.setSubject(page.subject)
    canvas.setCreator("msreg")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.saveState()
    canvas.translate(MARGIN, HEIGHT - MARGIN)
    tall = _tall(found)
    if tall > room:  # texts that cannot be left out take more than a page: smaller letters, not a second page
        canvas.scale(room / tall, room / tall)
    y = 0.0
    for strip in found:
        y -= strip.height
        _draw(canvas, strip, y)
    canvas.restoreState()
    canvas.translate(MARGIN, MARGIN)
    _draw(canvas, strips.foot(*page.foot, ROOM), 0.0)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Any, strip: Strip, y: float) -> None:
    for mark in strip.marks:
        canvas.setFont(mark.font.name, mark.size)
        canvas.setFillColorRGB(*COLOURS.get(mark.tone, (0.0, 0.0, 0.0)))
        canvas.drawString(mark.x, y + 3.5, mark.text)
    if strip.ruled:
        canvas.setStrokeColorRGB(0.75, 0.75, 0.75)
        canvas.setLineWidth(0.5)
        canvas.line(0, y - 0.5, ROOM, y - 0.5)
