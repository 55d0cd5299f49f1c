"""Rows of a batch file laid over what the registry has, patient by patient.

Rows match on centre and patient number, then BSN (B4). A blank cell keeps what is there, unless blanks clear.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from msreg.forms.answers import counting
from msreg.forms.columns import forms_of
from msreg.services import access
from msreg.services.access import works_for
from msreg.services.batch_identity import Identity, by_identity, identity_of, medication_of, unclear
from msreg.services.batch_index import NOBODY, Index, Key, Piece
from msreg.services.batch_rows import BatchRow, Tell
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import dossiers as queries
from msreg.vocabulary import N_, Record

Values = dict[str, Any]


@dataclass(slots=True)
class Merged:
    """The dossiers of a piece as they would become, by the patient's number in the file."""

    dossiers: dict[int, Dossier] = field(default_factory=dict)
    bsn_known: dict[int, str] = field(default_factory=dict)
    """Patients whose BSN somebody else has: in the same centre or in another."""


@dataclass(slots=True)
class Merging:
    """What merging needs to know of the whole file while its pieces come."""

    db: Database
    by: Actor
    index: Index
    tell: Tell
    blank_clears: bool = False
    owner: dict[str, int] = field(default_factory=dict)
    """The patient of the file that names a BSN first."""
    foreign: frozenset[str] | None = None
    """Ids of centres that the actor may write for only where a patient is shared."""


def merge(work: Merging, piece: Piece) -> Merged:
    """Lay a piece over the registry. What cannot be placed is told, and its row refused."""
    merged = Merged()
    rows = {record: [row for row in piece.rows[record] if _named(work, row)] for record in Record}
    if piece.first == NOBODY:
        return merged
    _read_known(work, piece, rows[Record.PATIENT], merged)
    if _foreign(work):
        rows = {record: _own_or_shared(work, merged, each) for record, each in rows.items()}
    told: set[int] = set()
    for row in rows[Record.PATIENT]:
        if row.patient in told:
            _refuse(work, row, "patient_number", "FIL-009", N_("this patient stands in this sheet twice"))
            continue
        told.add(row.patient)
        _lay_patient(work, merged, row)
    for record in Record:
        if record is not Record.PATIENT:
            _lay_records(work, merged, rows[record], record)
    return merged


def _refuse(work: Merging, row: BatchRow, key: str, code: str, message: str, hint: str | None = None) -> None:
    row.refused = True
    work.tell(row.problem(key, code, message, hint))


def _named(work: Merging, row: BatchRow) -> bool:
    """Whether a row names a patient of a centre that there is."""
    if row.patient >= 0:
        if work.index.keys[row.patient][0] in work.index.centres.values():
            return True
        _refuse(work, row, "centre", "FIL-006", N_("there is no such centre"), N_("see: msreg centres list"))
        return False
    # A cell that is a fault itself is told already.
    said = row.values.keys() | row.parents.keys() | row.faulty
    if not work.index.centre_given and "centre" not in said:
        _refuse(work, row, "centre", "FIL-010", N_("the centre is missing"))
    if "patient_number" not in said:
        _refuse(work, row, "patient_number", "FIL-010", N_("the patient number is missing"))
    return False


def _foreign(work: Merging) -> frozenset[str]:
    if work.foreign is None:
        found = {each for each in work.index.centres.values() if each is not None}
        work.foreign = frozenset(each for each in found if not works_for(work.by, each))
    return work.foreign


def _read_known(work: Merging, piece: Piece, patients: list[BatchRow], merged: Merged) -> None:
    """Read the patients of a piece whom the registry has, by number, and those who have one of its BSNs."""
    keys = work.index.keys[piece.first : piece.last + 1]
    rows: dict[str, Any] = {}
    for centre in sorted({centre for centre, _number in keys}):
        numbers = sorted(number for each, number in keys if each == centre)
        rows |= {row["id"]: row for row in queries.patients_by_numbers(work.db, centre, numbers)}
    known = {(row["centre_id"], row["patient_number"]) for row in rows.values()}
    # Who has a BSN is told by the registry as it was before the file: an earlier piece may have changed it.
    for row in rows.values():
        if row["bsn"]:
            work.owner.setdefault(row["bsn"], work.index.numbers[row["centre_id"], row["patient_number"]])
    wanted: dict[str, int] = {}
    for each in patients:
        if bsn := each.values.get("bsn"):
            wanted.setdefault(bsn, each.patient)
    renamed: dict[Key, int] = {}
    for found in queries.patients_by_bsn(work.db, sorted(wanted)):
        patient = wanted[found["bsn"]]
        key, there = work.index.keys[patient], (found["centre_id"], found["patient_number"])
        if there in work.index.numbers:
            work.owner.setdefault(found["bsn"], work.index.numbers[there])
        elif there[0] == key[0] and key not in known:
            rows[found["id"]] = found  # the centre gave its patient another number
            renamed[there] = patient
        else:
            merged.bsn_known[patient] = "same_centre" if there[0] == key[0] else "other_centre"
    for each in patients:
        if bsn := each.values.get("bsn"):
            owner = work.owner.setdefault(bsn, each.patient)
            if owner != each.patient:
                merged.bsn_known[each.patient] = _where(work, owner, each.patient)
    for dossier in read_dossiers(work.db, list(rows.values())):
        key = (dossier.centre_id, dossier.patient.values["patient_number"])
        merged.dossiers[renamed[key] if key in renamed else work.index.numbers[key]] = dossier


