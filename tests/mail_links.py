"""Mails that were sent, for tests of what their links do: rows of the outbox without a mail server."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

from msreg import clock
from msreg.models.ids import new_id
from msreg.services import access
from msreg.services.links import WantedLink, make_links
from msreg.services.operators import add_operator
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.queries.saving import add, bound
from msreg.store.registry import Registry
from msreg.vocabulary import LinkPurpose, MailKind, MailState, Role

Rows = dict[str, list[tuple[Any, ...]]]


def mailed(
    registry: Registry,
    kind: MailKind = MailKind.PROM_INVITATION,
    *,
    period: str = "2026-10-21",
    state: MailState = MailState.SENT,
    **whose: str | None,
) -> str:
    """A mail of the outbox; gives its id. `whose` are the columns that tell whom it is about."""
    mail_id, at = new_id(), registry.clock()
    row = {
        "id": mail_id,
        "created_at": at,
        "updated_at": at,
        "version": 1,
        "kind": kind.value,
        "key": f"{kind.value}:{mail_id}",
        "due_on": clock.today(),
        "period": period,
        "state": state.value,
        "tries": 1,
        "next_at": at,
        **whose,
    }
    with registry.light() as db, transaction(db):
        add(db, "outbox", [bound(row)])
    return mail_id


def notifier_mail(
    registry: Registry, user: str = "noor", *, month: str = "2026-10", by: Actor | None = None
) -> str:
    """The month question to a notifier of AMS01, who is added when nobody has that name; gives its id."""
    by = by or access.whoami(registry, registry.settings.environ)
    with registry.light() as db:
        known = db.one("SELECT 1 FROM operator WHERE os_user = ?", (user,))
    if known is None:
        add_operator(registry, by=by, user=user, role=Role.NOTIFIER, centre="AMS01")
    with registry.light() as db:
        who = db.one("SELECT id, centre_id FROM operator WHERE os_user = ?", (user,))
    assert who is not None
    return mailed(registry, MailKind.CASE_MONTH, period=month, operator_id=who[0], centre_id=who[1])


def token_of(
    registry: Registry, mail_id: str, purpose: LinkPurpose = LinkPurpose.PROM, until: date | None = None
) -> str:
    """The token of a new link of a mail; it works until tomorrow unless told otherwise."""
    return made_of(registry, mail_id, purpose, until).rsplit("/", 1)[-1]


def made_of(
    registry: Registry, mail_id: str, purpose: LinkPurpose = LinkPurpose.PROM, until: date | None = None
) -> str:
    """The same as the whole address, or the code."""
    day = until or clock.today() + timedelta(days=1)
    with registry.light() as db, transaction(db):
        made = make_links(registry, db, mail_id, [WantedLink("it", purpose, day)], registry.clock())
    return made.values["it"]


def dump(registry: Registry) -> Rows:
    """Every row of every table but the log."""
    with registry.light() as db:
        names = [row[0] for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(db.rows(f'SELECT * FROM "{name}"'), key=repr)
            for name in sorted(names)
            if not name.startswith("audit_")
        }


def changed(before: Rows, after: Rows) -> set[str]:
    """The tables that have other rows now."""
    return {name for name in before if before[name] != after[name]}


def at_once(registry: Registry, times: int, do: Callable[[Registry], Any]) -> list[Any]:
    """Do the same from many threads at one moment, each with a registry of its own."""
    start = Barrier(times)

    def one(_: int) -> Any:
        with Registry.open(registry.settings, clock=registry.clock) as own:
            start.wait()
            return do(own)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))
