"""Null reports: once, by whom, for which month, and what a case does to them (SPEC N2, decision 0040)."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from msreg.errors import Conflict, MsregError, NotAllowed, NotFound, Refused, Usage
from msreg.services import centres
from msreg.services.access import RIGHTS
from msreg.services.case_opening import new_case
from msreg.services.case_steps import withdraw
from msreg.services.null_reports import report_nothing, require_month, take_back_nothing
from msreg.store.actor import Actor
from msreg.store.queries import null_reports as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Right, Role
from tests.cases import person, reported

NOW, BEFORE = "2026-11", "2026-10"


def rows(registry: Registry) -> list[dict[str, Any]]:
    with registry.light() as db:
        return list(queries.reports(db, "nethoss"))


def last_event(registry: Registry) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The last event, with what it did to which tables."""
    with registry.light() as db:
        found = db.one("SELECT seq, body FROM audit_event ORDER BY seq DESC LIMIT 1")
        assert found is not None
        items = db.rows("SELECT entity, action FROM audit_item WHERE seq = ? ORDER BY n", (found[0],))
    return json.loads(found[1]), [(entity, action) for entity, action in items]


def live(registry: Registry) -> list[str]:
    """The months of null reports that stand."""
    return sorted(row["month"] for row in rows(registry) if row["undone_by"] is None)


@pytest.fixture
def notifier(registry: Registry, desk: Actor) -> Actor:
    return person(registry, desk, Role.NOTIFIER)


def test_a_notifier_says_so_for_the_own_centre(registry: Registry, notifier: Actor, today: date) -> None:
    done = report_nothing(registry, by=notifier, month=BEFORE, today=today)
    assert (done.centre, done.month, done.standing, done.changed) == ("AMS01", BEFORE, True, True)
    (row,) = rows(registry)
    assert (row["month"], row["process"], row["user"]) == (BEFORE, "nethoss", notifier.user)
    event, items = last_event(registry)
    assert (event["event"], event["action"], items) == ("cases.nothing", "C", [("null_report", "C")])
    assert event["about"] == {"centre": "AMS01", "month": BEFORE}


def test_twice_is_once(registry: Registry, notifier: Actor, desk: Actor, today: date) -> None:
    """Who says it first is who said it; the second call changes nothing and is in the log all the same."""
    report_nothing(registry, by=notifier, month=BEFORE, today=today)
    before = rows(registry)
    again = report_nothing(registry, by=desk, centre="ams01", month=BEFORE, today=today)
    assert (again.standing, again.changed, again.user) == (True, False, notifier.name)
    assert rows(registry) == before
    event, items = last_event(registry)
    assert (event["about"]["unchanged"], items) == (True, [])


def test_eight_at_once_are_one(registry: Registry, notifier: Actor, today: date) -> None:
    def say(_number: int) -> bool:
        return report_nothing(registry, by=notifier, month=BEFORE, today=today).changed

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(say, range(8))) == 1
    assert live(registry) == [BEFORE]


@pytest.mark.parametrize(
    ("day", "month", "fits"),
    [(date(2026, 11, 30), "2026-11", True), (date(2026, 11, 30), "2026-12", False), (date(2026, 12, 1), "2026-12", True),
     (date(2026, 12, 31), "2027-01", False), (date(2027, 1, 1), "2027-01", True), (date(2024, 2, 29), "2024-02", True),
     (date(2024, 2, 29), "2024-03", False), (date(2024, 3, 1), "2024-03", True)],
)  # fmt: skip
def test_a_month_that_has_not_begun_is_refused(
    day: date, month: str, fits: bool, registry: Registry, notifier: Actor
) -> None:
    """The day before the first, the first, the ends of a year and of a February with 29 days."""
    if fits:
        assert report_nothing(registry, by=notifier, month=month, today=day).changed
        return
    with pytest.raises(Refused) as told:
        report_nothing(registry, by=notifier, month=month, today=day)
    assert told.value.field == "month"
    assert rows(registry) == []


def test_not_in_a_month_with_a_case(registry: Registry, notifier: Actor, today: date) -> None:
    """Only cases of that month and centre, and of NethOSS: a late termination is another process."""
    for _each in range(2):
        reported(registry, notifier, today)
    with pytest.raises(Refused) as told:
        report_nothing(registry, by=notifier, month=NOW, today=today)
    assert "(2)" in str(told.value)
    assert report_nothing(registry, by=notifier, month=BEFORE, today=today).changed
    other = person(registry, notifier, Role.NOTIFIER, "UTR01")
    reported(registry, other, today, "late_termination")
    assert report_nothing(registry, by=other, month=NOW, today=today).changed


def test_a_case_undoes_the_null_report_of_its_month_alone(
    registry: Registry, notifier: Actor, today: date
) -> None:
    for month in (BEFORE, NOW):
        report_nothing(registry, by=notifier, month=month, today=today)
    late = reported(registry, notifier, today, "late_termination")
    assert (late.null_report_undone, live(registry)) == (None, [BEFORE, NOW])
    case = reported(registry, notifier, today)
    assert (case.null_report_undone, live(registry)) == (NOW, [BEFORE])
    assert last_event(registry)[1] == [("notification", "C"), ("case_step", "C"), ("null_report", "U")]
    assert reported(registry, notifier, today).null_report_undone is None
    assert {row["undone_by"] for row in rows(registry)} == {None, case.id}


