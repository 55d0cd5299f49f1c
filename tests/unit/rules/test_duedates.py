"""Due dates against their definitions, for every day of a third of a century."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise

import pytest
from dateutil.relativedelta import relativedelta

from msreg.rules.duedates import (
    ask_due_on,
    asked_up_to,
    course_due_on,
    invite_due_on,
    months_after,
    newest_slot,
    years_before,
)

DAY = timedelta(days=1)
DAYS = [date(1999, 1, 1) + n * DAY for n in range((date(2033, 1, 1) - date(1999, 1, 1)).days)]


def test_course_is_due_on_the_first_day_that_the_definition_holds() -> None:
    """SPEC P7: due when `last < today - 1 year`; true from that day on and never before."""
    for last in DAYS:
        due = course_due_on(last, False, False)
        assert due is not None
        assert last < due - relativedelta(years=1)
        assert not last < (due - DAY) - relativedelta(years=1)


def test_definition_never_turns_back() -> None:
    """Once older than a year, always older than a year: so the first day says it all."""
    year_ago = [day - relativedelta(years=1) for day in DAYS]
    assert year_ago == sorted(year_ago)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (date(2023, 2, 27), date(2024, 2, 28)),
        (date(2023, 2, 28), date(2024, 3, 1)),
        (date(2023, 3, 1), date(2024, 3, 2)),
        (date(2024, 2, 27), date(2025, 2, 28)),
        (date(2024, 2, 28), date(2025, 3, 1)),
        (date(2024, 2, 29), date(2025, 3, 1)),
        (date(2024, 3, 1), date(2025, 3, 2)),
        (date(2023, 12, 31), date(2025, 1, 1)),
    ],
)
def test_course_due_around_29_february(last: date, due: date) -> None:
    assert course_due_on(last, False, False) == due


@pytest.mark.parametrize(("deceased", "ended"), [(True, False), (False, True), (True, True), (True, None)])
def test_course_is_not_due_after_death_or_the_end_of_treatment(deceased: bool, ended: bool | None) -> None:
    """SPEC P7."""
    assert course_due_on(date(2020, 1, 1), deceased, ended) is None


def test_course_is_not_due_without_a_course() -> None:
    assert course_due_on(None, False, False) is None


def test_unknown_is_neither_deceased_nor_ended() -> None:
    assert course_due_on(date(2020, 1, 1), None, None) == date(2021, 1, 2)


def test_invitation_two_calendar_months_later() -> None:
    """SPEC Q1: clipped to the month's end."""
    for last in DAYS:
        assert invite_due_on(last, True, "a@example.org", False, False) == last + relativedelta(months=2)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (date(2023, 12, 28), date(2024, 2, 28)),
        (date(2023, 12, 29), date(2024, 2, 29)),
        (date(2023, 12, 31), date(2024, 2, 29)),
        (date(2024, 12, 31), date(2025, 2, 28)),
        (date(2024, 7, 31), date(2024, 9, 30)),
        (date(2024, 10, 31), date(2024, 12, 31)),
        (date(2024, 11, 30), date(2025, 1, 30)),
        (date(2024, 2, 29), date(2024, 4, 29)),
    ],
)
def test_invitation_at_the_end_of_a_month(last: date, due: date) -> None:
    assert invite_due_on(last, True, "a@example.org", False, False) == due


@pytest.mark.parametrize(
    ("last", "consent", "email", "deceased", "ended"),
    [
        (None, True, "a@example.org", False, False),
        (date(2024, 1, 1), False, "a@example.org", False, False),
        (date(2024, 1, 1), None, "a@example.org", False, False),
        (date(2024, 1, 1), True, None, False, False),
        (date(2024, 1, 1), True, "", False, False),
        (date(2024, 1, 1), True, "a@example.org", True, False),
        (date(2024, 1, 1), True, "a@example.org", False, True),
    ],
)
def test_nobody_is_invited_without(
    last: date | None, consent: bool | None, email: str | None, deceased: bool, ended: bool
) -> None:
    """SPEC Q1: consent, an e-mail address, alive and treatment not ended."""
    assert invite_due_on(last, consent, email, deceased, ended) is None


@pytest.mark.parametrize("years", [1, 2, 4, 20])
def test_years_before(years: int) -> None:
    for day in DAYS:
        assert years_before(day, years) == day - relativedelta(years=years)


@pytest.mark.parametrize("months", [0, 1, 2, 3, 11, 12, 13, 25])
def test_months_after(months: int) -> None:
    for day in DAYS:
        assert months_after(day, months) == day + relativedelta(months=months)


def test_lists_compute_due_dates_without_a_library() -> None:
    """Start-up is the speed that people feel: dateutil and stdnum are not loaded with the rules."""
    code = (
        "import sys\n"
        "import msreg.rules.duedates, msreg.rules.completeness\n"
        "from msreg.rules.checks import all_checks\n"
        "all_checks()\n"
        "print(sorted({'dateutil', 'stdnum', 'sqlalchemy'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# -- what is asked once, and again (SPEC Q1, decision 0042) ---------------------------------------------------


def test_one_invitation_a_course() -> None:
    due = date(2026, 8, 30)
    assert ask_due_on(due, "a", None, None) == due
    assert ask_due_on(due, "a", due, "a") is None
    assert ask_due_on(due - DAY, "a", due, "a") is None, "the course was corrected"
    assert ask_due_on(due, "b", due, "a") is None, "it was deleted and entered anew on its day"
    assert ask_due_on(due + DAY, "b", due, "a") == due + DAY, "a newer course"
    assert ask_due_on(None, "b", due, "a") is None
    assert ask_due_on(due, None, due - DAY, None) == due


@pytest.mark.parametrize("every", [1, 2, 3, 6, 11, 12, 13, 24, 120])
def test_who_was_asked_so_long_ago_is_asked_again(every: int) -> None:
    """The last day of which the repeat has come, and not the day after it."""
    for today in DAYS[::3]:
        last = asked_up_to(today, every)
        assert months_after(last, every) <= today < months_after(last + DAY, every)


@pytest.mark.parametrize("every", [1, 2, 6, 12])
@pytest.mark.parametrize(
    "first", [date(2024, 2, 29), date(2026, 8, 31), date(2025, 12, 1), date(2026, 1, 30)]
)
def test_the_newest_day_of_a_series(first: date, every: int) -> None:
    slots = [months_after(first, every * count) for count in range(1, 20)]
    for slot, following in pairwise(slots):
        for today in (slot, slot + DAY, following - DAY):
            assert newest_slot(first, every, today) == slot
    for today in (first, slots[0] - DAY):
        with pytest.raises(ValueError, match="no day"):
            newest_slot(first, every, today)
