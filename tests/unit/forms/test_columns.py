"""Answers go into typed columns and `answers`, and come back as they were; sheets know their headers."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msreg.forms.columns import forms_of, from_row, from_store, sheet_of, sheets, to_store
from msreg.forms.definition import UNKNOWN, Form, Item, Type
from msreg.forms.load import load
from msreg.forms.numbers import tidy
from msreg.vocabulary import Record

DECIMALS = st.decimals(min_value=-(10**6), max_value=10**6, places=3).map(tidy)


def answers(item: Item) -> st.SearchStrategy[Any]:
    """Every answer that the readers may give to a question."""
    codes = [choice.code for choice in item.choices]
    numbers = {Type.INTEGER: st.integers(-(10**9), 10**9), Type.DECIMAL: DECIMALS}
    if item.type in numbers:
        number = numbers[item.type]
        return st.one_of(number, st.just(UNKNOWN)) if item.or_unknown else number
    if item.type is Type.CHOICES:
        some = st.lists(st.sampled_from(codes), min_size=1, unique=True)
        return some.map(lambda picked: tuple(sorted(picked, key=codes.index)))
    return {
        Type.TEXT: st.one_of(st.text(min_size=1), st.just(UNKNOWN)),
        Type.DATE: st.dates(),
        Type.PARTIAL_DATE: st.dates().map(lambda day: day.isoformat()[:7]),
        Type.BOOLEAN: st.booleans(),
        Type.CHOICE: st.sampled_from(codes) if codes else st.nothing(),
    }[item.type]


@st.composite
def filled(draw: st.DrawFn, forms: tuple[Form, ...]) -> dict[str, Any]:
    return {item.key: draw(answers(item)) for form in forms for item in form.items if draw(st.booleans())}


def sql(value: Any) -> Any:
    """A typed value as a database gives it back."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize("record", Record)
@settings(derandomize=True, max_examples=60, deadline=None)
@given(data=st.data())
def test_answers_come_back_as_they_were(record: Record, data: st.DataObject) -> None:
    forms = forms_of(record)
    values = data.draw(filled(forms))
    typed, others = to_store(forms, values)
    assert set(typed) == {item.key for form in forms for item in form.items if item.column}
    assert from_store(forms, typed, others) == values
    row = {key: sql(value) for key, value in typed.items()} | {"answers": json.dumps(others)}
    again = from_row(forms, row)
    assert again == values
    assert {key: type(value) for key, value in again.items()} == {k: type(v) for k, v in values.items()}


@settings(derandomize=True, max_examples=100, deadline=None)
@given(data=st.data())
def test_a_form_with_every_type_comes_back_too(rich: Form, data: st.DataObject) -> None:
    values = data.draw(filled((rich,)))
    typed, others = to_store((rich,), values)
    assert from_store((rich,), typed, json.loads(json.dumps(others))) == values


def test_unknown_is_a_word_beside_a_number_column_and_a_code_in_a_choice_column(rich: Form) -> None:
    typed, others = to_store((rich,), {"count": UNKNOWN, "kind": UNKNOWN})
    assert (typed["count"], others["count"]) == (None, UNKNOWN)
    assert typed["kind"] == UNKNOWN
    assert "kind" not in others


def test_nothing_answered_is_nothing_stored() -> None:
    forms = forms_of(Record.COURSE)
    typed, others = to_store(forms, {})
    assert set(typed.values()) == {None}
    assert others == {}
    assert from_row(forms, {**typed, "answers": None}) == {}


def test_x1_the_sheets_in_order() -> None:
    assert [sheet.key for sheet in sheets()] == [
        "patients", "courses", "disease", "medication", "adverse_events", "proms",
    ]  # fmt: skip
    patients = sheet_of(Record.PATIENT)
    assert [column.key for column in patients.columns][:3] == ["registry_number", "centre", "patient_number"]
    assert {*load("patient").keys, *load("diagnosis").keys} <= set(patients.by_key)


@pytest.mark.parametrize("record", Record)
def test_b3_a_header_is_a_key_or_a_label_in_either_language(record: Record) -> None:
    sheet = sheet_of(record)
    for column in sheet.columns:
        for name in (column.key, *column.label.values()):
            decomposed = unicodedata.normalize("NFD", name)
            for header in (name, name.upper(), f" {name} * ", f"\u00a0{name}*", decomposed):
                assert sheet.column(header) is column, header
    assert sheet.column("nothing of the kind") is None
    assert sheet.column("") is None


@pytest.mark.parametrize("record", Record)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_labels_are_unique_in_a_sheet(record: Record, language: str) -> None:
    labels = [column.label[language].casefold() for column in sheet_of(record).columns]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("record", Record)
def test_no_name_of_a_column_is_that_of_another(record: Record) -> None:
    """A key of one column that is the label of another would take its place."""
    owner: dict[str, str] = {}
    for column in sheet_of(record).columns:
        for name in {each.casefold() for each in (column.key, *column.label.values())}:
            assert owner.setdefault(name, column.key) == column.key


def test_sheets_go_by_key_or_label() -> None:
    assert {"courses", "belopen"} <= sheet_of(Record.COURSE).names
    every = [name for sheet in sheets() for name in sheet.names]
    assert len(set(every)) == len(every)
