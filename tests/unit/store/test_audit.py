"""The log: the fields of NEN 7513, one transaction with the work, no gaps, a clock that goes on."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlcipher3 import dbapi2

from msreg import __version__
from msreg.errors import Conflict
from msreg.store import audit
from msreg.store.actor import Actor, system_actor
from msreg.store.audit import Event, Item, Opened, append, verify
from msreg.store.connect import Database, transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Outcome, Role

PATIENT = "p" * 32
ITEMS = (
    Item(Action.CREATE, "patient", PATIENT, PATIENT, None, {"initials": "é", "number": 12}),
    Item(Action.UPDATE, "course", "c" * 32, PATIENT, {"edss": Decimal("3.0")}, {"edss": Decimal("3.5")}),
    Item(Action.READ, "centre", "z" * 32, None),
)


def write(
    registry: Registry,
    db: Database,
    actor: Actor,
    *,
    first: str | None = None,
    then: type[BaseException] | None = None,
    **more: object,
) -> int:
    """One transaction: a statement, a row of the log, and perhaps an end before its time."""
    with transaction(db):
        if first is not None:
            db.execute(first)
        seq = append(
            db,
            registry.keys.audit_key,
            by=actor,
            event="patients.show",
            action=Action.READ,
            at=registry.clock(),
            **more,  # type: ignore[arg-type]
        )
        if then is not None:
            raise then
    return seq


def test_an_event_tells_who_when_what_and_from_where(registry: Registry, actor: Actor) -> None:
    with registry.light() as db:
        seq = write(
            registry,
            db,
            actor,
            patient_id=PATIENT,
            outcome=Outcome.REFUSED,
            about={"rows": 3},
            reason="asked by phone",
            segment="course",
        )
        row = db.one("SELECT body, prev FROM audit_event WHERE seq = ?", (seq,))
    assert row is not None
    assert json.loads(row[0]) == {
        "about": {"rows": 3},
        "action": "R",
        "alternate_user": "jdeboer",
        "at": "2026-03-31T09:15:00.123456Z",
        "centre": "c-1",
        "event": "patients.show",
        "host": "desk-3",
        "items": 0,
        "items_digest": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "outcome": "4",
        "patient_id": PATIENT,
        "program": __version__,
        "purpose": "PATADMIN",
        "reason": "asked by phone",
        "registry": registry.uuid,
        "requestor": True,
        "role": "data_manager",
        "segment": "course",
        "ssh": "",
        "tty": "pts/0",
        "user": "u-1",
        "user_name": "J. de Boer",
    }


def test_items_keep_what_was_and_what_became(registry: Registry, actor: Actor) -> None:
    with registry.light() as db:
        seq = write(registry, db, actor, items=ITEMS)
        rows = db.rows(
            "SELECT n, patient_id, entity, entity_id, action, before, after FROM audit_item WHERE seq = ?",
            (seq,),
        )
        verdict = verify(db, registry.keys.audit_key, registry.uuid)
    assert rows == [
        (0, PATIENT, "patient", PATIENT, "C", None, '{"initials":"é","number":12}'),
        (1, PATIENT, "course", "c" * 32, "U", '{"edss":"3.0"}', '{"edss":"3.5"}'),
        (2, None, "centre", "z" * 32, "R", None, None),
    ]
    assert verdict.ok
    assert (verdict.rows, verdict.items) == (1, 3)


def test_numbers_go_on_without_gaps_and_the_log_verifies(registry: Registry, actor: Actor) -> None:
    with registry.light() as db:
        assert verify(db, registry.keys.audit_key, registry.uuid).ok
        seqs = [write(registry, db, actor, items=ITEMS[: n % 4]) for n in range(50)]
        with pytest.raises(KeyboardInterrupt):
            write(registry, db, actor, items=ITEMS, then=KeyboardInterrupt)
        seqs.append(write(registry, db, system_actor("tick")))
        verdict = verify(db, registry.keys.audit_key, registry.uuid)
    assert seqs == list(range(1, 52))
    assert verdict.ok
    assert verdict.rows == verdict.head_seq == 51


def test_the_log_is_written_in_a_transaction_or_not_at_all(registry: Registry, actor: Actor) -> None:
    with registry.light() as db, pytest.raises(RuntimeError):
        append(db, registry.keys.audit_key, by=actor, event="x", action=Action.READ, at=registry.clock())


def test_through_a_session_work_and_log_are_one(registry: Registry, actor: Actor) -> None:
    from sqlalchemy import text

    def work(fails: bool) -> None:
        with registry.session() as session, session.begin():
            session.execute(text("INSERT INTO meta (key, value) VALUES ('x', 'y')"))
            append(
                registry.under(session),
                registry.keys.audit_key,
                by=actor,
                event="x",
                action=Action.CREATE,
                at=registry.clock(),
            )
            if fails:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work(fails=True)
    with registry.light() as db:
        assert db.one("SELECT (SELECT count(*) FROM audit_event), (SELECT count(*) FROM meta)") == (0, 3)
    work(fails=False)
    with registry.light() as db:
        assert db.one("SELECT (SELECT count(*) FROM audit_event), (SELECT count(*) FROM meta)") == (1, 4)


@pytest.mark.parametrize(("back", "fine"), [(119, True), (120, True), (121, False), (86_400, False)])
def test_a_clock_set_back_more_than_two_minutes_stops_the_work(
    registry: Registry, actor: Actor, back: int, fine: bool
) -> None:
    with registry.light() as db:
        # The number of the key `at` in `about` is not mistaken for the moment of the event.
        write(registry, db, actor, about={"at": "1999-01-01T00:00:00.000000Z"})
        registry.clock.move(seconds=-back)  # type: ignore[attr-defined]
        if fine:
            assert write(registry, db, actor) == 2
        else:
            with pytest.raises(Conflict) as told:
                write(registry, db, actor)
            assert told.value.exit_code == 8
            assert "clock" in str(told.value).lower()
            assert db.one("SELECT count(*) FROM audit_event") == (1,)
        registry.clock.move(seconds=back + 1)  # type: ignore[attr-defined]
        write(registry, db, actor)


def test_another_key_or_another_registry_does_not_verify(registry: Registry, actor: Actor) -> None:
    with registry.light() as db:
        write(registry, db, actor)
        for key, uuid in ((bytes(32), registry.uuid), (registry.keys.audit_key, "f" * 32)):
            assert verify(db, key, uuid).first_bad == 1


def test_an_actor_is_plain_and_fixed(actor: Actor) -> None:
    assert actor.role is Role.DATA_MANAGER
    assert system_actor("tick").role is Role.JOB
    assert system_actor("tick").centres is None
    assert system_actor("tick").user == "job:tick"
    with pytest.raises(AttributeError):
        actor.role = Role.READER  # type: ignore[misc]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET body = '' WHERE seq = 2",
        "DELETE FROM audit_event WHERE seq = 3",
        "DELETE FROM audit_event",
        "INSERT OR REPLACE INTO audit_event SELECT 2, body, prev, mac FROM audit_event WHERE seq = 1",
        "REPLACE INTO audit_event SELECT 3, body, prev, mac FROM audit_event WHERE seq = 1",
        "INSERT INTO audit_event SELECT 3, body, prev, mac FROM audit_event WHERE seq = 1"
        " ON CONFLICT (seq) DO UPDATE SET body = ''",
        "INSERT OR IGNORE INTO audit_event VALUES (5, '', '', '')",
        "INSERT INTO audit_event VALUES (NULL, '', '', '')",
        "INSERT INTO audit_event VALUES (0, '', '', '')",
        "UPDATE audit_item SET after = '{}' WHERE n = 0",
        "DELETE FROM audit_item",
        "INSERT OR REPLACE INTO audit_item"
        " SELECT seq, n, NULL, entity, entity_id, action, before, after, digest, erased_seq FROM audit_item",
        "INSERT INTO audit_item SELECT seq, n + 9, NULL, entity, entity_id, action, before, after, digest, erased_seq"
        " FROM audit_item",
        "INSERT INTO audit_item SELECT 9, n, NULL, entity, entity_id, action, before, after, digest, erased_seq"
        " FROM audit_item",
        "UPDATE OR REPLACE audit_event SET seq = 1 WHERE seq = 2",
    ],
)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_the_database_itself_lets_the_log_only_grow(
    registry: Registry, actor: Actor, statement: str, recursive: str
) -> None:
    """T5, also on a connection without recursive_triggers."""
    with registry.light() as db:
        for _ in range(3):
            write(registry, db, actor, items=ITEMS)
        db.execute(f"PRAGMA recursive_triggers={recursive}")
        with pytest.raises(dbapi2.IntegrityError, match="append-only"):
            db.execute(statement)
        assert verify(db, registry.keys.audit_key, registry.uuid).rows == 3


def test_a_failing_log_takes_the_work_back(registry: Registry, actor: Actor) -> None:
    """S10: no row in the log, no work."""
    with registry.light() as db:
        db.execute(
            "CREATE TRIGGER stop BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no log'); END"
        )
        with pytest.raises(dbapi2.IntegrityError):
            write(registry, db, actor, items=ITEMS, first="INSERT INTO meta VALUES ('x', 'y')")
        assert db.one("SELECT (SELECT count(*) FROM meta), (SELECT count(*) FROM audit_item)") == (3, 0)


def test_a_hundred_thousand_items_are_one_event(registry: Registry, actor: Actor) -> None:
    items = [
        Item(Action.CREATE, "course", f"{n:032x}", PATIENT, None, {"edss": Decimal("3.5"), "n": n})
        for n in range(100_000)
    ]
    with registry.light() as db:
        write(registry, db, actor, items=items)
        verdict = verify(db, registry.keys.audit_key, registry.uuid)
    assert verdict.ok
    assert (verdict.rows, verdict.items) == (1, 100_000)


def test_the_slack_of_the_clock_is_two_minutes() -> None:
    assert timedelta(minutes=2) == audit.CLOCK_SLACK


def test_many_events_at_once_are_as_many_one_by_one(registry: Registry, actor: Actor) -> None:
    at = registry.clock()
    told = [
        Event("mail.send", Action.EXECUTE, at, Outcome.DONE, f"p-{n}", {"n": n, "naam": "é"})
        for n in range(5)
    ]
    with registry.light() as db:
        with transaction(db):
            for each in told:
                append(
                    db, registry.keys.audit_key, by=actor, event=each.event, action=each.action, at=at,
                    outcome=each.outcome, patient_id=each.patient_id, about=each.about,
                )  # fmt: skip
        with transaction(db):
            Opened(db, registry.keys.audit_key, at=at).close_all(told, by=actor)
        bodies = [row[0] for row in db.rows("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 10")]
        assert bodies[:5] == bodies[5:]
        assert verify(db, registry.keys.audit_key, registry.uuid).ok
