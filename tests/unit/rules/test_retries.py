"""When a mail is tried again, and when that is over (SPEC R3): the moment before, the moment, the moment after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from msreg.rules.retries import GIVE_UP, WAITS, next_try

FIRST = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 1), (2, 5), (3, 30), (4, 120), (5, 360), (6, 720), (7, 1440), (8, 1440), (99, 1440)]
)  # fmt: skip
def test_each_wait_is_longer_than_the_one_before_up_to_a_day(tries: int, minutes: int) -> None:
    assert next_try(FIRST, tries, FIRST) == FIRST + timedelta(minutes=minutes)


def test_a_server_that_never_takes_it_is_asked_at_these_moments() -> None:
    now, found = FIRST, []
    for tries in range(1, 20):
        at = next_try(FIRST, tries, now)
        if at is None:
            break
        found.append((at - FIRST).total_seconds() / 60)
        now = at
    assert found == [1, 6, 36, 156, 516, 1236, 2676, 2880]
    assert sum(WAITS, timedelta()) < GIVE_UP


def test_after_48_hours_there_is_one_last_attempt_and_then_none() -> None:
    last = FIRST + GIVE_UP
    assert next_try(FIRST, 3, last - TICK) == last
    assert next_try(FIRST, 3, last) is None
    assert next_try(FIRST, 3, last + TICK) is None
    assert next_try(FIRST, 1, last - timedelta(minutes=1)) == last
    assert next_try(FIRST, 1, last - timedelta(minutes=1) - TICK) == last - TICK
    assert next_try(FIRST, 1, last - timedelta(minutes=1) + TICK) == last


def test_a_run_once_a_night_tries_three_times() -> None:
    """The clock of the office goes forward in between; moments are those of UTC."""
    nights = [FIRST, FIRST + timedelta(hours=23), FIRST + timedelta(hours=47), FIRST + timedelta(hours=71)]
    assert next_try(FIRST, 1, nights[0]) < nights[1]
    assert next_try(FIRST, 2, nights[1]) < nights[2]
    assert next_try(FIRST, 3, nights[2]) == nights[2] + timedelta(minutes=30)
    assert next_try(FIRST, 4, nights[3]) is None
