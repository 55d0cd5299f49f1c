"""A killed program leaves a folder with patients' data behind: the next one clears it, and no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from msreg.formats.leftovers import working_folder

ROOT = str(Path(__file__).parents[3])
WORK = """
import sys, time
from pathlib import Path
from msreg.formats.leftovers import working_folder
with working_folder(Path(sys.argv[1])) as folder:
    (folder / "made").write_text("patients")
    print(folder, flush=True)
    time.sleep(60)
"""


@contextmanager
def somebody(path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another program that works on the same place."""
    with subprocess.Popen(
        [sys.executable, "-c", WORK, str(path)], env={"PYTHONPATH": ROOT}, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        try:
            yield other, Path(other.stdout.readline().strip())
        finally:
            other.kill()


def test_a_folder_is_private_and_gone_at_the_end(tmp_path: Path, no_umask: None) -> None:
    with working_folder(tmp_path / "a.xlsx") as folder:
        assert folder.parent == tmp_path
        assert folder.name.startswith(".a.xlsx.")
        assert folder.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_one_left_is_cleared_by_the_next_of_the_same_place(tmp_path: Path) -> None:
    with somebody(tmp_path / "a.xlsx") as (other, left):
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert (left / "made").read_text() == "patients"
        with working_folder(tmp_path / "b.xlsx"):
            assert left.exists()
        with working_folder(tmp_path / "a.xlsx") as mine:
            assert list(tmp_path.iterdir()) == [mine]


def test_who_is_still_at_work_is_left_alone(tmp_path: Path) -> None:
    with somebody(tmp_path / "a.xlsx") as (other, folder):
        with working_folder(tmp_path / "a.xlsx"):
            assert (folder / "made").exists()
        assert (folder / "made").exists()
        assert other.poll() is None


def test_what_is_not_such_a_folder_stays(tmp_path: Path) -> None:
    mine = tmp_path / ".a.xlsx.abcdefgh"
    mine.mkdir()
    (mine / "thesis").write_text("mine")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lock").touch()
    (tmp_path / ".a.xlsx.12345678").symlink_to(elsewhere)
    longer = tmp_path / ".a.xlsx.abcdefghi"
    longer.mkdir()
    (longer / "lock").touch()
    before = sorted(tmp_path.rglob("*"))
    with working_folder(tmp_path / "a.xlsx"):
        pass
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_of_somebody_else_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = tmp_path / ".a.xlsx.abcdefgh"
    left.mkdir()
    (left / "lock").touch()
    own = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: own + 1)
    with working_folder(tmp_path / "a.xlsx"):
        assert left.exists()
    monkeypatch.undo()
    with working_folder(tmp_path / "a.xlsx"):
        assert not left.exists()
