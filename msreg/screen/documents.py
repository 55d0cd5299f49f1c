"""Letters and mails as lines of text, for a terminal and for a file; the words around them."""

from __future__ import annotations

from collections.abc import Iterator

from msreg.formats.letter import Block, Kind, Letter
from msreg.mail.templates import Message
from msreg.screen.language import _
from msreg.screen.safe import safe
from msreg.screen.shown import day
from msreg.screen.table import Cell
from msreg.screen.widths import pad, width, wrap

WIDTH = 80
LABELS = 18


def letter_lines(letter: Letter, room: int = WIDTH) -> Iterator[Cell]:
    """The letter in lines of at most `room` columns; its language is the one that is spoken."""
    yield from _underlined(letter.title, "=", room)
    before: Kind | None = None
    for block in letter.blocks:
        if block.kind is not before or block.kind is Kind.PARAGRAPH:
            yield Cell("")
        yield from _block(block, room)
        before = block.kind
    yield Cell("")
    yield Cell(letter_foot(letter), "grey")


def letter_foot(letter: Letter) -> str:
    """Which letter this is: two people with it in their hands see whether they have the same one."""
    version = _("version {version} of {date}").format(version=letter.version, date=day(letter.date))
    return f"{letter.title} · {version}"


def page_of(number: int, count: int) -> str:
    """Which page this is."""
    return f"{number} / {count}"


def mail_lines(message: Message, room: int = WIDTH) -> Iterator[Cell]:
    """The subject and the text of a mail; addresses of pages stay whole."""
    yield Cell(_("Subject: {subject}").format(subject=message.subject), "accent")
    yield Cell("")
    for paragraph in message.text.rstrip("\n").split("\n"):
        yield from map(Cell, wrap(safe(paragraph), room))


def _block(block: Block, room: int) -> Iterator[Cell]:
    match block.kind:
        case Kind.HEADING:
            yield from _underlined(block.text, "-", room)
        case Kind.ITEM:
            yield from _hanging("- ", block.text, room)
        case Kind.TICK:
            yield from _hanging("[ ] ", block.text, room)
        case Kind.CHOICE:
            yield from _hanging(f"[ ] {_('yes')}  [ ] {_('no')}  ", block.text, room)
        case Kind.FIELD:
            label = pad(f"{block.label}:", LABELS) if width(block.label) < LABELS - 1 else f"{block.label}: "
            yield from _hanging(label, block.text or "_" * (room - width(label)), room)
        case _:
            yield from map(Cell, wrap(safe(block.text), room))


def _underlined(text: str, sign: str, room: int) -> Iterator[Cell]:
    lines = wrap(safe(text), room)
    yield from (Cell(line, "accent") for line in lines)
    yield Cell(sign * max(map(width, lines)), "grey")


def _hanging(before: str, text: str, room: int) -> Iterator[Cell]:
    """Lines with something before the first one, and as much room before the others."""
    for number, line in enumerate(wrap(safe(text), room - width(before))):
        yield Cell((" " * width(before) if number else before) + line)
