"""What is lacking, what counts, and what is kept for later."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from msreg.forms.answers import counting, hidden, open_questions, with_defaults
from msreg.forms.definition import Form
from msreg.forms.load import build_form, load

COURSE: dict[str, Any] = {"course_date": date(2024, 1, 5), "edss_method": "not_done", "mri_done": True}
MRI: dict[str, Any] = {
    "mri_date": date(2024, 1, 4),
    "mri_region": "brain",
    "mri_gadolinium": False,
    "mri_new_t2": "0",
}


def keys(form: Form, values: dict[str, Any], faulty: tuple[str, ...] = ()) -> list[str]:
    return [item.key for item in open_questions(form, values, faulty)]


def test_open_questions_are_those_that_are_asked_and_required() -> None:
    course = load("course")
    assert keys(course, {}) == ["course_date", "edss_method", "mri_done"]
    assert keys(course, COURSE) == ["mri_date", "mri_region", "mri_gadolinium", "mri_new_t2"]
    assert keys(course, COURSE | MRI) == []
    assert keys(course, COURSE | MRI | {"mri_gadolinium": True}) == ["mri_gd_lesions"]
    assert keys(course, COURSE | MRI | {"edss_method": "assessed"}) == ["edss"]
    assert keys(course, COURSE | {"mri_done": False}) == []


def test_a_faulty_answer_is_not_an_open_question_nor_are_those_that_turn_on_it() -> None:
    course = load("course")
    assert keys(course, {"course_date": date(2024, 1, 5)}, ("mri_done", "edss_method")) == []
    assert keys(course, COURSE, ("mri_date",)) == ["mri_region", "mri_gadolinium", "mri_new_t2"]


def test_k4_hidden_answers_do_not_count_and_come_back() -> None:
    course = load("course")
    answered = COURSE | MRI
    closed = answered | {"mri_done": False}
    assert [item.key for item in hidden(course, closed)] == list(MRI)
    assert not set(MRI) & set(counting(course, closed))
    assert hidden(course, answered) == []
    assert hidden(course, {"course_date": date(2024, 1, 5)}) == []
    assert counting(course, closed | {"mri_done": True}) == answered


def test_answers_of_which_nobody_knows_whether_they_are_asked_are_not_hidden_and_do_not_count() -> None:
    course = load("course")
    assert hidden(course, MRI, ["mri_done"]) == []
    assert counting(course, {**MRI, "course_date": date(2024, 1, 5)}) == {"course_date": date(2024, 1, 5)}


def test_required_when_narrows_what_is_required(rich: Form) -> None:
    assert "unasked" in keys(rich, {"kinds": ("x", "y")})
    assert "unasked" not in keys(rich, {"kinds": ("y",)})
    assert "unasked" not in keys(rich, {"kinds": ("x",), "name": "x"})
    assert "unasked" not in keys(rich, {}, ("kinds",))


@pytest.mark.parametrize(("first", "lacking"), [(True, ["third"]), (False, [])])
def test_required_when_does_not_read_a_hidden_answer(first: bool, lacking: list[str]) -> None:
    label = {"nl": "x", "en": "x"}
    base = {"type": "boolean", "label": label, "privacy": "clinical"}

    def yes(key: str) -> dict[str, Any]:
        return {"all": [{"item": key, "operator": "=", "answer": True}]}

    items = [
        {**base, "key": "first"},
        {**base, "key": "second", "when": yes("first")},
        {**base, "key": "third", "required_when": yes("second")},
    ]
    form = build_form({"key": "k", "version": 1, "label": label, "items": items}, "k")
    assert keys(form, {"first": first, "second": True}) == lacking
    assert keys(form, {"second": True}, ("first",)) == []


def test_the_date_of_a_referral_may_lack() -> None:
    disease = load("disease")
    assert keys(disease, {"kind": "referral", "referred_by": "gp"}) == []
    assert keys(disease, {"kind": "relapse", "methylprednisolone": False}) == ["date"]


def test_defaults_fill_what_was_not_answered() -> None:
    patient = load("patient")
    filled = with_defaults(patient, {"language": "en", "deceased": None})
    assert filled == {"language": "en", "deceased": False, "treatment_ended": False}
