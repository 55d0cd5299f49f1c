"""Time until something happens, for patients of whom it is not known of all: Kaplan-Meier.

Definitions with sources: docs/reference/measures.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

_ROUNDING = 1e-9
"""A product of fractions that makes exactly a half may come out a hair above it."""


class Spell(NamedTuple):
    """How long somebody was watched, and whether that ended because it happened."""

    days: int
    happened: bool


class Step(NamedTuple):
    """A day on which it happened to somebody: how many were still watched, to how many, share left after."""

    days: int
    at_risk: int
    events: int
    share: float


def survival_curve(spells: Iterable[Spell]) -> list[Step]:
    """The Kaplan-Meier estimate: the share to whom it has not happened yet, after each day that it did.

    Who is censored on a day counts as watched on that day still.
    """
    ended, happened = Counter[int](), Counter[int]()
    for spell in spells:
        ended[spell.days] += 1
        happened[spell.days] += spell.happened
    at_risk, share = ended.total(), 1.0
    curve: list[Step] = []
    for days in sorted(ended):
        if happened[days]:
            share *= (at_risk - happened[days]) / at_risk
            curve.append(Step(days, at_risk, happened[days], share))
        at_risk -= ended[days]
    return curve


def time_until(curve: Sequence[Step], share: float) -> int | None:
    """The first day after which at most this share is left; None when it was not reached."""
    return next((step.days for step in curve if step.share <= share + _ROUNDING), None)


def median_time(spells: Iterable[Spell]) -> int | None:
    """The first day after which it has happened to at least half; None when it was not reached."""
    return time_until(survival_curve(spells), 0.5)


def share_left(curve: Sequence[Step], days: int) -> float:
    """The estimated share to whom it has not happened up to and including so many days.

    Only worth showing when somebody was watched that long: see the longest of the spells.
    """
    return next((step.share for step in reversed(curve) if step.days <= days), 1.0)


class Use(NamedTuple):
    """One period of one medicine as the registry has it; without a stop it goes on."""

    medicine: str
    start: date
    stop: date | None


JOINED_WITHIN_DAYS = 30
"""A medicine that is started again within so many days of its stop was not stopped, but interrupted."""


def joined(uses: Iterable[Use]) -> list[Use]:
    """The same periods by start, where an interruption of up to and including 30 days is none."""
    whole: list[Use] = []
    latest: dict[str, int] = {}
    for use in sorted(uses, key=lambda each: each.start):
        at = latest.get(use.medicine)
        if at is not None and not _apart(whole[at].stop, use.start):
            whole[at] = whole[at]._replace(stop=_later(whole[at].stop, use.stop))
        else:
            latest[use.medicine] = len(whole)
            whole.append(use)
    return whole


def _apart(stop: date | None, start: date) -> bool:
    return stop is not None and (start - stop).days > JOINED_WITHIN_DAYS


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def time_on_treatment(
    start: date, stop: date | None, today: date, died: date | None = None, ended: date | None = None
) -> Spell | None:
    """One treatment: it happens when it is stopped; censored at death, the end of treatment here, or today.

    A stop on the day of death or after it is no stop. None for a start after the last day that is known.
    """
    last = min(each for each in (today, died, ended) if each is not None)
    if start > last:
        return None
    stopped = stop is not None and stop <= last and (died is None or stop < died)
    return Spell(((stop if stopped and stop is not None else last) - start).days, stopped)


def time_to_treatment(
    diagnosis: date,
    first_start: date | None,
    today: date,
    died: date | None = None,
    ended: date | None = None,
) -> Spell | None:
    """From the diagnosis to the first medicine; who had one before the diagnosis waited 0 days.

    Censored at death, the end of treatment here, or today; None for a diagnosis after that.
    """
    last = min(each for each in (today, died, ended) if each is not None)
    if diagnosis > last:
        return None
    if first_start is not None and first_start <= last:
        return Spell(max((first_start - diagnosis).days, 0), True)
    return Spell((last - diagnosis).days, False)
