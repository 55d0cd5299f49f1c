"""No more mail: by the link in a mail, or told to the registry office (SPEC Q1; decision 0044)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from msreg import clock
from msreg.errors import Conflict, NotAllowed, NotFound
from msreg.services.database import check_registry
from msreg.services.ending import decease
from msreg.services.erasing import erase
from msreg.services.history import AskedHistory, read_history
from msreg.services.links import Closed, end_of, new_token, revoke
from msreg.services.mail_stopping import MailStanding, StopPage, look_stop, resume, stop, stop_by_link
from msreg.services.shares import share
from msreg.services.taking_back import take_back
from msreg.services.withdrawing import withdraw
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Language, LinkPurpose, MailKind, MailState, Role
from tests.mail_links import at_once, changed, dump, mailed, token_of
from tests.unit.services.test_links import SHAPES

Row = dict[str, Any]
Stored = Callable[[str], list[Row]]
P = "MS-0000001"
LAST_COURSE, INVITE = date(2026, 6, 1), "2026-08-01"


@pytest.fixture
def today() -> date:
    """Links know the real clock."""
    return clock.today()


@pytest.fixture
def patient(lay: Callable[..., Any], row: Any, stored: Stored) -> Row:
    lay(
        patients=[row["patient"](email="a@example.org", language="en")],
        courses=[row["course"](course_date=LAST_COURSE)],
    )
    (found,) = stored("patient")
    assert (found["invite_due_on"], found["ask_due_on"]) == (INVITE, INVITE)
    return found


@pytest.fixture
def token(registry: Registry, patient: Row) -> str:
    return token_of(registry, mailed(registry, patient_id=patient["id"]), LinkPurpose.STOP)


def mails(stored: Stored, kind: MailKind) -> list[tuple[str, str | None]]:
    return [(each["state"], each["reason"]) for each in stored("outbox") if each["kind"] == kind.value]


def last_event(registry: Registry) -> tuple[Row, list[tuple[str, Any, Any]]]:
    with registry.light() as db:
        seq, body = db.one("SELECT seq, body FROM audit_event ORDER BY seq DESC LIMIT 1") or (0, "{}")
        items = db.rows("SELECT entity, before, after FROM audit_item WHERE seq = ? ORDER BY n", (seq,))
    told = [(each, json.loads(old or "null"), json.loads(new or "null")) for each, old, new in items]
    return json.loads(body), told


# -- by the link ------------------------------------------------------------------------------------------


def test_looking_changes_nothing_but_the_log(registry: Registry, patient: Row, token: str) -> None:
    """A scanner of mails opens every link; nobody's mails stop by that."""
    before = dump(registry)
    for _ in range(3):
        assert look_stop(registry, token=token) == StopPage(None, Language.EN)
    assert changed(before, dump(registry)) == set()
    event, items = last_event(registry)
    assert (event["event"], event["user"], event["patient_id"]) == (
        "patients.look-stop", "link:patient", patient["id"]
    )  # fmt: skip
    assert [each[0] for each in items] == ["patient"]


def test_pressing_stops_the_mails_and_one_last_mail_says_so(
    registry: Registry, desk: Actor, patient: Row, token: str, today: date, stored: Stored
) -> None:
    assert stop_by_link(registry, token=token, today=today) == StopPage(
        None, Language.EN, today, changed=True
    )
    (now,) = stored("patient")
    assert (now["mail_stopped_on"], now["invite_due_on"], now["ask_due_on"]) == (
        today.isoformat(),
        None,
        None,
    )
    kept = ("consent", "withdrawn_on", "email", "course_due_on", "last_course_on")
    assert [now[key] for key in kept] == [patient[key] for key in kept]
    (mail,) = [each for each in stored("outbox") if each["kind"] == MailKind.MAIL_STOPPED.value]
    assert (mail["key"], mail["patient_id"]) == (f"mail-stopped:{patient['id']}:{today}", patient["id"])
    assert (mail["state"], mail["due_on"]) == ("new", today.isoformat())
    event, items = last_event(registry)
    assert (event["event"], event["role"], event["patient_id"]) == (
        "patients.stop-mail", "patient", patient["id"]
    )  # fmt: skip
    assert ("patient", {"mail_stopped_on": None}, {"mail_stopped_on": today.isoformat()}) in items
    assert check_registry(registry, by=desk).ok


