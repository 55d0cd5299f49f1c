"""Walking through the questions of a record: which one is next, which one was before, what is still open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msreg.forms.answers import open_questions
from msreg.forms.conditions import asked
from msreg.forms.definition import Form, Item


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an entry is: questions that are asked now, those of them with an answer, required ones without."""

    asked: int
    answered: int
    open: tuple[Item, ...]


def questions(forms: Sequence[Form], values: Mapping[str, Any]) -> list[Item]:
    """The questions that these answers make one ask, in order (SPEC K2: they come and go with the answers)."""
    return [item for form in forms for item, shown in zip(form.items, asked(form, values).values(), strict=True)
            if shown]  # fmt: skip


def next_question(forms: Sequence[Form], values: Mapping[str, Any], passed: Collection[str]) -> Item | None:
    """The first question that is asked and was not passed yet; None at the end."""
    return next((item for item in questions(forms, values) if item.key not in passed), None)


def question_before(forms: Sequence[Form], values: Mapping[str, Any], key: str | None) -> Item | None:
    """The question that is asked before another one; the last of all when that is None."""
    before: Item | None = None
    for item in questions(forms, values):
        if item.key == key:
            return before
        before = item
    return before


def progress(forms: Sequence[Form], values: Mapping[str, Any]) -> Progress:
    """How far these answers are."""
    shown = questions(forms, values)
    lacking = tuple(item for form in forms for item in open_questions(form, values))
    return Progress(len(shown), sum(values.get(item.key) is not None for item in shown), lacking)


def is_required(form: Form, item: Item, values: Mapping[str, Any]) -> bool:
    """Whether a question that is asked needs an answer, whatever it has now."""
    without = {key: value for key, value in values.items() if key != item.key}
    return any(each.key == item.key for each in open_questions(form, without))


def nameable(forms: Sequence[Form], values: Mapping[str, Any]) -> bool:
    """Whether what tells the record from others is answered, as far as it is required.

    Before that nobody could find the record again, so it cannot stand in the registry.
    """
    lacking = {item.key for form in forms for item in open_questions(form, values)}
    return all(lacking.isdisjoint(form.identity) for form in forms)
