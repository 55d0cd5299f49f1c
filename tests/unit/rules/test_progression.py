"""Confirmed progression by hand: thresholds, and each window the day before, the day and the day after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from msreg.rules.edss import SCORES
from msreg.rules.progression import (
    CAGOL_2022,
    CDW_12_WEEKS,
    CDW_24_WEEKS,
    KAPPOS_2020,
    MULLER_2023_SPECIFIC,
    MULLER_2025,
    OLDER,
    PIRA_24_WEEKS,
    RAW_24_WEEKS,
    Baseline,
    Change,
    Gap,
    Kind,
    Settings,
    Visit,
    Which,
    events,
    first_worsening,
    judgeable,
    threshold_step,
)

START = date(2019, 1, 1)


def on(number: int) -> date:
    return START + timedelta(number)


def course(text: str) -> list[Visit]:
    """`"0:2 400:3"`: an EDSS of 2 on the first day and of 3 on day 400."""
    pairs = (each.split(":") for each in text.split())
    return [Visit(on(int(day)), Decimal(edss)) for day, edss in pairs]


def relapses(*days: int) -> list[date]:
    return [on(day) for day in days]


# Domain reference 2.4: the first score that counts as worse, of each baseline.
WORSE = {"0": "1.5", "1": "2", "1.5": "2.5", "4.5": "5.5", "5": "6", "5.5": "6", "6": "6.5", "9.5": "10"}
WORSE_BEFORE = {"0": "1", "1": "2", "5": "6", "5.5": "6.5", "6": "6.5"}


@pytest.mark.parametrize(("baseline", "worse"), WORSE.items())
def test_first_score_that_is_worse(baseline: str, worse: str) -> None:
    """The score below it is not worse, itself and all above are."""
    for score in SCORES:
        if score > Decimal(baseline):
            found = first_worsening(course(f"0:{baseline} 200:{score} 400:{score}"), [])
            assert (found is not None) == (score >= Decimal(worse))


@pytest.mark.parametrize(("baseline", "worse"), WORSE_BEFORE.items())
def test_older_threshold_is_a_setting(baseline: str, worse: str) -> None:
    assert Decimal(baseline) + threshold_step(Decimal(baseline), OLDER) == Decimal(worse)
    chosen = replace(CDW_12_WEEKS, threshold=OLDER)
    half = Decimal("0.5")
    assert first_worsening(course(f"0:{baseline} 200:{worse} 400:{worse}"), [], chosen) is not None
    less = Decimal(worse) - half
    if less in SCORES:
        assert first_worsening(course(f"0:{baseline} 200:{less} 400:{less}"), [], chosen) is None


@pytest.mark.parametrize(
    ("chosen", "days", "confirmed"),
    [
        (CDW_12_WEEKS, 76, False),
        (CDW_12_WEEKS, 77, True),
        (CDW_12_WEEKS, 78, True),
        (CDW_12_WEEKS, 813, True),
        (CDW_12_WEEKS, 814, True),
        (CDW_12_WEEKS, 815, False),
        (CDW_24_WEEKS, 160, False),
        (CDW_24_WEEKS, 161, True),
        (CDW_24_WEEKS, 898, True),
        (CDW_24_WEEKS, 899, False),
    ],
)
def test_window_of_confirmation(chosen: Settings, days: int, confirmed: bool) -> None:
    """From a week early to two years late, both days included."""
    visits = course(f"0:2 100:3 {100 + days}:3")
    found = first_worsening(visits, [], chosen)
    assert (found is not None) == confirmed
    assert judgeable(visits, [], chosen) == confirmed
    if found is not None:
        assert (found.on, found.confirmed_on) == (on(100), on(100 + days))


def test_twelve_and_twenty_four_weeks_side_by_side() -> None:
    both = first_worsening(course("0:2 100:3 190:3 300:3"), [], Settings(confirm_days=(84, 168)))
    assert both is not None
    assert both.confirmed == ((84, on(190)), (168, on(300)))
    lost = first_worsening(course("0:2 100:3 190:3 300:2"), [], Settings(confirm_days=(84, 168)))
    assert lost is not None
    assert lost.confirmed == ((84, on(190)),)
    assert first_worsening(course("0:2 100:3 190:3 300:2"), [], CDW_24_WEEKS) is None


def test_every_visit_in_between_counts() -> None:
    """A score below the threshold on the way refutes; a visit too early to confirm does so too."""
    assert first_worsening(course("0:2 100:3 130:2.5 200:3"), []) is None
    assert first_worsening(course("0:2 100:3 130:3.5 200:3"), []) is not None


@pytest.mark.parametrize(("days", "baseline"), [(29, 60), (30, 0), (31, 0)])
def test_baseline_stays_away_from_a_relapse(days: int, baseline: int) -> None:
    """Nearer than 30 days after an onset the next visit is the baseline."""
    found = first_worsening(course("0:2 60:2 200:4 400:4"), relapses(-days))
    assert found is not None
    assert found.baseline_on == on(baseline)


@pytest.mark.parametrize(("days", "confirmed"), [(29, False), (30, True), (31, True)])
def test_confirmation_stays_away_from_a_relapse(days: int, confirmed: bool) -> None:
    found = first_worsening(course("0:2 200:4 400:4"), relapses(400 - days))
    assert (found is not None) == confirmed


@pytest.mark.parametrize(
    ("days", "kind"),
    [(0, Kind.RAW), (1, Kind.RAW), (89, Kind.RAW), (90, Kind.RAW), (91, Kind.PIRA)],
)
def test_worsening_up_to_90_days_after_a_relapse_is_its_doing(days: int, kind: Kind) -> None:
    found = first_worsening(course("0:2 200:4 400:4"), relapses(200 - days))
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize(("days", "kind"), [(29, Kind.UNDEFINED), (30, Kind.UNDEFINED), (31, Kind.PIRA)])
def test_relapse_soon_after_a_worsening_makes_it_undefined(days: int, kind: Kind) -> None:
    """Up to and including 30 days after the onset: neither relapse-associated nor independent."""
    found = first_worsening(course("0:2 200:4 400:4"), relapses(200 + days))
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (309, Kind.PIRA),
        (310, Kind.UNDEFINED),
        (370, Kind.UNDEFINED),
        (400, None),  # on the day itself the visit confirms nothing
        (430, Kind.UNDEFINED),
        (431, Kind.PIRA),
    ],
)
def test_relapse_around_the_confirmation(day: int, kind: Kind | None) -> None:
    """From 90 days before to 30 days after the confirmation on day 400."""
    found = first_worsening(course("0:2 200:4 400:4"), relapses(day))
    assert (found.kind if found else None) is kind


def test_a_later_visit_may_confirm_that_it_is_independent() -> None:
    """The relapse lies within 90 days before the first confirmation, not before the second."""
    found = first_worsening(course("0:2 200:4 300:4 500:4"), relapses(260))
    assert found is not None
    assert (found.kind, found.confirmed_on) == (Kind.PIRA, on(300))
    assert found.independent == ((84, on(500)),)


@pytest.mark.parametrize(
    ("definition", "free", "taken"),
    [
        (MULLER_2023_SPECIFIC, (401,), (0, 1, 199, 201, 370)),
        (KAPPOS_2020, (231, 369, 431), (0, 60, 230, 370, 430)),
        (CAGOL_2022, (60, 109, 401), (201, 250, 370)),
        (MULLER_2025, (60, 99, 201, 369, 401), (100, 109, 370)),
    ],
)
def test_other_definitions_of_pira(definition: tuple, free: tuple[int, ...], taken: tuple[int, ...]) -> None:
    """Worsening on day 200, the visit before it on day 100, confirmed on day 400; one relapse each time."""
    chosen = Settings(relapse_free=definition, associated=Gap(0), baseline_gap=Gap(0))
    for day in (*free, *taken):
        found = first_worsening(course("0:2 100:2 200:4 400:4"), relapses(day), chosen)
        assert found is not None
        assert found.kind is (Kind.PIRA if day in free else Kind.UNDEFINED), day


def test_without_relapses_every_worsening_is_independent() -> None:
    found = first_worsening(course("0:2 200:3 400:3"), [])
    assert found is not None
    assert found.kind is Kind.PIRA


def test_baseline_moves_down_only_when_it_roves() -> None:
    """After a confirmed improvement from 4 to 2, 3 is worse; against the fixed baseline it never is."""
    visits = course("0:4 100:2 300:2 500:3 700:3")
    assert first_worsening(visits, []) is None
    found = first_worsening(visits, [], replace(CDW_12_WEEKS, baseline=Baseline.ROVING_IMPROVEMENT))
    assert found is not None
    assert (found.baseline_on, found.baseline, found.on) == (on(300), 2, on(500))


def test_pira_after_a_relapse_associated_worsening() -> None:
    """The default of PIRA roves: what the relapse did is the new baseline. RAW finds the other of the two."""
    visits = course("0:2 100:3 300:3 500:4 700:4")
    found = first_worsening(visits, relapses(90), PIRA_24_WEEKS)
    assert found is not None
    assert (found.kind, found.baseline, found.on) == (Kind.PIRA, 3, on(500))
    found = first_worsening(visits, relapses(90), RAW_24_WEEKS)
    assert found is not None
    assert (found.kind, found.baseline, found.on) == (Kind.RAW, 2, on(100))


def test_all_changes_in_order() -> None:
    chosen = Settings(which=Which.MULTIPLE, baseline=Baseline.ROVING)
    found = events(course("0:4 100:2 300:2 500:3 700:3"), [], chosen)
    assert [(each.change, each.on) for each in found] == [
        (Change.IMPROVEMENT, on(100)),
        (Change.WORSENING, on(500)),
    ]
    assert found[0].kind is None


@pytest.mark.parametrize(("days", "kept"), [(299, True), (300, True), (301, False)])
def test_change_must_last(days: int, kept: bool) -> None:
    """Better again 300 days after the onset: it lasted 300 days, not 301."""
    found = first_worsening(course("0:2 100:3 300:3 400:2"), [], Settings(sustained_days=days))
    assert (found is not None) == kept


def test_sustained() -> None:
    found = first_worsening(course("0:2 100:3 300:3 400:3"), [])
    assert found is not None
    assert (found.sustained, found.sustained_days) == (True, 300)
    found = first_worsening(course("0:2 100:3 300:3 400:2"), [])
    assert found is not None
    assert (found.sustained, found.sustained_days) == (False, 200)


@pytest.mark.parametrize("text", ["", "0:2", "0:2 200:4", "0:2 30:4", "0:2 30:4 60:4"])
def test_too_little_to_judge(text: str) -> None:
    """No visit, one, two, or all within twelve weeks: no worsening found, and nothing says there was none."""
    visits = course(text)
    assert first_worsening(visits, []) is None
    assert events(visits, [], Settings(which=Which.MULTIPLE)) == []
    assert not judgeable(visits)


def test_judgeable_minds_relapses() -> None:
    assert judgeable(course("0:2 100:2 200:2"))
    assert judgeable(course("0:2 100:2 200:2"), relapses(170))
    assert not judgeable(course("0:2 100:2 200:2"), relapses(171))
    assert not judgeable(course("0:2 100:2 200:2"), relapses(-29))
    assert not judgeable(course("0:2 100:2 200:2"), [], CDW_24_WEEKS)


def test_order_of_visits_and_doubles() -> None:
    """The order in which they are given does not matter; of two on a day the last that is given counts."""
    visits = course("400:4 0:2 200:4")
    assert first_worsening(visits, []) == first_worsening(sorted(visits), [])
    assert first_worsening([*visits, Visit(on(200), Decimal(2))], []) is None
    found = first_worsening(visits, relapses(150, 150, 10))
    assert found == first_worsening(visits, relapses(10, 150))
