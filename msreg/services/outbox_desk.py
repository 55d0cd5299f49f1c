"""The outbox for people: what went out, what did not and why, trying it again, and letting it be (SPEC R3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msreg.errors import Conflict
from msreg.services import access
from msreg.services.cases import find_case
from msreg.services.links import revoke
from msreg.services.mail_types import Addressed
from msreg.services.naming import find_patient
from msreg.services.outbox import ENTITY
from msreg.services.outbox_claims import address_mark
from msreg.services.outbox_mails import Mail, find_mail, mail_of
from msreg.services.reading import looking
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.queries import outbox as queries
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, MailKind, MailReason, MailState, Right

LOG, RETRY, CANCEL = "reminders.log", "reminders.retry", "reminders.cancel"
_PIECE = 500


@dataclass(frozen=True, slots=True)
class MailPage:
    """One page of mails, newest first; how many there are in each state; and whether there is a page after it."""

    rows: list[Mail]
    page: int
    more: bool
    counts: Mapping[MailState, int]


@dataclass(frozen=True, slots=True)
class Retried:
    """Mails that wait again, and those that do not: the server refused their address, and it is still the same."""

    again: list[Mail] = field(default_factory=list)
    same_address: list[Mail] = field(default_factory=list)
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A mail that does not go out; or one that did, and how many of its links do nothing any more."""

    mail: Mail
    revoked: int
    dry_run: bool


def log(
    registry: Registry,
    *,
    by: Actor,
    kinds: Collection[MailKind] | None = None,
    states: Collection[MailState] | None = None,
    failed: bool = False,
    patient: str | None = None,
    case: str | None = None,
    page: int = 1,
    page_size: int = 50,
) -> MailPage:
    """One page of the mails, newest first; `failed` is those that somebody has to look at."""
    with looking(registry, by=by, event=LOG, right=Right.REMINDERS_READ) as look:
        patient_id = None
        if patient is not None:
            patient_id = look.patient_id = find_patient(look.db, by=by, name=patient, bsn=None)["id"]
        case_id = None if case is None else find_case(look.db, by=by, name=case)["id"]
        wanted = [each.value for each in kinds or ()]
        chosen = [MailState.FAILED] if failed else list(states or ())
        found = queries.newest(
            look.db,
            kinds=wanted,
            states=[each.value for each in chosen],
            patient_id=patient_id,
            notification_id=case_id,
            skip=(page - 1) * page_size,
            most=page_size + 1,
        )
        rows = [mail_of(each) for each in found[:page_size]]
        counts = queries.count_states(look.db, kinds=wanted, patient_id=patient_id, notification_id=case_id)
        look.patients = [each.patient_id for each in rows if each.patient_id]
        look.others = [("notification", each.notification_id) for each in rows if each.notification_id]
        look.about = {"page": page, "shown": len(rows), "states": [each.value for each in chosen]}
    told = {state: counts[state.value] for state in MailState if state.value in counts}
    return MailPage(rows, page, len(found) > page_size, told)


def retry(
    registry: Registry,
    *,
    by: Actor,
    today: date,
    mails: Sequence[str] = (),
    kinds: Collection[MailKind] | None = None,
    dry_run: bool = False,
) -> Retried:
    """Let mails that failed be tried anew at the next run: those that are named, or all, of these kinds.

    All leaves out addresses that the server refused and that nobody changed since. Whether a mail is still wanted is
    looked at when it is sent. Raises `NotFound` for a name that is of none, `Conflict` for one that did not fail.
    """
    access.require(registry, by=by, right=Right.REMINDERS_RUN, event=RETRY)
    done = Retried(dry_run=dry_run)
    with writing(registry, by=by, event=RETRY, action=Action.UPDATE, dry_run=dry_run, plain=True) as work:
        if mails:
            for name in dict.fromkeys(each.strip().lower() for each in mails):
                row = find_mail(work.db, name)
                _require_tryable(row)
                _again(work, row, done)
        else:
            _again_all(registry, work, today, kinds, done)
        work.about |= {"again": len(done.again), "same_address": len(done.same_address)}
    _looked(registry, by, RETRY, dry_run, [*done.again, *done.same_address])
    return done


