"""Peaks of memory: the process with its children at one moment, and nothing of who started them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.jobs import Job
from benchmarks.memory import peak
from benchmarks.pairs import Call, Failed

# Pages that were written to: memory that is only asked for is not resident.
HOLD = "held = bytearray(b'1') * {size} * 2**20; import time; time.sleep(0.1)"
WITH_CHILD = f"import subprocess, sys; {HOLD}; subprocess.run([sys.executable, '-c', {HOLD!r}], check=True)"


def python(code: str, size: int = 0) -> Call:
    return Call([sys.executable, "-c", code.replace("{size}", str(size))], {})


def test_what_a_process_holds_is_its_peak() -> None:
    bare = peak(python("import time; time.sleep(0.1)"))
    assert 5 < bare < 40
    assert 95 < peak(python(HOLD, 100)) - bare < 110


def test_what_is_given_back_was_held() -> None:
    assert peak(python("held = bytearray(b'1') * 100 * 2**20; del held; import time; time.sleep(0.1)")) > 100


def test_children_count_beside_their_parent() -> None:
    alone = peak(python(HOLD, 60))
    assert 60 < peak(python(WITH_CHILD, 60)) - alone < 100


def test_a_child_that_is_only_starting_does_not_count_its_parent_twice() -> None:
    """Before it becomes a program of its own, a child shows the memory of its parent."""
    code = (
        "import subprocess; held = bytearray(b'1') * 100 * 2**20\n"
        "for _ in range(60): subprocess.run(['true'], check=True)"
    )
    assert peak(Call([sys.executable, "-c", code], {"PATH": "/usr/bin:/bin"})) < 160


def test_the_memory_of_who_measures_does_not_count() -> None:
    held = bytearray(b"1") * 200 * 2**20
    assert peak(python("import time; time.sleep(0.1)")) < 40
    assert len(held) == 200 * 2**20


def test_work_that_fails_has_no_peak() -> None:
    with pytest.raises(Failed, match="ended with 3: here is why"):
        peak(python("print('here is why'); raise SystemExit(3)"))


def test_a_job_is_made_ready_before_each_time_and_tells_seconds_in_all_and_the_highest_peak(
    tmp_path: Path,
) -> None:
    trace = tmp_path / "trace"
    note = "open({path!r}, 'a').write({word!r}); import time; time.sleep(0.1)"
    calls = tuple(
        python(note.format(path=str(trace), word=word) + f"; held = bytearray(b'1') * {size} * 2**20")
        for word, size in (("a", 1), ("b", 50))
    )
    job = Job(lambda: trace.write_text(trace.read_text() + "|" if trace.exists() else "|"), calls)
    assert job.seconds() > 0.2
    assert job.megabytes() > 50
    assert trace.read_text() == "|ab|ab"
