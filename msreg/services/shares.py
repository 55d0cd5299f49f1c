"""Sharing: a second centre may see a patient and add to the record (SPEC P8).

The centre that registered the patient shares and takes back; the registry office may do so for it. What the
other centre wrote stays, with its centre on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from msreg.errors import Conflict, Refused
from msreg.services import access
from msreg.services.consent import require_consent
from msreg.services.naming import find_patient, registry_number
from msreg.services.registering import require_registering
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import saving as queries
from msreg.store.queries.rows import named
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sharing:
    """A patient (registry number) and the centre that the record is shared with, from day to day."""

    number: str
    centre: str
    name: str
    since: date
    until: date | None = None
    """The day on which sharing ended; None while it lasts."""


def share(
    registry: Registry,
    *,
    by: Actor,
    patient: str | None = None,
    bsn: str | None = None,
    patient_id: str | None = None,
    centre_code: str,
    today: date,
) -> Sharing:
    """Share a patient with a centre from today on. The patient is named as people do, or by id.

    Raises `NotFound` for a patient whom the actor may not see or a centre that does not exist, `NotAllowed`
    when another centre registered the patient or consent was withdrawn, `Refused` for the patient's own
    centre, and `Conflict` when the centre has the patient already or no longer takes part.
    """
    event = "patients.share"
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=event)
    with writing(registry, by=by, event=event, action=Action.CREATE, plain=True) as work:
        row = _own(work, patient, bsn, patient_id)
        require_consent(row)
        centre = access.require_centre(work.db, centre_code.strip())
        code = centre.code
        if centre.id == row["centre_id"]:
            raise Refused(
                N_("The centre {code} registered this patient and has the record already."),
                field="centre",
                code=code,
            )
        if not centre.active:
            raise Conflict(N_("The centre {code} does not take part any more."), field="centre", code=code)
        if open_share(work.db, row["id"], centre.id) is not None:
            raise Conflict(
                N_("This patient is shared with the centre {code} already."), field="centre", code=code
            )
        add(work, patient_id=row["id"], centre_id=centre.id, since=today)
        work.about = {"centre": code}
    return Sharing(registry_number(row["number"]), code, centre.name, today)


def unshare(
    registry: Registry,
    *,
    by: Actor,
    patient: str | None = None,
    bsn: str | None = None,
    patient_id: str | None = None,
    centre_code: str,
    today: date,
) -> Sharing:
    """End the sharing of a patient with a centre; what that centre wrote stays.

    Raises `NotFound` and `NotAllowed` as `share` does, and `Conflict` when the patient is not shared with it.
    """
    event = "patients.unshare"
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=event)
    with writing(registry, by=by, event=event, action=Action.UPDATE, plain=True) as work:
        row = _own(work, patient, bsn, patient_id)
        centre = access.require_centre(work.db, centre_code.strip())
        code = centre.code
        found = open_share(work.db, row["id"], centre.id)
        if found is None:
            raise Conflict(
                N_("This patient is not shared with the centre {code}."), field="centre", code=code
            )
        until = end(work, found, today)
        work.about = {"centre": code}
    since = date.fromisoformat(found["since"])
    return Sharing(registry_number(row["number"]), code, centre.name, since, until)


def add(work: Work, *, patient_id: str, centre_id: str, since: date) -> None:
    """Write a share in the open work. Whoever calls has seen that it may be."""
    from msreg.models.ids import new_id

    share_id, at = new_id(), queries.moment(work.at)
    row = {
        "id": share_id,
        "created_at": at,
        "updated_at": at,
        "version": 1,
        "patient_id": patient_id,
        "centre_id": centre_id,
        "since": since.isoformat(),
        "until": None,
    }
    queries.add(work.db, "share", [row])
    work.touched(
        Action.CREATE,
        "share",
        share_id,
        patient_id=patient_id,
        after={"centre_id": centre_id, "since": row["since"]},
    )


def end(work: Work, share: Mapping[str, Any], today: date) -> date:
    """End a share in the open work, and give the day. Whoever calls has seen that it may be."""
    until = max(today, date.fromisoformat(share["since"]))
    _set_until(work, share, until.isoformat())
    return until


def resume(work: Work, share: Mapping[str, Any]) -> None:
    """Let a share that was ended go on in the open work. Whoever calls has seen that it may be."""
    _set_until(work, share, None)


def _set_until(work: Work, share: Mapping[str, Any], until: str | None) -> None:
    """Write on which day a share ends. Raises `Conflict` when somebody else changed it since it was read."""
    row = {
        "until": until,
        "updated_at": queries.moment(work.at),
        "id": share["id"],
        "version": share["version"] + 1,
    }
    if not queries.change(work.db, "share", [row]):
        raise Conflict(N_("Somebody else changed this in the meantime; nothing was saved."))
    work.touched(
        Action.UPDATE,
        "share",
        share["id"],
        patient_id=share["patient_id"],
        before={"until": share["until"]},
        after={"until": until},
    )


def open_share(db: Database, patient_id: str, centre_id: str) -> Row | None:
    """The share of a patient with a centre that lasts, if there is one."""
    sql = "SELECT s.* FROM share s WHERE s.patient_id = ? AND s.centre_id = ? AND s.until IS NULL"
    return next(named(db, sql, (patient_id, centre_id)), None)


def _own(work: Work, name: str | None, bsn: str | None, patient_id: str | None) -> Row:
    """The patient who is meant, whom the actor's centre registered."""
    row = find_patient(work.db, by=work.by, name=name, bsn=bsn, patient_id=patient_id)
    work.patient_id = row["id"]
    require_registering(work.by, row)
    return row
