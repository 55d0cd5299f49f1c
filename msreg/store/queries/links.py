"""The links in mails by SQL text. `ml` is a link (a code, a session), `ob` the mail that it is in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries.rows import named
from msreg.store.queries.saving import add, moment

_FOUND = (
    "SELECT ml.id, ml.outbox_id, ml.purpose, ml.expires_at, ml.used_at, ml.revoked_at, ml.tries, ob.kind, ob.key,"
    " ob.patient_id, ob.centre_id, ob.operator_id, ob.period, ob.state, ob.reason"
    " FROM mail_link ml JOIN outbox ob ON ob.id = ml.outbox_id"
)


def find(db: Database, digest: str, purpose: str) -> Mapping[str, Any] | None:
    """A link of this purpose by its digest, with what is needed of its mail."""
    rows = list(named(db, f"{_FOUND} WHERE ml.digest = ? AND ml.purpose = ?", (digest, purpose)))
    return rows[0] if rows else None


def by_id(db: Database, link_id: str) -> Mapping[str, Any] | None:
    """The same by its id."""
    rows = list(named(db, f"{_FOUND} WHERE ml.id = ?", (link_id,)))
    return rows[0] if rows else None


def keep(db: Database, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep new links."""
    add(db, "mail_link", list(rows))


def drop(db: Database, outbox_id: str, digests: Collection[str]) -> None:
    """Delete links of a mail that surely did not go out."""
    db.executemany(
        "DELETE FROM mail_link WHERE outbox_id = ? AND digest = ?", ((outbox_id, each) for each in digests)
    )


def revoke(db: Database, outbox_ids: Iterable[str], at: datetime) -> int:
    """Let the links of these mails do nothing any more; gives how many did something until now."""
    text = moment(at)
    return db.executemany(
        "UPDATE mail_link SET revoked_at = ?, updated_at = ?, version = version + 1"
        " WHERE outbox_id = ? AND revoked_at IS NULL",
        ((text, text, each) for each in outbox_ids),
    ).rowcount
