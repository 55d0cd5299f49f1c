"""What cron runs: queue and send, and the doctor's look at it (SPEC R1, R2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from msreg.config import Mail, Settings
from msreg.errors import NotAllowed, Usage
from msreg.services.health import examine
from msreg.services.health_state import Health, State
from msreg.services.outbox_counts import Tally
from msreg.services.reminders_run import run, send_now
from msreg.store.actor import Actor, system_actor
from msreg.store.queries import outbox as queries
from msreg.store.registry import Registry
from msreg.vocabulary import MailKind, Role
from tests.mail_server import MailServer, mail_server
from tests.mails import outbox, sql

DAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 5, 30, tzinfo=UTC)
PROM = MailKind.PROM_INVITATION


@pytest.fixture
def office(registry: Registry, desk: Actor, lay: Any, row: Any) -> Registry:
    """Two patients who are due."""
    numbers = ["00001", "00002"]
    lay(
        patients=[row["patient"](each, email=f"p{int(each)}@example.org") for each in numbers],
        courses=[row["course"](each, course_date=date(2026, 9, 30)) for each in numbers],
    )
    registry.clock = lambda: NOW
    return registry


@pytest.fixture
def server(office: Registry) -> Iterator[MailServer]:
    """A mail server that the settings name."""
    with mail_server() as found:
        mail = Mail("smtp", None, "127.0.0.1", found.port, "none", None, "bureau@example.org")
        office.settings = replace(office.settings, mail=mail)
        yield found


def ran_at(registry: Registry) -> datetime | None:
    with registry.light() as db:
        return queries.ran_at(db)


def names(registry: Registry) -> list[str]:
    with registry.light() as db:
        bodies = db.rows("SELECT body FROM audit_event ORDER BY seq")
    return [str(json.loads(each[0])["event"]) for each in bodies]


def test_r1_a_run_queues_and_sends_and_the_next_has_nothing_to_do(office: Registry, desk: Actor) -> None:
    before = len(names(office))
    first = run(office, by=desk, today=DAY)
    assert (first.queued[PROM], first.waiting, first.sent.kinds) == (2, {PROM: 2}, {PROM: Tally(sent=2)})
    assert names(office)[before:] == ["reminders.queue", "reminders.run", "mail.send", "mail.send"]
    assert len(list((office.settings.home / "outbox").glob("*.eml"))) == 2
    assert ran_at(office) == NOW
    office.clock = lambda: NOW + timedelta(days=1)
    again = run(office, by=desk, today=DAY)
    assert (again.queued[PROM], again.waiting, again.sent.kinds, again.sent.away) == (0, {}, {}, None)
    assert len(names(office)) == before + 4
    assert ran_at(office) == NOW + timedelta(days=1)


def test_c5_a_dry_run_writes_and_sends_nothing(office: Registry, desk: Actor, server: MailServer) -> None:
    tried = run(office, by=desk, today=DAY, dry_run=True)
    assert (tried.queued[PROM], tried.dry_run, tried.sent.kinds) == (2, True, {})
    assert (outbox(office), server.lines, ran_at(office)) == ([], 0, None)


def test_only_the_kinds_that_are_asked_for(office: Registry, desk: Actor, server: MailServer) -> None:
    run(office, by=desk, today=DAY, kinds=[MailKind.COURSE_DIGEST])
    assert (outbox(office), server.lines) == ([], 0)
    run(office, by=desk, today=DAY, kinds=[PROM])
    assert len(server.delivered) == 2


def test_a_server_that_is_away_is_told_and_everything_waits(office: Registry, desk: Actor) -> None:
    mail = Mail("smtp", None, "127.0.0.1", 1, "none", None, "bureau@example.org")
    office.settings = replace(office.settings, mail=mail)
    ran = run(office, by=desk, today=DAY)
    assert ran.sent.away is not None
    assert ran.sent.kinds == {PROM: Tally(later=2)}
    assert {each["state"] for each in outbox(office)} == {"new"}


def test_a_setting_that_lacks_is_told_before_anything_is_written(office: Registry, desk: Actor) -> None:
    office.settings = replace(office.settings, mail=Mail("smtp"))
    before = names(office)
    with pytest.raises(Usage):
        run(office, by=desk, today=DAY)
    assert (outbox(office), names(office)) == ([], before)


def test_s10_without_a_log_nothing_is_sent(office: Registry, desk: Actor, server: MailServer) -> None:
    run(office, by=desk, today=DAY, kinds=[MailKind.COURSE_DIGEST])
    from msreg.services.reminders import queue_due

    queue_due(office, by=desk, today=DAY)
    sql(
        office,
        "CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no log today'); END",
    )
    with pytest.raises(Exception) as told:
        run(office, by=desk, today=DAY)
    assert told.value.args
    assert server.lines == 0


def test_the_job_may_and_a_reader_may_not(office: Registry, desk: Actor, server: MailServer) -> None:
    with pytest.raises(NotAllowed):
        run(office, by=replace(desk, role=Role.READER), today=DAY)
    run(office, by=system_actor("timer", os_user=desk.os_user), today=DAY)
    assert len(server.delivered) == 2


def test_one_mail_is_sent_now(office: Registry, desk: Actor, server: MailServer) -> None:
    from msreg.services.reminders import queue_due

    queue_due(office, by=desk, today=DAY)
    first, second = (each["id"] for each in outbox(office))
    assert send_now(office, second, by=desk, today=DAY) is True
    assert send_now(office, second, by=desk, today=DAY) is False
    assert send_now(office, "0" * 32, by=desk, today=DAY) is False
    assert [each["state"] for each in outbox(office) if each["id"] == first] == ["new"]


# -- the doctor -------------------------------------------------------------------------------------------


def looked(registry: Registry, now: datetime, settings: Settings | None = None) -> list[Health]:
    return [each for each in examine(settings or registry.settings, now=now) if each.check == "mail"]


def told(found: list[Health]) -> list[tuple[State, str]]:
    return [(each.state, each.text()) for each in found]


def test_the_doctor_says_where_mails_go(office: Registry, server: MailServer, tmp_path: Path) -> None:
    assert told(looked(office, NOW)) == [(State.GREEN, "Mails go out through 127.0.0.1.")]
    folder = replace(office.settings, mail=Mail(folder=tmp_path / "post"))
    assert told(looked(office, NOW, folder)) == [
        (State.GREEN, f"Mails are files in {tmp_path / 'post'}; nobody gets them.")
    ]


def test_the_doctor_sees_settings_that_lack_and_a_password_that_cannot_be_read(
    office: Registry, tmp_path: Path
) -> None:
    (lacks,) = looked(office, NOW, replace(office.settings, mail=Mail("smtp")))
    assert (lacks.state, "mail.host" in lacks.text()) == (State.RED, True)
    secret = tmp_path / "password"
    environ = {**office.settings.environ, "MSREG_MAIL_PASSWORD_FILE": str(secret)}
    mail = Mail("smtp", None, "localhost", None, "starttls", "bureau", "bureau@example.org")
    settings = replace(office.settings, mail=mail, environ=environ)
    (lacks,) = looked(office, NOW, settings)
    assert (lacks.state, str(secret) in lacks.text()) == (State.RED, True)
    secret.touch(mode=0o600)
    secret.write_text("geheim\n")
    assert [each.state for each in looked(office, NOW, settings)] == [State.GREEN]


@pytest.mark.parametrize(("hours", "late"), [(25.99, False), (26, False), (26.01, True), (100, True)])
def test_the_doctor_sees_that_the_nightly_run_stopped(
    office: Registry, desk: Actor, server: MailServer, hours: float, late: bool
) -> None:
    run(office, by=desk, today=DAY)
    found = looked(office, NOW + timedelta(hours=hours))
    wanted = (State.YELLOW, f"Mails were last sent {int(hours)} hours ago.")
    assert told(found) == [wanted if late else (State.GREEN, "Mails go out through 127.0.0.1.")]


def test_the_doctor_sees_mails_that_wait_and_mails_that_failed(
    office: Registry, desk: Actor, server: MailServer
) -> None:
    server.on_rcpt = lambda address: "550 no" if address.startswith("p1") else "451 later"
    run(office, by=desk, today=DAY)
    assert told(looked(office, NOW)) == [(State.YELLOW, "Mails that failed: 1.")]
    with office.light() as db:
        queries.note_run(db, NOW + timedelta(hours=40))
    later = looked(office, NOW + timedelta(hours=41))
    assert told(later) == [
        (State.YELLOW, "A mail has been waiting for 41 hours."),
        (State.YELLOW, "Mails that failed: 1."),
    ]


def test_what_this_run_tried_counts_once_also_when_it_is_due_again_by_then(
    office: Registry, desk: Actor, server: MailServer
) -> None:
    """A long run: the first mail was put off, and when the server goes away its next attempt has come."""

    def away(_sender: str) -> str | None:
        if len(server.commands) < 2:
            return None
        office.clock = lambda: NOW + timedelta(minutes=5)
        return "550 5.7.1 not you"

    server.on_mail, server.on_rcpt = away, lambda _address: "451 later"
    ran = run(office, by=desk, today=DAY)
    assert ran.sent.away is not None
    assert ran.sent.kinds == {PROM: Tally(later=2)}
