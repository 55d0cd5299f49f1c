"""Disease activity: what an MRI shows, and NEDA-3 over a period, where "cannot be judged" is an answer.

Definitions with sources: docs/reference/measures.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from msreg.rules.progression import CDW_12_WEEKS, Event, Settings, Visit, events
from msreg.rules.progression_course import Course
from msreg.rules.progression_terms import Baseline, Change, Which, half_steps

REFERENCE_DAYS_BEFORE = 456
"""The EDSS that a period is measured from may be 15 months old: a yearly course that came late."""
REFERENCE_DAYS_AFTER = 91
"""Or, without one before, it may be made within three months of the start."""


class Sign(StrEnum):
    """What ends NEDA-3."""

    RELAPSE = "relapse"
    WORSENING = "worsening"
    MRI = "mri"


class Lack(StrEnum):
    """What is missing to say that there was no disease activity."""

    FOLLOW_UP = "follow_up"
    """The period is not over, or the patient died or left before its end."""
    REFERENCE = "reference"
    """No EDSS to measure from at the start."""
    EDSS = "edss"
    """No later EDSS within the period."""
    CONFIRMATION = "confirmation"
    """A worsening that no later visit confirms or contradicts."""
    MRI = "mri"
    """No MRI within the period."""
    MRI_RESULT = "mri_result"
    """An MRI of which it is not known whether it shows activity, or when it was made."""
    RELAPSE_DATE = "relapse_date"
    """A relapse that has no date."""


class Scan(NamedTuple):
    """One MRI: its day, and whether it shows activity (`mri_active`); None is not known.

    Of one without a day the day of its course says in which period it may have been made.
    """

    on: date | None
    active: bool | None
    course_on: date | None = None

    def within(self, start: date, end: date) -> bool:
        day = self.on or self.course_on
        return day is None or start <= day <= end


class Judged(NamedTuple):
    """Three values: True is kept, False is lost, None cannot be judged, with the reasons."""

    value: bool | None
    lost_by: tuple[Sign, ...] = ()
    lacking: tuple[Lack, ...] = ()


def mri_active(new_t2: str | None, gadolinium: bool | None, gd_lesions: int | str | None) -> bool | None:
    """Whether an MRI shows activity: a new or enlarged T2 lesion, or one that takes up gadolinium.

    The arguments are the answers of the course. Without gadolinium the T2 lesions decide; None when nothing
    is seen in what is known, and something is not known.
    """
    enhancing = gd_lesions if isinstance(gd_lesions, int) else None
    if new_t2 in ("1", "2", "3_or_more") or (enhancing is not None and enhancing > 0):
        return True
    quiet = new_t2 == "0" and (gadolinium is False or enhancing == 0)
    return False if quiet else None


def neda3(
    start: date,
    end: date,
    watched_until: date,
    visits: Sequence[Visit],
    relapses: Iterable[date | None],
    scans: Collection[Scan],
    settings: Settings = CDW_12_WEEKS,
) -> Judged:
    """No evidence of disease activity from `start` to `end`, both included.

    `watched_until` is the last day on which the patient was in follow-up: today, the day of death or of the
    end of treatment. Visits and relapses are given whole, those before and after the period too: a
    worsening may be confirmed after the end. Of `settings` the baseline stays fixed for the period.
    """
    onsets = list(relapses)
    dated = [day for day in onsets if day is not None]
    reference = reference_visit(start, end, visits, dated, settings)
    since = [visit for visit in visits if reference is not None and visit.on >= reference.on]
    fixed = _fixed(settings)
    found = events(since, dated, fixed)
    seen = [scan for scan in scans if scan.within(start, end)]

    lost: list[Sign] = []
    if any(start <= day <= end for day in dated):
        lost.append(Sign.RELAPSE)
    if any(start <= event.on <= end and event.change is Change.WORSENING for event in found):
        lost.append(Sign.WORSENING)
    if any(scan.active and scan.on is not None for scan in seen):
        lost.append(Sign.MRI)
    if lost:
        return Judged(False, tuple(lost))

    lacking: list[Lack] = []
    if watched_until < end:
        lacking.append(Lack.FOLLOW_UP)
    if reference is None:
        lacking.append(Lack.REFERENCE)
    elif not any(max(reference.on, start) < visit.on <= end for visit in since):
        lacking.append(Lack.EDSS)
    elif pending(start, end, since, dated, found, fixed):
        lacking.append(Lack.CONFIRMATION)
    if not seen:
        lacking.append(Lack.MRI)
    if any(scan.active is None or scan.on is None for scan in seen):
        lacking.append(Lack.MRI_RESULT)
    if None in onsets:
        lacking.append(Lack.RELAPSE_DATE)
    return Judged(None if lacking else True, (), tuple(lacking))


def reference_visit(
    start: date, end: date, visits: Iterable[Visit], relapses: Iterable[date], settings: Settings
) -> Visit | None:
    """The visit that a period is measured from, away from relapses.

    The last one on or before the start that is at most 15 months old, else the first within three months
    after it.
    """
    known = {visit.on: visit for visit in visits}
    course = Course(known.values(), relapses, settings)
    oldest = start - timedelta(days=REFERENCE_DAYS_BEFORE)
    latest = min(end, start + timedelta(days=REFERENCE_DAYS_AFTER))
    clear = [
        known[date.fromordinal(day)]
        for index, day in enumerate(course.days)
        if course.clear(index, settings.baseline_gap)
    ]
    near = [visit for visit in clear if oldest <= visit.on <= latest]
    before = [visit for visit in near if visit.on <= start]
    return before[-1] if before else near[0] if near else None


def pending(
    start: date,
    end: date,
    visits: Sequence[Visit],
    relapses: Iterable[date],
    found: Iterable[Event],
    settings: Settings,
) -> bool:
    """Whether a worsening of the period is neither confirmed nor contradicted by a later visit.

    `visits` begins with the one that is measured from; `found` is what was confirmed among them.
    """
    course = Course(visits, relapses, settings)
    limit = course.scores[0] + half_steps(settings.threshold)[course.scores[0]]
    confirmed = [(event.on.toordinal(), event.on.toordinal() + event.sustained_days) for event in found]
    for onset in range(1, len(course.days)):
        day = course.days[onset]
        if not start.toordinal() <= day <= end.toordinal() or course.scores[onset] < limit:
            continue
        if not course.clear(onset, settings.onset_gap) or any(low <= day <= high for low, high in confirmed):
            continue
        last = day + max(settings.confirm_days) + settings.late_days
        later = (visit for visit in range(onset + 1, len(course.days)) if course.days[visit] <= last)
        if all(course.scores[visit] >= limit for visit in later):
            return True
    return False


def _fixed(settings: Settings) -> Settings:
    return replace(settings, baseline=Baseline.FIXED, which=Which.MULTIPLE, new_baseline_after_relapse=False)
