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
    stopped: bool | None = None,
) -> date | None:
    """The day on which the patient is invited to the EQ-5D-5L (SPEC Q1), or None.

    Two calendar months after the last course; only with consent, an e-mail address, alive and in treatment, and not
    for who wants no mail (`stopped`).
    """
    if last_course_on is None or not consent or not email or deceased or ended or stopped:
        return None
    return months_after(last_course_on, INVITE_AFTER_MONTHS)


def ask_due_on(
    invite_due: date | None,
    last_course_id: str | None,
    asked_for_on: date | None,
    asked_course_id: str | None,
) -> date | None:
    """The day of the invitation that is still to go out for the last course, or None: one a course (SPEC Q1).

    `asked_for_on` is the day that the last invitation was for, `asked_course_id` the course. A course whose date is
    corrected stays the same course, and one that is deleted and entered anew on the same day asks no second time.
    """
    if invite_due is None or invite_due == asked_for_on:
        return None
    return None if last_course_id is not None and last_course_id == asked_course_id else invite_due


def asked_up_to(today: date, every_months: int) -> date:
    """The last day D with `months_after(D, every_months) <= today`: who was asked then is to be asked again."""
    back = months_after(today, -every_months)
    # The last day of a month comes so many months after every day of that month's end that it lacks itself.
    if today.day == monthrange(today.year, today.month)[1]:
        return back.replace(day=monthrange(back.year, back.month)[1])
    return back


def newest_slot(asked_for_on: date, every_months: int, today: date) -> date:
    """The newest day of a series that began on a day and comes every so many months, up to `today`.

    Counted from its first day, so that the end of a month does not wander. Raises `ValueError` when none has come.
    """
    count = ((today.year - asked_for_on.year) * 12 + today.month - asked_for_on.month) // every_months
    while count > 0:
        found = months_after(asked_for_on, count * every_months)
        if found <= today:
            return found
        count -= 1
    raise ValueError("no day of the series has come")


def _clipped(year: int, month: int, day: int) -> date:
    if day > 28:
        day = min(day, monthrange(year, month)[1])
    return date(year, month, day)
