"""Taking one's own last change back: a new, logged change that gives the registry the answers from before it.

One step back for each call: what was taken back is passed over, and taking back is not taken back itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msreg.errors import Conflict, NotAllowed
from msreg.services import access, deriving, drafts, shares
from msreg.services.changed_answers import WITHDRAWN, Answer
from msreg.services.consent import require_consent
from msreg.services.deleting import delete_all
from msreg.services.hindrances import Finder
from msreg.services.last_change import UNDO, LastChange, last_change
from msreg.services.naming import registry_number
from msreg.services.reading import looking
from msreg.services.registering import require_registering
from msreg.services.saving import save
from msreg.services.taken_back import BackRecord, Did, TakenBack, records_of
from msreg.services.undo_plan import Back, plan
from msreg.services.undo_refused import refusal
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.queries import batches, own_changes
from msreg.store.queries import drafts as draft_queries
from msreg.store.queries import saving as queries
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right


def take_back(
    registry: Registry, *, by: Actor, today: date, only: Sequence[int] | None = None, dry_run: bool = False
) -> TakenBack:
    """Take the actor's last change back, or with `dry_run` do the same and roll it back.

    `only`: the rows of the log that a person was shown; `Conflict` when others are the last by now. Raises
    `NotFound` when there is nothing to take back, `Conflict` with the reason when it cannot be, `NotAllowed`
    when the patient is out of reach or withdrew consent.
    """
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=UNDO)
    with writing(registry, by=by, event=UNDO, action=Action.UPDATE, dry_run=dry_run, plain=True) as work:
        change = last_change(work.db, by.user)
        done = TakenBack(change, dry_run)
        if only is not None and change.seqs != tuple(only):
            raise Conflict(
                N_("You changed something else in the meantime; nothing was taken back."),
                hint=N_("See what would be taken back now with: msreg undo --dry-run"),
            )
        ids = list(change.patients)
        if len(ids) == 1:
            work.patient_id = ids[0]
        _require_reach(work, ids)
        backs = plan(work.db, change.seqs, ids)
        _require_patients(backs)
        _require_consent(backs)
        _refuse_hindered(work, change, backs, today, made_up=registry.made_up)
        done.records = [*records_of(backs)]
        delete_all(work, [(each.dossier, each.doomed) for each in backs if each.dossier is not None])
        for each in backs:
            _count_on(work, each)
        save(work, [each.dossier for each in backs if each.dossier and (each.restored or each.returning)])
        for each in backs:
            _put_columns(work, each)
        done.records += _take_shares_back(work, change, backs, today)
        _drop_draft(work, change)
        work.about = {"undoes": list(change.seqs), "event_undone": change.event}
        done.seq = None if dry_run else work.log.seq
    if dry_run:
        # What was rolled back took its event with it, and yet answers of the registry are about to be shown.
        with looking(registry, by=by, event=UNDO, right=Right.PATIENTS_WRITE) as look:
            look.patients, look.about = ids, {"dry_run": True}
            look.patient_id = ids[0] if len(ids) == 1 else None
    return done


def _require_reach(work: Work, ids: Sequence[str]) -> None:
    reach = access.reach(work.by)
    if batches.hidden_patients(work.db, ids, reach.sql, reach.params):
        raise NotAllowed(
            N_("Your last change is about a patient whom you may no longer see."),
            hint=N_("Ask the centre that registered the patient, or the registry office."),
        )


def _require_patients(backs: Sequence[Back]) -> None:
    if any(back.dossier is None for back in backs):
        raise Conflict(
            N_("The patient of your last change is no longer in the registry, so it cannot be taken back."),
            hint=N_("See what happened with: msreg audit list --event patients"),
        )


def _require_consent(backs: Sequence[Back]) -> None:
    """P10: nothing is written of a patient without consent, but that consent was not withdrawn after all."""
    for back in backs:
        if back.dossier is not None and back.touched and WITHDRAWN not in back.columns:
            require_consent(back.dossier.patient.row)


def _refuse_hindered(
    work: Work, change: LastChange, backs: Sequence[Back], today: date, *, made_up: bool
) -> None:
    """Raise the first thing that stands in the way; the dossiers have the old answers afterwards."""
    added = frozenset(patient for patient, is_new in change.patients.items() if is_new)
    finder = Finder(work.db, change.seqs, deleted=added, today=today, made_up=made_up)
    for each in list(finder.find(backs)):
        raise refusal(each)


def _count_on(work: Work, back: Back) -> None:
    """A record that comes back has a version that it never had: who read it before it went sees a change."""
    versions = own_changes.times_changed(work.db, back.patient_id, [str(e.id) for e in back.returning])
    for entry in back.returning:
        entry.row = {**entry.row, "version": versions[str(entry.id)]}


def _put_columns(work: Work, back: Back) -> None:
    """Columns of the patient that answer no question, with what is worked out from them."""
    if not back.columns or back.dossier is None:
        return
    patient = back.dossier.patient
    found = work.db.one("SELECT version FROM patient WHERE id = ?", (patient.id,))
    assert found is not None
    derived = queries.bound(deriving.of_patient(back.dossier))
    row = {
        **back.columns,
        **derived,
        "updated_at": queries.moment(work.at),
        "id": patient.id,
        "version": found[0] + 1,
    }
    queries.change(work.db, "patient", [row])
    before = {key: back.replaced.get(key) for key in back.columns}
    work.touched(
        Action.UPDATE, "patient", str(patient.id), patient_id=patient.id, before=before, after=back.columns
    )


def _take_shares_back(
    work: Work, change: LastChange, backs: Sequence[Back], today: date
) -> Iterator[BackRecord]:
    """End what was shared, and share again what was ended."""
    patients = {back.patient_id: back.dossier.patient.row for back in backs if back.dossier is not None}
    for row in own_changes.shares_touched(work.db, change.seqs):
        patient = patients[row["patient_id"]]
        number = registry_number(patient["number"])
        require_registering(work.by, patient)
        began = row["action"] == Action.CREATE
        if began is (row["until"] is not None) or not (began or _may_go_on(work, row)):
            raise Conflict(
                N_("The sharing of {patient} with {centre} changed after you."),
                hint=N_("See with whom it is shared: msreg patients show {patient}"),
                patient=number,
                centre=row["code"],
            )
        if began:
            shares.end(work, row, today)
            did, told = Did.UNSHARED, Answer("centre", None, row["code"], None)
        else:
            require_consent(patient)
            shares.resume(work, row)
            did, told = Did.SHARED, Answer("centre", None, None, row["code"])
        yield BackRecord(number, None, row["id"], {"centre": row["code"]}, did, [told])


def _may_go_on(work: Work, row: Mapping[str, Any]) -> bool:
    """Whether a share that was ended can go on: the centre takes part, and has no newer share."""
    return bool(row["active"]) and shares.open_share(work.db, row["patient_id"], row["centre_id"]) is None


def _drop_draft(work: Work, change: LastChange) -> None:
    """An entry that was taken back does not go on where it stopped."""
    row = None if change.entry is None else draft_queries.by_id(work.db, change.entry)
    if row is not None and row["begun_by"] == work.by.user:
        drafts.drop(work, drafts.read_draft(row))
