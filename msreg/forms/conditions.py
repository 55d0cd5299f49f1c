"""When is a question asked? Three answers: yes, no, and unknown while an answer that counts is faulty."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from msreg.forms.definition import Condition, Form, Item, Operator, Term

_COMPARE: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.GREATER: lambda a, b: a > b,
    Operator.LESS: lambda a, b: a < b,
    Operator.GREATER_OR_EQUAL: lambda a, b: a >= b,
    Operator.LESS_OR_EQUAL: lambda a, b: a <= b,
}


def holds(
    condition: Condition, form: Form, values: Mapping[str, Any], faulty: Collection[str]
) -> bool | None:
    """Whether a condition holds for these answers; None when that turns on a faulty one.

    As in FHIR, a comparison with a question that has no answer does not hold, `exists = false` aside.
    """
    unknown = False
    for term in condition.terms:
        if term.item in faulty:
            unknown = True
        elif _term(term, form[term.item], values.get(term.item)) is condition.any:
            return condition.any
    return None if unknown else not condition.any


def _term(term: Term, item: Item, value: Any) -> bool:
    if term.operator is Operator.EXISTS:
        return (value is not None) is bool(term.answer)
    if value is None:
        return False
    given = value if isinstance(value, tuple) else (value,)
    if term.group is not None:
        choices = (item.choice(code) for code in given)
        inside = any(choice is not None and term.group in choice.groups for choice in choices)
        return inside is (term.operator is Operator.EQUAL)
    if term.operator is Operator.EQUAL:
        return term.answer in given
    if term.operator is Operator.NOT_EQUAL:
        return term.answer not in given
    if isinstance(value, str | tuple):
        return False
    answer = Decimal(str(term.answer)) if isinstance(value, int | Decimal) else term.answer
    return _COMPARE[term.operator](value, answer)


def asked(form: Form, values: Mapping[str, Any], faulty: Collection[str] = ()) -> dict[str, bool | None]:
    """For each question whether it is asked, in order; None: unknown.

    The answer to a question that is not asked counts as no answer for the questions after it.
    """
    known: dict[str, Any] = dict(values)
    doubtful = set(faulty)
    result: dict[str, bool | None] = {}
    for item in form.items:
        shown = True if item.when is None else holds(item.when, form, known, doubtful)
        result[item.key] = shown
        if shown is False:
            known.pop(item.key, None)
            doubtful.discard(item.key)
        elif shown is None:
            doubtful.add(item.key)
    return result
