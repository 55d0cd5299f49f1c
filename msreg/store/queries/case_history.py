"""What the log tells of one case: the events that changed it, with what each did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries.rows import named, pieces

ENTITY = "notification"


def events(db: Database, case_id: str, *, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """The events that changed a case, newest first: their own text, with the number under `seq`."""
    rows = db.rows(
        "SELECT e.seq, e.body FROM (SELECT DISTINCT i.seq FROM audit_item i"
        f" WHERE i.entity = '{ENTITY}' AND i.entity_id = ? AND i.action IN ('C', 'U', 'D')) x"
        " CROSS JOIN audit_event e ON e.seq = x.seq ORDER BY e.seq DESC LIMIT ? OFFSET ?",
        (case_id, limit, offset),
    )
    return [{**json.loads(body), "seq": seq} for seq, body in rows]


def items(db: Database, case_id: str, seqs: Sequence[int]) -> list[dict[str, Any]]:
    """What these events did to the case and, where they changed no other case, to what belongs to it."""
    found: list[dict[str, Any]] = []
    for marks, piece in pieces(seqs):
        found += named(
            db,
            "SELECT i.seq, i.n, i.entity, i.entity_id, i.action, i.before, i.after FROM audit_item i"
            f" WHERE i.seq IN ({marks}) AND i.action IN ('C', 'U', 'D') AND (i.entity_id = ?"
            f" OR i.entity <> '{ENTITY}' AND NOT EXISTS (SELECT 1 FROM audit_item o WHERE o.seq = i.seq"
            f" AND o.entity = '{ENTITY}' AND o.entity_id <> ?)) ORDER BY i.seq, i.n",
            (*piece, case_id, case_id),
        )
    return [
        {**row, **{key: json.loads(row[key]) if row[key] else {} for key in ("before", "after")}}
        for row in found
    ]
