"""Putting a backup back: what it would undo, who may, and a log afterwards that tells of it (S6, decision 0046)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msreg.clock import now
from msreg.errors import Conflict, MsregError, NotFound, Refused
from msreg.services import access, backups
from msreg.services.reading import looking
from msreg.store import anchors, restore, schema
from msreg.store.actor import Actor, system_actor
from msreg.store.audit import append
from msreg.store.backup import KEYS, Backup, alone, check_files, read_backup
from msreg.store.connect import Database, open_database, transaction
from msreg.store.files import private_dir
from msreg.store.keyfile import read_key_json
from msreg.store.keys import Keys, KeySource, load_keys, load_with_recovery, public_key
from msreg.store.registry import Registry
from msreg.store.restores import EVENT, common_rows
from msreg.vocabulary import N_, Action, Right

if TYPE_CHECKING:
    from msreg.config import Settings


@dataclass(frozen=True, slots=True)
class Present:
    """The registry that is there now: the last row of its log, and how many patients it has."""

    seq: int
    at: datetime | None
    patients: int
    follows: bool
    """Whether its log goes on from that of the backup; else both went on from an earlier row."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A backup that lies checked beside the registry, and what putting it in place would undo."""

    backup: Backup
    home: Path
    """Where it would go."""
    elsewhere: bool
    present: Present | None
    """None when there is no registry there, or none that is sound."""
    there: bool
    """Whether there is a database at all."""
    marks: Sequence[anchors.Anchor]
    """What marks outside the database tell of the registry there; nothing where they cannot be read."""
    recovered: bool
    """Whether the recovery key opened it: no key of this machine does."""
    by: Actor
    keys: Keys
    staged: Settings
    settings: Settings

    @property
    def marked(self) -> int | None:
        """The last row that a mark outside the database knows."""
        return max((each.seq for each in self.marks), default=None)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: where the database that was there is now, and whether the log could be marked."""

    aside: Path | None
    seq: int
    unmarked: MsregError | None
    opens: bool
    """Whether a key of this machine opens it."""


@contextmanager
def preparing(
    settings: Settings,
    *,
    environ: Mapping[str, str],
    name: Path,
    to: Path | None,
    recovery_key: Callable[[], str],
) -> Iterator[Prepared]:
    """Lay a backup out, check it whole, and tell what putting it in place would undo; nothing is changed yet.

    `recovery_key` is asked when no key of this machine opens it. Raises `Refused` when the backup is not as it was
    made, `Conflict` for a backup of another registry, `NotAllowed` for who does not look after the registry.
    """
    path = backups.find(settings, name)
    own = _own_registry(settings) if to is None else None
    keys, recovered = _keys(settings, path, own is not None, recovery_key)
    backup = read_backup(path, public_key(keys))
    if own not in (None, backup.registry):
        raise Conflict(
            N_("The backup {path} is of another registry; nothing was changed."),
            hint=N_("Restore it into an empty folder with --to."),
            path=str(path),
        )
    _check_schema(backup)
    check_files(backup)
    home = settings.home if to is None else to.expanduser().absolute()
    if to is not None:
        _check_empty(home)
    sound = settings.database_file.exists() and restore.is_sound(
        settings.database_file, keys, backup.registry
    )
    by = system_actor("restore", os_user=access.os_user(environ), host=os.uname().nodename)
    present = None
    if sound:
        with Registry(settings, keys, _ANY, backup.registry, made_up=False) as registry:
            # The recovery key is the registry itself; who opens it with the key of the machine needs the role.
            by = by if recovered else access.whoami(registry, environ)
            right = Right.AUDIT_VERIFY if recovered else Right.REGISTRY_ADMIN
            with looking(registry, by=by, event=EVENT, right=right) as look:
                look.about = {"backup": backup.name, "elsewhere": to is not None}
                present = _present(look.db, backup)
            present = replace(present, seq=look.seq)
    work = home.parent / f".{home.name}.restoring" if to else settings.database_file.parent / ".restoring"
    private_dir(work.parent)
    with alone(work.parent):
        try:
            staged = restore.lay_out(backup, keys, settings, work)
            if not (sound or recovered):
                with Registry(staged, keys, _ANY, backup.registry, made_up=False) as registry:
                    by = access.whoami(registry, environ)
                    access.require(registry, by=by, right=Right.REGISTRY_ADMIN, event=EVENT)
            yield Prepared(
                backup, home, to is not None, None if to else present, to is None and settings.database_file.exists(),
                () if to else _marks(settings, keys), recovered, by, keys, staged, settings,
            )  # fmt: skip
        finally:
            shutil.rmtree(work, ignore_errors=True)


def put_back(prepared: Prepared, *, clock: Callable[[], datetime] = now) -> Restored:
    """Put a prepared backup in place; its log goes on with the event that tells what was given up.

    All or nothing: that event is in what comes in place. Then the log is marked outside the database.
    """
    one, keys, at = prepared.backup, prepared.keys, clock()
    head = prepared.present.seq if prepared.present else prepared.marked
    with closing(Database(open_database(prepared.staged.database_file, keys.db_key))) as db:
        about = {
            "backup": one.name,
            "from_seq": one.seq,
            "kept_seq": common_rows(db, prepared.marks),
            "head_seq": head,
            "elsewhere": prepared.elsewhere,
        }
        with transaction(db):
            seq = append(
                db, keys.audit_key, by=prepared.by, event=EVENT, action=Action.EXECUTE, at=at, about=about
            )
        db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    settings, aside = prepared.settings, None
    if prepared.elsewhere:
        restore.put_in_home(prepared.staged, prepared.home)
        settings = replace(settings, home=prepared.home, anchor_file=None)
    else:
        aside = restore.put_in_place(
            prepared.staged, settings, keys, head=prepared.present.seq if prepared.present else None, at=at
        )
    unmarked: MsregError | None = None
    with closing(Database(open_database(settings.database_file, keys.db_key))) as db:
        try:
            anchors.write_anchor(settings, keys, db, clock())
        except MsregError as fault:
            unmarked = fault
    try:
        load_keys(settings)
    except MsregError:
        return Restored(aside, seq, unmarked, opens=False)
    return Restored(aside, seq, unmarked, opens=True)


_ANY = KeySource("file", "ok", "")


def _own_registry(settings: Settings) -> str | None:
    """The registry that is here, by its keys; None when these are gone."""
    try:
        return read_key_json(settings.keys_file).registry
    except MsregError:
        return None


def _keys(settings: Settings, path: Path, own: bool, recovery_key: Callable[[], str]) -> tuple[Keys, bool]:
    """The keys: of the registry here while it has them, else of the backup; and whether that took the recovery key."""
    file = None if own else path / KEYS
    try:
        return load_keys(settings, file)[0], False
    except MsregError as fault:
        text = recovery_key()
        if not text:
            raise fault from None
        return load_with_recovery(settings, text, file), True


def _check_schema(backup: Backup) -> None:
    if backup.schema not in schema.HISTORY:
        raise Conflict(schema.NEWER, hint=schema.NEWER_HINT, found=backup.schema, wanted=schema.HEAD)


def _check_empty(home: Path) -> None:
    if home.is_symlink() or (home.exists() and (not home.is_dir() or any(home.iterdir()))):
        raise Conflict(
            N_("{path} is not an empty folder; nothing was changed."),
            hint=N_("Name a folder that is empty, or not there yet."),
            path=str(home),
        )
    if not home.parent.is_dir():
        raise NotFound(
            N_("There is no folder {folder} to write in."),
            hint=N_("Make it first, or choose another place."),
            folder=str(home.parent),
        )


def _present(db: Database, backup: Backup) -> Present:
    last = db.one("SELECT seq, json_extract(body, '$.at') FROM audit_event ORDER BY seq DESC LIMIT 1")
    there = db.one("SELECT mac FROM audit_event WHERE seq = ?", (backup.seq,))
    count = db.one("SELECT count(*) FROM patient")
    seq, at = last or (0, None)
    from msreg.store.canonical import read_stamp

    return Present(seq, read_stamp(at) if at else None, count[0] if count else 0, there == (backup.mac,))


def _marks(settings: Settings, keys: Keys) -> Sequence[anchors.Anchor]:
    try:
        return anchors.read_anchors(settings.anchors_file, public_key(keys))
    except Refused:
        return ()
