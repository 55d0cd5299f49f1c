"""Mails for tests: what is in the outbox, whom each goes to on a day, and what stands as sent without a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from msreg.config import Settings
from msreg.models.ids import new_id
from msreg.services.access import centre_by_code
from msreg.services.mail_kinds import KINDS, Addressed
from msreg.store.connect import transaction
from msreg.store.queries.rows import named
from msreg.store.queries.saving import moment
from msreg.store.registry import Registry
from msreg.vocabulary import MailKind, MailReason


def outbox(registry: Registry, kind: MailKind | None = None) -> list[dict[str, Any]]:
    """The mails of the outbox, of one kind or all, in the order of their keys."""
    with registry.light() as db:
        rows = list(named(db, "SELECT * FROM outbox ORDER BY kind, key"))
    return [row for row in rows if kind is None or row["kind"] == kind.value]


def check(
    registry: Registry, row: Mapping[str, Any], today: date, settings: Settings | None = None
) -> Addressed | MailReason:
    """Whom a mail goes to when it is sent on a day, or why to nobody."""
    with registry.light() as db:
        return KINDS[MailKind(row["kind"])].check(db, row, today, settings or registry.settings)


def mark_sent(registry: Registry, *keys: str, at: datetime) -> None:
    """Let mails stand as sent at a moment; all that wait without keys."""
    with registry.light() as db, transaction(db):
        for row in outbox(registry):
            if not keys or row["key"] in keys:
                db.execute(
                    "UPDATE outbox SET state = 'sent', sent_at = ? WHERE id = ?", (moment(at), row["id"])
                )


def sql(registry: Registry, statement: str, *params: object) -> None:
    """One change by hand."""
    with registry.light() as db, transaction(db):
        db.execute(statement, params)


def repeating(registry: Registry, months: int | None) -> Registry:
    """The same registry with repeated invitations."""
    settings = registry.settings
    object.__setattr__(
        registry, "settings", replace(settings, proms=replace(settings.proms, every_months=months))
    )
    return registry


def add_user(
    registry: Registry,
    user: str,
    *,
    role: str = "notifier",
    centre: str = "AMS01",
    email: str | None = "x",
    language: str | None = None,
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC),
) -> str:
    """Somebody of a centre who is there since a moment; `x` stands for an address of their own. Gives the id."""
    with registry.light() as db, transaction(db):
        known = centre_by_code(db, centre)
        assert known is not None
        row = {
            "id": new_id(), "created_at": moment(at), "updated_at": moment(at), "version": 1, "os_user": user,
            "role": role, "centre_id": known.id, "email": f"{user}@example.org" if email == "x" else email,
            "language": language,
        }  # fmt: skip
        marks = ", ".join("?" * len(row))
        db.execute(f"INSERT INTO operator ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    return str(row["id"])


def set_centre(registry: Registry, code: str, **columns: object) -> None:
    """Change columns of a centre."""
    sets = ", ".join(f"{name} = ?" for name in columns)
    sql(registry, f"UPDATE centre SET {sets} WHERE code = ?", *columns.values(), code)
