"""The four criteria of a valid report, seriousness and its term (SPEC L1; domain 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from msreg.rules.icsr import Criterion, ReportFacts, is_serious, report_before, revealing, validity

WHOLE = ReportFacts(
    reporter="Ziekenhuis De Amstelhof",
    birth_date=date(1980, 5, 6),
    sex="female",
    medicine="L04AG08",
    medicine_known=True,
    description="koorts",
)


def test_l1_a_whole_report_is_valid() -> None:
    found = validity(WHOLE)
    assert found.criteria == dict.fromkeys(Criterion, True)
    assert (found.valid, found.sendable, found.missing) == (True, True, ())


@pytest.mark.parametrize(
    ("lacking", "criterion", "met", "missing"),
    [
        ({"reporter": None}, Criterion.REPORTER, None, ("centre.name",)),
        ({"reporter": "  "}, Criterion.REPORTER, None, ("centre.name",)),
        ({"birth_date": None, "sex": None}, Criterion.PATIENT, None, ("patient.birth_date", "patient.sex")),
        ({"medicine": None, "medicine_known": False}, Criterion.PRODUCT, None, ("medication.medicine",)),
        ({"medicine": "X", "medicine_known": False}, Criterion.PRODUCT, False, ("medication.medicine",)),
        ({"description": None}, Criterion.REACTION, None, ("description",)),
        ({"description": "?"}, Criterion.REACTION, False, ("description",)),
    ],
)
def test_l1_what_lacks_one_of_the_four_is_not_sent(
    lacking: dict[str, object], criterion: Criterion, met: bool | None, missing: tuple[str, ...]
) -> None:
    found = validity(replace(WHOLE, **lacking))  # type: ignore[arg-type]
    assert found.criteria[criterion] is met
    assert {each for each, value in found.criteria.items() if value is not True} == {criterion}
    assert (found.valid, found.sendable, found.missing) == (met, False, missing)


@pytest.mark.parametrize("lacking", ["birth_date", "sex"])
def test_l1_one_of_birth_date_and_sex_makes_a_patient(lacking: str) -> None:
    assert validity(replace(WHOLE, **{lacking: None})).sendable  # type: ignore[arg-type]


def test_l1_open_questions_keep_a_valid_report_back_and_are_named_once() -> None:
    found = validity(replace(WHOLE, open_questions=("outcome",)))
    assert (found.valid, found.sendable, found.missing) == (True, False, ("outcome",))
    found = validity(replace(WHOLE, description=None, open_questions=("description", "outcome")))
    assert found.missing == ("description", "outcome")


def test_l1_what_names_the_patient_is_kept_back() -> None:
    found = validity(replace(WHOLE, revealing=("event_course",)))
    assert (found.valid, found.sendable) == (True, False)


@pytest.mark.parametrize(
    ("text", "reveals"),
    [
        ("koorts na het infuus", False),
        ("mw. Jansen kreeg koorts", True),
        ("koorts,jansen belde", True),
        ("Jansén had koorts", True),
        ("Jansens tante", False),
        ("bsn 999990019", True),
        ("bsn 9999.90.019", True),
        ("999990018 is geen bsn", False),
        ("dosis 123456789012", False),
        ("patiënt 00123 kreeg koorts", True),
        ("patiënt 001234 kreeg koorts", False),
        ("mail a.jansen@example.org", True),
        (None, False),
    ],
)
def test_a_name_or_number_in_the_words_is_found(text: str | None, reveals: bool) -> None:
    found = revealing(
        {"course": text}, names=("Jansen", None), numbers=("00123", "a.jansen@example.org", None)
    )
    assert found == (("course",) if reveals else ())


def test_names_of_two_letters_are_ordinary_words() -> None:
    assert revealing({"x": "wie is er"}, names=("Er",), numbers=("1",)) == ()
    assert revealing({"x": "van der Berg belde"}, names=("van der Berg",), numbers=()) == ("x",)


def test_serious_is_what_somebody_said_is() -> None:
    assert is_serious(("death",)) is True
    assert is_serious(()) is None
    assert is_serious(None) is None


def test_the_term_is_15_days_for_what_is_serious_and_90_otherwise() -> None:
    assert report_before(date(2024, 2, 14), True) == date(2024, 2, 29)
    assert report_before(date(2024, 2, 15), True) == date(2024, 3, 1)
    assert report_before(date(2023, 2, 14), True) == date(2023, 3, 1)
    assert report_before(date(2026, 1, 1), None) == report_before(date(2026, 1, 1), False) == date(2026, 4, 1)
