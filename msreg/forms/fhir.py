"""Forms as FHIR R4 Questionnaires. What FHIR has no word for goes into extensions of our own.

Every item keeps its words where a FHIR reader looks for them; `fhir_reading.from_questionnaire` gives back
the same form. A condition with a group of choices is written out as any of its choices, and kept as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby, product
from typing import Any

from msreg.forms.definition import Choice, Condition, Form, Item, Operator, Term, Text, Type
from msreg.forms.fhir_reading import from_questionnaire
from msreg.forms.fhir_words import CODES, MAX_VALUE, MIN_VALUE, TRANSLATION, UNIT, UNITS, own
from msreg.forms.write import simple

__all__ = ["from_questionnaire", "system_of", "to_questionnaire"]

_LONG = 250
"""Texts that may be longer than this are FHIR's `text`, with lines; shorter ones are `string`."""

_TYPES: Mapping[Type, str] = {
    Type.TEXT: "string",
    Type.DATE: "date",
    Type.PARTIAL_DATE: "date",
    Type.INTEGER: "integer",
    Type.DECIMAL: "decimal",
    Type.BOOLEAN: "boolean",
    Type.CHOICE: "choice",
    Type.CHOICES: "choice",
}


def to_questionnaire(form: Form, *, url_base: str = "urn:msreg:questionnaire") -> dict[str, Any]:
    """The form as a FHIR R4 Questionnaire, ready for JSON; English with Dutch translations."""
    extensions = [
        {
            "url": own("form-section"),
            "extension": [{"url": "key", "valueString": each.key}, _both("label", each.label)],
        }
        for each in form.sections
    ]
    if form.sheet:
        extensions.append({"url": own("sheet"), "valueString": form.sheet})
        extensions.append(_both(own("sheet-label"), form.sheet_label))
    extensions += [{"url": own("identity"), "valueString": key} for key in form.identity]
    return _filled(
        {
            "resourceType": "Questionnaire",
            "language": "en",
            "extension": extensions,
            "url": f"{url_base}:{form.key}",
            "identifier": [{"system": own("form"), "value": form.key}],
            "version": str(form.version),
            "name": form.key.title(),
            **_translated("title", form.label),
            "status": "active",
            "subjectType": ["Patient"],
            "item": list(_sections(form)),
        }
    )


def _sections(form: Form) -> Iterator[dict[str, Any]]:
    """The items, with those of one section in a group, as far as they stand together."""
    labels = {section.key: section.label for section in form.sections}
    seen: dict[str, int] = {}
    for key, items in groupby(form.items, key=lambda item: item.section):
        inside = [_wrapped(item, form) for item in items]
        if key is None:
            yield from inside
            continue
        seen[key] = seen.get(key, 0) + 1
        link = f"section.{key}" + (f".{seen[key]}" if seen[key] > 1 else "")
        yield {"linkId": link, **_translated("text", labels[key]), "type": "group", "item": inside}


def _wrapped(item: Item, form: Form) -> dict[str, Any]:
    """The item, in a group for each part of its condition that `enableWhen` cannot hold beside the rest."""
    clauses = _clauses(item.when, form) if item.when is not None else []
    alone = [clause for clause in clauses if len(clause) == 1]
    outer = [clause for clause in clauses if len(clause) > 1]
    mine = [term for clause in alone for term in clause] if alone else outer.pop() if outer else []
    behavior = "all" if alone else "any"
    written = _item(item, form, mine, behavior)
    for at, clause in enumerate(outer, 1):
        written = {
            "linkId": f"{item.key}.if.{at}",
            "type": "group",
            **_enable(clause, "any", form),
            "item": [written],
        }
    return written


def _clauses(condition: Condition, form: Form) -> list[list[Term]]:
    """The condition as a list of clauses that must all hold, each when any of its terms does."""
    parts = [_spread(term, form[term.item]) for term in condition.terms]
    if condition.any:
        return [[term for clause in chosen for term in clause] for chosen in product(*parts)]
    return [clause for part in parts for clause in part]


def _spread(term: Term, item: Item) -> list[list[Term]]:
    """One term as clauses: in a group is any of its choices, not in a group is none of them."""
    if term.group is None:
        return [[term]]
    members = [Term(term.item, term.operator, c.code) for c in item.choices if term.group in c.groups]
    return [members] if term.operator is Operator.EQUAL else [[member] for member in members]


def _enable(terms: list[Term], behavior: str, form: Form) -> dict[str, Any]:
    if not terms:
        return {}
    return {"enableWhen": [_when(term, form) for term in terms], "enableBehavior": behavior}


def _when(term: Term, form: Form) -> dict[str, Any]:
    item = form[term.item]
    written: dict[str, Any] = {"question": term.item, "operator": term.operator.value}
    if isinstance(term.answer, bool):
        return written | {"answerBoolean": term.answer}
    if item.type in (Type.CHOICE, Type.CHOICES):
        return written | {"answerCoding": {"system": system_of(item, form), "code": term.answer}}
    return written | {f"answer{_suffix(item)}": simple(term.answer)}


