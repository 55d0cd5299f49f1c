"""Backup and restore, killed at any moment or on a full disk: the old state or the new one, never neither (R4, R17)."""

from __future__ import annotations

import importlib
import json
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from signal import SIGKILL

import pytest

from msreg.config import Settings, load_settings
from msreg.errors import MsregError
from msreg.services import access
from msreg.services.audit_proof import prove
from msreg.services.backups import back_up, list_backups
from msreg.services.centres import add_centre
from msreg.store.copies import check_database
from msreg.store.registry import Registry
from tests.conftest import environment
from tests.crash.forked import Running, run
from tests.crash.killing import copied
from tests.crash.small_disk import run_on_small_disk

# The child works on files of its own and leaves without clean-up: the threads of others do not matter.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

KILLS = 20
NAME = "msreg-made"
LOADED = (
    "commands.db commands.db_backup screen.backups services.backups services.restoring store.backup_making"
    " store.restore store.restores services.audit_proof"
)
Moment = Callable[[Running], None]


@pytest.fixture(scope="module")
def ground(people: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with a backup, and a centre that came after it."""
    for name in LOADED.split():
        importlib.import_module(f"msreg.{name}")
    folder = copied(people, tmp_path_factory.mktemp("backup") / "copy")
    with Registry.open(settings_of(folder)) as registry:
        by = access.whoami(registry, registry.settings.environ)
        made = back_up(registry, by=by).made
        assert made is not None
        made.path.rename(made.path.with_name(NAME))
        add_centre(registry, by=by, code="ZZZ01", name="Later")
    return folder


def settings_of(folder: Path) -> Settings:
    return load_settings(environment(folder))


def has_later(folder: Path) -> bool:
    """Whether the registry is the one after the backup; it opens, is whole, and its log and marks hold."""
    with Registry.open(settings_of(folder)) as registry, registry.light() as db:
        assert check_database(db) == []
        found = prove(db, registry.keys, registry.uuid, registry.settings.anchors_file)
        assert found.ok, found
        later = db.one("SELECT count(*) FROM centre WHERE code = 'ZZZ01'") == (1,)
        assert len(found.verdict.restores) == (not later)
        return later


def all_sound(folder: Path) -> list[str]:
    found = list_backups(settings_of(folder))
    assert all(each.fault is None for each in found)
    return [each.path.name for each in found]


def moments(life: float, chance: Random, seen: Iterable[Callable[[], bool]]) -> list[Moment]:
    """Half of them all over the life of the call, the others close behind each thing that it does."""

    def after(seconds: float) -> Moment:
        return lambda running: time.sleep(max(0.0, seconds - running.age()))

    def once(happened: Callable[[], bool], more: float) -> Moment:
        def wait(running: Running) -> None:
            running.until(happened)
            time.sleep(more)

        return wait

    half = KILLS // 2
    close = [once(each, more) for each in seen for more in (0.0, 0.001, 0.003, 0.006)]
    spread = [
        after(1.05 * life * (each + chance.random()) / half) for each in range(max(half, KILLS - len(close)))
    ]
    return [*spread, *close[: KILLS - len(spread)]]


def killed_at(folder: Path, moment: Moment, *words: object) -> bool:
    running = Running(folder, *words)
    moment(running)
    running.send(SIGKILL)
    ended = running.end()
    assert ended.killed or ended.code == 0, ended
    return ended.killed


def test_r17_a_killed_backup_is_there_whole_or_not_at_all(ground: Path, tmp_path: Path) -> None:
    life = run(copied(ground, tmp_path / "whole"), "db", "backup").seconds
    folder = copied(ground, tmp_path / "copy")
    place = folder / "home" / "backups"
    killed, before = 0, 1

    def begun() -> bool:
        return any(each.name.endswith(".new") for each in place.iterdir())

    def written() -> bool:
        return any(place.glob(".*/manifest.json"))

    def named() -> bool:
        return len(list(place.glob("msreg-*"))) > before

    for moment in moments(life, Random("backup"), [begun, written, named]):
        killed += killed_at(folder, moment, "db", "backup")
        assert has_later(folder)
        names = all_sound(folder)
        assert len(names) - before in (0, 1)
        before = len(names)
    assert killed >= KILLS // 2
    assert run(folder, "db", "backup", "--keep", 2).code == 0
    assert len(all_sound(folder)) == 2
    assert not [each for each in place.iterdir() if each.name.startswith(".")]


@pytest.mark.parametrize("damaged", [False, True])
def test_a_killed_restore_leaves_the_one_or_the_other(damaged: bool, ground: Path, tmp_path: Path) -> None:
    start = copied(ground, tmp_path / "start")
    database = start / "home" / "data" / "registry.db"
    if damaged:
        content = bytearray(database.read_bytes())
        content[len(content) // 2] ^= 1
        database.write_bytes(content)
    words = ("db", "restore", NAME, "--yes")
    whole = run(copied(start, tmp_path / "whole"), *words)
    assert whole.code == 0, whole
    folder = tmp_path / "copy"
    data = folder / "home" / "data"
    found = []

    def laid_out() -> bool:
        return (data / ".restoring" / "data" / "registry.db").exists()

    def aside() -> bool:
        return any(data.glob("registry.db.before-restore-*"))

    for moment in moments(whole.seconds, Random("restore"), [laid_out, aside]):
        if not folder.exists() or found[-1:] != ["before"]:
            copied(start, folder)
        killed = killed_at(folder, moment, *words)
        assert (data / "registry.db").exists()
        found.append(after(folder, data, damaged=damaged))
        assert killed or found[-1] == "restored"
    assert run(folder, *words).code == 0
    assert not has_later(folder)
    assert not [each for each in data.iterdir() if each.name.startswith(".")]
    assert {"before", "restored"} == set(found)


def after(folder: Path, data: Path, *, damaged: bool) -> str:
    """Which of the two the registry is."""
    try:
        later = has_later(folder)
    except (MsregError, AssertionError):
        # Where it was damaged it still is: the same file, and nothing of another one beside it.
        assert damaged
        with Registry.open(settings_of(folder)) as registry, registry.light() as db:
            assert check_database(db) != []
        return "before"
    assert not (damaged and later)
    return "before" if later else "restored"


@pytest.mark.parametrize("pages", [0, 1, 5, 40, 120, 4000])
def test_r4_a_full_disk_is_told_and_nothing_is_lost(pages: int, ground: Path, tmp_path: Path) -> None:
    folder = copied(ground, tmp_path / "copy")
    disk = folder / "disk"
    disk.mkdir()
    ended = run_on_small_disk(disk, pages * 4096, folder, "db", "backup", "--to", disk, "--json")
    assert ended.code == (0 if pages == 4000 else 9), ended
    if ended.code:
        assert json.loads(ended.err)["error"]["code"] == "unavailable"
        assert list(disk.iterdir()) == []
    assert has_later(folder)
    shutil.rmtree(disk)
    disk.mkdir()
    home = folder / "home"
    ended = run_on_small_disk(home, pages * 4096, folder, "db", "restore", NAME, "--yes", "--json")
    assert ended.code == (0 if pages == 4000 else 9), ended
    assert has_later(folder) is (ended.code == 9)
    left = {each.name for each in (home / "data").iterdir()}
    assert ended.code == 0 or left <= {"registry.db", "registry.db-wal", "registry.db-shm"}
