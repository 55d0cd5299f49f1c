"""The SQLAlchemy engine over the encrypted database, for services that write and for migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import NullPool

from msreg.store.connect import open_database
from msreg.store.dbapi import Connection
from msreg.store.faults import known_fault


def make_engine(path: Path, key: bytes, *, migrating: bool = False) -> Engine:
    """An engine whose connections follow the one recipe of `open_database`.

    Every transaction takes the write lock at once, except with the execution option `readonly`. Faults of
    lock, disk and file come out as sentences, without parameters. `migrating` leaves foreign keys to a
    check at the end, for SQLite changes a table by making it anew.
    """
    from sqlcipher3 import dbapi2

    def creator() -> Connection:
        raw = open_database(path, key)
        if migrating:
            raw.execute("PRAGMA foreign_keys=OFF")
        return raw

    engine = create_engine(
        "sqlite://", module=dbapi2, creator=creator, poolclass=NullPool, hide_parameters=True
    )
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _told)
    return engine


def _begin(connection: SqlConnection) -> None:
    readonly: Any = connection.get_execution_options().get("readonly")
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def _told(context: ExceptionContext) -> None:
    if (told := known_fault(context.original_exception)) is not None:
        raise told from context.original_exception
