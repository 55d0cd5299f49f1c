"""What cron runs (SPEC R1): put what is due into the outbox, and send what waits there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from msreg.mail.transports import Transport, make_transport
from msreg.services import access
from msreg.services.outbox import count_waiting, send_one, send_waiting, under_way
from msreg.services.outbox_counts import Sent
from msreg.services.questionnaires import forget_lapsed
from msreg.services.reminders import queue_due
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.queries import outbox as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Action, MailKind, Right

if TYPE_CHECKING:
    from msreg.config import Settings

EVENT = "reminders.run"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did, or would do: mails put into the outbox by kind, those that wait there, and what was sent."""

    today: date
    dry_run: bool
    queued: Mapping[MailKind, int]
    waiting: Mapping[MailKind, int]
    """Mails that the run found waiting, those that it put there itself included; of a dry run, without them."""
    sent: Sent = field(default_factory=Sent)


def run(
    registry: Registry,
    *,
    by: Actor,
    today: date,
    kinds: Collection[MailKind] | None = None,
    dry_run: bool = False,
    step: Callable[[int, int], None] | None = None,
) -> Ran:
    """Queue what is due and send what waits, of these kinds or all. Many at once send each mail once.

    Raises `Usage` before anything is done when a setting of the mail lacks. `Ran.sent.away` says when the server
    could not be used: then the mails wait for the next run. `step` is called with how many of how many are done.
    """
    access.require(registry, by=by, right=Right.REMINDERS_RUN, event=EVENT)
    transport = transport_of(registry)
    try:
        queued = queue_due(registry, by=by, today=today, kinds=kinds, dry_run=dry_run)
        if dry_run:
            return Ran(today, True, queued, count_waiting(registry, kinds=kinds))
        forget_lapsed(registry, by=by)
        begun = registry.clock()
        waiting = count_waiting(registry, kinds=kinds, up_to=begun)
        something = bool(waiting) or under_way(registry)
        _note(registry, by, today, waiting, something)
        sent = Sent()
        if something:
            counted = None if step is None else partial(_count, step, sum(waiting.values()))
            sent = send_waiting(registry, transport, by=by, today=today, kinds=kinds, step=counted)
        if sent.away is not None:
            # Not what this run tried: that is counted, and in a long run may be due again by now.
            for kind, count in count_waiting(registry, kinds=kinds, up_to=begun).items():
                sent.of(kind).later += count
        return Ran(today, False, queued, waiting, sent)
    finally:
        transport.close()


def _count(step: Callable[[int, int], None], total: int, done: int) -> None:
    step(done, total)


def send_now(registry: Registry, outbox_id: str, *, by: Actor, today: date) -> bool:
    """Send one mail that was just queued, by the way of the settings; whether it went out.

    For a service that has asked whether it may, and whose reader waits for it.
    """
    transport = transport_of(registry)
    try:
        return bool(send_one(registry, transport, outbox_id, by=by, today=today).whole.sent)
    finally:
        transport.close()


def transport_of(registry: Registry) -> Transport:
    """The way that the settings name. The password is read when the server asks for it. Raises `Usage`."""
    settings: Settings = registry.settings

    def password() -> str:
        from msreg.mail.password import read_password

        return read_password(settings, registry.uuid)

    return make_transport(settings, password)


def _note(
    registry: Registry, by: Actor, today: date, waiting: Mapping[MailKind, int], something: bool
) -> None:
    """Keep when this ran, for the doctor. A run that has something to send is in the log before it sends anything."""
    at = registry.clock()
    if not something:
        with registry.light() as db:
            queries.note_run(db, at)
        return
    with writing(registry, by=by, event=EVENT, action=Action.EXECUTE, plain=True) as work:
        queries.note_run(work.db, at)
        work.about = {"today": today.isoformat(), "mails": {kind.value: n for kind, n in waiting.items()}}