def test_what_waits_is_cancelled_and_what_is_done_stays(
    registry: Registry, patient: Row, token: str, today: date, stored: Stored
) -> None:
    for state in (MailState.NEW, MailState.FAILED):
        mailed(registry, patient_id=patient["id"], state=state)
    mailed(registry, MailKind.COURSE_DIGEST, centre_id=patient["centre_id"], state=MailState.NEW)
    stop_by_link(registry, token=token, today=today)
    assert sorted(mails(stored, MailKind.PROM_INVITATION)) == [
        ("cancelled", "stopped"), ("failed", None), ("sent", None)
    ]  # fmt: skip
    assert mails(stored, MailKind.COURSE_DIGEST) == [("new", None)]


def test_twice_is_once(registry: Registry, token: str, today: date, stored: Stored) -> None:
    stop_by_link(registry, token=token, today=today)
    before = dump(registry)
    later = today + timedelta(days=3)
    assert stop_by_link(registry, token=token, today=later) == StopPage(None, Language.EN, today)
    assert look_stop(registry, token=token).stopped_on == today
    assert changed(before, dump(registry)) == set()


def test_many_at_the_same_moment_are_once(
    registry: Registry, token: str, today: date, stored: Stored
) -> None:
    pages = at_once(registry, 6, lambda own: stop_by_link(own, token=token, today=today))
    assert sorted(page.changed for page in pages) == [False] * 5 + [True]
    assert {page.stopped_on for page in pages} == {today}
    assert mails(stored, MailKind.MAIL_STOPPED) == [("new", None)]


def test_a_token_that_is_none_leaves_no_trace(registry: Registry, patient: Row, today: date) -> None:
    others = [
        token_of(registry, mailed(registry, patient_id=patient["id"]), purpose)
        for purpose in (LinkPurpose.PROM, LinkPurpose.YES, LinkPurpose.NO)
    ]
    before, (seen, _) = dump(registry), last_event(registry)
    for shape in (*SHAPES, *others, new_token()):
        assert look_stop(registry, token=shape).closed is Closed.UNKNOWN
        assert stop_by_link(registry, token=shape, today=today).closed is Closed.UNKNOWN
    assert changed(before, dump(registry)) == set()
    assert last_event(registry)[0] == seen


@pytest.mark.parametrize(
    ("after", "closed"), [(-timedelta(microseconds=1), None), (timedelta(0), Closed.EXPIRED)]
)
def test_a_link_is_over_after_its_last_day(
    after: timedelta, closed: Closed | None, registry: Registry, patient: Row, today: date
) -> None:
    mail = mailed(registry, patient_id=patient["id"])
    token = token_of(registry, mail, LinkPurpose.STOP, until=today)
    moment = end_of(today) + after
    registry.clock = lambda: moment
    assert look_stop(registry, token=token).closed is closed
    assert stop_by_link(registry, token=token, today=today).changed is (closed is None)


def test_a_revoked_link_stops_nothing(registry: Registry, token: str, today: date, stored: Stored) -> None:
    with registry.light() as db, transaction(db):
        revoke(db, [stored("outbox")[0]["id"]], registry.clock())
    assert look_stop(registry, token=token) == StopPage(Closed.REVOKED, Language.EN)
    assert stop_by_link(registry, token=token, today=today) == StopPage(Closed.REVOKED, Language.EN)
    assert stored("patient")[0]["mail_stopped_on"] is None


def test_of_an_erased_patient_the_link_is_none(
    registry: Registry, desk: Actor, token: str, today: date
) -> None:
    erase(registry, by=desk, patient=P, today=today)
    before = dump(registry)
    assert look_stop(registry, token=token).closed is Closed.UNKNOWN
    assert stop_by_link(registry, token=token, today=today).closed is Closed.UNKNOWN
    assert changed(before, dump(registry)) == set()


def test_also_who_withdrew_consent_or_died_gets_no_error(
    registry: Registry, desk: Actor, token: str, today: date
) -> None:
    withdraw(registry, by=desk, patient=P, on=today, today=today)
    assert look_stop(registry, token=token).closed is None
    assert stop_by_link(registry, token=token, today=today).stopped_on == today


# -- told to the office -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("patient")
def test_the_desk_notes_it_and_that_mails_are_wanted_again(
    registry: Registry, desk: Actor, today: date, stored: Stored
) -> None:
    waiting = mailed(registry, patient_id=stored("patient")[0]["id"], state=MailState.NEW)
    done = stop(registry, by=desk, patient=P, today=today)
    assert done == MailStanding(P, today, None, has_address=True)
    assert [each["reason"] for each in stored("outbox") if each["id"] == waiting] == ["stopped"]
    assert mails(stored, MailKind.MAIL_STOPPED) == []
    with pytest.raises(Conflict):
        stop(registry, by=desk, patient=P, today=today)
    done = resume(registry, by=desk, patient=P, today=today)
    assert done == MailStanding(P, None, date.fromisoformat(INVITE), has_address=True)
    (now,) = stored("patient")
    assert (now["mail_stopped_on"], now["invite_due_on"], now["ask_due_on"]) == (None, INVITE, INVITE)
    with pytest.raises(Conflict):
        resume(registry, by=desk, patient=P, today=today)


