"""The mailed code and the report of a case behind it (decision 0044; security P2, R13)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from msreg import clock
from msreg.errors import Refused, Usage
from msreg.services.case_by_mail import report, session
from msreg.services.case_opening import NewCase
from msreg.services.cases import show_case
from msreg.services.links import CODE_MINUTES, Closed, new_token, revoke
from msreg.services.mail_codes import (
    MOST_AN_HOUR,
    MOST_BY_A_LINK,
    MOST_WRONG,
    SESSION_MINUTES,
    CodeFault,
    CodePage,
    enter_code,
    request_code,
)
from msreg.services.month_links import answer_nothing
from msreg.services.operators import remove_operator
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import LinkPurpose, Role
from tests.mail_links import at_once, changed, dump, made_of, mailed, notifier_mail, token_of
from tests.unit.services.test_links import SHAPES

Row = dict[str, Any]
Stored = Callable[[str], list[Row]]
MINUTE, TICK = timedelta(minutes=1), timedelta(microseconds=1)
CASE = {"theme": "HYS", "patient_number": "7"}


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
def token(registry: Registry, mail: str, today: date) -> str:
    return token_of(registry, mail, LinkPurpose.YES, until=today + timedelta(days=40))


@pytest.fixture
def code(registry: Registry, token: str, today: date) -> str:
    return sent(registry, token, today)


def sent(registry: Registry, token: str, today: date) -> str:
    """The code of a mail that was asked for and is sent now."""
    page = request_code(registry, token=token, today=today)
    assert (page.closed, page.fault, page.session) == (None, None, None)
    assert page.outbox_id is not None
    return made_of(registry, page.outbox_id, LinkPurpose.CODE)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def go_on(registry: Registry, by: timedelta) -> None:
    """Let the clock of the registry stand so much later from now on."""
    moment = registry.clock() + by
    registry.clock = lambda: moment


# -- asking -----------------------------------------------------------------------------------------------


def test_who_presses_yes_gets_a_mail_with_a_code(
    registry: Registry, mail: str, token: str, month: str, today: date, stored: Stored
) -> None:
    page = request_code(registry, token=token, today=today)
    asked, code = stored("outbox")
    (link,) = stored("mail_link")
    assert code["id"] == page.outbox_id
    assert code["key"].startswith(f"code:{link['id']}:")
    assert (code["kind"], code["state"], code["period"], code["due_on"]) == ("code", "new", month, str(today))
    assert (code["operator_id"], code["centre_id"]) == (asked["operator_id"], asked["centre_id"])
    assert (page.month, page.code) == (month, "AMS01")


def test_five_codes_an_hour_for_a_link_and_no_sixth(
    registry: Registry, desk: Actor, token: str, today: date, month: str, stored: Stored
) -> None:
    assert MOST_AN_HOUR == 5
    begin = registry.clock()
    registry.clock = lambda: begin
    for _ in range(MOST_AN_HOUR):
        assert request_code(registry, token=token, today=today).outbox_id is not None
    page = request_code(registry, token=token, today=today)
    assert (page.fault, page.outbox_id) == (CodeFault.TOO_MANY, None)
    assert len(stored("outbox")) == 6
    other = token_of(registry, notifier_mail(registry, "piet", by=desk, month=month), LinkPurpose.YES)
    assert request_code(registry, token=other, today=today).fault is None
    for after, fault in ((60 * MINUTE - TICK, CodeFault.TOO_MANY), (60 * MINUTE, None)):
        registry.clock = lambda after=after: begin + after  # type: ignore[misc]
        assert request_code(registry, token=token, today=today).fault is fault


def test_many_who_ask_at_once_get_five(registry: Registry, token: str, today: date, stored: Stored) -> None:
    pages = at_once(registry, 12, lambda own: request_code(own, token=token, today=today))
    assert sorted(page.fault is None for page in pages) == [False] * 7 + [True] * 5
    assert len(stored("outbox")) == 6


# -- entering ---------------------------------------------------------------------------------------------


def test_the_right_code_opens_a_session_for_that_month_and_centre(
    registry: Registry, token: str, code: str, month: str, stored: Stored
) -> None:
    page = enter_code(registry, token=token, code=code)
    assert (page.closed, page.fault) == (None, None)
    assert page.session is not None
    assert page.session not in repr(page)
    assert page.session not in repr(dump(registry))
    found = session(registry, session=page.session)
    assert found is not None
    assert (found.month, found.code, found.by.user, found.by.role) == (month, "AMS01", "noor", Role.NOTIFIER)
    assert found.by.centres == frozenset({found.by.centre})
    assert found.by.tty == "web"
    assert found.expires_at - clock.now() < timedelta(minutes=SESSION_MINUTES)


@pytest.mark.parametrize("typed", [" {} ", "{}\n", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_spaces_in_a_code_do_not_matter(typed: str, registry: Registry, token: str, code: str) -> None:
    assert enter_code(registry, token=token, code=typed.format(code)).session is not None


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12-456", "1" * 10_000, "\0" * 6, "1e5000"]
)
def test_what_has_no_six_digits_is_no_try(
    typed: str, registry: Registry, token: str, code: str, stored: Stored
) -> None:
    assert enter_code(registry, token=token, code=typed).fault is CodeFault.SHAPE
    assert [each["tries"] for each in stored("mail_link")] == [0, 0]


def test_a_code_works_once(registry: Registry, token: str, code: str) -> None:
    assert enter_code(registry, token=token, code=code).session is not None
    page = enter_code(registry, token=token, code=code)
    assert (page.fault, page.session) == (CodeFault.NO_CODE, None)


@pytest.mark.parametrize(("after", "works"), [(-TICK, True), (timedelta(0), False), (MINUTE, False)])
def test_a_code_works_ten_minutes(
    after: timedelta, works: bool, registry: Registry, token: str, today: date
) -> None:
    assert CODE_MINUTES == 10
    begin = registry.clock()
    registry.clock = lambda: begin
    code = sent(registry, token, today)
    registry.clock = lambda: begin + 10 * MINUTE + after
    page = enter_code(registry, token=token, code=code)
    assert (page.session is not None, page.fault) == (works, None if works else CodeFault.NO_CODE)


def test_at_the_fifth_wrong_try_a_code_is_dead(registry: Registry, token: str, code: str) -> None:
    assert MOST_WRONG == 5
    told = [enter_code(registry, token=token, code=wrong(code)) for _ in range(5)]
    assert [each.tries_left for each in told] == [4, 3, 2, 1, 0]
    assert [each.fault for each in told] == [CodeFault.WRONG] * 4 + [CodeFault.NO_CODE]
    assert enter_code(registry, token=token, code=code).fault is CodeFault.NO_CODE


def test_after_four_wrong_tries_the_right_one_still_opens(registry: Registry, token: str, code: str) -> None:
    for _ in range(4):
        enter_code(registry, token=token, code=wrong(code))
    assert enter_code(registry, token=token, code=code).session is not None


def test_guesses_at_the_same_moment_are_counted_one_by_one(
    registry: Registry, token: str, code: str, stored: Stored
) -> None:
    """P2: of twenty parallel guesses five are looked at; the right one comes too late."""
    pages = at_once(registry, 20, lambda own: enter_code(own, token=token, code=wrong(code)))
    assert [page.session for page in pages] == [None] * 20
    assert sum(page.fault is CodeFault.WRONG for page in pages) == 4
    assert sorted(each["tries"] for each in stored("mail_link")) == [5, 5]
    assert enter_code(registry, token=token, code=code).session is None


def test_the_right_code_at_the_same_moment_opens_one_session(
    registry: Registry, token: str, code: str, stored: Stored
) -> None:
    pages = at_once(registry, 8, lambda own: enter_code(own, token=token, code=code))
    assert sum(page.session is not None for page in pages) == 1
    assert [each["purpose"] for each in stored("mail_link")].count("session") == 1


def test_after_fifty_wrong_tries_the_link_is_dead(registry: Registry, token: str, today: date) -> None:
    """Five codes an hour for a month would be a chance of one in fifty: they are not given."""
    for _ in range(MOST_BY_A_LINK // MOST_WRONG - 1):
        code = sent(registry, token, today)
        for _ in range(MOST_WRONG):
            assert enter_code(registry, token=token, code=wrong(code)).closed is None
        go_on(registry, 15 * MINUTE)
    code = sent(registry, token, today)
    told = [enter_code(registry, token=token, code=wrong(code)) for _ in range(MOST_WRONG)]
    assert [each.closed for each in told] == [None] * 4 + [Closed.REVOKED]
    assert enter_code(registry, token=token, code=code).closed is Closed.REVOKED
    assert request_code(registry, token=token, today=today).closed is Closed.REVOKED


def test_a_right_code_is_no_wrong_try_of_the_link(
    registry: Registry, token: str, code: str, stored: Stored
) -> None:
    enter_code(registry, token=token, code=code)
    (link,) = [each for each in stored("mail_link") if each["purpose"] == "yes"]
    assert link["tries"] == 0


def test_of_two_codes_both_work_and_one_ends_the_other(registry: Registry, token: str, today: date) -> None:
    first, second = sent(registry, token, today), sent(registry, token, today)
    assert enter_code(registry, token=token, code=first).session is not None
    assert enter_code(registry, token=token, code=second).fault is CodeFault.NO_CODE


def test_the_code_of_another_link_opens_nothing(
    registry: Registry, desk: Actor, token: str, code: str, month: str, today: date
) -> None:
    other = token_of(registry, notifier_mail(registry, "piet", by=desk, month=month), LinkPurpose.YES)
    assert enter_code(registry, token=other, code=code).fault is CodeFault.NO_CODE
    theirs = sent(registry, other, today)
    if theirs != code:
        assert enter_code(registry, token=other, code=code).fault is CodeFault.WRONG
    again = token_of(registry, mailed_again(registry), LinkPurpose.YES)
    assert enter_code(registry, token=again, code=code).fault is CodeFault.NO_CODE


def mailed_again(registry: Registry) -> str:
    with registry.light() as db:
        found = db.one("SELECT id FROM outbox WHERE kind = 'case-month' ORDER BY id LIMIT 1")
    assert found is not None
    return str(found[0])


def test_the_log_tells_that_a_code_was_wrong_and_never_which(
    registry: Registry, token: str, code: str
) -> None:
    enter_code(registry, token=token, code=wrong(code))
    page = enter_code(registry, token=token, code=code)
    with registry.light() as db:
        bodies = [each[0] for each in db.rows("SELECT body FROM audit_event ORDER BY seq")]
        items = repr(db.rows("SELECT * FROM audit_item"))
    told = [json.loads(each) for each in bodies[-2:]]
    assert [(each["event"], each["user"], each["about"]["fault"]) for each in told] == [
        ("cases.code", "noor", "wrong"), ("cases.code", "noor", None)
    ]  # fmt: skip
    for secret in (token, page.session):
        assert secret is not None
        assert secret not in "".join(bodies) + items


# -- what closes it ---------------------------------------------------------------------------------------


def test_a_token_that_is_none_or_of_another_purpose_gets_no_code(
    registry: Registry, mail: str, today: date
) -> None:
    others = [token_of(registry, mail, each) for each in (LinkPurpose.NO, LinkPurpose.PROM, LinkPurpose.STOP)]
    before = dump(registry)
    for shape in (*SHAPES, *others, new_token()):
        assert request_code(registry, token=shape, today=today).closed is Closed.UNKNOWN
        assert enter_code(registry, token=shape, code="123456").closed is Closed.UNKNOWN
    assert changed(before, dump(registry)) == set()


@pytest.mark.parametrize(
    ("how", "closed"), [("removed", Closed.ENDED), ("revoked", Closed.REVOKED), ("late", Closed.EXPIRED)]
)
def test_a_closed_link_gives_and_takes_no_code(
    how: str, closed: Closed, registry: Registry, desk: Actor, mail: str, token: str, code: str, today: date
) -> None:
    if how == "removed":
        remove_operator(registry, by=desk, user="noor")
    if how == "revoked":
        with registry.light() as db, transaction(db):
            revoke(db, [mail], registry.clock())
    if how == "late":
        go_on(registry, timedelta(days=42))
    before = dump(registry)
    assert request_code(registry, token=token, today=today).closed is closed
    page = enter_code(registry, token=token, code=code)
    assert page == CodePage(closed, page.language)
    assert changed(before, dump(registry)) == set()


# -- the report -------------------------------------------------------------------------------------------


@pytest.fixture
def opened(registry: Registry, token: str, code: str) -> str:
    found = enter_code(registry, token=token, code=code).session
    assert found is not None
    return found


def test_a_case_answers_the_month_that_was_asked_about(
    registry: Registry, desk: Actor, mail: str, opened: str, month: str, today: date, stored: Stored
) -> None:
    answer_nothing(registry, token=token_of(registry, mail, LinkPurpose.NO), today=today)
    done = report(registry, session=opened, answers=CASE, today=today)
    assert isinstance(done.case, NewCase)
    assert (done.closed, done.case.centre, done.case.month) == (None, "AMS01", month)
    assert done.case.null_report_undone == month
    (row,) = stored("notification")
    assert (row["month"], row["opened_by"], row["opened_by_name"], row["state"]) == (
        month,
        "noor",
        "noor",
        "concept",
    )
    assert str(show_case(registry, by=desk, case=str(done.case.number)).number) == str(done.case.number)


def test_a_session_reports_one_case_and_is_over(
    registry: Registry, opened: str, today: date, stored: Stored
) -> None:
    report(registry, session=opened, answers=CASE, today=today)
    assert session(registry, session=opened) is None
    before = dump(registry)
    done = report(registry, session=opened, answers=CASE, today=today)
    assert (done.closed, done.case) == (Closed.ANSWERED, None)
    assert changed(before, dump(registry)) == set()


def test_a_double_click_is_one_case(registry: Registry, opened: str, today: date, stored: Stored) -> None:
    done = at_once(registry, 6, lambda own: report(own, session=opened, answers=CASE, today=today))
    assert sum(each.case is not None for each in done) == 1
    assert {each.closed for each in done if each.case is None} == {Closed.ANSWERED}
    assert len(stored("notification")) == 1


def test_faulty_answers_end_nothing(registry: Registry, opened: str, today: date, stored: Stored) -> None:
    with pytest.raises(Usage):
        report(registry, session=opened, answers={}, today=today)
    with pytest.raises(Refused) as told:
        report(registry, session=opened, answers={**CASE, "event_date": "31-02-2026"}, today=today)
    assert told.value.field == "event_date"
    assert session(registry, session=opened) is not None
    assert stored("notification") == []
    assert report(registry, session=opened, answers=CASE, today=today).case is not None


@pytest.mark.parametrize(("after", "works"), [(-TICK, True), (timedelta(0), False)])
def test_a_session_lasts_thirty_minutes(
    after: timedelta, works: bool, registry: Registry, token: str, today: date
) -> None:
    assert SESSION_MINUTES == 30
    begin: datetime = registry.clock()
    registry.clock = lambda: begin
    opened = enter_code(registry, token=token, code=sent(registry, token, today)).session
    assert opened is not None
    registry.clock = lambda: begin + 30 * MINUTE + after
    assert (session(registry, session=opened) is not None) is works
    done = report(registry, session=opened, answers=CASE, today=today)
    assert (done.case is not None, done.closed) == (works, None if works else Closed.EXPIRED)


@pytest.mark.parametrize("how", ["removed", "revoked"])
def test_a_session_ends_with_the_work_for_the_centre_and_with_its_mail(
    how: str, registry: Registry, desk: Actor, mail: str, opened: str, today: date, stored: Stored
) -> None:
    if how == "removed":
        remove_operator(registry, by=desk, user="noor")
    else:
        with registry.light() as db, transaction(db):
            revoke(db, [mail], registry.clock())
    assert session(registry, session=opened) is None
    closed = Closed.ENDED if how == "removed" else Closed.REVOKED
    assert report(registry, session=opened, answers=CASE, today=today).closed is closed
    assert stored("notification") == []


def test_looking_at_a_session_changes_nothing(registry: Registry, token: str, opened: str) -> None:
    before = dump(registry)
    for _ in range(3):
        assert session(registry, session=opened) is not None
    for shape in (*SHAPES, token, new_token(), token_of(registry, mailed(registry))):
        before = dump(registry)
        assert session(registry, session=shape) is None
        assert report(registry, session=shape, answers=CASE, today=clock.today()).closed is Closed.UNKNOWN
    assert changed(before, dump(registry)) == set()


def test_after_a_case_another_one_needs_another_code(
    registry: Registry, token: str, opened: str, today: date, stored: Stored
) -> None:
    report(registry, session=opened, answers=CASE, today=today)
    again = enter_code(registry, token=token, code=sent(registry, token, today)).session
    assert again is not None
    assert (
        report(registry, session=again, answers={**CASE, "patient_number": "8"}, today=today).case is not None
    )
    assert len(stored("notification")) == 2
