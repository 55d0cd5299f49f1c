"""Columns for formats with types: what each holds, its labels, and how an answer becomes one value or more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from msreg.formats.remembered import DAYS, MOST
from msreg.formats.sheets import Opened, Value
from msreg.forms.columns import Column
from msreg.forms.definition import UNKNOWN, Text, Type

DIGITS, DECIMALS = 18, 6
"""Of a decimal number, in formats that want to know; what has more decimals is rounded to these."""

UNKNOWN_LABEL: Text = {"nl": "onbekend", "en": "unknown"}
YES_NO: Mapping[bool, Text] = {False: {"nl": "nee", "en": "no"}, True: {"nl": "ja", "en": "yes"}}


class Part(NamedTuple):
    """One typed column of a file: an answer as it is, or one side of it."""

    key: str
    label: Text
    kind: Type
    words: Mapping[str, Text]
    column: Column
    at: int
    """Place of the column in a row."""
    pick: Callable[[Value], Any]
    """Its value from the cell of the column, which is not None."""


def parts_of(columns: Sequence[Column], *, whole: bool, single: bool, unknown: bool) -> list[Part]:
    """The typed columns of a sheet.

    A multiple choice is one (`whole`), or one yes or no for each choice (`single`), or both. A number that may
    be unknown has (`unknown`) a yes or no beside it that says so.
    """
    found = [part for at, each in enumerate(columns) for part in _parts(each, at, whole, single, unknown)]
    doubled = {part.key for part in found if sum(each.key == part.key for each in found) > 1}
    if doubled:
        raise ValueError(f"two columns would have one name: {', '.join(sorted(doubled))}")
    return found


def _parts(column: Column, at: int, whole: bool, single: bool, unknown: bool) -> Iterator[Part]:
    kind, words = column.kind, column.words
    if kind is not Type.CHOICES or whole:
        number = kind in (Type.INTEGER, Type.DECIMAL) and unknown
        yield Part(column.key, column.label, kind, words, column, at, _known if number else _same)
    if kind is Type.CHOICES and single:
        for code, label in words.items():
            both = {lang: f"{column.label[lang]}: {label[lang]}" for lang in label}
            yield Part(f"{column.key}_{code}", both, Type.BOOLEAN, {}, column, at, _has(code))
    if unknown and column.item and column.item.or_unknown:
        both = {lang: f"{column.label[lang]}: {word}" for lang, word in UNKNOWN_LABEL.items()}
        yield Part(f"{column.key}_unknown", both, Type.BOOLEAN, {}, column, at, _is_unknown)


def _same(cell: Value) -> Any:
    return cell


def _known(cell: Value) -> Any:
    return None if cell == UNKNOWN else cell


def _is_unknown(cell: Value) -> bool:
    return cell == UNKNOWN


def _has(code: str) -> Callable[[Value], bool]:
    return lambda cell: isinstance(cell, tuple) and code in cell


class Made(dict[Any, Any]):
    """What was made of a raw value of a column, remembered: a registry has few of most of them."""

    def __init__(self, cell: Callable[[Any], Value] | None, make: Callable[[Value], Any]) -> None:
        super().__init__()
        self._cell, self._make = cell, make

    def __missing__(self, raw: Any) -> Any:
        cell = raw if self._cell is None or raw is None else self._cell(raw)
        made = None if cell is None else self._make(cell)
        if self._cell is not None:  # raw values are alike only where one function makes the cells
            if len(self) >= (DAYS if isinstance(cell, date) else MOST):
                self.clear()
            self[raw] = made
        return made


def made_of(table: Opened, part: Part, make: Callable[[Any], Any] | None = None) -> Made:
    """The values of one typed column, by the raw values of its column; `make` goes on from what it picks."""
    pick = part.pick
    if make is None:
        return Made(table.cells[part.at] if table.cells else None, pick)

    def both(cell: Value) -> Any:
        picked = pick(cell)
        return None if picked is None else make(picked)

    return Made(table.cells[part.at] if table.cells else None, both)
