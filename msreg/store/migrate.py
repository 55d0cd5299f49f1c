"""Bring a database to the version of the program: one transaction, after a checked copy (security.md 4.7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from msreg.clock import now as clock_now
from msreg.errors import Conflict, Unavailable
from msreg.store import schema
from msreg.store.copies import copy_database
from msreg.store.engine import make_engine
from msreg.store.keys import load_keys
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.config import Settings

SCRIPTS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did: the versions before and after, and the copy made first (None: nothing to do)."""

    before: str | None
    after: str
    copy: Path | None


def head(versions: Path | None = None) -> str:
    """The version that the newest migration leads to."""
    found = ScriptDirectory.from_config(_config(versions)).get_current_head()
    if found is None:
        raise RuntimeError("there are no migrations")
    return found


def history(versions: Path | None = None) -> tuple[str, ...]:
    """All versions, oldest first."""
    scripts = ScriptDirectory.from_config(_config(versions)).walk_revisions()
    return tuple(reversed([each.revision for each in scripts]))


def current(connection: Connection) -> str | None:
    """The version of a database, None when it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def apply(
    engine: Engine,
    *,
    versions: Path | None = None,
    target: str = "head",
    facts: Mapping[str, str] | None = None,
) -> str:
    """Run the missing migrations in one transaction, with the facts for table `meta`; gives the version.

    The engine is one made with `migrating=True`. Raises `Unavailable` when rows would refer to nothing.
    """
    config = _config(versions)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, target)
        reached = current(connection) or ""
        for key, value in {**(facts or {}), "schema": reached}.items():
            connection.exec_driver_sql(
                "INSERT INTO meta (key, value) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, value),
            )
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise Unavailable(
                N_("The upgrade would leave rows that refer to nothing; it was undone."),
                hint=N_("Keep the copy that was made and report this."),
            )
    return reached


def upgrade(
    settings: Settings, *, clock: Callable[[], datetime] = clock_now, versions: Path | None = None
) -> Upgraded:
    """Upgrade the registry's database. Before the first change it is copied into its folder and checked.

    Raises `Conflict` when the database is newer than the program.
    """
    keys, _ = load_keys(settings)
    path = settings.database_file
    engine = make_engine(path, keys.db_key, migrating=True)
    with engine.connect().execution_options(readonly=True) as connection:
        before = current(connection)
    known = history(versions)
    if before == known[-1]:
        return Upgraded(before, known[-1], None)
    if before is not None and before not in known:
        raise Conflict(
            schema.NEWER,
            hint=schema.NEWER_HINT,
            found=before,
            wanted=known[-1],
        )
    copy = path.with_name(f"before-{before or 'none'}-{clock():%Y%m%dT%H%M%S%fZ}.db")
    copy_database(path, keys.db_key, copy)
    return Upgraded(before, apply(engine, versions=versions), copy)


def _config(versions: Path | None) -> Config:
    config = Config()
    # Alembic reads settings through configparser, where a percent sign is special.
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(versions or SCRIPTS / "versions").replace("%", "%%"))
    return config
