"""One record as a QuestionnaireResponse: all answers as they were given, whatever the other resources can hold.

This is what is read again; the clinical resources beside it are made from the same answers for other systems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from msreg.formats.fhir_codes import STRUCTURE, Json, coding
from msreg.formats.fhir_links import At
from msreg.forms.columns import Column, Sheet, sheet_of
from msreg.forms.definition import UNKNOWN, Item, Type
from msreg.forms.fhir import to_questionnaire
from msreg.forms.fhir_words import own
from msreg.vocabulary import Record

QUESTIONNAIRE = "urn:msreg:questionnaire:"

_STATES: Mapping[object, str] = {"complete": "completed", "incomplete": "in-progress", "withdrawn": "stopped"}
_NOT_KNOWN = {"extension": [{"url": f"{STRUCTURE}data-absent-reason", "valueCode": "unknown"}]}
_KINDS: Mapping[Type, str] = {
    Type.DATE: "Date",
    Type.PARTIAL_DATE: "Date",
    Type.INTEGER: "Integer",
    Type.DECIMAL: "Decimal",
    Type.BOOLEAN: "Boolean",
}

Node = tuple[str, "int | list[Node]"]
"""A question with the place of its answer in a row, or a group of them."""


@cache
def questionnaire(record: Record) -> Json:
    """The Questionnaire of one kind of record; that of patients asks two forms, one after the other."""
    sheet = sheet_of(record)
    first, *others = map(to_questionnaire, sheet.forms)
    if not others:
        return first
    whole = dict(first)
    for other in others:
        for name in ("extension", "item"):
            whole[name] = [*whole.get(name, ()), *other.get(name, ())]
        whole["version"] += f".{other['version']}"
    return whole | {"url": f"{QUESTIONNAIRE}{sheet.key}", "name": sheet.key.title()}


class Answers:
    """The answers of one sheet, column by column: `fragment` makes one, `response` puts them together."""

    def __init__(self, sheet: Sheet, columns: Sequence[Column], language: str) -> None:
        from orjson import Fragment, dumps

        self._dumps, self._fragment = dumps, Fragment
        self._language = language
        asked = {column.key: at for at, column in enumerate(columns) if column.item}
        form = questionnaire(sheet.record)
        self._canonical = f"{form['url']}|{form['version']}"
        self._tree = _tree(form["item"], asked)
        self._items = [(c.item, c.form.key) if c.item and c.form else None for c in columns]
        naming = ("centre", "patient_number")
        self._parents = [c.key for c in columns if not (c.item or c.told or c.key in naming)]

    def fragment(self, column: int, value: Any) -> bytes:
        """The answer to the question of a column, as a part of JSON; nothing of a column that asks none."""
        place = self._items[column]
        if value is None or place is None:
            return b""
        item, form = place
        values = value if isinstance(value, tuple) else (value,)
        answers = [_answer(item, form, each, self._language) for each in values]
        return self._dumps({"linkId": item.key, "answer": answers}, default=plain)

    def response(self, row: Mapping[str, Any], fragments: Sequence[bytes], at: At, **more: Any) -> Json:
        """The resource for one row, whose answers are these."""
        items = _joined(self._tree, fragments)
        named = [_named(key, row[key]) for key in self._parents if key in row]
        return at.resource(
            "QuestionnaireResponse", at.id("answers"),
            extension=named or None,
            questionnaire=self._canonical,
            status=_STATES.get(row.get("state"), "completed"),
            subject=at.named,
            author=at.written_by,
            **more,
            item=self._fragment(b"[" + items + b"]") if items else None,
        )  # fmt: skip


def plain(value: object) -> Any:
    """What orjson has no word for: decimals, with the digits that they have."""
    from orjson import Fragment

    if isinstance(value, Decimal):
        return Fragment(format(value, "f"))
    raise TypeError(type(value).__name__)


def _tree(items: Iterable[Json], asked: Mapping[str, int]) -> list[Node]:
    found: list[Node] = []
    for item in items:
        if item["type"] == "group":
            if inside := _tree(item["item"], asked):
                found.append((item["linkId"], inside))
        elif item["linkId"] in asked:
            found.append((item["linkId"], asked[item["linkId"]]))
    return found


def _joined(nodes: Sequence[Node], fragments: Sequence[bytes]) -> bytes:
    """The items with an answer, in groups as the Questionnaire has them."""
    parts = []
    for link, node in nodes:
        if isinstance(node, int):
            if fragment := fragments[node]:
                parts.append(fragment)
        elif inside := _joined(node, fragments):
            parts.append(b'{"linkId":"' + link.encode() + b'","item":[' + inside + b"]}")
    return b",".join(parts)


def _answer(item: Item, form: str, value: Any, language: str) -> Json:
    if item.type in (Type.CHOICE, Type.CHOICES):
        return {"valueCoding": coding(form, item.key, value, language)}
    kind = _KINDS.get(item.type, "String")
    if value == UNKNOWN and item.or_unknown:
        return {f"_value{kind}": _NOT_KNOWN}
    return {f"value{kind}": value}


def _named(key: str, value: Any) -> Json:
    """What names the record above this one, in an extension."""
    kind = "Date" if isinstance(value, date) else "String"
    return {"url": own(key.replace("_", "-")), f"value{kind}": value}


class Made(dict[Any, "tuple[Any, bytes]"]):
    """The cells of a column with the answers that they are in JSON, for values that come again."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[Any], tuple[Any, bytes]]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> tuple[Any, bytes]:
        made = self._make(value)
        if len(self) >= _MOST:
            self.clear()
        self[value] = made
        return made


_MOST = 1024
"""Fewer than plain texts have (`remembered`): the parts of JSON are longer, and cheap to make again."""
