"""How an attempt to send a mail ended: as the log tells it, and as a note for who takes over from a dead worker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msreg.store.audit import Event
from msreg.store.queries.saving import moment, read_moment
from msreg.vocabulary import Action, MailKind, MailReason, MailState, Outcome

EVENT = "mail.send"


@dataclass(frozen=True, slots=True)
class Done:
    """An attempt that is over. `mark` is of the address, `gone` are digests of links that nobody has."""

    row: Mapping[str, Any] = field(repr=False)
    state: MailState
    reason: MailReason | None
    code: int | None
    at: datetime
    tries: int
    mark: str
    next_at: datetime | None = None
    gone: tuple[str, ...] = ()
    tried: bool = True
    """False: it was not even begun, and waits as before."""

    @property
    def id(self) -> str:
        return str(self.row["id"])

    def note(self) -> str:
        """One line, without anything of the person."""
        told = [self.id, self.state.value, self.reason, self.code, moment(self.at), self.mark]
        return json.dumps([*told, None if self.next_at is None else moment(self.next_at), self.gone])


@dataclass(frozen=True, slots=True)
class Ended:
    """A mail that does not go out after the last look at whom it is to."""

    row: Mapping[str, Any] = field(repr=False)
    state: MailState
    reason: MailReason
    at: datetime
    code: None = None

    @property
    def tries(self) -> int:
        return int(self.row["tries"])


def note_id(note: str) -> str:
    """The mail that a note is about; empty for what is no note."""
    try:
        return str(json.loads(note)[0])
    except (ValueError, LookupError, TypeError):
        return ""


def read_note(note: str, row: Mapping[str, Any]) -> Done:
    """An attempt from its note and the row of the mail, which was not marked since."""
    _id, state, reason, code, at, mark, next_at, gone = json.loads(note)
    return Done(
        row,
        MailState(state),
        None if reason is None else MailReason(reason),
        code,
        read_moment(at),
        row["tries"],
        mark,
        None if next_at is None else read_moment(next_at),
        tuple(gone),
    )


def kind_of(each: Done | Ended) -> MailKind:
    """The kind of the mail."""
    return MailKind(each.row["kind"])


def event_of(each: Done | Ended, logged_at: datetime | None = None) -> Event:
    """Its event in the log: which mail, what became of it and why, never the address.

    `logged_at`: the log is written at that later moment, and tells beside it when it happened.
    """
    row = each.row
    told: dict[str, object] = {"mail": row["id"], "kind": row["kind"], "period": row["period"]}
    told |= {"state": each.state.value, "tries": each.tries}
    if each.reason is not None:
        told["reason"] = each.reason.value
    if each.code is not None:
        told["code"] = each.code
    if row["notification_id"] is not None:
        told["case"] = row["notification_id"]
    if logged_at is not None:
        told["happened"] = moment(each.at)
    well = isinstance(each, Ended) or each.state is MailState.SENT
    outcome = Outcome.DONE if well else Outcome.FAILED
    return Event(EVENT, Action.EXECUTE, logged_at or each.at, outcome, row["patient_id"], told)
