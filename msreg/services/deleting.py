"""Records out of the registry; the log keeps what each was.

What belongs to a record goes with it: a patient takes along every record, a medication its side effects. The
columns that are worked out from the records of a patient who stays are worked out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msreg.errors import Conflict
from msreg.forms.columns import to_json
from msreg.services import deriving
from msreg.services.dossiers import Dossier, Entry
from msreg.services.writing import Work
from msreg.store.queries import outbox
from msreg.store.queries import saving as queries
from msreg.store.queries.dossiers import TABLES
from msreg.store.queries.numbers import keep_number
from msreg.vocabulary import N_, Action, Record

_ORDER = (
    Record.PROM,
    Record.ADVERSE_EVENT,
    Record.MEDICATION,
    Record.DISEASE,
    Record.COURSE,
    Record.PATIENT,
)
"""What refers to another record goes before it."""

_FACTS = ("number", "centre_id", "medication_id")
"""What the log keeps of a deleted record beside its answers."""


def belonging(dossier: Dossier, entry: Entry) -> list[Entry]:
    """A stored record with every stored record that cannot be without it."""
    if entry.record is Record.PATIENT:
        found = list(dossier.entries())
    elif entry.record is Record.MEDICATION:
        found = [entry, *(each for each in dossier.of(Record.ADVERSE_EVENT) if each.parent is entry)]
    else:
        found = [entry]
    return [each for each in found if each.stored is not None]


def delete(work: Work, dossier: Dossier, entries: Sequence[Entry]) -> None:
    """Delete records of one patient in the open work, with what belongs to them; the dossier loses them too.

    Raises `Conflict` for a patient who is or was shared with another centre, and when a record was changed by
    somebody else since it was read.
    """
    delete_all(work, [(dossier, entries)])


def delete_all(work: Work, doomed: Sequence[tuple[Dossier, Sequence[Entry]]]) -> None:
    """The same for many patients, in few statements."""
    gone: dict[Record, list[Entry]] = {record: [] for record in Record}
    staying: list[Dossier] = []
    for dossier, entries in doomed:
        out = {id(each): each for entry in entries for each in belonging(dossier, entry)}
        if not out:
            continue
        for entry in out.values():
            gone[entry.record].append(entry)
            _note(work, dossier, entry)
        for record, children in dossier.children.items():
            dossier.children[record] = [each for each in children if id(each) not in out]
        if id(dossier.patient) not in out:
            staying.append(dossier)
    _refuse_shared(work, gone[Record.PATIENT])
    if numbers := [int(each.row["number"]) for each in gone[Record.PATIENT]]:
        keep_number(work.db, max(numbers))
    for patient in gone[Record.PATIENT]:
        outbox.forget(work.db, str(patient.id))
    for record in _ORDER:
        _remove(work, record, gone[record])
    _derive_again(work, staying)


def _note(work: Work, dossier: Dossier, entry: Entry) -> None:
    """What the record was, beside its answers also the number and the ids that it had."""
    assert entry.id is not None
    answers = {key: to_json(value) for key, value in (entry.stored or {}).items()}
    facts = {key: entry.row[key] for key in _FACTS if key in entry.row}
    work.touched(
        Action.DELETE, TABLES[entry.record], entry.id, patient_id=dossier.id, before={**answers, **facts}
    )


def _refuse_shared(work: Work, patients: Sequence[Entry]) -> None:
    from msreg.store.queries.batches import shares_of

    if patients and shares_of(work.db, [str(each.id) for each in patients]):
        raise Conflict(N_("A patient whose record is or was shared with another centre cannot be deleted."))


def _remove(work: Work, record: Record, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    which = ((each.id, each.row["version"]) for each in entries)
    sql = f"DELETE FROM {TABLES[record]} WHERE id = ? AND version = ?"
    _all_found(work.db.executemany(sql, which).rowcount, len(entries))


def _derive_again(work: Work, dossiers: Sequence[Dossier]) -> None:
    """The derived columns of patients who lost a record; their rows count one change more."""
    rows: list[dict[str, Any]] = []
    for dossier in dossiers:
        patient = dossier.patient
        version = patient.row["version"] + 1
        row = {**deriving.of_patient(dossier), "updated_at": work.at, "id": patient.id, "version": version}
        patient.row = {**patient.row, **row}
        rows.append(row)
    _all_found(queries.change(work.db, TABLES[Record.PATIENT], rows), len(rows))


def _all_found(found: int, wanted: int) -> None:
    if found != wanted:
        raise Conflict(
            N_("Somebody else changed a record of this work in the meantime; nothing was saved."),
            hint=N_("Look at the record again and repeat your change."),
        )
