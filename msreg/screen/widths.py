"""How many columns of a terminal a text takes, and how to cut and fill to a number of them."""

from __future__ import annotations

from unicodedata import category, east_asian_width

_PLAIN = "\u0300"  # every printable character before the first combining mark takes one column


def width(text: str) -> int:
    """Columns that the text takes: 2 for East Asian wide characters, 0 for combining marks."""
    if text.isascii() or max(text) < _PLAIN:
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if character < _PLAIN:
        return 1
    if east_asian_width(character) in "WF":
        return 2
    return 0 if category(character) in ("Mn", "Me", "Cf") else 1


def cut(text: str, room: int) -> str:
    """The text, shortened with `…` when it takes more than `room` columns."""
    if width(text) <= room:
        return text
    taken, kept = 0, []
    for character in text:
        taken += _columns(character)
        if taken > room - 1:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def pad(text: str, room: int, *, right: bool = False) -> str:
    """The text filled with spaces to `room` columns; `right` puts the spaces in front."""
    spaces = " " * (room - width(text))
    return spaces + text if right else text + spaces


def wrap(text: str, room: int) -> list[str]:
    """The text in lines of at most `room` columns, broken at spaces; a longer word stays whole."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and width(line) + 1 + width(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]
