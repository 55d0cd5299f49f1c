"""The month question behind its links: nothing to report, taken back, and what closes it (SPEC N2, attack 13)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from msreg import clock
from msreg.services.case_opening import new_case
from msreg.services.case_steps import withdraw
from msreg.services.centres import edit_centre
from msreg.services.links import Closed, end_of, new_token, revoke
from msreg.services.month_links import MonthPage, MonthStanding, answer_nothing, look_month, take_back
from msreg.services.null_reports import report_nothing
from msreg.services.operators import edit_operator, remove_operator
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Language, LinkPurpose
from tests.mail_links import at_once, changed, dump, mailed, notifier_mail, token_of
from tests.unit.services.test_links import SHAPES

Row = dict[str, Any]
Stored = Callable[[str], list[Row]]
NO, YES = LinkPurpose.NO, LinkPurpose.YES
AMSTEL = "Ziekenhuis De Amstelhof"
OPEN, NOTHING, CASES = MonthStanding.OPEN, MonthStanding.NOTHING, MonthStanding.CASES


@pytest.fixture
def today() -> date:
    """Links know the real clock."""
    return clock.today()


@pytest.fixture
def month(today: date) -> str:
    """The month before this one, which is asked about."""
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"


@pytest.fixture
def mail(registry: Registry, desk: Actor, month: str) -> str:
    return notifier_mail(registry, by=desk, month=month)


@pytest.fixture
def token(registry: Registry, mail: str) -> str:
    return token_of(registry, mail, NO)


def reports(stored: Stored) -> list[tuple[Any, ...]]:
    keys = ("month", "process", "user", "user_name", "undone_by")
    return [tuple(each[key] for key in keys) for each in stored("null_report")]


def last_event(registry: Registry) -> Row:
    with registry.light() as db:
        found = db.one("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert found is not None
    event: Row = json.loads(found[0])
    return event


@pytest.mark.parametrize("purpose", [NO, YES])
def test_looking_changes_nothing_but_the_log(
    purpose: LinkPurpose, registry: Registry, mail: str, month: str
) -> None:
    """Attack 13: a scanner of mails opens both links; no month is answered by that."""
    token = token_of(registry, mail, purpose)
    before = dump(registry)
    for _ in range(3):
        page = look_month(registry, token=token, purpose=purpose)
        assert page == MonthPage(None, Language.NL, month, AMSTEL, "AMS01")
        assert page.standing is OPEN
    assert changed(before, dump(registry)) == set()
    event = last_event(registry)
    assert (event["event"], event["action"], event["user"], event["tty"]) == (
        "cases.month",
        "R",
        "noor",
        "web",
    )
    assert (event["role"], event["about"]) == ("notifier", {"centre": "AMS01", "month": month})


def test_no_is_a_null_report_of_the_notifier_for_the_month_that_was_asked(
    registry: Registry, token: str, month: str, today: date, stored: Stored
) -> None:
    page = answer_nothing(registry, token=token, today=today)
    assert (page.standing, page.who, page.changed, page.month) == (NOTHING, "noor", True, month)
    assert page.at is not None
    assert abs(page.at - clock.now()) < timedelta(minutes=2)
    assert reports(stored) == [(month, "nethoss", "noor", "noor", None)]


def test_twice_is_once_and_a_colleague_sees_who_answered(
    registry: Registry, desk: Actor, token: str, month: str, today: date, stored: Stored
) -> None:
    answer_nothing(registry, token=token, today=today)
    before = dump(registry)
    other = token_of(registry, notifier_mail(registry, "piet", by=desk, month=month), NO)
    rows = dump(registry)["null_report"]
    for each in (token, other):
        page = answer_nothing(registry, token=each, today=today)
        assert (page.standing, page.who, page.changed) == (NOTHING, "noor", False)
    assert dump(registry)["null_report"] == rows == before["null_report"]


def test_many_at_the_same_moment_are_once(
    registry: Registry, token: str, today: date, stored: Stored
) -> None:
    pages = at_once(registry, 6, lambda own: answer_nothing(own, token=token, today=today))
    assert sorted(page.changed for page in pages) == [False] * 5 + [True]
    assert {page.standing for page in pages} == {NOTHING}
    assert len(reports(stored)) == 1


def test_it_can_be_taken_back_and_said_again(
    registry: Registry, token: str, today: date, stored: Stored
) -> None:
    answer_nothing(registry, token=token, today=today)
    page = take_back(registry, token=token)
    assert (page.standing, page.changed, reports(stored)) == (OPEN, True, [])
    assert take_back(registry, token=token).changed is False
    assert answer_nothing(registry, token=token, today=today).changed
    assert len(reports(stored)) == 1


def test_a_month_with_a_case_says_so_kindly_until_it_is_withdrawn(
    registry: Registry, desk: Actor, token: str, month: str, today: date, stored: Stored
) -> None:
    done = new_case(registry, by=desk, answers={"theme": "HYS"}, centre="AMS01", month=month, today=today)
    page = answer_nothing(registry, token=token, today=today)
    assert (page.closed, page.standing, page.cases, page.changed) == (None, CASES, 1, False)
    assert reports(stored) == []
    withdraw(registry, by=desk, case=str(done.number), remark="geen casus", today=today)
    assert look_month(registry, token=token, purpose=NO).standing is OPEN
    assert answer_nothing(registry, token=token, today=today).standing is NOTHING


def test_a_case_takes_the_place_of_no(
    registry: Registry, desk: Actor, token: str, month: str, today: date
) -> None:
    answer_nothing(registry, token=token, today=today)
    new_case(registry, by=desk, answers={"theme": "HYS"}, centre="AMS01", month=month, today=today)
    page = look_month(registry, token=token, purpose=NO)
    assert (page.standing, page.cases, page.who) == (CASES, 1, None)


def test_what_other_centres_and_months_answered_is_not_told(
    registry: Registry, desk: Actor, token: str, month: str, today: date
) -> None:
    report_nothing(registry, by=desk, month=month, centre="UTR01", today=today)
    report_nothing(registry, by=desk, month="2026-01", centre="AMS01", today=today)
    assert look_month(registry, token=token, purpose=NO).standing is OPEN


def test_the_page_speaks_the_language_of_the_notifier(registry: Registry, desk: Actor, token: str) -> None:
    edit_operator(registry, by=desk, user="noor", language=Language.EN)
    assert look_month(registry, token=token, purpose=NO).language is Language.EN


# -- what closes it ---------------------------------------------------------------------------------------


def test_a_token_that_is_none_or_of_another_purpose_does_nothing(
    registry: Registry, mail: str, today: date
) -> None:
    """The yes of a mail does not say no."""
    others = [token_of(registry, mail, each) for each in (YES, LinkPurpose.PROM, LinkPurpose.STOP)]
    before, seen = dump(registry), last_event(registry)
    for shape in (*SHAPES, *others, new_token()):
        assert look_month(registry, token=shape, purpose=NO).closed is Closed.UNKNOWN
        assert answer_nothing(registry, token=shape, today=today).closed is Closed.UNKNOWN
        assert take_back(registry, token=shape).closed is Closed.UNKNOWN
    assert (changed(before, dump(registry)), last_event(registry)) == (set(), seen)


@pytest.mark.parametrize(
    ("after", "closed"), [(-timedelta(microseconds=1), None), (timedelta(0), Closed.EXPIRED)]
)
def test_a_link_is_over_after_its_last_day(
    after: timedelta, closed: Closed | None, registry: Registry, mail: str, today: date
) -> None:
    token = token_of(registry, mail, NO, until=today)
    moment = end_of(today) + after
    registry.clock = lambda: moment
    assert look_month(registry, token=token, purpose=NO).closed is closed
    assert answer_nothing(registry, token=token, today=today).changed is (closed is None)


@pytest.mark.parametrize("how", ["removed", "another role", "another centre", "centre stopped", "revoked"])
def test_who_does_not_answer_for_the_centre_any_more_finds_it_closed(
    how: str, registry: Registry, desk: Actor, mail: str, token: str, today: date
) -> None:
    with registry.light() as db, transaction(db):
        match how:
            case "another role":
                db.execute("UPDATE operator SET role = 'entry_clerk' WHERE os_user = 'noor'")
            case "another centre":
                db.execute("UPDATE operator SET centre_id = (SELECT id FROM centre WHERE code = 'UTR01') WHERE os_user = 'noor'")  # fmt: skip
            case "revoked":
                revoke(db, [mail], registry.clock())
    if how == "removed":
        remove_operator(registry, by=desk, user="noor")
    if how == "centre stopped":
        edit_centre(registry, by=desk, code="AMS01", active=False)
    before = dump(registry)
    closed = Closed.REVOKED if how == "revoked" else Closed.ENDED
    assert look_month(registry, token=token, purpose=NO).closed is closed
    page = answer_nothing(registry, token=token, today=today)
    assert (page.closed, page.month, page.centre, page.changed) == (closed, "", "", False)
    assert take_back(registry, token=token).closed is closed
    assert changed(before, dump(registry)) == set()


def test_a_link_of_a_mail_to_nobody_is_closed(registry: Registry, today: date) -> None:
    token = token_of(registry, mailed(registry), NO)
    assert look_month(registry, token=token, purpose=NO).closed is Closed.ENDED
