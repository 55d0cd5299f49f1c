"""What is left of patients who were erased, and taking away what the log holds of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries import outbox
from msreg.store.queries.rows import named, pieces

_CHILDREN = ("share", "questionnaire", "prom", "adverse_event", "medication", "disease_event", "course")
"""Tables with rows of a patient; what refers to another row goes before it."""


def by_number(db: Database, number: int) -> dict[str, Any] | None:
    """The tombstone of an erased patient, by registry number."""
    return next(named(db, "SELECT g.* FROM tombstone g WHERE g.number = ?", (number,)), None)


def numbers_of(db: Database, patient_ids: Sequence[str]) -> dict[str, int]:
    """Registry numbers of those among these patients who were erased, by the id that they had."""
    found: dict[str, int] = {}
    for marks, piece in pieces(sorted(set(patient_ids))):
        found.update(db.rows(f"SELECT g.id, g.number FROM tombstone g WHERE g.id IN ({marks})", piece))
    return found


def children_of(db: Database, patient_id: str) -> dict[str, list[str]]:
    """Ids of everything that belongs to a patient, by table, in the order in which it can be deleted."""
    return {
        table: [
            row[0] for row in db.rows(f"SELECT t.id FROM {table} t WHERE t.patient_id = ?", (patient_id,))
        ]
        for table in _CHILDREN
    }


def remove(db: Database, patient_id: str, version: int) -> bool:
    """Delete a patient with everything that belongs to it, entries under way too.

    False when the patient has another version by now; then nothing may be kept.
    """
    db.execute("DELETE FROM draft WHERE patient_id = ?", (patient_id,))
    outbox.forget(db, patient_id)
    for table in _CHILDREN:
        db.execute(f"DELETE FROM {table} WHERE patient_id = ?", (patient_id,))
    gone = db.execute("DELETE FROM patient WHERE id = ? AND version = ?", (patient_id, version))
    return gone.rowcount == 1


def empty_log(db: Database, patient_id: str, *, seq: int) -> int:
    """Take away what items of the log hold of a patient, in the name of event `seq`; gives how many did."""
    done = db.execute(
        "UPDATE audit_item SET before = NULL, after = NULL, erased_seq = ?"
        " WHERE patient_id = ? AND (before IS NOT NULL OR after IS NOT NULL)",
        (seq, patient_id),
    )
    return done.rowcount
