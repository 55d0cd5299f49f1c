"""Confirmed progression and NEDA-3 of one patient: yes, no, or cannot be judged.

The measures themselves are in `rules/progression` and `rules/activity`; definitions: docs/reference/measures.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msreg.rules.activity import Scan, mri_active, neda3, pending, reference_visit
from msreg.rules.progression import (
    CDW_12_WEEKS,
    CDW_24_WEEKS,
    PIRA_24_WEEKS,
    RAW_24_WEEKS,
    STANDARD,
    Change,
    Kind,
    Settings,
    Visit,
    events,
    first_worsening,
    judgeable,
)
from msreg.rules.progression_terms import Which, half_steps
from msreg.services.reports_measures import NO, NOT_JUDGED, YES, count_relapses, split_rows
from msreg.services.reports_people import Person
from msreg.services.reports_tally import Frame, Tally

OUTCOMES = ("cdp12", "cdp24", "pira24", "raw24", "neda3")
_SETTINGS = {"cdp12": CDW_12_WEEKS, "cdp24": CDW_24_WEEKS, "pira24": PIRA_24_WEEKS, "raw24": RAW_24_WEEKS}
_KINDS = {"pira24": Kind.PIRA, "raw24": Kind.RAW}
_PERIOD_12 = Settings(which=Which.MULTIPLE)
_PERIOD_24 = Settings(which=Which.MULTIPLE, confirm_days=(168,))


def count_outcomes(tally: Tally, person: Person, frame: Frame, *, relapses: bool) -> None:
    """Put the outcomes of a patient in the tally: all together, by phenotype, by line of treatment.

    With `relapses` these are counted as well, over the days of the outcomes.
    """
    rows = split_rows(person, frame)
    for outcome, category in outcomes(person, frame):
        for row in rows:
            tally.put(outcome, category, person.side, row)
    if relapses:
        count_relapses(tally, person, frame.since if frame.asked else date.min, frame.until, rows)


def outcomes(person: Person, frame: Frame) -> Iterator[tuple[str, str]]:
    """Each outcome with yes, no or not_judged. Of NEDA-3 yes means that it was kept."""
    visits = [Visit(each.on, each.edss) for each in person.courses if each.edss is not None]
    if frame.asked:
        for outcome in _SETTINGS:
            yield outcome, _in_period(outcome, visits, person.relapses, frame)
    else:
        yield from _ever(visits, person.relapses)
    yield "neda3", _neda(person, visits, frame)


def _ever(visits: list[Visit], relapses: list[date]) -> Iterator[tuple[str, str]]:
    """Over the whole follow-up."""
    if len(visits) < 3:  # a baseline, a worsening, and what confirms it
        yield from ((outcome, NOT_JUDGED) for outcome in _SETTINGS)
        return
    worse = _may_have_worsened(visits)
    judged: dict[tuple[int, ...], bool] = {}
    for outcome, settings in _SETTINGS.items():
        if worse and first_worsening(visits, relapses, settings) is not None:
            yield outcome, YES
            continue
        days = settings.confirm_days  # of the settings only these differ in what can be judged
        if days not in judged:
            judged[days] = judgeable(visits, relapses, settings)
        yield outcome, NO if judged[days] else NOT_JUDGED


def _may_have_worsened(visits: list[Visit]) -> bool:
    """Whether any score is worse than an earlier one by its threshold: most patients need no search."""
    steps, limit = half_steps(STANDARD), 2 * 10 + 1
    for visit in visits:
        half = int(visit.edss * 2)
        if half >= limit:
            return True
        limit = min(limit, half + steps[half])
    return False


def _in_period(outcome: str, visits: list[Visit], relapses: list[date], frame: Frame) -> str:
    """With its onset in the period, measured from the visit that the period begins with (as NEDA-3 is)."""
    settings = _PERIOD_12 if outcome == "cdp12" else _PERIOD_24
    reference = reference_visit(frame.since, frame.until, visits, relapses, settings)
    if reference is None:
        return NOT_JUDGED
    since = [visit for visit in visits if visit.on >= reference.on]
    kind = _KINDS.get(outcome)
    changes = events(since, relapses, settings)
    found = [
        event
        for event in changes
        if event.change is Change.WORSENING and frame.since <= event.on <= frame.until
    ]
    if any(kind is None or event.kind is kind for event in found):
        return YES
    later = any(visit.on > reference.on and frame.since <= visit.on <= frame.until for visit in since)
    if not later or pending(frame.since, frame.until, since, relapses, changes, settings):
        return NOT_JUDGED
    return NO


def _neda(person: Person, visits: list[Visit], frame: Frame) -> str:
    start, end = frame.neda_year
    scans = [
        Scan(each.mri_on, mri_active(each.new_t2, each.gadolinium, each.gd_lesions), each.on)
        for each in person.courses
        if each.mri_done
    ]
    watched = min(frame.today, person.gone_on or frame.today)
    relapses = [*person.relapses, *([None] if person.undated else [])]
    judged = neda3(start, end, watched, visits, relapses, scans)
    return NOT_JUDGED if judged.value is None else YES if judged.value else NO
