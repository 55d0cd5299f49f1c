"""Is the log as it was written? Reads all of it once and names the first row that is not."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from msreg.store.anchors import Anchor
from msreg.store.chain import genesis, item_text
from msreg.store.dbapi import Database, Row, transaction
from msreg.store.restores import IN_A_BODY as _RESTORING
from msreg.store.restores import Restore, read_restore
from msreg.vocabulary import N_

MISSING = N_("Row {seq} of the log is missing.")
ALTERED = N_("Row {seq} of the log was altered, or not written by this registry.")
ITEMS = N_("What row {seq} of the log tells of single records was altered, removed or added.")
ANCHOR = N_("Row {seq} of the log is not the row that was marked outside the database.")
OLDER = N_(
    "Row {seq} of the log is missing, and a mark outside the database knows it or a later one: the log was"
    " cut off, or the database is an older copy."
)

ERASED = N_("What row {seq} of the log says was erased is not what was erased.")

ERASE = "patients.erase"
"""The event that takes away what the log holds of a patient's answers."""
ERASED_ITEMS = "erased_items"
"""What such an event tells of itself: how many items it emptied."""

_ERASING = f'"event":"{ERASE}"'
_NO_MORE = 1 << 62


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: everything it counted is sound; `first_bad` is the first row that is not."""

    rows: int
    items: int
    head_seq: int
    head_mac: str
    first_bad: int | None = None
    reason: str | None = None
    """Message with `{seq}` (fill in `first_bad`), when something is wrong."""
    anchors: int = 0
    """How many marks outside the database were compared."""
    anchor_seq: int | None = None
    """The last row that a mark outside the database vouches for."""
    restores: tuple[Restore, ...] = ()
    """Backups that were put back, each with the rows that it gave up."""
    given_up: int = 0
    """How many marks outside the database are of rows that a restore gave up."""

    @property
    def ok(self) -> bool:
        """Whether the whole log is as it was written."""
        return self.first_bad is None


def verify(db: Database, key: bytes, registry: str, anchors: Iterable[Anchor] = ()) -> Verdict:
    """Check every row, every item and every mark. Without marks a log cut off at its end passes."""
    marks: dict[int, list[Anchor]] = {}
    for each in anchors:  # two marks of one row that differ: the log was cut off there and grew anew
        marks.setdefault(each.seq, []).append(each)
    with nullcontext() if db.in_transaction else transaction(db, write=False):
        walk, bad = _walked(db, key, registry, marks)
        # A restore gives up marks, also of rows before its own: so only now it shows which of them stand.
        against = min((each.seq for each in walk.standing(walk.against)), default=_NO_MORE)
        if against < (bad[0] if bad else _NO_MORE):
            walk, bad = _walked(db, key, registry, marks, stop=against)
    standing = {seq for seq, each in marks.items() if walk.standing(each)}
    last_mark = max(standing, default=None)
    if bad is None and last_mark is not None and last_mark > walk.rows:
        bad = (walk.rows + 1, OLDER)
    return Verdict(
        rows=walk.rows,
        items=walk.items,
        head_seq=walk.rows,
        head_mac=walk.mac.hex(),
        first_bad=bad[0] if bad else None,
        reason=bad[1] if bad else None,
        anchors=len(standing),
        anchor_seq=last_mark,
        restores=tuple(walk.restores),
        given_up=sum(len(each) - len(walk.standing(each)) for each in marks.values()),
    )


def _walked(
    db: Database, key: bytes, registry: str, marks: dict[int, list[Anchor]], stop: int = 0
) -> tuple[_Walk, tuple[int, str] | None]:
    """One pass, as far as the log is sound, and what is wrong at its end."""
    try:
        walk = _Walk(db, key, registry, marks, stop)
        return walk, walk.run()
    except Exception as fault:
        if "decode" not in str(fault).lower():
            raise
        # Bytes that are no text: the driver gives up a row early, so read again and let them differ.
        kept, db.raw.text_factory = db.raw.text_factory, _any_text
        try:
            walk = _Walk(db, key, registry, marks, stop)
            return walk, walk.run()
        finally:
            db.raw.text_factory = kept


def _any_text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


class _Walk:
    """One pass over events and items side by side, in the order of their numbers."""

    def __init__(
        self, db: Database, key: bytes, registry: str, marks: dict[int, list[Anchor]], stop: int
    ) -> None:
        self.key = key
        self.marks = marks
        self.stop = stop
        self.rows = 0
        self.items = 0
        self.restores: list[Restore] = []
        self.against: list[Anchor] = []
        self.mac = bytes.fromhex(genesis(key, registry))
        self._events = db.raw.execute("SELECT seq, body, prev, mac FROM audit_event ORDER BY seq")
        self._items: Iterator[Row] = iter(
            db.raw.execute(
                "SELECT seq, n, action, after, before, entity, entity_id, patient_id, digest, erased_seq"
                " FROM audit_item ORDER BY seq, n"
            )
        )
        self._erased = _erased(db)
        self._next: Row | None = None
        self._next_seq: Any = 0

    def run(self) -> tuple[int, str] | None:
        self._advance()
        key, marks, digest = self.key, self.marks, hmac.digest
        mac, prev = self.mac, self.mac.hex()
        expected = 0
        try:
            for seq, body, told_prev, told_mac in self._events:
                expected += 1
                if seq != expected:
                    return expected, MISSING
                text = body.encode()
                mac = digest(key, mac + len(text).to_bytes(8, "big") + text, "sha256")
                if told_prev != prev or told_mac != (prev := mac.hex()):
                    return seq, ALTERED
                # `items` is the last key of that name: those after it hold texts, where quotes are escaped.
                place = body.rindex('"items":') + 8
                if self._next_seq < seq:
                    return self._next_seq, ITEMS
                if self._next_seq == seq or not body.startswith("0,", place):
                    count, _, rest = body[place : place + 120].partition(",")
                    told = rest.removeprefix('"items_digest":"')[:64]
                    if not self._items_fit(seq, int(count), told):
                        return seq, ITEMS
                if _ERASING in body and not self._erasure_fits(seq, body):
                    return seq, ERASED
                if _RESTORING in body and (restore := read_restore(seq, body)) is not None:
                    self.restores.append(restore)
                if seq in marks:
                    self.against += [each for each in marks[seq] if each.mac != prev]
                    if seq == self.stop:
                        return seq, ANCHOR
                self.rows = expected
                self.mac = mac
        except (AttributeError, TypeError, ValueError, OverflowError):
            # Something other than text where the log has text: SQLite keeps whatever is put in.
            return max(expected, 1), ALTERED
        return None if self._next is None else (self._next_seq, ITEMS)

    def standing(self, marks: list[Anchor]) -> list[Anchor]:
        """The marks that no restore of a backup gave up, of those that were met by now."""
        return [each for each in marks if not any(one.gives_up(each) for one in self.restores)]

    def _items_fit(self, seq: int, count: int, told: str) -> bool:
        digests = sha256()
        for n in range(count):
            row = self._next
            if row is None or row[0] != seq or row[1] != n:
                return False
            if row[9] is None:
                made = sha256(item_text(*row[2:8]).encode()).hexdigest()
                if made != row[8]:
                    return False
            elif self._was_erased(row):
                made = row[8]  # of what is gone; the event signs it all the same
            else:
                return False
            digests.update(made.encode())
            self._advance()
        self.items += count
        return self._next_seq != seq and digests.hexdigest() == told

    def _was_erased(self, row: Row) -> bool:
        """Whether an emptied item names a later event that erased just this patient."""
        found = self._erased.get(row[9])
        return (
            found is not None
            and found.told is not None
            and found.patient_id == row[7]
            and row[3] is None
            and row[4] is None
            and row[9] > row[0]
        )

    def _erasure_fits(self, seq: int, body: str) -> bool:
        """Whether an event that erased emptied as many items as it tells: none was filled again."""
        told = _told(body)[1]
        found = self._erased.get(seq)
        return told is None or told == (0 if found is None else found.items)

    def _advance(self) -> None:
        self._next = next(self._items, None)
        self._next_seq = _NO_MORE if self._next is None else self._next[0]


@dataclass(frozen=True, slots=True)
class _Erased:
    """What an event erased, as it tells itself, and how many items name it."""

    patient_id: str | None
    told: int | None
    items: int


def _erased(db: Database) -> dict[Any, _Erased]:
    """The events that items name as the one which emptied them. Each event is proven on the walk itself."""
    found: dict[Any, _Erased] = {}
    rows = db.raw.execute(
        "SELECT i.erased_seq, sum(i.seq < i.erased_seq), (SELECT e.body FROM audit_event e WHERE e.seq = i.erased_seq)"
        " FROM audit_item i WHERE i.erased_seq IS NOT NULL GROUP BY i.erased_seq"
    )
    for seq, items, body in rows:
        found[seq] = _Erased(*_told(body), items)
    return found


def _told(body: Any) -> tuple[str | None, int | None]:
    """Whom an event erased and how many items it emptied; nothing for one that erased nobody."""
    try:
        event = json.loads(body)
        if event["event"] == ERASE and event["outcome"] == "0":
            return event["patient_id"], event["about"].get(ERASED_ITEMS)
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    return None, None
