"""Forms from their files. A broken file is refused with file, item and reason, before anything is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from msreg.config import data_folder
from msreg.errors import MsregError, Phrase
from msreg.forms.definition import (
    Choice,
    Condition,
    Form,
    Item,
    Operator,
    Privacy,
    Section,
    Term,
    Text,
    Type,
)
from msreg.forms.sensible import NUMBERS, Wrong, sensible
from msreg.vocabulary import N_, CaseForm, Language

PATIENT_FORMS = ("patient", "diagnosis", "course", "disease", "medication", "adverse_event", "eq5d5l")
"""What is asked of patients of the MS registry; `columns.RECORD_FORMS` says of which record."""

CASE_FORMS = tuple(each.value for each in CaseForm)
"""What is asked of obstetric cases: no records of a patient, so no sheet of a batch file or export has them."""

FORMS = PATIENT_FORMS + CASE_FORMS
"""Every form of msreg, by key."""

_FORM_WORDS = {"key", "version", "label", "sheet", "sheet_label", "identity", "sections", "items"}
_ITEM_WORDS = {
    "key", "type", "label", "help", "required", "required_when", "when", "privacy", "column", "choices",
    "value_list", "min", "max", "max_length", "unit", "normalise", "default", "or_unknown", "section",
}  # fmt: skip
_DATES = (Type.DATE, Type.PARTIAL_DATE)
_EQUALITY = (Operator.EQUAL, Operator.NOT_EQUAL)


class BrokenForm(MsregError):
    """A form file that cannot be used; names file, item and reason."""

    code = "broken_form"


@cache
def load(key: str) -> Form:
    """The form with this key, read from the project's data. Raises `BrokenForm`."""
    return read_form(data_folder() / "forms" / f"{key}.toml")


def read_form(path: Path) -> Form:
    """The form in a file. Raises `BrokenForm` with the file, the item and the reason."""
    import tomllib

    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise BrokenForm(N_("{file} cannot be read: {why}."), file=path.name, why=str(fault)) from None
    return build_form(raw, path.name)


def build_form(raw: Mapping[str, Any], file: str) -> Form:
    """A form from plain data, checked; `file` is named when something is wrong."""
    key = "–"
    try:
        _only(raw, _FORM_WORDS)
        sections = tuple(
            Section(_word(each, "key"), _text(each, "label")) for each in raw.get("sections", ())
        )
        if len({section.key for section in sections}) != len(sections):
            raise Wrong(N_("two sections have the same key"))
        if "sheet" in raw:
            _word(raw, "sheet")
        items: dict[str, Item] = {}
        for each in raw.get("items", ()):
            key = str(each.get("key", "?"))
            if key in items:
                raise Wrong(N_("the key stands there twice"))
            items[key] = _item(each, items, {section.key for section in sections})
        key = "–"
        identity = tuple(raw.get("identity", ()))
        if missing := [name for name in identity if name not in items]:
            raise Wrong(N_("identity names {name}, which is no item"), name=missing[0])
        if not items:
            raise Wrong(N_("it has no items"))
        version = raw.get("version")
        if type(version) is not int or version < 1:
            raise Wrong(N_("version must be a whole number from 1"))
        return Form(
            key=_word(raw, "key"),
            version=version,
            label=_text(raw, "label"),
            items=tuple(items.values()),
            sheet=raw.get("sheet"),
            sheet_label=_text(raw, "sheet_label") if raw.get("sheet") else {},
            identity=identity,
            sections=sections,
        )
    except Wrong as wrong:
        raise BrokenForm(
            N_("{file}, item {item}: {why}."), file=file, item=key, why=Phrase(wrong.reason, wrong.params)
        ) from None
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as fault:
        raise BrokenForm(
            N_("{file}, item {item}: {why}."), file=file, item=key, why=f"{type(fault).__name__}: {fault}"
        ) from None


def _item(raw: Mapping[str, Any], before: Mapping[str, Item], sections: set[str]) -> Item:
    _only(raw, _ITEM_WORDS)
    kind = _member(Type, raw, "type")
    listed = raw.get("value_list")
    item = Item(
        key=_word(raw, "key"),
        type=kind,
        label=_text(raw, "label"),
        privacy=_member(Privacy, raw, "privacy"),
        required=bool(raw.get("required", False)),
        required_when=_condition(raw.get("required_when"), before),
        when=_condition(raw.get("when"), before),
        help=_text(raw, "help") if "help" in raw else {},
        choices=_choices(raw, listed),
        value_list=listed,
        min=_limit(raw.get("min"), kind),
        max=_limit(raw.get("max"), kind),
        max_length=raw.get("max_length"),
        unit=raw.get("unit"),
        normalise=raw.get("normalise"),
        default=raw.get("default"),
        or_unknown=bool(raw.get("or_unknown", False)),
        column=bool(raw.get("column", False)),
        section=raw.get("section"),
    )
    if "section" in raw:
        _word(raw, "section")
    sensible(item, sections)
    return item


