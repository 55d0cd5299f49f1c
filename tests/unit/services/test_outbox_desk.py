"""The outbox for people: what became of each mail, trying again, and letting it be (SPEC R3, S5)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from msreg.errors import Conflict, NotAllowed, NotFound, Usage
from msreg.mail.messages import Sender
from msreg.mail.smtp import SmtpTransport
from msreg.mail.smtp_line import Server
from msreg.services.outbox import send_waiting
from msreg.services.outbox_desk import cancel, log, retry
from msreg.services.outbox_mails import Mail
from msreg.services.reminders import queue_due
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import MailKind, MailReason, MailState, Role
from tests.cases import reported
from tests.mail_server import MailServer, mail_server
from tests.mails import add_user, outbox, sql

DAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 5, 30, tzinfo=UTC)
BUREAU = Sender("bureau@example.org")
Send = Callable[[], None]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


@pytest.fixture
def office(registry: Registry, desk: Actor, lay: Any, row: Any) -> Registry:
    """Three patients and a notifier whose mails wait."""
    add_user(registry, "melder")
    numbers = ["00001", "00002", "00003"]
    lay(
        patients=[row["patient"](each, email=f"p{int(each)}@example.org") for each in numbers],
        courses=[row["course"](each, course_date=date(2026, 9, 30)) for each in numbers],
    )
    reported(registry, desk, date(2026, 10, 1))
    registry.clock = lambda: NOW
    queue_due(registry, by=desk, today=DAY)
    return registry


@pytest.fixture
def send(office: Registry, desk: Actor, server: MailServer) -> Send:
    def run() -> None:
        transport = SmtpTransport(Server("127.0.0.1", server.port, "none"), BUREAU, lambda: "")
        try:
            send_waiting(office, transport, by=desk, today=DAY)
        finally:
            transport.close()

    return run


def of(office: Registry, desk: Actor, who: str) -> Mail:
    (found,) = [each for each in log(office, by=desk).rows if each.who == who]
    return found


def last_event(registry: Registry) -> dict[str, Any]:
    with registry.light() as db:
        found = db.one("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert found is not None
    return dict(json.loads(found[0]))


def test_every_mail_is_named_by_whom_it_is_about_and_never_by_an_address(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    server.on_rcpt = lambda address: "550 no" if address.startswith("p2@") else None
    send()
    page = log(office, by=desk)
    assert {(each.kind, each.who, each.state, each.reason, each.code) for each in page.rows} == {
        (MailKind.PROM_INVITATION, "MS-0000001", MailState.SENT, None, 250),
        (MailKind.PROM_INVITATION, "MS-0000002", MailState.FAILED, MailReason.ADDRESS_REFUSED, 550),
        (MailKind.PROM_INVITATION, "MS-0000003", MailState.SENT, None, 250),
        (MailKind.CASE_MONTH, "melder", MailState.SENT, None, 250),
        (MailKind.CASE_REMINDER, "NC-2026-0001", MailState.SENT, None, 250),
    }
    assert page.counts == {MailState.SENT: 4, MailState.FAILED: 1}
    assert [each.id for each in page.rows] == sorted((each.id for each in page.rows), reverse=True)
    assert "@" not in repr(page)
    told = last_event(office)
    assert (told["event"], told["items"]) == ("reminders.log", 4)


def test_a_page_a_patient_a_case_a_kind_and_a_state(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    assert [len(log(office, by=desk, page=page, page_size=2).rows) for page in (1, 2, 3, 4)] == [2, 2, 1, 0]
    assert [log(office, by=desk, page=page, page_size=2).more for page in (1, 2, 3)] == [True, True, False]
    assert log(office, by=desk, page_size=5).more is False
    (mine,) = log(office, by=desk, patient="MS-0000002").rows
    assert mine.who == "MS-0000002"
    assert last_event(office)["patient_id"] == mine.patient_id
    assert [each.who for each in log(office, by=desk, case="NC-2026-0001").rows] == ["NC-2026-0001"]
    assert [each.who for each in log(office, by=desk, kinds=[MailKind.CASE_MONTH]).rows] == ["melder"]
    assert len(log(office, by=desk, states=[MailState.NEW]).rows) == 5
    assert log(office, by=desk, failed=True).rows == []
    with pytest.raises(NotFound):
        log(office, by=desk, patient="MS-0000009")


def test_who_may_not_see_mails_sees_none(office: Registry, desk: Actor) -> None:
    for role in (Role.READER, Role.CLINICIAN, Role.NOTIFIER, Role.AUDITOR):
        other = replace(desk, role=role)
        for call in (
            lambda by: log(office, by=by),
            lambda by: retry(office, by=by, today=DAY),
            lambda by: cancel(office, by=by, mail="00000000"),
        ):
            with pytest.raises(NotAllowed):
                call(other)


def test_what_failed_is_tried_again_but_not_at_an_address_that_is_still_the_same(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    server.on_rcpt = lambda address: "550 no" if address[:3] in ("p1@", "p2@") else None
    server.on_content = lambda mail: "554 no" if mail.to == ["p3@example.org"] else None
    send()
    assert log(office, by=desk).counts[MailState.FAILED] == 3
    sql(office, "UPDATE patient SET email = 'nieuw@example.org' WHERE number = 1")
    before = outbox(office)
    tried = retry(office, by=desk, today=DAY, dry_run=True)
    assert outbox(office) == before
    server.on_rcpt, server.on_content = lambda _address: None, lambda _mail: None
    done = retry(office, by=desk, today=DAY)
    for each in (tried, done):
        assert {mail.who for mail in each.again} == {"MS-0000001", "MS-0000003"}
        assert {mail.who for mail in each.same_address} == {"MS-0000002"}
    server.delivered.clear()
    send()
    assert sorted(server.to()) == ["nieuw@example.org", "p3@example.org"]
    assert log(office, by=desk).counts[MailState.FAILED] == 1


def test_a_mail_that_is_named_is_tried_again_whatever_its_address(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    server.on_rcpt = lambda _address: "550 no"
    send()
    server.on_rcpt = lambda _address: None
    mail = of(office, desk, "MS-0000002")
    (again,) = retry(office, by=desk, today=DAY, mails=[mail.name, mail.name.upper()]).again
    assert (again.id, again.state) == (mail.id, MailState.NEW)
    told = last_event(office)
    assert (told["event"], told["items"]) == ("reminders.retry", 1)
    send()
    assert server.to() == ["p2@example.org"]


def test_a_mail_that_waits_for_later_can_be_tried_now(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    server.on_rcpt = lambda _address: "451 later"
    send()
    server.on_rcpt = lambda _address: None
    send()
    assert server.delivered == []
    retry(office, by=desk, today=DAY, mails=[of(office, desk, "melder").name])
    send()
    assert server.to() == ["melder@example.org"]


@pytest.mark.parametrize(
    ("name", "raised"), [("00000000", NotFound), ("xyz", Usage), ("", Usage), ("%", Usage)]
)
def test_a_name_that_is_of_no_mail(office: Registry, desk: Actor, name: str, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        retry(office, by=desk, today=DAY, mails=[name])
    with pytest.raises(raised):
        cancel(office, by=desk, mail=name)


def test_a_mail_that_waits_is_cancelled_and_does_not_go(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    mail = of(office, desk, "MS-0000002")
    assert cancel(office, by=desk, mail=mail.name, dry_run=True).mail.state is MailState.CANCELLED
    assert of(office, desk, "MS-0000002").state is MailState.NEW
    done = cancel(office, by=desk, mail=mail.name)
    assert (done.mail.state, done.mail.reason, done.revoked) == (MailState.CANCELLED, MailReason.BY_HAND, 0)
    send()
    assert "p2@example.org" not in server.to()
    with pytest.raises(Conflict):
        cancel(office, by=desk, mail=mail.name)
    with pytest.raises(Conflict):
        retry(office, by=desk, today=DAY, mails=[mail.name])


def test_of_a_mail_that_went_out_every_link_ends(office: Registry, desk: Actor, send: Send) -> None:
    send()
    mail = of(office, desk, "MS-0000002")
    done = cancel(office, by=desk, mail=mail.name)
    assert (done.mail.state, done.revoked) == (MailState.SENT, 2)
    assert cancel(office, by=desk, mail=mail.name).revoked == 0
    with office.light() as db:
        sql_ = "SELECT outbox_id FROM mail_link WHERE revoked_at IS NOT NULL"
        assert {each[0] for each in db.rows(sql_)} == {mail.id}
    with pytest.raises(Conflict):
        retry(office, by=desk, today=DAY, mails=[mail.name])


def test_a_mail_that_is_on_its_way_is_left_alone(office: Registry, desk: Actor) -> None:
    mail = of(office, desk, "MS-0000002")
    sql(office, "UPDATE outbox SET state = 'sending', worker = 'x:1:1' WHERE id = ?", mail.id)
    with pytest.raises(Conflict):
        cancel(office, by=desk, mail=mail.name)
    with pytest.raises(Conflict):
        retry(office, by=desk, today=DAY, mails=[mail.name])


def test_a_mail_that_is_tried_again_waits_as_a_new_one_does(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    sql(
        office,
        "UPDATE outbox SET state = 'failed', reason = 'gave_up', tries = 9 WHERE kind = 'prom-invitation'",
    )
    retry(office, by=desk, today=DAY)
    server.on_rcpt = lambda _address: "451 later"
    send()
    waits = {each["next_at"] for each in outbox(office, MailKind.PROM_INVITATION)}
    assert waits == {"2026-12-01 05:31:00.000000"}
