"""Entries that were begun and not finished."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries.rows import named

_READ = (
    "SELECT d.*, p.number, c.code AS centre_code, t.kind FROM draft d LEFT JOIN disease_event t ON t.id = d.record_id"
    " LEFT JOIN patient p ON p.id = d.patient_id LEFT JOIN centre c ON c.id = d.centre_id"
)


def of_user(db: Database, user: str) -> list[dict[str, Any]]:
    """The drafts of one user, newest first, with the patient's registry number where there is one."""
    return [
        _read(row)
        for row in named(db, f"{_READ} WHERE d.begun_by = ? ORDER BY d.updated_at DESC, d.id", (user,))
    ]


def by_id(db: Database, draft_id: str) -> dict[str, Any] | None:
    """One draft."""
    return next((_read(row) for row in named(db, f"{_READ} WHERE d.id = ?", (draft_id,))), None)


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, **{key: json.loads(row[key]) for key in ("answers", "passed", "confirmed")}}


def remove(db: Database, draft_id: str, version: int) -> bool:
    """Delete a draft; whether it was there in this version."""
    return db.execute("DELETE FROM draft WHERE id = ? AND version = ?", (draft_id, version)).rowcount == 1
