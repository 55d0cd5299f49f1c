"""A load of 10,000 rows is all or nothing at whatever moment its process is killed (SPEC C9, B3; security R1).

Each kill is a real one, of a process that is the program itself. After each the registry opens, its file is
whole, its log holds with its marks, and it holds to the last byte what it held before, or all of the load.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.conftest import ROOT, environment
from tests.crash.forked import TODAY
from tests.crash.killing import Ground, copied, kill_at, moments
from tests.crash.states import sound

# The child works on files of its own and leaves without clean-up: the threads of others do not matter.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

PARTS = 4  # so that two workers share them
ANYWHERE, IN_COMMIT = 38, 12  # of each part: 200 moments together


@pytest.mark.parametrize("part", range(PARTS))
def test_r1_killed_at_random_moments_it_is_all_or_nothing(part: int, loading: Ground, tmp_path: Path) -> None:
    when = moments(loading, Random(f"kill {part}"), anywhere=ANYWHERE, in_commit=IN_COMMIT)
    left = kill_at(loading, when, tmp_path)
    assert len(left) == ANYWHERE + IN_COMMIT
    # The moments lay where they were meant to lie: before the commit, in it, after it.
    assert sum(each.killed for each in left) >= 30
    assert sum(not each.done for each in left) >= 20
    assert sum(each.torn for each in left) >= 2
    assert sum(each.done and each.killed for each in left) >= 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_r1_killed_as_a_command_that_a_shell_started(
    kind: str, loading: Ground, large: Path, tmp_path: Path
) -> None:
    """The whole way: an interpreter that starts, and for a workbook the process that parses it."""
    file = large
    if kind == "xlsx":
        from benchmarks.batch import write_xlsx

        file = tmp_path / "batch.xlsx"
        write_xlsx(file, 400, 24, TODAY)
    folder = copied(loading.folder, tmp_path / "killed")
    words = [sys.executable, "-m", "msreg", "imports", "run", str(file), "--yes", "--json"]
    for part in (0.1, 0.3, 0.5, 0.7, 0.9, 20.0):
        running = subprocess.Popen(
            [*words, "--today", TODAY.isoformat()], env=environment(folder), cwd=ROOT,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        limit = time.monotonic() + part * (loading.seconds + 0.5)
        while time.monotonic() < limit and running.poll() is None:
            time.sleep(0.005)
        running.send_signal(signal.SIGKILL)
        code = running.wait(60)
        found = sound(folder)
        if found.exact == loading.before.exact:
            assert code == -signal.SIGKILL
        else:
            assert found.answers == loading.after.answers
            assert found.counts == loading.after.counts
            break
    assert found.answers == loading.after.answers
    assert not [each for each in os.listdir(tmp_path) if each.startswith(".")]
