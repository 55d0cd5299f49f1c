"""What one user changed last, from the log: for taking it back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries.dossiers import TABLES
from msreg.store.queries.rows import named, pieces

SHARE = "share"
_ENTITIES = ", ".join(f"'{name}'" for name in (*TABLES.values(), SHARE))
_CHANGES = f"i.action IN ('C', 'U', 'D') AND i.entity IN ({_ENTITIES})"


def of_user(db: Database, user: str) -> Iterator[dict[str, Any]]:
    """The events of a user that changed patients, their records or with whom they are shared, newest first.

    Each is the event's own text with its number under `seq`. They come one by one: the caller stops at the
    one it looks for.
    """
    rows = db.execute(
        "SELECT e.seq, CAST(e.body AS BLOB) FROM audit_event e"
        " WHERE instr(e.body, ?) > 0 AND instr(e.body, ?) = 0"
        f" AND EXISTS (SELECT 1 FROM audit_item i WHERE i.seq = e.seq AND {_CHANGES})"
        " ORDER BY e.seq DESC",
        (_text("user", user), _text("action", "R")),
    )
    for seq, text in rows:
        body = _read(text)
        if body.get("user") == user:
            yield {**body, "seq": seq}


def of_entry(db: Database, user: str, entry: str, patient_ids: Sequence[str]) -> list[int]:
    """The events of a user that belong to one guided entry, changed these patients and were not taken back.

    Oldest first. An entry may go on in another terminal after what there was of it was taken back.
    """
    found: set[int] = set()
    undone: set[int] = set()
    for marks, piece in pieces(patient_ids):
        # CROSS JOIN keeps SQLite from walking the whole log to look each row up.
        rows = db.rows(
            "SELECT e.seq, CAST(e.body AS BLOB) FROM (SELECT DISTINCT i.seq FROM audit_item i"
            f" WHERE i.patient_id IN ({marks}) AND {_CHANGES}) w CROSS JOIN audit_event e ON e.seq = w.seq"
            " WHERE instr(e.body, ?) > 0 AND (instr(e.body, ?) > 0 OR instr(e.body, '\"undoes\":[') > 0)",
            (*piece, _text("user", user), _text("entry", entry)),
        )
        for seq, text in rows:
            body = _read(text)
            about = body.get("about")
            if body.get("user") != user or not isinstance(about, dict):
                continue
            undone.update(about.get("undoes") or ())
            if about.get("entry") == entry:
                found.add(seq)
    return sorted(found - undone)


def patients_of(db: Database, seqs: Sequence[int]) -> dict[str, bool]:
    """The patients whom events touched, each with whether they were added by them."""
    found: dict[str, bool] = {}
    for marks, piece in pieces(seqs):
        rows = db.rows(
            "SELECT i.patient_id, max(i.entity = 'patient' AND i.action = 'C') FROM audit_item i"
            f" WHERE i.seq IN ({marks}) AND {_CHANGES} AND i.patient_id IS NOT NULL"
            " GROUP BY i.patient_id ORDER BY i.patient_id",
            piece,
        )
        for patient_id, added in rows:
            found[patient_id] = found.get(patient_id, False) or bool(added)
    return found


def shares_touched(db: Database, seqs: Sequence[int]) -> list[dict[str, Any]]:
    """What events did to shares, oldest first, each with the share as it is now."""
    found: list[dict[str, Any]] = []
    for marks, piece in pieces(seqs):
        found += named(
            db,
            "SELECT i.seq, i.action, i.patient_id, i.entity_id, s.id, s.version, s.centre_id, s.since,"
            " s.until, c.code, c.active FROM audit_item i JOIN share s ON s.id = i.entity_id"
            " JOIN centre c ON c.id = s.centre_id"
            f" WHERE i.seq IN ({marks}) AND i.entity = '{SHARE}' AND i.action IN ('C', 'U') ORDER BY i.seq, i.n",
            piece,
        )
    return found


def times_changed(db: Database, patient_id: str, record_ids: Sequence[str]) -> dict[str, int]:
    """How often each of these records of a patient was added, changed or deleted."""
    found: dict[str, int] = {}
    for marks, piece in pieces(record_ids):
        rows = db.rows(
            "SELECT i.entity_id, count(*) FROM audit_item i WHERE i.patient_id = ?"
            f" AND i.entity_id IN ({marks}) AND {_CHANGES} GROUP BY i.entity_id",
            (patient_id, *piece),
        )
        found.update(rows)
    return found


def undone_batches(db: Database) -> set[int]:
    """Rows of the log of batches that were taken back, and of their taking back: neither stands any more."""
    rows = db.rows("SELECT b.seq, b.undone_seq FROM batch b WHERE b.undone_seq IS NOT NULL")
    return {seq for pair in rows for seq in pair}


def _text(key: str, value: str) -> str:
    # Quotes inside texts are escaped, so these words stand only in a row where the key has the value.
    return f'"{key}":{json.dumps(value, ensure_ascii=False)}'


def _read(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
