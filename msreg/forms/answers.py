"""What a set of answers lacks, and which of them count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from msreg.forms.conditions import asked, holds
from msreg.forms.definition import Form, Item

_REMEMBERED = 20_000


class Standing(NamedTuple):
    """The required questions that are open, and the questions that have an answer and are not asked."""

    open: tuple[Item, ...]
    hidden: tuple[Item, ...]


def standing(form: Form, values: Mapping[str, Any], faulty: Collection[str] = ()) -> Standing:
    """What is open and what is hidden, in one."""
    # It depends on which questions have an answer or a fault, and on the few answers that conditions read. A batch of
    # 100,000 courses has some hundred such patterns.
    answered = tuple([key for key, value in values.items() if value is not None])
    read = tuple([values.get(key) for key in form.read_by_conditions])
    pattern = (answered, read, frozenset(faulty)) if faulty else (answered, read)
    found: Standing | None = form.remembered.get(pattern)
    if found is None:
        if len(form.remembered) > _REMEMBERED:
            form.remembered.clear()
        found = form.remembered[pattern] = _worked_out(form, values, faulty)
    return found


def counting(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to questions that are asked (K4: the others are kept, but do not count)."""
    gone = {item.key for item in hidden(form, values)}
    return {key: values[key] for key in form.keys if key not in gone and values.get(key) is not None}


def hidden(form: Form, values: Mapping[str, Any], faulty: Collection[str] = ()) -> list[Item]:
    """The questions that have an answer and are not asked."""
    return list(standing(form, values, faulty).hidden)


def open_questions(form: Form, values: Mapping[str, Any], faulty: Collection[str] = ()) -> list[Item]:
    """The required questions that are asked and have no answer, in order.

    A question of which it is unknown whether it is asked, since an answer before it is faulty, is not
    among them, nor is one whose own answer is faulty.
    """
    return list(standing(form, values, faulty).open)


def with_defaults(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with the form's defaults where nothing was answered."""
    filled = {item.key: item.default for item in form.items if item.default is not None}
    filled.update({key: value for key, value in values.items() if value is not None})
    return filled


def _worked_out(form: Form, values: Mapping[str, Any], faulty: Collection[str]) -> Standing:
    shown = asked(form, values, faulty)
    lacking = tuple(
        item
        for item in form.items
        if values.get(item.key) is None
        and item.key not in faulty
        and shown[item.key]
        and _required(item, form, values, shown, faulty)
    )
    gone = tuple(item for item in form.items if shown[item.key] is False and values.get(item.key) is not None)
    return Standing(lacking, gone)


def _required(
    item: Item,
    form: Form,
    values: Mapping[str, Any],
    shown: Mapping[str, bool | None],
    faulty: Collection[str],
) -> bool:
    if item.required_when is None:
        return item.required
    read = item.required_when.items
    counted = {key: values.get(key) for key in read if shown[key] is not False}
    doubtful = {key for key in read if shown[key] is None or (shown[key] and key in faulty)}
    return holds(item.required_when, form, counted, doubtful) is True
