"""Withdrawn consent where what is there may stay, and a new form that was signed later (SPEC P10).

Without consent nothing new is recorded (`services/consent`), no course is asked for and no mail goes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from msreg.errors import Conflict, Refused, written
from msreg.services import access
from msreg.services.dossiers import Dossier, read_dossiers
from msreg.services.naming import find_patient, registry_number
from msreg.services.patient_facts import put_facts
from msreg.services.reading import looking
from msreg.services.registering import require_registering
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Record, Right

WITHDRAW, CONSENT = "patients.withdraw", "patients.consent"
FIRST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Standing:
    """A patient and how much the registry has of them; `row` holds the columns of the patient table."""

    number: str
    row: Mapping[str, Any]
    counts: Mapping[Record, int]
    """Records of each kind, the patient's own left out."""
    shared: int
    """How many centres the record is shared with now."""
    withdrawn_on: date | None = None


def standing(
    registry: Registry, *, by: Actor, patient: str | None = None, bsn: str | None = None
) -> Standing:
    """What there is of a patient, for who is about to decide whether it stays.

    Raises `NotAllowed` for a patient whom another centre registered.
    """
    with looking(registry, by=by, event=WITHDRAW, right=Right.PATIENTS_WRITE) as look:
        row = find_patient(look.db, by=by, name=patient, bsn=bsn)
        look.patient_id, look.patients = row["id"], [row["id"]]
        require_registering(by, row)
        return standing_of(look.db, read_dossiers(look.db, [row])[0])


def standing_of(db: Database, dossier: Dossier) -> Standing:
    """The same of a dossier that was read."""
    row = dossier.patient.row
    since = row["withdrawn_on"]
    sql = "SELECT count(*) FROM share s WHERE s.patient_id = ? AND s.until IS NULL"
    found = db.one(sql, (dossier.id,))
    return Standing(
        registry_number(row["number"]),
        row,
        {record: len(dossier.of(record)) for record in Record if record is not Record.PATIENT},
        int(found[0]) if found else 0,
        None if since is None else date.fromisoformat(since),
    )


def withdraw(
    registry: Registry,
    *,
    by: Actor,
    patient: str | None = None,
    bsn: str | None = None,
    on: date,
    reason: str | None = None,
    today: date,
    dry_run: bool = False,
) -> Standing:
    """Note that a patient withdrew consent and that what is there stays; gives what that is.

    The reason is kept in the log beside the change. Raises `Conflict` when consent was withdrawn already,
    `Refused` for a day that cannot be, `NotAllowed` for a patient whom another centre registered.
    """
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=WITHDRAW)
    with writing(registry, by=by, event=WITHDRAW, action=Action.UPDATE, dry_run=dry_run, plain=True) as work:
        dossier = _own(work, patient, bsn)
        row = dossier.patient.row
        if row["withdrawn_on"] is not None:
            raise Conflict(
                N_("This patient withdrew consent already, on {day}; nothing was changed."),
                hint=N_("Erase what is there with: msreg patients withdraw {number} --erase"),
                day=written(row["withdrawn_on"]),
                number=registry_number(row["number"]),
            )
        _check_day(on, dossier, today)
        after = {"withdrawn_on": on.isoformat()} | ({"reason": reason} if reason else {})
        _write(work, dossier, withdrawn_on=on, consent_date=_consent_date(dossier))
        _touch(work, dossier, before={"withdrawn_on": None}, after=after)
        found = standing_of(work.db, dossier)
    if dry_run:
        _look(registry, by, WITHDRAW, dossier)
    return found


def consent(
    registry: Registry,
    *,
    by: Actor,
    patient: str | None = None,
    bsn: str | None = None,
    on: date,
    today: date,
) -> Standing:
    """Note that a patient who had withdrawn consent signed a new form, on a day not before that.

    Raises `Conflict` when consent was not withdrawn, `Refused` for a day that cannot be, `NotAllowed` for a
    patient whom another centre registered.
    """
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=CONSENT)
    with writing(registry, by=by, event=CONSENT, action=Action.UPDATE, plain=True) as work:
        dossier = _own(work, patient, bsn)
        since = dossier.patient.row["withdrawn_on"]
        if since is None:
            raise Conflict(
                N_("This patient has not withdrawn consent; nothing was changed."),
                hint=N_("Correct the date of consent with: msreg patients edit {number} --consent-date DATE"),
                number=registry_number(dossier.patient.row["number"]),
            )
        _check_future(on, today)
        if on < date.fromisoformat(since):
            raise Refused(
                N_("The new form is of {day}, before consent was withdrawn on {since}."),
                field="date",
                day=written(on),
                since=written(since),
            )
        before = _consent_date(dossier)
        _write(work, dossier, withdrawn_on=None, consent_date=on)
        _touch(
            work,
            dossier,
            before={"withdrawn_on": since, "consent_date": before.isoformat() if before else None},
            after={"withdrawn_on": None, "consent_date": on.isoformat()},
        )
        return standing_of(work.db, dossier)


def _own(work: Work, patient: str | None, bsn: str | None) -> Dossier:
    row = find_patient(work.db, by=work.by, name=patient, bsn=bsn)
    work.patient_id = row["id"]
    require_registering(work.by, row)
    return read_dossiers(work.db, [row])[0]


def _consent_date(dossier: Dossier) -> date | None:
    found: date | None = dossier.patient.values.get("consent_date")
    return found


def _check_day(on: date, dossier: Dossier, today: date) -> None:
    _check_future(on, today)
    first = max(_consent_date(dossier) or FIRST, dossier.patient.values.get("birth_date") or FIRST)
    if on < first:
        raise Refused(
            N_("The day on which consent was withdrawn, {day}, is before the day of consent."),
            field="date",
            day=written(on),
        )


def _check_future(on: date, today: date) -> None:
    if on > today:
        raise Refused(
            N_("The date {day} lies in the future; today is {today}."),
            field="date",
            day=written(on),
            today=written(today),
        )


def _write(work: Work, dossier: Dossier, *, withdrawn_on: date | None, consent_date: date | None) -> None:
    """The column and what is worked out from it, in the open work."""
    put_facts(work, dossier, {"withdrawn_on": withdrawn_on, "consent_date": consent_date})


def _touch(work: Work, dossier: Dossier, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    patient_id = str(dossier.id)
    work.touched(Action.UPDATE, "patient", patient_id, patient_id=patient_id, before=before, after=after)


def _look(registry: Registry, by: Actor, event: str, dossier: Dossier) -> None:
    """What was rolled back took its event with it, and yet what the registry has is about to be shown."""
    with looking(registry, by=by, event=event, right=Right.PATIENTS_WRITE) as look:
        look.patient_id, look.patients = dossier.id, [str(dossier.id)]
        look.about = {"dry_run": True}
