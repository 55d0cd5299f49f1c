"""Answers as people of a language read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from msreg.forms.definition import UNKNOWN, Item, Type


def show(item: Item, value: Any, language: str) -> str:
    """An answer as people of this language read it; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return {"nl": ("nee", "ja"), "en": ("no", "yes")}[language][value]
    if isinstance(value, date):
        return show_date(value, language)
    if item.type in (Type.CHOICE, Type.CHOICES):
        codes = value if isinstance(value, tuple) else (value,)
        found = (item.choice(code) for code in codes)
        return ", ".join(c.label[language] if c else code for c, code in zip(found, codes, strict=True))
    if value == UNKNOWN and item.or_unknown:
        return {"nl": "onbekend", "en": "unknown"}[language]
    if isinstance(value, Decimal):
        return str(value).replace(".", ",") if language == "nl" else str(value)
    return str(value)


def unit_of(item: Item, value: Any) -> str:
    """The unit behind an answer, with a space before it; no answer has none, and what is not known neither."""
    return f" {item.unit}" if item.unit and value is not None and value != UNKNOWN else ""


def show_date(day: date, language: str) -> str:
    """31-03-2022 in Dutch, 2022-03-31 in English."""
    return day.strftime("%d-%m-%Y") if language == "nl" else day.isoformat()
