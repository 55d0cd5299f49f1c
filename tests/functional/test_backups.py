"""`db backup`, `db backups` and `db restore` as people and cron call them (S6, C2-C5)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from msreg.store.registry import Registry

Run = Callable[..., Any]


@pytest.fixture
def home_folder(registry: Registry) -> Path:
    return registry.settings.home


@pytest.fixture
def made(registry: Registry, quick: Run) -> str:
    """The name of a backup, after which a centre was added."""
    done = quick("db", "backup", "--json")
    assert done.code == 0, done.err
    assert quick("centres", "add", "ZZZ01", "--name", "Later").code == 0
    return str(json.loads(done.out)["backup"]["name"])


def test_unattended_it_says_nothing(registry: Registry, quick: Run, home_folder: Path) -> None:
    done = quick("db", "backup", "--no-input")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert len(list((home_folder / "backups").iterdir())) == 1


def test_what_a_program_reads(registry: Registry, quick: Run, made: str) -> None:
    done = quick("db", "backup", "--keep", "1", "--json")
    found = json.loads(done.out)
    assert found["removed"] == [made]
    assert found["backup"]["registry"] == registry.uuid
    assert found["backup"]["counts"]["centre"] == 3
    (listed,) = json.loads(quick("db", "backups", "--json").out)
    assert (listed["name"], listed["sound"], listed["seq"]) == (
        found["backup"]["name"], True, found["backup"]["seq"],
    )  # fmt: skip


def test_a_dry_run(quick: Run, made: str, home_folder: Path) -> None:
    done = quick("db", "backup", "--keep", "1", "--dry-run")
    assert done.code == 0
    assert f"Would be removed: {made}" in done.out
    assert str(home_folder / "backups") in done.out
    assert [each.name for each in (home_folder / "backups").iterdir()] == [made]


def test_one_that_is_not_sound_is_told(quick: Run, made: str, home_folder: Path) -> None:
    path = home_folder / "backups" / made / "registry.db"
    path.write_bytes(path.read_bytes()[:-1])
    for words in (("db", "backups"), ("db", "restore", made, "--dry-run")):
        done = quick(*words)
        assert done.code == 6
        assert "registry.db" in done.out + done.err


@pytest.mark.parametrize(
    ("words", "code"),
    [(("backup", "--keep", "0"), 2), (("backup", "--to", "kek"), 9), (("restore",), 2), (("restore", "none"), 3),
     (("restore", "home"), 3), (("restore", "BACKUP"), 2), (("restore", "BACKUP", "--yes", "--to", "home"), 8)],
)  # fmt: skip
def test_wrong_input(quick: Run, made: str, words: tuple[str, ...], code: int) -> None:
    done = quick("db", *(made if word == "BACKUP" else word for word in words))
    assert (done.code, done.out) == (code, "")
    assert done.err.count("\n") <= 3
    assert "ZZZ01" in quick("centres", "list").out


def test_a_restore_is_told_by_the_log_from_then_on(quick: Run, made: str) -> None:
    told = quick("db", "restore", made, "--dry-run")
    assert (told.code, "would be lost" in told.out, "Nothing was written." in told.out) == (0, True, True)
    done = quick("db", "restore", made, "--yes", "--json")
    found = json.loads(done.out)
    assert (done.code, found["opens"], Path(found["aside"]).exists()) == (0, True, True)
    assert "ZZZ01" not in quick("centres", "list").out
    assert quick("db", "check").code == 0
    proof = quick("audit", "verify")
    assert proof.code == 0
    assert "A backup was restored on" in proof.out
    (restore,) = json.loads(quick("audit", "verify", "--json").out)["restores"]
    assert restore["seq"] == found["seq"] == restore["from_seq"] + 1
    assert quick("doctor").code == 0


def test_without_a_registry_the_backups_are_still_there(
    quick: Run, registry: Registry, made: str, home_folder: Path
) -> None:
    registry.close()
    shutil.rmtree(home_folder / "data")
    assert quick("centres", "list").code == 3
    assert made in quick("db", "backups").out
    assert quick("db", "restore", made, "--yes").code == 0
    assert quick("doctor").code == 0


def test_the_recovery_key_on_standard_input(run: Run, registry: Registry, made: str, tmp_path: Path) -> None:
    registry.close()
    (tmp_path / "kek").unlink()
    done = run("db", "restore", made, "--yes", "--to", tmp_path / "there", stdin="wrong\n")
    assert (done.code, done.out) == (2, "")
    done = run("db", "restore", made, "--yes", "--to", tmp_path / "there")
    assert (done.code, done.out) == (9, "")
    assert not (tmp_path / "there").exists()
