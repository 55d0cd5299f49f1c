"""Rows of an export: made ready once for a sheet, so that a row costs little more than reading it.

A row holds what the database has, column by column; a cell is made of each value, and writers make it once
for equal values (`formats.sheets`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from msreg.forms.columns import Column, Sheet
from msreg.forms.definition import Item
from msreg.services.export_cells import Cell, Style, cell_of
from msreg.services.export_patterns import Patterns

_REMEMBERED = 2000
_FROM: Mapping[str, str] = {
    "registry_number": "p.number",
    "centre": "c.code",
    "patient_number": "p.patient_number",
    "medicine": "m.medicine",
    "medication_start": "m.start_date",
    # Rows of a patient without consent are told apart on every sheet (P10): see `export_cells.STATES`.
    "written_by": "(SELECT w.code FROM centre w WHERE w.id = t.centre_id)",
    "profile": "t.profile",
    "index_value": "t.index_value",
    "value_set": "t.value_set",
    "state": "CASE WHEN p.withdrawn_on IS NULL THEN t.complete ELSE 2 END",
}
"""Where a column that asks no question of this record comes from."""

_USUAL: Mapping[str, Own] = {}


class Own(NamedTuple):
    """A column that an export makes in a way of its own: the SQL (None: as usual), and the cell of a value."""

    sql: str | None
    cell: Cell


class Rows:
    """Rows of some columns of a sheet; those in `own`, by key, are made as it says.

    `selected` is what to ask the database for, `of` makes rows of what it gives, and `cells` has for each
    column the function that makes a cell. `booleans`: yes and no are no words even where answers are labels.
    """

    def __init__(
        self,
        sheet: Sheet,
        columns: Sequence[Column],
        style: Style,
        *,
        booleans: bool,
        own: Mapping[str, Own] = _USUAL,
    ) -> None:
        self.cells: list[Cell] = [
            own[each.key].cell if each.key in own else cell_of(each, style, booleans=booleans)
            for each in columns
        ]
        self._items = {item.key: item for form in sheet.forms for item in form.items}
        self._blank = Patterns(sheet.forms, columns)
        answered = dict.fromkeys(column.key for column in columns if column.item)
        needed = list(answered | dict.fromkeys(self._blank.read))
        first = [column.key for column in columns if not column.item]
        self.selected: list[str] = [(key in own and own[key].sql) or _FROM[key] for key in first]
        named = {key: at for at, key in enumerate(first)}
        places = dict(named)
        for key in needed:
            if self._items[key].column:
                places[key] = len(self.selected)
                self.selected.append(f"t.{key}")
        signs = dict(places)
        for key in self._blank.presence:
            if self._items[key].column:
                signs[key] = len(self.selected)
                self.selected.append(f"nullif(t.{key} IS NOT NULL, 0)")
        # Then come all other answers as one text, and behind it those that are needed.
        self._others = _Others([item for item in map(self._items.__getitem__, needed) if _elsewhere(item)])
        if self._others.keys_wanted:
            self.selected.append("t.answers")
        other = {key: at for at, key in enumerate(self._others.keys_wanted, start=len(self.selected))}
        self._doubled = [(places[key], at) for key, at in other.items() if self._items[key].column]
        # A column of the export's own comes before the question of that name, which a condition may read.
        self._pick = _getter([(other | places | named)[column.key] for column in columns])
        self._signs = _getter([(other | signs)[key] for key in self._blank.read])

    def of(self, found: Iterable[tuple[Any, ...]]) -> Iterator[Sequence[Any]]:
        """A row of raw values for each row of the query; None where no answer counts."""
        pick, signs, blank = self._pick, self._signs, self._blank
        others = self._others if self._others.keys_wanted else None
        for row in found:
            full: Sequence[Any] = row if others is None else row + others[row[-1]]
            for own, other in self._doubled:
                if full[other] is not None:  # the word unknown, which no number column holds
                    full = (*full[:own], full[other], *full[own + 1 :])
            values = pick(full)
            if hidden := blank[signs(full)]:
                values = list(values)
                for at in hidden:
                    values[at] = None
            yield values


class _Others(dict[str, tuple[Any, ...]]):
    """Some of the answers that have no column of their own, by the text that holds them.

    100,000 courses have some hundred such texts, so those that were read last are remembered.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__()
        self.keys_wanted = [item.key for item in items]
        self._decode = json.JSONDecoder().raw_decode

    def __missing__(self, stored: str) -> tuple[Any, ...]:
        get = self._decode(stored)[0].get
        found = tuple(
            tuple(value) if isinstance(value, list) else value for value in map(get, self.keys_wanted)
        )
        if len(self) >= _REMEMBERED:
            self.clear()
        self[stored] = found
        return found


def _elsewhere(item: Item) -> bool:
    return item.or_unknown or not item.column


def _getter(places: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """A function that takes the values at these places out of a row."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: tuple(row[at] for at in places)
