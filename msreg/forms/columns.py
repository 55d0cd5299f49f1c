"""Where answers live: typed columns and `answers` in the database, columns of a sheet in files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from msreg.forms.definition import UNKNOWN, Form, Item, Text, Type
from msreg.forms.load import load
from msreg.vocabulary import Record


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet. A parent column names the record above; `item` asks the question.

    A column that is `told` stands in exports only; imports pass it over. `worked_out`: it says something of
    the answers rather than which record it is. `codes` are the words of one that asks no question, and `type`
    what it holds (a question has a type of its own: `kind`).
    """

    key: str
    label: Text
    form: Form | None = None
    item: Item | None = None
    told: bool = False
    worked_out: bool = False
    codes: Mapping[str, Text] = field(default_factory=dict)
    type: Type = Type.TEXT

    @property
    def kind(self) -> Type:
        """What its cells are."""
        return self.item.type if self.item else self.type

    @property
    def words(self) -> Mapping[str, Text]:
        """What its codes mean, whether a question has them as choices or not."""
        item = self.item
        if (
            item is None and self.key == _MEDICINE.key
        ):  # of a side effect: the answer to another record's question
            item = forms_of(Record.MEDICATION)[0][self.key]
        return {choice.code: choice.label for choice in item.choices} if item else self.codes


