"""Rows of a batch file laid over what the registry has, patient by patient.

Rows match on centre and patient number, then BSN (B4). A blank cell keeps what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from msreg.forms.answers import with_defaults
from msreg.forms.columns import forms_of
from msreg.services import access
from msreg.services.access import works_for
from msreg.services.batch_sheets import Batch, BatchRow, problem
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import dossiers as queries
from msreg.vocabulary import N_, DiseaseKind, Record

Key = tuple[str, str]
"""Id of a centre and a patient number in it."""


@dataclass(slots=True)
class Merged:
    """The dossiers that a file is about, as they would become, and what is known of their BSNs."""

    dossiers: dict[Key, Dossier] = field(default_factory=dict)
    bsn_known: dict[Key, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Merging:
    db: Database
    by: Actor
    batch: Batch
    default_centre: str | None
    merged: Merged = field(default_factory=Merged)
    centres: dict[str, str | None] = field(default_factory=dict)
    renamed: dict[Key, Key] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)
    """Ids of centres that the actor may write for only where a patient is shared."""

    def tell(self, row: BatchRow, key: str, code: str, message: str, hint: str | None = None) -> None:
        row.refused = True
        self.batch.findings.append(problem(row.place, key, code, message, hint))


def merge(db: Database, batch: Batch, *, by: Actor, default_centre: str | None = None) -> Merged:
    """Lay a batch over the registry. What cannot be placed is told in `batch.findings`."""
    work = _Merging(db, by, batch, default_centre)
    keyed = {record: list(_keyed(work, record)) for record in Record}
    _read_known(work, keyed)
    keyed = {record: _own_or_shared(work, rows) for record, rows in keyed.items()}
    told: set[Key] = set()
    for key, row in keyed[Record.PATIENT]:
        if key in told:
            work.tell(row, "patient_number", "FIL-009", N_("this patient stands in this sheet twice"))
            continue
        told.add(key)
        _lay_patient(work, key, row)
    for record in (Record.COURSE, Record.DISEASE, Record.MEDICATION, Record.ADVERSE_EVENT):
        used: set[int] = set()
        for key, row in keyed[record]:
            dossier = work.merged.dossiers.get(work.renamed.get(key, key))
            if dossier is None:
                work.tell(
                    row,
                    "patient_number",
                    "FIL-008",
                    N_("there is no such patient in the file or the registry"),
                    N_("add the patient to the sheet patients, or mend the number"),
                )
            else:
                _lay_record(work, dossier, row, used)
    return work.merged


def _keyed(work: _Merging, record: Record) -> Iterable[tuple[Key, BatchRow]]:
    """Rows with the patient whom they name; rows that name none are told and left out."""
    for row in work.batch.rows[record]:
        code = row.parents.get("centre") or work.default_centre
        number = row.values.get("patient_number") or row.parents.get("patient_number")
        if code is None:
            work.tell(row, "centre", "FIL-010", N_("the centre is missing"))
        elif "patient_number" in row.faulty:
            pass
        elif number is None:
            work.tell(row, "patient_number", "FIL-010", N_("the patient number is missing"))
        else:
            centre = _centre(work, str(code))
            if centre is None:
                work.tell(
                    row, "centre", "FIL-006", N_("there is no such centre"), N_("see: msreg centres list")
                )
            else:
                if not works_for(work.by, centre):
                    work.foreign.add(centre)
                yield (centre, str(number)), row


def _centre(work: _Merging, code: str) -> str | None:
    if code not in work.centres:
        found = work.db.one("SELECT id FROM centre WHERE code = ? COLLATE NOCASE", (code,))
        work.centres[code] = None if found is None else found[0]
    return work.centres[code]


def _read_known(work: _Merging, keyed: dict[Record, list[tuple[Key, BatchRow]]]) -> None:
    """Read the patients whom the file names, by number, and those who have one of its BSNs."""
    keys = {key for rows in keyed.values() for key, _ in rows}
    rows: dict[str, Any] = {}
    for centre in sorted({centre for centre, _ in keys}):
        numbers = sorted(number for each, number in keys if each == centre)
        rows |= {row["id"]: row for row in queries.patients_by_numbers(work.db, centre, numbers)}
    known = {(row["centre_id"], row["patient_number"]) for row in rows.values()}
    wanted: dict[str, Key] = {}
    for key, row in keyed[Record.PATIENT]:
        if bsn := row.values.get("bsn"):
            if bsn in wanted and wanted[bsn] != key:
                same = wanted[bsn][0] == key[0]
                work.merged.bsn_known[key] = "same_centre" if same else "other_centre"
            wanted.setdefault(bsn, key)
    for known_row in queries.patients_by_bsn(work.db, sorted(wanted)):
        key = wanted[known_row["bsn"]]
        there = (known_row["centre_id"], known_row["patient_number"])
        if there == key:
            continue
        if there[0] == key[0] and key not in known and there not in keys:
            rows[known_row["id"]] = known_row  # the centre gave its patient another number
            work.renamed[there] = key
        else:
            work.merged.bsn_known[key] = "same_centre" if there[0] == key[0] else "other_centre"
    for dossier in read_dossiers(work.db, list(rows.values())):
        key = (dossier.centre_id, dossier.patient.values["patient_number"])
        work.merged.dossiers[work.renamed.get(key, key)] = dossier


def _own_or_shared(work: _Merging, rows: list[tuple[Key, BatchRow]]) -> list[tuple[Key, BatchRow]]:
    """Rows of own patients and of those shared with the own centre (P8); the others are refused.

    It is told in the same words whether or not the other centre has such a patient.
    """
    if not work.foreign:
        return rows
    may = access.reach(work.by)
    allowed: list[tuple[Key, BatchRow]] = []
    for key, row in rows:
        dossier = work.merged.dossiers.get(key)
        if key[0] not in work.foreign or (
            dossier is not None
            and work.db.one(
                f"SELECT 1 FROM patient p WHERE p.id = ? AND {may.sql}", (dossier.id, *may.params)
            )
        ):
            allowed.append((key, row))
        else:
            work.tell(row, "centre", "FIL-007", N_("you may not write for this centre"))
            work.merged.dossiers.pop(key, None)
    return allowed


def _lay_patient(work: _Merging, key: Key, row: BatchRow) -> None:
    dossier = work.merged.dossiers.get(key)
    if dossier is None:
        values: dict[str, Any] = {}
        for form in forms_of(Record.PATIENT):
            given = {item.key: row.values.get(item.key) for item in form.items if item.key not in row.faulty}
            values |= with_defaults(form, given)
        dossier = Dossier(Entry(Record.PATIENT, values), key[0])
        work.merged.dossiers[key] = dossier
    else:
        dossier.patient.values = {**dossier.patient.values, **row.values}
    dossier.patient.place = row.place
    dossier.patient.faulty = row.faulty


def _lay_record(work: _Merging, dossier: Dossier, row: BatchRow, used: set[int]) -> None:
    record = row.sheet.record
    parent: Entry | None = None
    if record is Record.ADVERSE_EVENT:
        parent = _medication(dossier, row)
        if parent is None:
            if row.faulty.isdisjoint(("medicine", "medication_start")):
                work.tell(
                    row,
                    "medicine",
                    "FIL-011",
                    N_("this patient has no such medication with this start date"),
                    N_("add it to the sheet medication"),
                )
            return
    identity = _identity(record, row.values)
    entry = None
    if identity is not None:
        entry = next(
            (
                each
                for each in dossier.of(record)
                if each.id is not None
                and id(each) not in used
                and each.parent is parent
                and _identity(record, each.values) == identity
            ),
            None,
        )
    if entry is None:
        values: dict[str, Any] = {}
        for form in forms_of(record):
            values |= with_defaults(form, {k: v for k, v in row.values.items() if k in form.by_key})
        entry = Entry(record, values, parent=parent)
        dossier.of(record).append(entry)
    else:
        used.add(id(entry))
        entry.values = {**entry.values, **row.values}
    entry.place = row.place
    entry.faulty = row.faulty
    naming = {key for form in forms_of(record) for key in form.identity}
    if not naming.isdisjoint(row.faulty):
        # It cannot be told which record this is, so it is compared with none.
        entry.faulty = row.faulty | naming


def _identity(record: Record, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """What tells this record from the others of its kind and patient; None when it is not known."""
    if record is Record.DISEASE and values.get("kind") == DiseaseKind.REFERRAL:
        return (DiseaseKind.REFERRAL,)  # there is one referral, dated or not
    found = tuple(values.get(key) for form in forms_of(record) for key in form.identity)
    return None if None in found else found


def _medication(dossier: Dossier, row: BatchRow) -> Entry | None:
    """The medication that a side effect belongs to, in the file or in the registry."""
    wanted = (row.parents.get("medicine"), row.parents.get("medication_start"))
    find: Callable[[Entry], bool] = lambda e: (e.values.get("medicine"), e.values.get("start_date")) == wanted  # noqa: E731
    return next(filter(find, dossier.of(Record.MEDICATION)), None) if None not in wanted else None