def _suffix(item: Item) -> str:
    numbers = {Type.INTEGER: "Integer", Type.DECIMAL: "Decimal"}
    return {**numbers, Type.DATE: "Date", Type.PARTIAL_DATE: "Date"}.get(item.type, "String")


def _item(item: Item, form: Form, terms: list[Term], behavior: str) -> dict[str, Any]:
    kind = _TYPES[item.type]
    if item.type is Type.TEXT and (item.max_length or 0) > _LONG:
        kind = "text"
    options = [_option(choice, item, form) for choice in item.choices]
    initial = item.default is not None and not item.choices
    return _filled(
        {
            "extension": list(_extensions(item, form)),
            "linkId": item.key,
            **_translated("text", item.label),
            "type": kind,
            **_enable(terms, behavior, form),
            "required": item.required,
            "repeats": item.type is Type.CHOICES or None,
            "maxLength": item.max_length,
            "answerOption": options,
            "initial": [_value(item.default)] if initial else None,
        }
    )


def _extensions(item: Item, form: Form) -> Iterator[dict[str, Any]]:
    yield {"url": own("privacy"), "valueCode": item.privacy.value}
    flags = {"column": item.column, "or-unknown": item.or_unknown}
    flags["partial-date"] = item.type is Type.PARTIAL_DATE
    yield from ({"url": own(name), "valueBoolean": True} for name, holds in flags.items() if holds)
    words = {"section": item.section, "normalise": item.normalise, "value-list": item.value_list}
    yield from ({"url": own(name), "valueString": word} for name, word in words.items() if word is not None)
    if item.help:
        yield _both(own("help"), item.help)
    if item.unit is not None:
        yield {"url": UNIT, "valueCoding": {"system": UNITS, "code": item.unit, "display": item.unit}}
    for name, standard, limit in (("min", MIN_VALUE, item.min), ("max", MAX_VALUE, item.max)):
        if limit == "today":  # FHIR has fixed limits only
            yield {"url": own(name), "valueCode": "today"}
        elif limit is not None:
            yield {"url": standard, **_limit(limit)}
    for name, condition in (("when", item.when), ("required-when", item.required_when)):
        if condition is not None:
            yield {"url": own(name), "extension": list(_condition(condition))}


def _limit(limit: Decimal | str) -> dict[str, Any]:
    plain = simple(limit)
    kind = "Integer" if isinstance(plain, int) else "Date" if isinstance(limit, str) else "Decimal"
    return {f"value{kind}": plain}


def _condition(condition: Condition) -> Iterator[dict[str, Any]]:
    yield {"url": "behavior", "valueCode": "any" if condition.any else "all"}
    for term in condition.terms:
        parts: list[dict[str, Any]] = [
            {"url": "item", "valueString": term.item},
            {"url": "operator", "valueCode": term.operator.value},
        ]
        if term.group is not None:
            parts.append({"url": "group", "valueString": term.group})
        else:
            parts.append({"url": "answer", **_value(simple(term.answer))})
        yield {"url": "term", "extension": parts}


def _value(plain: Any) -> dict[str, Any]:
    kinds = ((bool, "Boolean"), (int, "Integer"), (float, "Decimal"))
    kind = next((name for each, name in kinds if isinstance(plain, each)), "String")
    return {f"value{kind}": plain}


def _option(choice: Choice, item: Item, form: Form) -> dict[str, Any]:
    coding = {"system": system_of(item, form), "code": choice.code, **_translated("display", choice.label)}
    if choice.also and item.value_list is None:
        coding["extension"] = [{"url": own("also"), "valueString": word} for word in choice.also]
    written: dict[str, Any] = {"valueCoding": coding}
    return written | ({"initialSelected": True} if item.default == choice.code else {})


def system_of(item: Item, form: Form) -> str:
    """The code system of the answers to a choice; questions that share a list share its system."""
    return f"{CODES}{item.value_list}" if item.value_list else f"{CODES}{form.key}.{item.key}"


def _both(url: str, text: Text) -> dict[str, Any]:
    """An extension with a text in both languages."""
    return {"url": url, "extension": [{"url": each, "valueString": text[each]} for each in ("en", "nl")]}


def _translated(name: str, text: Text) -> dict[str, Any]:
    """A text in English, with the Dutch one as FHIR tells translations."""
    parts = [{"url": "lang", "valueCode": "nl"}, {"url": "content", "valueString": text["nl"]}]
    return {name: text["en"], f"_{name}": {"extension": [{"url": TRANSLATION, "extension": parts}]}}


def _filled(resource: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty: FHIR has no empty lists."""
    return {name: value for name, value in resource.items() if value is not None and value != []}
