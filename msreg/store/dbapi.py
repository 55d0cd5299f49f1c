"""The shape of a DB-API connection, and a thin adapter over it for reading and writing by SQL text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from msreg.store.faults import known_fault

Row = tuple[Any, ...]


class Cursor(Protocol):
    """What msreg uses of a DB-API cursor."""

    @property
    def rowcount(self) -> int: ...

    @property
    def description(self) -> Sequence[Sequence[Any]] | None: ...

    def fetchone(self) -> Any: ...

    def fetchmany(self, size: int = ...) -> list[Any]: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """What msreg uses of a DB-API connection (sqlcipher3 names)."""

    text_factory: Any

    @property
    def in_transaction(self) -> bool: ...

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any: ...

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Any: ...

    def backup(self, target: Any, /) -> None: ...

    def close(self) -> None: ...


class Database:
    """One open connection. Faults of the file, the disk and the lock come out as sentences.

    Constraint violations and mistakes in SQL text stay what they are: a service that expects one catches
    it, and anything else is a bug.
    """

    __slots__ = ("raw",)

    def __init__(self, raw: Connection) -> None:
        self.raw = raw

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Cursor:
        """Run one statement with qmark parameters."""
        try:
            cursor: Cursor = self.raw.execute(sql, params)
        except Exception as fault:
            if (told := known_fault(fault)) is not None:
                raise told from None
            raise
        return cursor

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> Cursor:
        """Run one statement for each row of parameters, streaming the rows."""
        try:
            cursor: Cursor = self.raw.executemany(sql, rows)
        except Exception as fault:
            if (told := known_fault(fault)) is not None:
                raise told from None
            raise
        return cursor

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        try:
            found: list[Row] = self.raw.execute(sql, params).fetchall()
        except Exception as fault:
            if (told := known_fault(fault)) is not None:
                raise told from None
            raise
        return found

    def one(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        try:
            found: Row | None = self.raw.execute(sql, params).fetchone()
        except Exception as fault:
            if (told := known_fault(fault)) is not None:
                raise told from None
            raise
        return found

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open on this connection."""
        return self.raw.in_transaction

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        self.raw.close()


def changes(db: Database) -> int:
    """A number that is another one as soon as anybody else commits anything; what this connection does is no matter."""
    found = db.one("PRAGMA data_version")
    return int(found[0]) if found else 0


@contextmanager
def transaction(db: Database, *, write: bool = True) -> Iterator[Database]:
    """One transaction: committed when the block ends, rolled back when it raises.

    A writing one takes the lock at once (BEGIN IMMEDIATE): a lock taken later fails without waiting. Within another
    one, of `Registry.together`, it is a part of that: what raises in it undoes this part alone.
    """
    within = db.in_transaction
    if within:
        with _part(db):
            yield db
        return
    db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        # SQLite has already rolled back by itself after some disk faults.
        if db.in_transaction:
            db.raw.execute("ROLLBACK")
        raise


@contextmanager
def _part(db: Database) -> Iterator[None]:
    db.execute("SAVEPOINT part")
    try:
        yield
        db.execute("RELEASE part")
    except BaseException:
        if db.in_transaction:
            db.raw.execute("ROLLBACK TO part")
            db.raw.execute("RELEASE part")
        raise
