"""The outbox (SPEC R1, R2): mails are put into it in the work that makes them due, and sent from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from msreg.models.ids import new_id
from msreg.services import access
from msreg.services.mail_types import Due, Kind
from msreg.services.outbox_claims import Claimed, Clerk
from msreg.services.outbox_counts import Sent
from msreg.services.outbox_done import EVENT, Ended
from msreg.services.outbox_worker import at_work, take_over
from msreg.services.writing import Work
from msreg.store.actor import Actor
from msreg.store.connect import lightly
from msreg.store.dbapi import Database, transaction
from msreg.store.locks import Held
from msreg.store.queries import outbox as queries
from msreg.store.queries.rows import in_passing
from msreg.store.registry import Registry
from msreg.vocabulary import Action, MailKind, MailReason, MailState, Right

if TYPE_CHECKING:
    from msreg.mail.transports import Transport

ENTITY = "outbox"
"""What a mail is called in the log, and its table."""

_PIECE = 500
_LASTING = timedelta(hours=1)
"""A mail of a kind that does not wait has ended by then, whoever was to send it."""


def queue(work: Work, mails: Iterable[Due]) -> int:
    """Put mails into the outbox within a work; gives how many are new. One key is one mail, whoever comes with it."""
    waiting, new = iter(mails), 0
    while piece := {each.key: each for each in islice(waiting, _PIECE)}:
        known = queries.known_keys(work.db, list(piece))
        rows = [(new_id(), each) for key, each in piece.items() if key not in known]
        queries.insert(
            work.db,
            (
                (id_, each.kind.value, each.key, each.patient_id, each.centre_id, each.operator_id,
                 each.notification_id, each.due_on.isoformat(), each.period)
                for id_, each in rows
            ),
            work.at,
        )  # fmt: skip
        for id_, each in rows:
            after = {"kind": each.kind.value, "period": each.period}
            work.touched(Action.CREATE, ENTITY, id_, patient_id=each.patient_id, after=after)
        new += len(rows)
    return new


def send_waiting(
    registry: Registry,
    transport: Transport,
    *,
    by: Actor,
    today: date,
    kinds: Collection[MailKind] | None = None,
    limit: int | None = None,
    step: Callable[[int], None] | None = None,
) -> Sent:
    """Send what waits, of these kinds or all, at most `limit` mails; each with its own event in the log.

    Many at once send each mail once. `Sent.away` says when the server could not be used; the mails wait then.
    `step` is called with how many are done by now.
    """
    from msreg.services.outbox_sender import Sender  # who only puts mails here need not load what sends

    access.require(registry, by=by, right=Right.REMINDERS_RUN, event=EVENT)
    known = _kinds(kinds)
    with _sending(registry, by, today, known) as (clerk, db, lock):
        take_over(db, clerk, registry.clock())
        _expire(clerk, db)
        return Sender(clerk, db, lock, transport, limit=limit, step=step).send_all()


def send_one(registry: Registry, transport: Transport, outbox_id: str, *, by: Actor, today: date) -> Sent:
    """Send one mail that was just queued, for a service that has asked whether it may.

    A mail that somebody else has, or that does not wait, is left alone.
    """
    from msreg.services.outbox_sender import Sender

    with _sending(registry, by, today, _kinds(None)) as (clerk, db, lock):
        with transaction(db):
            row = queries.by_id(db, outbox_id)
            waits = row is not None and row["state"] == MailState.NEW.value
            found = clerk.claim(db, [row]) if row is not None and waits else []
        sender = Sender(clerk, db, lock, transport)
        for each in found:
            if isinstance(each, Claimed):
                return sender.send_claimed(each)
            sender.sent.count(each)
        return sender.sent


def count_waiting(
    registry: Registry, *, kinds: Collection[MailKind] | None = None, up_to: datetime | None = None
) -> Mapping[MailKind, int]:
    """How many mails of each kind a run would try now, or at another moment; a kind without any has no entry."""
    names = [kind.value for kind, each in _kinds(kinds).items() if each.waits]
    with registry.light(keep=True) as db:
        found = queries.count_waiting(db, names, up_to or registry.clock())
    return {MailKind(kind): count for kind, count in found.items()}


def under_way(registry: Registry) -> bool:
    """Whether a worker has mails, one that lives or one that died with them; or a mail that does not wait was left."""
    with registry.light(keep=True) as db:
        return bool(queries.workers(db) or _left_behind(db, _kinds(None), registry.clock()))


def _kinds(wanted: Collection[MailKind] | None) -> Mapping[MailKind, Kind]:
    from msreg.services.mail_kinds import KINDS

    return {kind: each for kind, each in KINDS.items() if wanted is None or kind in wanted}


@contextmanager
def _sending(
    registry: Registry, by: Actor, today: date, kinds: Mapping[MailKind, Kind]
) -> Iterator[tuple[Clerk, Database, Held]]:
    with at_work(registry.settings) as (worker, lock), registry.light() as db:
        in_passing(db)
        with lightly(db):
            yield Clerk(registry, by, today, worker, kinds), db, lock


def _expire(clerk: Clerk, db: Database) -> None:
    """End mails that do not wait and that nobody sent: whoever was to send them is gone."""
    now = clerk.registry.clock()
    if _left_behind(db, clerk.kinds, now):
        with transaction(db):
            rows = _left_behind(db, clerk.kinds, now)
            clerk.end(db, [Ended(row, MailState.CANCELLED, MailReason.EXPIRED, now) for row in rows])


def _left_behind(db: Database, kinds: Mapping[MailKind, Kind], now: datetime) -> list[Mapping[str, Any]]:
    hasty = [kind.value for kind, each in kinds.items() if not each.waits]
    return queries.impatient(db, hasty, now - _LASTING)
