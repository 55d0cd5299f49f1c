"""T1, T2: 2,000 random changes to a log, each found, at the first row that is not as it was written."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from msreg.store import audit_schema
from msreg.store.actor import Actor
from msreg.store.anchors import Anchor
from msreg.store.audit import Item, append, verify
from msreg.store.chain import chain_mac, item_text
from msreg.store.connect import Database, transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Action

ROWS = 60
Change = Callable[[Database, random.Random], int]


@pytest.fixture
def log(registry: Registry, actor: Actor) -> Iterator[Database]:
    """60 events, each third with one to four items. The triggers are gone, as for who owns the file."""
    chance = random.Random(1)
    with registry.light() as db:
        with transaction(db):
            for n in range(ROWS):
                items = [
                    Item(
                        Action.UPDATE,
                        "course",
                        f"{n:016x}{m:016x}",
                        f"{m:032x}",
                        {"edss": m},
                        {"edss": m + 1},
                    )
                    for m in range(chance.randint(1, 4) if n % 3 == 0 else 0)
                ]
                append(
                    db,
                    registry.keys.audit_key,
                    by=actor,
                    event=f"event.{n}",
                    action=Action.UPDATE,
                    at=registry.clock() + timedelta(seconds=n),
                    items=items,
                )
        for name in audit_schema.TRIGGER_NAMES:
            db.execute(f"DROP TRIGGER {name}")
        yield db


def edit_row(db: Database, chance: random.Random) -> int:
    seq = chance.randint(1, ROWS)
    column = chance.choice(("body", "prev", "mac"))
    ((text,),) = db.rows(f"SELECT {column} FROM audit_event WHERE seq = ?", (seq,))
    place = chance.randrange(len(text))
    other = chance.choice([sign for sign in '0123456789abcdef{}",' if sign != text[place]])
    changed = chance.choice(
        (text[:place] + other + text[place + 1 :], text[:place] + text[place + 1 :], text + " ")
    )
    db.execute(f"UPDATE audit_event SET {column} = ? WHERE seq = ?", (changed, seq))
    return seq


def put_no_text(db: Database, chance: random.Random) -> int:
    seq = chance.randint(1, ROWS)
    column = chance.choice(("body", "prev", "mac"))
    value = chance.choice((b"\xff\xfe", 7, b""))
    db.execute(f"UPDATE audit_event SET {column} = ? WHERE seq = ?", (value, seq))
    return seq


def not_unicode(db: Database, chance: random.Random) -> int:
    seq = chance.randint(1, ROWS)
    if chance.random() < 0.5:
        seq, n = pick_item(db, chance)
        db.execute("UPDATE audit_item SET after = CAST(x'fffe41' AS TEXT) WHERE seq = ? AND n = ?", (seq, n))
    else:
        db.execute("UPDATE audit_event SET body = CAST(x'fffe41' AS TEXT) WHERE seq = ?", (seq,))
    return seq


def delete_rows(db: Database, chance: random.Random) -> int:
    first = chance.randint(1, ROWS - 1)
    last = chance.randint(first, ROWS - 1)
    db.execute("DELETE FROM audit_event WHERE seq BETWEEN ? AND ?", (first, last))
    db.execute("DELETE FROM audit_item WHERE seq BETWEEN ? AND ?", (first, last))
    return first


def cut_off(db: Database, chance: random.Random) -> int:
    first = chance.randint(1, ROWS)
    db.execute("DELETE FROM audit_event WHERE seq >= ?", (first,))
    db.execute("DELETE FROM audit_item WHERE seq >= ?", (first,))
    return first


def swap_rows(db: Database, chance: random.Random) -> int:
    one, other = sorted(chance.sample(range(1, ROWS + 1), 2))
    columns = chance.choice(("body", "body, prev, mac", "mac"))
    kept = {seq: db.one(f"SELECT {columns} FROM audit_event WHERE seq = ?", (seq,)) for seq in (one, other)}
    setting = ", ".join(f"{each} = ?" for each in columns.split(", "))
    for seq, source in ((one, other), (other, one)):
        db.execute(f"UPDATE audit_event SET {setting} WHERE seq = ?", (*(kept[source] or ()), seq))
    return one


def add_row(db: Database, chance: random.Random) -> int:
    after = chance.randint(0, ROWS)
    for table in ("audit_event", "audit_item"):
        db.execute(f"UPDATE {table} SET seq = -seq - 1 WHERE seq > ?", (after,))
        db.execute(f"UPDATE {table} SET seq = -seq WHERE seq < 0")
    copied = after or 2
    db.execute(
        "INSERT INTO audit_event SELECT ?, body, mac, ? FROM audit_event WHERE seq = ?",
        (after + 1, f"{chance.getrandbits(256):064x}", copied),
    )
    return after + 1


def sign_again(db: Database, chance: random.Random) -> int:
    """Rewrite the log from a row on, consistently, with a key that is not the registry's."""
    first = chance.randint(1, ROWS)
    key = chance.randbytes(32)
    rows = db.rows("SELECT seq, body, prev FROM audit_event WHERE seq >= ? ORDER BY seq", (first,))
    prev = rows[0][2]
    for seq, body, _ in rows:
        mac = chain_mac(key, prev, body)
        db.execute("UPDATE audit_event SET prev = ?, mac = ? WHERE seq = ?", (prev, mac, seq))
        prev = mac
    return first


def pick_item(db: Database, chance: random.Random) -> tuple[int, int]:
    seq, n = chance.choice(db.rows("SELECT seq, n FROM audit_item ORDER BY seq, n"))
    return seq, n


