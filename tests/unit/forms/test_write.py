"""A form is written without loss."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from msreg.forms.definition import Form
from msreg.forms.fhir import from_questionnaire, to_questionnaire
from msreg.forms.load import FORMS, build_form, load
from msreg.forms.write import simple, to_plain


@pytest.mark.parametrize("key", FORMS)
def test_every_form_comes_back_from_its_plain_shape_and_from_json(key: str) -> None:
    form = load(key)
    plain = to_plain(form)
    assert build_form(plain, "plain") == form
    assert build_form(json.loads(json.dumps(plain)), "json") == form


def test_every_word_of_a_form_file_comes_back(rich: Form, plain: dict[str, Any]) -> None:
    written = to_plain(rich)
    assert build_form(json.loads(json.dumps(written)), "json") == rich
    used = {word for item in written["items"] for word in item}
    assert used == {word for item in plain["items"] for word in item}


def test_a_form_without_a_sheet_comes_back(plain: dict[str, Any]) -> None:
    del plain["sheet"], plain["sheet_label"], plain["sections"]
    plain["items"] = [{"key": "a", "type": "text", "label": plain["label"], "privacy": "clinical"}]
    plain["identity"] = []
    form = build_form(plain, "plain")
    assert to_plain(form) == plain
    assert from_questionnaire(to_questionnaire(form)) == form


def test_a_value_list_is_named_and_its_choices_are_not_written(rich: Form) -> None:
    written = next(item for item in to_plain(rich)["items"] if item["key"] == "medicine")
    assert written["value_list"] == "medicines"
    assert "choices" not in written


@pytest.mark.parametrize(
    ("number", "expected"),
    [("3.0", 3), ("0.1", 0.1), ("0.1234567890123456789", "0.1234567890123456789")],
)
def test_numbers_are_never_rounded(number: str, expected: object) -> None:
    assert simple(Decimal(number)) == expected
    assert type(simple(Decimal(number))) is type(expected)
