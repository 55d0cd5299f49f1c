"""A mail of the outbox as people meet it in the log of mails."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from msreg.errors import NotFound, Usage
from msreg.rules.case_numbers import CaseNumber
from msreg.services.naming import registry_number
from msreg.store.dbapi import Database
from msreg.store.queries import outbox as queries
from msreg.store.queries.saving import read_moment
from msreg.vocabulary import N_, MailKind, MailReason, MailState, Process

_SHORT = 8
_NAME = re.compile(r"[0-9a-f]{6,32}")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail of the outbox, without its address: nobody needs it here, and it may be another one by now."""

    id: str
    kind: MailKind
    who: str
    """Registry number, number of the case, user or code of the centre; empty for who is no more."""
    centre: str | None
    due_on: date
    period: str
    state: MailState
    reason: MailReason | None
    tries: int
    code: int | None
    """The last answer of the mail server."""
    queued_at: datetime
    next_at: datetime
    sent_at: datetime | None
    patient_id: str | None
    notification_id: str | None
    operator_id: str | None

    @property
    def name(self) -> str:
        """What people call it: the end of its id, which differs from mail to mail."""
        return self.id[-_SHORT:]


def find_mail(db: Database, name: str) -> dict[str, Any]:
    """The row of a mail by its name, or a longer part of the end of its id. Raises `NotFound`, `Usage`."""
    if not _NAME.fullmatch(name.strip().lower()):
        raise Usage(
            N_("A mail is named by the 8 signs that the log shows."),
            hint=N_("See them with: msreg reminders log"),
            field="mail",
        )
    found = queries.by_end(db, name.strip().lower())
    if len(found) != 1:
        raise NotFound(
            N_("There is no mail of this name, or more than one."),
            hint=N_("See them with: msreg reminders log"),
            field="mail",
        )
    return found[0]


def mail_of(row: Mapping[str, Any]) -> Mail:
    """A mail from its row."""
    sent, reason = row["sent_at"], row["reason"]
    return Mail(
        id=row["id"],
        kind=MailKind(row["kind"]),
        who=_who(row),
        centre=row["centre_code"],
        due_on=date.fromisoformat(row["due_on"]),
        period=row["period"],
        state=MailState(row["state"]),
        reason=None if reason is None else MailReason(reason),
        tries=row["tries"],
        code=row["code"],
        queued_at=read_moment(row["created_at"]),
        next_at=read_moment(row["next_at"]),
        sent_at=None if sent is None else read_moment(sent),
        patient_id=row["patient_id"],
        notification_id=row["notification_id"],
        operator_id=row["operator_id"],
    )


def _who(row: Mapping[str, Any]) -> str:
    if row["notification_id"] is not None and row["process"] is not None:
        return str(CaseNumber(Process(row["process"]), row["year"], row["case_place"]))
    if row["patient_number"] is not None:
        return registry_number(row["patient_number"])
    return str(row["os_user"] or row["centre_code"] or "")
