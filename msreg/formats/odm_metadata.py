"""The metadata of an ODM file: forms, questions, choices and conditions, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from msreg.formats.odm_names import (
    Event,
    ItemGroup,
    code_list_oid,
    condition_oid,
    data_type,
    item_oid,
    sub,
    texts,
)
from msreg.formats.typed import DECIMALS, DIGITS, Part
from msreg.forms.definition import Condition, Form, Item, Operator, Term, Type
from msreg.forms.words import in_words

STUDY, VERSION = "S.msreg", "MDV.1"
_CONTEXT = "msreg"


def study(parent: Any, events: Sequence[Event], about: str) -> None:
    """The element Study, with what is in the file alone: columns that were left out are not defined."""
    whole = sub(parent, "Study", OID=STUDY)
    told = sub(whole, "GlobalVariables")
    sub(told, "StudyName").text = "MS registry"
    sub(told, "StudyDescription").text = about
    sub(told, "ProtocolName").text = "msreg"
    parts = [(group, part) for event in events for group in event.groups for part in group.parts]
    _units(whole, [part for _group, part in parts])
    version = sub(whole, "MetaDataVersion", OID=VERSION, Name="msreg forms")
    protocol = sub(version, "Protocol")
    for number, event in enumerate(events, 1):
        sub(protocol, "StudyEventRef", StudyEventOID=event.oid, OrderNumber=str(number), Mandatory="No")
    # The standard wants all of one kind before the next.
    for event in events:
        _event(version, event)
    for event in events:
        for group in event.groups:
            _form(version, group)
    for event in events:
        for group in event.groups:
            _group(version, group)
    for group, part in parts:
        _item(version, group, part)
    for group, part in parts:
        if part.words:
            _code_list(version, group, part)
    _conditions(version, parts)


def _event(version: Any, event: Event) -> None:
    made = sub(
        version, "StudyEventDef", OID=event.oid, Name=event.label.get("en") or event.table.name,
        Repeating=_yes(event.repeating), Type="Common" if not event.repeating else "Unscheduled",
    )  # fmt: skip
    if event.label:
        texts(made, "Description", event.label)
    for number, group in enumerate(event.groups, 1):
        sub(made, "FormRef", FormOID=form_oid(group), OrderNumber=str(number), Mandatory="No")


def form_oid(group: ItemGroup) -> str:
    """The identifier of the form that holds a group: each form of ours has one group of questions."""
    return f"F{group.oid.removeprefix('IG')}"


def _form(version: Any, group: ItemGroup) -> None:
    made = sub(version, "FormDef", OID=form_oid(group), Name=group.label["en"], Repeating="No")
    texts(made, "Description", group.label)
    sub(made, "ItemGroupRef", ItemGroupOID=group.oid, OrderNumber="1", Mandatory="Yes")


def _group(version: Any, group: ItemGroup) -> None:
    made = sub(version, "ItemGroupDef", OID=group.oid, Name=group.label["en"], Repeating="No")
    texts(made, "Description", group.label)
    for number, part in enumerate(group.parts, 1):
        item = part.column.item
        sub(
            made, "ItemRef", ItemOID=item_oid(group, part), OrderNumber=str(number),
            Mandatory=_yes(item is not None and item.required and item.when is None and not item.or_unknown),
            CollectionExceptionConditionOID=condition_oid(group, part) if item and item.when else None,
        )  # fmt: skip


def _item(version: Any, group: ItemGroup, part: Part) -> None:
    item, kind = part.column.item, data_type(part)
    made = sub(
        version, "ItemDef", OID=item_oid(group, part), Name=part.key, DataType=kind,
        Length=_length(part, kind), SignificantDigits=str(DECIMALS) if kind == "float" else None,
    )  # fmt: skip
    if item and item.help:
        texts(made, "Description", item.help)
    texts(made, "Question", part.label)
    if item and part.kind in (Type.INTEGER, Type.DECIMAL):
        if item.unit:
            sub(made, "MeasurementUnitRef", MeasurementUnitOID=_unit_oid(item.unit))
        for limit, comparator in ((item.min, "GE"), (item.max, "LE")):
            if isinstance(limit, Decimal | int):
                check = sub(made, "RangeCheck", Comparator=comparator, SoftHard="Hard")
                sub(check, "CheckValue").text = str(limit)
    if part.words:
        sub(made, "CodeListRef", CodeListOID=code_list_oid(group, part))
    sub(made, "Alias", Context=_CONTEXT, Name=part.column.key)


def _length(part: Part, kind: str) -> str | None:
    if kind == "text":
        item = part.column.item
        longest = max(map(len, part.words), default=(item.max_length if item else None) or 250)
        return str(longest)
    return {"integer": "10", "float": str(DIGITS)}.get(kind)


def _code_list(version: Any, group: ItemGroup, part: Part) -> None:
    made = sub(version, "CodeList", OID=code_list_oid(group, part), Name=part.label["en"], DataType="text")
    for number, (code, label) in enumerate(part.words.items(), 1):
        texts(sub(made, "CodeListItem", CodedValue=code, OrderNumber=str(number)), "Decode", label)


def _conditions(version: Any, parts: Iterable[tuple[ItemGroup, Part]]) -> None:
    """ODM says when a question is left out; the forms say when it is asked."""
    done = set()
    for group, part in parts:
        item, oid = part.column.item, condition_oid(group, part)
        if item is None or item.when is None or group.form is None or oid in done:
            continue
        done.add(oid)
        made = sub(version, "ConditionDef", OID=oid, Name=f"{item.key} is left out")
        texts(made, "Description", {"en": f"Not asked, unless: {in_words(item.when, group.form, 'en')}"})
        sub(made, "FormalExpression", Context=_CONTEXT).text = f"not ({_formal(item.when, group.form)})"


def _formal(condition: Condition, form: Form) -> str:
    return (" or " if condition.any else " and ").join(
        _term(term, form[term.item]) for term in condition.terms
    )


def _term(term: Term, item: Item) -> str:
    if term.operator is Operator.EXISTS:
        return f"{'' if term.answer else 'not '}exists({term.item})"
    if term.group is not None:
        codes = [choice.code for choice in item.choices if term.group in choice.groups]
        return f"{term.item} in ({', '.join(map(repr, codes))})"
    answer = str(term.answer).lower() if isinstance(term.answer, bool) else repr(str(term.answer))
    return f"{term.item} {term.operator.value} {answer}"


def _units(parent: Any, parts: Iterable[Part]) -> None:
    units = sorted({part.column.item.unit for part in parts if part.column.item and part.column.item.unit})
    if not units:
        return
    basic = sub(parent, "BasicDefinitions")
    for unit in units:
        made = sub(basic, "MeasurementUnit", OID=_unit_oid(unit), Name=unit)
        texts(made, "Symbol", {"nl": unit, "en": unit})


def _unit_oid(unit: str) -> str:
    return f"MU.{unit}"


def _yes(yes: bool) -> str:
    return "Yes" if yes else "No"
