"""From a row of the outbox to a mail that is delivered, with a real mail server (SPEC R2, R3; security R11-R13)."""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from msreg.config import Office
from msreg.errors import NotAllowed
from msreg.mail.messages import Sender, message_id
from msreg.mail.smtp import SmtpTransport
from msreg.mail.smtp_line import Server
from msreg.mail.transports import FolderTransport, Transport
from msreg.models.ids import new_id
from msreg.services import outbox_sender
from msreg.services.mail_kinds import KINDS
from msreg.services.mail_types import Due
from msreg.services.outbox import queue, send_one, send_waiting
from msreg.services.outbox_claims import Clerk
from msreg.services.outbox_counts import Sent, Tally
from msreg.services.outbox_desk import log
from msreg.services.outbox_done import Done
from msreg.services.reminders import queue_due
from msreg.services.reminders_run import run
from msreg.services.writing import writing
from msreg.store import verify
from msreg.store.actor import Actor
from msreg.store.locks import Held, held
from msreg.store.registry import Registry
from msreg.vocabulary import Action, MailKind, MailState, Role
from tests.mail_server import DROP, Delivered, MailServer, mail_server
from tests.mails import add_user, outbox, sql

DAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 5, 30, tzinfo=UTC)
BUREAU = Sender("bureau@example.org")
PATIENTS = 4
Send = Callable[..., Sent]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


@pytest.fixture
def office(registry: Registry, desk: Actor, lay: Any, row: Any) -> Registry:
    """Four patients whose invitations wait in the outbox."""
    numbers = [f"{number:05d}" for number in range(1, PATIENTS + 1)]
    lay(
        patients=[row["patient"](each, email=f"p{int(each)}@example.org") for each in numbers],
        courses=[row["course"](each, course_date=date(2026, 9, 30)) for each in numbers],
    )
    registry.clock = lambda: NOW
    assert queue_due(registry, by=desk, today=DAY)[MailKind.PROM_INVITATION] == PATIENTS
    return registry


@contextmanager
def way(port: int) -> Iterator[SmtpTransport]:
    transport = SmtpTransport(Server("127.0.0.1", port, "none"), BUREAU, lambda: "")
    try:
        yield transport
    finally:
        transport.close()


@pytest.fixture
def send(office: Registry, desk: Actor, server: MailServer) -> Send:
    """Send what waits, at so many minutes after the beginning."""

    def run(minutes: float = 0, **more: Any) -> Sent:
        office.clock = lambda: NOW + timedelta(minutes=minutes)
        with way(server.port) as transport:
            return send_waiting(office, transport, by=desk, today=DAY, **more)

    return run


def states(registry: Registry) -> list[tuple[str, str | None]]:
    return [(each["state"], each["reason"]) for each in outbox(registry)]


def events(registry: Registry) -> list[dict[str, Any]]:
    with registry.light() as db:
        bodies = [json.loads(each[0]) for each in db.rows("SELECT body FROM audit_event ORDER BY seq")]
    return [each for each in bodies if each["event"].startswith("mail.")]


def links(registry: Registry) -> int:
    with registry.light() as db:
        found = db.one("SELECT count(*) FROM mail_link")
    return int(found[0]) if found else 0


def lie_around(registry: Registry) -> list[str]:
    return [each.name for each in (registry.settings.home / "locks").glob("*")]


def one(sent: Sent) -> Tally:
    return sent.kinds.get(MailKind.PROM_INVITATION, Tally())


def test_each_mail_goes_out_once_and_is_in_the_log_without_its_address(
    office: Registry, send: Send, server: MailServer
) -> None:
    before = [each["key"] for each in outbox(office)]
    assert one(send()) == Tally(sent=PATIENTS)
    assert one(send()) == Tally()
    assert sorted(server.to()) == [f"p{number}@example.org" for number in range(1, PATIENTS + 1)]
    assert sorted(server.ids()) == sorted(message_id(key, BUREAU.address) for key in before)
    for row in outbox(office):
        assert (row["state"], row["code"], row["tries"], row["worker"]) == ("sent", 250, 1, None)
        assert (row["sent_at"], row["tried_at"]) == ("2026-12-01 05:30:00.000000",) * 2
        assert len(row["address_mark"]) == 64
    logged = events(office)
    assert [each["event"] for each in logged] == ["mail.send"] * PATIENTS
    assert {each["outcome"] for each in logged} == {"0"}
    assert len({each["patient_id"] for each in logged}) == PATIENTS
    assert {each["about"]["state"] for each in logged} == {"sent"}
    assert "@" not in json.dumps(logged)
    assert links(office) == 2 * PATIENTS
    assert lie_around(office) == []
    with office.light() as db:
        assert verify.verify(db, office.keys.audit_key, office.uuid).ok
        assert db.one("PRAGMA synchronous") == (2,)


