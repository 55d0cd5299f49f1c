"""What a form is: items with types, limits and conditions, in two languages.

One definition drives prompts, options, validation, completeness, batch files, exports and documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

Text = Mapping[str, str]
"""A text in each language: {"nl": ..., "en": ...}."""


class Type(StrEnum):
    """What an answer is."""

    TEXT = "text"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"


class Privacy(StrEnum):
    """What an answer gives away (security: exports, pseudonymising and redaction read it)."""

    IDENTIFYING = "identifying"
    CLINICAL = "clinical"
    OPERATIONAL = "operational"


class Operator(StrEnum):
    """The words of FHIR `enableWhen`."""

    EXISTS = "exists"
    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    LESS = "<"
    GREATER_OR_EQUAL = ">="
    LESS_OR_EQUAL = "<="


UNKNOWN = "unknown"
"""The answer "not known" of a number question that allows it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer: its stable code, its labels and what else people write for it."""

    code: str
    label: Text
    also: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison of a condition: the answer to `item`, by `operator`, with `answer`.

    With `group` instead of `answer`, it holds for every choice of that group.
    """

    item: str
    operator: Operator
    answer: str | bool | int | Decimal | date | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """When a question is asked, or must be answered: all of its terms, or any of them."""

    terms: tuple[Term, ...]
    any: bool = False

    @property
    def items(self) -> frozenset[str]:
        """The keys that the condition reads."""
        return frozenset(term.item for term in self.terms)


@dataclass(frozen=True)
class Item:
    """One question.

    `required` holds whenever the question is asked; `required_when` narrows that to a condition.
    `min` and `max` are numbers, or for dates ISO days or "today". `column` tells that the answer has
    a typed column of its own; the others live together in the column `answers`.
    """

    key: str
    type: Type
    label: Text
    privacy: Privacy
    required: bool = False
    required_when: Condition | None = None
    when: Condition | None = None
    help: Text = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    value_list: str | None = None
    min: Decimal | str | None = None
    max: Decimal | str | None = None
    max_length: int | None = None
    unit: str | None = None
    normalise: str | None = None
    default: str | bool | None = None
    or_unknown: bool = False
    column: bool = False
    section: str | None = None

    @cached_property
    def order(self) -> Mapping[str, int]:
        """The position of each choice, by code."""
        return {choice.code: at for at, choice in enumerate(self.choices)}

    @cached_property
    def by_name(self) -> Mapping[str, tuple[str, ...]]:
        """Codes by everything that people write for them, in lower case; two codes: ambiguous."""
        names: dict[str, list[str]] = {}
        for choice in self.choices:
            for name in (choice.code, *choice.label.values(), *choice.also):
                codes = names.setdefault(name.casefold(), [])
                if choice.code not in codes:
                    codes.append(choice.code)
        for choice in self.choices:
            names[choice.code.casefold()] = [choice.code]
        return {name: tuple(codes) for name, codes in names.items()}

    def choice(self, code: str) -> Choice | None:
        """The choice with this code, if there is one."""
        at = self.order.get(code)
        return None if at is None else self.choices[at]


@dataclass(frozen=True)
class Section:
    """A heading within a form."""

    key: str
    label: Text


@dataclass(frozen=True)
class Form:
    """A list of questions in the order in which they are asked.

    `sheet` is the sheet of a batch file or export that carries the answers, `parents` the keys that
    name the record above (centre and patient number), `identity` the keys that tell two records of one
    patient apart.
    """

    key: str
    version: int
    label: Text
    items: tuple[Item, ...]
    sheet: str | None = None
    sheet_label: Text = field(default_factory=dict)
    identity: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, Item]:
        """Items by key."""
        return {item.key: item for item in self.items}

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of all items, in order."""
        return tuple(item.key for item in self.items)

    @cached_property
    def read_by_conditions(self) -> tuple[str, ...]:
        """The keys of the answers that decide which questions are asked or must be answered."""
        conditions = [each for item in self.items for each in (item.when, item.required_when) if each]
        read = frozenset[str]().union(*(each.items for each in conditions))
        return tuple(key for key in self.keys if key in read)

    @cached_property
    def remembered(self) -> dict[Any, Any]:
        """What was worked out for patterns of answers before; for `forms.answers`."""
        return {}

    def __getitem__(self, key: str) -> Item:
        return self.by_key[key]
