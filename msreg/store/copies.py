"""A second database file with the same content and key, checked before anybody relies on it."""

from __future__ import annotations

import os
from pathlib import Path

from msreg.errors import Conflict, Unavailable
from msreg.store.connect import open_database
from msreg.store.dbapi import Database, transaction
from msreg.store.faults import known_fault
from msreg.store.files import sync_dir, unwritable
from msreg.vocabulary import N_


def copy_database(path: Path, key: bytes, target: Path) -> None:
    """Copy a database, also while others write in it. The target gets its name only when it is sound.

    Raises `Conflict` when the target exists, `Unavailable` when the copy differs from its source.
    """
    fresh = target.with_name(f".{target.name}.new")
    remove_database(fresh)
    source = Database(open_database(path, key))
    try:
        copy = Database(open_database(fresh, key, create=True))
        try:
            with transaction(source, write=False):
                counts = table_counts(source)  # of the moment that is copied, whatever is written meanwhile
                copy_pages(source, copy)
            problems = check_database(copy)
            same = table_counts(copy) == counts
        finally:
            copy.close()
        if problems or not same:
            raise Unavailable(
                N_("The copy of the database is not sound; nothing was changed."),
                hint=N_("Look at the disk and at the database with: msreg doctor"),
            )
        _name(fresh, target)
    finally:
        source.close()
        remove_database(fresh)


def copy_pages(source: Database, target: Database) -> None:
    """Make one open database what another one is, in one transaction: killed or failed, the target is as before."""
    try:
        source.raw.backup(target.raw)
    except Exception as fault:
        if (told := known_fault(fault)) is not None:
            raise told from None
        raise


def check_database(db: Database) -> list[str]:
    """What the database says against itself: pages, structure, references. Empty when it is sound.

    Checkpoint first: the check of pages reads the main file only and misjudges it after a full disk.
    """
    db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    found = [str(row[0]) for row in db.rows("PRAGMA cipher_integrity_check")]
    try:
        found += [str(row[0]) for row in db.rows("PRAGMA quick_check") if row[0] != "ok"]
        found += [f"foreign key of {row[0]}" for row in db.rows("PRAGMA foreign_key_check")]
    except Unavailable as fault:
        # On a damaged page the check itself fails instead of telling.
        found.append(fault.message)
    return found


def table_counts(db: Database) -> dict[str, int]:
    """Rows of each table."""
    names = db.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return {str(name): int((db.one(f'SELECT count(*) FROM "{name}"') or (0,))[0]) for (name,) in names}


def _name(fresh: Path, target: Path) -> None:
    """Give a finished file its name, unless something has that name already."""
    try:
        os.link(fresh, target)
        sync_dir(target.parent)
    except FileExistsError:
        raise Conflict(N_("{path} exists already; nothing was changed."), path=str(target)) from None
    except OSError as fault:
        raise unwritable(target, fault) from None


def remove_database(path: Path) -> None:
    """Remove a database file that nobody uses, with what SQLite keeps beside it."""
    for each in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        each.unlink(missing_ok=True)