def test_a_trial_of_a_case_undoes_nothing(registry: Registry, notifier: Actor, today: date) -> None:
    report_nothing(registry, by=notifier, month=NOW, today=today)
    answers = {"theme": "HYS"}
    done = new_case(registry, by=notifier, answers=answers, today=today, dry_run=True)
    assert (done.null_report_undone, live(registry)) == (NOW, [NOW])


def test_after_a_withdrawn_case_the_month_is_open_until_somebody_says_so_anew(
    registry: Registry, notifier: Actor, desk: Actor, today: date
) -> None:
    report_nothing(registry, by=notifier, month=NOW, today=today)
    case = reported(registry, notifier, today)
    withdraw(registry, by=notifier, case=str(case.number), today=today, remark="dubbel")
    assert live(registry) == []
    done = report_nothing(registry, by=desk, centre="AMS01", month=NOW, today=today)
    assert (done.changed, done.user) == (True, desk.name)
    (row,) = rows(registry)
    assert (row["undone_by"], row["user"], row["version"]) == (None, desk.user, 3)
    assert last_event(registry)[1] == [("null_report", "U")]


def test_taken_back_and_said_again(registry: Registry, notifier: Actor, today: date) -> None:
    assert not take_back_nothing(registry, by=notifier, month=NOW).changed
    report_nothing(registry, by=notifier, month=NOW, today=today)
    done = take_back_nothing(registry, by=notifier, month=NOW)
    assert (done.standing, done.changed, rows(registry)) == (False, True, [])
    assert last_event(registry)[1] == [("null_report", "D")]
    assert not take_back_nothing(registry, by=notifier, month=NOW).changed
    assert report_nothing(registry, by=notifier, month=NOW, today=today).changed
    assert live(registry) == [NOW]


def test_what_a_case_undid_is_not_taken_back(registry: Registry, notifier: Actor, today: date) -> None:
    report_nothing(registry, by=notifier, month=NOW, today=today)
    reported(registry, notifier, today)
    assert not take_back_nothing(registry, by=notifier, month=NOW).changed
    assert len(rows(registry)) == 1


def test_a_case_and_null_reports_at_once_leave_the_case(
    registry: Registry, notifier: Actor, today: date
) -> None:
    """Whichever comes first: no month has both."""

    def nothing() -> bool:
        try:
            return report_nothing(registry, by=notifier, month=NOW, today=today).changed
        except Refused:
            return False

    for round_ in range(3):
        with ThreadPoolExecutor(4) as pool:
            said = [pool.submit(nothing) for _each in range(3)]
            case = pool.submit(reported, registry, notifier, today)
            undone = case.result().null_report_undone
            changed = [each.result() for each in said]
        assert live(registry) == [], round_
        assert (undone == NOW) == any(changed), round_
        withdraw(registry, by=notifier, case=str(case.result().number), today=today, remark="x")


@pytest.mark.parametrize("role", list(Role))
def test_who_may(role: Role, registry: Registry, desk: Actor, today: date) -> None:
    """Notifiers of the centre and the desk; nobody else, and each refusal is in the log."""
    by = person(registry, desk, role)
    if Right.CASES_NOTHING in RIGHTS[role]:
        assert role in (Role.NOTIFIER, Role.DESK)
        assert report_nothing(registry, by=by, centre="AMS01", month=BEFORE, today=today).changed
        return
    for call in (
        lambda: report_nothing(registry, by=by, centre="AMS01", month=BEFORE, today=today),
        lambda: take_back_nothing(registry, by=by, centre="AMS01", month=BEFORE),
    ):
        with pytest.raises(NotAllowed):
            call()
        assert last_event(registry)[0]["outcome"] == "4"
    assert rows(registry) == []


@pytest.mark.parametrize(
    ("centre", "kind"), [("UTR01", NotAllowed), ("ZZZ99", NotFound), (None, None), ("ams01", None)]
)
def test_a_notifier_and_centres(
    centre: str | None, kind: type[MsregError] | None, registry: Registry, notifier: Actor, today: date
) -> None:
    if kind is None:
        assert (
            report_nothing(registry, by=notifier, centre=centre, month=BEFORE, today=today).centre == "AMS01"
        )
        return
    for call in (
        lambda: report_nothing(registry, by=notifier, centre=centre, month=BEFORE, today=today),
        lambda: take_back_nothing(registry, by=notifier, centre=centre, month=BEFORE),
    ):
        with pytest.raises(kind):
            call()
    assert rows(registry) == []


def test_who_works_for_all_names_the_centre(registry: Registry, desk: Actor, today: date) -> None:
    with pytest.raises(Usage):
        report_nothing(registry, by=desk, month=BEFORE, today=today)


def test_a_centre_that_left_reports_nothing_more(registry: Registry, desk: Actor, today: date) -> None:
    centres.edit_centre(registry, by=desk, code="UTR01", active=False)
    with pytest.raises(Conflict):
        report_nothing(registry, by=desk, centre="UTR01", month=BEFORE, today=today)


@pytest.mark.parametrize("month", [None, "1999-12"])
def test_a_month_is_one_of_this_century(month: str | None) -> None:
    with pytest.raises(Usage):
        require_month(month)
    assert require_month("2000-01") == "2000-01"