def cancel(registry: Registry, *, by: Actor, mail: str, dry_run: bool = False) -> Cancelled:
    """Let a mail not go out. Of one that went out already every link does nothing from now on.

    Raises `NotFound` for a name that is of none, `Conflict` for a mail that is on its way or was cancelled before.
    """
    access.require(registry, by=by, right=Right.REMINDERS_RUN, event=CANCEL)
    with writing(registry, by=by, event=CANCEL, action=Action.UPDATE, dry_run=dry_run, plain=True) as work:
        row = find_mail(work.db, mail)
        work.patient_id = row["patient_id"]
        state = MailState(row["state"])
        if state is MailState.SENDING:
            raise Conflict(
                N_("This mail is on its way just now."), hint=N_("Try again in a moment."), field="mail"
            )
        if state is MailState.CANCELLED:
            raise Conflict(N_("This mail was cancelled already; nothing was changed."), field="mail")
        revoked = revoke(work.db, [row["id"]], work.at)
        if state is not MailState.SENT:
            queries.drop(work.db, row["id"], work.at, MailState.CANCELLED.value, MailReason.BY_HAND.value)
            row |= {"state": MailState.CANCELLED.value, "reason": MailReason.BY_HAND.value}
        _touch(work, row, {"state": row["state"], "revoked": revoked})
        work.about = {"mail": row["id"], "revoked": revoked}
    _looked(registry, by, CANCEL, dry_run, [mail_of(row)])
    return Cancelled(mail_of(row), revoked, dry_run)


def _again_all(
    registry: Registry, work: Work, today: date, kinds: Collection[MailKind] | None, done: Retried
) -> None:
    from msreg.services.mail_kinds import KINDS

    wanted, last = [kind.value for kind in kinds or ()], ""
    while piece := queries.failed_after(work.db, wanted, last, _PIECE):
        last = piece[-1]["id"]
        for row in piece:
            if row["reason"] == MailReason.ADDRESS_REFUSED.value:
                found = KINDS[MailKind(row["kind"])].check(work.db, row, today, registry.settings)
                same = (
                    isinstance(found, Addressed) and address_mark(registry, found.to) == row["address_mark"]
                )
                if same:
                    done.same_address.append(mail_of(row))
                    continue
            _again(work, row, done)


def _again(work: Work, row: dict[str, Any], done: Retried) -> None:
    queries.again(work.db, row["id"], work.at)
    before = {"state": row["state"], "reason": row["reason"]}
    row |= {"state": MailState.NEW.value, "reason": None}
    done.again.append(mail_of(row))
    work.touched(
        Action.UPDATE, ENTITY, row["id"], patient_id=row["patient_id"], before=before, after={"state": row["state"]}
    )  # fmt: skip


def _touch(work: Work, row: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    work.touched(Action.UPDATE, ENTITY, row["id"], patient_id=row["patient_id"], after=after)


def _require_tryable(row: Mapping[str, Any]) -> None:
    if row["state"] not in (MailState.FAILED.value, MailState.NEW.value):
        raise Conflict(
            N_("This mail did not fail and does not wait; nothing was changed."),
            hint=N_("See which did: msreg reminders log --failed"),
            field="mail",
        )


def _looked(registry: Registry, by: Actor, event: str, dry_run: bool, mails: Sequence[Mail]) -> None:
    """What was rolled back took its event with it, and yet it is about to be told whom it is about."""
    if dry_run:
        with looking(registry, by=by, event=event, right=Right.REMINDERS_RUN) as look:
            look.patients = [each.patient_id for each in mails if each.patient_id]
            look.about = {"dry_run": True, "mails": len(mails)}