@pytest.mark.usefixtures("patient")
def test_who_was_asked_already_is_not_asked_again_for_the_same_course(
    registry: Registry, desk: Actor, today: date, stored: Stored
) -> None:
    with registry.light() as db:
        db.execute("UPDATE patient SET asked_for_on = ?, ask_due_on = NULL", (INVITE,))
    stop(registry, by=desk, patient=P, today=today)
    assert resume(registry, by=desk, patient=P, today=today).ask_due_on is None


@pytest.mark.usefixtures("patient")
def test_a_dry_run_leaves_everything(registry: Registry, desk: Actor, today: date) -> None:
    before = dump(registry)
    assert stop(registry, by=desk, patient=P, today=today, dry_run=True).stopped_on == today
    assert changed(before, dump(registry)) == set()
    event, _ = last_event(registry)
    assert (event["event"], event["action"], event["about"]) == ("patients.stop-mail", "R", {"dry_run": True})
    stop(registry, by=desk, patient=P, today=today)
    before = dump(registry)
    assert resume(registry, by=desk, patient=P, today=today, dry_run=True).ask_due_on is not None
    assert changed(before, dump(registry)) == set()


@pytest.mark.usefixtures("patient")
def test_the_centre_that_registered_the_patient_may_and_one_that_shares_too(
    registry: Registry, desk: Actor, member: Callable[..., Actor], today: date
) -> None:
    other = member("UTR01", Role.CLINICIAN)
    with pytest.raises(NotFound):
        stop(registry, by=other, patient=P, today=today)
    share(registry, by=desk, patient=P, centre_code="UTR01", today=today)
    assert stop(registry, by=other, patient=P, today=today).stopped_on == today
    assert resume(registry, by=member("AMS01", Role.CLINICIAN), patient=P, today=today).stopped_on is None
    for role in (Role.READER, Role.NOTIFIER, Role.PATIENT):
        with pytest.raises(NotAllowed):
            stop(registry, by=member("AMS01", role), patient=P, today=today)


@pytest.mark.usefixtures("patient")
def test_without_consent_mails_are_not_wanted_again(registry: Registry, desk: Actor, today: date) -> None:
    stop(registry, by=desk, patient=P, today=today)
    withdraw(registry, by=desk, patient=P, on=today, today=today)
    with pytest.raises(NotAllowed) as told:
        resume(registry, by=desk, patient=P, today=today)
    assert told.value.rule == "PAT-012"


# -- afterwards -------------------------------------------------------------------------------------------


def test_the_history_tells_it(registry: Registry, desk: Actor, token: str, today: date) -> None:
    stop_by_link(registry, token=token, today=today)
    resume(registry, by=desk, patient=P, today=today)
    asked = AskedHistory(field="mail_stopped_on")
    changes = read_history(registry, by=desk, patient=P, asked=asked).changes
    told = [(each.user, *((a.key, a.old, a.new) for a in each.answers)) for each in changes]
    assert told == [
        (desk.user, ("mail_stopped_on", today, None)), ("link:patient", ("mail_stopped_on", None, today))
    ]  # fmt: skip


@pytest.mark.usefixtures("patient")
def test_the_desk_takes_it_back(registry: Registry, desk: Actor, today: date, stored: Stored) -> None:
    (before,) = stored("patient")
    stop(registry, by=desk, patient=P, today=today)
    take_back(registry, by=desk, today=today)
    (after,) = stored("patient")
    moved = {"version", "updated_at"}
    assert {k: v for k, v in after.items() if k not in moved} == {
        k: v for k, v in before.items() if k not in moved
    }
    stop(registry, by=desk, patient=P, today=today)
    resume(registry, by=desk, patient=P, today=today)
    take_back(registry, by=desk, today=today)
    (again,) = stored("patient")
    assert (again["mail_stopped_on"], again["ask_due_on"]) == (today.isoformat(), None)


def test_who_died_stays_without_mail(
    registry: Registry, desk: Actor, token: str, today: date, stored: Stored
) -> None:
    stop_by_link(registry, token=token, today=today)
    decease(registry, by=desk, patient=P, on=today, today=today)
    resume(registry, by=desk, patient=P, today=today)
    (now,) = stored("patient")
    assert (now["mail_stopped_on"], now["invite_due_on"], now["ask_due_on"]) == (None, None, None)
