"""A new registry with its first user, and the way back in when its key is lost."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msreg.clock import now
from msreg.errors import Conflict, MsregError, NotFound
from msreg.services.access import os_user
from msreg.services.operators import first_operator
from msreg.services.writing import writing
from msreg.store.actor import system_actor
from msreg.store.connect import Database, open_database
from msreg.store.keyfile import read_key_json
from msreg.store.keys import (
    KeySource,
    KeyStore,
    choose_source,
    load_with_recovery,
    renew_recovery_key,
    rewrap,
)
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action

if TYPE_CHECKING:
    from msreg.config import Settings


@dataclass(frozen=True, slots=True)
class Founded:
    """A new registry: where it is, what opens it, who is its first user, and the key to write down."""

    home: Path
    registry: str
    key_source: KeySource
    recovery_key: str
    user: str
    unmarked: MsregError | None
    """Why the first mark of the log could not be written outside the database, if it could not."""


def found_registry(
    settings: Settings,
    *,
    environ: Mapping[str, str],
    key_store: KeyStore = "auto",
    made_up: bool = False,
    clock: Callable[[], datetime] = now,
) -> Founded:
    """Make a registry whose first user, with the role of the service desk, is who runs this.

    All or nothing. An `init` that was killed before it told the first user and the recovery key is finished
    here. Raises `Conflict` when there is a registry, `Usage` when there is no place for its key.
    """
    user = os_user(environ)
    if settings.database_file.exists():
        registry, recovery_key = _unfinished(settings)
        fresh = False
    else:
        registry, recovery_key = Registry.create(settings, key_store=key_store, made_up=made_up, clock=clock)
        fresh = True
    try:
        with registry:
            first_operator(registry, user=user, host=socket.gethostname())
    except BaseException:
        if fresh:
            _take_away(settings, registry)
        raise
    return Founded(settings.home, registry.uuid, registry.key_source, recovery_key, user, registry.unmarked)


def recover(
    settings: Settings, *, environ: Mapping[str, str], recovery_key: str, key_store: KeyStore = "auto"
) -> KeySource:
    """Let a new key open the registry, with the recovery key in hand; gives where that key is.

    Raises `Usage` for a typing error, `Unavailable` for the key of another registry.
    """
    if not settings.database_file.exists():
        raise NotFound(
            N_("There is no registry at {path}."),
            hint=N_("Make one with: msreg init"),
            path=str(settings.home),
        )
    keys = load_with_recovery(settings, recovery_key)
    uuid = read_key_json(settings.keys_file).registry
    by = system_actor("recover", os_user=os_user(environ), host=socket.gethostname())
    anybody = KeySource("file", "ok", "")
    source = choose_source(settings, key_store)
    # The log first, committed: a new key that nobody can see in the log must not come to be.
    with (
        Registry(settings, keys, anybody, uuid, made_up=False) as registry,
        writing(registry, by=by, event="db.recover", action=Action.EXECUTE) as work,
    ):
        work.about = {"key_source": source.name, "key_grade": source.grade}
    return rewrap(settings, keys, key_store=key_store)


def _unfinished(settings: Settings) -> tuple[Registry, str]:
    """The registry that a killed `init` left without users, with a new recovery key for it."""
    registry: Registry | None = None
    with suppress(MsregError):
        registry = Registry.open(settings)
    if registry is not None:
        with registry.light() as db:
            begun = db.one("SELECT (SELECT count(*) FROM operator) + (SELECT count(*) FROM audit_event)")
        if begun == (0,):
            return registry, renew_recovery_key(settings, registry.keys)
        registry.close()
    raise Conflict(
        N_("There is a registry at {path} already; nothing was changed."),
        hint=N_("Set MSREG_HOME to another folder for a second registry."),
        path=str(settings.home),
    )


def _take_away(settings: Settings, registry: Registry) -> None:
    """Remove a registry that has no user yet, in an order that a new `init` can finish at any point."""
    from msreg.store.copies import remove_database

    path = settings.database_file
    fresh = path.with_name(f".{path.name}.new")
    with suppress(OSError, MsregError):
        # Writes what lies beside the file into it, so that one name is the whole database.
        Database(open_database(path, registry.keys.db_key)).close()
    with suppress(OSError):
        os.rename(path, fresh)
        settings.keys_file.unlink(missing_ok=True)
        remove_database(path)
        remove_database(fresh)
    if registry.key_source.name == "keyring":
        from msreg.store.keyrings import forget_in_keyring

        with suppress(MsregError):
            forget_in_keyring(registry.uuid)
