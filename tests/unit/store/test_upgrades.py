"""A registry of any earlier version is brought up to date with everything that is in it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from msreg.config import load_settings
from msreg.errors import Conflict
from msreg.services import access
from msreg.services.erasing import erase
from msreg.services.withdrawing import withdraw
from msreg.store import migrate, schema, verify
from msreg.store.connect import Database, open_database
from msreg.store.copies import check_database, remove_database, table_counts
from msreg.store.engine import make_engine
from msreg.store.registry import Registry

Schema = list[tuple[object, ...]]
Content = dict[str, list[dict[str, object]]]


def schema_of(db: Database) -> Schema:
    return db.rows("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name")


def columns(db: Database, table: str) -> list[str]:
    return [row[1] for row in db.rows(f"PRAGMA table_info({table})")]


def content(db: Database) -> Content:
    """Every row of every table by the names of its columns."""
    found: Content = {}
    for table in table_counts(db):
        if table != "alembic_version":
            names = columns(db, table)
            rows = db.rows(f"SELECT * FROM {table} ORDER BY 1, 2")
            found[table] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


def turned_back(registry: Registry, version: str) -> Content:
    """Put a database of an earlier version, made by its own migrations, in the place of the registry's, with all
    that it can hold of it."""
    path, key = registry.settings.database_file, registry.keys.db_key
    old = path.with_name("old.db")
    open_database(old, key, create=True).close()
    engine = make_engine(old, key, migrating=True)
    facts = {"registry": registry.uuid, "made_up": "1"}
    assert migrate.apply(engine, target=version, facts=facts) == version
    engine.dispose()
    registry.close()
    db = Database(open_database(old, key))
    db.execute("PRAGMA foreign_keys=OFF")
    db.execute(f"ATTACH DATABASE ? AS now KEY \"x'{key.hex()}'\"", (str(path),))
    made = schema_of(db)
    triggers = [(name, sql) for kind, name, sql in made if kind == "trigger"]
    for name, _sql in triggers:
        db.execute(f"DROP TRIGGER {name}")
    for table in table_counts(db):
        if table not in ("alembic_version", "meta"):
            names = ", ".join(columns(db, table))
            db.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM now.{table}")
    for _name, sql in triggers:
        db.execute(str(sql))
    assert schema_of(db) == made
    found = content(db)
    db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    remove_database(path)
    old.rename(path)
    return found


@pytest.mark.parametrize("version", schema.HISTORY[:-1])
def test_s6_a_registry_of_an_earlier_version_keeps_all_that_is_in_it(
    version: str, people_registry: Registry, home: Mapping[str, str]
) -> None:
    """People, their log and its proof stay; what is new is empty, but for the invitations that are to come."""
    settings = load_settings(home)
    with people_registry.light() as db:
        wanted = schema_of(db)
    before = turned_back(people_registry, version)
    assert len(before["patient"]) == 30
    with pytest.raises(Conflict, match="this program needs"):
        Registry.open(settings)
    done = migrate.upgrade(settings)
    assert (done.before, done.after) == (version, schema.HEAD)
    assert done.copy is not None
    with Registry.open(settings) as registry, registry.light() as db:
        assert sorted(name for _, name, _ in schema_of(db)) == sorted(name for _, name, _ in wanted)
        after = content(db)
        assert check_database(db) == []
        assert verify.verify(db, registry.keys.audit_key, registry.uuid).ok
    for table, rows in after.items():
        if table == "meta":
            facts = {row["key"]: row["value"] for row in before["meta"]} | {"schema": schema.HEAD}
            assert {row["key"]: row["value"] for row in rows} == facts
            continue
        assert len(rows) == len(before.get(table, ())), table
        for now, was in zip(rows, before.get(table, ()), strict=True):
            assert {key: now[key] for key in was} == was
            new = {key: now[key] for key in now.keys() - was.keys()}
            if "ask_due_on" in new:
                # Nobody was asked by mail before there were mails: every invitation is still to come.
                assert new.pop("ask_due_on") == now["invite_due_on"]
            assert set(new.values()) <= {None}
    copy = Database(open_database(done.copy, people_registry.keys.db_key))
    assert content(copy) == before
    copy.close()


@pytest.mark.parametrize("version", ["0001", "0003"])
def test_p10_in_an_older_registry_consent_can_be_withdrawn_and_patients_erased(
    version: str, people_registry: Registry, home: Mapping[str, str]
) -> None:
    settings = load_settings(home)
    turned_back(people_registry, version)
    migrate.upgrade(settings)
    with Registry.open(settings) as registry:
        by = access.whoami(registry, settings.environ)
        day = registry.clock().date()
        withdraw(registry, by=by, patient="MS-0000001", on=day, today=day)
        assert erase(registry, by=by, patient="MS-0000001", today=day).log_items > 3
        with registry.light() as db:
            assert verify.verify(db, registry.keys.audit_key, registry.uuid).ok
