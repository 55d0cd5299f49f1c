"""Making backups: checked, whole or not there, the newest kept; what was tampered with is told (S6, R14, R15, S8)."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from msreg.config import load_settings
from msreg.config.settings import Backups
from msreg.errors import Busy, MsregError, NotAllowed, NotFound, Refused, Unavailable
from msreg.services.backups import back_up, find, list_backups, newest
from msreg.services.centres import add_centre
from msreg.services.health_backup import last_backup
from msreg.services.health_state import Health
from msreg.store import anchors
from msreg.store.actor import Actor
from msreg.store.audit_schema import TRIGGER_NAMES
from msreg.store.backup import MANIFEST, Backup, alone, check_files, copy_file, read_backup
from msreg.store.connect import Database, open_database, transaction
from msreg.store.copies import check_database, table_counts
from msreg.store.keys import public_key
from msreg.store.registry import Registry
from msreg.vocabulary import Role


@pytest.fixture
def made(registry: Registry, desk: Actor) -> Backup:
    return taken(registry, desk)


def taken(registry: Registry, by: Actor, **how: object) -> Backup:
    found = back_up(registry, by=by, **how).made  # type: ignore[arg-type]
    assert found is not None
    return found


def names(registry: Registry) -> list[str]:
    return [each.path.name for each in list_backups(registry.settings)]


def test_a_backup_is_the_registry_with_its_own_event_in_it(registry: Registry, made: Backup) -> None:
    assert made.registry == registry.uuid
    db = Database(open_database(made.path / "registry.db", registry.keys.db_key))
    with registry.light() as live:
        assert table_counts(db) == table_counts(live) == made.counts
        last = live.one("SELECT seq, mac, body FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert last is not None
    assert (made.seq, made.mac, json.loads(last[2])["event"]) == (last[0], last[1], "db.backup")
    assert check_database(db) == []
    db.close()
    marks = anchors.read_anchors(made.path / "anchors.jsonl", public_key(registry.keys))
    assert marks[-1].seq == made.seq  # a mark for each backup, and the copy has it


def test_s8_nobody_else_reads_a_backup(made: Backup) -> None:
    for path in (made.path.parent, made.path, *made.path.iterdir()):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert sorted(each.name for each in made.path.iterdir()) == [
        "anchors.jsonl", "keys.json", "manifest.json", "registry.db",
    ]  # fmt: skip
    assert [each.name for each in made.path.parent.iterdir()] == [made.name]


def test_a_dry_run_writes_nothing_and_tells_what_would_go(registry: Registry, desk: Actor) -> None:
    first = taken(registry, desk)
    taken(registry, desk)
    tried = back_up(registry, by=desk, keep=2, dry_run=True)
    assert (tried.made, tried.removed, tried.folder) == (None, (first.name,), first.path.parent)
    assert len(names(registry)) == 2


@pytest.mark.parametrize("keep", [1, 2, 3, 4])
def test_the_newest_are_kept(registry: Registry, desk: Actor, keep: int) -> None:
    before = [taken(registry, desk).name for _each in range(3)]
    done = back_up(registry, by=desk, keep=keep)
    assert done.made is not None
    wanted = [done.made.name, *reversed(before)]
    assert names(registry) == wanted[:keep]
    assert done.removed == tuple(wanted[keep:])


def test_what_is_not_a_backup_of_this_registry_is_left_alone(
    registry: Registry, desk: Actor, made: Backup, tmp_path: Path
) -> None:
    folder = made.path.parent
    broken = folder / "msreg-20200101T000000Z"
    shutil.copytree(made.path, broken)
    (broken / MANIFEST).write_text("{}")
    (folder / "letters").mkdir()
    (folder / "msreg-note").write_text("x")
    back_up(registry, by=desk, keep=1)
    left = {each.name for each in folder.iterdir()}
    assert {broken.name, "letters", "msreg-note"} < left
    assert made.name not in left


def test_the_one_just_made_stays_whatever_the_clock_said_before(registry: Registry, desk: Actor) -> None:
    late = registry.clock
    registry.clock = lambda: late() + timedelta(days=1)
    with registry.light() as db, transaction(db):
        for name in TRIGGER_NAMES:  # the log itself would refuse to go back
            db.execute(f"DROP TRIGGER {name}")
    ahead = taken(registry, desk)
    registry.clock = lambda: late() + timedelta(days=1) - timedelta(minutes=1)
    done = back_up(registry, by=desk, keep=1)
    assert done.made is not None
    assert done.made.at < ahead.at
    assert done.made.name in names(registry)


def test_the_setting_says_where_and_how_many(registry: Registry, desk: Actor, tmp_path: Path) -> None:
    registry.settings = replace(registry.settings, backup=Backups(tmp_path / "elsewhere", 1))
    first, second = taken(registry, desk), taken(registry, desk)
    assert [each.name for each in (tmp_path / "elsewhere").iterdir()] == [second.name]
    assert first.name != second.name
    assert find(registry.settings, Path(second.name)) == second.path == find(registry.settings, second.path)
    with pytest.raises(NotFound):
        find(registry.settings, Path(first.name))


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_place_that_is_no_folder(registry: Registry, desk: Actor, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unavailable) as told:
        back_up(registry, by=desk, to=tmp_path / place)
    assert "file" in told.value.text()


def test_two_at_once(registry: Registry, desk: Actor, made: Backup) -> None:
    with alone(made.path.parent), pytest.raises(Busy):
        back_up(registry, by=desk)
    assert names(registry) == [made.name]
    taken(registry, desk)


def test_what_a_killed_one_left_is_taken_away(registry: Registry, desk: Actor, made: Backup) -> None:
    for name in (".msreg-99.new", f".{made.name}.gone"):
        shutil.copytree(made.path, made.path.with_name(name))
    second = taken(registry, desk)
    assert {each.name for each in made.path.parent.iterdir()} == {made.name, second.name}


def test_a_log_that_does_not_hold_is_not_backed_up(registry: Registry, desk: Actor, made: Backup) -> None:
    """Else fourteen nights later there is no sound copy left."""
    with registry.light() as db, transaction(db):
        for name in TRIGGER_NAMES:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE audit_event SET body = replace(body, 'init', 'exit') WHERE seq = 1")
    with pytest.raises(Refused):
        back_up(registry, by=desk, keep=1)
    assert names(registry) == [made.name]
    assert [each.name for each in made.path.parent.iterdir()] == [made.name]


@pytest.mark.parametrize("role", [Role.JOB, Role.READER])
def test_a_job_may_and_a_reader_may_not(registry: Registry, desk: Actor, role: Role) -> None:
    by = replace(desk, role=role)
    if role is Role.JOB:
        taken(registry, by)
        return
    with pytest.raises(NotAllowed):
        back_up(registry, by=by)
    assert not registry.settings.backup_folder.exists()


def test_r14_each_backup_is_of_one_moment_while_others_write(registry: Registry, desk: Actor) -> None:
    """A writer that never rests: each copy is sound, with as many rows as its last row tells."""
    done = threading.Event()
    faults: list[BaseException] = []

    def write() -> None:
        try:
            with Registry.open(registry.settings) as own:
                for number in range(10_000):
                    if done.is_set():
                        return
                    add_centre(own, by=desk, code=f"T{number:04d}", name="Test")
        except BaseException as fault:
            faults.append(fault)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [taken(registry, desk, keep=99) for _each in range(8)]
    finally:
        done.set()
        writer.join()
    assert faults == []
    assert len({each.counts["centre"] for each in found}) > 3  # it did write meanwhile
    for each in found:
        assert each.counts["audit_event"] == each.seq
    assert all(each.fault is None for each in list_backups(registry.settings))


# -- tampering ------------------------------------------------------------------------------------


def refused(registry: Registry, made: Backup) -> bool:
    try:
        check_files(read_backup(made.path, public_key(registry.keys)))
    except (Refused, NotFound):
        return True
    return False


def test_r15_each_flipped_bit_and_each_cut_is_found(registry: Registry, made: Backup) -> None:
    assert not refused(registry, made)
    chance = Random(15)
    for path in sorted(made.path.iterdir()):
        content = path.read_bytes()
        for _each in range(40):
            place = chance.randrange(len(content))
            changed = bytearray(content)
            changed[place] ^= 1 << chance.randrange(8)
            if path.name == MANIFEST and json_or_none(bytes(changed)) == json.loads(content):
                continue  # a blank that became a tab: the same manifest
            path.write_bytes(changed)
            assert refused(registry, made), (path.name, place)
        for _each in range(10):
            path.write_bytes(content[: chance.randrange(len(content) - 2)])
            assert refused(registry, made), path.name
        path.unlink()
        assert refused(registry, made), path.name
        path.write_bytes(content)
    assert not refused(registry, made)


def test_a_file_that_changes_while_it_is_copied_is_refused(made: Backup, tmp_path: Path) -> None:
    path = made.path / "registry.db"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Refused):
        copy_file(made, "registry.db", tmp_path / "copy")


def json_or_none(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return None


def test_r15_two_pages_that_changed_places(registry: Registry, made: Backup) -> None:
    path, size = made.path / "registry.db", 4096
    content = path.read_bytes()
    pages = [content[each : each + size] for each in range(0, len(content), size)]
    pages[3], pages[7] = pages[7], pages[3]
    path.write_bytes(b"".join(pages))
    assert refused(registry, made)


def test_a_manifest_of_another_backup_does_not_vouch(registry: Registry, desk: Actor, made: Backup) -> None:
    other = taken(registry, desk)
    shutil.copy(other.path / MANIFEST, made.path / MANIFEST)
    assert refused(registry, made)
    (listed,) = (each for each in list_backups(registry.settings) if each.path == made.path)
    assert isinstance(listed.fault, Refused)


def test_a_manifest_that_somebody_wrote_over_is_not_signed(registry: Registry, made: Backup) -> None:
    told = json.loads((made.path / MANIFEST).read_text())
    told["counts"]["patient"] = 99
    (made.path / MANIFEST).write_text(json.dumps(told))
    with pytest.raises(Refused):
        read_backup(made.path, public_key(registry.keys))


def test_they_are_listed_without_the_registry(registry: Registry, made: Backup) -> None:
    registry.close()
    shutil.rmtree(registry.settings.database_file.parent)
    registry.settings.keys_file.unlink()
    (listed,) = list_backups(registry.settings)
    assert (listed.path, listed.fault) == (made.path, None)


# -- the doctor -----------------------------------------------------------------------------------


def looked(registry: Registry, hours: float) -> list[Health]:
    with registry.light() as db:
        at = newest(registry.settings) or registry.clock()
        return list(last_backup(registry.settings, db, at + timedelta(hours=hours)))


@pytest.fixture
def earnest(registry: Registry) -> Registry:
    """A registry of people who are not made up."""
    with registry.light() as db:
        db.execute("UPDATE meta SET value = '0' WHERE key = 'made_up'")
    return registry


def test_no_backup_is_worth_a_look_where_people_are_real(registry: Registry, earnest: Registry) -> None:
    (found,) = looked(earnest, 0)
    assert found.state == "yellow"
    with registry.light() as db:
        db.execute("UPDATE meta SET value = '1' WHERE key = 'made_up'")
    assert looked(registry, 0) == []


@pytest.mark.parametrize(
    ("hours", "state"), [(0, "green"), (26, "green"), (26.01, "yellow"), (400, "yellow")]
)
def test_a_backup_of_26_hours(registry: Registry, desk: Actor, hours: float, state: str) -> None:
    taken(registry, desk)
    (found,) = looked(registry, hours)
    assert found.state == state
    assert str(int(hours)) in found.text()


@pytest.mark.parametrize(("text", "wrong"), [("0", True), ("1", False), ("10001", True), ("veel", True)])
def test_how_many_are_kept_is_a_number(text: str, wrong: bool, tmp_path: Path) -> None:
    environ = {"MSREG_HOME": str(tmp_path), "MSREG_BACKUP_KEEP": text, "MSREG_BACKUP_FOLDER": "~/b"}
    if wrong:
        with pytest.raises(MsregError):
            load_settings(environ)
        return
    found = load_settings(environ)
    assert (found.backup.keep, found.backup_folder) == (1, Path("~/b").expanduser())
    assert load_settings({"MSREG_HOME": str(tmp_path)}).backup_folder == tmp_path / "backups"
