"""Patients who want no mail any more (SPEC Q1): by the link in a mail, or told to the registry office.

No invitation goes out from then on. Nothing else changes: consent stays, and a list that lies there may still be
filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from msreg.errors import Conflict, written
from msreg.services import access
from msreg.services.changed_answers import MAIL_STOPPED
from msreg.services.consent import require_consent
from msreg.services.dossiers import Dossier, read_by_ids, read_dossiers
from msreg.services.link_actors import patient_actor
from msreg.services.links import DEFAULT_LANGUAGE, Closed, LinkRow, find_link, is_there
from msreg.services.mail_prom import STOPPED
from msreg.services.mail_types import Due
from msreg.services.naming import find_patient, registry_number
from msreg.services.outbox import queue
from msreg.services.patient_facts import put_facts
from msreg.services.reading import looking
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import outbox as queries
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Language, LinkPurpose, MailKind, MailReason, Right

LOOK, STOP, RESUME = "patients.look-stop", "patients.stop-mail", "patients.resume-mail"


@dataclass(frozen=True, slots=True)
class StopPage:
    """What the page behind the link for no more mail shows. `stopped_on` is None while mails still come."""

    closed: Closed | None
    language: Language
    stopped_on: date | None = None
    changed: bool = False
    """Whether this call made the difference."""


class MailStanding(NamedTuple):
    """How a patient stands: since when no mail comes, and when the next invitation is due."""

    number: str
    stopped_on: date | None
    ask_due_on: date | None
    has_address: bool


def look_stop(registry: Registry, *, token: str) -> StopPage:
    """How the patient of a link stands. Nothing but the log changes."""
    if not is_there(registry, token, LinkPurpose.STOP):
        return _nothing()
    with looking(registry, by=patient_actor(registry), event=LOOK, right=Right.OWN_ANSWERS) as look:
        link = find_link(look.db, token, LinkPurpose.STOP)
        row = _patient(look.db, link)
        if link is None or row is None:
            return _nothing()
        look.patient_id, look.patients = row["id"], [row["id"]]
        closed = link.closed(registry.clock())
        look.about = {"closed": closed}
    return _page(registry, row, closed)


def stop_by_link(registry: Registry, *, token: str, today: date) -> StopPage:
    """Let no mail come any more, as the patient of the link asks; once more changes nothing.

    What waits to be sent is cancelled, and one last mail says that it is done.
    """
    if not is_there(registry, token, LinkPurpose.STOP):
        return _nothing()
    by = patient_actor(registry)
    access.require(registry, by=by, right=Right.OWN_ANSWERS, event=STOP)
    with writing(registry, by=by, event=STOP, action=Action.UPDATE, plain=True) as work:
        link = find_link(work.db, token, LinkPurpose.STOP)
        row = _patient(work.db, link)
        if link is None or row is None:
            return _nothing()
        work.patient_id = row["id"]
        closed = link.closed(work.at)
        changed = closed is None and row[MAIL_STOPPED] is None
        if changed:
            (dossier,) = read_by_ids(work.db, [row["id"]])
            _stop(work, dossier, today)
            _confirm(work, dossier, today)
            row = dict(dossier.patient.row)
        else:
            work.about = {"closed": closed, "unchanged": True}
    return _page(registry, row, closed, changed=changed)


def stop(
    registry: Registry,
    *,
    by: Actor,
    patient: str | None = None,
    bsn: str | None = None,
    today: date,
    dry_run: bool = False,
) -> MailStanding:
    """Note that a patient wants no mail any more. No mail says so: whoever notes it spoke with the patient.

    Raises `Conflict` when that is noted already, `NotFound` for a patient whom the actor may not see.
    """
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=STOP)
    with writing(registry, by=by, event=STOP, action=Action.UPDATE, dry_run=dry_run, plain=True) as work:
        dossier = _named(work, patient, bsn)
        since = dossier.patient.row[MAIL_STOPPED]
        if since is not None:
            raise Conflict(
                N_("This patient gets no mail already, since {day}; nothing was changed."),
                day=written(since),
            )
        _stop(work, dossier, today)
    return _told(registry, by, STOP, dossier, dry_run)


def resume(
    registry: Registry,
    *,
    by: Actor,
    patient: str | None = None,
    bsn: str | None = None,
    today: date,
    dry_run: bool = False,
) -> MailStanding:
    """Note that a patient who wanted no mail wants it again.

    Raises `Conflict` when mails come as it is, `NotAllowed` when consent was withdrawn, `NotFound` for a patient
    whom the actor may not see.
    """
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=RESUME)
    with writing(registry, by=by, event=RESUME, action=Action.UPDATE, dry_run=dry_run, plain=True) as work:
        dossier = _named(work, patient, bsn)
        require_consent(dossier.patient.row)
        since = dossier.patient.row[MAIL_STOPPED]
        if since is None:
            raise Conflict(N_("This patient gets mails; nothing was changed."))
        put_facts(work, dossier, {MAIL_STOPPED: None})
        _touch(work, dossier, since, None)
    return _told(registry, by, RESUME, dossier, dry_run)


def _nothing() -> StopPage:
    return StopPage(Closed.UNKNOWN, DEFAULT_LANGUAGE)


def _patient(db: Database, link: LinkRow | None) -> dict[str, Any] | None:
    if link is None or link.patient_id is None:
        return None
    sql = f"SELECT p.id, p.language, p.{MAIL_STOPPED} FROM patient p WHERE p.id = ?"
    found = db.one(sql, (link.patient_id,))
    return None if found is None else dict(zip(("id", "language", MAIL_STOPPED), found, strict=True))


def _page(
    registry: Registry, row: Mapping[str, Any], closed: Closed | None, *, changed: bool = False
) -> StopPage:
    language = Language(row["language"] or DEFAULT_LANGUAGE)
    return StopPage(closed, language, _day(row[MAIL_STOPPED]) if closed is None else None, changed)


def _named(work: Work, patient: str | None, bsn: str | None) -> Dossier:
    row = find_patient(work.db, by=work.by, name=patient, bsn=bsn)
    work.patient_id = row["id"]
    return read_dossiers(work.db, [row])[0]


def _stop(work: Work, dossier: Dossier, today: date) -> None:
    put_facts(work, dossier, {MAIL_STOPPED: today})
    _touch(work, dossier, None, today.isoformat())
    gone = queries.cancel_waiting(
        work.db, str(dossier.id), MailKind.PROM_INVITATION, MailReason.STOPPED, work.at
    )
    for each in gone:
        work.touched(
            Action.UPDATE, "outbox", each, patient_id=dossier.id, after={"reason": MailReason.STOPPED.value}
        )


def _confirm(work: Work, dossier: Dossier, today: date) -> None:
    kind, row = MailKind.MAIL_STOPPED, dossier.patient.row
    key = f"{kind.value}:{dossier.id}:{today}"
    number = registry_number(row["number"])
    queue(work, [Due(kind, key, today, today.isoformat(), number, STOPPED, patient_id=dossier.id)])


def _touch(work: Work, dossier: Dossier, before: str | None, after: str | None) -> None:
    patient_id = str(dossier.id)
    old, new = {MAIL_STOPPED: before}, {MAIL_STOPPED: after}
    work.touched(Action.UPDATE, "patient", patient_id, patient_id=patient_id, before=old, after=new)


def _told(registry: Registry, by: Actor, event: str, dossier: Dossier, dry_run: bool) -> MailStanding:
    row = dossier.patient.row
    if dry_run:
        # What was rolled back took its event with it, and yet what the registry has is about to be shown.
        with looking(registry, by=by, event=event, right=Right.PATIENTS_WRITE) as look:
            look.patient_id, look.patients = dossier.id, [str(dossier.id)]
            look.about = {"dry_run": True}
    return MailStanding(
        registry_number(row["number"]),
        _day(row[MAIL_STOPPED]),
        _day(row["ask_due_on"]),
        dossier.patient.values.get("email") is not None,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
