"""Conditions know yes, no and unknown; what is not asked does not count."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from msreg.forms.conditions import asked, holds
from msreg.forms.definition import Condition, Form, Operator, Term
from msreg.forms.load import build_form, load

A = ("seen", "=", True)
B = ("name", "=", "x")
RITUXIMAB, FINGOLIMOD, TERIFLUNOMIDE = "L01FA01", "L04AE01", "L04AK02"


def condition(*terms: tuple[str, str, Any], any_of: bool = False) -> Condition:
    return Condition(tuple(Term(name, Operator(op), answer) for name, op, answer in terms), any=any_of)


@pytest.mark.parametrize(
    ("name", "operator", "answer", "value", "expected"),
    [
        ("seen", "=", True, True, True),
        ("seen", "=", True, False, False),
        ("seen", "=", False, False, True),
        ("seen", "!=", True, False, True),
        ("seen", "=", False, None, False),
        ("seen", "!=", True, None, False),
        ("kind", "=", "a", "a", True),
        ("kind", "!=", "a", "a", False),
        ("kind", "!=", "a", None, False),
        ("kinds", "=", "x", ("x", "z"), True),
        ("kinds", "=", "y", ("x", "z"), False),
        ("kinds", "!=", "x", ("x", "z"), False),
        ("kinds", "!=", "y", ("x", "z"), True),
        ("name", "exists", True, "x", True),
        ("name", "exists", True, None, False),
        ("name", "exists", False, None, True),
        ("name", "exists", False, "x", False),
        ("seen", "exists", True, False, True),
        ("count", ">", Decimal(3), 4, True),
        ("count", ">", Decimal(3), 3, False),
        ("count", ">=", Decimal(3), 3, True),
        ("count", "<", Decimal(3), 3, False),
        ("count", "<=", Decimal(3), 3, True),
        ("count", "=", Decimal(3), 3, True),
        ("count", "!=", Decimal(3), 3, False),
        ("count", ">", Decimal(3), "unknown", False),
        ("count", "<", Decimal(3), "unknown", False),
        ("count", "!=", Decimal(3), "unknown", True),
        ("score", "<", Decimal("1.5"), Decimal("1.49"), True),
        ("score", "<", Decimal("1.5"), Decimal("1.50"), False),
        ("score", "=", Decimal("1.5"), Decimal("1.50"), True),
        ("day", ">=", date(2020, 2, 29), date(2020, 2, 28), False),
        ("day", ">=", date(2020, 2, 29), date(2020, 2, 29), True),
        ("day", ">=", date(2020, 2, 29), date(2020, 3, 1), True),
        ("day", "=", date(2020, 2, 29), date(2020, 2, 29), True),
    ],
)
def test_one_comparison(
    rich: Form, name: str, operator: str, answer: Any, value: Any, expected: bool
) -> None:
    assert holds(condition((name, operator, answer)), rich, {name: value}, ()) is expected


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("=", RITUXIMAB, True),
        ("=", FINGOLIMOD, False),
        ("=", None, False),
        ("!=", RITUXIMAB, False),
        ("!=", FINGOLIMOD, True),
        ("!=", None, False),
        ("=", "left the catalogue", False),
    ],
)
def test_a_group_stands_for_each_of_its_choices(
    rich: Form, operator: str, value: Any, expected: bool
) -> None:
    term = Condition((Term("medicine", Operator(operator), group="anti_cd20"),))
    assert holds(term, rich, {"medicine": value}, ()) is expected


YES, NO, UNSURE = True, False, None


@pytest.mark.parametrize(
    ("first", "second", "of_all", "of_any"),
    [
        (YES, YES, YES, YES),
        (YES, NO, NO, YES),
        (YES, UNSURE, UNSURE, YES),
        (NO, YES, NO, YES),
        (NO, NO, NO, NO),
        (NO, UNSURE, NO, UNSURE),
        (UNSURE, YES, UNSURE, YES),
        (UNSURE, NO, NO, UNSURE),
        (UNSURE, UNSURE, UNSURE, UNSURE),
    ],
)
def test_unknown_is_a_third_value(
    rich: Form, first: bool | None, second: bool | None, of_all: bool | None, of_any: bool | None
) -> None:
    values = {"seen": first, "name": "x" if second else "y"}
    faulty = [key for key, value in (("seen", first), ("name", second)) if value is None]
    assert holds(condition(A, B), rich, values, faulty) is of_all
    assert holds(condition(A, B, any_of=True), rich, values, faulty) is of_any


def chain() -> Form:
    def question(key: str, after: str | None) -> dict[str, Any]:
        label = {"nl": key, "en": key}
        plain = {"key": key, "type": "boolean", "label": label, "privacy": "clinical"}
        if after:
            plain["when"] = {"all": [{"item": after, "operator": "=", "answer": True}]}
        return plain

    items = [question("a", None), question("b", "a"), question("c", "b")]
    return build_form({"key": "k", "version": 1, "label": {"nl": "k", "en": "k"}, "items": items}, "k")


@pytest.mark.parametrize(
    ("values", "faulty", "expected"),
    [
        ({"a": True, "b": True, "c": True}, (), (True, True, True)),
        ({"a": False, "b": True, "c": True}, (), (True, False, False)),
        ({"b": True, "c": True}, (), (True, False, False)),
        ({"a": True, "b": False}, (), (True, True, False)),
        ({"b": True}, ("a",), (True, None, None)),
        ({"b": False}, ("a",), (True, None, None)),
        ({"a": False}, ("b",), (True, False, False)),
        ({"a": True}, ("b",), (True, True, None)),
    ],
)
def test_an_answer_to_a_hidden_question_does_not_count_further_on(
    values: dict[str, Any], faulty: tuple[str, ...], expected: tuple[bool | None, ...]
) -> None:
    assert tuple(asked(chain(), values, faulty).values()) == expected


def test_k2_mri_done_opens_its_questions() -> None:
    course = load("course")
    closed = asked(course, {"mri_done": False})
    opened = asked(course, {"mri_done": True, "mri_gadolinium": True})
    assert [key for key in opened if opened[key] and not closed[key]] == [
        "mri_date", "mri_region", "mri_gadolinium", "mri_new_t2", "mri_gd_lesions",
    ]  # fmt: skip


def test_g2_follow_up_questions_differ_per_medicine() -> None:
    form = load("medication")
    rituximab, fingolimod, teriflunomide = (
        asked(form, {"medicine": code}) for code in (RITUXIMAB, FINGOLIMOD, TERIFLUNOMIDE)
    )
    assert (rituximab["igg"], fingolimod["igg"]) == (True, False)
    assert (rituximab["first_dose_ecg"], fingolimod["first_dose_ecg"]) == (False, True)
    assert teriflunomide["washout_done"] is False
    stopped = asked(form, {"medicine": TERIFLUNOMIDE, "stop_date": date(2024, 1, 1)})
    assert stopped["washout_done"] is True
    assert asked(form, {}, faulty=["medicine"])["igg"] is None
