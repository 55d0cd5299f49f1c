"""Mailed codes by SQL text: `ob` is the mail, whose key names the link that asked for it, `ml` the code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msreg.store.dbapi import Database, Row
from msreg.store.queries.saving import moment
from msreg.vocabulary import LinkPurpose, MailKind

# The sign after a colon is a semicolon: all keys that begin with the head and a colon lie between the two.
_OF_LINK = "ob.key >= ? AND ob.key < ?"


def head(link_id: str) -> str:
    """What the keys of all codes begin with that were asked for by a link."""
    return f"{MailKind.CODE.value}:{link_id}"


def asked_since(db: Database, link_id: str, since: datetime) -> int:
    """How many codes were asked for by a link since a moment."""
    found = db.one(
        f"SELECT count(*) FROM outbox ob WHERE {_OF_LINK} AND ob.created_at > ?",
        (*_between(link_id), moment(since)),
    )
    return int(found[0]) if found else 0


def living(db: Database, link_id: str, now: datetime, most: int) -> list[Row]:
    """Id and digest of the codes that were sent for a link and can still be entered."""
    return db.rows(
        "SELECT ml.id, ml.digest, ml.tries FROM outbox ob JOIN mail_link ml ON ml.outbox_id = ob.id"
        f" WHERE {_OF_LINK} AND ml.purpose = '{LinkPurpose.CODE.value}' AND ml.used_at IS NULL"
        " AND ml.revoked_at IS NULL AND ml.tries < ? AND ml.expires_at > ?",
        (*_between(link_id), most, moment(now)),
    )


def count_tries(db: Database, ids: Sequence[str], by: int, now: datetime) -> None:
    """Let codes or links have one more try behind them, or one less."""
    db.executemany(
        "UPDATE mail_link SET tries = tries + ?, updated_at = ?, version = version + 1 WHERE id = ?",
        ((by, moment(now), each) for each in ids),
    )


def use(db: Database, link_id: str, now: datetime) -> None:
    """Note that a code, or a session, did what it is for."""
    db.execute(
        "UPDATE mail_link SET used_at = ?, updated_at = ?, version = version + 1 WHERE id = ?",
        (moment(now), moment(now), link_id),
    )


def kill(db: Database, ids: Sequence[str], now: datetime) -> None:
    """Let codes or links do nothing any more."""
    db.executemany(
        "UPDATE mail_link SET revoked_at = ?, updated_at = ?, version = version + 1 WHERE id = ?",
        ((moment(now), moment(now), each) for each in ids),
    )


def _between(link_id: str) -> tuple[str, str]:
    return f"{head(link_id)}:", f"{head(link_id)};"
