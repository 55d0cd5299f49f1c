"""Which question comes next, which was before, what is open: over the real forms (SPEC K1, K2, G2, G3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from msreg.forms.columns import forms_of
from msreg.forms.definition import Item
from msreg.forms.walking import (
    is_required,
    nameable,
    next_question,
    progress,
    question_before,
    questions,
)
from msreg.vocabulary import Record

DAY = date(2026, 11, 20)
MRI = ["mri_date", "mri_region", "mri_gadolinium", "mri_new_t2"]


def keys(record: Record, **values: Any) -> list[str]:
    return [item.key for item in questions(forms_of(record), values)]


def key_of(item: Item | None) -> str | None:
    return None if item is None else item.key


def test_k1_the_date_is_the_first_question_of_a_course() -> None:
    assert key_of(next_question(forms_of(Record.COURSE), {}, [])) == "course_date"


def test_p1_p2_consent_comes_first_and_the_diagnosis_after_the_patient() -> None:
    asked = keys(Record.PATIENT)
    assert asked[:2] == ["consent", "consent_date"]
    assert asked.index("treatment_ended") < asked.index("first_symptom")


@pytest.mark.parametrize(
    ("values", "shown"),
    [({}, []), ({"mri_done": False}, []), ({"mri_done": True}, MRI),
     ({"mri_done": True, "mri_gadolinium": True}, [*MRI, "mri_gd_lesions"]),
     ({"mri_done": False, "mri_gadolinium": True}, [])],
)  # fmt: skip
def test_k2_questions_come_and_go_with_the_answers(values: dict[str, Any], shown: list[str]) -> None:
    asked = keys(Record.COURSE, **values)
    assert [key for key in asked if key.startswith("mri_") and key != "mri_done"] == shown


@pytest.mark.parametrize(
    ("medicine", "asked"),
    [("L04AG08", True), ("L04AG03", True), ("L04AC01", False)],
)  # fmt: skip
def test_g3_a_deviating_interval_is_asked_where_there_is_a_regular_one(medicine: str, asked: bool) -> None:
    assert ("deviating_interval" in keys(Record.MEDICATION, medicine=medicine)) is asked


def test_g2_what_is_asked_at_the_end_appears_with_the_stop_date() -> None:
    values = {"medicine": "L04AG08", "start_date": DAY}
    assert not {"safety_issue", "stop_reasons"} & set(keys(Record.MEDICATION, **values))
    assert {"safety_issue", "stop_reasons"} <= set(keys(Record.MEDICATION, **values, stop_date=DAY))


def test_next_is_the_first_that_was_not_passed_wherever_it_stands() -> None:
    forms = forms_of(Record.COURSE)
    values = {"course_date": DAY, "edss_method": "not_done", "mri_done": False}
    passed = ["course_date", "edss_method", "mri_done"]
    assert key_of(next_question(forms, values, passed)) == "fs_pyramidal"
    opened = values | {"edss_method": "assessed"}
    assert key_of(next_question(forms, opened, passed)) == "edss"
    everything = [item.key for form in forms for item in form.items]
    assert next_question(forms, values, everything) is None


def test_the_question_before_is_one_that_is_asked() -> None:
    forms = forms_of(Record.COURSE)
    values = {"edss_method": "not_done"}
    assert question_before(forms, values, "course_date") is None
    assert key_of(question_before(forms, values, "mri_done")) == "edss_method"
    assert key_of(question_before(forms, values | {"edss_method": "assessed"}, "mri_done")) == "edss"
    assert key_of(question_before(forms, values, None)) == "fs_ambulation"


def test_the_question_before_goes_over_from_one_form_to_the_next() -> None:
    assert key_of(question_before(forms_of(Record.PATIENT), {}, "first_symptom")) == "treatment_ended"


def test_progress_counts_what_is_asked_answered_and_open() -> None:
    forms = forms_of(Record.COURSE)
    nothing = progress(forms, {})
    assert (nothing.answered, [item.key for item in nothing.open]) == (
        0,
        ["course_date", "edss_method", "mri_done"],
    )
    some = progress(forms, {"course_date": DAY, "mri_done": True, "mri_date": DAY})
    assert (some.asked - nothing.asked, some.answered) == (4, 3)
    assert [item.key for item in some.open] == ["edss_method", *MRI[1:]]


def test_a_hidden_answer_is_not_counted() -> None:
    """K4: it waits until its question is asked again."""
    forms = forms_of(Record.COURSE)
    values = {"mri_done": False, "mri_date": DAY}
    assert progress(forms, values).answered == 1
    assert progress(forms, values | {"mri_done": True}).answered == 2


@pytest.mark.parametrize("answer", [None, DAY])
def test_required_is_what_needs_an_answer_whatever_it_has_now(answer: date | None) -> None:
    (form,) = forms_of(Record.DISEASE)
    for kind, required in (("relapse", True), ("phenotype", True), ("referral", False)):
        assert is_required(form, form["date"], {"kind": kind, "date": answer}) is required
    assert is_required(form, form["methylprednisolone"], {"kind": "relapse"})
    assert not is_required(form, form["methylprednisolone"], {"kind": "referral"})


@pytest.mark.parametrize(
    ("record", "values", "stands"),
    [
        (Record.COURSE, {}, False),
        (Record.COURSE, {"edss_method": "not_done"}, False),
        (Record.COURSE, {"course_date": DAY}, True),
        (Record.DISEASE, {"kind": "relapse"}, False),
        (Record.DISEASE, {"kind": "relapse", "date": DAY}, True),
        (Record.DISEASE, {"kind": "referral"}, True),
        (Record.MEDICATION, {"medicine": "L04AG08"}, False),
        (Record.MEDICATION, {"medicine": "L04AG08", "start_date": DAY}, True),
        (Record.ADVERSE_EVENT, {"report_to_lareb": True}, False),
        (Record.ADVERSE_EVENT, {"description": "rash"}, True),
        (Record.PATIENT, {"consent": True}, False),
        (Record.PATIENT, {"patient_number": "1"}, True),
    ],
)
def test_a_record_can_be_found_again_once_what_names_it_is_answered(
    record: Record, values: dict[str, Any], stands: bool
) -> None:
    assert nameable(forms_of(record), values) is stands
