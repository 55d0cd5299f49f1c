"""What becomes of a mail, in the caller's transaction: claimed after a last look, marked with its event in the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from hmac import digest
from time import monotonic
from typing import Any, NamedTuple

from msreg.rules.retries import next_try
from msreg.services.links import Made, drop_links, make_links
from msreg.services.mail_types import Addressed, Kind
from msreg.services.outbox_done import Done, Ended, event_of
from msreg.store.actor import Actor
from msreg.store.audit import Opened
from msreg.store.dbapi import Database
from msreg.store.keys import Keys
from msreg.store.queries import outbox as queries
from msreg.store.queries.saving import moment, read_moment
from msreg.store.registry import Registry
from msreg.vocabulary import MailKind, MailReason, MailState

CLAIM = timedelta(minutes=15)
"""How long a mail is its worker's: longer than the slowest server may take for one."""

FAULTS = frozenset({MailReason.NO_ADDRESS, MailReason.BAD_ADDRESS})
"""What the last look can find that somebody has to do something about; for the rest the mail is just not wanted."""

_OLD = timedelta(minutes=1)
"""An attempt that was longer ago is logged at the moment of its mark, and tells beside it when it was."""

_DROPPED = 100
"""Mails that one transaction ends because they are not wanted any more."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this worker has, with the links that were made for this attempt."""

    row: Mapping[str, Any] = field(repr=False)
    to: Addressed
    made: Made
    claimed_at: datetime
    clock: float = field(default_factory=monotonic)

    @property
    def kind(self) -> MailKind:
        return MailKind(self.row["kind"])


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
            for found in self.claim(db, rows):
                if isinstance(found, Claimed):
                    claimed.append(found)
                else:
                    ended.append(found)
        return claimed, ended, None

    def claim(self, db: Database, rows: Sequence[Mapping[str, Any]]) -> list[Claimed | Ended]:
        """Look once more whether mails are wanted, and where they go; take them, with their links, or end them."""
        now, found = self.registry.clock(), list[Claimed | Ended]()
        for row in rows:
            to = self.kinds[MailKind(row["kind"])].check(db, row, self.today, self.registry.settings)
            if isinstance(to, MailReason):
                state = MailState.FAILED if to in FAULTS else MailState.CANCELLED
                found.append(Ended(row, state, to, now))
            else:
                found.append(Claimed(row, to, make_links(self.registry, db, row["id"], to.links, now), now))
        taken = [each.row["id"] for each in found if isinstance(each, Claimed)]
        queries.claim(db, taken, self.worker, now, now + CLAIM)
        self.end(db, [each for each in found if isinstance(each, Ended)])
        return found

    def is_still(self, db: Database, claimed: Claimed) -> bool:
        """Whether a mail is still this worker's, and goes to the same address with the same values."""
        row = queries.by_id(db, claimed.row["id"])
        if row is None or (row["state"], row["worker"]) != (MailState.SENDING.value, self.worker):
            return False
        return self.kinds[claimed.kind].check(db, row, self.today, self.registry.settings) == claimed.to

    def done(
        self,
        claimed: Claimed,
        state: MailState,
        reason: MailReason | None = None,
        code: int | None = None,
        *,
        sure: bool = True,
        tried: bool = True,
    ) -> Done:
        """How an attempt ended. `sure`: it did not arrive. Not `tried`: it was not begun, and waits as before."""
        row, at = claimed.row, self.registry.clock()
        first = claimed.claimed_at if row["tried_at"] is None else read_moment(row["tried_at"])
        if tried and state is MailState.NEW:
            state, reason, next_at = self._next(claimed.kind, reason, first, row["tries"] + 1, at)
        else:
            next_at = None
        gone = () if state is MailState.SENT or not sure else claimed.made.digests
        mark = address_mark(self.registry, claimed.to.to)
        return Done(row, state, reason, code, at, row["tries"] + 1, mark, next_at, gone, tried)

    def _next(
        self, kind: MailKind, reason: MailReason | None, first: datetime, tries: int, at: datetime
    ) -> tuple[MailState, MailReason | None, datetime | None]:
        if not self.kinds[kind].waits:
            return MailState.FAILED, reason, None
        next_at = next_try(first, tries, at)
        if next_at is None:
            return MailState.FAILED, MailReason.GAVE_UP, None
        return MailState.NEW, reason, next_at

    def mark(self, db: Database, done: Sequence[Done], *, logged_at: datetime | None = None) -> None:
        """Write what became of attempts, and the event of each that was begun; `logged_at`: much later than that."""
        sent = [each for each in done if each.state is MailState.SENT]
        queries.sent(
            db,
            [(each.code, each.mark, moment(each.at), moment(each.at), each.id) for each in sent],
            self.worker,
        )
        for each in done:
            if each.state is not MailState.SENT:
                self._mark_unsent(db, each)
        tried, now = [each for each in done if each.tried], self.registry.clock()
        if logged_at is None and tried and now - tried[0].at > _OLD:
            # A mail may take the server minutes; the log takes no event much older than what others wrote since.
            logged_at = now
        self._log(db, tried, logged_at)

    def _mark_unsent(self, db: Database, done: Done) -> None:
        reason = "" if done.reason is None else done.reason.value
        if not done.tried:
            queries.give_back(db, done.id, self.worker, done.row["tried_at"] is None, reason or None)
        elif done.next_at is not None:
            queries.later(db, done.id, self.worker, done.at, done.next_at, reason, done.code)
        else:
            queries.failed(db, done.id, self.worker, done.at, reason, done.code, done.mark)
        if done.gone:
            drop_links(db, done.id, done.gone)

    def end(self, db: Database, ended: Sequence[Ended]) -> None:
        """End mails that wait, and write that into the log."""
        for each in ended:
            queries.drop(db, each.row["id"], each.at, each.state.value, each.reason.value)
        self._log(db, ended)

    def of(self, worker: str) -> Clerk:
        """The same for the mails of another worker, who is no more."""
        return replace(self, worker=worker)

    def _log(self, db: Database, done: Sequence[Done | Ended], logged_at: datetime | None = None) -> None:
        if done:
            log = Opened(db, self.registry.keys.audit_key, at=logged_at or done[0].at)
            log.close_all([event_of(each, logged_at) for each in done], by=self.by)


def address_mark(registry: Registry, address: str) -> str:
    """A keyed digest of an address: a later one is known by it to be another, and it tells nothing without the key."""
    return digest(_address_key(registry.keys, registry.uuid), address.lower().encode(), "sha256").hex()


@lru_cache(maxsize=1)
def _address_key(keys: Keys, registry: str) -> bytes:
    return digest(keys.field_key, f"msreg mail addresses 1\0{registry}".encode(), "sha256")
