"""Links in mails (decision 0044): a random token that only its reader has; the registry keeps its digest.

A token is 128 bits by the system's generator, written in 22 signs. Nobody who reads the database, the log or a
backup can make a link of what is there. A token stands in no text of an error and in no `repr`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import digest
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msreg.clock import AMSTERDAM
from msreg.models.ids import new_id
from msreg.store.dbapi import Database
from msreg.store.queries import links as queries
from msreg.store.queries.saving import bound, read_moment
from msreg.store.registry import Registry
from msreg.vocabulary import Language, LinkPurpose, MailKind

PLACES: Mapping[LinkPurpose, str] = {
    LinkPurpose.PROM: "q",
    LinkPurpose.STOP: "stop",
    LinkPurpose.NO: "no",
    LinkPurpose.YES: "yes",
}
"""Where the page of each link is, behind the address of the pages."""

CODE_MINUTES = 10
DEFAULT_LANGUAGE = Language.NL
"""Of the pages of who has no language, as of the mails."""

_BYTES = 16
# The last of 22 signs holds two bits: one token has one way to be written.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]", re.ASCII)


class WantedLink(NamedTuple):
    """A link that a mail wants: its value in the text, what it is for, and the last day on which it works."""

    name: str
    purpose: LinkPurpose
    until: date


@dataclass(frozen=True, slots=True)
class Made:
    """New links: their values for the text by name, and the digests that the registry keeps of them."""

    values: Mapping[str, str] = field(repr=False)
    digests: tuple[str, ...]


class Closed(StrEnum):
    """Why a link does nothing."""

    UNKNOWN = "unknown"
    """There is no such link, or none any more."""
    EXPIRED = "expired"
    REVOKED = "revoked"
    ANSWERED = "answered"
    """It did what it is for."""
    SAME_DAY = "same_day"
    """The registry has a list of this day already; the link works again on the next."""
    ENDED = "ended"
    """What it asks is not asked any more: consent, treatment or the work for a centre ended."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link of a mail, a code or a session, with what its mail is about; never the token."""

    id: str
    outbox_id: str
    purpose: LinkPurpose
    kind: MailKind
    key: str
    period: str
    patient_id: str | None
    centre_id: str | None
    operator_id: str | None
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    tries: int

    def closed(self, now: datetime) -> Closed | None:
        """Why it does nothing at this moment, by what the link itself knows."""
        if self.revoked_at is not None:
            return Closed.REVOKED
        return Closed.EXPIRED if now >= self.expires_at else None


def make_links(
    registry: Registry, db: Database, outbox_id: str, wanted: Iterable[WantedLink], now: datetime
) -> Made:
    """New links for an attempt to send a mail, in the caller's transaction: a URL by name, or a code of 6 digits.

    Each attempt has links of its own, and those of an attempt before it go on to work.
    """
    values: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    for each in wanted:
        link_id = new_id()
        if each.purpose is LinkPurpose.CODE:
            values[each.name] = new_code()
            kept, until = code_digest(registry, link_id, values[each.name]), code_end(now)
        else:
            token = new_token()
            values[each.name] = f"{registry.settings.web.address}/{PLACES[each.purpose]}/{token}"
            kept, until = token_digest(token), end_of(each.until)
        rows.append(new_row(link_id, outbox_id, each.purpose, kept, until, now))
    queries.keep(db, rows)
    return Made(values, tuple(row["digest"] for row in rows))


def drop_links(db: Database, outbox_id: str, digests: Collection[str]) -> None:
    """Forget the links of an attempt that surely failed: nobody has them."""
    queries.drop(db, outbox_id, digests)


def revoke(db: Database, outbox_ids: Iterable[str], now: datetime) -> int:
    """Let all links of these mails do nothing any more; gives how many."""
    return queries.revoke(db, outbox_ids, now)


def find_link(db: Database, token: str, purpose: LinkPurpose) -> LinkRow | None:
    """The link that a token of this purpose is, whatever became of it; None for what is no such token."""
    if not is_token(token):
        return None
    row = queries.find(db, token_digest(token), purpose.value)
    return None if row is None else link_row(row)


def link_row(row: Mapping[str, Any]) -> LinkRow:
    """A row of the queries as a link."""
    used, revoked = row["used_at"], row["revoked_at"]
    return LinkRow(
        row["id"],
        row["outbox_id"],
        LinkPurpose(row["purpose"]),
        MailKind(row["kind"]),
        row["key"],
        row["period"],
        row["patient_id"],
        row["centre_id"],
        row["operator_id"],
        read_moment(row["expires_at"]),
        None if used is None else read_moment(used),
        None if revoked is None else read_moment(revoked),
        row["tries"],
    )


def is_there(registry: Registry, token: str, purpose: LinkPurpose) -> bool:
    """Whether there is a link of this token and purpose, whatever became of it.

    Asked before an event is written: of a token that is none nobody is known, and nothing is looked at.
    """
    if not is_token(token):
        return False
    with registry.light(keep=True) as db:
        return queries.find(db, token_digest(token), purpose.value) is not None


def is_token(text: str) -> bool:
    """Whether a text could be a token: looked at before anything is asked of the database."""
    return _TOKEN.fullmatch(text) is not None


def new_token() -> str:
    """A new token of 128 random bits."""
    import secrets
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(secrets.token_bytes(_BYTES)).rstrip(b"=").decode()


def token_digest(token: str) -> str:
    """What the registry keeps of a token. It is random, so that a plain digest tells nothing of it."""
    return sha256(token.encode()).hexdigest()


def new_code() -> str:
    """A new code of 6 digits."""
    import secrets

    return f"{secrets.randbelow(10**6):06d}"


def code_digest(registry: Registry, link_id: str, code: str) -> str:
    """What the registry keeps of a code. It is short, so that the digest needs a key that is not in the database."""
    key = digest(registry.keys.totp_key, f"msreg mail codes 1\0{registry.uuid}".encode(), "sha256")
    return digest(key, f"{link_id}\0{code}".encode(), "sha256").hex()


def code_end(now: datetime) -> datetime:
    """From when on a code that is sent now does nothing."""
    return now + timedelta(minutes=CODE_MINUTES)


def end_of(day: date) -> datetime:
    """The moment at which a day ends on the office's clock, whose days may have 23 or 25 hours."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(AMSTERDAM)).astimezone(UTC)


def new_row(
    link_id: str, outbox_id: str, purpose: LinkPurpose, kept: str, until: datetime, now: datetime
) -> dict[str, Any]:
    """A row of the table of links, as the driver takes it."""
    return bound(
        {
            "id": link_id,
            "created_at": now,
            "updated_at": now,
            "version": 1,
            "outbox_id": outbox_id,
            "purpose": purpose.value,
            "digest": kept,
            "expires_at": until,
            "used_at": None,
            "revoked_at": None,
            "tries": 0,
        }
    )
