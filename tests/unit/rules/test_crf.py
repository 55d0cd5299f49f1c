"""Checks of the case and of the CRF of maternal death: each with what it lets through and what it refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from msreg.forms.load import load
from msreg.rules.case_checks import CASE, all_case_checks, run_case_checks
from msreg.vocabulary import CaseForm, Severity

D = date.fromisoformat
CRF = {
    "death_date": D("2026-01-20"), "pregnancy_end": "birth", "gestation_weeks": 38, "delivery_date": D("2026-01-10"),
    "gravidity": 3, "parity": 2, "child_outcome": "alive", "multiple": False,
}  # fmt: skip
OF_CASE = {"event_date": D("2026-01-20"), "pregnancy_ended": True, "delivery_date": D("2026-01-10")}
UNDELIVERED = ("ongoing", "miscarriage", "ectopic")

CASES: list[tuple[str, bool, dict[str, Any], dict[str, Any]]] = [
    # code, refused, answers that differ, answers of the case that differ
    ("CRF-001", False, {"delivery_date": D("2025-01-20")}, {}),
    ("CRF-001", False, {"delivery_date": D("2025-01-21")}, {}),
    ("CRF-001", True, {"delivery_date": D("2025-01-19")}, {}),
    ("CRF-001", False, {"delivery_date": D("2024-02-29"), "death_date": D("2025-02-28")}, {}),
    ("CRF-001", True, {"delivery_date": D("2024-02-29"), "death_date": D("2025-03-01")}, {}),
    ("CRF-001", False, {"delivery_date": None, "death_date": D("2030-01-01")}, {}),
    ("CRF-002", False, {"delivery_date": D("2026-01-19")}, {}),
    ("CRF-002", False, {"delivery_date": D("2026-01-20")}, {}),
    ("CRF-002", True, {"delivery_date": D("2026-01-21")}, {}),
    ("CRF-003", False, {"parity": 3}, {}),
    ("CRF-003", True, {"parity": 4}, {}),
    ("CRF-003", False, {"parity": 0}, {}),
    *[("CRF-004", True, {"pregnancy_end": end, "parity": 3}, {}) for end in UNDELIVERED],
    *[("CRF-004", False, {"pregnancy_end": end, "parity": 2}, {}) for end in UNDELIVERED],
    *[("CRF-004", False, {"pregnancy_end": end, "parity": 3}, {}) for end in ("birth", "termination")],
    ("CRF-005", True, {"gestation_weeks": 15}, {}),
    ("CRF-005", False, {"gestation_weeks": 16}, {}),
    ("CRF-005", False, {"pregnancy_end": "miscarriage", "gestation_weeks": 23}, {}),
    ("CRF-005", True, {"pregnancy_end": "miscarriage", "gestation_weeks": 24}, {}),
    ("CRF-005", False, {"pregnancy_end": "termination", "gestation_weeks": 8}, {}),
    ("CRF-005", False, {"pregnancy_end": "ongoing", "gestation_weeks": 30}, {}),
    ("CRF-006", True, {"child_outcome": "not_applicable"}, {}),
    *[("CRF-006", True, {"pregnancy_end": end}, {}) for end in UNDELIVERED],
    *[
        ("CRF-006", False, {"pregnancy_end": end, "child_outcome": "not_applicable"}, {})
        for end in UNDELIVERED
    ],
    *[
        ("CRF-006", False, {"pregnancy_end": "termination", "child_outcome": outcome}, {})
        for outcome in ("alive", "stillborn", "not_applicable")
    ],
    ("CRF-007", False, {}, {}),
    ("CRF-007", True, {}, {"event_date": D("2026-01-19")}),
    ("CRF-007", False, {}, {"event_date": None}),
    ("CRF-008", False, {}, {}),
    ("CRF-008", True, {}, {"pregnancy_ended": False}),
    ("CRF-008", True, {"pregnancy_end": "ongoing"}, {}),
    ("CRF-008", False, {"pregnancy_end": "ongoing"}, {"pregnancy_ended": False}),
    ("CRF-008", False, {"pregnancy_end": "ongoing"}, {"pregnancy_ended": None}),
    ("CRF-009", False, {}, {}),
    ("CRF-009", True, {}, {"delivery_date": D("2026-01-11")}),
    ("CRF-009", False, {}, {"delivery_date": None}),
]
DATES: list[tuple[str, bool, str, str]] = [
    ("CAS-001", True, "2025-03-01", "2025-02-28"),
    ("CAS-001", False, "2025-03-01", "2025-03-01"),
    ("CAS-001", False, "2025-03-01", "2025-03-02"),
    ("CAS-002", False, "2024-02-29", "2025-01-08"),
    ("CAS-002", False, "2024-02-29", "2025-01-09"),
    ("CAS-002", True, "2024-02-29", "2025-01-10"),
]


def told(code: str, answers: dict[str, Any], case: dict[str, Any], **more: Any) -> list[Any]:
    return [each for each in run_case_checks(CaseForm.CRF, answers, case, **more) if each.code == code]


@pytest.mark.parametrize(("code", "refused", "answers", "case"), CASES)
def test_each_check_of_the_crf(
    code: str, refused: bool, answers: dict[str, Any], case: dict[str, Any]
) -> None:
    found = told(code, CRF | answers, OF_CASE | case)
    assert len(found) == refused
    for each in found:
        assert each.form is CaseForm.CRF
        assert each.field in load(CaseForm.CRF).by_key
        assert "{" not in each.text() + (each.hint_text() or "")


@pytest.mark.parametrize(("code", "refused", "start", "end"), DATES)
def test_each_check_of_the_dates_of_a_case(code: str, refused: bool, start: str, end: str) -> None:
    answers = {"pregnancy_start": D(start), "delivery_date": D(end)}
    found = [each.code for each in run_case_checks(CaseForm.CASE, answers)]
    assert (code in found) is refused


def test_every_check_has_a_case_that_it_refuses_and_one_that_it_lets_through() -> None:
    seen = {(code, refused) for code, refused, *_rest in (*CASES, *DATES)}
    assert seen == {(each.code, refused) for each in all_case_checks() for refused in (True, False)}


def test_a_sound_crf_has_no_findings() -> None:
    assert run_case_checks(CaseForm.CRF, CRF, OF_CASE) == []
    assert run_case_checks(CaseForm.CRF, CRF) == []
    assert run_case_checks(CaseForm.CRF, {}) == []
    assert run_case_checks(CaseForm.SWANSEA, CRF, OF_CASE) == []


def test_a_refused_answer_is_not_told_of_twice() -> None:
    answers = CRF | {"parity": 4}
    assert told("CRF-003", answers, OF_CASE)
    assert not told("CRF-003", answers, OF_CASE, faulty={"parity"})
    assert not told("CRF-003", answers, OF_CASE, faulty={"gravidity"})


def test_checks_read_questions_that_are_there() -> None:
    for each in all_case_checks():
        for key in each.reads:
            form = CaseForm.CASE if key.startswith(CASE) else each.record
            assert key.removeprefix(CASE) in load(form).by_key


def test_findings_hold_no_answer() -> None:
    """Only limits stand in them: whoever reads a log learns nothing of the case."""
    answers = {**CRF, "delivery_date": D("2024-01-05"), "parity": 9, "gestation_weeks": 15}
    for each in run_case_checks(CaseForm.CRF, answers, OF_CASE | {"event_date": D("2025-01-01")}):
        assert set(each.params.values()) <= {16, 24}


def test_errors_and_warnings() -> None:
    warnings = {each.code for each in all_case_checks() if each.severity is Severity.WARNING}
    assert warnings == {"CAS-002", "CRF-002", "CRF-005"}
    (found,) = told("CRF-002", CRF | {"delivery_date": D("2026-01-21")}, {})
    assert not found.is_error
