"""Confirmed progression against pymsprog 1.0.7: its own toy cohort, and cohorts that nobody chose."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from msreg.rules.edss import SCORES
from msreg.rules.progression import (
    CDW_12_WEEKS,
    CDW_24_WEEKS,
    KAPPOS_2020,
    OLDER,
    PIRA_24_WEEKS,
    RAW_24_WEEKS,
    STANDARD,
    Baseline,
    BelowThreshold,
    Gap,
    Resume,
    Settings,
    Visit,
    Which,
)
from tests.pymsprog_peer import FREE, day, ours, theirs, toy_cohort

ONE_KIND = (Which.FIRST_PIRA, Which.FIRST_RAW)
OPEN = (Which.FIRST_WORSENING, Which.FIRST_IMPROVEMENT, Which.MULTIPLE)


def grid() -> list[Settings]:
    """Every kind of search with every baseline, and every other setting away from its default."""
    roving = Settings(which=Which.MULTIPLE, baseline=Baseline.ROVING)
    several = [
        Settings(which=which, baseline=baseline, resume=resume, confirm_days=(84, 168))
        for which, baseline, resume in product(OPEN, Baseline, Resume)
    ]
    one_kind = [
        Settings(which=which, baseline=baseline, confirm_days=days)
        for which, baseline, days in product(ONE_KIND, Baseline, ((84,), (168,)))
    ]
    others = [
        *(replace(each, relapse_free=free) for each, free in product((roving, PIRA_24_WEEKS), FREE)),
        *(replace(roving, below_threshold=which) for which in BelowThreshold),
        *(replace(roving, sustained_days=days) for days in (200, 365, math.inf)),
        *(replace(roving, baseline_gap=gap) for gap in (Gap(0), Gap(60), Gap(30, 15))),
        *(replace(roving, onset_gap=gap) for gap in (Gap(1), Gap(30), Gap(30, 30))),
        *(replace(roving, confirmation_gap=gap) for gap in (Gap(0), Gap(60), Gap(30, 30))),
        *(replace(roving, associated=gap) for gap in (Gap(0), Gap(60), Gap(90, 30))),
        *(
            replace(roving, early_days=early, late_days=late)
            for early, late in ((0, 0), (7, 45), (30, math.inf))
        ),
        *(replace(each, threshold=OLDER) for each in (roving, CDW_12_WEEKS)),
        *(
            replace(roving, new_baseline_after_relapse=True, never_lower=never, baseline=baseline)
            for never, baseline in product((False, True), Baseline)
        ),
        replace(roving, new_baseline_after_relapse=True, baseline_gap=Gap(0)),
    ]
    return [CDW_12_WEEKS, CDW_24_WEEKS, PIRA_24_WEEKS, RAW_24_WEEKS, *several, *one_kind, *others]


def test_toy_cohort_over_all_settings() -> None:
    """Same events, dates, kinds, confirmations and durations for the package's own seven patients."""
    cohort = toy_cohort()
    assert len(cohort) == 7
    seen = 0
    for chosen in grid():
        expected = theirs(cohort, chosen)
        assert ours(cohort, chosen) == expected, chosen
        seen += sum(len(each) for each in expected.values())
    assert seen > 300


@pytest.mark.parametrize(
    ("chosen", "changes"),
    [
        (CDW_12_WEEKS, {"1": "PIRA", "2": "RAW", "5": "PIRA", "7": "PIRA"}),
        (CDW_24_WEEKS, {"1": "PIRA", "2": "undefined", "5": "PIRA", "7": "PIRA"}),
    ],
)
def test_who_worsens_in_the_toy_cohort(chosen: Settings, changes: dict[str, str]) -> None:
    """Patient 2 worsens after a relapse, but not for 24 weeks: there a later worsening is the first."""
    found = ours(toy_cohort(), chosen)
    assert {who: each[0].kind for who, each in found.items() if each} == changes


def test_new_baseline_on_the_day_of_a_relapse() -> None:
    """A relapse on the day of the baseline is behind it, so that it moves no baseline any more."""
    visits = [Visit(day(at), SCORES[score]) for at, score in ((0, 4), (100, 6), (200, 6), (300, 8), (400, 8))]
    for which, relapse, near in product(
        (Which.MULTIPLE, Which.FIRST_PIRA), (0, 1, 100, 150, 200, 250, 300), (Gap(0), Gap(90))
    ):
        chosen = Settings(
            which=which,
            new_baseline_after_relapse=True,
            baseline_gap=Gap(0),
            associated=near,
            relapse_free=KAPPOS_2020,
        )
        cohort = {"1": (visits, [day(relapse)]), "2": (visits, [day(relapse), day(relapse + 100)])}
        assert ours(cohort, chosen) == theirs(cohort, chosen), (which, relapse, near)


