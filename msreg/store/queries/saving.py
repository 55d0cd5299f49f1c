"""Rows into the tables of records, many at a time. Values are given as the driver takes them: see `bound`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from msreg.store.dbapi import Database


def moment(at: datetime) -> str:
    """A moment as the tables keep it: UTC, to the microsecond, without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def read_moment(text: str) -> datetime:
    """A moment as the tables keep it, read."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


BOUND: Mapping[type, Callable[[Any], Any]] = {
    bool: int,
    date: date.isoformat,
    datetime: moment,
    Decimal: float,
    tuple: ";".join,
}
"""How values become what the driver takes, by their type; the others are taken as they are."""


def bound(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its values as the driver takes them."""
    return {
        key: value if (how := BOUND.get(type(value))) is None else how(value) for key, value in row.items()
    }


def json_writer(rows: int) -> Callable[[Mapping[str, Any]], str]:
    """What makes JSON text of answers: for so many rows a library that is worth its loading."""
    if rows < _MANY:
        return as_json
    import orjson

    return lambda answers: orjson.dumps(answers).decode()


_MANY = 200


def as_json(answers: Any) -> str:
    """Compact JSON text of a value."""
    return json.dumps(answers, ensure_ascii=False, separators=(",", ":"))


def add(db: Database, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns in the same order. `table` is a name of the program's own."""
    if rows:
        columns = ", ".join(rows[0])
        marks = ", ".join("?" * len(rows[0]))
        values: Iterable[tuple[Any, ...]] = map(tuple, map(dict.values, rows))  # type: ignore[arg-type]
        db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


def change(db: Database, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Update rows by their id, each from the version before its own; gives how many there were.

    A row that somebody else changed has another version, and is not found.
    """
    if not rows:
        return 0
    sets = ", ".join(f"{name} = ?" for name in rows[0])
    return db.executemany(
        f"UPDATE {table} SET {sets} WHERE id = ? AND version = ?",
        ((*row.values(), row["id"], row["version"] - 1) for row in rows),
    ).rowcount
