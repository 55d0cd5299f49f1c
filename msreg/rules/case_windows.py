"""Whether a case falls within its theme: windows as dates (SPEC N1).

Yes, no, or unknown while an answer lacks that it turns on. What is judged are the answers to the case form, by the
keys of its questions. The reasons name limits, never the dates of the case.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from msreg.errors import Phrase
from msreg.vocabulary import N_


class Included(StrEnum):
    """The judgement; unknown is not no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Judged(NamedTuple):
    """The judgement with its reason, and the questions without an answer that it turns on."""

    included: Included
    why: Phrase
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When an event counts for a theme, as its data tells.

    `after` is the question for the day that the window is counted from: that day counts, and so do the `days` or
    the `years` (calendar years) behind it, last day included. With `pregnant` an event before that day counts too,
    from the start of the pregnancy on. `weeks` is the least gestation in completed weeks, and `confirmed` a
    yes-or-no question that must be yes.
    """

    after: str | None = None
    days: int | None = None
    years: int | None = None
    pregnant: bool = False
    weeks: int | None = None
    confirmed: str | None = None

    def __post_init__(self) -> None:
        """Raises `ValueError` for a window that says nothing, or two things."""
        if self.after is None and (self.pregnant or self.days is not None or self.years is not None):
            raise ValueError("days, years and pregnant are counted from the question in after")
        if self.after is not None and (self.days is None) is (self.years is None):
            raise ValueError("a window that is counted from a day has either days or years")
        if self.after is None and self.weeks is None and self.confirmed is None:
            raise ValueError("a window without limits")
        if any(each is not None and each < 1 for each in (self.days, self.years, self.weeks)):
            raise ValueError("days, years and weeks are counted from 1")

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions of the case form that it reads."""
        found = []
        if self.after is not None:
            found = [EVENT, START, ENDED, self.after] if self.pregnant else [EVENT, self.after]
        if self.weeks is not None:
            found.append(WEEKS)
        if self.confirmed is not None:
            found.append(self.confirmed)
        return tuple(found)


EVENT, START, ENDED, WEEKS = "event_date", "pregnancy_start", "pregnancy_ended", "gestation_weeks"
"""The questions that windows read whatever their theme is."""


def last_day(start: date, *, days: int | None = None, years: int | None = None) -> date:
    """The last day of a window that begins on `start`.

    Day 42 is 42 days later. A year ends on the same date of the next year; from 29 February, on 28 February of a
    year that has no 29th.
    """
    if years is None:
        return start + timedelta(days=days or 0)
    year = start.year + years
    if (start.month, start.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return start.replace(year=year)


def included(window: Window, answers: Mapping[str, Any]) -> Judged:
    """Whether the answers of a case fall within the window of its theme. No part may be no; no is told first."""
    parts = []
    if window.after is not None:
        parts.append(_in_time(window, window.after, answers))
    if window.weeks is not None:
        parts.append(_far_enough(window.weeks, answers.get(WEEKS)))
    if window.confirmed is not None:
        parts.append(_confirmed(window.confirmed, answers.get(window.confirmed)))
    for part in parts:
        if part.included is Included.NO:
            return part
    unknown = [part for part in parts if part.included is Included.UNKNOWN]
    if unknown:
        return unknown[0]._replace(lacking=tuple(key for part in unknown for key in part.lacking))
    return parts[-1]


def _in_time(window: Window, after: str, answers: Mapping[str, Any]) -> Judged:
    event, start = answers.get(EVENT), answers.get(START)
    if window.pregnant:
        if event is not None and start is not None and event < start:
            return _no(N_("the event is before the start of the pregnancy"))
        ended = answers.get(ENDED)
        if ended is False:
            return _yes(N_("the event was during the pregnancy"))
        if ended is None:
            return _unknown(N_("it is not known whether the pregnancy had ended"), ENDED)
    end = answers.get(after)
    if event is None or end is None:
        lacks = tuple(key for key, value in ((EVENT, event), (after, end)) if value is None)
        return _unknown(N_("a date is missing that the window is counted with"), *lacks)
    if event < end:
        if window.pregnant:
            return _yes(N_("the event was during the pregnancy"))
        return _no(N_("the event is before the day that the window begins with"))
    if event <= last_day(end, days=window.days, years=window.years):
        return _yes(N_("the event is within the window"))
    if window.days is not None:
        return _no(N_("the event is after day {days}, the last day that counts"), days=window.days)
    if window.years == 1:
        return _no(N_("the event is more than one calendar year later"))
    return _no(N_("the event is more than {years} calendar years later"), years=window.years)


def _far_enough(least: int, weeks: int | None) -> Judged:
    if weeks is None:
        return _unknown(N_("the gestation is not known"), WEEKS)
    if weeks < least:
        return _no(N_("the gestation is less than {weeks} completed weeks"), weeks=least)
    return _yes(N_("the gestation is {weeks} completed weeks or more"), weeks=least)


def _confirmed(key: str, answer: bool | None) -> Judged:
    if answer is None:
        return _unknown(N_("the question whether the theme applies is open"), key)
    if not answer:
        return _no(N_("the answer to the question whether the theme applies is no"))
    return _yes(N_("the theme applies, by gestation and by judgement"))


def _yes(why: str, **params: object) -> Judged:
    return Judged(Included.YES, Phrase(why, params))


def _no(why: str, **params: object) -> Judged:
    return Judged(Included.NO, Phrase(why, params))


def _unknown(why: str, *lacks: str) -> Judged:
    return Judged(Included.UNKNOWN, Phrase(why), lacks)
