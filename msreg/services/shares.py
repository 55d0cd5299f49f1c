"""Sharing: a second centre may see a patient and add to the record (SPEC P8).

The centre that registered the patient shares and takes back; the registry office may do so for it. What the
other centre wrote stays, with its centre on it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from msreg.errors import Conflict, NotAllowed, NotFound, Refused
from msreg.services import access
from msreg.services.refusing import log_refused
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right


def share(registry: Registry, *, by: Actor, patient_id: str, centre_code: str, today: date) -> str:
    """Share a patient with a centre from today on, and give that centre's code.

    Raises `NotFound` for a patient whom the actor may not see or a centre that does not exist, `NotAllowed`
    when another centre registered the patient, `Refused` for the patient's own centre, and `Conflict` when
    the centre has the patient already or no longer takes part.
    """
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event="patients.share")
    _require_registering(registry, by, patient_id, "patients.share")
    with writing(registry, by=by, event="patients.share", action=Action.CREATE) as work:
        centre_id, code, active = _centre(work.db, centre_code)
        if centre_id == _registered_by(work.db, by, patient_id):
            raise Refused(
                N_("The centre {code} registered this patient and has the record already."),
                field="centre",
                code=code,
            )
        if not active:
            raise Conflict(N_("The centre {code} does not take part any more."), field="centre", code=code)
        if _open_share(work, patient_id, centre_id) is not None:
            raise Conflict(
                N_("This patient is shared with the centre {code} already."), field="centre", code=code
            )
        add(work, patient_id=patient_id, centre_id=centre_id, since=today)
        work.patient_id = patient_id
        work.about = {"centre": code}
    return code


def unshare(registry: Registry, *, by: Actor, patient_id: str, centre_code: str, today: date) -> str:
    """End the sharing of a patient with a centre, and give that centre's code.

    Raises `NotFound` and `NotAllowed` as `share` does, and `Conflict` when the patient is not shared with it.
    """
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event="patients.unshare")
    _require_registering(registry, by, patient_id, "patients.unshare")
    with writing(registry, by=by, event="patients.unshare", action=Action.UPDATE) as work:
        centre_id, code, _ = _centre(work.db, centre_code)
        row = _open_share(work, patient_id, centre_id)
        if row is None:
            raise Conflict(
                N_("This patient is not shared with the centre {code}."), field="centre", code=code
            )
        row.until = max(today, row.since)
        row.updated_at = work.at
        row.version += 1
        work.session.add(row)
        work.touched(
            Action.UPDATE,
            "share",
            row.id,
            patient_id=patient_id,
            before={"until": None},
            after={"until": row.until.isoformat()},
        )
        work.patient_id = patient_id
        work.about = {"centre": code}
    return code


def add(work: Work, *, patient_id: str, centre_id: str, since: date) -> None:
    """Write a share in the open work. Whoever calls has seen that it may be."""
    from msreg.models.base import new_id
    from msreg.models.patient import Share

    row = Share.model_validate(
        {
            "id": new_id(),
            "created_at": work.at,
            "updated_at": work.at,
            "patient_id": patient_id,
            "centre_id": centre_id,
            "since": since,
        }
    )
    work.session.add(row)
    work.touched(
        Action.CREATE,
        "share",
        row.id,
        patient_id=patient_id,
        after={"centre_id": centre_id, "since": since.isoformat()},
    )


def _require_registering(registry: Registry, by: Actor, patient_id: str, event: str) -> None:
    """Let the registering centre go on; the attempt of another is logged and refused."""
    with registry.light() as db:
        centre_id = _registered_by(db, by, patient_id)
    if access.works_for(by, centre_id):
        return
    log_refused(registry, by=by, event=event, patient_id=patient_id)
    raise NotAllowed(
        N_("Only the centre that registered this patient may share the record or take it back."),
        hint=N_("Ask that centre, or the registry office."),
    )


def _registered_by(db: Database, by: Actor, patient_id: str) -> str:
    reach = access.reach(by)
    sql = f"SELECT p.centre_id FROM patient p WHERE p.id = ? AND {reach.sql}"
    found = db.one(sql, (patient_id, *reach.params))
    if found is None:
        raise NotFound(
            N_("There is no such patient among those whom you may see."),
            hint=N_("Look for somebody with: msreg patients find"),
            field="patient",
        )
    return str(found[0])


def _centre(db: Database, code: str) -> tuple[str, str, bool]:
    found = db.one("SELECT id, code, active FROM centre WHERE code = ? COLLATE NOCASE", (code.strip(),))
    if found is None:
        raise NotFound(
            N_("There is no centre {code}."),
            hint=N_("See them with: msreg centres list"),
            field="centre",
            code=code,
        )
    return found[0], found[1], bool(found[2])


def _open_share(work: Work, patient_id: str, centre_id: str) -> Any:
    from sqlmodel import col, select

    from msreg.models.patient import Share

    return work.session.exec(
        select(Share).where(
            Share.patient_id == patient_id, Share.centre_id == centre_id, col(Share.until).is_(None)
        )
    ).one_or_none()
