"""What a centre answered for a month: a case, nothing, or not yet; and the response that this makes (SPEC N2, N9).

A month is a text, `2026-11`: such texts sort as the months do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

FIRST_YEAR = 2000


class Answer(StrEnum):
    """What a centre answered for a month."""

    CASES = "cases"
    NULL_REPORT = "null_report"
    OPEN = "open"
    """It is asked and did not answer yet."""
    NOT_ASKED = "not_asked"
    """It did not take part then."""


class Response(NamedTuple):
    """So many months answered of so many that were asked for."""

    answered: int
    asked: int


class Taking(NamedTuple):
    """The months in which a centre takes part: from `since` until `until`, both included; None is open."""

    since: str | None
    until: str | None = None


def month_of(day: date) -> str:
    """The month of a day."""
    return f"{day:%Y-%m}"


def month_after(month: str, count: int = 1) -> str:
    """The month so many months later, or earlier for a number below zero."""
    years, place = divmod(int(month[5:]) - 1 + count, 12)
    return f"{int(month[:4]) + years:04}-{place + 1:02}"


def months_between(first: str, last: str) -> tuple[str, ...]:
    """Every month from the first until the last, both included; none when the first is later."""
    found = []
    while first <= last:
        found.append(first)
        first = month_after(first)
    return tuple(found)


def answer_of(*, null_report: bool, cases: int, month: str, taking: Taking, this_month: str) -> Answer:
    """What a centre answered. `cases` are those reported in the month and not withdrawn."""
    if cases:
        return Answer.CASES
    if null_report:
        return Answer.NULL_REPORT
    return Answer.OPEN if is_asked(month, taking) and month <= this_month else Answer.NOT_ASKED


def is_asked(month: str, taking: Taking) -> bool:
    """Whether a centre took part in a month."""
    return (
        taking.since is not None and taking.since <= month and (taking.until is None or month <= taking.until)
    )


def counts(month: str, taking: Taking, this_month: str) -> bool:
    """Whether a month is part of the response: the centre took part, and the month is over.

    A month that still runs would make every centre late on its first day.
    """
    return is_asked(month, taking) and month < this_month


def response(answers: Iterable[Answer]) -> Response:
    """The response over months that count."""
    every = list(answers)
    return Response(sum(each in (Answer.CASES, Answer.NULL_REPORT) for each in every), len(every))