@dataclass(frozen=True)
class Sheet:
    """One sheet of a batch file or export: which record a row is and which columns it has."""

    key: str
    record: Record
    label: Text
    forms: tuple[Form, ...]
    columns: tuple[Column, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Columns by key and by label in either language, in lower case."""
        found: dict[str, Column] = {}
        for column in self.columns:
            for name in column.label.values():
                found.setdefault(name.casefold(), column)
        found.update({column.key.casefold(): column for column in self.columns})
        return found

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """Columns by key."""
        return {column.key: column for column in self.columns}

    @cached_property
    def names(self) -> frozenset[str]:
        """What the sheet may be called: its key or its label in either language, in lower case."""
        return frozenset(name.casefold() for name in (self.key, *self.label.values()))

    def column(self, header: str) -> Column | None:
        """The column that a header names; a star for "required" may follow the name."""
        from msreg.forms.cleaning import clean

        return self.by_name.get(clean(header).rstrip("*").rstrip().casefold())

    def passed_over(self, header: str) -> bool:
        """Whether a header is that of a column which msreg itself adds to a marked copy."""
        return header.strip().casefold() in MARKS


MARKS = frozenset(("msreg status", "msreg faults", "msreg fouten"))
"""Headers of the columns that a marked copy has at its right."""

_CENTRE = Column("centre", {"nl": "Centrum", "en": "Centre"})
_NUMBER = Column("patient_number", {"nl": "Patiëntnummer", "en": "Patient number"})
_REGISTRY = Column("registry_number", {"nl": "MS-nummer", "en": "MS number"}, told=True)
_MEDICINE = Column("medicine", {"nl": "Medicijn", "en": "Medicine"})
_STATE = Column(
    "state",
    {"nl": "Status", "en": "State"},
    told=True,
    codes={
        "complete": {"nl": "volledig", "en": "complete"},
        "incomplete": {"nl": "onvolledig", "en": "incomplete"},
        "withdrawn": {"nl": "toestemming ingetrokken", "en": "consent withdrawn"},
    },
)
_WRITER = Column("written_by", {"nl": "Geschreven door", "en": "Written by"}, told=True)
_STARTED = Column(
    "medication_start", {"nl": "Startdatum medicijn", "en": "Start of the medicine"}, type=Type.DATE
)

RECORD_FORMS: Mapping[Record, tuple[str, ...]] = {
    Record.PATIENT: ("patient", "diagnosis"),
    Record.COURSE: ("course",),
    Record.DISEASE: ("disease",),
    Record.MEDICATION: ("medication",),
    Record.ADVERSE_EVENT: ("adverse_event",),
    Record.PROM: ("eq5d5l",),
}
"""The forms that ask for a record; a patient's answers come from two."""

_PARENTS: Mapping[Record, tuple[Column, ...]] = {
    Record.PATIENT: (_REGISTRY, _CENTRE),
    Record.COURSE: (_REGISTRY, _CENTRE, _NUMBER),
    Record.DISEASE: (_REGISTRY, _CENTRE, _NUMBER),
    Record.MEDICATION: (_REGISTRY, _CENTRE, _NUMBER),
    Record.ADVERSE_EVENT: (_REGISTRY, _CENTRE, _NUMBER, _MEDICINE, _STARTED),
    Record.PROM: (_REGISTRY, _CENTRE, _NUMBER),
}

WORKED_OUT: Mapping[Record, tuple[Column, ...]] = {
    Record.PROM: (
        Column("profile", {"nl": "Profiel", "en": "Profile"}, told=True, worked_out=True),
        Column(
            "index_value",
            {"nl": "Indexwaarde", "en": "Index value"},
            told=True,
            worked_out=True,
            type=Type.DECIMAL,
        ),
        Column("value_set", {"nl": "Waardenset", "en": "Value set"}, told=True, worked_out=True),
    ),
}
"""Columns that an export tells behind the answers, worked out from them."""


@cache
def forms_of(record: Record) -> tuple[Form, ...]:
    """The forms that ask for a record, in order."""
    return tuple(load(key) for key in RECORD_FORMS[record])


@cache
def sheets() -> tuple[Sheet, ...]:
    """The sheets of a batch file, in order: patients, courses, disease, medication, adverse events, PROMs."""
    return tuple(_sheet(record) for record in Record)


@cache
def sheet_of(record: Record) -> Sheet:
    """The sheet that carries one kind of record."""
    return next(sheet for sheet in sheets() if sheet.record is record)


def _sheet(record: Record) -> Sheet:
    forms = forms_of(record)
    key = forms[0].sheet
    assert key is not None, f"the form {forms[0].key} has no sheet"
    items = [Column(item.key, item.label, form, item) for form in forms for item in form.items]
    if record is Record.PATIENT:  # what names a patient stands in front
        items.sort(key=lambda column: column.key != "patient_number")
    named = (*_PARENTS[record], *items)
    last = max(at for at, column in enumerate(named) if column.item is None or column.key in _identity(forms))
    # Of a shared patient two centres write (P8); who registered the patient stands in the column of the centre.
    told = (_STATE,) if record is Record.PATIENT else (_STATE, _WRITER)
    columns = (*named[: last + 1], *told, *named[last + 1 :], *WORKED_OUT.get(record, ()))
    return Sheet(key, record, forms[0].sheet_label, forms, columns)


def _identity(forms: tuple[Form, ...]) -> frozenset[str]:
    """The questions that tell the records of a patient apart, or patients of a centre."""
    return frozenset(key for form in forms for key in form.identity)


def to_store(forms: tuple[Form, ...], values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Answers split into typed columns (all of them, None where nothing was answered) and `answers`."""
    typed: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for form in forms:
        for item in form.items:
            value = values.get(item.key)
            if item.column and not (item.or_unknown and value == UNKNOWN):
                typed[item.key] = ";".join(value) if isinstance(value, tuple) else value
            else:
                if item.column:  # a number column cannot hold "unknown"; the word goes to the others
                    typed[item.key] = None
                if value is not None:
                    others[item.key] = to_json(value)
    return typed, others


def from_store(
    forms: tuple[Form, ...], typed: Mapping[str, Any], others: Mapping[str, Any]
) -> dict[str, Any]:
    """Answers as they were before `to_store`; questions without an answer are left out."""
    values: dict[str, Any] = {}
    for form in forms:
        for item in form.items:
            raw = typed[item.key] if item.column else None
            if raw is None:
                raw = others.get(item.key)
            if raw is not None:
                values[item.key] = from_json(item, raw)
    return values


_AS_IS = frozenset((str, bool, int))


def to_json(value: Any) -> Any:
    """An answer as JSON keeps it: ISO dates, decimals as text, so that nothing is rounded."""
    if type(value) in _AS_IS:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return value


def from_json(item: Item, raw: Any) -> Any:
    """An answer from JSON or from a database column, in the type of its question."""
    if item.type is Type.DATE and isinstance(raw, str):
        return date.fromisoformat(raw)
    if item.type is Type.DECIMAL and raw != UNKNOWN:
        from msreg.forms.numbers import tidy

        return tidy(Decimal(str(raw)))
    if item.type is Type.CHOICES:
        return tuple(raw.split(";") if isinstance(raw, str) else raw)
    if item.type is Type.BOOLEAN:
        return bool(raw)
    return raw


def from_row(forms: tuple[Form, ...], row: Mapping[str, Any]) -> dict[str, Any]:
    """Answers from a database row whose `answers` is JSON text or already read."""
    others = row["answers"]
    return from_store(forms, row, json.loads(others) if isinstance(others, str) else others or {})
