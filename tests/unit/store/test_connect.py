"""Opening the database: one clear sentence and the right exit code for each thing that can be wrong."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from msreg.errors import Conflict, MsregError, NotFound, Unavailable
from msreg.store.connect import Database, open_database, transaction, translate_fault

KEY = bytes(range(32))
OTHER = bytes(32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "with space & 100%?" / "registry.db"
    path.parent.mkdir()
    db = Database(open_database(path, KEY, create=True))
    db.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)")
    db.execute("INSERT INTO note VALUES (1, 'first')")
    db.close()
    return path


def test_what_was_written_is_read_again(path: Path) -> None:
    db = Database(open_database(path, KEY))
    assert db.rows("SELECT * FROM note") == [(1, "first")]
    assert db.one("SELECT text FROM note WHERE id = ?", (2,)) is None
    db.executemany("INSERT INTO note VALUES (?, ?)", ((n, f"n{n}") for n in (2, 3)))
    assert [row[0] for row in db.execute("SELECT id FROM note ORDER BY id")] == [1, 2, 3]
    db.close()


def test_every_connection_follows_the_recipe(path: Path) -> None:
    db = Database(open_database(path, KEY))
    told = {
        name: (db.one(f"PRAGMA {name}") or (None,))[0]
        for name in (
            "journal_mode",
            "synchronous",
            "foreign_keys",
            "recursive_triggers",
            "trusted_schema",
            "secure_delete",
            "temp_store",
            "cell_size_check",
            "cache_size",
            "busy_timeout",
        )
    }
    db.close()
    assert told == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "secure_delete": 1,
        "temp_store": 2,
        "cell_size_check": 1,
        "cache_size": -65536,
        "busy_timeout": 10_000,
    }


def test_nothing_lies_on_the_disk_in_clear(path: Path) -> None:
    db = Database(open_database(path, KEY))
    db.execute("INSERT INTO note VALUES (2, 'canary-pauw')")
    files = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    db.close()
    assert set(files) == {"registry.db", "registry.db-wal", "registry.db-shm"}
    for content in files.values():
        assert b"canary" not in content
        assert b"CREATE TABLE" not in content


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_database_and_its_companions_are_private(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        db = Database(open_database(path, KEY))
        db.execute("INSERT INTO note VALUES (2, 'x')")
        modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
        db.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("registry.db", "registry.db-wal", "registry.db-shm"), 0o600)


def test_a_missing_file_is_not_found_and_not_made(path: Path) -> None:
    missing = path.with_name("other.db")
    with pytest.raises(NotFound) as told:
        open_database(missing, KEY)
    assert told.value.exit_code == 3
    assert str(missing) in str(told.value)
    assert told.value.hint_text() == "Make one with: msreg init"
    assert not missing.exists()


def test_creating_over_a_database_is_refused(path: Path) -> None:
    with pytest.raises(Conflict):
        open_database(path, KEY, create=True)
    assert Database(open_database(path, KEY)).one("SELECT count(*) FROM note") == (1,)


def test_a_wrong_key_is_one_sentence(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unavailable) as told:
        open_database(path, OTHER)
    assert told.value.exit_code == 9
    assert OTHER.hex() not in str(told.value)
    assert told.value.__cause__ is None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("what", ["plain database", "text", "empty", "folder"])
def test_something_else_than_a_registry_is_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path / "registry.db"
    if what == "plain database":
        plain = sqlite3.connect(path)
        plain.execute("CREATE TABLE note (id)")
        plain.close()
    elif what == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"hello\n" * 1000 if what == "text" else b"")
    with pytest.raises(Unavailable) as told:
        open_database(path, KEY)
    assert str(path) in str(told.value)


def test_a_damaged_page_is_told(path: Path) -> None:
    db = Database(open_database(path, KEY))
    with transaction(db):
        db.executemany("INSERT INTO note VALUES (?, ?)", ((n, "y" * 500 + str(n)) for n in range(10, 200)))
    db.close()
    content = bytearray(path.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 + 100] ^= 1
    path.write_bytes(content)
    with pytest.raises(Unavailable):
        Database(open_database(path, KEY)).rows("SELECT * FROM note")


@pytest.mark.parametrize("closed", ["folder", "file"])
def test_a_read_only_place_is_one_sentence(
    unprivileged: Callable[[Callable[[], str]], str], closed: str
) -> None:
    home = Path(tempfile.mkdtemp())
    if not os.geteuid():
        os.chown(home, 65534, 65534)

    def work() -> str:
        path = home / "registry.db"
        db = Database(open_database(path, KEY, create=True))
        db.execute("CREATE TABLE note (id)")
        db.close()
        (home if closed == "folder" else path).chmod(0o500 if closed == "folder" else 0o400)
        try:
            open_database(path, KEY)
        except Unavailable as told:
            return str(told)
        return "opened"

    told = unprivileged(work)
    home.chmod(0o700)
    shutil.rmtree(home)
    assert told.startswith("You may not write ")
    assert str(home) in told


def test_a_locked_database_is_busy(path: Path) -> None:
    first = Database(open_database(path, KEY))
    second = Database(open_database(path, KEY, timeout=0.05))
    with transaction(first), pytest.raises(Conflict) as told, transaction(second):
        pass
    assert told.value.exit_code == 8
    with transaction(second):
        second.execute("INSERT INTO note VALUES (2, 'later')")
    # Readers are not kept out by a writer.
    with transaction(first), transaction(second, write=False):
        assert second.one("SELECT count(*) FROM note") == (2,)
    first.close()
    second.close()


def test_a_database_that_somebody_keeps_to_himself_is_busy(path: Path) -> None:
    first = Database(open_database(path, KEY))
    first.execute("PRAGMA locking_mode=EXCLUSIVE")
    # An exclusive lock is taken for good when the journal is no WAL, as some repair tools leave it.
    first.execute("PRAGMA journal_mode=DELETE")
    first.execute("INSERT INTO note VALUES (2, 'x')")
    with pytest.raises(Conflict):
        open_database(path, KEY, timeout=0.05)
    first.close()
    Database(open_database(path, KEY)).close()


def test_a_key_of_another_length_is_a_mistake_of_the_program(path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        open_database(path, KEY[:31])


def test_a_file_that_went_away_between_two_looks_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "absolute", lambda self: self.with_name("gone.db"))
    with pytest.raises(Unavailable, match="may not write"):
        open_database(path, KEY)


def test_a_broken_off_transaction_leaves_nothing(path: Path) -> None:
    db = Database(open_database(path, KEY))

    def work() -> None:
        with transaction(db):
            db.execute("INSERT INTO note VALUES (2, 'half')")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert not db.in_transaction
    assert db.one("SELECT count(*) FROM note") == (1,)
    db.close()


def test_constraints_and_mistakes_in_sql_stay_what_they_are(path: Path) -> None:
    db = Database(open_database(path, KEY))
    with pytest.raises(dbapi2.IntegrityError) as broken:
        db.execute("INSERT INTO note VALUES (2, ?)", ("first",))
    told = translate_fault(broken.value)
    assert isinstance(told, Conflict)
    assert "note.text" in str(told)
    assert "first" not in str(told)
    with pytest.raises(dbapi2.OperationalError) as mistake:
        db.rows("SELECT nothing FROM nowhere")
    assert translate_fault(mistake.value).exit_code == 1
    db.close()


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("database is locked", dbapi2.OperationalError, 8),
        ("database table is locked: note", dbapi2.OperationalError, 8),
        ("disk I/O error", dbapi2.OperationalError, 9),
        ("database or disk is full", dbapi2.OperationalError, 9),
        ("attempt to write a readonly database", dbapi2.OperationalError, 9),
        ("unable to open database file", dbapi2.OperationalError, 9),
        ("database disk image is malformed", dbapi2.DatabaseError, 9),
        ("file is not a database", dbapi2.DatabaseError, 9),
        ("audit_event is append-only", dbapi2.IntegrityError, 8),
        ("CHECK constraint failed: 'Jansen' = name", dbapi2.IntegrityError, 8),
        ("no such column: Jansen", dbapi2.OperationalError, 1),
    ],
)
def test_each_fault_has_its_exit_code_and_tells_no_value(text: str, kind: type[Exception], code: int) -> None:
    told = translate_fault(kind(text))
    assert told.exit_code == code
    assert "Jansen" not in str(told)
    assert str(told).endswith(".")


def test_an_error_of_ours_passes_unchanged() -> None:
    ours = MsregError("x")
    assert translate_fault(ours) is ours


def test_a_full_disk_is_told_and_nothing_is_lost(path: Path) -> None:
    """R4, with the limit on the size of files that the system gives every process."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    failed = 0
    for room in range(0, 400_000, 20_000):
        db = Database(open_database(path, KEY))
        before = db.one("SELECT count(*) FROM note")
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        told = None
        try:
            with transaction(db):
                rows = ((None, f"{room}-{n}-" + "z" * 400) for n in range(500))
                db.executemany("INSERT INTO note VALUES (?, ?)", rows)
        except Unavailable as fault:
            told = str(fault)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        after = db.one("SELECT count(*) FROM note")
        db.close()
        if told is None:
            assert after == ((before or (0,))[0] + 500,)
        else:
            failed += 1
            assert "disk" in told
            assert after == before
        db = Database(open_database(path, KEY))
        assert db.rows("PRAGMA quick_check") == [("ok",)]
        db.close()
    assert failed > 5
