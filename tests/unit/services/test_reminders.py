"""What all kinds have in common: once however often, in the log, by an index, in flat memory (SPEC R1, R2, R5)."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from msreg.config import Office
from msreg.errors import NotAllowed, fill
from msreg.models.ids import new_id
from msreg.services import reminders
from msreg.services.mail_kinds import KINDS
from msreg.services.reminders import DATED, due, preview, queue_due
from msreg.store.actor import Actor
from msreg.store.queries import due as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Language, MailKind, MailState, Role
from tests.cases import person, reported
from tests.mails import add_user, outbox, set_centre, sql

D = date
DAY = D(2026, 12, 1)


@pytest.fixture
def office(registry: Registry, desk: Actor, lay: Any, row: Any) -> Registry:
    """One mail of each kind is due on `DAY`."""
    add_user(registry, "melder")
    set_centre(registry, "AMS01", email="centrum@example.org")
    lay(
        patients=[row["patient"](email="a@example.org"), row["patient"]("00002")],
        courses=[
            row["course"](course_date=D(2026, 9, 30)),
            row["course"]("00002", course_date=D(2025, 9, 1)),
        ],
    )
    reported(registry, desk, D(2026, 10, 1))
    return registry


def event(registry: Registry) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    with registry.light() as db:
        seq, body = db.one("SELECT seq, body FROM audit_event ORDER BY seq DESC LIMIT 1") or (0, "{}")
        items = db.rows(
            "SELECT entity, action, patient_id IS NOT NULL FROM audit_item WHERE seq = ? ORDER BY n", (seq,)
        )
    return json.loads(body), items


def test_every_kind_there_is_is_in_the_registry() -> None:
    assert set(KINDS) == set(MailKind)
    assert all(key is each.kind for key, each in KINDS.items())
    assert DATED == (
        MailKind.PROM_INVITATION,
        MailKind.COURSE_DIGEST,
        MailKind.CASE_MONTH,
        MailKind.CASE_REMINDER,
    )


def test_r1_what_would_go_to_whom_and_why(office: Registry, desk: Actor) -> None:
    found = due(office, by=desk, today=DAY)
    assert [(each.kind, each.who, each.centre, each.state) for each in found] == [
        (MailKind.PROM_INVITATION, "MS-0000001", "AMS01", None),
        (MailKind.COURSE_DIGEST, "AMS01", "AMS01", None),
        (MailKind.CASE_MONTH, "melder", "AMS01", None),
        (MailKind.CASE_REMINDER, "NC-2026-0001", "AMS01", None),
    ]
    assert [fill(each.why, each.params) for each in found] == [
        "a questionnaire after the last course",
        "patients of this centre are due for a course",
        "the question about cases in 2026-11",
        "it has waited for its centre for 8 weeks",
    ]
    told, items = event(office)
    assert (told["event"], told["action"]) == ("reminders.due", "R")
    assert items == [("patient", "R", 1), ("notification", "R", 0)]
    assert "@" not in json.dumps(told)
    assert outbox(office) == []


def test_what_waits_is_told_as_what_is_due_was(office: Registry, desk: Actor) -> None:
    before = due(office, by=desk, today=DAY)
    queue_due(office, by=desk, today=DAY)
    after = due(office, by=desk, today=DAY)
    assert {each.state for each in after} == {MailState.NEW}
    assert sorted(each._replace(state=None) for each in after) == sorted(before)
    (one,) = due(office, by=desk, today=DAY, kinds=[MailKind.CASE_MONTH])
    assert one.kind is MailKind.CASE_MONTH


def test_r2_queued_once_with_one_event(office: Registry, desk: Actor) -> None:
    assert queue_due(office, by=desk, today=DAY) == dict.fromkeys(DATED, 1)
    told, items = event(office)
    assert (told["event"], told["action"]) == ("reminders.queue", "C")
    assert told["about"] == {"today": "2026-12-01", "mails": {kind.value: 1 for kind in DATED}}
    assert items == [("outbox", "C", 1), ("outbox", "C", 0), ("outbox", "C", 0), ("outbox", "C", 0)]
    with office.light() as db:
        events = db.one("SELECT count(*) FROM audit_event")
    assert queue_due(office, by=desk, today=DAY) == dict.fromkeys(DATED, 0)
    with office.light() as db:
        assert db.one("SELECT count(*) FROM audit_event") == events, (
            "nothing was done, and the log says nothing"
        )
    assert len(outbox(office)) == 4


def test_c5_a_dry_run_puts_nothing_into_the_outbox(office: Registry, desk: Actor) -> None:
    with office.light() as db:
        before = [db.rows(f"SELECT * FROM {table} ORDER BY id") for table in ("patient", "notification")]
    assert queue_due(office, by=desk, today=DAY, dry_run=True) == dict.fromkeys(DATED, 1)
    assert outbox(office) == []
    with office.light() as db:
        assert [
            db.rows(f"SELECT * FROM {table} ORDER BY id") for table in ("patient", "notification")
        ] == before
    assert event(office)[0]["about"] == {"dry_run": True, "today": "2026-12-01"}


def test_kinds_narrow(office: Registry, desk: Actor) -> None:
    assert queue_due(office, by=desk, today=DAY, kinds=[MailKind.CASE_MONTH]) == {MailKind.CASE_MONTH: 1}
    assert [each["kind"] for each in outbox(office)] == ["case-month"]


def test_r11_many_at_once_queue_each_mail_once(office: Registry, desk: Actor) -> None:
    settings = office.settings
    with ThreadPoolExecutor(8) as pool:

        def once(_: int) -> int:
            with Registry.open(settings) as mine:
                return sum(queue_due(mine, by=desk, today=DAY).values())

        counts = list(pool.map(once, range(8)))
    assert (sum(counts), len(outbox(office))) == (4, 4)


def test_pieces_find_everybody(
    registry: Registry, desk: Actor, lay: Any, row: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Smaller pieces queue the same: what was queued falls out of the next look."""
    numbers = [f"{n:05d}" for n in range(1, 24)]
    lay(
        patients=[row["patient"](n, email="a@example.org") for n in numbers],
        courses=[row["course"](n, course_date=D(2026, 9, 1 + int(n) % 5)) for n in numbers],
    )
    for _ in range(9):
        reported(registry, desk, D(2026, 10, 1))
    monkeypatch.setattr(reminders, "_PIECE", 4)
    counts = queue_due(registry, by=desk, today=DAY)
    assert (counts[MailKind.PROM_INVITATION], counts[MailKind.CASE_REMINDER]) == (23, 9)
    assert len({each["key"] for each in outbox(registry)}) == 32


