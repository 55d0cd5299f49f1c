"""What a set of answers lacks, and which of them count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msreg.forms.conditions import asked, holds
from msreg.forms.definition import Form, Item


def counting(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to questions that are asked (K4: the others are kept, but do not count)."""
    shown = asked(form, values)
    return {key: values[key] for key in form.keys if shown[key] and values.get(key) is not None}


def hidden(form: Form, values: Mapping[str, Any], faulty: Collection[str] = ()) -> list[Item]:
    """The questions that have an answer and are not asked."""
    if not any(values.get(item.key) is not None for item in form.items if item.when is not None):
        return []
    shown = asked(form, values, faulty)
    return [item for item in form.items if shown[item.key] is False and values.get(item.key) is not None]


def open_questions(form: Form, values: Mapping[str, Any], faulty: Collection[str] = ()) -> list[Item]:
    """The required questions that are asked and have no answer, in order.

    A question of which it is unknown whether it is asked, since an answer before it is faulty, is not
    among them, nor is one whose own answer is faulty.
    """
    shown = asked(form, values, faulty)
    return [
        item
        for item in form.items
        if values.get(item.key) is None
        and item.key not in faulty
        and shown[item.key]
        and _required(item, form, values, shown, faulty)
    ]


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


def with_defaults(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with the form's defaults where nothing was answered."""
    filled = {item.key: item.default for item in form.items if item.default is not None}
    filled.update({key: value for key, value in values.items() if value is not None})
    return filled
