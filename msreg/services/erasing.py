"""Erasing a patient who withdrew consent: nothing stays but that there was one (SPEC P10).

The log keeps who did what and when, and loses what it holds of the patient's answers. The digest of each item
stays, so that the chain can still be proven (decision 0023).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from msreg.errors import Conflict
from msreg.services import access
from msreg.services.dossiers import read_dossiers
from msreg.services.naming import find_patient
from msreg.services.reading import looking
from msreg.services.registering import require_registering
from msreg.services.withdrawing import Standing, standing_of
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import lareb, tombstones
from msreg.store.queries import saving as queries
from msreg.store.queries.numbers import keep_number
from msreg.store.registry import Registry
from msreg.store.verify import ERASE, ERASED_ITEMS
from msreg.vocabulary import N_, Action, Right

_PATIENCE = 2_000
"""Milliseconds to wait for who reads the registry now."""


@dataclass(frozen=True, slots=True)
class Erased:
    """A patient who was erased, or would be. `log_items` counts the rows of the log that were emptied."""

    standing: Standing
    log_items: int
    swept: bool = False
    """Whether the file beside the database, where changes wait, was emptied as well."""


def erase(
    registry: Registry,
    *,
    by: Actor,
    patient: str | None = None,
    bsn: str | None = None,
    today: date,
    dry_run: bool = False,
) -> Erased:
    """Erase a patient with every record, share and unfinished entry; only the registering centre may.

    What is overwritten and what waits in the file beside the database is gone when this comes back; copies
    and exports that were made before are not reached. Raises `NotFound`, `NotAllowed`, and `Conflict` when
    somebody else changed the patient meanwhile.
    """
    access.require(registry, by=by, right=Right.PATIENTS_ERASE, event=ERASE)
    with writing(registry, by=by, event=ERASE, action=Action.DELETE, dry_run=dry_run, plain=True) as work:
        work.db.execute("PRAGMA secure_delete=ON")
        row = find_patient(work.db, by=by, name=patient, bsn=bsn)
        patient_id = work.patient_id = row["id"]
        require_registering(by, row)
        found = standing_of(work.db, read_dossiers(work.db, [row])[0])
        items = _erase(work, patient_id, row["number"], row["version"])
        _leave_tombstone(work, patient_id, row["number"], row["centre_id"], today)
        work.about = {ERASED_ITEMS: items}
    if dry_run:
        with looking(registry, by=by, event=ERASE, right=Right.PATIENTS_ERASE) as look:
            look.patient_id, look.patients = patient_id, [patient_id]
            look.about = {"dry_run": True}
        return Erased(found, items)
    with registry.light() as db:
        return Erased(found, items, swept=_sweep(db))


def _erase(work: Work, patient_id: str, number: int, version: int) -> int:
    """Delete everything of the patient and empty the log of it; gives how many items of the log that were."""
    children = tombstones.children_of(work.db, patient_id)
    items = tombstones.empty_log(work.db, patient_id, seq=work.log.seq)
    lareb.forget(work.db, patient_id)
    keep_number(work.db, number)
    if not tombstones.remove(work.db, patient_id, version):
        raise Conflict(
            N_("Somebody else changed a record of this work in the meantime; nothing was saved."),
            hint=N_("Look at the record again and repeat your change."),
        )
    for table, ids in children.items():
        for each in ids:
            work.touched(Action.DELETE, table, each, patient_id=patient_id)
    work.touched(Action.DELETE, "patient", patient_id, patient_id=patient_id)
    return items


def _leave_tombstone(work: Work, patient_id: str, number: int, centre_id: str, today: date) -> None:
    at = queries.moment(work.at)
    row = {
        "id": patient_id,
        "created_at": at,
        "updated_at": at,
        "version": 1,
        "number": number,
        "centre_id": centre_id,
        "erased_on": today.isoformat(),
        "erased_by": work.by.user,
        "seq": work.log.seq,
    }
    queries.add(work.db, "tombstone", [row])
    work.touched(Action.CREATE, "tombstone", patient_id, patient_id=patient_id)


def _sweep(db: Database) -> bool:
    """Write all changes into the database and empty the file where they wait; False when somebody reads it."""
    db.execute(f"PRAGMA busy_timeout={_PATIENCE}")
    found = db.one("PRAGMA wal_checkpoint(TRUNCATE)")
    return found is not None and found[0] == 0
