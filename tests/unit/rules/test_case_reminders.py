"""Reminders of cases: the day before, the day, the day after; once each; none after the state changed (SPEC N8)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msreg.rules.case_reminders import Reminder, coming, due, reminder_dates, reminders
from msreg.vocabulary import CaseState

DAY = timedelta(days=1)
SINCE = date(2026, 3, 5)
WAITING = (CaseState.CONCEPT, CaseState.INCOMPLETE)


def test_four_eight_and_twelve_weeks_later() -> None:
    assert reminder_dates(SINCE) == (date(2026, 4, 2), date(2026, 4, 30), date(2026, 5, 28))
    assert [each - SINCE for each in reminder_dates(SINCE)] == [28 * DAY, 56 * DAY, 84 * DAY]


def test_a_leap_day_is_a_day() -> None:
    assert reminder_dates(date(2024, 2, 1))[0] == date(2024, 2, 29)
    assert reminder_dates(date(2024, 2, 2))[0] == date(2024, 3, 1)
    assert reminder_dates(date(2024, 2, 29)) == (date(2024, 3, 28), date(2024, 4, 25), date(2024, 5, 23))


@pytest.mark.parametrize("state", WAITING)
@pytest.mark.parametrize(("at", "sent"), [(0, ()), (1, (4,)), (2, (4, 8))])
def test_due_on_the_day_and_not_the_day_before(state: CaseState, at: int, sent: tuple[int, ...]) -> None:
    reminder = reminders(SINCE)[at]
    assert due(state, SINCE, reminder.on - DAY, sent) is None
    assert due(state, SINCE, reminder.on, sent) == reminder
    assert due(state, SINCE, reminder.on + DAY, sent) == reminder
    assert due(state, SINCE, reminder.on, (*sent, reminder.weeks)) is None
    assert due(state, SINCE, reminder.on + 700 * DAY, (4, 8, 12)) is None


@pytest.mark.parametrize("state", [each for each in CaseState if each not in WAITING])
@pytest.mark.parametrize("days", [0, 27, 28, 29, 56, 84, 400])
def test_nobody_is_reminded_of_a_case_that_does_not_wait_for_them(state: CaseState, days: int) -> None:
    assert due(state, SINCE, SINCE + days * DAY) is None
    assert coming(state, SINCE, SINCE + days * DAY) is None


def test_a_return_begins_a_new_round() -> None:
    """What was sent before it counts no more: the caller asks with the day and what was sent since."""
    returned = SINCE + 60 * DAY
    assert due(CaseState.CONCEPT, SINCE, returned, (4,)) == Reminder(8, SINCE + 56 * DAY)
    assert due(CaseState.INCOMPLETE, returned, returned) is None
    assert due(CaseState.INCOMPLETE, returned, returned + 27 * DAY) is None
    assert due(CaseState.INCOMPLETE, returned, returned + 28 * DAY) == Reminder(4, returned + 28 * DAY)


@pytest.mark.parametrize(
    ("days", "sent", "weeks"),
    [(55, (), 4), (56, (), 8), (83, (), 8), (84, (), 12), (200, (), 12), (84, (4,), 12), (60, (8,), None)],
)
def test_after_a_silence_the_latest_goes_alone(days: int, sent: tuple[int, ...], weeks: int | None) -> None:
    found = due(CaseState.CONCEPT, SINCE, SINCE + days * DAY, sent)
    assert (found and found.weeks) == weeks


@pytest.mark.parametrize(("days", "weeks"), [(-1, 4), (0, 4), (27, 4), (28, 8), (55, 8), (56, 12), (83, 12)])
def test_the_first_that_is_still_to_come(days: int, weeks: int) -> None:
    found = coming(CaseState.INCOMPLETE, SINCE, SINCE + days * DAY)
    assert found is not None
    assert (found.weeks, found.on) == (weeks, SINCE + timedelta(weeks=weeks))


def test_after_the_last_none_is_to_come() -> None:
    assert coming(CaseState.CONCEPT, SINCE, SINCE + 84 * DAY) is None


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.lists(st.integers(0, 120), max_size=40))
def test_run_on_any_days_each_goes_at_most_once_and_in_order(since: date, days: list[int]) -> None:
    """SPEC R2: twice on one day, days left out: nobody gets one twice, and the last is not forgotten."""
    sent: list[int] = []
    for day in sorted(days):
        found = due(CaseState.CONCEPT, since, since + day * DAY, sent)
        if found is not None:
            assert found.on <= since + day * DAY
            sent.append(found.weeks)
    assert sent == sorted(set(sent))
    if max(days, default=0) >= 84:
        assert sent[-1] == 12
