"""A letter as PDF on A4: lines that are measured and drawn, over as many pages as it takes.

A heading stays with what follows it, a field with what stands above it, and a block of few lines stays whole. Every
page says which of how many it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, NamedTuple

from msreg.formats.fitting import wrap
from msreg.formats.letter import Block, Kind, Letter
from msreg.formats.pdf_fonts import Font, drawable, fonts, require_reportlab
from msreg.formats.pdf_strips import Mark, Strip, foot, measure

WIDTH, HEIGHT = 595.28, 841.89
LEFT, TOP, BOTTOM = 68.0, 60.0, 48.0
ROOM = WIDTH - 2 * LEFT
SIZE, LINE = 10.0, 14.5
INDENT, CHOICES, LABELS = 18.0, 84.0, 110.0
BOX = "☐"
WHOLE = 4
"""A block of so many lines or fewer is not broken over two pages."""
TONES = {"grey": (0.35, 0.35, 0.35), "accent": (0.0, 0.33, 0.45)}


class Words(NamedTuple):
    """The words around a letter, in its language; `page` says which page of how many this is."""

    yes: str
    no: str
    foot: str
    page: Callable[[int, int], str]


class _Group(NamedTuple):
    """Strips that stay on one page; with `follows` so does what comes after them."""

    strips: list[Strip]
    follows: bool = False


def letter_pdf(letter: Letter, words: Words) -> bytes:
    """The letter as a file; the same letter gives the same bytes. Raises `Unavailable` without reportlab."""
    require_reportlab()
    pages = _pages(_groups(letter, words), HEIGHT - TOP - BOTTOM - 2 * LINE)
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, lang=letter.language.value)
    canvas.setTitle(letter.title)
    canvas.setAuthor("msreg")
    canvas.setCreator("msreg")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    for number, strips in enumerate(pages, start=1):
        canvas.translate(LEFT, 0)
        y = HEIGHT - TOP
        for strip in strips:
            y -= strip.height
            _draw(canvas, strip, y)
        _draw(canvas, foot(words.foot, words.page(number, len(pages)), ROOM), BOTTOM - LINE)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _groups(letter: Letter, words: Words) -> list[_Group]:
    _plain, bold = fonts()
    title = [_text(line, 18.0, bold, 0, 24.0) for line in _lines(letter.title, 18.0, bold, ROOM)]
    found = [_Group([*title, Strip(6.0)], follows=True)]
    around = zip((None, *letter.blocks), letter.blocks, (*letter.blocks[1:], None), strict=False)
    for before, block, after in around:
        strips = _block(block, words)
        gap = _gap(block, before)
        # What is signed and the line to sign on are one thing.
        signed = after is not None and after.kind is Kind.FIELD
        if len(strips) > WHOLE:
            found += [_Group([Strip(gap), *strips[:2]]), *(_Group([each]) for each in strips[2:-2])]
            found.append(_Group(strips[-2:]))
        else:
            found.append(_Group([Strip(gap), *strips], follows=signed or block.kind is Kind.HEADING))
    return found


def _gap(block: Block, before: Block | None) -> float:
    """Room above a block: little between two of a list, most above a heading."""
    if block.kind is Kind.HEADING:
        return 14.0
    if block.kind is Kind.FIELD:
        return 4.0 if block.text else 12.0
    if before is None or before.kind is Kind.HEADING:
        return 3.0
    return 4.0 if before.kind is block.kind is not Kind.PARAGRAPH else 8.0


def _block(block: Block, words: Words) -> list[Strip]:
    plain, bold = fonts()
    match block.kind:
        case Kind.HEADING:
            return [
                _text(line, 12.0, bold, 0, 17.0, "accent") for line in _lines(block.text, 12.0, bold, ROOM)
            ]
        case Kind.FIELD:
            value = _lines(block.text, SIZE, plain, ROOM - LABELS)
            strips = [_text(line, SIZE, plain, LABELS, LINE) for line in value] or [
                Strip(LINE, (), ruled=True)
            ]
            label = Mark(0, drawable(block.label), SIZE, plain, "grey")
            return [strips[0]._replace(marks=(label, *strips[0].marks)), *strips[1:]]
        case Kind.ITEM:
            return _hanging([("•", 5.0)], block.text, INDENT)
        case Kind.TICK:
            return _hanging([(BOX, 0.0)], block.text, INDENT)
        case Kind.CHOICE:
            return _hanging(
                [(f"{BOX} {words.yes}", 0.0), (f"{BOX} {words.no}", CHOICES / 2)], block.text, CHOICES
            )
        case _:
            return [_text(line, SIZE, plain, 0, LINE) for line in _lines(block.text, SIZE, plain, ROOM)]


def _hanging(signs: Sequence[tuple[str, float]], text: str, indent: float) -> list[Strip]:
    """A text with signs before its first line."""
    plain, _bold = fonts()
    strips = [_text(line, SIZE, plain, indent, LINE) for line in _lines(text, SIZE, plain, ROOM - indent)]
    marks = tuple(Mark(x, drawable(sign), SIZE, plain, "plain") for sign, x in signs)
    return [strips[0]._replace(marks=(*marks, *strips[0].marks)), *strips[1:]]


def _text(line: str, size: float, font: Font, x: float, height: float, tone: str = "plain") -> Strip:
    return Strip(height, (Mark(x, line, size, font, tone),))


def _lines(text: str, size: float, font: Font, room: float) -> list[str]:
    return wrap(drawable(text), room, len(text) + 1, measure(font, size)) if text else []


def _pages(groups: Sequence[_Group], room: float) -> list[list[Strip]]:
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


def _draw(canvas: Any, strip: Strip, y: float) -> None:
    for mark in strip.marks:
        canvas.setFont(mark.font.name, mark.size)
        canvas.setFillColorRGB(*TONES.get(mark.tone, (0.0, 0.0, 0.0)))
        canvas.drawString(mark.x, y + 3.5, mark.text)
    if strip.ruled:
        canvas.setStrokeColorRGB(0.45, 0.45, 0.45)
        canvas.setLineWidth(0.6)
        canvas.line(LABELS, y + 1.0, ROOM, y + 1.0)
