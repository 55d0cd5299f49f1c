"""What the log tells of one patient and of every record that belongs or belonged to the patient."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries.audit_log import SLACK, first_at
from msreg.store.queries.rows import named, pieces

CONFIRMATION = "confirmation"
"""Entity of an item that tells why a doubtful answer is right; its `entity_id` is that of the record."""

_ITEMS = "i.seq, i.n, i.entity, i.entity_id, i.action, i.before, i.after"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes of a patient: those of records in these tables, of this question, by this user, since then.

    More than asked may be given: who asks looks at each once more.
    """

    patient_id: str
    entities: Sequence[str]
    key: str | None = None
    user: str | None = None
    since: datetime | None = None


def changes(db: Database, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """The changes, newest first, as they come: the caller stops when a page is full.

    A confirmation that stands beside a change of its record in the same event is left out: see `confirmations`.
    """
    marks = ", ".join("?" * len(wanted.entities))
    conditions = ["i.patient_id = ?", "i.action IN ('C', 'U', 'D')", f"i.entity IN ({marks})"]
    params: list[Any] = [wanted.patient_id, *wanted.entities]
    conditions.append(
        f"(i.entity <> '{CONFIRMATION}' OR NOT EXISTS (SELECT 1 FROM audit_item o WHERE o.seq = i.seq"
        f" AND o.entity_id = i.entity_id AND o.entity <> '{CONFIRMATION}'))"
    )
    if wanted.since is not None:
        conditions.append("i.seq >= ?")
        params.append(first_at(db, wanted.since - SLACK))
    if wanted.key is not None:
        # Quotes inside texts are escaped, so these words stand only where a key or a code is.
        key, named_by = f'"{wanted.key}":', f'"field":"{wanted.key}"'
        conditions.append(
            "(instr(i.before, ?) > 0 OR instr(i.after, ?) > 0 OR EXISTS (SELECT 1 FROM audit_item o"
            f" WHERE o.seq = i.seq AND o.entity_id = i.entity_id AND o.entity = '{CONFIRMATION}'"
            " AND instr(o.after, ?) > 0))"
        )
        params += [key, key, named_by]
    if wanted.user is not None:
        conditions.append("instr((SELECT e.body FROM audit_event e WHERE e.seq = i.seq), ?) > 0")
        params.append(f'"user":{json.dumps(wanted.user, ensure_ascii=False)}')
    # SQLite walks the index of the patient from its end, and sorts within one event only.
    sql = f"SELECT {_ITEMS} FROM audit_item i WHERE {' AND '.join(conditions)} ORDER BY i.seq DESC, i.n"
    for row in named(db, sql, params):
        yield _read(row)


def confirmations(db: Database, patient_id: str, seqs: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Why doubtful answers were called right, in these events."""
    for marks, piece in pieces(seqs):
        sql = (
            f"SELECT {_ITEMS} FROM audit_item i WHERE i.patient_id = ? AND i.seq IN ({marks})"
            f" AND i.entity = '{CONFIRMATION}' ORDER BY i.seq, i.n"
        )
        for row in named(db, sql, (patient_id, *piece)):
            yield _read(row)


def kind_of(db: Database, patient_id: str, record_id: str) -> str:
    """The table that a record of the patient stands or stood in, by its id; empty when the log does not know."""
    found = db.one(
        "SELECT i.entity FROM audit_item i WHERE i.patient_id = ? AND i.entity_id = ?"
        f" AND i.action IN ('C', 'U', 'D') AND i.entity <> '{CONFIRMATION}' LIMIT 1",
        (patient_id, record_id),
    )
    return str(found[0]) if found else ""


def deleted(db: Database, patient_id: str, entity: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What records that are no longer there were when they were deleted, by id."""
    found: dict[str, dict[str, Any]] = {}
    for marks, piece in pieces(ids):
        sql = (
            f"SELECT i.entity_id, i.before FROM audit_item i WHERE i.patient_id = ? AND i.action = 'D'"
            f" AND i.entity = ? AND i.entity_id IN ({marks}) ORDER BY i.seq"
        )
        for record_id, before in db.rows(sql, (patient_id, entity, *piece)):
            found[record_id] = _mapping(before) or {}
    return found


def batches(db: Database, seqs: Sequence[int]) -> dict[int, int]:
    """Numbers of batches by the row of the log in which they were loaded or taken back."""
    found: dict[int, int] = {}
    for marks, piece in pieces(seqs):
        sql = (
            f"SELECT b.seq, b.number FROM batch b WHERE b.seq IN ({marks})"
            f" UNION ALL SELECT b.undone_seq, b.number FROM batch b WHERE b.undone_seq IN ({marks})"
        )
        found.update(db.rows(sql, (*piece, *piece)))
    return found


def share_centres(db: Database, ids: Sequence[str]) -> dict[str, str]:
    """Codes of the centres that shares are with, by the id of the share."""
    found: dict[str, str] = {}
    for marks, piece in pieces(ids):
        sql = f"SELECT s.id, c.code FROM share s JOIN centre c ON c.id = s.centre_id WHERE s.id IN ({marks})"
        found.update(db.rows(sql, piece))
    return found


def _read(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "before": _mapping(row["before"]), "after": _mapping(row["after"])}


def _mapping(text: str | None) -> dict[str, Any] | None:
    found = json.loads(text) if text else None
    return found if isinstance(found, dict) else None
