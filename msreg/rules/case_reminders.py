"""When a case that waits for its centre is reminded of (SPEC N8): 4, 8 and 12 weeks after it entered its state.

A round begins when a case enters concept or incomplete, so each return begins a new one. What was sent is counted
within the round: the caller knows the step that began it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from msreg.rules.case_states import OPEN
from msreg.vocabulary import CaseState

WEEKS = (4, 8, 12)
"""After how many weeks a reminder goes out."""


class Reminder(NamedTuple):
    """One reminder of a round."""

    weeks: int
    on: date
    """The first day on which it may go out."""


def reminders(since: date) -> tuple[Reminder, ...]:
    """The three reminders of a round that began on this day."""
    return tuple(Reminder(weeks, since + timedelta(weeks=weeks)) for weeks in WEEKS)


def reminder_dates(since: date) -> tuple[date, ...]:
    """Their days: 28, 56 and 84 days later."""
    return tuple(each.on for each in reminders(since))


def due(state: CaseState, since: date, today: date, sent: Collection[int] = ()) -> Reminder | None:
    """The reminder that is to go out today, or None; `since` is when the case entered its state.

    `sent` are the weeks of the reminders that went out in this round. Each goes out once and they do not overtake
    each other: when nothing ran for a while the latest one goes, in place of those before it, because two mails on
    one day that ask the same are one too many.
    """
    if state not in OPEN:
        return None
    last = max(sent, default=0)
    come = [each for each in reminders(since) if each.on <= today and each.weeks > last]
    return come[-1] if come else None


def coming(state: CaseState, since: date, today: date) -> Reminder | None:
    """The first reminder of the round whose day is still to come, or None."""
    if state not in OPEN:
        return None
    return next((each for each in reminders(since) if each.on > today), None)


def next_on(state: CaseState, since: date, reminded_weeks: int) -> date | None:
    """The day of the first reminder of the round after the last one that went out, or None."""
    if state not in OPEN:
        return None
    return next((each.on for each in reminders(since) if each.weeks > reminded_weeks), None)
