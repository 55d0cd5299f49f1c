"""Putting a backup back: what was there is kept, the log tells of it, and a rollback by another way fails (S6, T4, R16)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from msreg.config import Settings, load_settings
from msreg.errors import Busy, Conflict, MsregError, NotAllowed, NotFound, Refused, Unavailable
from msreg.services.access import whoami
from msreg.services.audit_proof import Proof, prove
from msreg.services.backups import back_up
from msreg.services.centres import add_centre
from msreg.services.database import check_registry
from msreg.services.restoring import Prepared, Restored, preparing, put_back
from msreg.services.setup import found_registry, recover
from msreg.store import schema
from msreg.store.actor import Actor
from msreg.store.backup import Backup
from msreg.store.connect import Database, open_database
from msreg.store.copies import check_database
from msreg.store.keys import renew_recovery_key
from msreg.store.registry import Registry
from msreg.vocabulary import Role


def taken(registry: Registry, by: Actor) -> Backup:
    made = back_up(registry, by=by).made
    assert made is not None
    return made


def put(
    settings: Settings, backup: Backup | Path, *, to: Path | None = None, paper: str = ""
) -> tuple[Prepared, Restored]:
    path = backup if isinstance(backup, Path) else backup.path
    environ = settings.environ
    with preparing(settings, environ=environ, name=path, to=to, recovery_key=lambda: paper) as prepared:
        return prepared, put_back(prepared)


def codes(settings: Settings) -> list[str]:
    with Registry.open(settings) as registry, registry.light() as db:
        assert check_database(db) == []
        return [str(row[0]) for row in db.rows("SELECT code FROM centre ORDER BY code")]


def proof(settings: Settings) -> Proof:
    with Registry.open(settings) as registry, registry.light() as db:
        return prove(db, registry.keys, registry.uuid, settings.anchors_file)


def events(settings: Settings) -> list[str]:
    with Registry.open(settings) as registry, registry.light() as db:
        return [
            str(row[0])
            for row in db.rows("SELECT json_extract(body, '$.event') FROM audit_event ORDER BY seq")
        ]


@pytest.fixture
def backup(registry: Registry, desk: Actor) -> Backup:
    """A backup, after which a centre was added and the log marked."""
    made = taken(registry, desk)
    add_centre(registry, by=desk, code="ZZZ01", name="Later")
    taken(registry, desk)  # which marks the log
    return made


def test_a_round_trip(registry: Registry, desk: Actor, backup: Backup) -> None:
    """Backup, change, restore: the content of before, all checks pass, and the log and its proof tell of it."""
    settings = registry.settings
    assert "ZZZ01" in codes(settings)
    before = events(settings)
    prepared, done = put(settings, backup)
    assert prepared.present is not None
    assert (prepared.present.follows, prepared.present.seq) == (True, len(before) + 1)  # the look itself too
    assert codes(settings) == ["AMS01", "UTR01"]
    assert events(settings) == [*before[: backup.seq], "db.restore"]
    assert done.seq == backup.seq + 1
    assert check_registry(registry, by=desk).ok
    found = proof(settings)
    assert found.ok
    (told,) = found.verdict.restores
    assert (told.seq, told.kept_seq, told.head_seq) == (done.seq, backup.seq, prepared.present.seq)
    assert found.verdict.given_up == 1
    assert found.verdict.anchor_seq == done.seq  # marked anew
    assert done.aside is not None
    aside = Database(open_database(done.aside, registry.keys.db_key))
    assert aside.one("SELECT count(*) FROM centre WHERE code = 'ZZZ01'") == (1,)
    aside.close()
    assert done.aside.stat().st_mode & 0o777 == 0o600
    left = {each.name for each in settings.database_file.parent.iterdir()} - {done.aside.name}
    assert left <= {"registry.db", "registry.db-wal", "registry.db-shm"}


def test_who_has_it_open_goes_on(registry: Registry, desk: Actor, backup: Backup) -> None:
    with registry.light() as db:
        assert db.one("SELECT count(*) FROM centre") == (3,)
        put(registry.settings, backup)
        assert db.one("SELECT count(*) FROM centre") == (2,)
    add_centre(registry, by=desk, code="NEW01", name="After")
    assert proof(registry.settings).ok


def test_twice_and_back_again(registry: Registry, desk: Actor, backup: Backup) -> None:
    """The same once more, then a later backup of the log that was given up, then the first: each is told."""
    settings = registry.settings
    later = taken(registry, desk)
    ways = ((backup, True), (backup, True), (later, False), (backup, True), (later, False))
    for each, follows in ways:
        prepared, _done = put(settings, each)
        assert prepared.present is not None
        assert prepared.present.follows is follows
        assert proof(settings).ok
        assert ("ZZZ01" in codes(settings)) is (each is later)
    add_centre(registry, by=desk, code="NEW01", name="After")
    own = taken(registry, desk)
    put(settings, own)
    assert len(proof(settings).verdict.restores) == 2  # in the log of `later`: its own, and that of `own`


def test_an_older_copy_put_back_by_hand_fails(registry: Registry, desk: Actor, backup: Backup) -> None:
    """T4: without the event of a restore the marks speak against it."""
    settings = registry.settings
    registry.close()
    for end in ("-wal", "-shm"):
        settings.database_file.with_name("registry.db" + end).unlink(missing_ok=True)
    shutil.copy(backup.path / "registry.db", settings.database_file)
    found = proof(settings)
    assert not found.ok
    assert found.verdict.first_bad == backup.seq + 1


def test_a_rollback_to_before_or_after_a_restore_fails(
    registry: Registry, desk: Actor, backup: Backup
) -> None:
    """A restore gives up what was marked before it, and nothing of later."""
    settings = registry.settings
    put(settings, backup)
    registry.close()
    kept = settings.database_file.read_bytes()
    with Registry.open(settings) as again:
        add_centre(again, by=desk, code="NEW01", name="After")
        taken(again, desk)  # marks it
    settings.database_file.write_bytes(kept)
    found = proof(settings)
    assert not found.ok
    assert found.verdict.first_bad == backup.seq + 2


def test_an_older_copy_of_the_marks_does_not_hide_it(registry: Registry, backup: Backup) -> None:
    """With the marks from before the restore the log holds, and tells that rows were given up."""
    settings = registry.settings
    marks = settings.anchors_file.read_bytes()
    put(settings, backup)
    settings.anchors_file.write_bytes(marks)
    found = proof(settings)
    assert found.ok
    assert (len(found.verdict.restores), found.verdict.given_up) == (1, 1)


# -- what is damaged or gone --------------------------------------------------------------------------


def damage(settings: Settings) -> None:
    content = bytearray(settings.database_file.read_bytes())
    content[len(content) // 2] ^= 1
    settings.database_file.write_bytes(content)


def shorten(settings: Settings) -> None:
    settings.database_file.write_bytes(settings.database_file.read_bytes()[:-5000])


def empty(settings: Settings) -> None:
    settings.database_file.write_bytes(b"")


def lose(settings: Settings) -> None:
    settings.database_file.unlink()


def lose_keys(settings: Settings) -> None:
    settings.keys_file.unlink()


def spoil_keys(settings: Settings) -> None:
    settings.keys_file.write_text("{}")


def lose_marks(settings: Settings) -> None:
    settings.anchors_file.unlink()


@pytest.mark.parametrize(
    "harm",
    [[damage], [shorten], [empty], [lose], [lose_keys], [spoil_keys], [lose, lose_keys], [damage, lose_marks],
     [lose, lose_keys, lose_marks]],
    ids=lambda each: "-".join(one.__name__ for one in each),
)  # fmt: skip
def test_whatever_is_lost_comes_back(
    registry: Registry, backup: Backup, harm: list[Callable[[Settings], None]]
) -> None:
    settings = registry.settings
    registry.close()
    with Registry.open(settings) as last, last.light() as db:
        db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    for each in harm:
        each(settings)
    old = settings.database_file.read_bytes() if settings.database_file.exists() else None
    prepared, done = put(settings, backup)
    assert done.opens
    assert codes(settings) == ["AMS01", "UTR01"]
    found = proof(settings)
    assert found.ok
    assert len(found.verdict.restores) == 1
    if prepared.present is None and old is not None:
        assert done.aside is not None
        assert done.aside.read_bytes() == old
    if spoil_keys in harm:
        assert any(each.name.startswith("keys.json.before") for each in settings.home.iterdir())


def test_a_damaged_one_that_is_in_use_is_left_alone(registry: Registry, backup: Backup) -> None:
    settings = registry.settings
    registry.close()
    script = (
        "import sys, pathlib; from msreg.store.connect import open_database\n"
        f"db = open_database(pathlib.Path({str(settings.database_file)!r}), bytes.fromhex({registry.keys.db_key.hex()!r}))\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdin is not None
    other.stdout.readline()
    damage(settings)
    before = settings.database_file.read_bytes()
    with pytest.raises(Conflict, match="open"):
        put(settings, backup)
    assert settings.database_file.read_bytes() == before
    other.stdin.close()
    other.wait()
    other.stdout.close()
    put(settings, backup)
    assert codes(settings) == ["AMS01", "UTR01"]


@pytest.mark.parametrize("harm", [empty, lose])
def test_changes_that_wait_beside_it_do_not_get_into_the_restored_one(
    registry: Registry, backup: Backup, harm: Callable[[Settings], None]
) -> None:
    """Somebody was killed: what was to go into the old file goes with it."""
    settings = registry.settings
    registry.close()
    script = (
        "import os, pathlib; from msreg.store.connect import open_database\n"
        f"db = open_database(pathlib.Path({str(settings.database_file)!r}), bytes.fromhex({registry.keys.db_key.hex()!r}))\n"
        "db.execute(\"UPDATE centre SET name = 'x', code = 'OLD' || code\")\n"
        "os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    content = settings.database_file.with_name("registry.db-wal").read_bytes()
    assert content
    harm(settings)
    put(settings, backup)
    assert codes(settings) == ["AMS01", "UTR01"]
    (waiting,) = settings.database_file.parent.glob("registry.db.before-restore-*-wal")
    assert waiting.read_bytes() == content


# -- elsewhere ----------------------------------------------------------------------------------------


def test_another_machine_with_nothing_but_the_backup_and_the_paper(
    registry: Registry, backup: Backup, tmp_path: Path
) -> None:
    """R16: the recovery key opens it, and then a key of that machine."""
    paper = renew_recovery_key(registry.settings, registry.keys)
    fresh = taken(registry, whoami(registry, registry.settings.environ))  # with the new slot
    there = tmp_path / "there"
    there.mkdir()
    shutil.copytree(fresh.path, there / "copy")
    environ = {"MSREG_HOME": str(there / "home"), "MSREG_KEY_FILE": str(there / "kek")}
    settings = load_settings(environ)
    with pytest.raises(Unavailable):
        put(settings, there / "copy")
    assert not settings.database_file.exists()
    _prepared, done = put(settings, there / "copy", paper=paper)
    assert not done.opens
    recover(settings, environ=environ, recovery_key=paper)
    assert "ZZZ01" in codes(settings)
    assert proof(settings).ok


def test_into_an_empty_folder(registry: Registry, desk: Actor, backup: Backup, tmp_path: Path) -> None:
    settings = registry.settings
    before = codes(settings)
    with pytest.raises(Conflict, match="empty"):
        put(settings, backup, to=settings.home)
    with pytest.raises(NotFound):
        put(settings, backup, to=tmp_path / "no" / "tried")
    (tmp_path / "tried").mkdir()
    _prepared, done = put(settings, backup, to=tmp_path / "tried")
    tried = load_settings({**settings.environ, "MSREG_HOME": str(tmp_path / "tried")})
    assert codes(tried) == ["AMS01", "UTR01"]
    assert proof(tried).ok
    assert done.aside is None
    assert (codes(settings), events(settings)[-1]) == (before, "db.restore")  # it is logged here too
    assert proof(settings).verdict.restores == ()
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".")]


def test_a_backup_of_another_registry(registry: Registry, backup: Backup, tmp_path: Path) -> None:
    environ = {"MSREG_HOME": str(tmp_path / "other"), "MSREG_KEY_FILE": str(tmp_path / "kek")}
    settings = load_settings(environ)
    found_registry(settings, environ=environ, made_up=True)
    before = settings.database_file.read_bytes()
    with pytest.raises((Refused, Conflict)):
        put(settings, backup)
    assert settings.database_file.read_bytes() == before
    put(settings, backup, to=tmp_path / "tried")
    assert codes(load_settings({**environ, "MSREG_HOME": str(tmp_path / "tried")})) == ["AMS01", "UTR01"]


# -- refused ------------------------------------------------------------------------------------------


def state(settings: Settings) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in settings.home.rglob("*") if each.is_file()}


@pytest.mark.parametrize("name", ["registry.db", "keys.json", "anchors.jsonl", "manifest.json"])
@pytest.mark.parametrize("cut", [False, True])
def test_what_was_tampered_with_is_not_put_back(
    registry: Registry, backup: Backup, name: str, cut: bool
) -> None:
    settings, path = registry.settings, backup.path / name
    content = bytearray(path.read_bytes())
    if cut:
        del content[-20:]
    else:
        content[len(content) // 2] ^= 1
    path.write_bytes(content)
    registry.close()
    before = state(settings)
    with pytest.raises(MsregError) as told:
        put(settings, backup)
    assert isinstance(told.value, Refused)
    assert state(settings) == before


def test_a_look_that_goes_no_further_changes_nothing(registry: Registry, backup: Backup) -> None:
    settings = registry.settings
    before, rows = codes(settings), events(settings)
    with preparing(
        settings, environ=settings.environ, name=Path(backup.name), to=None, recovery_key=str
    ) as prepared:
        assert prepared.marked is not None
    assert (codes(settings), events(settings)) == (before, [*rows, "db.restore"])
    assert proof(settings).verdict.restores == ()


def test_whoever_writes_while_it_is_asked(registry: Registry, desk: Actor, backup: Backup) -> None:
    settings = registry.settings
    with preparing(
        settings, environ=settings.environ, name=backup.path, to=None, recovery_key=str
    ) as prepared:
        add_centre(registry, by=desk, code="NEW01", name="Meanwhile")
        with pytest.raises(Busy):
            put_back(prepared)
    assert "NEW01" in codes(settings)
    assert proof(settings).ok
    assert not list(settings.database_file.parent.glob("*before-restore*"))


def test_only_who_looks_after_the_registry(registry: Registry, backup: Backup) -> None:
    settings = registry.settings
    with registry.light() as db:
        db.execute("UPDATE operator SET role = ?", (Role.JOB.value,))
    with pytest.raises(NotAllowed):
        put(settings, backup)
    assert "ZZZ01" in codes(settings)


def test_a_job_of_a_damaged_registry_may_not_either(registry: Registry, desk: Actor) -> None:
    """Where nobody can be asked, the copy says who may."""
    settings = registry.settings
    with registry.light() as db:
        db.execute("UPDATE operator SET role = ?", (Role.JOB.value,))
    made = taken(registry, replace(desk, role=Role.JOB))
    registry.close()
    lose(settings)
    with pytest.raises(NotAllowed):
        put(settings, made)
    assert not settings.database_file.exists()


def _version(registry: Registry, version: str) -> None:
    with registry.light() as db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (version,))


def test_a_backup_of_a_newer_program(registry: Registry, desk: Actor) -> None:
    _version(registry, "9999")
    made = taken(registry, desk)
    with pytest.raises(Conflict, match="newer"):
        put(registry.settings, made)


def test_a_backup_of_an_older_program_is_to_be_upgraded(registry: Registry, desk: Actor) -> None:
    _version(registry, schema.HISTORY[-2])
    made = taken(registry, desk)
    _version(registry, schema.HEAD)
    put(registry.settings, made)
    with pytest.raises(Conflict) as told:
        Registry.open(registry.settings)
    assert "db upgrade" in str(told.value.hint)
