"""A letter as PDF on A4: lines that are measured and drawn, over as many pages as it takes.

A heading stays with what follows it, a field with what stands above it, and a block of few lines stays whole. Every
page says which of how many it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from msreg.formats.fitting import wrap
from msreg.formats.letter import Block, Kind, Letter
from msreg.formats.pdf_fonts import Font, drawable, fonts, require_reportlab
from msreg.formats.pdf_pages import LINE, ROOM, Group, Pages, pages_pdf
from msreg.formats.pdf_strips import Mark, Strip, measure

SIZE = 10.0
INDENT, CHOICES, LABELS = 18.0, 84.0, 110.0
BOX = "☐"
WHOLE = 4
"""A block of so many lines or fewer is not broken over two pages."""


class Words(NamedTuple):
    """The words around a letter, in its language; `page` says which page of how many this is."""

    yes: str
    no: str
    foot: str
    page: Callable[[int, int], str]


def letter_pdf(letter: Letter, words: Words) -> bytes:
    """The letter as a file; the same letter gives the same bytes. Raises `Unavailable` without reportlab."""
    require_reportlab()
    about = Pages(letter.title, letter.language.value, words.foot, words.page, rule_from=LABELS)
    return pages_pdf(_groups(letter, words), about)


def _groups(letter: Letter, words: Words) -> list[Group]:
    _plain, bold = fonts()
    title = [_text(line, 18.0, bold, 0, 24.0) for line in _lines(letter.title, 18.0, bold, ROOM)]
    found = [Group([*title, Strip(6.0)], follows=True)]
    around = zip((None, *letter.blocks), letter.blocks, (*letter.blocks[1:], None), strict=False)
    for before, block, after in around:
        strips = _block(block, words)
        gap = _gap(block, before)
        # What is signed and the line to sign on are one thing.
        signed = after is not None and after.kind is Kind.FIELD
        if len(strips) > WHOLE:
            found += [Group([Strip(gap), *strips[:2]]), *(Group([each]) for each in strips[2:-2])]
            found.append(Group(strips[-2:]))
        else:
            found.append(Group([Strip(gap), *strips], follows=signed or block.kind is Kind.HEADING))
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