def test_the_mail_is_what_the_template_says_with_links_of_its_own(send: Send, server: MailServer) -> None:
    send()
    found = [each.message for each in server.delivered]
    stops = {each["List-Unsubscribe"] for each in found}
    assert len(stops) == PATIENTS
    for each in found:
        stop = each["List-Unsubscribe"].strip("<>")
        text, html = (part.get_content() for part in each.iter_parts())
        assert stop in text
        assert stop in html
        assert text.count("/q/") == 1
        assert each["Auto-Submitted"] == "auto-generated"
        assert each["Date"] == "Tue, 01 Dec 2026 05:30:00 +0000"


@pytest.mark.parametrize(
    ("stage", "answer", "reason", "code"),
    [("on_rcpt", "550 nobody", "address_refused", 550), ("on_rcpt", "554 relay denied", "mail_refused", 554),
     ("on_data", "554 no", "mail_refused", 554),
     ("on_content", "552 too much", "mail_refused", 552)],
)  # fmt: skip
def test_what_the_server_refuses_for_good_has_failed_and_the_others_go(
    office: Registry, send: Send, server: MailServer, stage: str, answer: str, reason: str, code: int
) -> None:
    told = [0]

    def second(*_: object) -> str | None:
        told[0] += 1
        return answer if told[0] == 2 else None

    setattr(server, stage, second)
    assert one(send()) == Tally(sent=PATIENTS - 1, refused=1)
    (failed,) = [each for each in outbox(office) if each["state"] == "failed"]
    assert (failed["reason"], failed["code"], failed["tries"]) == (reason, code, 1)
    (logged,) = [each for each in events(office) if each["about"]["state"] == "failed"]
    assert (logged["outcome"], logged["about"]["reason"], logged["about"]["code"]) == ("8", reason, code)
    assert links(office) == 2 * (PATIENTS - 1)
    assert one(send(60 * 24)) == Tally()


def test_r3_what_the_server_does_not_take_now_is_tried_again_and_at_last_given_up(
    office: Registry, send: Send, server: MailServer
) -> None:
    server.on_rcpt = lambda address: "451 4.7.1 later" if address.startswith("p1@") else None
    assert one(send()) == Tally(sent=PATIENTS - 1, later=1)
    assert sorted(states(office)) == [("new", "server_later"), *[("sent", None)] * (PATIENTS - 1)]
    tried = 0
    for minutes in (1, 6, 36, 156, 516, 1236, 2676):
        assert one(send(minutes - 0.001)) == Tally()
        assert one(send(minutes)) == Tally(later=1)
        tried += 1
    assert one(send(2880 - 0.001)) == Tally()
    assert one(send(2880)) == Tally(failed=1)
    assert ("failed", "gave_up") in states(office)
    assert [each["tries"] for each in outbox(office) if each["state"] == "failed"] == [tried + 2]
    assert one(send(9999)) == Tally()
    assert links(office) == 2 * (PATIENTS - 1)


def test_a_mail_that_waited_goes_when_the_server_takes_it(
    office: Registry, send: Send, server: MailServer
) -> None:
    server.on_rcpt = lambda _address: "451 4.7.1 later"
    assert one(send()) == Tally(later=PATIENTS)
    server.on_rcpt = lambda _address: None
    assert one(send(1)) == Tally(sent=PATIENTS)
    assert {each["tries"] for each in outbox(office)} == {2}


GONE = [
    ("treatment_ended = 1", "cancelled", "ended"),
    ("deceased = 1", "cancelled", "deceased"),
    ("withdrawn_on = '2026-11-30'", "cancelled", "withdrawn"),
    ("mail_stopped_on = '2026-11-30'", "cancelled", "stopped"),
    ("email = NULL", "failed", "no_address"),
    ("email = 'geen adres'", "failed", "bad_address"),
]


