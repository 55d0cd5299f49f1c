"""Which answers to the forms of a case go to the committee in the list, and how exact they are.

As in a pseudonymised export no answer goes that identifies and no free text; beside that a date goes as its month and
as days from the event, and an age as five years.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from msreg.formats.cells import Cell
from msreg.forms.definition import Item, Text, Type
from msreg.forms.load import load
from msreg.forms.showing import show
from msreg.rules.case_windows import EVENT
from msreg.services.pseudonymise import leaves
from msreg.vocabulary import CaseForm

AGES = frozenset(("age",))
"""Questions that ask for an age."""

_BAND = 5


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of the list: `cell` makes it of the answers to its form, the day of the event, and labels or not."""

    key: str
    label: Text
    kind: str
    item: Item | None
    cell: Callable[[Mapping[str, Any], date | None, str | None], Cell]
    """The language of labels comes last; None: codes."""


def columns_of(which: CaseForm) -> Iterator[ListColumn]:
    """The columns of the answers to one form, in the order of its questions."""
    for item in load(which).items:
        if item.key == "theme" or not leaves(item, free_text=False):
            continue
        if item.type is Type.DATE:
            yield _month(item)
            if item.key != EVENT:
                yield _days(item)
        elif item.key in AGES:
            yield _ages(item)
        else:
            yield _plain(item)


def month_cell(day: date | None) -> str | None:
    """A day as its month, 2026-03."""
    return None if day is None else f"{day:%Y-%m}"


def band(age: int | Decimal | None) -> str | None:
    """An age as five years, 30-34."""
    if age is None:
        return None
    low = int(age) // _BAND * _BAND
    return f"{low}-{low + _BAND - 1}"


def _month(item: Item) -> ListColumn:
    words = {"nl": f"{item.label['nl']} (maand)", "en": f"{item.label['en']} (month)"}
    key = f"{item.key.removesuffix('_date')}_month"
    return ListColumn(
        key, words, "month", item, lambda values, _event, _labels: month_cell(values.get(item.key))
    )


def _days(item: Item) -> ListColumn:
    words = {
        "nl": f"{item.label['nl']} (dagen na de gebeurtenis; min: ervoor)",
        "en": f"{item.label['en']} (days after the event; minus: before it)",
    }

    def cell(values: Mapping[str, Any], event: date | None, _labels: str | None) -> Cell:
        day = values.get(item.key)
        return None if day is None or event is None else (day - event).days

    return ListColumn(f"{item.key.removesuffix('_date')}_days", words, "integer", item, cell)


def _ages(item: Item) -> ListColumn:
    words = {"nl": f"{item.label['nl']} (vijf jaar)", "en": f"{item.label['en']} (five years)"}

    def cell(values: Mapping[str, Any], _event: date | None, _labels: str | None) -> Cell:
        value = values.get(item.key)
        return band(value) if isinstance(value, int | Decimal) else value

    return ListColumn(f"{item.key}_band", words, "text", item, cell)


def _plain(item: Item) -> ListColumn:
    def cell(values: Mapping[str, Any], _event: date | None, labels: str | None) -> Cell:
        value = values.get(item.key)
        if value is None:
            return None
        if labels is not None and (isinstance(value, str | tuple)):
            return show(item, value, labels)
        return ";".join(value) if isinstance(value, tuple) else value

    return ListColumn(item.key, item.label, item.type.value, item, cell)
