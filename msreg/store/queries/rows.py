"""Rows by name, and long lists of ids in pieces that every engine takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msreg.store.dbapi import Database

PIECE = 500
"""Ids in one statement; SQLite takes 999 parameters at least."""


def named(db: Database, sql: str, params: Sequence[Any] = ()) -> Iterator[dict[str, Any]]:
    """The rows of a query as dictionaries by column name, as they come."""
    cursor = db.execute(sql, params)
    names = [column[0] for column in cursor.description or ()]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def pieces(ids: Sequence[Any]) -> Iterator[tuple[str, Sequence[Any]]]:
    """The marks for an IN list and the ids that go with them, a piece at a time."""
    for start in range(0, len(ids), PIECE):
        piece = ids[start : start + PIECE]
        yield ", ".join("?" * len(piece)), piece


def in_passing(db: Database) -> None:
    """Keep few pages of the database in memory: rows are read or written once, one after another."""
    db.execute("PRAGMA cache_size=-8192")