@pytest.mark.parametrize(("change", "state", "reason"), GONE)
def test_who_is_to_get_a_mail_is_looked_at_right_before(
    office: Registry, send: Send, server: MailServer, change: str, state: str, reason: str
) -> None:
    sql(office, f"UPDATE patient SET {change} WHERE number = 2")
    tally = one(send())
    assert (tally.sent, tally.cancelled + tally.failed) == (PATIENTS - 1, 1)
    assert "p2@example.org" not in server.to()
    assert (state, reason) in states(office)
    (logged,) = [each for each in events(office) if each["about"].get("reason") == reason]
    assert (logged["about"]["state"], logged["about"]["tries"]) == (state, 0)
    assert links(office) == 2 * (PATIENTS - 1)


def test_while_the_server_takes_its_time_who_is_to_get_a_mail_is_looked_at_again(
    office: Registry, send: Send, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_sender, "FRESH", 0.2)

    def slow(mail: Delivered) -> None:
        if len(server.delivered) == 0:
            sql(office, "UPDATE patient SET mail_stopped_on = '2026-12-01' WHERE email <> ?", mail.to[0])
            time.sleep(0.4)

    server.on_content = slow
    assert one(send()) == Tally(sent=1, cancelled=PATIENTS - 1)
    assert len(server.delivered) == 1
    assert {each["tries"] for each in outbox(office)} == {0, 1}


