"""What becomes of a mail, in the caller's transaction: claimed after a last look, marked with its event in the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from hmac import digest
from time import monotonic
from typing import Any, NamedTuple

from msreg.rules.retries import next_try
from msreg.services.links import Made, drop_links, make_links
from msreg.services.mail_types import Addressed, Kind
from msreg.store.actor import Actor
from msreg.store.audit import append
from msreg.store.dbapi import Database
from msreg.store.keys import Keys
from msreg.store.queries import outbox as queries
from msreg.store.queries.saving import read_moment
from msreg.store.registry import Registry
from msreg.vocabulary import Action, MailKind, MailReason, MailState, Outcome

EVENT = "mail.send"
CLAIM = timedelta(minutes=15)
"""How long a mail is its worker's: longer than the slowest server may take for one."""

FAULTS = frozenset({MailReason.NO_ADDRESS, MailReason.BAD_ADDRESS})
"""What the last look can find that somebody has to do something about; for the rest the mail is just not wanted."""

_DROPPED = 100
"""Mails that one transaction ends because they are not wanted any more."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this worker has, with the links that were made for this attempt."""

    row: Mapping[str, Any] = field(repr=False)
    to: Addressed
    made: Made
    at: float = field(default_factory=monotonic)

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @property
    def kind(self) -> MailKind:
        return MailKind(self.row["kind"])


@dataclass(frozen=True, slots=True)
class Done:
    """How an attempt ended. `sure`: it did not arrive, so that its links are of nobody."""

    claimed: Claimed
    state: MailState
    reason: MailReason | None = None
    code: int | None = None
    sure: bool = True
    tried: bool = True
    """False: it was not even begun, and waits as before."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A mail that does not go out after the last look at whom it is to."""

    kind: MailKind
    state: MailState
    reason: MailReason


class Walk(NamedTuple):
    """Where a walk through the waiting mails stands: at which kind, beyond which mail of it."""

    kind: int = 0
    after: str = ""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Claims and marks the mails of one worker, and writes each into the log."""

    registry: Registry
    by: Actor
    today: date
    worker: str
    kinds: Mapping[MailKind, Kind]

    def claim_some(
        self, db: Database, walk: Walk, up_to: datetime, most: int
    ) -> tuple[list[Claimed], list[Ended], Walk | None]:
        """The next mails that wait and are still wanted, those on the way that are not, and where the walk stands.

        None for the walk: there is nothing more.
        """
        claimed: list[Claimed] = []
        ended: list[Ended] = []
        order = [kind.value for kind, each in self.kinds.items() if each.waits]
        while walk.kind < len(order):
            wanted = min(most - len(claimed), _DROPPED - len(ended))
            if wanted <= 0:
                return claimed, ended, walk
            rows = queries.next_waiting(db, order[walk.kind], up_to, walk.after, wanted)
            if not rows:
                walk = Walk(walk.kind + 1)
                continue
            walk = Walk(walk.kind, rows[-1]["id"])
            for row in rows:
                found = self.claim(db, row)
                if isinstance(found, Claimed):
                    claimed.append(found)
                else:
                    ended.append(found)
        return claimed, ended, None

    def claim(self, db: Database, row: Mapping[str, Any]) -> Claimed | Ended:
        """Look once more whether a mail is wanted, and where it goes; take it, with its links, or end it."""
        kind = self.kinds[MailKind(row["kind"])]
        now = self.registry.clock()
        found = kind.check(db, row, self.today, self.registry.settings)
        if isinstance(found, MailReason):
            return self.end(db, row, found)
        queries.claim(db, row["id"], self.worker, now, now + CLAIM)
        made = make_links(self.registry, db, row["id"], found.links, now)
        return Claimed(row, found, made)

    def mark(self, db: Database, done: Done) -> Done:
        """Write what became of an attempt, and its event; gives what it came to: a mail may be given up by it."""
        claimed, row, now = done.claimed, done.claimed.row, self.registry.clock()
        if not done.tried:
            reason = None if done.reason is None else done.reason.value
            queries.give_back(db, claimed.id, self.worker, row["tried_at"] is None, reason)
        elif done.state is MailState.SENT:
            queries.sent(db, claimed.id, self.worker, now, done.code, self.address_mark(claimed.to.to))
        else:
            done = self._unsent(db, done, now)
        if done.sure and done.state is not MailState.SENT:
            drop_links(db, claimed.id, claimed.made.digests)
        if done.tried:
            outcome = Outcome.DONE if done.state is MailState.SENT else Outcome.FAILED
            self._log(db, row, now, done.state, done.reason, outcome, done.code, tries=row["tries"] + 1)
        return done

    def _unsent(self, db: Database, done: Done, now: datetime) -> Done:
        row, reason, state = done.claimed.row, done.reason, done.state
        assert reason is not None
        if state is MailState.NEW:
            first = now if row["tried_at"] is None else read_moment(row["tried_at"])
            waits = self.kinds[done.claimed.kind].waits
            at = next_try(first, row["tries"] + 1, now) if waits else None
            if at is not None:
                queries.later(db, done.claimed.id, self.worker, now, at, reason.value, done.code)
                return done
            reason = MailReason.GAVE_UP if waits else reason
        mark = self.address_mark(done.claimed.to.to)
        queries.failed(db, done.claimed.id, self.worker, now, reason.value, done.code, mark)
        return Done(done.claimed, MailState.FAILED, reason, done.code, done.sure)

    def end(self, db: Database, row: Mapping[str, Any], reason: MailReason) -> Ended:
        """End a mail that waits, and write that into the log."""
        now = self.registry.clock()
        state = MailState.FAILED if reason in FAULTS else MailState.CANCELLED
        queries.drop(db, row["id"], now, state.value, reason.value)
        self._log(db, row, now, state, reason, Outcome.DONE, None, tries=row["tries"])
        return Ended(MailKind(row["kind"]), state, reason)

    def address_mark(self, address: str) -> str:
        """By this alone a later address is known to be another one; without the registry's key it tells nothing."""
        return address_mark(self.registry, address)

    def _log(
        self,
        db: Database,
        row: Mapping[str, Any],
        at: datetime,
        state: MailState,
        reason: MailReason | None,
        outcome: Outcome,
        code: int | None,
        *,
        tries: int,
    ) -> None:
        told: dict[str, object] = {"mail": row["id"], "kind": row["kind"], "period": row["period"]}
        told |= {"state": state.value, "tries": tries}
        if reason is not None:
            told["reason"] = reason.value
        if code is not None:
            told["code"] = code
        if row["notification_id"] is not None:
            told["case"] = row["notification_id"]
        append(
            db,
            self.registry.keys.audit_key,
            by=self.by,
            event=EVENT,
            action=Action.EXECUTE,
            at=at,
            outcome=outcome,
            patient_id=row["patient_id"],
            about=told,
        )


def address_mark(registry: Registry, address: str) -> str:
    """A keyed digest of an address."""
    return digest(_address_key(registry.keys, registry.uuid), address.lower().encode(), "sha256").hex()


@lru_cache(maxsize=1)
def _address_key(keys: Keys, registry: str) -> bytes:
    return digest(keys.field_key, f"msreg mail addresses 1\0{registry}".encode(), "sha256")
