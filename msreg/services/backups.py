"""Backups of the registry: making one, keeping the newest, and what there is of them (S6)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msreg.errors import MsregError, NotFound, Unavailable
from msreg.services.reading import looking
from msreg.store import anchors, backup
from msreg.store.actor import Actor
from msreg.store.backup import Backup
from msreg.store.keyfile import read_key_json
from msreg.store.keys import public_key
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right

if TYPE_CHECKING:
    from msreg.config import Settings

EVENT = "db.backup"

Step = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, and those that went for it. `made` is None for a dry run."""

    folder: Path
    made: Backup | None
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One folder among the backups; `fault` is why it cannot be restored, if it cannot."""

    path: Path
    backup: Backup | None
    fault: MsregError | None


def back_up(
    registry: Registry, *, by: Actor, to: Path | None = None, keep: int | None = None, dry_run: bool = False
) -> Made:
    """Make a backup, checked, and remove the oldest of this registry beyond `keep`; the one just made stays.

    Its event is in the copy, and so is a mark of the log. A backup that fails removes none. Raises `Refused` when
    the log is not as it was written, `Unavailable` when the place or the disk fails.
    """
    settings = registry.settings
    folder = (to.expanduser() if to else settings.backup_folder).absolute()
    keep = keep or settings.backup.keep
    with looking(registry, by=by, event=EVENT, right=Right.BACKUP) as look:
        look.action = Action.READ if dry_run else Action.EXECUTE
        look.about = {"keep": keep, "elsewhere": to is not None}
    if dry_run:
        return Made(folder, None, tuple(each.name for each in _beyond(registry, folder, keep - 1)))
    at = registry.clock()
    try:
        with registry.light() as db:
            anchors.write_anchor(settings, registry.keys, db, at)
    except Unavailable as fault:
        registry.unmarked = fault
    from msreg.store.backup_making import make_backup

    made = make_backup(settings, registry.keys, registry.uuid, folder, at)
    gone = [each for each in _beyond(registry, folder, keep) if each.path != made.path]
    for each in gone:
        backup.remove(each)
    return Made(folder, made, tuple(each.name for each in gone))


def list_backups(settings: Settings, *, step: Step | None = None) -> list[Listed]:
    """All backups, newest first, each read whole and held against its manifest. Needs no registry that opens."""
    found = []
    paths = backup.folders(settings.backup_folder)
    for done, path in enumerate(paths):
        if step is not None:
            step(done, len(paths))
        one: Backup | None = None
        try:
            one = backup.read_backup(path, signer_of(settings, path))
            backup.check_files(one)
        except MsregError as fault:
            found.append(Listed(path, one, fault))
        else:
            found.append(Listed(path, one, None))
    found.sort(key=lambda each: (each.backup is not None and each.backup.at.timestamp(), each.path.name))
    return found[::-1]


def newest(settings: Settings) -> datetime | None:
    """When the last backup of this registry was made, by the manifests in its folder."""
    found = []
    for path in backup.folders(settings.backup_folder):
        with suppress(MsregError):
            key_file = read_key_json(settings.keys_file)
            one = backup.read_backup(path, key_file.public_key)
            if one.registry == key_file.registry:
                found.append(one.at)
    return max(found, default=None)


def find(settings: Settings, name: Path) -> Path:
    """The folder of a backup that was named by its path, or by its name in the folder for backups."""
    for path in (name.expanduser(), settings.backup_folder / name):
        if path.is_dir():
            return path.absolute()
    raise NotFound(
        N_("There is no backup {path}."),
        hint=N_("See them with: msreg db backups"),
        field="backup",
        path=str(name),
    )


def signer_of(settings: Settings, path: Path) -> bytes:
    """The public key that the manifest of a backup must be signed by: that of the registry, while it has one.

    Else that of the backup's own keys: what it is worth shows when these keys open it.
    """
    with suppress(MsregError):
        return read_key_json(settings.keys_file).public_key
    return read_key_json(path / backup.KEYS).public_key


def _beyond(registry: Registry, folder: Path, keep: int) -> list[Backup]:
    """The backups of this registry that are not among its newest `keep`; whatever else is there is left alone."""
    found = []
    for path in backup.folders(folder):
        with suppress(MsregError):
            one = backup.read_backup(path, public_key(registry.keys))
            if one.registry == registry.uuid:
                found.append(one)
    found.sort(key=lambda each: (each.at, each.name), reverse=True)
    return found[keep:]
