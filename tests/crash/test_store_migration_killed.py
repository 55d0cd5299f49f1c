"""R7: a migration killed after any of its statements leaves the old schema; the rerun reaches the new one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from msreg.store import migrate
from msreg.store.connect import Database, open_database
from msreg.store.engine import make_engine

# The child works on files of its own and leaves without clean-up: the threads of others do not matter.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

KEY = bytes(range(32))
RERUN = 8
"""After so many kills the rerun goes through, on a copy."""
SECOND = """
import sqlalchemy as sa
from alembic import op
revision = "next"
down_revision = "{head}"
def upgrade():
    op.create_table("more", sa.Column("id", sa.Integer, primary_key=True))
    op.create_index("ix_more", "more", ["id"])
    with op.batch_alter_table("centre") as batch:
        batch.add_column(sa.Column("opened_on", sa.Date))
        batch.create_index("ix_opened", ["opened_on"])
    op.execute("INSERT INTO more VALUES (1)")
"""


def state(path: Path) -> list[tuple[object, ...]]:
    db = Database(open_database(path, KEY))
    found = db.rows("SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    assert db.rows("PRAGMA quick_check") == [("ok",)]
    db.close()
    return found


def dies_at(path: Path, versions: Path, statement: int) -> bool:
    """Migrate in a process of its own that is gone, without any clean-up, at its Nth statement."""
    child = os.fork()
    if not child:
        try:
            engine = make_engine(path, KEY, migrating=True)
            seen = 0

            def count(*_: object) -> None:
                nonlocal seen
                seen += 1
                if seen > statement:
                    os._exit(9)

            event.listen(engine, "before_cursor_execute", count)
            migrate.apply(engine, versions=versions, facts={"registry": "r", "made_up": "1"})
            os._exit(0)
        except BaseException:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return status == 9


def every_kill(make: Callable[[int], Path], versions: Path, before: Callable[[Path], object]) -> int:
    """Kill at each statement in turn, over what the kill before it left; give how many there were.

    Each kill leaves what was there, so the next one starts where the first did; now and then the rerun goes through
    on a copy, and at the end it does.
    """
    fresh = make(10_000)
    assert not dies_at(fresh, versions, 10_000)
    wanted = state(fresh)
    path, kills = make(0), 0
    old = before(path)
    while dies_at(path, versions, kills):
        left = copied(path) if kills % RERUN == 0 else None
        assert before(path) == old
        if left is not None:
            assert not dies_at(left, versions, 10_000)
            assert state(left) == wanted
        kills += 1
    assert state(path) == wanted
    return kills


def copied(path: Path) -> Path:
    """The database with all that stands beside it, as the killed process left it."""
    for beside in ("", "-wal", "-shm"):
        if (one := path.with_name(path.name + beside)).exists():
            shutil.copyfile(one, path.with_name(f"left{path.name}{beside}"))
    return path.with_name(f"left{path.name}")


def test_making_the_first_tables(tmp_path: Path) -> None:
    def make(number: int) -> Path:
        path = tmp_path / f"{number}.db"
        open_database(path, KEY, create=True).close()
        return path

    def before(path: Path) -> object:
        return path.stat().st_size and state(path)

    kills = every_kill(make, migrate.SCRIPTS / "versions", before)
    assert kills > 30


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    folder = tmp_path / "versions"
    folder.mkdir()
    for each in (migrate.SCRIPTS / "versions").glob("*.py"):
        (folder / each.name).write_text(each.read_text())
    (folder / "next.py").write_text(SECOND.replace("{head}", migrate.head()))
    return folder


def test_changing_tables_that_hold_rows(tmp_path: Path, versions: Path) -> None:
    def make(number: int) -> Path:
        path = tmp_path / f"{number}.db"
        open_database(path, KEY, create=True).close()
        engine = make_engine(path, KEY, migrating=True)
        migrate.apply(engine, facts={"registry": "r"})
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO centre (id, created_at, updated_at, version, code, name, active)"
                " VALUES ('1', '2026-01-01', '2026-01-01', 1, 'HAGA', 'Haga', 1)"
            )
        return path

    def before(path: Path) -> object:
        return state(path)

    kills = every_kill(make, versions, before)
    assert kills > 10
    db = Database(open_database(tmp_path / "10000.db", KEY))
    assert db.rows("SELECT code, opened_on FROM centre") == [("HAGA", None)]
    db.close()
