"""Everything of some patients: one query a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries.rows import named, pieces
from msreg.vocabulary import Record

TABLES: Mapping[Record, str] = {
    Record.PATIENT: "patient",
    Record.COURSE: "course",
    Record.DISEASE: "disease_event",
    Record.MEDICATION: "medication",
    Record.ADVERSE_EVENT: "adverse_event",
    Record.PROM: "prom",
}

ORDER: Mapping[Record, str] = {
    Record.COURSE: "t.course_date, t.id",
    Record.DISEASE: "t.kind, t.date, t.id",
    Record.MEDICATION: "t.start_date, t.id",
    Record.ADVERSE_EVENT: "t.medication_id, t.description",
    Record.PROM: "t.answered_on, t.id",
}


def patients_by_ids(db: Database, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of the patient table, by registry number."""
    found: list[dict[str, Any]] = []
    for marks, piece in pieces(ids):
        found += named(db, f"SELECT p.* FROM patient p WHERE p.id IN ({marks})", piece)
    return sorted(found, key=lambda row: int(row["number"]))


def patients_by_numbers(db: Database, centre_id: str, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of the patient table by the patient numbers of one centre."""
    found: list[dict[str, Any]] = []
    for marks, piece in pieces(numbers):
        found += named(
            db,
            f"SELECT p.* FROM patient p WHERE p.centre_id = ? AND p.patient_number IN ({marks})",
            (centre_id, *piece),
        )
    return found


def patients_by_bsn(db: Database, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of the patient table by BSN, whatever the centre."""
    found: list[dict[str, Any]] = []
    for marks, piece in pieces(numbers):
        found += named(db, f"SELECT p.* FROM patient p WHERE p.bsn IN ({marks})", piece)
    return found


def records_of(db: Database, record: Record, patient_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Rows of one kind of record of these patients, oldest first for each patient."""
    for marks, piece in pieces(patient_ids):
        yield from named(
            db,
            f"SELECT t.* FROM {TABLES[record]} t WHERE t.patient_id IN ({marks})"
            f" ORDER BY t.patient_id, {ORDER[record]}",
            piece,
        )


def count_of(db: Database, record: Record, patient_ids: Sequence[str]) -> int:
    """How many records of one kind these patients have."""
    if record is Record.PATIENT:
        return len(patient_ids)
    total = 0
    for marks, piece in pieces(patient_ids):
        row = db.one(f"SELECT count(*) FROM {TABLES[record]} t WHERE t.patient_id IN ({marks})", piece)
        total += int(row[0]) if row else 0
    return total
