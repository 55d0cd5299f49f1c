"""NEDA-3: kept, lost, or cannot be judged, with the reason."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest

from msreg.rules.activity import Judged, Lack, Scan, Sign, mri_active, neda3
from msreg.rules.progression import CDW_24_WEEKS, Baseline, Settings, Visit, Which

START, END = date(2023, 1, 1), date(2023, 12, 31)
LATER = date(2026, 1, 1)
QUIET = (Scan(date(2023, 6, 1), False),)
DAY = timedelta(1)


def course(text: str) -> list[Visit]:
    pairs = (each.split("=") for each in text.split())
    return [Visit(date.fromisoformat(day), Decimal(edss)) for day, edss in pairs]


STABLE = "2022-10-01=2 2023-10-01=2"


def judged(
    text: str = STABLE,
    relapses: tuple[date | None, ...] = (),
    scans: tuple[Scan, ...] = QUIET,
    watched_until: date = LATER,
    settings: Settings | None = None,
) -> Judged:
    if settings is None:
        return neda3(START, END, watched_until, course(text), relapses, scans)
    return neda3(START, END, watched_until, course(text), relapses, scans, settings)


KEPT = Judged(True)


def lost(*signs: Sign) -> Judged:
    return Judged(False, signs)


def lacking(*what: Lack) -> Judged:
    return Judged(None, (), what)


def test_kept() -> None:
    assert judged() == KEPT


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (START - DAY, KEPT),
        (START, lost(Sign.RELAPSE)),
        (START + DAY, lost(Sign.RELAPSE)),
        (END - DAY, lost(Sign.RELAPSE)),
        (END, lost(Sign.RELAPSE)),
        (END + DAY, KEPT),
        (None, lacking(Lack.RELAPSE_DATE)),
    ],
)
def test_relapse(day: date | None, expected: Judged) -> None:
    """Within the period, both days included; without a date it cannot be told."""
    assert judged(relapses=(day,)) == expected


@pytest.mark.parametrize(
    ("scan", "expected"),
    [
        (Scan(START - DAY, True), lacking(Lack.MRI)),
        (Scan(START, True), lost(Sign.MRI)),
        (Scan(END, True), lost(Sign.MRI)),
        (Scan(END + DAY, True), lacking(Lack.MRI)),
        (Scan(START, False), KEPT),
        (Scan(END, False), KEPT),
        (Scan(END, None), lacking(Lack.MRI_RESULT)),
        (Scan(None, True, course_on=END), lacking(Lack.MRI_RESULT)),
        (Scan(None, False, course_on=END), lacking(Lack.MRI_RESULT)),
        (Scan(None, False, course_on=END + DAY), lacking(Lack.MRI)),
        (Scan(None, False), lacking(Lack.MRI_RESULT)),
    ],
)
def test_mri(scan: Scan, expected: Judged) -> None:
    assert judged(scans=(scan,)) == expected


def test_several_mris() -> None:
    """One that shows activity is enough to lose; one that is not known is enough to doubt."""
    quiet, unknown, active = Scan(START, False), Scan(END, None), Scan(END, True)
    assert judged(scans=()) == lacking(Lack.MRI)
    assert judged(scans=(quiet, unknown)) == lacking(Lack.MRI_RESULT)
    assert judged(scans=(unknown, active)) == lost(Sign.MRI)


@pytest.mark.parametrize(
    ("new_t2", "gadolinium", "gd_lesions", "expected"),
    [
        ("0", True, 0, False),
        ("0", False, None, False),
        ("0", True, None, None),
        ("0", True, "unknown", None),
        ("0", None, None, None),
        ("0", True, 1, True),
        ("1", False, None, True),
        ("2", True, 0, True),
        ("3_or_more", None, None, True),
        ("unknown", True, 0, None),
        ("unknown", True, 2, True),
        ("unknown", False, None, None),
        (None, True, 0, None),
        (None, None, None, None),
    ],
)
def test_what_an_mri_shows(
    new_t2: str | None, gadolinium: bool | None, gd_lesions: int | str | None, expected: bool | None
) -> None:
    assert mri_active(new_t2, gadolinium, gd_lesions) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-10-01=2 2023-10-01=3 2024-10-01=3", lost(Sign.WORSENING)),
        ("2022-10-01=2 2023-10-01=3 2024-10-01=2.5", KEPT),
        ("2022-10-01=2 2023-10-01=3", lacking(Lack.CONFIRMATION)),
        ("2022-10-01=2 2023-10-01=3 2023-12-16=3", lacking(Lack.CONFIRMATION)),  # 76 days
        ("2022-10-01=2 2023-10-01=3 2023-12-17=3", lost(Sign.WORSENING)),  # 77 days
        ("2022-10-01=2 2023-10-01=3 2025-12-23=3", lost(Sign.WORSENING)),  # 814 days
        ("2022-10-01=2 2023-10-01=3 2025-12-24=3", lacking(Lack.CONFIRMATION)),  # 815 days
        ("2022-10-01=2 2023-03-01=3 2023-10-01=2", KEPT),
        ("2022-10-01=2 2023-10-01=3 2025-12-23=2", KEPT),
        ("2022-10-01=2 2023-10-01=3 2025-12-24=2", lacking(Lack.CONFIRMATION)),
        ("2022-10-01=2 2023-12-31=3 2024-10-01=3", lost(Sign.WORSENING)),
        ("2022-10-01=2 2023-12-31=3", lacking(Lack.CONFIRMATION)),
        ("2022-10-01=2 2023-10-01=2 2024-01-01=3", KEPT),
        ("2022-10-01=0 2023-10-01=1", KEPT),
        ("2022-10-01=0 2023-10-01=1.5", lacking(Lack.CONFIRMATION)),
        ("2022-10-01=5 2023-10-01=5.5", KEPT),
        ("2022-10-01=5 2023-10-01=6", lacking(Lack.CONFIRMATION)),
        ("2022-10-01=2 2023-07-01=2 2024-01-01=3 2024-10-01=3", KEPT),
        ("2022-10-01=4 2023-10-01=2", KEPT),
    ],
)
def test_worsening(text: str, expected: Judged) -> None:
    """The onset decides in which period it falls; the confirmation may lie after the period."""
    assert judged(text) == expected


def test_worsening_of_before_is_not_lost_again() -> None:
    """Worse since a relapse in December, confirmed later: nothing new, and nothing left to confirm."""
    relapse = (date(2022, 12, 10),)
    text = "2022-10-01=2 2022-12-20=4 2023-06-01=4"
    assert judged(text, relapses=relapse) == KEPT
    assert judged(f"{text} 2024-06-01=4", relapses=relapse) == KEPT
    # Better in between, and worse again: that is new.
    again = "2022-10-01=2 2022-12-20=4 2023-03-20=4 2023-06-01=2 2023-11-01=3"
    assert judged(again, relapses=relapse) == lacking(Lack.CONFIRMATION)


def test_worsening_on_the_first_day() -> None:
    """Too near to a relapse to be measured from, it is an onset within the period."""
    relapse = (date(2022, 12, 20),)
    assert judged("2022-10-01=2 2023-01-01=3 2023-10-01=3", relapses=relapse) == lost(Sign.WORSENING)
    alone = "2022-10-01=2 2023-01-01=3 2023-02-01=3"
    assert judged(alone, relapses=relapse) == lacking(Lack.CONFIRMATION)


def test_longest_window_of_confirmation_counts() -> None:
    settings = Settings(confirm_days=(84, 168))
    text = "2022-10-01=2 2023-10-01=3"
    assert judged(f"{text} {date(2023, 10, 1) + 898 * DAY}=2", settings=settings) == KEPT
    late = judged(f"{text} {date(2023, 10, 1) + 899 * DAY}=2", settings=settings)
    assert late == lacking(Lack.CONFIRMATION)


@pytest.mark.parametrize(
    ("reference", "known"),
    [
        (START - 457 * DAY, False),
        (START - 456 * DAY, True),
        (START - 455 * DAY, True),
        (START, True),
        (START + 91 * DAY, True),
        (START + 92 * DAY, False),
    ],
)
def test_what_a_period_is_measured_from(reference: date, known: bool) -> None:
    expected = KEPT if known else lacking(Lack.REFERENCE)
    assert judged(f"{reference}=2 2023-10-01=2") == expected


def test_nearest_reference_before_the_start_and_first_after_it() -> None:
    assert judged("2021-12-01=1 2022-10-01=2 2023-10-01=2") == KEPT
    assert judged("2021-12-01=2 2022-10-01=1 2023-10-01=2") == lacking(Lack.CONFIRMATION)
    assert judged("2023-01-10=2 2023-03-10=1 2023-10-01=2") == KEPT
    assert judged("2023-01-10=1 2023-03-10=2 2023-10-01=1.5") == KEPT
    assert judged("2023-01-10=1 2023-03-10=2 2023-10-01=2") == lost(Sign.WORSENING)
    assert judged("2022-12-31=2 2023-01-10=1 2023-10-01=2") == KEPT
    assert judged("2022-10-01=1 2023-01-01=2 2023-10-01=2") == KEPT
    assert judged("2022-10-01=1 2023-01-02=2 2023-10-01=2") == lost(Sign.WORSENING)


def test_reference_stays_away_from_relapses() -> None:
    """Thirty days after the onset it will do; a day less, and the one before it is taken."""
    text = "2021-11-01=1 2022-12-01=3 2023-10-01=3 2024-10-01=3"
    assert judged(text, relapses=(date(2022, 11, 1),)) == KEPT
    assert judged(text, relapses=(date(2022, 11, 2),)) == KEPT  # worse since December, before the period
    only = "2022-12-01=3 2023-10-01=3"
    assert judged(only, relapses=(date(2022, 11, 1),)) == KEPT
    assert judged(only, relapses=(date(2022, 11, 2),)) == lacking(Lack.REFERENCE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", lacking(Lack.REFERENCE)),
        ("2022-10-01=2", lacking(Lack.EDSS)),
        ("2022-10-01=2 2024-01-01=2", lacking(Lack.EDSS)),
        ("2022-10-01=2 2023-12-31=2", KEPT),
        ("2023-01-01=2", lacking(Lack.EDSS)),
        ("2023-01-10=2", lacking(Lack.EDSS)),
        ("2023-01-01=2 2023-01-02=2", KEPT),
    ],
)
def test_edss_within_the_period(text: str, expected: Judged) -> None:
    assert judged(text) == expected


@pytest.mark.parametrize(
    ("until", "expected"),
    [(END - DAY, lacking(Lack.FOLLOW_UP)), (END, KEPT), (END + DAY, KEPT)],
)
def test_follow_up_to_the_end(until: date, expected: Judged) -> None:
    assert judged(watched_until=until) == expected


def test_all_reasons_are_told() -> None:
    assert judged("2023-10-01=3", (None,), (), START) == lacking(
        Lack.FOLLOW_UP, Lack.REFERENCE, Lack.MRI, Lack.RELAPSE_DATE
    )
    assert judged(
        "2022-10-01=2 2023-10-01=3 2024-10-01=3", (START,), (Scan(END, True),), watched_until=START
    ) == lost(Sign.RELAPSE, Sign.WORSENING, Sign.MRI)


def test_confirmation_after_24_weeks_is_a_setting() -> None:
    text = "2022-10-01=2 2023-10-01=3 2024-01-15=3"
    assert judged(text) == lost(Sign.WORSENING)
    assert judged(text, settings=CDW_24_WEEKS) == lacking(Lack.CONFIRMATION)


@pytest.mark.parametrize("which", Which)
def test_what_is_looked_for_and_roving_do_not_matter(which: Which) -> None:
    """Within a period the reference is the baseline, and any confirmed worsening loses."""
    settings = Settings(which=which, baseline=Baseline.ROVING)
    text = "2022-10-01=4 2023-02-01=2 2023-06-01=2 2023-08-01=3 2024-03-01=3"
    assert judged(text, settings=settings) == KEPT
    text = "2022-10-01=2 2023-10-01=3 2024-10-01=3"
    assert judged(text, settings=settings) == lost(Sign.WORSENING)


def test_one_value_of_three_and_its_reasons() -> None:
    """Lost tells by what, not judged tells what lacks, kept tells nothing; never both."""
    courses = (STABLE, "2022-10-01=2 2023-10-01=3", "", "2022-10-01=2 2023-10-01=3 2024-10-01=3")
    scans = ((), QUIET, (Scan(END, True),), (Scan(END, None),))
    for text, made, day in product(courses, scans, ((), (START,), (None,))):
        found = judged(text, day, made)
        assert (found.value is False) == bool(found.lost_by)
        assert (found.value is None) == bool(found.lacking)
