"""Which PROM lists are expected, and which count as filled in (SPEC Q1, Q4)."""

from __future__ import annotations

from datetime import date

import pytest

from msreg.rules.response import Expected, expected_lists

TODAY = date(2026, 11, 21)
D = date


def found(courses: list[date], answers: list[date] = [], **how: object) -> list[Expected]:  # noqa: B006
    usual = {"reachable": True, "ended": (), "today": TODAY}
    return expected_lists(courses, answers, **(usual | how))  # type: ignore[arg-type]


@pytest.mark.parametrize(("today", "lists"), [(D(2026, 3, 14), 0), (D(2026, 3, 15), 1), (D(2026, 3, 16), 1)])
def test_a_list_is_expected_two_calendar_months_after_a_course(today: date, lists: int) -> None:
    assert len(found([D(2026, 1, 15)], today=today)) == lists


def test_a_month_that_has_no_such_day_is_clipped() -> None:
    assert found([D(2025, 12, 31)])[0].due_on == D(2026, 2, 28)
    assert found([D(2023, 12, 30)])[0].due_on == D(2024, 2, 29)


@pytest.mark.parametrize(
    ("answered", "filled"), [(D(2026, 3, 14), False), (D(2026, 3, 15), True), (D(2026, 3, 16), True)]
)
def test_filled_in_from_the_day_on(answered: date, filled: bool) -> None:
    assert found([D(2026, 1, 15)], [answered]) == [Expected(D(2026, 3, 15), filled)]


@pytest.mark.parametrize(("answered", "filled"), [
    (D(2026, 3, 14), [True, False]), (D(2026, 3, 15), [False, True]), (D(2026, 3, 16), [False, True]),
])  # fmt: skip
def test_until_the_next_one_is_expected(answered: date, filled: list[bool]) -> None:
    assert [each.filled for each in found([D(2025, 1, 15), D(2026, 1, 15)], [answered])] == filled


@pytest.mark.parametrize(("newer", "lists"), [
    (D(2026, 3, 14), [D(2026, 5, 14)]), (D(2026, 3, 15), [D(2026, 5, 15)]),
    (D(2026, 3, 16), [D(2026, 3, 15), D(2026, 5, 16)]),
])  # fmt: skip
def test_a_newer_course_before_the_day_moves_it(newer: date, lists: list[date]) -> None:
    assert [each.due_on for each in found([D(2026, 1, 15), newer])] == lists


@pytest.mark.parametrize(("gone", "lists"), [(D(2026, 3, 14), 0), (D(2026, 3, 15), 0), (D(2026, 3, 16), 1)])
def test_nothing_is_expected_from_who_is_gone(gone: date, lists: int) -> None:
    """Dead, out of treatment or without consent: on that day already."""
    for ended in ((gone,), (None, gone), (None, None, gone)):
        assert len(found([D(2026, 1, 15)], ended=ended)) == lists


def test_nobody_without_consent_or_address_and_nothing_without_courses() -> None:
    assert found([D(2026, 1, 15)], reachable=False) == []
    assert found([]) == []
