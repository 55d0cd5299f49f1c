"""Confirmed disability progression of one patient: worsening at 12 and 24 weeks, PIRA, RAW.

Equal to pymsprog 1.0.7 for the same settings. Definitions with sources: docs/reference/measures.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from msreg.rules.progression_course import Course
from msreg.rules.progression_search import search
from msreg.rules.progression_terms import (
    CAGOL_2022,
    CDW_12_WEEKS,
    CDW_24_WEEKS,
    KAPPOS_2020,
    MULLER_2023,
    MULLER_2023_SPECIFIC,
    MULLER_2025,
    OLDER,
    PIRA_24_WEEKS,
    RAW_24_WEEKS,
    STANDARD,
    Baseline,
    BelowThreshold,
    Change,
    Confirmation,
    Event,
    Gap,
    Kind,
    Point,
    Resume,
    Settings,
    Stretch,
    Threshold,
    Visit,
    Which,
    Worsening,
    threshold_step,
)

__all__ = [
    "CAGOL_2022",
    "CDW_12_WEEKS",
    "CDW_24_WEEKS",
    "KAPPOS_2020",
    "MULLER_2023",
    "MULLER_2023_SPECIFIC",
    "MULLER_2025",
    "OLDER",
    "PIRA_24_WEEKS",
    "RAW_24_WEEKS",
    "STANDARD",
    "Baseline",
    "BelowThreshold",
    "Change",
    "Confirmation",
    "Event",
    "Gap",
    "Kind",
    "Point",
    "Resume",
    "Settings",
    "Stretch",
    "Threshold",
    "Visit",
    "Which",
    "Worsening",
    "events",
    "first_worsening",
    "judgeable",
    "threshold_step",
]


def events(visits: Sequence[Visit], relapses: Iterable[date], settings: Settings) -> list[Event]:
    """The confirmed changes that `settings.which` asks for, in the order of time.

    `relapses` are the days of onset. A visit without an EDSS and a relapse without a date are left out by
    the caller: nothing can be measured from them.
    """
    return search(visits, relapses, settings)


def first_worsening(
    visits: Sequence[Visit], relapses: Iterable[date], settings: Settings = CDW_12_WEEKS
) -> Worsening | None:
    """The first confirmed worsening; with `which` of PIRA or RAW the first of that kind.

    None means that none was found, which is only worth something when `judgeable` says yes.
    """
    found = search(visits, relapses, settings)
    return next((event for event in found if event.change is Change.WORSENING), None)


def judgeable(
    visits: Sequence[Visit], relapses: Iterable[date] = (), settings: Settings = CDW_12_WEEKS
) -> bool:
    """Whether the visits could have shown a confirmed worsening, had there been one.

    That takes three: a baseline away from relapses, a later visit, and one that could confirm it.
    """
    course = Course(visits, relapses, settings)
    count = len(course.days)
    base = next((v for v in range(count) if course.clear(v, settings.baseline_gap)), count)
    return any(
        course.confirming(onset, days, settings)
        for onset in range(base + 1, count)
        if course.clear(onset, settings.onset_gap)
        for days in settings.confirm_days
    )
