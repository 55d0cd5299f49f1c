"""Which PROM lists are expected of a patient, and which of them were filled in (SPEC Q1, Q4)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from msreg.rules.duedates import INVITE_AFTER_MONTHS, months_after


class Expected(NamedTuple):
    """One list: the day from which it is expected, and whether it was filled in."""

    due_on: date
    filled: bool


def expected_lists(
    courses: Sequence[date],
    answers: Sequence[date],
    *,
    reachable: bool,
    ended: Sequence[date | None],
    today: date,
) -> list[Expected]:
    """The lists that were expected up to `today`, one a course at most; both sequences oldest first.

    A list is expected two calendar months after a course, unless a newer course was there by then: that one
    moves the day (Q1). `reachable`: consent was given and an e-mail address is known. `ended`: the days of
    death, of the end of treatment, of withdrawn consent and since which no mail is wanted; from the first of them on
    nothing is expected.
    A list counts as filled in when one was answered on the day or later, before the next one was expected.
    """
    if not reachable:
        return []
    last = min((day for day in ended if day is not None), default=date.max)
    due = [
        day
        for place, course in enumerate(courses)
        if (day := months_after(course, INVITE_AFTER_MONTHS)) <= today
        and day < last
        and (place + 1 == len(courses) or courses[place + 1] > day)
    ]
    found = []
    for place, day in enumerate(due):
        until = due[place + 1] if place + 1 < len(due) else date.max
        at = bisect_left(answers, day)
        found.append(Expected(day, at < len(answers) and answers[at] < until))
    return found
