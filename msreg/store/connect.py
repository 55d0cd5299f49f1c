"""The only place that opens the encrypted database (security.md 4.1). Light: no SQLAlchemy here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote_from_bytes

from msreg.errors import Conflict, MsregError, NotFound, Unavailable
from msreg.store.dbapi import Connection, Cursor, Database, Row, transaction
from msreg.store.faults import known_fault, translate_fault
from msreg.store.files import create_private
from msreg.vocabulary import N_

__all__ = [
    "Connection",
    "Cursor",
    "Database",
    "Row",
    "lightly",
    "open_database",
    "transaction",
    "translate_fault",
]

BUSY_SECONDS = 10.0
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    # Without it INSERT OR REPLACE deletes a row of the log and fires no delete trigger.
    "recursive_triggers=ON",
    "trusted_schema=OFF",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "cell_size_check=ON",
    # Pages are deciphered once only while they stay in the cache: large loads are 4-8 times slower without.
    "cache_size=-65536",
)


def open_database(
    path: Path, key: bytes, *, create: bool = False, timeout: float = BUSY_SECONDS
) -> Connection:
    """Open the database file with its raw 32-byte key, in autocommit until BEGIN.

    `create` makes a new file (0600) and refuses an existing one. Raises `NotFound` when there is no file,
    `Unavailable` when the key does not fit, the file is not ours or cannot be written, `Conflict` when
    somebody else keeps it locked for longer than `timeout` seconds.
    """
    if len(key) != 32:
        raise ValueError("a database key has 32 bytes")
    if create:
        create_private(path)
    else:
        _look_first(path)
    from sqlcipher3 import dbapi2

    try:
        # mode=rw: a wrong path must not become a new, empty database.
        raw: Connection = dbapi2.connect(
            f"file:{quote_from_bytes(os.fsencode(path.absolute()))}?mode=rw",
            uri=True,
            timeout=timeout,
            isolation_level=None,
            check_same_thread=False,
        )
    except dbapi2.Error as fault:
        raise _unopened(path, fault) from None
    try:
        # The key is the first statement, and never part of a URL that something could show.
        raw.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        raw.execute("PRAGMA cipher_log_level=NONE")
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for pragma in _PRAGMAS:
            raw.execute("PRAGMA " + pragma)
    except dbapi2.Error as fault:
        raw.close()
        raise _unopened(path, fault) from None
    return raw


@contextmanager
def lightly(db: Database) -> Iterator[None]:
    """Commit without waiting for the disk, for work of very many small transactions (decision 0043).

    A process that is killed loses nothing. A power cut takes back the last transactions, in their order and each
    whole; whoever commits in the ordinary way afterwards, and each mark of the log, makes all before it last.
    """
    db.execute("PRAGMA synchronous=NORMAL")
    # Pages that every transaction writes are taken over by the database four times as seldom.
    db.execute("PRAGMA wal_autocheckpoint=4000")
    try:
        yield
    finally:
        db.execute("PRAGMA wal_autocheckpoint=1000")
        db.execute("PRAGMA synchronous=FULL")


def _look_first(path: Path) -> None:
    """Tell what the driver cannot tell: it has one text for three causes."""
    try:
        size = path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(
            N_("There is no registry at {path}."), hint=N_("Make one with: msreg init"), path=str(path)
        ) from None
    except OSError:
        raise _not_ours(path) from None
    if not path.is_file() or not size:
        raise Unavailable(
            N_("{path} is not a registry database."),
            hint=N_("Restore the database from its last backup."),
            path=str(path),
        )
    if not (os.access(path, os.R_OK | os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)):
        raise _not_ours(path)


def _not_ours(path: Path) -> Unavailable:
    return Unavailable(
        N_("You may not write {path} or its folder; the registry cannot be opened."),
        hint=N_("Give the folder and its files back to the user who runs msreg."),
        path=str(path),
    )


def _unopened(path: Path, fault: Exception) -> MsregError:
    text = str(fault)
    if "not a database" in text or "malformed" in text:
        return Unavailable(
            N_("{path} cannot be opened with this key: another key, a damaged file, or not a registry."),
            hint=N_("Check which key is used with: msreg doctor"),
            path=str(path),
        )
    told = known_fault(fault)
    if isinstance(told, Conflict):
        return told
    if told is not None and ("unable to open" in text or "readonly" in text):
        return _not_ours(path)
    return translate_fault(fault)
