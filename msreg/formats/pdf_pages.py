"""Strips over as many pages of A4 as it takes; every page says which of how many it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, NamedTuple

from msreg.formats.pdf_strips import Strip, foot

WIDTH, HEIGHT = 595.28, 841.89
LEFT, TOP, BOTTOM = 68.0, 60.0, 48.0
ROOM = WIDTH - 2 * LEFT
LINE = 14.5
TONES: Mapping[str, tuple[float, float, float]] = {"grey": (0.35, 0.35, 0.35), "accent": (0.0, 0.33, 0.45)}


class Group(NamedTuple):
    """Strips that stay on one page; with `follows` so does what comes after them."""

    strips: list[Strip]
    follows: bool = False


class Pages(NamedTuple):
    """What the file is called and in which language it is, the line at the foot of its pages, and where rules begin.

    `title` is a property of the file, so it names no person. `page` says which page of how many this is.
    """

    title: str
    language: str
    foot: str
    page: Callable[[int, int], str]
    rule_from: float = 0.0


def pages_pdf(groups: Sequence[Group], about: Pages) -> bytes:
    """The groups as a file; the same groups give the same bytes. reportlab has to be there."""
    from reportlab.pdfgen.canvas import Canvas

    pages = _divided(groups, HEIGHT - TOP - BOTTOM - 2 * LINE)
    out = BytesIO()
    # Invariant: no time and no random number in the file.
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, lang=about.language)
    canvas.setTitle(about.title)
    canvas.setAuthor("msreg")
    canvas.setCreator("msreg")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    for number, strips in enumerate(pages, start=1):
        canvas.translate(LEFT, 0)
        y = HEIGHT - TOP
        for strip in strips:
            y -= strip.height
            _draw(canvas, strip, y, about.rule_from)
        _draw(canvas, foot(about.foot, about.page(number, len(pages)), ROOM), BOTTOM - LINE, about.rule_from)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _divided(groups: Sequence[Group], room: float) -> list[list[Strip]]:
    """Groups divided over pages; what has to stay together with the next goes to the next page with it."""
    pages: list[list[Strip]] = [[]]
    waiting: list[Strip] = []
    left = room
    for group in groups:
        waiting += group.strips
        if group.follows:
            continue
        needs = sum(strip.height for strip in waiting)
        if needs > left and pages[-1]:
            pages.append([])
            left = room
            waiting = waiting[1:] if not waiting[0].marks else waiting  # the room above it is the margin here
        pages[-1] += waiting
        left -= needs
        waiting = []
    pages[-1] += waiting
    return pages


def _draw(canvas: Any, strip: Strip, y: float, rule_from: float) -> None:
    for mark in strip.marks:
        canvas.setFont(mark.font.name, mark.size)
        canvas.setFillColorRGB(*TONES.get(mark.tone, (0.0, 0.0, 0.0)))
        canvas.drawString(mark.x, y + 3.5, mark.text)
    if strip.ruled:
        canvas.setStrokeColorRGB(0.45, 0.45, 0.45)
        canvas.setLineWidth(0.6)
        canvas.line(rule_from, y + 1.0, ROOM, y + 1.0)
