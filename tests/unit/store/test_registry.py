"""A registry is made whole or not at all, and opened or refused with one sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from sqlalchemy import text
from sqlmodel import select

from msreg.config import Settings
from msreg.errors import Conflict, MsregError, NotFound, Unavailable, Usage
from msreg.models.office import Meta
from msreg.store import migrate, schema
from msreg.store.connect import Database, open_database
from msreg.store.keys import load_with_recovery
from msreg.store.registry import Registry


def files(settings: Settings) -> dict[str, int]:
    return {
        str(each.relative_to(settings.home)): each.stat().st_mode & 0o777
        for each in sorted(settings.home.rglob("*"))
    }


def set_schema(settings: Settings, registry: Registry, version: str | None) -> None:
    db = Database(open_database(settings.database_file, registry.keys.db_key))
    if version is None:
        db.execute("DROP TABLE meta")
    else:
        db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (version,))
    db.close()


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_a_new_registry_has_private_files_only(settings: Settings, umask: int) -> None:
    before = os.umask(umask)
    try:
        Registry.create(settings)
    finally:
        os.umask(before)
    assert files(settings) == {"data": 0o700, "data/registry.db": 0o600, "keys.json": 0o600}
    assert settings.home.stat().st_mode & 0o777 == 0o700


def test_what_was_made_is_opened_again(settings: Settings) -> None:
    made, recovery = Registry.create(settings, made_up=True)
    with Registry.open(settings) as opened:
        assert (opened.uuid, opened.keys, opened.made_up) == (made.uuid, made.keys, True)
        assert opened.key_source == made.key_source
        with opened.light() as db:
            assert dict(db.rows("SELECT key, value FROM meta")) == {
                "registry": made.uuid,
                "made_up": "1",
                "schema": schema.HEAD,
            }
    assert load_with_recovery(settings, recovery) == made.keys


def test_a_real_registry_is_not_made_up(settings: Settings) -> None:
    Registry.create(settings)
    with Registry.open(settings) as opened:
        assert not opened.made_up


def test_each_light_use_has_its_own_connection(registry: Registry) -> None:
    with registry.light() as one, registry.light() as other:
        assert one is not other
    with registry.light() as again:
        assert again.one("SELECT 1") == (1,)


def test_a_kept_connection_serves_the_next_user_and_a_failed_look_keeps_none(registry: Registry) -> None:
    with registry.light(keep=True) as first:
        pass
    with registry.light() as again:
        assert again is first
    with registry.light() as another:
        assert another is not first
    with pytest.raises(LookupError), registry.light(keep=True) as failed:
        raise LookupError
    with pytest.raises(Exception, match="closed database"):
        failed.one("SELECT 1")


def test_a_session_reads_and_writes_through_the_models(registry: Registry) -> None:
    with registry.session() as session:
        session.add(Meta(key="x", value="y"))
        session.commit()
    with registry.session() as session:
        found = session.exec(select(Meta).where(Meta.key == "x")).one()
    assert found.value == "y"


def test_a_session_tells_a_lock_as_a_conflict_and_shows_no_parameter(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from msreg.store import connect

    monkeypatch.setattr(connect.open_database, "__kwdefaults__", {"create": False, "timeout": 0.05})
    with registry.light() as db:
        db.execute("BEGIN IMMEDIATE")
        with registry.session() as session, pytest.raises(Conflict):
            session.execute(text("SELECT 1"))
        # A reader that says so is not kept out.
        with registry.engine().connect().execution_options(readonly=True) as connection:
            assert connection.execute(text("SELECT count(*) FROM meta")).scalar() == 3
        db.execute("ROLLBACK")
    with registry.session() as session, pytest.raises(Exception) as told:
        session.execute(text("SELECT :bsn FROM nowhere"), {"bsn": "999900006"})
    assert "999900006" not in str(told.value)


def test_no_registry_is_not_found(settings: Settings) -> None:
    with pytest.raises(NotFound) as told:
        Registry.open(settings)
    assert str(settings.home) in str(told.value)
    assert told.value.hint_text() == "Make one with: msreg init"


def test_a_second_registry_in_its_place_is_refused(settings: Settings) -> None:
    made, _ = Registry.create(settings)
    before = {path: path.read_bytes() for path in settings.home.rglob("*") if path.is_file()}
    with pytest.raises(Conflict, match="already"):
        Registry.create(settings)
    assert {path: path.read_bytes() for path in settings.home.rglob("*") if path.is_file()} == before
    assert Registry.open(settings).uuid == made.uuid


def test_keys_without_their_database_are_kept(settings: Settings) -> None:
    """They still open the backups."""
    Registry.create(settings)
    settings.database_file.unlink()
    kept = settings.keys_file.read_bytes()
    with pytest.raises(Conflict, match="but no database"):
        Registry.create(settings)
    assert settings.keys_file.read_bytes() == kept


def test_what_a_broken_off_init_left_is_cleared(settings: Settings) -> None:
    Registry.create(settings)
    fresh = settings.database_file.with_name(".registry.db.new")
    settings.database_file.rename(fresh)
    fresh.with_name(fresh.name + "-wal").write_bytes(b"x")
    made, _ = Registry.create(settings)
    assert sorted(files(settings)) == ["data", "data/registry.db", "keys.json"]
    assert Registry.open(settings).uuid == made.uuid


def test_a_failing_creation_leaves_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "SCRIPTS", settings.home / "no-such-folder")
    with pytest.raises(Exception, match=r"[Pp]ath|script"):
        Registry.create(settings)
    assert sorted(files(settings)) == ["data"]
    monkeypatch.undo()
    Registry.create(settings)


def test_a_failing_creation_leaves_no_key_in_the_keyring(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Memory(KeyringBackend):
        priority = 1

        def __init__(self) -> None:
            super().__init__()
            self.kept: dict[str, str] = {}

        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[username] = password

        def get_password(self, service: str, username: str) -> str | None:
            return self.kept.get(username)

        def delete_password(self, service: str, username: str) -> None:
            del self.kept[username]

    Memory.__module__ = "keyring.backends.SecretService"
    before, memory = keyring.get_keyring(), Memory()
    keyring.set_keyring(memory)
    try:
        bare = replace(settings, environ={})
        monkeypatch.setattr(migrate, "SCRIPTS", settings.home / "no-such-folder")
        with pytest.raises(Exception, match=r"[Pp]ath|script"):
            Registry.create(bare)
        assert memory.kept == {}
        monkeypatch.undo()
        made, _ = Registry.create(bare)
        assert list(memory.kept) == [made.uuid]
        assert Registry.open(bare).key_source.name == "keyring"
    finally:
        keyring.set_keyring(before)


def test_two_at_once_make_one(settings: Settings) -> None:
    import fcntl

    settings.home.mkdir()
    handle = os.open(settings.home, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(Conflict, match="Somebody else is making"):
        Registry.create(settings)
    os.close(handle)
    Registry.create(settings)


@pytest.mark.parametrize(
    ("version", "hint"), [("9999", "newer msreg"), ("", "msreg db upgrade"), (None, "db upgrade")]
)
def test_a_database_of_another_version_is_refused(settings: Settings, version: str | None, hint: str) -> None:
    made, _ = Registry.create(settings)
    set_schema(settings, made, version)
    with pytest.raises(Conflict) as told:
        Registry.open(settings)
    assert told.value.exit_code == 8
    assert schema.HEAD in str(told.value)
    assert hint in (told.value.hint_text() or "")


@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        (lambda settings: settings.keys_file.unlink(), Unavailable),
        (lambda settings: settings.keys_file.write_text("{}"), Unavailable),
        (lambda settings: Path(settings.environ["MSREG_KEY_FILE"]).write_text("00" * 32), Unavailable),
        (lambda settings: Path(settings.environ["MSREG_KEY_FILE"]).chmod(0o644), Unavailable),
        (lambda settings: settings.database_file.write_bytes(b""), Unavailable),
        (lambda settings: settings.database_file.write_bytes(b"SQLite format 3\0" * 600), Unavailable),
        (lambda settings: settings.database_file.unlink(), NotFound),
    ],
)
def test_each_harm_is_one_sentence(
    settings: Settings, harm: Callable[[Settings], object], kind: type[MsregError]
) -> None:
    Registry.create(settings)
    harm(settings)
    with pytest.raises(kind) as told:
        Registry.open(settings)
    assert told.value.text().endswith(".")
    assert told.value.hint_text()


def test_without_a_place_for_the_key_nothing_is_made(settings: Settings) -> None:
    with pytest.raises(Usage):
        Registry.create(replace(settings, environ={}), key_store="env")
    assert not settings.home.exists()


def test_a_home_that_cannot_be_made_is_told(settings: Settings) -> None:
    settings.home.write_text("a file")
    with pytest.raises(Unavailable, match="cannot be written"):
        Registry.create(settings)


def test_no_core_file_may_hold_the_key(settings: Settings) -> None:
    """security.md 4.9: an opened registry leaves no core file behind when the program crashes."""
    import resource

    Registry.create(settings)[0].close()
    with Registry.open(settings):
        assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
