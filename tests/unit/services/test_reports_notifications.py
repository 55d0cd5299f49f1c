"""What centres answered, and the response that it makes: who is asked from when, and what counts (SPEC N9)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from msreg.errors import NotAllowed, NotFound, Usage
from msreg.rules.case_months import Answer, Response
from msreg.services import centres
from msreg.services.access import RIGHTS
from msreg.services.case_steps import withdraw
from msreg.services.null_reports import report_nothing
from msreg.services.operators import add_operator
from msreg.services.reports_notifications import (
    Answers,
    Period,
    cases_of,
    null_reports_of,
    read_answers,
    response_of,
)
from msreg.store.actor import Actor
from msreg.store.queries.saving import moment
from msreg.store.registry import Registry
from msreg.vocabulary import Right, Role
from tests.cases import person, reported

Read = Callable[..., Answers]


@pytest.fixture
def read(registry: Registry, desk: Actor, today: date) -> Read:
    def call(by: Actor = desk, today: date = today, **how: Any) -> Answers:
        return read_answers(registry, by=by, event="reports.notifications", today=today, **how)

    return call


@pytest.fixture
def notifier(registry: Registry, desk: Actor) -> Actor:
    return person(registry, desk, Role.NOTIFIER)


def since(registry: Registry, desk: Actor, at: datetime, centre: str = "AMS01") -> None:
    """A centre got a notifier at that moment; the clock of the log does not go back."""
    add_operator(registry, by=desk, user="melder", role=Role.NOTIFIER, centre=centre)
    with registry.light() as db:
        db.execute("UPDATE operator SET created_at = ? WHERE os_user = 'melder'", (moment(at),))


def signs(found: Answers, centre: str = "AMS01") -> str:
    """A letter for each month: c(ases), n(ull report), o(pen), - for not asked; capital where it counts."""
    (mine,) = [each for each in found.centres if each.code == centre]
    letters = {Answer.CASES: "c", Answer.NULL_REPORT: "n", Answer.OPEN: "o", Answer.NOT_ASKED: "-"}
    return "".join(
        letters[each.answer].upper() if each.counts else letters[each.answer] for each in mine.answers
    )


def test_a_registry_without_cases_asks_nobody(read: Read) -> None:
    found = read()
    assert (found.centres, found.not_asked, found.months[0], found.months[-1]) == (
        (),
        2,
        "2025-12",
        "2026-11",
    )
    assert response_of(found.every) == Response(0, 0)


def test_from_the_month_of_the_first_notifier(registry: Registry, desk: Actor, read: Read) -> None:
    since(registry, desk, datetime(2026, 8, 14, tzinfo=UTC))
    found = read()
    assert signs(found) == "--------OOOo"
    assert (response_of(found.every), found.not_asked) == (Response(0, 3), 1)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 8, 31, 21, 59, tzinfo=UTC), "--------OOOo"),
        (datetime(2026, 8, 31, 22, 0, tzinfo=UTC), "---------OOo"),
    ],
)
def test_the_month_of_a_notifier_is_that_of_the_office(
    at: datetime, expected: str, registry: Registry, desk: Actor, read: Read
) -> None:
    """Midnight in Amsterdam is ten in the evening by UTC in summer."""
    since(registry, desk, at)
    assert signs(read()) == expected


def test_cases_and_null_reports_are_answers(registry: Registry, notifier: Actor, read: Read) -> None:
    """The first case of a centre begins its months; two cases are one answer, and a withdrawn one is none."""
    reported(registry, notifier, date(2026, 7, 31))
    for day in (date(2026, 9, 1), date(2026, 9, 30)):
        reported(registry, notifier, day)
    gone = reported(registry, notifier, date(2026, 10, 1))
    withdraw(registry, by=notifier, case=str(gone.number), today=date(2026, 10, 2), remark="dubbel")
    report_nothing(registry, by=notifier, month="2026-08", today=date(2026, 11, 21))
    found = read()
    assert signs(found) == "-------CNCOo"
    assert response_of(found.every) == Response(3, 4)
    assert (cases_of(found.every), null_reports_of(found.every)) == (3, 1)
    assert response_of(found.of_month("2026-10")) == Response(0, 1)
    assert response_of(found.of_month("2026-11")) == Response(0, 0)
    (said,) = [each for each in found.every if each.answer is Answer.NULL_REPORT]
    assert (said.user, said.at is not None) == (notifier.name, True)


def test_this_month_is_shown_and_counts_when_it_is_over(
    registry: Registry, notifier: Actor, read: Read
) -> None:
    """The last day of the month, and the first of the next one."""
    reported(registry, notifier, date(2026, 11, 1))
    assert signs(read(today=date(2026, 11, 30)))[-1] == "c"
    assert signs(read(today=date(2026, 12, 1)))[-2:] == "Co"


def test_a_null_report_of_long_ago_asks_for_nothing_more(
    registry: Registry, desk: Actor, notifier: Actor, read: Read
) -> None:
    """A slip of the year must not make twelve months of silence: it is shown, and does not count."""
    since(registry, desk, datetime(2026, 10, 1, 12, tzinfo=UTC))
    report_nothing(registry, by=notifier, month="2026-01", today=date(2026, 11, 21))
    assert signs(read()) == "-n--------Oo"


def test_without_a_notifier_the_first_null_report_begins(registry: Registry, desk: Actor, read: Read) -> None:
    report_nothing(registry, by=desk, centre="UTR01", month="2026-09", today=date(2026, 11, 21))
    assert signs(read(), "UTR01") == "---------NOo"


def test_a_centre_that_left_is_asked_until_its_last_answer(
    registry: Registry, desk: Actor, notifier: Actor, read: Read
) -> None:
    reported(registry, notifier, date(2026, 6, 1))
    report_nothing(registry, by=notifier, month="2026-08", today=date(2026, 11, 21))
    centres.edit_centre(registry, by=desk, code="AMS01", active=False)
    assert signs(read()) == "------CON---"


def test_a_centre_that_left_without_an_answer_is_not_asked(
    registry: Registry, desk: Actor, read: Read
) -> None:
    since(registry, desk, datetime(2026, 8, 14, tzinfo=UTC))
    centres.edit_centre(registry, by=desk, code="AMS01", active=False)
    assert read().centres == ()
    assert signs(read(centre="AMS01")) == "-" * 12


def test_late_terminations_are_another_process(registry: Registry, notifier: Actor, read: Read) -> None:
    reported(registry, notifier, date(2026, 11, 1), "late_termination")
    assert read().centres == ()


@pytest.mark.parametrize(
    ("period", "first", "last", "count"),
    [
        (Period(), "2025-12", "2026-11", 12),
        (Period(2025), "2025-01", "2025-12", 12),
        (Period(2026), "2026-01", "2026-11", 11),
        (Period(None, "2026-11", None), "2026-11", "2026-11", 1),
        (Period(None, None, "2026-02"), "2025-03", "2026-02", 12),
        (Period(None, "2024-02", "2099-01"), "2024-02", "2026-11", 34),
    ],
)
def test_over_which_months(period: Period, first: str, last: str, count: int, read: Read) -> None:
    months = read(period=period).months
    assert (months[0], months[-1], len(months)) == (first, last, count)


@pytest.mark.parametrize(
    "period",
    [Period(2027), Period(1999), Period(2026, "2026-01"), Period(None, "2026-12"), Period(None, "2026-05", "2026-04")],
)  # fmt: skip
def test_a_period_without_months_is_refused(period: Period, read: Read) -> None:
    with pytest.raises(Usage):
        read(period=period)


def test_a_notifier_gets_the_own_centre_and_no_other(
    registry: Registry, desk: Actor, notifier: Actor, read: Read
) -> None:
    for code in ("AMS01", "UTR01"):
        report_nothing(registry, by=desk, centre=code, month="2026-10", today=date(2026, 11, 21))
    assert [each.code for each in read(notifier).centres] == ["AMS01"]
    assert read(notifier).centre == "AMS01"
    assert [each.code for each in read(person(registry, desk, Role.COORDINATOR)).centres] == [
        "AMS01",
        "UTR01",
    ]
    assert [each.code for each in read(centre="utr01").centres] == ["UTR01"]
    with pytest.raises(NotAllowed):
        read(notifier, centre="UTR01")
    with pytest.raises(NotFound):
        read(notifier, centre="ZZZ99")


@pytest.mark.parametrize("role", list(Role))
def test_who_may(role: Role, registry: Registry, desk: Actor, read: Read) -> None:
    by = person(registry, desk, role)
    if Right.CASES_READ in RIGHTS[role]:
        assert read(by).months
        return
    with pytest.raises(NotAllowed):
        read(by)


def test_the_log_tells_of_which_centre_and_months(registry: Registry, notifier: Actor, read: Read) -> None:
    read(notifier, told={"to_file": True, "file": "x.csv", "recipient": "Perined"})
    with registry.light() as db:
        found = db.one("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert found is not None
    event = json.loads(found[0])
    assert (event["event"], event["action"], event["segment"]) == (
        "reports.notifications",
        "E",
        "notifications",
    )
    assert event["about"] == {
        "centre": "AMS01", "from": "2025-12", "until": "2026-11", "to_file": True, "file": "x.csv", "recipient": "Perined",
    }  # fmt: skip
