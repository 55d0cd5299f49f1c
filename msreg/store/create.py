"""Make the files of a new registry so that a crash at any moment leaves none, or a whole one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from msreg.errors import Conflict, MsregError
from msreg.store.connect import open_database
from msreg.store.copies import remove_database
from msreg.store.engine import make_engine
from msreg.store.files import private_dir, remove_leftovers, sync_dir, unwritable
from msreg.store.keys import Keys, KeySource, KeyStore, choose_source, prepare_keys
from msreg.store.migrate import apply
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.config import Settings


def create_files(
    settings: Settings, *, key_store: KeyStore, made_up: bool, now: datetime
) -> tuple[Keys, KeySource, str, str]:
    """Database and `keys.json` of a new registry: keys, their source, its identifier, the recovery key."""
    source = choose_source(settings, key_store)
    path = settings.database_file
    private_dir(settings.home)
    private_dir(path.parent)
    fresh = path.with_name(f".{path.name}.new")
    with _alone(settings.home):
        _clear_the_way(settings, fresh)
        remove_leftovers(settings.keys_file)
        if source.name in ("file", "home"):
            remove_leftovers(Path(source.where))
        uuid = uuid4().hex
        keys, recovery_key, key_file = prepare_keys(settings, uuid, source, now=now)
        try:
            open_database(fresh, keys.db_key, create=True).close()
            engine = make_engine(fresh, keys.db_key, migrating=True)
            apply(engine, facts={"registry": uuid, "made_up": "1" if made_up else "0"})
            key_file.write(settings.keys_file, replace=False)
        except BaseException:
            remove_database(fresh)
            if source.name == "keyring":
                from msreg.store.keyrings import forget_in_keyring

                with suppress(MsregError):
                    forget_in_keyring(uuid)
            raise
        # Both lie on the disk; the name makes them a registry.
        os.rename(fresh, path)
        sync_dir(path.parent)
    return keys, source, uuid, recovery_key


def _clear_the_way(settings: Settings, fresh: Path) -> None:
    """Refuse a registry that exists; take away what a broken-off `init` left, and nothing else."""
    if settings.database_file.exists():
        raise Conflict(
            N_("There is a registry at {path} already; nothing was changed."),
            hint=N_("Set MSREG_HOME to another folder for a second registry."),
            path=str(settings.home),
        )
    if settings.keys_file.exists():
        if not fresh.exists():
            # Without its database, keys.json still opens the backups: never throw it away.
            raise Conflict(
                N_("There are keys in {path}, but no database; nothing was changed."),
                hint=N_("Restore the database from a backup, or move keys.json to a safe place first."),
                path=str(settings.keys_file),
            )
        settings.keys_file.unlink()
    remove_database(fresh)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two `init` at once: the second is refused."""
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as fault:
        raise unwritable(folder, fault) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise Conflict(
            N_("Somebody else is making a registry at {path}; nothing was changed."), path=str(folder)
        ) from None
    try:
        yield
    finally:
        os.close(handle)
