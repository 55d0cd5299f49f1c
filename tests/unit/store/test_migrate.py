"""Versions of the database: one transaction, a checked copy before it, and a list that the program knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from msreg.config import Settings
from msreg.errors import Conflict, Unavailable
from msreg.store import migrate, schema
from msreg.store.audit_schema import TRIGGER_NAMES
from msreg.store.connect import Database, open_database
from msreg.store.copies import check_database, copy_database, table_counts
from msreg.store.engine import make_engine
from msreg.store.registry import Registry

KEY = bytes(range(32))
FIRST = """
import sqlalchemy as sa
from alembic import op
revision = "a1"
down_revision = None
def upgrade():
    op.create_table("meta", sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.String))
    op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))
    op.create_table("child", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE"), nullable=False))
"""
SECOND = """
import sqlalchemy as sa
from alembic import op
revision = "a2"
down_revision = "a1"
def upgrade():
    op.create_table("more", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("parent") as batch:
        batch.alter_column("name", nullable=False, existing_type=sa.Text)
        batch.add_column(sa.Column("city", sa.Text))
"""
HARMFUL = SECOND.replace("def upgrade():", "def upgrade():\n    op.execute('DELETE FROM parent')")


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    folder = tmp_path / "ver%sions"
    folder.mkdir()
    (folder / "a1.py").write_text(FIRST)
    return folder


@pytest.fixture
def engine(tmp_path: Path, versions: Path) -> Engine:
    open_database(tmp_path / "x.db", KEY, create=True).close()
    engine = make_engine(tmp_path / "x.db", KEY, migrating=True)
    assert migrate.apply(engine, versions=versions, facts={"registry": "r"}) == "a1"
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO parent VALUES (1, 'a')")
        connection.exec_driver_sql("INSERT INTO child VALUES (1, 1)")
    return engine


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    db = Database(open_database(path, KEY))
    found = {name: db.rows(f"SELECT * FROM {name}") for name in table_counts(db)}
    found["sql"] = db.rows("SELECT type, name, sql FROM sqlite_master ORDER BY name")
    db.close()
    return found


def test_the_program_knows_its_migrations() -> None:
    assert migrate.history() == schema.HISTORY
    assert migrate.head() == schema.HEAD


def test_the_first_version_has_the_triggers_of_the_log(registry: Registry) -> None:
    with registry.light() as db:
        found = {row[0] for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        assert set(TRIGGER_NAMES) <= found
        assert db.one("SELECT version_num FROM alembic_version") == (schema.HEAD,)
        assert check_database(db) == []


def test_a_table_made_anew_keeps_the_rows_that_refer_to_it(
    engine: Engine, versions: Path, tmp_path: Path
) -> None:
    (versions / "a2.py").write_text(SECOND)
    assert migrate.apply(engine, versions=versions) == "a2"
    found = content(tmp_path / "x.db")
    assert found["parent"] == [(1, "a", None)]
    assert found["child"] == [(1, 1)]
    assert ("schema", "a2") in found["meta"]
    assert ("registry", "r") in found["meta"]
    assert migrate.apply(engine, versions=versions) == "a2"


def test_rows_left_without_their_parent_undo_everything(
    engine: Engine, versions: Path, tmp_path: Path
) -> None:
    before = content(tmp_path / "x.db")
    (versions / "a2.py").write_text(HARMFUL)
    with pytest.raises(Unavailable, match="refer to nothing"):
        migrate.apply(engine, versions=versions)
    assert content(tmp_path / "x.db") == before


def test_an_upgrade_copies_first_and_only_when_there_is_something_to_do(
    settings: Settings, registry: Registry, tmp_path: Path
) -> None:
    assert migrate.upgrade(settings).copy is None
    versions = tmp_path / "next"
    versions.mkdir()
    for each in (migrate.SCRIPTS / "versions").glob("*.py"):
        (versions / each.name).write_text(each.read_text())
    (versions / "next.py").write_text(
        f'from alembic import op\nrevision = "next"\ndown_revision = "{schema.HEAD}"\n'
        'def upgrade():\n    op.execute("CREATE TABLE more (id INTEGER PRIMARY KEY)")\n'
    )
    done = migrate.upgrade(settings, clock=registry.clock, versions=versions)
    assert (done.before, done.after) == (schema.HEAD, "next")
    assert done.copy is not None
    assert done.copy.name == f"before-{schema.HEAD}-20260331T091500123456Z.db"
    assert done.copy.stat().st_mode & 0o777 == 0o600
    copy = Database(open_database(done.copy, registry.keys.db_key))
    assert copy.one("SELECT value FROM meta WHERE key = 'schema'") == (schema.HEAD,)
    assert "more" not in table_counts(copy)
    assert check_database(copy) == []
    copy.close()
    # The new version is one that this program does not know yet.
    with pytest.raises(Conflict, match="newer"):
        Registry.open(settings)
    with pytest.raises(Conflict, match="newer"):
        migrate.upgrade(settings)


def test_a_copy_never_replaces_a_file_and_leaves_no_half(engine: Engine, tmp_path: Path) -> None:
    copy_database(tmp_path / "x.db", KEY, tmp_path / "copy.db")
    assert content(tmp_path / "copy.db") == content(tmp_path / "x.db")
    with pytest.raises(Conflict):
        copy_database(tmp_path / "x.db", KEY, tmp_path / "copy.db")
    assert sorted(each.name for each in tmp_path.glob("*copy*")) == ["copy.db"]


def test_damage_is_found_by_the_check(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    damaged = bytearray(path.read_bytes())
    damaged[-2000] ^= 1
    path.write_bytes(damaged)
    db = Database(open_database(path, KEY))
    assert check_database(db)
    db.close()
    with pytest.raises(Unavailable):
        copy_database(path, KEY, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
