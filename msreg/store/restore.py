"""Putting a backup back: laid out and checked in a folder of its own, then in place in one step (decision 0046)."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msreg.errors import Busy, Conflict, MsregError, NotFound, Refused, Unavailable
from msreg.store.audit import registry_uuid
from msreg.store.backup import DATABASE, KEYS, MARKS, Backup, copy_file
from msreg.store.backup_making import prove_copy
from msreg.store.connect import open_database
from msreg.store.copies import check_database, copy_database, copy_pages, remove_database
from msreg.store.dbapi import Database
from msreg.store.files import private_dir, sync_dir, unwritable, write_private
from msreg.store.keyfile import read_key_json
from msreg.store.keys import Keys
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.config import Settings

_SHARED = 0x40000002, 510
"""The bytes of a database file of which SQLite locks some as long as anybody has it open."""


def lay_out(backup: Backup, keys: Keys, settings: Settings, work: Path) -> Settings:
    """Make the folder `work` a registry of the files of a backup, and check it whole; gives its settings.

    Raises `Refused` when a file is not as it was made or the log does not hold, `Unavailable` when the disk fails.
    """
    shutil.rmtree(work, ignore_errors=True)  # of one that was killed
    staged = replace(settings, home=work, anchor_file=None)
    for name, path in (
        (KEYS, staged.keys_file),
        (MARKS, staged.anchors_file),
        (DATABASE, staged.database_file),
    ):
        private_dir(path.parent)
        copy_file(backup, name, path)
    with closing(Database(open_database(staged.database_file, keys.db_key))) as db:
        problems = check_database(db)
    found = prove_copy(staged.database_file, keys, backup.registry, staged.anchors_file)
    told = {"schema": backup.schema, "seq": backup.seq, "mac": backup.mac, "counts": dict(backup.counts)}
    if problems or found != told:
        raise Refused(
            N_("The database in the backup {path} is not sound, or not the one of its manifest."),
            hint=N_("Use another one: msreg db backups"),
            path=str(backup.path),
        )
    return staged


def put_in_home(staged: Settings, home: Path) -> None:
    """What was laid out becomes a new home, which is empty or not there."""
    sync_dir(staged.home)
    try:
        os.rename(staged.home, home)
        sync_dir(home.parent)
    except OSError as fault:
        raise unwritable(home, fault) from None


def put_in_place(
    staged: Settings, settings: Settings, keys: Keys, *, head: int | None, at: datetime
) -> Path | None:
    """What was laid out becomes the registry; gives where the database that was there is now, if there was one.

    One that is sound, with `head` as its last row, is copied aside and then changed in one transaction as by any
    other change: who has it open goes on. One that is not (None) cannot be changed; its file is moved aside.
    Raises `Busy` when somebody wrote meanwhile, `Conflict` when a damaged one is in use.
    """
    live = settings.database_file
    aside = live.with_name(f"{live.name}.before-restore-{at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}")
    _put_beside(staged, settings, at)
    for left in live.parent.glob(f".{live.name}.before-restore-*"):  # of one that was killed
        left.unlink()
    if head is not None:
        copy_database(live, keys.db_key, aside)
        with (
            closing(Database(open_database(staged.database_file, keys.db_key))) as source,
            closing(Database(open_database(live, keys.db_key))) as target,
        ):
            if target.one("SELECT max(seq) FROM audit_event") != (head,):
                remove_database(aside)
                raise Busy(
                    N_("Somebody wrote in the registry meanwhile; nothing was changed."),
                    hint=N_("Stop what writes in it, such as msreg serve, and try again."),
                )
            copy_pages(source, target)
        return aside
    try:
        there = _move_aside(live, aside)
        os.replace(staged.database_file, live)
        sync_dir(live.parent)
    except OSError as fault:
        raise unwritable(live, fault) from None
    return aside if there else None


def _put_beside(staged: Settings, settings: Settings, at: datetime) -> None:
    """Keys and marks of the backup, where the registry has none that can be read."""
    if not settings.anchors_file.exists():
        private_dir(settings.anchors_file.parent)
        write_private(settings.anchors_file, staged.anchors_file.read_bytes())
    try:
        read_key_json(settings.keys_file)
    except MsregError:
        if settings.keys_file.exists():
            old = settings.keys_file
            os.replace(old, old.with_name(f"{old.name}.before-restore-{at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"))
        write_private(settings.keys_file, staged.keys_file.read_bytes())


def _move_aside(live: Path, aside: Path) -> bool:
    """Give a database that is not sound another name, with what lies beside it; whether there was one."""
    there = live.exists()
    if there:
        _not_in_use(live)
        os.link(live, aside)  # the next step takes the old name over: there is a database at any moment
    wal, shm = (live.with_name(live.name + end) for end in ("-wal", "-shm"))
    if wal.exists():
        # Beside another database it would be taken for changes in that one.
        os.replace(wal, aside.with_name(aside.name + "-wal"))
    shm.unlink(missing_ok=True)
    sync_dir(live.parent)
    return there


def _not_in_use(path: Path) -> None:
    start, size = _SHARED
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, size, start)
        except OSError:
            raise Conflict(
                N_("Something of msreg has the damaged database {path} open; nothing was changed."),
                hint=N_("Stop it first, such as msreg serve, and try again."),
                path=str(path),
            ) from None


def is_sound(path: Path, keys: Keys, registry: str) -> bool:
    """Whether there is a database that opens, is whole, and is of this registry."""
    try:
        with closing(Database(open_database(path, keys.db_key))) as db:
            return not check_database(db) and registry_uuid(db) == registry
    except (NotFound, Unavailable):
        return False
    except MsregError:
        raise
    except Exception as fault:
        if type(fault).__name__ in ("OperationalError", "RuntimeError"):  # its tables are not ours
            return False
        raise
