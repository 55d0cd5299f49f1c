"""Rows into the tables of records, many at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from msreg.store.dbapi import Database

_MANY = 200


def moment(at: datetime) -> str:
    """A moment as the tables keep it: UTC, to the microsecond, without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


_BIND: Mapping[type, Callable[[Any], Any]] = {
    bool: int,
    date: date.isoformat,
    datetime: moment,
    Decimal: float,
    tuple: ";".join,
}


def add(db: Database, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns in the same order. `table` is a name of the program's own."""
    if rows:
        columns = ", ".join(rows[0])
        marks = ", ".join("?" * len(rows[0]))
        db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", _bound(rows))


def change(db: Database, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Update rows by their id, each from the version before its own; gives how many there were.

    A row that somebody else changed has another version, and is not found.
    """
    if not rows:
        return 0
    sets = ", ".join(f"{name} = ?" for name in rows[0])
    ids = ((row["id"], row["version"] - 1) for row in rows)
    return db.executemany(
        f"UPDATE {table} SET {sets} WHERE id = ? AND version = ?",
        ((*values, *which) for values, which in zip(_bound(rows), ids, strict=True)),
    ).rowcount


def _bound(rows: Sequence[Mapping[str, Any]]) -> Iterator[list[Any]]:
    """The values of each row as the driver takes them; answers become JSON text."""
    as_json: Callable[[Any], Any] = _compact
    if len(rows) >= _MANY:
        import orjson  # worth its loading for a batch

        as_json = lambda answers: orjson.dumps(answers).decode()  # noqa: E731
    bind = {**_BIND, dict: as_json}
    for row in rows:
        yield [value if (how := bind.get(type(value))) is None else how(value) for value in row.values()]


def _compact(answers: Mapping[str, Any]) -> str:
    return json.dumps(answers, ensure_ascii=False, separators=(",", ":"))