def test_first_pira_has_its_new_baseline_right_after_a_relapse() -> None:
    """Looking for PIRA only, what a relapse did is no onset: the first visit after it is the baseline."""
    visits = [Visit(day(at), SCORES[score]) for at, score in ((0, 3), (100, 7), (190, 5), (400, 7), (600, 7))]
    cohort = {"1": (visits, [day(90)])}
    chosen = Settings(
        which=Which.FIRST_PIRA,
        baseline=Baseline.ROVING,
        new_baseline_after_relapse=True,
        baseline_gap=Gap(0),
    )
    assert ours(cohort, chosen) == theirs(cohort, chosen)
    without = replace(chosen, new_baseline_after_relapse=False)
    assert ours(cohort, without) == theirs(cohort, without)
    assert ours(cohort, chosen) != ours(cohort, without)


# Around every window: a day before it, its first or last day, the day after.
GAPS = st.sampled_from([20, 29, 30, 31, 41, 60, 76, 77, 78, 84, 91, 100, 161, 168, 180, 365, 400, 731])
AWAY = st.sampled_from([-31, -30, -29, 0, 1, 29, 30, 31, 60, 89, 90, 91, 120])


@st.composite
def patients(draw: st.DrawFn) -> tuple[list[Visit], list]:  # type: ignore[type-arg]
    """A course that goes up and down around a level, with relapses near its visits."""
    at, visits = 1000, []
    level = draw(st.integers(0, 16))
    for shift, gap in draw(st.lists(st.tuples(st.integers(-3, 3), GAPS), min_size=1, max_size=9)):
        visits.append(Visit(day(at), SCORES[min(max(level + shift, 0), 19)]))
        at += gap
    near = draw(st.lists(st.tuples(st.sampled_from(visits), AWAY), max_size=3))
    relapses = sorted({day((visit.on - day(0)).days - away) for visit, away in near})
    return visits, relapses


@st.composite
def definitions(draw: st.DrawFn) -> Settings:
    """Any settings that the package can be asked for without falling over.

    It does when it ends at the first event of a kind, moves its baseline after relapses and finds an event
    twice, and when one of two confirmation periods fails a change that did not last or is of another kind.
    """
    which = draw(st.sampled_from(Which))
    several = which not in ONE_KIND and draw(st.booleans())
    after_relapse = which is Which.MULTIPLE and draw(st.booleans())
    pick = lambda *choices: draw(st.sampled_from(choices))  # noqa: E731
    return Settings(
        which=which,
        confirm_days=(84, 168) if several else pick((84,), (168,)),
        early_days=pick(0, 7, 30),
        late_days=pick(45, 365, 730, math.inf),
        baseline=draw(st.sampled_from(Baseline)),
        resume=draw(st.sampled_from(Resume)),
        below_threshold=draw(st.sampled_from(BelowThreshold)),
        new_baseline_after_relapse=after_relapse,
        never_lower=after_relapse and draw(st.booleans()),
        sustained_days=0 if several else pick(0, 200, 365, math.inf),
        baseline_gap=pick(Gap(30), Gap(0), Gap(30, 15)),
        onset_gap=pick(Gap(0), Gap(30), Gap(10, 5)),
        confirmation_gap=pick(Gap(30), Gap(0), Gap(30, 30)),
        associated=pick(Gap(90), Gap(0), Gap(90, 30)),
        relapse_free=draw(st.sampled_from(list(FREE))),
        threshold=pick(STANDARD, OLDER),
    )


@given(st.lists(patients(), min_size=12, max_size=12), definitions())
@hypothesis_settings(max_examples=40)
def test_any_cohort_under_any_settings(courses: list, chosen: Settings) -> None:  # type: ignore[type-arg]
    """One call of the package for twelve patients, forty times: equal in everything."""
    cohort = {str(number): course for number, course in enumerate(courses)}
    assert ours(cohort, chosen) == theirs(cohort, chosen)