def test_a_server_that_is_away_leaves_every_mail_as_it_was(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    before = outbox(office)
    with way(1) as nowhere:
        sent = send_waiting(office, nowhere, by=desk, today=DAY)
    assert sent.away is not None
    assert sent.away.exit_code == 9
    assert sent.whole.sent == 0
    own = ("version", "reason", "updated_at")
    assert [{k: v for k, v in each.items() if k not in own} for each in outbox(office)] == [
        {k: v for k, v in each.items() if k not in own} for each in before
    ]
    assert {each["reason"] for each in outbox(office)} == {"server_away"}
    assert (links(office), lie_around(office), events(office)) == (0, [], [])
    assert one(send()) == Tally(sent=PATIENTS)


def test_a_server_that_takes_no_sender_loses_nothing(
    office: Registry, send: Send, server: MailServer
) -> None:
    server.on_mail = lambda _sender: "553 not you"
    sent = send()
    assert sent.away is not None
    assert "(553)" in sent.away.text()
    assert {each["state"] for each in outbox(office)} == {"new"}
    assert len(server.commands) == 1


def test_a_server_that_breaks_off_again_and_again_is_left_alone(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    with writing(office, by=desk, event="test", action=Action.CREATE, plain=True) as work:
        day, kind = "2026-12-01", MailKind.MAIL_STOPPED
        found = work.db.rows("SELECT id FROM patient")
        for (id_,) in found * 5:
            queue(work, [Due(kind, f"{kind.value}:{id_}:{new_id()}", DAY, day, "x", "x", patient_id=id_)])
    sql(office, "UPDATE patient SET mail_stopped_on = '2026-12-01'")
    server.on_content = lambda _mail: DROP
    sent = send()
    assert sent.away is not None
    assert sent.kinds[MailKind.MAIL_STOPPED] == Tally(later=outbox_sender.SHAKY)
    assert server.lines == outbox_sender.SHAKY


def test_r13_an_answer_that_is_lost_brings_the_same_mail_again_under_the_same_name(
    office: Registry, send: Send, server: MailServer
) -> None:
    server.on_content = lambda mail: DROP if mail.to == ["p1@example.org"] else None
    server.kept = True
    assert one(send()) == Tally(sent=PATIENTS - 1, later=1)
    server.on_content = lambda _mail: None
    assert one(send(1)) == Tally(sent=1)
    twice = [each for each in server.delivered if each.to == ["p1@example.org"]]
    assert len(twice) == 2
    assert len({each.id for each in twice}) == 1
    assert links(office) == 2 * (PATIENTS + 1)  # both mails lead to the questionnaire


def test_a_mail_that_cannot_be_made_has_failed_and_stops_nobody(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    settings = office.settings
    office.settings = replace(settings, office=Office(mail_name="Bureau voor multiple sclerose"))
    assert one(send()) == Tally(failed=PATIENTS)
    assert set(states(office)) == {("failed", "not_made")}
    assert (server.delivered, links(office)) == ([], 0)


def test_only_some_kinds_or_some_mails_are_sent_when_so_asked(
    office: Registry, send: Send, server: MailServer
) -> None:
    assert send(kinds=[MailKind.COURSE_DIGEST]).whole == Tally()
    assert one(send(limit=0)) == Tally()
    assert one(send(limit=1)) == Tally(sent=1)
    assert one(send(limit=2)) == Tally(sent=2)
    assert one(send(limit=9)) == Tally(sent=1)
    assert len(server.delivered) == PATIENTS


def test_who_may_not_send_sends_nothing(office: Registry, desk: Actor, server: MailServer) -> None:
    for role in (Role.READER, Role.CLINICIAN, Role.DATA_MANAGER, Role.PATIENT):
        with way(server.port) as transport, pytest.raises(NotAllowed):
            send_waiting(office, transport, by=replace(desk, role=role), today=DAY)
    assert server.lines == 0


# -- workers --------------------------------------------------------------------------------------------


def claimed_by(registry: Registry, worker: str, until: datetime) -> None:
    text = until.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    sql(registry, "UPDATE outbox SET state = 'sending', worker = ?, claim_until = ?, tries = 1", worker, text)


def test_mails_of_a_worker_of_this_machine_that_died_are_taken_over_at_once(
    office: Registry, send: Send, server: MailServer
) -> None:
    claimed_by(office, f"{os.uname().nodename[:60]}:1:deadbeef", NOW + timedelta(minutes=15))
    assert one(send()) == Tally(sent=PATIENTS)


def test_mails_of_a_worker_of_another_machine_are_taken_over_when_its_time_is_over(
    office: Registry, send: Send
) -> None:
    until = NOW + timedelta(minutes=15)
    claimed_by(office, "elsewhere:1:deadbeef", until)
    assert one(send(15 - 0.001)) == Tally()
    assert one(send(15)) == Tally(sent=PATIENTS)


def test_a_worker_that_lives_keeps_its_mails(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    """One run holds its mail in the middle of sending, while others come by."""
    there, go = threading.Event(), threading.Event()

    def hold(_mail: Delivered) -> None:
        there.set()
        # The loop of the server waits here, and with it only this server.
        go.wait(20)

    server.on_content = hold
    done: list[Sent] = []
    first = threading.Thread(target=lambda: done.append(send()))
    first.start()
    assert there.wait(20)
    with mail_server() as other, way(other.port) as transport:
        late = Registry.open(office.settings, clock=lambda: NOW + timedelta(minutes=14))
        with late:
            assert send_waiting(late, transport, by=desk, today=DAY).whole == Tally()
        assert other.delivered == []
    go.set()
    first.join(20)
    assert [one(each) for each in done] == [Tally(sent=PATIENTS)]


def test_what_a_killed_worker_left_in_the_folder_of_locks_is_taken_away(office: Registry, send: Send) -> None:
    folder = office.settings.home / "locks"
    folder.mkdir(mode=0o700)
    (folder / "mail-1-deadbeef.lock").touch(mode=0o600)
    send()
    assert lie_around(office) == []
    assert folder.stat().st_mode & 0o077 == 0


def test_who_is_erased_while_a_mail_is_on_its_way_is_not_marked(
    office: Registry, send: Send, server: MailServer
) -> None:
    from msreg.store.connect import transaction
    from msreg.store.queries.outbox import forget

    def erase(mail: Delivered) -> None:
        if mail.to == ["p1@example.org"]:
            with Registry.open(office.settings) as other, other.light() as db, transaction(db):
                (id_,) = db.one("SELECT id FROM patient WHERE email = ?", (mail.to[0],)) or ("",)
                forget(db, id_)

    server.on_content = erase
    assert one(send()) == Tally(sent=PATIENTS)
    (row,) = [each for each in outbox(office) if each["state"] == "cancelled"]
    assert (row["reason"], row["address_mark"], row["sent_at"]) == ("erased", None, None)
    assert len(events(office)) == PATIENTS


# -- what does not wait, and what fails on this side -------------------------------------------------------


@pytest.fixture
def code(office: Registry, desk: Actor) -> str:
    """A code that a notifier asked for: it is sent at once or not at all."""
    user = add_user(office, "melder")
    sql(office, "UPDATE outbox SET state = 'cancelled'")
    with office.light() as db:
        (centre,) = db.one("SELECT id FROM centre WHERE code = 'AMS01'") or ("",)
    link = new_id()
    due = Due(
        MailKind.CODE,
        f"code:{link}:{new_id()}",
        DAY,
        "2026-11",
        "melder",
        "x",
        centre_id=centre,
        operator_id=user,
    )
    with writing(office, by=desk, event="test", action=Action.CREATE, plain=True) as work:
        assert queue(work, [due]) == 1
        assert queue(work, [due]) == 0
        (id_,) = work.db.one("SELECT id FROM outbox WHERE key = ?", (due.key,)) or ("",)
        key = f"{MailKind.CASE_MONTH.value}:{user}:2026-11"
        month = Due(
            MailKind.CASE_MONTH, key, DAY, "2026-11", "melder", "x", centre_id=centre, operator_id=user
        )
        queue(work, [month])
        work.db.execute("UPDATE outbox SET state = 'sent' WHERE key = ?", (key,))
        (mail,) = work.db.one("SELECT id FROM outbox WHERE key = ?", (key,)) or ("",)
        at = "2026-12-01 05:30:00.000000"
        work.db.execute(
            "INSERT INTO mail_link (id, created_at, updated_at, version, outbox_id, purpose, digest, expires_at, tries)"
            " VALUES (?, ?, ?, 1, ?, 'yes', 'x', '2027-01-01 00:00:00.000000', 0)",
            (link, at, at, mail),
        )
    return str(id_)


def of_code(registry: Registry) -> tuple[str, str | None]:
    (row,) = outbox(registry, MailKind.CODE)
    return row["state"], row["reason"]


def test_a_code_goes_out_at_once_and_once(
    office: Registry, desk: Actor, server: MailServer, code: str
) -> None:
    with way(server.port) as transport:
        for sent in (1, 0):
            assert send_one(office, transport, code, by=desk, today=DAY).whole.sent == sent
    assert server.to() == ["melder@example.org"]
    assert of_code(office) == ("sent", None)


def test_a_code_that_cannot_go_at_once_does_not_go(
    office: Registry, desk: Actor, send: Send, server: MailServer, code: str
) -> None:
    with way(1) as nowhere:
        sent = send_one(office, nowhere, code, by=desk, today=DAY)
    assert (sent.whole.sent, sent.away is None) == (0, False)
    assert of_code(office) == ("failed", "server_away")
    assert send(60).whole == Tally()


def test_a_code_that_the_server_wants_later_does_not_wait(
    office: Registry, desk: Actor, server: MailServer, code: str
) -> None:
    server.on_rcpt = lambda _address: "451 later"
    with way(server.port) as transport:
        assert send_one(office, transport, code, by=desk, today=DAY).whole == Tally(failed=1)
    assert of_code(office) == ("failed", "server_later")


def test_a_code_that_nobody_sent_is_not_sent_by_a_run(
    office: Registry, send: Send, server: MailServer, code: str
) -> None:
    assert send(59).whole == Tally()
    assert of_code(office) == ("new", None)
    assert send(61).whole == Tally()
    assert of_code(office) == ("cancelled", "expired")
    assert server.delivered == []


def test_a_folder_that_is_full_stops_the_run_and_keeps_what_waits(
    office: Registry, desk: Actor, tmp_path: Path
) -> None:
    """Really full disks are in tests/crash; here the folder is a file."""
    blocked = tmp_path / "post"
    blocked.touch()
    sent = send_waiting(office, FolderTransport(blocked, BUREAU), by=desk, today=DAY)
    assert sent.away is not None
    assert set(states(office)) == {("new", "server_away")}
    blocked.unlink()
    transport: Transport = FolderTransport(blocked, BUREAU)
    assert one(send_waiting(office, transport, by=desk, today=DAY)) == Tally(sent=PATIENTS)
    assert len(list(blocked.iterdir())) == PATIENTS


def test_what_went_out_is_known_and_logged_also_when_the_log_broke_meanwhile(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    """A run writes its own event before the first mail; what breaks after that is mended by the notes."""
    sql(
        office,
        "CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no log today'); END",
    )
    with pytest.raises(Exception, match="no log today"):
        send()
    assert len(server.delivered) == PATIENTS
    assert {each["state"] for each in outbox(office)} == {"sending"}
    (notes,) = (office.settings.home / "locks").iterdir()
    assert notes.stat().st_mode & 0o077 == 0
    assert "@" not in notes.read_text()
    sql(office, "DROP TRIGGER broken")
    # Much later, when others have written in the log since.
    office.clock = lambda: NOW + timedelta(hours=20)
    log(office, by=desk)
    assert one(send(60 * 20)) == Tally()
    assert {each["sent_at"] for each in outbox(office)} == {"2026-12-01 05:30:00.000000"}
    assert {each["about"]["happened"] for each in events(office)} == {"2026-12-01 05:30:00.000000"}
    assert {each["at"] for each in events(office)} == {"2026-12-02T01:30:00.000000Z"}
    assert {(each["state"], each["code"], each["tries"]) for each in outbox(office)} == {("sent", 250, 1)}
    assert len(events(office)) == len(server.delivered) == PATIENTS
    assert (lie_around(office), one(send(60 * 20))) == ([], Tally())


def test_a_busy_registry_is_waited_for(
    office: Registry, send: Send, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Registry.open(office.settings) as other, other.light() as db:
        db.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.5, lambda: db.execute("COMMIT"))
        timer.start()
        office._patience = 0.05
        office.close()
        assert one(send()) == Tally(sent=PATIENTS)
        timer.join()


# -- between the claim and the sending -----------------------------------------------------------------------


def test_who_may_get_no_mail_since_the_claim_gets_none_however_fast_it_goes(
    office: Registry, send: Send, server: MailServer
) -> None:
    """All four are claimed together; the desk notes it while the first one is with the server."""

    def stop(mail: Delivered) -> None:
        if not server.delivered:
            sql(office, "UPDATE patient SET withdrawn_on = '2026-12-01' WHERE email <> ?", mail.to[0])

    server.on_content = stop
    assert one(send()) == Tally(sent=1, cancelled=PATIENTS - 1)
    assert len(server.delivered) == 1
    assert sorted(each["tries"] for each in outbox(office)) == [0, 0, 0, 1]
    assert links(office) == 2
    assert len(events(office)) == PATIENTS


def test_who_died_while_the_line_to_the_server_was_made_gets_no_mail(
    office: Registry, send: Send, server: MailServer
) -> None:
    server.on_mail = lambda _sender: sql(office, "UPDATE patient SET deceased = 1")
    assert one(send()) == Tally(cancelled=PATIENTS)
    assert server.delivered == []
    assert set(states(office)) == {("cancelled", "deceased")}


def test_an_address_that_changed_since_the_claim_is_the_one_that_gets_the_mail(
    office: Registry, send: Send, server: MailServer
) -> None:
    def move(_mail: Delivered) -> None:
        if not server.delivered:
            sql(office, "UPDATE patient SET email = 'new-' || email")

    server.on_content = move
    assert one(send(limit=3)) == Tally(sent=3)
    assert [each.startswith("new-") for each in server.to()] == [False, True, True]


def test_a_mail_that_another_worker_took_over_is_not_sent_by_the_first(
    office: Registry, send: Send, server: MailServer
) -> None:
    def take(_mail: Delivered) -> None:
        if not server.delivered:
            sql(office, "UPDATE outbox SET worker = 'elsewhere:1:deadbeef' WHERE state = 'sending'")

    server.on_content = take
    send()
    assert len(server.delivered) == 1


def test_what_others_write_of_other_things_stops_no_mail(
    office: Registry, send: Send, server: MailServer
) -> None:
    def write(_mail: Delivered) -> None:
        sql(office, "UPDATE centre SET name = ?", str(len(server.delivered)))

    server.on_content = write
    assert one(send()) == Tally(sent=PATIENTS)
    assert {each["tries"] for each in outbox(office)} == {1}


def test_a_code_whose_notifier_left_since_the_claim_does_not_go(
    office: Registry, desk: Actor, server: MailServer, code: str
) -> None:
    server.on_mail = lambda _sender: sql(office, "UPDATE operator SET role = 'desk' WHERE role = 'notifier'")
    with way(server.port) as transport:
        sent = send_one(office, transport, code, by=desk, today=DAY)
    assert (sent.whole, server.delivered) == (Tally(failed=1), [])
    assert of_code(office) == ("failed", "overtaken")


# -- notes ----------------------------------------------------------------------------------------------


def test_without_room_for_notes_each_mail_is_marked_at_once(
    office: Registry, desk: Actor, server: MailServer
) -> None:
    """The file of the lock cannot grow, as on a full disk."""
    handle = os.memfd_create("notes", os.MFD_ALLOW_SEALING)
    fcntl.fcntl(handle, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW)
    worker = f"{os.uname().nodename[:60]}:1:deadbeef"
    clerk = Clerk(office, desk, DAY, worker, {MailKind.PROM_INVITATION: KINDS[MailKind.PROM_INVITATION]})
    marked: list[int] = []

    def look(_mail: Delivered) -> None:
        marked.append([state for state, _reason in states(office)].count("sent"))

    server.on_content = look
    with office.light() as db, way(server.port) as transport:
        assert one(outbox_sender.Sender(clerk, db, Held(handle), transport).send_all()) == Tally(
            sent=PATIENTS
        )
    os.close(handle)
    assert marked == [0, 1, 2, 3]
    assert (len(server.delivered), set(states(office))) == (PATIENTS, {("sent", None)})


def notes_of(registry: Registry) -> list[str]:
    """Notes that all mails went out."""
    return [Done(row, MailState.SENT, None, 250, NOW, 1, "", None, ()).note() for row in outbox(registry)]


def test_what_a_worker_noted_that_stands_still_is_not_sent_again(
    office: Registry, send: Send, server: MailServer
) -> None:
    """Its lock is held: it was stopped in its terminal, or its machine slept."""
    claimed_by(office, f"{os.uname().nodename[:60]}:1:deadbeef", NOW + timedelta(minutes=15))
    with held(office.settings.home / "locks" / "mail-1-deadbeef.lock") as lock:
        for note in notes_of(office)[1:]:
            lock.note(note)
        assert one(send(14)) == Tally()
        assert one(send(15)) == Tally(sent=1)
        lock.wipe()
    assert (len(server.delivered), set(states(office))) == (1, {("sent", None)})


def test_what_went_out_and_was_cancelled_before_its_worker_died_is_in_the_log(
    office: Registry, send: Send, server: MailServer
) -> None:
    claimed_by(office, f"{os.uname().nodename[:60]}:1:deadbeef", NOW + timedelta(minutes=15))
    with held(office.settings.home / "locks" / "mail-1-deadbeef.lock") as lock:
        for note in notes_of(office):
            lock.note(note)
    sql(
        office, "UPDATE outbox SET state = 'cancelled', reason = 'stopped', worker = NULL, claim_until = NULL"
    )
    send()
    assert [each["about"]["state"] for each in events(office)] == ["sent"] * PATIENTS
    assert (server.delivered, set(states(office)), lie_around(office)) == ([], {("cancelled", "stopped")}, [])


def test_a_mail_that_the_server_takes_minutes_for_is_marked_though_others_wrote_in_the_log_since(
    office: Registry, desk: Actor, send: Send, server: MailServer
) -> None:
    """The log takes no event that is much older than its last."""

    def slow(_mail: Delivered) -> None:
        if len(server.delivered) == 1:
            office.clock = lambda: NOW + timedelta(minutes=5)
            with Registry.open(office.settings, clock=lambda: NOW + timedelta(minutes=4)) as other:
                log(other, by=desk)

    server.on_content = slow
    assert one(send()) == Tally(sent=PATIENTS)
    assert {each["outcome"] for each in events(office)} == {"0"}
    assert events(office)[0]["about"]["happened"] == "2026-12-01 05:30:00.000000"
    with office.light() as db:
        assert verify.verify(db, office.keys.audit_key, office.uuid).ok


def test_a_code_that_nobody_sent_is_ended_also_by_a_run_that_has_nothing_to_send(
    office: Registry, desk: Actor, code: str
) -> None:
    """Otherwise the doctor tells every day that a mail has been waiting."""
    sql(office, "UPDATE outbox SET state = 'cancelled' WHERE id <> ?", code)
    office.clock = lambda: NOW + timedelta(hours=2)
    assert run(office, by=desk, today=DAY, kinds=[MailKind.CASE_REMINDER]).sent.kinds == {}
    assert of_code(office) == ("new", None)
    assert run(office, by=desk, today=DAY).sent.kinds == {}
    assert of_code(office) == ("cancelled", "expired")
