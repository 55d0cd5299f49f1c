"""A registry from before the history of batches is brought up to date with everything that is in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.errors import Conflict
from msreg.store import migrate, schema, verify
from msreg.store.connect import Database, open_database
from msreg.store.copies import check_database, table_counts
from msreg.store.engine import make_engine
from msreg.store.registry import Registry

Schema = list[tuple[object, ...]]


def schema_of(db: Database) -> Schema:
    return db.rows("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name")


def content(db: Database) -> dict[str, list[tuple[object, ...]]]:
    return {
        name: sorted(db.rows(f"SELECT * FROM {name}"), key=repr)
        for name in table_counts(db)
        if name not in ("alembic_version", "batch")
    }


@pytest.fixture
def first_schema(tmp_path: Path) -> Schema:
    """The database as the first version makes it."""
    key = bytes(32)
    open_database(tmp_path / "first.db", key, create=True).close()
    engine = make_engine(tmp_path / "first.db", key, migrating=True)
    assert migrate.apply(engine, target="0001", facts={"registry": "r"}) == "0001"
    engine.dispose()
    db = Database(open_database(tmp_path / "first.db", key))
    found = schema_of(db)
    db.close()
    return found


def test_a_registry_of_the_first_version_keeps_all_that_is_in_it(
    people_registry: Registry, home: Mapping[str, str], first_schema: Schema
) -> None:
    """S6: people, their log and its proof stay; the history of batches begins empty."""
    settings = load_settings(home)
    with people_registry.light() as db:
        db.execute("DROP TABLE batch")
        db.execute("UPDATE alembic_version SET version_num = '0001'")
        db.execute("UPDATE meta SET value = '0001' WHERE key = 'schema'")
        assert schema_of(db) == first_schema
        before = content(db)
    people_registry.close()
    assert len(before["patient"]) == 30
    with pytest.raises(Conflict, match="this program needs"):
        Registry.open(settings)
    done = migrate.upgrade(settings)
    assert (done.before, done.after) == ("0001", schema.HEAD)
    assert done.copy is not None
    with Registry.open(settings) as registry, registry.light() as db:
        after = content(db)
        meta = dict(before.pop("meta")) | {"schema": schema.HEAD}
        assert dict(after.pop("meta")) == meta
        assert after == before
        assert db.rows("SELECT * FROM batch") == []
        assert check_database(db) == []
        assert verify.verify(db, registry.keys.audit_key, registry.uuid).ok
    copy = Database(open_database(done.copy, people_registry.keys.db_key))
    assert content(copy)["patient"] == before["patient"]
    assert "batch" not in table_counts(copy)
    copy.close()
