"""Batches that were loaded, and what the log tells of the records that each touched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries.rows import named, pieces
from msreg.store.queries.tombstones import numbers_of

# What an undone batch did, and its undo, cancel each other out: neither stands in the way of an older one.
_STANDING = (
    "i.seq NOT IN (SELECT b.seq FROM batch b WHERE b.undone_seq IS NOT NULL AND b.seq > ?)"
    " AND i.seq NOT IN (SELECT b.undone_seq FROM batch b WHERE b.undone_seq IS NOT NULL AND b.seq > ?)"
)


def next_number(db: Database) -> int:
    """The number of the next batch. Batches are never removed, so that no number comes twice."""
    found = db.one("SELECT coalesce(max(b.number), 0) + 1 FROM batch b")
    return int(found[0]) if found else 1


def newest(db: Database) -> Iterator[dict[str, Any]]:
    """All batches, newest first, as they come."""
    return named(db, "SELECT b.* FROM batch b ORDER BY b.number DESC")


def by_number(db: Database, number: int) -> dict[str, Any] | None:
    """One batch."""
    return next(named(db, "SELECT b.* FROM batch b WHERE b.number = ?", (number,)), None)


def mark_undone(db: Database, number: int, *, seq: int, at: str, by: str) -> bool:
    """Note that a batch was taken back by an event; False when it was taken back already."""
    done = db.execute(
        "UPDATE batch SET undone_seq = ?, undone_at = ?, undone_by = ?, updated_at = ?, version = version + 1"
        " WHERE number = ? AND undone_seq IS NULL",
        (seq, at, by, at, number),
    )
    return done.rowcount == 1


def codes(db: Database, centre_ids: Sequence[str]) -> frozenset[str]:
    """The codes of centres, in upper case."""
    found: set[str] = set()
    for marks, piece in pieces(centre_ids):
        found.update(
            row[0].upper() for row in db.rows(f"SELECT code FROM centre WHERE id IN ({marks})", piece)
        )
    return frozenset(found)


def patients_of(db: Database, seq: int) -> tuple[list[str], list[str]]:
    """The patients whom an event added, and those whom it only changed or added something to."""
    rows = db.rows(
        "SELECT i.patient_id, max(i.entity = 'patient' AND i.action = 'C') FROM audit_item i"
        " WHERE i.seq = ? AND i.action IN ('C', 'U') AND i.patient_id IS NOT NULL"
        " GROUP BY i.patient_id ORDER BY i.patient_id",
        (seq,),
    )
    return [row[0] for row in rows if row[1]], [row[0] for row in rows if not row[1]]


def items_of(db: Database, seqs: Sequence[int], patient_ids: Sequence[str]) -> list[dict[str, Any]]:
    """What some events did to the records of these patients, oldest first."""
    events = ", ".join("?" * len(seqs))
    found: list[dict[str, Any]] = []
    for marks, piece in pieces(patient_ids):
        found += named(
            db,
            "SELECT i.n, i.patient_id, i.entity, i.entity_id, i.action, i.before, i.after FROM audit_item i"
            f" WHERE i.patient_id IN ({marks}) AND i.seq IN ({events}) AND i.action IN ('C', 'U', 'D')"
            " ORDER BY i.seq, i.n",
            (*piece, *seqs),
        )
    return [_read(each) for each in found]


def items_page(
    db: Database, seq: int, condition: str, params: Sequence[Any], *, limit: int, offset: int
) -> list[dict[str, Any]]:
    """One page of what an event did, in its own order, with the registry number of each patient.

    `condition` says which patients `p` are shown; those who are no longer there are shown too.
    """
    found = named(
        db,
        "SELECT i.n, i.patient_id, i.entity, i.entity_id, i.action, i.before, i.after, p.number"
        " FROM audit_item i LEFT JOIN patient p ON p.id = i.patient_id"
        f" WHERE i.seq = ? AND i.action IN ('C', 'U') AND (p.id IS NULL OR {condition})"
        " ORDER BY i.n LIMIT ? OFFSET ?",
        (seq, *params, limit, offset),
    )
    return [_read(each) for each in found]


def hidden_patients(
    db: Database, patient_ids: Sequence[str], condition: str, params: Sequence[Any]
) -> list[str]:
    """Which of these patients are there but outside a condition on `p`."""
    found: list[str] = []
    for marks, piece in pieces(patient_ids):
        found += (
            row[0]
            for row in db.rows(
                f"SELECT p.id FROM patient p WHERE p.id IN ({marks}) AND NOT {condition}", (*piece, *params)
            )
        )
    return found


def changed_after(db: Database, seq: int, patient_ids: Sequence[str]) -> list[dict[str, Any]]:
    """What was done to these patients and their records after an event and still stands, oldest first."""
    found: list[dict[str, Any]] = []
    for marks, piece in pieces(patient_ids):
        found += named(
            db,
            "SELECT i.seq, i.patient_id, i.entity, i.entity_id, i.action FROM audit_item i"
            f" WHERE i.patient_id IN ({marks}) AND i.seq > ? AND i.action IN ('C', 'U', 'D') AND {_STANDING}"
            " ORDER BY i.seq, i.n",
            (*piece, seq, seq, seq),
        )
    return found


def shares_of(db: Database, patient_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Ids of shares, ended ones too, each with its patient."""
    found: list[tuple[str, str]] = []
    for marks, piece in pieces(patient_ids):
        sql = f"SELECT s.id, s.patient_id FROM share s WHERE s.patient_id IN ({marks}) ORDER BY s.id"
        found += ((row[0], row[1]) for row in db.rows(sql, piece))
    return found


def rows_by_ids(db: Database, table: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Rows of a table of records by id; one that is no longer there is missing."""
    found: dict[str, dict[str, Any]] = {}
    for marks, piece in pieces(ids):
        sql = f"SELECT t.* FROM {table} t WHERE t.id IN ({marks})"
        found |= {row["id"]: row for row in named(db, sql, piece)}
    return found


def numbers_deleted(db: Database, patient_ids: Sequence[str]) -> dict[str, int]:
    """Registry numbers of patients who were deleted, as the log or their tombstone kept them."""
    found = numbers_of(db, patient_ids)
    for marks, piece in pieces(patient_ids):
        rows = db.rows(
            f"SELECT i.patient_id, i.before FROM audit_item i WHERE i.patient_id IN ({marks})"
            " AND i.entity = 'patient' AND i.action = 'D'",
            piece,
        )
        for patient_id, before in rows:
            number = (_mapping(before) or {}).get("number")
            if isinstance(number, int):
                found[patient_id] = number
    return found


def _read(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "before": _mapping(row["before"]), "after": _mapping(row["after"])}


def _mapping(text: str | None) -> dict[str, Any] | None:
    found = json.loads(text) if text else None
    return found if isinstance(found, dict) else None
