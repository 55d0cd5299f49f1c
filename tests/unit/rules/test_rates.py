"""Relapses per year: which relapses and which time count, and the exact interval."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from math import exp, inf, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msreg.rules.rates import (
    Observed,
    Rate,
    at_least,
    distinct_relapses,
    observed,
    poisson_interval,
    relapse_rate,
)

START = date(2020, 1, 1)
DAY = timedelta(1)


def on(number: int) -> date:
    return START + timedelta(number)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (0, 0, 3.6889),
        (1, 0.0253, 5.5716),
        (2, 0.2422, 7.2247),
        (5, 1.6235, 11.6683),
        (10, 4.7954, 18.3904),
        (50, 37.1110, 65.9188),
        (100, 81.3640, 121.6268),
    ],
)
def test_published_limits(count: int, low: float, high: float) -> None:
    """The exact 95 % limits as tables give them (Garwood 1936)."""
    found = poisson_interval(count)
    assert found == pytest.approx((low, high), abs=5e-5)


def chance_of_at_least(count: int, mean: Fraction) -> float:
    """By adding the terms up exactly."""
    term, total = Fraction(1), Fraction(0)
    for step in range(count):
        total += term
        term *= mean / (step + 1)
    return 1 - exp(-float(mean)) * float(total)


@given(st.integers(1, 60), st.fractions(Fraction(1, 100), 80, max_denominator=100))
def test_tail_is_that_of_the_sum(count: int, mean: Fraction) -> None:
    """Both ways of computing it, below and above the mean, against the terms themselves."""
    assert isclose(at_least(count, float(mean)), chance_of_at_least(count, mean), abs_tol=1e-12)


@given(st.integers(0, 3000))
def test_limits_meet_their_definition(count: int) -> None:
    """2.5 % on each side, the count inside, and rising with the count."""
    low, high = poisson_interval(count)
    assert low <= count < high
    assert isclose(1 - at_least(count + 1, high), 0.025, rel_tol=1e-6)
    if count:
        assert isclose(at_least(count, low), 0.025, rel_tol=1e-6)
    above = poisson_interval(count + 1)
    assert low < above[0]
    assert high < above[1]


def test_nothing_expected() -> None:
    assert at_least(1, 0.0) == 0
    assert at_least(1, 1e-9) == pytest.approx(1e-9)


def test_many_relapses() -> None:
    """A large registry: near the normal limits, and no overflow."""
    low, high = poisson_interval(1_000_000)
    assert low == pytest.approx(1_000_000 - 1.96 * 1000, abs=3)
    assert high == pytest.approx(1_000_000 + 1.96 * 1000, abs=3)


def test_rate() -> None:
    """Forty relapses in a hundred years of 365.25 days: 0.40 a year, from 28.577 to 54.469 of them."""
    found = relapse_rate(40, 36525)
    assert (found.events, found.years, found.value) == (40, 100, 0.4)
    assert (found.low, found.high) == pytest.approx((0.28577, 0.54469), abs=1e-5)
    assert relapse_rate(0, 36525).low == 0
    assert relapse_rate(0, 36525).high == pytest.approx(0.036889, abs=1e-6)


@pytest.mark.parametrize("days", [0, -1])
def test_no_time_no_rate(days: int) -> None:
    """Nothing observed is not a rate of nought."""
    assert relapse_rate(0, days) == Rate(0, 0.0, None, None, None)
    assert all(each is None or each < inf for each in relapse_rate(3, days))


@pytest.mark.parametrize(
    ("days", "counted"),
    [
        ((), ()),
        ((5,), (5,)),
        ((0, 29), (0,)),
        ((0, 30), (0, 30)),
        ((0, 31), (0, 31)),
        ((0, 0), (0,)),
        ((0, 20, 40), (0, 40)),
        ((0, 29, 58, 59), (0, 58)),
        ((40, 0), (0, 40)),
    ],
)
def test_relapses_within_30_days_are_one(days: tuple[int, ...], counted: tuple[int, ...]) -> None:
    """Measured from the last onset that counts, so that a row of them does not become one."""
    assert distinct_relapses([on(day) for day in days]) == [on(day) for day in counted]


COURSES = (on(400), on(0), on(1000))


def test_watched_from_the_first_course_to_the_last() -> None:
    found = observed(COURSES)
    assert found == Observed(on(0), on(1000))
    assert found.days == 1000
    assert [found.holds(on(day)) for day in (-1, 0, 1, 999, 1000, 1001)] == [
        False,
        False,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"diagnosis": on(-500)}, (0, 1000)),
        ({"diagnosis": on(1)}, (1, 1000)),
        ({"diagnosis": on(1000)}, None),
        ({"died": on(999)}, (0, 999)),
        ({"died": on(1001)}, (0, 1000)),
        ({"ended": on(500), "died": on(600)}, (0, 500)),
        ({"ended": on(0)}, None),
        ({"start": on(0)}, (0, 1000)),
        ({"start": on(1)}, (0, 1000)),
        ({"start": on(2)}, (1, 1000)),
        ({"end": on(999)}, (0, 999)),
        ({"end": on(1000)}, (0, 1000)),
        ({"end": on(1001)}, (0, 1000)),
        ({"start": on(1001)}, None),
        ({"start": on(1000)}, (999, 1000)),
        ({"end": on(0)}, None),
        ({"end": on(1)}, (0, 1)),
        ({"start": date.min}, (0, 1000)),
    ],
)
def test_limits_of_what_was_watched(limits: dict[str, date], expected: tuple[int, int] | None) -> None:
    found = observed(COURSES, **limits)
    assert found == (None if expected is None else Observed(on(expected[0]), on(expected[1])))


def test_nobody_asked() -> None:
    """No course, or one: no time in which relapses were asked for."""
    assert observed(()) is None
    assert observed((on(3),)) is None
    assert observed((on(3), on(3))) is None


@given(st.lists(st.integers(0, 400), min_size=2), st.integers(0, 400))
def test_periods_add_up(days: list[int], cut: int) -> None:
    """Two periods that follow each other have together the time, and each day once, of the whole."""
    courses = [on(day) for day in days]
    whole = observed(courses)
    parts = [observed(courses, end=on(cut)), observed(courses, start=on(cut) + DAY)]
    assert sum(part.days for part in parts if part) == (whole.days if whole else 0)
    for day in range(-1, 402):
        assert sum(part.holds(on(day)) for part in parts if part) == (
            whole is not None and whole.holds(on(day))
        )
