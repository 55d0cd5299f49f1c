"""Which columns of a row stay blank, since their questions are not asked (K4).

That turns on few answers, so it is worked out once for each pattern of them: 100,000 courses have some ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msreg.forms.columns import Column, from_json
from msreg.forms.conditions import asked
from msreg.forms.definition import Form, Operator

_REMEMBERED = 10_000


class Patterns(dict[Sequence[Any], tuple[int, ...]]):
    """The places of `columns` to leave blank, by the raw answers to the questions `read`."""

    def __init__(self, forms: Sequence[Form], columns: Sequence[Column]) -> None:
        super().__init__()
        self._forms = forms
        self._items = {item.key: item for form in forms for item in form.items}
        self._at = {column.key: at for at, column in enumerate(columns) if column.item}
        conditions = [item.when for item in self._items.values() if item.when]
        conditional = any(column.item and column.item.when for column in columns)
        terms = [term for each in conditions for term in each.terms] if conditional else []
        self.read: list[str] = list(dict.fromkeys(term.item for term in terms))
        """The questions whose answers decide, as keys."""
        compared = {term.item for term in terms if term.operator is not Operator.EXISTS}
        self.presence: frozenset[str] = frozenset(self.read) - compared
        """Those of which it only matters whether they have an answer; any value but None will do."""

    def __missing__(self, answers: Sequence[Any]) -> tuple[int, ...]:
        blank = self._blank(answers) if self.read else ()
        if len(self) >= _REMEMBERED:
            self.clear()
        self[answers] = blank
        return blank

    def _blank(self, answers: Sequence[Any]) -> tuple[int, ...]:
        values = {
            key: value if key in self.presence else from_json(self._items[key], value)
            for key, value in zip(self.read, answers, strict=True)
            if value is not None
        }
        return tuple(
            self._at[key]
            for form in self._forms
            for key, shown in asked(form, values).items()
            if not shown and key in self._at
        )
