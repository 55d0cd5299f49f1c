"""What each centre answered for each month, and the response that it makes (SPEC N9, decision 0040).

Response is of centres and months that were asked for: a centre is asked from the month in which it got a notifier or
reported its first case, until this one. The month that still runs is shown and not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msreg.clock import AMSTERDAM
from msreg.errors import Usage
from msreg.rules import case_months as rules
from msreg.rules.case_months import FIRST_YEAR, Answer, Response, Taking, month_after, month_of
from msreg.services import access
from msreg.services.null_reports import PROCESS, not_of
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import null_reports as queries
from msreg.store.queries.saving import read_moment
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right

_NOTHING: Mapping[str, object] = MappingProxyType({})
_YEAR = 12


class Period(NamedTuple):
    """What a person asks for, as given: a year, or months from one until another."""

    year: int | None = None
    since: str | None = None
    until: str | None = None


TWELVE_MONTHS = Period()


class MonthAnswer(NamedTuple):
    """What one centre answered for one month."""

    month: str
    answer: Answer
    cases: int
    counts: bool
    """Whether it is part of the response."""
    user: str | None = None
    """Who reported that there was nothing, and when."""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CentreAnswers:
    """The answers of one centre, a month each, in the order of the months."""

    code: str
    name: str
    answers: tuple[MonthAnswer, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one centre (`centre`) or of all, over the same months."""

    months: tuple[str, ...]
    centre: str | None
    centre_name: str | None
    centres: tuple[CentreAnswers, ...]
    not_asked: int
    """Centres without a notifier that never reported anything: they are left out."""
    today: date

    @property
    def every(self) -> tuple[MonthAnswer, ...]:
        """All answers of all centres."""
        return tuple(each for centre in self.centres for each in centre.answers)

    def of_month(self, month: str) -> tuple[MonthAnswer, ...]:
        """The answers of all centres for one month."""
        return tuple(each for each in self.every if each.month == month)


def response_of(answers: Iterable[MonthAnswer]) -> Response:
    """So many answered of so many that were asked for and are over."""
    return rules.response(each.answer for each in answers if each.counts)


def cases_of(answers: Iterable[MonthAnswer]) -> int:
    """How many cases were reported and not withdrawn."""
    return sum(each.cases for each in answers)


def null_reports_of(answers: Iterable[MonthAnswer]) -> int:
    """How many months had no case, as their centre said."""
    return sum(each.answer is Answer.NULL_REPORT for each in answers)


def read_answers(
    registry: Registry,
    *,
    by: Actor,
    event: str,
    centre: str | None = None,
    period: Period = TWELVE_MONTHS,
    today: date,
    told: Mapping[str, object] = _NOTHING,
) -> Answers:
    """The answers over a period: a year, months, or the last twelve. Who asked is in the log as `event`.

    For who works for one centre those of that centre. `told`: what else the log says, such as the file that it goes
    to. Raises `NotFound` and `NotAllowed` for a centre, `Usage` for a period without months.
    """
    months = _months(period, today)
    with looking(registry, by=by, event=event, right=Right.CASES_READ) as look:
        look.about = dict(told)
        if told.get("to_file"):
            look.action, look.segment = Action.EXECUTE, "notifications"
        own = _own(look.db, by, centre)
        look.about |= {"centre": own.code if own else None, "from": months[0], "until": months[-1]}
        return _read(look.db, own, months, today)


def _own(db: Database, by: Actor, code: str | None) -> access.Centre | None:
    if code is None:
        if by.centres is None:
            return None
        code = next((each[1] for each in queries.centres(db) if each[0] == by.centre), None)
        if code is None:
            raise Usage(N_("Name one of your centres with --centre."), field="centre")
    found = access.require_centre(db, code)
    if not access.works_for(by, found.id):
        raise not_of(found.code)
    return found


def _months(period: Period, today: date) -> tuple[str, ...]:
    """The months that are asked for; those after this one are left out."""
    this = month_of(today)
    if period.year is not None:
        if period.since or period.until:
            raise Usage(
                N_("A report is over a year or from one month until another, not both."), field="year"
            )
        if not FIRST_YEAR <= period.year <= today.year:
            raise Usage(
                N_("A report is over a year from {first} to {last}."),
                field="year",
                first=FIRST_YEAR,
                last=today.year,
            )
        return rules.months_between(f"{period.year}-01", min(f"{period.year}-12", this))
    until = min(period.until or this, this)
    since = period.since or month_after(until, 1 - _YEAR)
    if since > until:
        raise Usage(N_("The first month of a report lies after its last, or after this month."), field="from")
    return rules.months_between(since, until)


def _read(db: Database, own: access.Centre | None, months: tuple[str, ...], today: date) -> Answers:
    cases = {(centre, month): count for centre, month, count in queries.cases(db, PROCESS)}
    reports = {(row["centre_id"], row["month"]): row for row in queries.reports(db, PROCESS)}
    first_cases, first_reports = _first(cases), _first(reports)
    notifiers = {centre: _local_month(at) for centre, at in queries.notifiers(db)}
    this, found, not_asked = month_of(today), [], Counter[bool]()
    for centre_id, code, name, active in queries.centres(db):
        if own is not None and centre_id != own.id:
            continue
        # Whoever reported nothing for a month of long ago, perhaps by a slip, was not asked ever since.
        starts = [each[centre_id] for each in (notifiers, first_cases) if centre_id in each]
        since = min(starts) if starts else first_reports.get(centre_id)
        if since is None and own is None:
            not_asked[bool(active)] += 1
            continue
        last = max((month for centre, month in (*cases, *reports) if centre == centre_id), default=None)
        taking = Taking(since if active or last else None, None if active else last)
        answers = []
        for month in months:
            row = reports.get((centre_id, month))
            standing = row if row is not None and row["undone_by"] is None else None
            count = int(cases.get((centre_id, month), 0))
            answer = rules.answer_of(
                null_report=standing is not None, cases=count, month=month, taking=taking, this_month=this
            )
            told = standing if answer is Answer.NULL_REPORT else None
            answers.append(
                MonthAnswer(
                    month, answer, count, rules.counts(month, taking, this),
                    told["user_name"] if told else None, read_moment(told["updated_at"]) if told else None,
                )
            )  # fmt: skip
        if own is not None or any(each.answer is not Answer.NOT_ASKED for each in answers):
            found.append(CentreAnswers(code, name, tuple(answers)))
    code, name = (own.code, own.name) if own else (None, None)
    return Answers(months, code, name, tuple(found), not_asked[True], today)


def _first(keys: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The first month of each centre."""
    found: dict[str, str] = {}
    for centre, month in keys:
        found[centre] = min(month, found.get(centre, month))
    return found


def _local_month(at: str) -> str:
    """The month of a moment on the clock of the office: half past midnight there is the day before by UTC."""
    return month_of(read_moment(at).astimezone(ZoneInfo(AMSTERDAM)).date())
