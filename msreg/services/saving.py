"""Dossiers into the registry: what is new is added, what differs is changed, each noted for the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, insert, update

from msreg.errors import Conflict
from msreg.forms.columns import forms_of, to_json, to_store
from msreg.models.base import new_id
from msreg.models.course import Course
from msreg.models.disease import DiseaseEvent
from msreg.models.medication import AdverseEvent, Medication
from msreg.models.patient import Patient
from msreg.services import deriving
from msreg.services.dossiers import Dossier, Entry
from msreg.services.writing import Work
from msreg.store.queries.dossiers import TABLES
from msreg.vocabulary import N_, Action, Record, Rowed

_MODELS = {
    Record.PATIENT: Patient,
    Record.COURSE: Course,
    Record.DISEASE: DiseaseEvent,
    Record.MEDICATION: Medication,
    Record.ADVERSE_EVENT: AdverseEvent,
}


@dataclass(frozen=True, slots=True)
class CellChange:
    """One answer that is new or differs: what it was (None: nothing) and what it becomes."""

    entry: Entry
    key: str
    old: Any
    new: Any


def differences(entry: Entry) -> list[CellChange]:
    """The answers of an entry that differ from the registry's, in the order of the form."""
    old = entry.stored or {}
    return [
        CellChange(entry, item.key, old.get(item.key), entry.values.get(item.key))
        for form in forms_of(entry.record)
        for item in form.items
        if old.get(item.key) != entry.values.get(item.key)
    ]


def outcome(entry: Entry) -> Rowed:
    """What saving does with an entry."""
    if entry.stored is None:
        return Rowed.ADDED
    return Rowed.CHANGED if differences(entry) else Rowed.UNCHANGED


def save(work: Work, dossiers: Sequence[Dossier], *, writer: str | None = None) -> None:
    """Write what is new or changed in these dossiers, with their derived columns, in the open work.

    `writer` is the id of the centre in whose name new records are written; the patient's own when None.
    Raises `Conflict` when a record was changed by somebody else since it was read.
    """
    numbers = _Numbers(work)
    batch: dict[Record, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
        record: ([], []) for record in Record
    }
    for dossier in dossiers:
        if dossier.patient.id is None:
            dossier.patient.id = new_id()
            dossier.patient.row = {"number": numbers.next()}
        touched = False
        for entry in dossier.entries():
            if entry.record is Record.PATIENT:
                continue
            row = _row_of(work, dossier, entry, writer or dossier.centre_id)
            if row is not None:
                touched = True
                batch[entry.record][entry.stored is not None].append(row)
        row = _row_of(work, dossier, dossier.patient, writer or dossier.centre_id, touched=touched)
        if row is not None:
            batch[Record.PATIENT][dossier.patient.stored is not None].append(row)
    for record in Record:
        added, changed = batch[record]
        _write(work, record, added, changed)


def _row_of(
    work: Work, dossier: Dossier, entry: Entry, writer: str, *, touched: bool = False
) -> dict[str, Any] | None:
    """The columns to write for an entry, or None when it is as the registry has it."""
    changes = differences(entry)
    is_patient = entry.record is Record.PATIENT
    if entry.stored is not None and not changes and not touched:
        return None
    forms = forms_of(entry.record)
    typed, others = to_store(forms, entry.values)
    derived = deriving.of_patient(dossier) if is_patient else deriving.of_entry(entry)
    row: dict[str, Any] = {
        **typed,
        "answers": others,
        "form_version": " ".join(f"{form.key}:{form.version}" for form in forms),
        **derived,
        "updated_at": work.at,
    }
    action = Action.UPDATE
    if entry.stored is None:
        action = Action.CREATE
        entry.id = entry.id or new_id()
        row |= {"id": entry.id, "created_at": work.at, "version": 1}
        if is_patient:
            row |= {"number": entry.row["number"], "centre_id": dossier.centre_id}
        else:
            row |= {"patient_id": dossier.patient.id, "centre_id": writer}
        if entry.record is Record.ADVERSE_EVENT:
            assert entry.parent is not None
            entry.parent.id = entry.parent.id or new_id()
            row["medication_id"] = entry.parent.id
    else:
        row |= {"key_id": entry.id, "key_version": entry.row["version"], "version": entry.row["version"] + 1}
    assert entry.id is not None
    if changes:
        work.touched(
            action,
            TABLES[entry.record],
            entry.id,
            patient_id=dossier.patient.id,
            before={c.key: to_json(c.old) for c in changes if c.old is not None} or None,
            after={c.key: to_json(c.new) for c in changes if c.new is not None} or None,
        )
    return row


def _write(work: Work, record: Record, added: list[dict[str, Any]], changed: list[dict[str, Any]]) -> None:
    table: Table = _MODELS[record].__table__  # type: ignore[attr-defined]
    connection = work.session.connection()
    if added:
        connection.execute(insert(table), added)
    for row in changed:
        values = {name: value for name, value in row.items() if not name.startswith("key_")}
        statement = (
            update(table)
            .where(table.c.id == bindparam("key_id"), table.c.version == bindparam("key_version"))
            .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in values})
        )
        done = connection.execute(
            statement,
            {
                "key_id": row["key_id"],
                "key_version": row["key_version"],
                **{f"new_{name}": value for name, value in values.items()},
            },
        )
        if done.rowcount != 1:
            raise Conflict(
                N_("Somebody else changed a record of this work in the meantime; nothing was saved."),
                hint=N_("Look at the record again and repeat your change."),
            )


class _Numbers:
    """The next registry numbers, read once in the transaction that uses them."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._last: int | None = None

    def next(self) -> int:
        if self._last is None:
            found = self._work.db.one("SELECT coalesce(max(number), 0) FROM patient")
            self._last = int(found[0]) if found else 0
        self._last += 1
        return self._last
