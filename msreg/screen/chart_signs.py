"""The signs that a terminal draws a chart with: Unicode, or plain ASCII where that is all there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msreg.screen.tones import Tone

PLAIN_TERMINALS = ("dumb", "linux", "vt100", "vt220")
"""Terminals whose letters have no braille."""


class Signs(NamedTuple):
    """One set of signs; `marks` are those of the legend."""

    braille: bool
    marks: Mapping[str, str]
    milestones: Mapping[str, str]
    level: str
    upright: str
    corner: str
    tick: str
    left: str
    right: str
    rule: str
    begun: str
    running: str
    tiny: str
    course: str
    stretch: str
    close: str


UNICODE = Signs(
    braille=True,
    marks={"assessed": "●", "estimated": "○", "gap": "×", "treated": "▼", "untreated": "▽", "unknown": "?",
           "health": "◇", "running": "▶"},
    milestones={"diagnosis": "◆", "ended": "■", "deceased": "†"},
    level="─", upright="│", corner="└", tick="┴", left="├", right="┤", rule="─", begun="◀", running="▶", tiny="▮",
    course="╵", stretch="░", close="·",
)  # fmt: skip
ASCII = Signs(
    braille=False,
    marks={"assessed": "O", "estimated": "o", "gap": "x", "treated": "V", "untreated": "v", "unknown": "?",
           "health": "+", "running": ">"},
    milestones={"diagnosis": "*", "ended": "#", "deceased": "+"},
    level="-", upright="|", corner="+", tick="+", left="[", right="]", rule="=", begun="<", running=">", tiny="#",
    course="'", stretch=":", close=".",
)  # fmt: skip
TONES: Mapping[str, Tone] = {
    "assessed": "accent", "estimated": "accent", "gap": "grey", "treated": "orange", "untreated": "orange",
    "unknown": "orange", "health": "green", "running": "plain",
}  # fmt: skip
"""Colours of the marks, which no mark needs in order to be told from another."""


def signs_for(encoding: str | None, terminal: str | None) -> Signs:
    """The signs that what we write on can show; a stream without an encoding keeps texts as they are."""
    if terminal in PLAIN_TERMINALS:
        return ASCII
    try:
        "⣿●▽▶░".encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE
