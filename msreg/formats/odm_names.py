"""Names in an ODM file: the identifiers of what it defines, and which item group a column belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from msreg.formats.sheets import Opened
from msreg.formats.typed import Part, parts_of
from msreg.forms.definition import Form, Text, Type

NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

# What no XML file may hold, however it is written.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """Questions of one form on a sheet, or (`form` is None) what the registry itself tells of each record."""

    oid: str
    label: Text
    form: Form | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One sheet: a study event, once for a patient or once for each record."""

    oid: str
    table: Opened
    repeating: bool
    groups: tuple[ItemGroup, ...]

    @property
    def label(self) -> Text:
        """What people call it."""
        return next((g.form.sheet_label for g in self.groups if g.form and g.form.sheet_label), {})


def events_of(tables: Sequence[Opened]) -> list[Event]:
    """The study events of an export's sheets of data; the first column of each says whose a row is."""
    return [_event(table, at > 0) for at, table in enumerate(tables)]


def item_oid(group: ItemGroup, part: Part) -> str:
    """The identifier of a question, or of one side of its answer."""
    return f"I.{group.oid.partition('.')[2]}.{part.key}"


def code_list_oid(group: ItemGroup, part: Part) -> str:
    """The identifier of the list of its choices."""
    return f"CL.{group.oid.partition('.')[2]}.{part.key}"


def condition_oid(group: ItemGroup, part: Part) -> str:
    """The identifier of the condition under which it is left out."""
    return f"C.{group.oid.partition('.')[2]}.{part.column.key}"


def data_type(part: Part) -> str:
    """ODM's word for what an answer is."""
    words = {
        Type.DATE: "date", Type.PARTIAL_DATE: "partialDate", Type.INTEGER: "integer", Type.DECIMAL: "float",
        Type.BOOLEAN: "boolean",
    }  # fmt: skip
    return words.get(part.kind, "text")


def sub(parent: Any, name: str, /, **attributes: str | None) -> Any:
    """A new element below another; attributes that are None are left out."""
    given = {key: clean(value) for key, value in attributes.items() if value is not None}
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", given)


def texts(parent: Any, name: str, label: Text) -> None:
    """A text in every language that there is."""
    below = sub(parent, name)
    for language, text in label.items():
        each = sub(below, "TranslatedText")
        each.set(LANGUAGE, language)
        each.text = clean(text)


def clean(text: str) -> str:
    """A text as XML can hold it."""
    return _NO_XML.sub("\ufffd", text)


def _event(table: Opened, repeating: bool) -> Event:
    parts = parts_of(table.columns, whole=False, single=True, unknown=True)
    groups: dict[str, tuple[Form | None, list[Part]]] = {}
    for part in parts:
        form = part.column.form
        groups.setdefault(form.key if form else "", (form, []))[1].append(part)
    about = {"nl": "Over het record", "en": "About the record"}
    found = [
        ItemGroup(f"IG.{table.name}.{key or 'about'}", form.label if form else about, form, tuple(members))
        for key, (form, members) in groups.items()
    ]
    return Event(f"SE.{table.name}", table, repeating, tuple(found))
