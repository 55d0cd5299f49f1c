"""Who set the answers of a record, newest first, from the log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from msreg.store.canonical import read_stamp
from msreg.store.dbapi import Database
from msreg.store.queries.rows import pieces


class Set(NamedTuple):
    """One change of one record: by which row of the log, which event, when, and which answers it touched."""

    seq: int
    entity_id: str
    event: str
    at: datetime
    keys: frozenset[str]


def changes_of(db: Database, patient_ids: Sequence[str]) -> Iterator[Set]:
    """Every change of a record of these patients, newest first for each piece of them.

    A batch that was taken back, and the taking back, are left out: they set nothing that stands.
    """
    undone = {
        seq
        for pair in db.rows("SELECT seq, undone_seq FROM batch WHERE undone_seq IS NOT NULL")
        for seq in pair
    }

    @lru_cache(maxsize=1_000)
    def told(seq: int) -> tuple[str, datetime]:
        found = db.one("SELECT body FROM audit_event WHERE seq = ?", (seq,))
        assert found is not None
        body = json.loads(found[0])
        return body["event"], read_stamp(body["at"])

    for marks, piece in pieces(patient_ids):
        for seq, entity_id, before, after in db.rows(
            "SELECT seq, entity_id, before, after FROM audit_item"
            f" WHERE patient_id IN ({marks}) AND action IN ('C', 'U', 'D') ORDER BY seq DESC, n DESC",
            piece,
        ):
            if seq in undone:
                continue
            keys = frozenset(json.loads(before or "{}")) | frozenset(json.loads(after or "{}"))
            yield Set(seq, entity_id, *told(seq), keys)
