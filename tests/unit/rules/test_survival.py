"""Kaplan-Meier against a published example, and what counts as time on treatment."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msreg.rules.survival import (
    Spell,
    Step,
    Use,
    joined,
    median_time,
    share_left,
    survival_curve,
    time_on_treatment,
    time_to_treatment,
    time_until,
)

START = date(2020, 1, 1)


def on(number: int) -> date:
    return START + timedelta(number)


# Freireich et al. 1963 (doi 10.1182/blood.V21.6.699.699), remission in weeks with 6-mercaptopurine and
# with placebo; + is censored. The estimates are those that textbooks of survival analysis print.
TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def spells(text: str) -> list[Spell]:
    return [Spell(int(each.rstrip("+")), not each.endswith("+")) for each in text.split()]


def test_published_curve() -> None:
    curve = survival_curve(spells(TREATED))
    assert [(step.days, step.at_risk, step.events, round(step.share, 3)) for step in curve] == [
        (6, 21, 3, 0.857),
        (7, 17, 1, 0.807),
        (10, 15, 1, 0.753),
        (13, 12, 1, 0.690),
        (16, 11, 1, 0.627),
        (22, 7, 1, 0.538),
        (23, 6, 1, 0.448),
    ]
    assert median_time(spells(TREATED)) == 23
    assert median_time(spells(PLACEBO)) == 8


@pytest.mark.parametrize(
    ("text", "median"),
    [
        ("", None),
        ("5", 5),
        ("5+", None),
        ("5 9", 5),
        ("5 9+", 5),
        ("5+ 9", 9),
        ("5+ 9+", None),
        ("0 0 9", 0),
        ("5 6 7 8", 6),
        ("5 6+ 7 8 9+", 8),
        ("5 6 7+ 8+ 9+", None),
    ],
)
def test_median(text: str, median: int | None) -> None:
    """The first day after which at most a half is left; none, one, and when it is not reached."""
    assert median_time(spells(text)) == median


def test_censored_on_the_day_is_watched_still() -> None:
    assert survival_curve(spells("5 5+")) == [Step(5, 2, 1, 0.5)]


def test_half_is_half() -> None:
    """A product of many fractions that makes a half: rounding moves no median."""
    for size in range(2, 300, 2):
        assert median_time([Spell(day, True) for day in range(size)]) == size // 2 - 1


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=40))
def test_curve_is_the_product(raw: list[tuple[int, bool]]) -> None:
    """Day by day, in exact fractions."""
    made = [Spell(*each) for each in raw]
    share = Fraction(1)
    curve = {step.days: step for step in survival_curve(made)}
    for day in range(31):
        risk = sum(spell.days >= day for spell in made)
        events = sum(spell.days == day and spell.happened for spell in made)
        assert (day in curve) == (events > 0)
        if events:
            share *= Fraction(risk - events, risk)
            assert curve[day][1:3] == (risk, events)
        assert share_left(list(curve.values()), day) == pytest.approx(float(share), abs=1e-12)


def test_share_and_quantiles() -> None:
    curve = survival_curve(spells("10 20 30 40"))
    assert [share_left(curve, day) for day in (9, 10, 11, 40, 99)] == [1, 0.75, 0.75, 0, 0]
    assert [time_until(curve, share) for share in (0.75, 0.5, 0.25, 0)] == [10, 20, 30, 40]
    assert time_until(curve, 1) == 10
    assert share_left([], 5) == 1


@pytest.mark.parametrize(
    ("stop", "died", "ended", "expected"),
    [
        (None, None, None, (100, False)),
        (99, None, None, (99, True)),
        (100, None, None, (100, True)),
        (101, None, None, (100, False)),
        (0, None, None, (0, True)),
        (49, 50, None, (49, True)),
        (50, 50, None, (50, False)),
        (51, 50, None, (50, False)),
        (None, 50, None, (50, False)),
        (49, None, 50, (49, True)),
        (50, None, 50, (50, True)),
        (51, None, 50, (50, False)),
        (None, None, 50, (50, False)),
        (None, 101, 102, (100, False)),
        (None, -1, None, None),
        (None, 0, None, (0, False)),
    ],
)
def test_time_on_treatment(
    stop: int | None, died: int | None, ended: int | None, expected: tuple[int, bool] | None
) -> None:
    """Today is day 100. A stop on the day of death is the death's; one on the last day here is a stop."""
    given_days = [None if each is None else on(each) for each in (stop, died, ended)]
    found = time_on_treatment(on(0), given_days[0], on(100), given_days[1], given_days[2])
    assert found == (None if expected is None else Spell(*expected))


def test_treatment_that_begins_tomorrow() -> None:
    assert time_on_treatment(on(101), None, on(100)) is None
    assert time_on_treatment(on(100), None, on(100)) == Spell(0, False)


@pytest.mark.parametrize(
    ("start", "died", "expected"),
    [
        (None, None, (100, False)),
        (30, None, (30, True)),
        (0, None, (0, True)),
        (-1, None, (0, True)),
        (100, None, (100, True)),
        (101, None, (100, False)),
        (None, 50, (50, False)),
        (50, 50, (50, True)),
        (51, 50, (50, False)),
        (None, 0, (0, False)),
        (None, -1, None),
    ],
)
def test_time_to_treatment(start: int | None, died: int | None, expected: tuple[int, bool] | None) -> None:
    found = time_to_treatment(
        on(0), None if start is None else on(start), on(100), None if died is None else on(died)
    )
    assert found == (None if expected is None else Spell(*expected))


@pytest.mark.parametrize(("gap", "count"), [(-5, 1), (0, 1), (29, 1), (30, 1), (31, 2)])
def test_interruption_of_up_to_30_days_is_none(gap: int, count: int) -> None:
    uses = [Use("a", on(100 + gap), on(300)), Use("a", on(0), on(100))]
    found = joined(uses)
    assert len(found) == count
    assert (found[0].start, found[-1].stop) == (on(0), on(300))


def test_other_medicine_in_between_does_not_end_it() -> None:
    """Each medicine by itself: two weeks of another do not split it, and are a treatment of their own."""
    uses = [Use("a", on(0), on(100)), Use("b", on(100), on(114)), Use("a", on(114), None)]
    assert joined(uses) == [Use("a", on(0), None), Use("b", on(100), on(114))]


def test_period_that_goes_on_swallows_later_ones() -> None:
    assert joined([Use("a", on(0), None), Use("a", on(500), on(600))]) == [Use("a", on(0), None)]
    assert joined([Use("a", on(0), on(100)), Use("a", on(10), on(20))]) == [Use("a", on(0), on(100))]
    assert joined([]) == []