@pytest.mark.parametrize("role", [each for each in Role if each not in (Role.DESK, Role.JOB)])
def test_who_may(role: Role, registry: Registry, desk: Actor) -> None:
    who = person(registry, desk, role)
    with pytest.raises(NotAllowed):
        due(registry, by=who, today=DAY)
    with pytest.raises(NotAllowed):
        queue_due(registry, by=who, today=DAY)


def test_the_job_may(office: Registry, desk: Actor) -> None:
    job = person(office, desk, Role.JOB)
    assert len(due(office, by=job, today=DAY)) == sum(queue_due(office, by=job, today=DAY).values()) == 4


def test_somebody_who_is_gone_has_no_name(office: Registry, desk: Actor) -> None:
    queue_due(office, by=desk, today=DAY)
    sql(office, "UPDATE outbox SET patient_id = ?, centre_id = NULL WHERE kind = 'prom-invitation'", new_id())
    (found,) = due(office, by=desk, today=DAY, kinds=[MailKind.PROM_INVITATION])
    assert found.who == ""


@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize("language", Language)
def test_r4_each_kind_can_be_looked_at(kind: MailKind, language: Language, registry: Registry) -> None:
    settings = replace(registry.settings, office=Office(mail_name="Bureau De Vecht"))
    message = preview(kind, language, settings)
    assert message.subject
    assert "Bureau De Vecht" in message.text
    assert f'lang="{language.value}"' in message.html


PLANS = [
    (queries.FIRST_INVITATIONS, 3, {"p": "ix_patient_ask_due"}),
    (queries.REPEATS, 3, {"p": "ix_patient_asked"}),
    (queries.CENTRES_TO_TELL, 2, {"ob": "uq_outbox_key"}),
    (queries.HAS_DUE_COURSE, 2, {"p": "ix_patient_course_due"}),
    (queries.NOTIFIERS_TO_ASK, 7, {"ob": "uq_outbox_key", "y": "uq_null_report"}),
    (queries.WAITING_CASES, 1, {"n": "ix_notification_due"}),
    (queries.WAITING, 0, {"ob": "ix_outbox_state"}),
]


@pytest.mark.parametrize(("sql_", "params", "used"), PLANS, ids=range(len(PLANS)))
def test_r5_what_is_due_is_found_by_an_index(
    sql_: str, params: int, used: dict[str, str], registry: Registry
) -> None:
    """It grows with what is due, not with what is stored; this fails when SQLite chooses another way."""
    with registry.light() as db:
        plan = [row[-1] for row in db.rows(f"EXPLAIN QUERY PLAN {sql_}", ("2026-12-01",) * params)]
    for alias, index in used.items():
        (step,) = [each for each in plan if each.split()[1] == alias]
        assert index in step, plan
    assert not [each for each in plan if each.startswith("SCAN") and each.split()[1] in ("p", "n", "q")], plan