def edit_item(db: Database, chance: random.Random) -> int:
    seq, n = pick_item(db, chance)
    column = chance.choice(("patient_id", "entity", "entity_id", "action", "before", "after", "digest"))
    value = chance.choice(("x", '{"edss":9}', b"\x00", 5)) if column != "digest" else "0" * 64
    db.execute(f"UPDATE audit_item SET {column} = ? WHERE seq = ? AND n = ?", (value, seq, n))
    if chance.random() < 0.5 and column != "digest":
        # With a digest that fits: the event still signs the old one.
        row = db.one(
            "SELECT action, after, before, entity, entity_id, patient_id FROM audit_item"
            " WHERE seq = ? AND n = ?",
            (seq, n),
        )
        if row is not None and all(each is None or isinstance(each, str) for each in row):
            from hashlib import sha256

            digest = sha256(item_text(*row).encode()).hexdigest()
            db.execute("UPDATE audit_item SET digest = ? WHERE seq = ? AND n = ?", (digest, seq, n))
    return seq


def delete_item(db: Database, chance: random.Random) -> int:
    seq, n = pick_item(db, chance)
    db.execute("DELETE FROM audit_item WHERE seq = ? AND n = ?", (seq, n))
    if chance.random() < 0.5:
        db.execute("UPDATE audit_item SET n = n - 1 WHERE seq = ? AND n > ?", (seq, n))
    return seq


def add_item(db: Database, chance: random.Random) -> int:
    seq, n = pick_item(db, chance)
    target = chance.randint(-1, ROWS + 3)
    db.execute(
        "INSERT INTO audit_item SELECT ?, ?, patient_id, entity, entity_id, action, before, after, digest, erased_seq"
        " FROM audit_item WHERE seq = ? AND n = ?",
        (target, chance.choice((50, 99)), seq, n),
    )
    return target


def move_item(db: Database, chance: random.Random) -> int:
    (seq, n), (other, _) = pick_item(db, chance), pick_item(db, chance)
    db.execute("UPDATE audit_item SET seq = ?, n = 40 WHERE seq = ? AND n = ?", (other, seq, n))
    if other == seq and not db.one("SELECT 1 FROM audit_item WHERE seq = ? AND n <> 40", (seq,)):
        db.execute("UPDATE audit_item SET entity = 'x' WHERE seq = ? AND n = 40", (seq,))
    return min(seq, other)


CHANGES: tuple[Change, ...] = (
    edit_row,
    put_no_text,
    not_unicode,
    delete_rows,
    cut_off,
    swap_rows,
    add_row,
    sign_again,
    edit_item,
    delete_item,
    add_item,
    move_item,
)


def mark(registry: Registry, db: Database, seq: int) -> Anchor:
    row = db.one("SELECT mac FROM audit_event WHERE seq = ?", (seq,))
    assert row is not None
    return Anchor(registry.uuid, seq, row[0], registry.clock(), {}, "0001")


def test_two_thousand_changes_are_found_at_their_row(registry: Registry, log: Database) -> None:
    chance = random.Random(20260331)
    key = registry.keys.audit_key
    marks = [mark(registry, log, seq) for seq in (20, 40, ROWS)]
    assert verify(log, key, registry.uuid, marks).ok
    done: Counter[str] = Counter()
    for n in range(2000):
        change = CHANGES[n % len(CHANGES)]
        log.execute("BEGIN IMMEDIATE")
        expected = change(log, chance)
        verdict = verify(log, key, registry.uuid, marks)
        log.execute("ROLLBACK")
        assert verdict.first_bad == expected, (n, change.__name__, verdict)
        assert verdict.reason is not None
        assert str(expected) in verdict.reason.format(seq=verdict.first_bad)
        done[change.__name__] += 1
    assert sum(done.values()) == 2000
    assert len(done) == len(CHANGES)
    assert verify(log, key, registry.uuid, marks).ok


def test_a_log_cut_off_passes_without_a_mark_and_fails_with_one(registry: Registry, log: Database) -> None:
    marks = [mark(registry, log, 50)]
    for kept in (55, 50, 49, 0):
        log.execute("DELETE FROM audit_event WHERE seq > ?", (kept,))
        log.execute("DELETE FROM audit_item WHERE seq > ?", (kept,))
        assert verify(log, registry.keys.audit_key, registry.uuid).ok
        verdict = verify(log, registry.keys.audit_key, registry.uuid, marks)
        assert (verdict.ok, verdict.first_bad) == ((True, None) if kept >= 50 else (False, kept + 1))
        assert verdict.anchor_seq == 50


def test_who_has_the_key_and_rewrites_the_log_is_found_by_a_mark(registry: Registry, log: Database) -> None:
    key = registry.keys.audit_key
    marks = [mark(registry, log, seq) for seq in (20, 40)]
    prev = (log.one("SELECT mac FROM audit_event WHERE seq = 29") or ("",))[0]
    log.execute("UPDATE audit_event SET body = replace(body, 'event.29', 'event.00') WHERE seq = 30")
    for seq, body in log.rows("SELECT seq, body FROM audit_event WHERE seq >= 30 ORDER BY seq"):
        mac = chain_mac(key, prev, body)
        log.execute("UPDATE audit_event SET prev = ?, mac = ? WHERE seq = ?", (prev, mac, seq))
        prev = mac
    assert verify(log, key, registry.uuid).ok
    assert verify(log, key, registry.uuid, marks).first_bad == 40
