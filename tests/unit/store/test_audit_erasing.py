"""T6: a patient's items are emptied in the middle of a log and it still holds; anything else of the kind is found."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2

from msreg.config import load_settings
from msreg.store import audit_schema
from msreg.store.actor import Actor, system_actor
from msreg.store.audit import Item, Opened, verify
from msreg.store.connect import Database, transaction
from msreg.store.queries.tombstones import empty_log
from msreg.store.registry import Registry
from msreg.store.verify import ALTERED, ERASE, ERASED, ERASED_ITEMS, ITEMS
from msreg.vocabulary import Action

PATIENTS = [f"{n:032x}" for n in range(5)]
ONE, OTHER, KEPT = PATIENTS[:3]


def write(registry: Registry, db: Database, actor: Actor, items: list[Item], n: int = 0) -> int:
    with transaction(db):
        log = Opened(db, registry.keys.audit_key, at=registry.clock() + timedelta(seconds=n))
        log.add(items)
        return log.close(by=actor, event="x.edit", action=Action.UPDATE)


def erase(registry: Registry, db: Database, actor: Actor, patient: str, n: int = 0) -> int:
    with transaction(db):
        log = Opened(db, registry.keys.audit_key, at=registry.clock() + timedelta(seconds=n))
        count = empty_log(db, patient, seq=log.seq)
        log.add([Item(Action.DELETE, "patient", patient, patient)])
        return log.close(
            by=actor, event=ERASE, action=Action.DELETE, patient_id=patient, about={ERASED_ITEMS: count}
        )


def changed(patient: str, m: int) -> Item:
    return Item(Action.UPDATE, "course", f"{m:032x}", patient, {"edss": m}, {"edss": m + 1})


def seen(patient: str) -> Item:
    return Item(Action.READ, "patient", patient, patient)


@pytest.fixture
def db(registry: Registry) -> Iterator[Database]:
    with registry.light() as opened:
        yield opened


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("erase"), st.sampled_from(PATIENTS)),
            st.tuples(st.just("change"), st.lists(st.sampled_from(PATIENTS), max_size=4)),
            st.tuples(st.just("look"), st.lists(st.sampled_from(PATIENTS), max_size=4)),
        ),
        max_size=12,
    )
)
def test_t6_whoever_is_erased_whenever_the_chain_holds(
    empty: Registry, steps: list[tuple[str, str | list[str]]]
) -> None:
    registry, actor = empty, system_actor("test")
    with registry.light() as db:
        db.execute("BEGIN IMMEDIATE")
        for n, (what, whom) in enumerate(steps):
            if what == "erase":
                _inside(registry, db, actor, [], n, erasing=str(whom))
            else:
                make = seen if what == "look" else lambda p, n=n: changed(p, n)
                _inside(registry, db, actor, [make(p) for p in whom], n)
        verdict = verify(db, registry.keys.audit_key, registry.uuid)
        assert verdict.ok, verdict
        assert verdict.rows == len(steps)
        db.execute("ROLLBACK")


def _inside(
    registry: Registry, db: Database, actor: Actor, items: list[Item], n: int, erasing: str | None = None
) -> None:
    log = Opened(db, registry.keys.audit_key, at=registry.clock() + timedelta(seconds=n))
    about = {ERASED_ITEMS: empty_log(db, erasing, seq=log.seq)} if erasing else None
    log.add(items)
    log.close(
        by=actor, event=ERASE if erasing else "x.edit", action=Action.UPDATE, patient_id=erasing, about=about
    )


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """One empty registry for all examples: each is rolled back."""
    folder = tmp_path_factory.mktemp("erasing")
    environ = {"MSREG_HOME": str(folder / "home"), "MSREG_KEY_FILE": str(folder / "kek")}
    registry, _ = Registry.create(load_settings(environ), made_up=True)
    with registry:
        yield registry


# -- the database lets nothing else change ---------------------------------------------------------------

REFUSED = {
    "nothing is taken away": "UPDATE audit_item SET erased_seq = {next} WHERE seq = 1",
    "half of it stays": "UPDATE audit_item SET before = NULL, erased_seq = {next} WHERE seq = 1",
    "by nobody": "UPDATE audit_item SET before = NULL, after = NULL WHERE seq = 1",
    "by an event that was": "UPDATE audit_item SET before = NULL, after = NULL, erased_seq = 2 WHERE seq = 1",
    "by one that is far": "UPDATE audit_item SET before = NULL, after = NULL, erased_seq = {next} + 1 WHERE seq = 1",
    "another digest": "UPDATE audit_item SET before = NULL, after = NULL, erased_seq = {next}, digest = 'x'"
    " WHERE seq = 1",
    "another patient": "UPDATE audit_item SET before = NULL, after = NULL, erased_seq = {next}, patient_id = 'x'"
    " WHERE seq = 1",
    "another action": "UPDATE audit_item SET before = NULL, after = NULL, erased_seq = {next}, action = 'R'"
    " WHERE seq = 1",
    "another place": "UPDATE audit_item SET before = NULL, after = NULL, erased_seq = {next}, n = 9 WHERE seq = 1",
    "of no patient": "UPDATE audit_item SET before = NULL, after = NULL, erased_seq = {next}"
    " WHERE patient_id IS NULL",
    "what was only seen": "UPDATE audit_item SET erased_seq = {next} WHERE action = 'R'",
    "other words": "UPDATE audit_item SET after = '{{}}' WHERE seq = 1",
    "deleted": "DELETE FROM audit_item WHERE seq = 1",
    "added as erased": "INSERT INTO audit_item (seq, n, patient_id, entity, entity_id, action, digest, erased_seq)"
    " VALUES ({next}, 0, 'p', 'course', 'c', 'U', 'x', {next})",
}


@pytest.mark.parametrize("how", REFUSED)
def test_the_database_lets_nothing_else_change(
    how: str, registry: Registry, actor: Actor, db: Database
) -> None:
    write(registry, db, actor, [changed(ONE, 1), changed(KEPT, 2)])
    write(registry, db, actor, [seen(ONE), Item(Action.CREATE, "centre", "c", None, None, {"code": "X"})], 1)
    with pytest.raises(dbapi2.Error, match="append-only"):
        db.execute(REFUSED[how].format(next=3))
    erased = erase(registry, db, actor, ONE, 2)
    for again in (
        "UPDATE audit_item SET after = '{}' WHERE erased_seq = 3",
        "UPDATE audit_item SET erased_seq = NULL WHERE erased_seq = 3",
        "UPDATE audit_item SET erased_seq = 4 WHERE erased_seq = 3",
    ):
        with pytest.raises(dbapi2.Error, match="append-only"):
            db.execute(again)
    assert erased == 3
    assert verify(db, registry.keys.audit_key, registry.uuid).ok


# -- and who goes around the database is found -------------------------------------------------------------

Change = Callable[[Database, random.Random], tuple[int, str]]


@pytest.fixture
def log(registry: Registry, actor: Actor, db: Database) -> Database:
    """40 events with items of three patients; two of them erased, at 20 and 40. The triggers are gone."""
    chance = random.Random(2)
    for n in range(1, 41):
        if n in (20, 40):
            assert erase(registry, db, actor, ONE if n == 20 else OTHER, n) == n
        else:
            who = [chance.choice((OTHER, KEPT) if n > 20 else (ONE, OTHER, KEPT)) for _ in range(3)]
            write(registry, db, actor, [*(changed(p, n) for p in who), seen(chance.choice(who))], n)
    for name in audit_schema.TRIGGER_NAMES:
        db.execute(f"DROP TRIGGER {name}")
    return db


def picked(db: Database, chance: random.Random, condition: str) -> tuple[int, int]:
    seq, n = chance.choice(db.rows(f"SELECT seq, n FROM audit_item WHERE {condition} ORDER BY seq, n"))
    return seq, n


def put(db: Database, where: tuple[int, int], **columns: object) -> None:
    sets = ", ".join(f"{name} = ?" for name in columns)
    db.execute(f"UPDATE audit_item SET {sets} WHERE seq = ? AND n = ?", (*columns.values(), *where))


def emptied_by_nobody(db: Database, chance: random.Random) -> tuple[int, str]:
    where = picked(db, chance, "after IS NOT NULL")
    put(db, where, before=None, after=None)
    return where[0], ITEMS


def emptied_in_the_name_of_another_event(db: Database, chance: random.Random) -> tuple[int, str]:
    where = picked(db, chance, "after IS NOT NULL")
    put(
        db,
        where,
        before=None,
        after=None,
        erased_seq=chance.choice((7, 38, 41, 1000, 0, -1, "x", b"20", 2.5)),
    )
    return where[0], ITEMS


def emptied_in_the_name_of_anothers_erasure(db: Database, chance: random.Random) -> tuple[int, str]:
    where = picked(db, chance, "after IS NOT NULL")
    put(db, where, before=None, after=None, erased_seq=chance.choice((20, 40)))
    return where[0], ITEMS


def another_event_named(db: Database, chance: random.Random) -> tuple[int, str]:
    where = picked(db, chance, "erased_seq IS NOT NULL")
    ((was,),) = db.rows("SELECT erased_seq FROM audit_item WHERE seq = ? AND n = ?", where)
    put(db, where, erased_seq=chance.choice([seq for seq in (3, 20, 39, 40, 77) if seq != was]))
    return where[0], ITEMS


def filled_with_something(db: Database, chance: random.Random) -> tuple[int, str]:
    where = picked(db, chance, "erased_seq IS NOT NULL")
    put(db, where, after='{"edss":9}', **({} if chance.random() < 0.5 else {"erased_seq": None}))
    return where[0], ITEMS


def filled_with_what_it_was(db: Database, chance: random.Random) -> tuple[int, str]:
    """As somebody would who has an old copy: every digest fits again, and the erasure tells of one more."""
    where = picked(db, chance, "erased_seq IS NOT NULL")
    ((was,),) = db.rows("SELECT erased_seq FROM audit_item WHERE seq = ? AND n = ?", where)
    edss = where[0]  # `log` made them so
    put(db, where, before=f'{{"edss":{edss}}}', after=f'{{"edss":{edss + 1}}}', erased_seq=None)
    return was, ERASED


def told_as_erased(db: Database, chance: random.Random) -> tuple[int, str]:
    """What was only seen held nothing, and was not erased."""
    where = picked(db, chance, f"action = 'R' AND patient_id = '{ONE}'")
    put(db, where, erased_seq=20)
    return 20, ERASED


def another_digest(db: Database, chance: random.Random) -> tuple[int, str]:
    where = picked(db, chance, "erased_seq IS NOT NULL")
    put(db, where, digest=f"{chance.getrandbits(256):064x}")
    return where[0], ITEMS


def of_another_patient(db: Database, chance: random.Random) -> tuple[int, str]:
    where = picked(db, chance, "erased_seq IS NOT NULL")
    put(db, where, patient_id=KEPT)
    return where[0], ITEMS


def erasure_tells_another_count(db: Database, chance: random.Random) -> tuple[int, str]:
    seq = chance.choice((20, 40))
    db.execute(
        "UPDATE audit_event SET body = replace(body, 'erased_items\":', 'erased_items\":1') WHERE seq = ?",
        (seq,),
    )
    return seq, ALTERED


CHANGES: tuple[Change, ...] = (
    emptied_by_nobody, emptied_in_the_name_of_another_event, emptied_in_the_name_of_anothers_erasure,
    another_event_named, filled_with_something, filled_with_what_it_was, told_as_erased, another_digest,
    of_another_patient, erasure_tells_another_count,
)  # fmt: skip


def test_every_other_emptying_and_every_filling_is_found_at_its_row(
    registry: Registry, log: Database
) -> None:
    chance = random.Random(20260402)
    key = registry.keys.audit_key
    assert verify(log, key, registry.uuid).ok
    done: Counter[str] = Counter()
    for n in range(600):
        change = CHANGES[n % len(CHANGES)]
        log.execute("BEGIN IMMEDIATE")
        seq, reason = change(log, chance)
        verdict = verify(log, key, registry.uuid)
        log.execute("ROLLBACK")
        assert (verdict.first_bad, verdict.reason) == (seq, reason), (n, change.__name__, verdict)
        done[change.__name__] += 1
    assert len(done) == len(CHANGES)
    assert verify(log, key, registry.uuid).ok


def test_an_erasure_that_was_cut_off_is_found_by_what_it_emptied(registry: Registry, log: Database) -> None:
    """Without a mark outside a log that was cut off passes; not where an item names an event that is gone."""
    log.execute("DELETE FROM audit_event WHERE seq > 30")
    log.execute("DELETE FROM audit_item WHERE seq > 30")
    ((first,),) = log.rows("SELECT min(seq) FROM audit_item WHERE erased_seq = 40")
    verdict = verify(log, registry.keys.audit_key, registry.uuid)
    assert (verdict.first_bad, verdict.reason) == (first, ITEMS)
