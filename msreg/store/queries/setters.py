"""Who set the answers of a record, newest first, from the log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from msreg.store.canonical import read_stamp
from msreg.store.dbapi import Database
from msreg.store.queries.rows import pieces


class Set(NamedTuple):
    """One change of one record, from a row of the log; `before` and `after` are answers as JSON keeps them."""

    seq: int
    patient_id: str
    entity: str
    entity_id: str
    action: str
    event: str
    at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def keys(self) -> frozenset[str]:
        """The answers that the change touched."""
        return frozenset(self.before) | frozenset(self.after)


def changes_of(db: Database, patient_ids: Sequence[str]) -> Iterator[Set]:
    """Every change of a record of these patients, newest first for each piece of them.

    What was taken back, and the taking back, are left out: they set nothing that stands.
    """
    undone = {
        seq
        for pair in db.rows("SELECT seq, undone_seq FROM batch WHERE undone_seq IS NOT NULL")
        for seq in pair
    }

    @lru_cache(maxsize=1_000)
    def told(seq: int) -> tuple[str, datetime, tuple[int, ...]]:
        found = db.one("SELECT body FROM audit_event WHERE seq = ?", (seq,))
        assert found is not None
        body = json.loads(found[0])
        return body["event"], read_stamp(body["at"]), tuple(body["about"].get("undoes", ()))

    for marks, piece in pieces(patient_ids):
        for seq, patient_id, entity, entity_id, action, before, after in db.rows(
            "SELECT seq, patient_id, entity, entity_id, action, before, after FROM audit_item"
            f" WHERE patient_id IN ({marks}) AND action IN ('C', 'U', 'D') ORDER BY seq DESC, n DESC",
            piece,
        ):
            if seq in undone:
                continue
            event, at, undoes = told(seq)
            if undoes:  # newest first: what it took back is still to come
                undone.update(undoes)
                continue
            old, new = json.loads(before or "{}"), json.loads(after or "{}")
            yield Set(seq, patient_id, entity, entity_id, action, event, at, old, new)
