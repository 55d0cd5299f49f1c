"""Calendar arithmetic: when a new course is due, when a patient is invited to the questionnaire.

Calendar years and months, not days: the manual speaks of "a year" and "two months". 29 February minus a
year is 28 February, and a month that has no such day is clipped to its last one, as dateutil's
relativedelta does; written here in plain Python because lists compute this without loading a library.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

INVITE_AFTER_MONTHS = 2


def years_before(day: date, years: int) -> date:
    """The same day so many calendar years earlier; 29 February becomes 28 where there is none."""
    return _clipped(day.year - years, day.month, day.day)


def months_after(day: date, months: int) -> date:
    """The same day so many calendar months later, clipped to the end of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    return _clipped(day.year + years, month + 1, day.day)


def course_due_on(
    last_course_on: date | None, deceased: bool | None, ended: bool | None, withdrawn: bool | None = None
) -> date | None:
    """The first day on which the last course is older than one calendar year (SPEC P7), or None.

    None without a course, after death, after the end of treatment and when consent was withdrawn (P10).
    """
    if last_course_on is None or deceased or ended or withdrawn:
        return None
    # The first day D with `last < D - 1 year` is the day whose year-ago is the day after the last
    # course. No day has 29 February as its year-ago, so from there it is the 1st of March.
    after = last_course_on + timedelta(days=1)
    if after.month == 2 and after.day == 29:
        return date(after.year + 1, 3, 1)
    return after.replace(year=after.year + 1)


def invite_due_on(
    last_course_on: date | None,
    consent: bool | None,
    email: str | None,
    deceased: bool | None,
    ended: bool | None,
) -> date | None:
    """The day on which the patient is invited to the EQ-5D-5L (SPEC Q1), or None.

    Two calendar months after the last course; only with consent, an e-mail address, alive and in treatment.
    """
    if last_course_on is None or not consent or not email or deceased or ended:
        return None
    return months_after(last_course_on, INVITE_AFTER_MONTHS)


def _clipped(year: int, month: int, day: int) -> date:
    if day > 28:
        day = min(day, monthrange(year, month)[1])
    return date(year, month, day)
