"""Many at once: two loads of the same file are as one, and who looks meanwhile sees nobody or everybody (C9, R1)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import environment
from tests.crash.forked import TODAY
from tests.crash.states import RECORDS, State, sound

PIPES = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}

# The file is made by a process that is forked: the threads of others do not matter to it.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def start(folder: Path, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "msreg", *map(str, words), "--today", TODAY.isoformat()],
        env=environment(folder), cwd=folder, text=True, **PIPES,
    )  # type: ignore[call-overload]  # fmt: skip


def load(folder: Path, batch: Path) -> subprocess.Popen[str]:
    return start(folder, "imports", "run", batch, "--yes", "--json")


def records(state: State) -> list[int]:
    return [state.counts[each] for each in RECORDS]


def test_two_loads_at_once_are_as_one(fresh: Path, batch: Path, whole: State) -> None:
    both = [load(fresh, batch) for _ in range(2)]
    with ThreadPoolExecutor(2) as readers:
        told = list(readers.map(lambda each: each.communicate(timeout=120), both))
    codes = sorted(each.returncode for each in both)
    assert codes in ([0, 0], [0, 8]), told
    added = [json.loads(out)["summary"]["added"] for out, _ in told if out]
    assert sorted(added) == ([0, sum(records(whole))] if codes == [0, 0] else [sum(records(whole))])
    found = sound(fresh)
    assert found.answers == whole.answers
    assert records(found) == records(whole)
    assert found.events.count("imports.run") == codes.count(0)


def listing(folder: Path, until: Future[tuple[str, str]]) -> Iterator[tuple[int, str, str]]:
    while not until.done():
        with start(folder, "patients", "list", "--json") as running:
            out, err = running.communicate(timeout=60)
            yield running.returncode, out, err


def test_eight_people_look_while_one_loads(fresh: Path, batch: Path, whole: State) -> None:
    """They see nobody or everybody, and each look is in the log."""
    loading = load(fresh, batch)
    with ThreadPoolExecutor(9) as people:
        loaded = people.submit(loading.communicate, timeout=120)  # its answer is longer than a pipe holds
        looks = [
            look for each in people.map(lambda _: list(listing(fresh, loaded)), range(8)) for look in each
        ]
    out, err = loaded.result()
    assert loading.returncode == 0, err
    assert json.loads(out)["summary"]["added"] == sum(records(whole))
    assert looks
    assert {code for code, _, _ in looks} <= {0, 8}, looks
    shown = {len(json.loads(text)) for code, text, _ in looks if code == 0}
    assert shown <= {0, 50}
    found = sound(fresh)
    assert found.answers == whole.answers
    assert records(found) == records(whole)
    assert found.events.count("patients.list") == sum(code == 0 for code, _, _ in looks)
