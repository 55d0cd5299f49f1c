"""A form as plain data again: what `load.build_form` reads, for JSON and for form files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from msreg.forms.definition import Choice, Condition, Form, Item, Term, Text


def to_plain(form: Form) -> dict[str, Any]:
    """The form in the shape of its file, without what is empty or a default.

    Nothing is lost: `build_form(to_plain(form))` equals `form`. The choices of a value list are not
    written, since the list itself holds them.
    """
    plain: dict[str, Any] = {"key": form.key, "version": form.version, "label": _text(form.label)}
    if form.sheet:
        plain |= {"sheet": form.sheet, "sheet_label": _text(form.sheet_label)}
    plain["identity"] = list(form.identity)
    if form.sections:
        plain["sections"] = [{"key": each.key, "label": _text(each.label)} for each in form.sections]
    plain["items"] = [item_to_plain(item) for item in form.items]
    return plain


def item_to_plain(item: Item) -> dict[str, Any]:
    """One item in the shape of its file."""
    plain: dict[str, Any] = {"key": item.key, "type": item.type.value, "label": _text(item.label)}
    if item.help:
        plain["help"] = _text(item.help)
    plain |= {"required": True} if item.required else {}
    if item.required_when is not None:
        plain["required_when"] = condition_to_plain(item.required_when)
    if item.when is not None:
        plain["when"] = condition_to_plain(item.when)
    plain["privacy"] = item.privacy.value
    plain |= {name: True for name in ("column", "or_unknown") if getattr(item, name)}
    for name in ("section", "max_length", "unit", "normalise", "default", "value_list"):
        if getattr(item, name) is not None:
            plain[name] = getattr(item, name)
    for name in ("min", "max"):
        if getattr(item, name) is not None:
            plain[name] = simple(getattr(item, name))
    if item.choices and item.value_list is None:
        plain["choices"] = [_choice(choice) for choice in item.choices]
    return plain


def condition_to_plain(condition: Condition) -> dict[str, Any]:
    """A condition in the shape of its file."""
    return {"any" if condition.any else "all": [_term(term) for term in condition.terms]}


def _term(term: Term) -> dict[str, Any]:
    plain: dict[str, Any] = {"item": term.item, "operator": term.operator.value}
    return plain | ({"answer": simple(term.answer)} if term.group is None else {"group": term.group})


def _choice(choice: Choice) -> dict[str, Any]:
    plain: dict[str, Any] = {"code": choice.code, "label": _text(choice.label)}
    return plain | ({"also": list(choice.also)} if choice.also else {})


def _text(text: Text) -> dict[str, str]:
    return dict(text)


def simple(value: Any) -> Any:
    """A number or date as TOML and JSON both have it.

    A decimal that a binary float cannot hold becomes text, which the loader reads as a number too.
    """
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, Decimal):
        return value
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(str(float(value))) == value else str(value)