def _choices(raw: Mapping[str, Any], listed: str | None) -> tuple[Choice, ...]:
    if listed == "medicines":
        from msreg.forms.medicines import as_choices

        return as_choices()
    if listed is not None:
        raise Wrong(N_("there is no value list {name}"), name=listed)
    return tuple(
        Choice(_word(each, "code"), _text(each, "label"), tuple(each.get("also", ())))
        for each in raw.get("choices", ())
    )


def _condition(raw: Mapping[str, Any] | None, before: Mapping[str, Item]) -> Condition | None:
    if raw is None:
        return None
    _only(raw, {"all", "any"})
    if len(raw) != 1:
        raise Wrong(N_("a condition has either all or any"))
    ((how, terms),) = raw.items()
    if not terms:
        raise Wrong(N_("a condition has at least one term"))
    return Condition(tuple(_term(each, before) for each in terms), any=how == "any")


def _term(raw: Mapping[str, Any], before: Mapping[str, Item]) -> Term:
    _only(raw, {"item", "operator", "answer", "group"})
    name = _word(raw, "item")
    if name not in before:
        raise Wrong(N_("its condition reads {name}, which is no item before it"), name=name)
    item = before[name]
    operator = _member(Operator, raw, "operator")
    group = raw.get("group")
    if ("answer" in raw) is (group is not None):
        raise Wrong(N_("a term has either an answer or a group"))
    if group is not None:
        if operator not in _EQUALITY:
            raise Wrong(N_("a group goes with = or !="))
        if not any(group in choice.groups for choice in item.choices):
            raise Wrong(N_("no choice of {name} is in the group {group}"), name=name, group=group)
        return Term(name, operator, group=group)
    answer = raw["answer"]
    if operator is Operator.EXISTS:
        if not isinstance(answer, bool):
            raise Wrong(N_("exists goes with true or false"))
    elif operator not in _EQUALITY and item.type not in (*NUMBERS, Type.DATE):
        raise Wrong(N_("{operator} is for numbers and dates"), operator=operator.value)
    elif item.type in (Type.CHOICE, Type.CHOICES) and answer not in item.order:
        raise Wrong(N_("{answer} is no choice of {name}"), answer=answer, name=name)
    elif item.type is Type.BOOLEAN and not isinstance(answer, bool):
        raise Wrong(N_("{name} is answered with true or false"), name=name)
    elif item.type in NUMBERS:
        answer = Decimal(str(answer))
    elif item.type is Type.DATE:
        answer = date.fromisoformat(str(answer))
    elif item.type is not Type.BOOLEAN and not isinstance(answer, str):
        raise Wrong(N_("{name} is answered with a text"), name=name)
    return Term(name, operator, answer)


def _limit(raw: Any, kind: Type) -> Decimal | str | None:
    if raw is None:
        return None
    if kind in NUMBERS:
        limit = Decimal(str(raw))
        if not limit.is_finite():
            raise Wrong(N_("min and max are for numbers and dates"))
        return limit
    if kind not in _DATES:
        raise Wrong(N_("min and max are for numbers and dates"))
    if raw != "today":
        date.fromisoformat(str(raw))
    return str(raw)


def _text(raw: Mapping[str, Any], name: str) -> Text:
    text = raw.get(name)
    if not isinstance(text, dict) or set(text) != set(Language) or not all(text.values()):
        raise Wrong(N_("{name} must be there in nl and en"), name=name)
    return {str(language): str(each) for language, each in text.items()}


def _word(raw: Mapping[str, Any], name: str) -> str:
    word = raw.get(name)
    if not isinstance(word, str) or not word:
        raise Wrong(N_("{name} is missing"), name=name)
    return word


def _member(kind: Any, raw: Mapping[str, Any], name: str) -> Any:
    try:
        return kind(raw.get(name))
    except ValueError:
        known = ", ".join(kind)
        raise Wrong(N_("{name} must be one of {known}"), name=name, known=known) from None


def _only(raw: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(raw) - known):
        raise Wrong(N_("there is no word {name} here"), name=unknown[0])