def _where(work: Merging, one: int, other: int) -> str:
    keys = work.index.keys
    return "same_centre" if keys[one][0] == keys[other][0] else "other_centre"


def _own_or_shared(work: Merging, merged: Merged, rows: list[BatchRow]) -> list[BatchRow]:
    """Rows of own patients and of those shared with the own centre (P8); the others are refused.

    It is told in the same words whether or not the other centre has such a patient.
    """
    may = access.reach(work.by)
    allowed: list[BatchRow] = []
    for row in rows:
        dossier = merged.dossiers.get(row.patient)
        if work.index.keys[row.patient][0] not in _foreign(work) or (
            dossier is not None
            and work.db.one(
                f"SELECT 1 FROM patient p WHERE p.id = ? AND {may.sql}", (dossier.id, *may.params)
            )
        ):
            allowed.append(row)
        else:
            _refuse(work, row, "centre", "FIL-007", N_("you may not write for this centre"))
            merged.dossiers.pop(row.patient, None)
    return allowed


@cache
def _defaults(record: Record) -> Values:
    return {
        item.key: item.default for form in forms_of(record) for item in form.items if item.default is not None
    }


def _over(work: Merging, entry: Entry, row: BatchRow) -> None:
    """Lay the answers of a row over an entry that the registry has."""
    entry.values = {**entry.values, **row.values}
    if not work.blank_clears:
        return
    for form in forms_of(entry.record):
        # An answer to a question that is not asked is in no export, so its blank cell says nothing (K4).
        for key in counting(form, entry.stored or {}):
            if row.blank(key) and key not in form.identity:
                if form[key].default is not None:
                    entry.values[key] = form[key].default
                else:
                    del entry.values[key]


def _lay_patient(work: Merging, merged: Merged, row: BatchRow) -> None:
    dossier = merged.dossiers.get(row.patient)
    if dossier is None:
        values = {**_defaults(Record.PATIENT), **row.values}
        dossier = Dossier(Entry(Record.PATIENT, values), work.index.keys[row.patient][0])
        merged.dossiers[row.patient] = dossier
    else:
        _over(work, dossier.patient, row)
    dossier.patient.place = row
    dossier.patient.faulty = row.faulty


def _lay_records(work: Merging, merged: Merged, rows: Iterable[BatchRow], record: Record) -> None:
    naming = frozenset(key for form in forms_of(record) for key in form.identity)
    stored: dict[int, dict[tuple[int, Identity], list[Entry]]] = {}
    for row in rows:
        dossier = merged.dossiers.get(row.patient)
        if dossier is None:
            _refuse(
                work,
                row,
                "patient_number",
                "FIL-008",
                N_("there is no such patient in the file or the registry"),
                N_("add the patient to the sheet patients, or mend the number"),
            )
            continue
        parent: Entry | None = None
        if record is Record.ADVERSE_EVENT:
            parent = medication_of(dossier, row)
            if parent is None:
                if row.faulty.isdisjoint(("medicine", "medication_start")) and not unclear(dossier):
                    _refuse(
                        work,
                        row,
                        "medicine",
                        "FIL-011",
                        N_("this patient has no such medication with this start date"),
                        N_("add it to the sheet medication"),
                    )
                continue
        if row.patient not in stored:
            stored[row.patient] = by_identity(dossier, record)
        identity = identity_of(record, row.values)
        waiting = stored[row.patient].get((id(parent), identity)) if identity is not None else None
        if waiting:
            entry = waiting.pop(0)
            _over(work, entry, row)
        else:
            entry = Entry(record, {**_defaults(record), **row.values}, parent=parent)
            dossier.of(record).append(entry)
        entry.place = row
        entry.faulty = row.faulty
        if row.faulty and not naming.isdisjoint(row.faulty):
            # It cannot be told which record this is, so it is compared with none.
            entry.faulty = row.faulty | naming
