"""What happened: a chain of signed rows in the database (NEN 7513, security.md 4.4).

Each event is one row. `mac` signs the row before it together with its own text, so a row that is changed,
removed, added or moved breaks the chain at its number. What an event did to single records are its items;
the event signs a digest over them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from msreg import __version__
from msreg.errors import Conflict
from msreg.store.actor import Actor
from msreg.store.canonical import canonical, canonical_answers, read_stamp, stamp
from msreg.store.chain import chain_mac, genesis, item_text
from msreg.store.dbapi import Database, Row
from msreg.store.verify import Verdict, verify
from msreg.vocabulary import N_, Action, Outcome

__all__ = ["Event", "Head", "Item", "Opened", "Verdict", "append", "head", "registry_uuid", "verify"]

CLOCK_SLACK = timedelta(minutes=2)
_MANY = 500
_ADD_EVENT = "INSERT INTO audit_event (seq, body, prev, mac) VALUES (?, ?, ?, ?)"
_ADD_ITEM = (
    "INSERT INTO audit_item (seq, n, patient_id, entity, entity_id, action, before, after, digest)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Item(NamedTuple):
    """What an event did to one record: `before` and `after` hold the fields that changed, by their keys.

    A tuple, not a dataclass: a batch makes 100,000 of them and a frozen dataclass costs four times as much.
    """

    action: Action
    entity: str
    entity_id: str
    patient_id: str | None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


class Event(NamedTuple):
    """An event without items, one of many that are written together."""

    event: str
    action: Action
    at: datetime
    outcome: Outcome
    patient_id: str | None
    about: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of the log; number 0 and the registry's own beginning when it is empty."""

    seq: int
    mac: str
    at: datetime | None


class Opened:
    """An event that is being written: its number is known, its items come while the work goes on.

    Raises `Conflict` when the clock stands more than two minutes before the last event: somebody set it
    back, and no row may be given an older date than the row before it.
    """

    def __init__(self, db: Database, key: bytes, *, at: datetime) -> None:
        if not db.in_transaction:
            raise RuntimeError("the log is written in the transaction of the work that it tells of")
        self._db = db
        self._key = key
        self._at = at
        self._registry = registry_uuid(db)
        self._last = head(db, key, self._registry)
        if self._last.at is not None and at < self._last.at - CLOCK_SLACK:
            raise Conflict(
                N_(
                    "The clock stands at {now}, before the last row of the log at {last}; nothing was changed."
                ),
                hint=N_("Set the clock of this machine right and try again."),
                now=stamp(at),
                last=stamp(self._last.at),
            )
        self.seq = self._last.seq + 1
        """Number of the event in the log."""
        self._count = 0
        self._digests = sha256()

    def add(self, items: Sequence[Item]) -> None:
        """Write some items of the event."""
        if items:
            self._db.executemany(_ADD_ITEM, _item_rows(self.seq, self._count, items, self._digests))
            self._count += len(items)

    def close_all(self, events: Sequence[Event], *, by: Actor) -> None:
        """Sign this event and others that follow it, none of which has items: very many small ones at once."""
        who = _who(by, self._registry) | {"reason": None, "segment": None, "items": 0}
        who["items_digest"] = self._digests.hexdigest()
        seq, mac = self.seq, self._last.mac
        rows = []
        for each in events:
            told: dict[str, object] = {"about": each.about, "action": each.action.value, "at": stamp(each.at)}
            told |= {"event": each.event, "outcome": each.outcome.value, "patient_id": each.patient_id}
            body = canonical({**who, **told})
            before, mac = mac, chain_mac(self._key, mac, body)
            rows.append((seq, body, before, mac))
            seq += 1
        self._db.executemany(_ADD_EVENT, rows)

    def close(
        self,
        *,
        by: Actor,
        event: str,
        action: Action,
        outcome: Outcome = Outcome.DONE,
        patient_id: str | None = None,
        about: Mapping[str, object] | None = None,
        reason: str | None = None,
        segment: str | None = None,
    ) -> int:
        """Sign the event with its items and give its number."""
        body = canonical(
            {
                **_who(by, self._registry),
                "about": dict(about or {}),
                "action": action.value,
                "at": stamp(self._at),
                "event": event,
                "items": self._count,
                "items_digest": self._digests.hexdigest(),
                "outcome": outcome.value,
                "patient_id": patient_id,
                "reason": reason,
                "segment": segment,
            }
        )
        self._db.execute(
            _ADD_EVENT, (self.seq, body, self._last.mac, chain_mac(self._key, self._last.mac, body))
        )
        return self.seq


def append(
    db: Database,
    key: bytes,
    *,
    by: Actor,
    event: str,
    action: Action,
    at: datetime,
    outcome: Outcome = Outcome.DONE,
    patient_id: str | None = None,
    items: Sequence[Item] = (),
    about: Mapping[str, object] | None = None,
    reason: str | None = None,
    segment: str | None = None,
) -> int:
    """Write one event with its items inside the open transaction of the work, and give its number."""
    opened = Opened(db, key, at=at)
    opened.add(items)
    return opened.close(
        by=by, event=event, action=action, outcome=outcome, patient_id=patient_id, about=about,
        reason=reason, segment=segment,
    )  # fmt: skip


def _who(by: Actor, registry: str) -> dict[str, object]:
    return {
        "alternate_user": by.os_user,
        "centre": by.centre,
        "host": by.host,
        "program": __version__,
        "purpose": by.purpose,
        "registry": registry,
        "requestor": True,
        "role": by.role.value,
        "ssh": by.ssh,
        "tty": by.tty,
        "user": by.user,
        "user_name": by.name,
    }


def head(db: Database, key: bytes, registry: str) -> Head:
    """The last row of the log, as it stands: `verify` says whether it can be trusted."""
    last = db.one("SELECT seq, mac, body FROM audit_event ORDER BY seq DESC LIMIT 1")
    if last is None:
        return Head(0, genesis(key, registry), None)
    return Head(last[0], last[1], read_stamp(json.loads(last[2])["at"]))


def registry_uuid(db: Database) -> str:
    """The identifier of the registry whose database this is."""
    found = db.one("SELECT value FROM meta WHERE key = 'registry'")
    if found is None:
        raise RuntimeError("the database has no registry identifier")
    return str(found[0])


def _item_rows(seq: int, first: int, items: Sequence[Item], digests: Any) -> Iterator[Row]:
    # For a few items the fast way costs more to load than it saves.
    text_of = canonical_answers if len(items) >= _MANY else canonical
    for n, item in enumerate(items, start=first):
        before = None if item.before is None else text_of(item.before)
        after = None if item.after is None else text_of(item.after)
        action = item.action.value
        text = item_text(action, after, before, item.entity, item.entity_id, item.patient_id)
        digest = sha256(text.encode()).hexdigest()
        digests.update(digest.encode())
        yield seq, n, item.patient_id, item.entity, item.entity_id, action, before, after, digest
