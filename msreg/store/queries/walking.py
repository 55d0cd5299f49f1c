"""All patients, a piece at a time in the order of their numbers: memory stays flat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries.rows import PIECE, named


def patients_after(db: Database, number: int, limit: int = PIECE) -> list[dict[str, Any]]:
    """The next rows of the patient table after a registry number."""
    return list(
        named(db, "SELECT p.* FROM patient p WHERE p.number > ? ORDER BY p.number LIMIT ?", (number, limit))
    )


def patient_count(db: Database) -> int:
    """How many patients there are."""
    found = db.one("SELECT count(*) FROM patient")
    return int(found[0]) if found else 0


def set_columns(db: Database, table: str, row_id: str, columns: Sequence[str], values: Sequence[Any]) -> None:
    """Put values in columns of one row. `table` and `columns` are names of the program's own."""
    marks = ", ".join(f"{column} = ?" for column in columns)
    db.execute(f"UPDATE {table} SET {marks} WHERE id = ?", (*values, row_id))
