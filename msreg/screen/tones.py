"""The few colours of msreg. A tone says what a text means; only here it becomes an escape code."""

from __future__ import annotations

import os
from typing import Literal

Tone = Literal["plain", "red", "green", "orange", "grey", "accent", "white"]

# Of the 16 colours, so that they follow the theme of the terminal, light or dark. Grey is "dim" and
# white "bold": bright black and white vanish on some backgrounds.
_CODES = {"red": "31", "green": "32", "orange": "33", "grey": "2", "accent": "36", "white": "1"}
_DARK_ORANGE = "38;5;166"


def paint(text: str, tone: Tone) -> str:
    """The text with the escape codes of its tone around it."""
    if tone == "plain" or not text:
        return text
    code = _CODES[tone]
    if tone == "orange" and "256color" in os.environ.get("TERM", "") + os.environ.get("COLORTERM", ""):
        code = _DARK_ORANGE
    return f"\x1b[{code}m{text}\x1b[0m"
