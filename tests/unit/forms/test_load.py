"""A broken form file is refused with file, item and reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from msreg.forms.definition import Operator, Term, Type
from msreg.forms.load import FORMS, BrokenForm, build_form, load, read_form

LABEL = {"nl": "x", "en": "x"}
NUMBER = {"type": "integer"}
CHOICE = {"type": "choice", "choices": [{"code": "a", "label": {"nl": "aa", "en": "ab"}}]}


def form(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    rows = [{"key": "first", "type": "text", "label": LABEL, "privacy": "clinical", **each} for each in items]
    return {"key": "k", "version": 1, "label": LABEL, "items": rows, **more}


def asked(kind: dict[str, Any], **term: Any) -> list[dict[str, Any]]:
    """A first question of some kind, and a second that is asked by a condition on it."""
    return [kind, {"key": "second", "when": {"all": [{"item": "first", "operator": "=", **term}]}}]


REFUSED = [
    # the form
    (form({}, colour="red"), "–", "there is no word colour here"),
    (form(), "–", "it has no items"),
    (form({}, version=0), "–", "version must be a whole number from 1"),
    (form({}, version="1"), "–", "version must be a whole number from 1"),
    (form({}, version=True), "–", "version must be a whole number from 1"),
    (form({}, key=""), "–", "key is missing"),
    (form({}, label={"nl": "x"}), "–", "label must be there in nl and en"),
    (form({}, sheet="s"), "–", "sheet_label must be there in nl and en"),
    (form({}, identity=["other"]), "–", "identity names other, which is no item"),
    (form({}, sections=[{"label": LABEL}]), "–", "key is missing"),
    (form({}, sections=[{"key": "s", "label": "x"}]), "–", "label must be there in nl and en"),
    (form(items=["x"]), "–", "AttributeError: 'str' object has no attribute 'get'"),
    # an item
    (form({}, {}), "first", "the key stands there twice"),
    (form({"colour": "red"}), "first", "there is no word colour here"),
    (form({"type": "colour"}), "first", "type must be one of text, date, partial_date"),
    (form({"privacy": None}), "first", "privacy must be one of identifying, clinical, operational"),
    (form({"label": {"nl": "x", "en": ""}}), "first", "label must be there in nl and en"),
    (form({"label": {"nl": "x", "en": "x", "de": "x"}}), "first", "label must be there in nl and en"),
    (form({"help": "x"}), "first", "help must be there in nl and en"),
    (form({"key": ""}), "", "key is missing"),
    (form({"section": "s"}), "first", "there is no section s"),
    (form({"normalise": "upper"}), "first", "normalise knows only bsn, postcode, email"),
    (form({"or_unknown": True}), "first", "or_unknown is for numbers"),
    (form({"max_length": 0}), "first", "max_length is for texts, and at least 1"),
    (form(NUMBER | {"max_length": 5}), "first", "max_length is for texts, and at least 1"),
    (form({"max_length": "5"}), "first", "TypeError"),
    (form({"min": 1}), "first", "min and max are for numbers and dates"),
    (form(NUMBER | {"min": 3, "max": 2}), "first", "min is more than max"),
    (form(NUMBER | {"min": "few"}), "first", "InvalidOperation"),
    (form({"type": "date", "max": "31-12-2022"}), "first", "ValueError"),
    (form({"required": True, "required_when": {"all": []}}), "first", "a condition has at least one term"),
    # defaults
    (form(CHOICE | {"default": "b"}), "first", "the default is not one of the choices"),
    (form({"type": "boolean", "default": "no"}), "first", "a default is for yes or no, one choice or a text"),
    (form({"default": True}), "first", "a default is for yes or no, one choice or a text"),
    (form(NUMBER | {"default": "3"}), "first", "a default is for yes or no, one choice or a text"),
    # choices
    (form({"type": "choice"}), "first", "choices belong to the types choice and choices, and only there"),
    (form(CHOICE | {"type": "text"}), "first", "choices belong to the types choice and choices"),
    (form(CHOICE | {"choices": CHOICE["choices"] * 2}), "first", "two choices have the same code"),
    (form(CHOICE | {"choices": [{"label": LABEL}]}), "first", "code is missing"),
    (form(CHOICE | {"choices": [{"code": "a"}]}), "first", "label must be there in nl and en"),
    (form({"type": "choice", "value_list": "colours"}), "first", "there is no value list colours"),
    (
        form(CHOICE | {"choices": [*CHOICE["choices"], {"code": "b", "label": LABEL, "also": ["AB"]}]}),
        "first",
        "the choices a, b share the word ab",
    ),
    (
        form({"type": "choices", "choices": [{"code": "a", "label": {"nl": "dit, dat", "en": "x"}}]}),
        "first",
        "the word dit, dat holds a comma or semicolon",
    ),
    # conditions
    (form({}, {"key": "b", "required": True, "required_when": asked({}, answer="x")[1]["when"]}), "b",
     "required and required_when exclude each other"),
    (form({"when": {"none": []}}), "first", "there is no word none here"),
    (form({"when": {}}), "first", "a condition has either all or any"),
    (form({"when": {"all": [], "any": []}}), "first", "a condition has either all or any"),
    (form({"when": {"all": []}}), "first", "a condition has at least one term"),
    (form({"when": {"all": [{"item": "later", "operator": "=", "answer": 1}]}}, {"key": "later"}), "first",
     "its condition reads later, which is no item before it"),
    (form(*asked({}, answer="x", colour=1)), "second", "there is no word colour here"),
    (form(*asked({}, operator="is", answer="x")), "second", "operator must be one of exists, =, !="),
    (form(*asked({})), "second", "a term has either an answer or a group"),
    (form(*asked({}, answer="x", group="g")), "second", "a term has either an answer or a group"),
    (form(*asked(CHOICE, group="g")), "second", "no choice of first is in the group g"),
    (form(*asked(CHOICE, group="g", operator=">")), "second", "a group goes with = or !="),
    (form(*asked(CHOICE, answer="b")), "second", "b is no choice of first"),
    (form(*asked({"type": "boolean"}, answer="yes")), "second", "first is answered with true or false"),
    (form(*asked({}, operator="exists", answer="yes")), "second", "exists goes with true or false"),
    (form(*asked({}, operator=">", answer="x")), "second", "> is for numbers and dates"),
    (form(*asked({}, answer=3)), "second", "first is answered with a text"),
    (form(*asked(NUMBER, answer="few")), "second", "InvalidOperation"),
    (form(*asked({"type": "date"}, answer="2022")), "second", "ValueError"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "item", "reason"), REFUSED)
def test_a_broken_form_is_refused_with_file_item_and_reason(
    raw: dict[str, Any], item: str, reason: str
) -> None:
    with pytest.raises(BrokenForm) as caught:
        build_form(raw, "broken.toml")
    assert str(caught.value).startswith(f"broken.toml, item {item}: {reason}")
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("content", [b"key = ", b"\xff\xfe", b"[[items]]\nkey = 1\nkey = 2"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(BrokenForm, match=r"broken\.toml cannot be read"):
        read_form(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenForm, match=r"none\.toml cannot be read"):
        read_form(tmp_path / "none.toml")


def test_a_form_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(
        'key = "small"\nversion = 2\nlabel = { nl = "Klein", en = "Small" }\n'
        '[[items]]\nkey = "n"\ntype = "decimal"\nlabel = { nl = "N", en = "N" }\nprivacy = "clinical"\n'
        "min = 0.1\n"
        '[[items]]\nkey = "d"\ntype = "date"\nlabel = { nl = "D", en = "D" }\nprivacy = "clinical"\n'
        "max = 2022-03-31\n"
        '[[items]]\nkey = "e"\ntype = "text"\nlabel = { nl = "E", en = "E" }\nprivacy = "clinical"\n'
        'when = { any = [{ item = "n", operator = "<", answer = 0.3 },'
        ' { item = "d", operator = ">", answer = 2020-02-29 }] }\n',
        encoding="utf-8",
    )
    small = read_form(path)
    assert small.keys == ("n", "d", "e")
    assert small["n"].type is Type.DECIMAL
    assert small["n"].min == Decimal("0.1")
    assert small["d"].max == "2022-03-31"
    assert small["e"].when is not None
    assert small["e"].when.any
    assert small["e"].when.terms == (
        Term("n", Operator.LESS, Decimal("0.3")),
        Term("d", Operator.GREATER, date(2020, 2, 29)),
    )


@pytest.mark.parametrize("key", FORMS)
def test_every_form_of_the_project_loads(key: str) -> None:
    assert load(key).key == key
    assert load(key) is load(key)
