"""Cells of an export: what the database has of a column, as a person or a program reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from msreg.formats.sheets import Value
from msreg.forms.columns import Column, forms_of, from_json
from msreg.forms.definition import Item, Type
from msreg.services.naming import registry_number
from msreg.vocabulary import Record

Cell = Callable[[Any], Value]

STATES = ("incomplete", "complete", "withdrawn")
"""What a row is, by the number that the database gives for it."""

_THOUSANDTH = Decimal("0.001")
_YES_NO = {"nl": ("nee", "ja"), "en": ("no", "yes")}


@dataclass(frozen=True, slots=True)
class Style:
    """How answers are written: codes with English keys as headers, or labels in one language."""

    labels: bool
    language: str


def cell_of(column: Column, style: Style, *, booleans: bool = False) -> Cell:
    """The function that makes a cell of a value of this column that is not None.

    `booleans`: yes and no stay yes and no even where answers are labels.
    """
    if column.key == "registry_number":
        return registry_number
    if column.key == "medication_start":
        return date.fromisoformat
    if column.key == "index_value":
        return _index
    if column.codes:
        return _state(column, style)
    item = column.item
    if column.key == "medicine" and item is None:
        item = forms_of(Record.MEDICATION)[0]["medicine"]
    return _as_it_is if item is None else _answer(item, style, booleans=booleans)


def _index(value: Any) -> Value:
    return Decimal(str(value)).quantize(_THOUSANDTH)


def _as_it_is(value: Any) -> Value:
    return value  # type: ignore[no-any-return]


def _state(column: Column, style: Style) -> Cell:
    words = [column.codes[code][style.language] if style.labels else code for code in STATES]
    return lambda value: words[value]


def _answer(item: Item, style: Style, *, booleans: bool) -> Cell:
    if style.labels and item.type is Type.BOOLEAN and not booleans:
        return lambda value: _YES_NO[style.language][bool(value)]
    if style.labels and item.type is Type.CHOICE:
        return lambda value: _label(item, value, style.language)
    if style.labels and item.type is Type.CHOICES:
        return lambda value: tuple(_label(item, each, style.language) for each in from_json(item, value))
    return lambda value: from_json(item, value)


def _label(item: Item, code: str, language: str) -> str:
    found = item.choice(code)
    return found.label[language] if found else code
