"""Cells as they come, made fit for reading: composed letters, ordinary spaces, days without a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any

from msreg.forms.problems import Problem

Reading = tuple[Any, Problem | None]
"""The answer (None: no answer, or refused) and what is to be said of it."""

Reader = Callable[[Any], Reading]


def clean(text: str) -> str:
    """Composed letters (NFC), ordinary spaces, none at the ends."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text).replace("\u00a0", " ").replace("\u202f", " ").strip()


def has_control(text: str) -> bool:
    """True for control, direction and other invisible characters; line ends and tabs are none."""
    if text.isascii() and text.isprintable():
        return False
    return any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") and c not in "\n\t\u200d" for c in text)


def plain(raw: Any) -> Any:
    """Strings cleaned, with nothing for empty; whole floats as integers; midnight as a day."""
    if isinstance(raw, str):
        return clean(raw) or None
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, datetime):
        return raw.date()
    return raw
