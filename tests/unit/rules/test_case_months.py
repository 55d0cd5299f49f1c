"""Months: arithmetic at the ends of years, what a centre answered, and what counts for the response (SPEC N2, N9)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msreg.rules.case_months import (
    Answer,
    Response,
    Taking,
    answer_of,
    counts,
    is_asked,
    month_after,
    month_of,
    months_between,
    response,
)

NOW = "2026-11"
SINCE_JANUARY = Taking("2026-01")
months = st.dates(date(2000, 1, 1), date(2100, 12, 31)).map(month_of)


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 11, 30), "2026-11"),
        (date(2026, 12, 1), "2026-12"),
        (date(2026, 12, 31), "2026-12"),
        (date(2027, 1, 1), "2027-01"),
        (date(2024, 2, 29), "2024-02"),
        (date(2024, 3, 1), "2024-03"),
    ],
)
def test_the_month_of_a_day(day: date, month: str) -> None:
    assert month_of(day) == month


@pytest.mark.parametrize(
    ("month", "count", "after"),
    [("2026-11", 1, "2026-12"), ("2026-12", 1, "2027-01"), ("2026-01", -1, "2025-12"), ("2026-11", -11, "2025-12"),
     ("2026-11", 0, "2026-11"), ("2024-02", 12, "2025-02")],
)  # fmt: skip
def test_the_month_after_another(month: str, count: int, after: str) -> None:
    assert month_after(month, count) == after


@given(month=months, count=st.integers(-200, 200))
def test_so_many_months_forth_and_back_is_the_same_month(month: str, count: int) -> None:
    assert month_after(month_after(month, count), -count) == month
    first, last = sorted((month, month_after(month, count)))
    between = months_between(first, last)
    assert len(between) == abs(count) + 1
    assert (between[0], between[-1]) == (first, last)
    assert list(between) == sorted(set(between))


def test_no_months_between_a_month_and_one_before_it() -> None:
    assert months_between("2026-11", "2026-10") == ()
    assert months_between("2026-11", "2026-11") == ("2026-11",)


def answer(
    month: str, *, null_report: bool = False, cases: int = 0, taking: Taking = SINCE_JANUARY
) -> Answer:
    return answer_of(null_report=null_report, cases=cases, month=month, taking=taking, this_month=NOW)


@pytest.mark.parametrize(
    ("month", "expected"),
    [("2025-12", Answer.NOT_ASKED), ("2026-01", Answer.OPEN), ("2026-10", Answer.OPEN), ("2026-11", Answer.OPEN),
     ("2026-12", Answer.NOT_ASKED)],
)  # fmt: skip
def test_nothing_said_is_open_from_the_first_month_until_this_one(month: str, expected: Answer) -> None:
    assert answer(month) is expected


def test_a_case_is_an_answer_whatever_else_was_said() -> None:
    assert answer("2026-05", cases=2, null_report=True) is Answer.CASES
    assert answer("2026-05", null_report=True) is Answer.NULL_REPORT
    assert answer("2025-12", null_report=True) is Answer.NULL_REPORT  # shown, though nobody asked
    assert answer("2025-12", cases=1) is Answer.CASES


@pytest.mark.parametrize(
    ("month", "counted"), [("2025-12", False), ("2026-01", True), ("2026-10", True), ("2026-11", False)]
)
def test_a_month_counts_from_the_first_one_until_the_last_that_is_over(month: str, counted: bool) -> None:
    assert counts(month, Taking("2026-01"), NOW) is counted


def test_who_left_is_asked_until_the_last_month() -> None:
    gone = Taking("2026-01", "2026-03")
    assert [is_asked(f"2026-{each:02}", gone) for each in (1, 3, 4)] == [True, True, False]
    assert not is_asked("2026-01", Taking(None))


def test_the_response_of_nothing_is_of_nothing() -> None:
    assert response([]) == Response(0, 0)
    assert response([Answer.OPEN]) == Response(0, 1)
    assert response([Answer.CASES, Answer.NULL_REPORT, Answer.OPEN]) == Response(2, 3)
