"""Ctrl-C during a load or an undo leaves nothing half done and says so in one line (SPEC C9, C4: exit 130)."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.conftest import ROOT, environment
from tests.crash.forked import TODAY, Running, run
from tests.crash.killing import Ground, copied, moments, pace
from tests.crash.states import sound

# The child works on files of its own and leaves without clean-up: the threads of others do not matter.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.mark.parametrize(("call", "anywhere", "in_commit"), [("loading", 14, 9), ("undoing", 9, 3)])
def test_c9_ctrl_c_leaves_nothing_half_done(
    call: str, anywhere: int, in_commit: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """All over its life. In the commit it may be too late, and then all of it is there."""
    ground: Ground = request.getfixturevalue(call)
    stopped = kept = 0
    life = ground.seconds
    folder = copied(ground.folder, tmp_path / "stopped")
    for moment in moments(ground, Random(f"Ctrl-C {call}"), anywhere=anywhere, in_commit=in_commit):
        running = Running(folder, *ground.words)
        moment(running, life)
        running.send(signal.SIGINT)
        ended = running.end()
        life = pace(ended, life)
        state = sound(folder, like=ground.before)
        done = state.exact != ground.before.exact
        if done:
            assert state.content == ground.after.content
            folder = copied(ground.folder, tmp_path / "stopped")
        assert ended.code == 130 or (ended.code == 0 and done), ended
        if ended.code == 130:
            stopped += 1
            kept += done
            assert ended.out == "" or done  # stopped behind its last line, it has told what it did
            # One sentence, or none when it was stopped before its first line ran.
            assert len(ended.err.splitlines()) == 1 or (not ended.err and not done)
            assert "Traceback" not in ended.err
    assert stopped - kept >= (anywhere + in_commit) // 3
    assert run(folder, *ground.words).code == 0
    assert sound(folder).content == ground.after.content


def test_c9_ctrl_c_of_a_command_that_a_shell_started(loading: Ground, large: Path, tmp_path: Path) -> None:
    """Early and in the middle; a call that was done before the signal came has done all of it."""
    folder = copied(loading.folder, tmp_path / "stopped")
    opened = folder / "home" / "data" / "registry.db-shm"
    words = [sys.executable, "-m", "msreg", "imports", "run", str(large), "--yes"]
    stopped = 0
    for part in (0.0, 0.1, 0.2, 0.3, 0.4):
        running = subprocess.Popen(
            [*words, "--today", TODAY.isoformat()], env=environment(folder), cwd=ROOT, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        while not opened.exists() and running.poll() is None:
            time.sleep(0.001)
        time.sleep(part * loading.seconds)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
        state = sound(folder, like=loading.before)
        if state.exact != loading.before.exact:
            assert running.returncode in (0, 130)
            assert state.content == loading.after.content
            folder = copied(loading.folder, tmp_path / "stopped")
            continue
        stopped += 1
        assert (running.returncode, out) == (130, ""), err
        assert len(err.splitlines()) == 1
    assert stopped >= 2
