"""Forms in words: conditions, types and limits as people read them.

`translate` turns the fixed words into the language; labels and answers follow `language` by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from msreg.forms.definition import Choice, Condition, Form, Item, Operator, Privacy, Term, Type
from msreg.forms.showing import show
from msreg.vocabulary import N_

Translate = Callable[[str], str]

TYPES: Mapping[Type, str] = {
    Type.TEXT: N_("text"),
    Type.DATE: N_("date"),
    Type.PARTIAL_DATE: N_("year, month or day"),
    Type.INTEGER: N_("whole number"),
    Type.DECIMAL: N_("number"),
    Type.BOOLEAN: N_("yes or no"),
    Type.CHOICE: N_("one choice"),
    Type.CHOICES: N_("one or more choices"),
}

PRIVACY: Mapping[Privacy, str] = {
    Privacy.IDENTIFYING: N_("identifying"),
    Privacy.CLINICAL: N_("clinical"),
    Privacy.OPERATIONAL: N_("operational"),
}

GROUPS: Mapping[str, str] = {
    "interval": N_("a medicine with a regular interval"),
    "fumarate": N_("a fumarate"),
    "anti_cd20": N_("an anti-CD20 antibody"),
    "s1p": N_("an S1P receptor modulator"),
}
"""What the groups of the catalogue of medicines are called; for a group without a name, its choices are."""

_TERMS: Mapping[Operator, str] = {
    Operator.EQUAL: N_("{question} is {answer}"),
    Operator.NOT_EQUAL: N_("{question} is not {answer}"),
    Operator.GREATER: N_("{question} is more than {answer}"),
    Operator.LESS: N_("{question} is less than {answer}"),
    Operator.GREATER_OR_EQUAL: N_("{question} is at least {answer}"),
    Operator.LESS_OR_EQUAL: N_("{question} is at most {answer}"),
}
_DATE_TERMS: Mapping[Operator, str] = {
    Operator.GREATER: N_("{question} is after {answer}"),
    Operator.LESS: N_("{question} is before {answer}"),
    Operator.GREATER_OR_EQUAL: N_("{question} is on or after {answer}"),
    Operator.LESS_OR_EQUAL: N_("{question} is on or before {answer}"),
}


def in_words(condition: Condition, form: Form, language: str, translate: Translate = str) -> str:
    """A condition as a clause: MRI done is yes and EDSS assessed is not “not done”."""
    joiner = translate(N_("{this} or {that}") if condition.any else N_("{this} and {that}"))
    words = ""
    for term in condition.terms:
        clause = _term(term, form[term.item], language, translate)
        words = joiner.format(this=words, that=clause) if words else clause
    return words


def _term(term: Term, item: Item, language: str, translate: Translate) -> str:
    question = item.label[language]
    if term.operator is Operator.EXISTS:
        answered = N_("{question} is answered") if term.answer else N_("{question} is not answered")
        return translate(answered).format(question=question)
    if term.group is not None:
        answer = _group(term.group, item, language, translate)
    else:
        answer = _answer(item, term.answer, language)
    pattern = _DATE_TERMS.get(term.operator) if item.type is Type.DATE else None
    return translate(pattern or _TERMS[term.operator]).format(question=question, answer=answer)


def _group(group: str, item: Item, language: str, translate: Translate) -> str:
    if group in GROUPS:
        return translate(GROUPS[group])
    joiner = translate(N_("{this} or {that}"))
    words = ""
    for choice in item.choices:
        if group in choice.groups:
            label = _answer(item, choice.code, language)
            words = joiner.format(this=words, that=label) if words else label
    return words


def _answer(item: Item, answer: object, language: str) -> str:
    shown = show(item, answer, language)
    return f"“{shown}”" if item.type in (Type.CHOICE, Type.CHOICES, Type.TEXT) else shown


def type_in_words(item: Item, translate: Translate = str) -> str:
    """What an answer is: "whole number", "one choice"."""
    return translate(TYPES[item.type])


def limits_in_words(item: Item, language: str, translate: Translate = str) -> str:
    """Limits of an answer, with the unit: "100 … 2000 (mg)", "at most 20 characters"; empty for none."""
    parts = []
    low, high = (_limit(limit, item, language, translate) for limit in (item.min, item.max))
    if low and high:
        parts.append(f"{low} … {high}")
    elif low or high:
        pattern = N_("from {limit}") if low else N_("to {limit}")
        parts.append(translate(pattern).format(limit=low or high))
    if item.unit:
        parts.append(f"({item.unit})")
    if item.max_length:
        parts.append(translate(N_("at most {limit} characters")).format(limit=item.max_length))
    if item.or_unknown:
        parts.append(translate(N_("or unknown")))
    return " ".join(parts)


def _limit(limit: Decimal | str | None, item: Item, language: str, translate: Translate) -> str:
    if limit is None:
        return ""
    if limit == "today":
        return translate(N_("today"))
    return show(item, date.fromisoformat(limit) if isinstance(limit, str) else limit, language)


def required_in_words(item: Item, form: Form, language: str, translate: Translate = str) -> str:
    """Whether the question must be answered when it is asked: "yes", "no" or "if …"."""
    if item.required_when is None:
        return translate(N_("yes")) if item.required else translate(N_("no"))
    clause = in_words(item.required_when, form, language, translate)
    return translate(N_("if {condition}")).format(condition=clause)


def choice_in_words(choice: Choice, language: str) -> str:
    """A choice with its code: "not_done: niet bepaald"."""
    return f"{choice.code}: {choice.label[language]}"
