"""How much memory a process takes, with the processes that it starts: looked up while it runs (Linux)."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.pairs import Call, Failed

EVERY = 0.005
"""Seconds between two looks."""

STARTING = 20
"""Looks at which a child that still has its parent's command line is passed over."""

_PROC = Path("/proc")


def peak(call: Call) -> float:
    """Run once; the most MB that the process and its children had resident at one moment.

    What all of them had at each look, or the highest mark of one of them (which the system keeps) when that
    is more. The peak that `wait` gives is of no use: it begins with what the starting process has, and of
    several children it tells the largest alone. Raises `Failed` when the work fails.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            call.words, env=dict(call.environ), stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        most, copies = 0, Counter[int]()
        while process.poll() is None:
            found = _tree(process.pid)
            starting = {pid for pid, above in found.items() if above and _words(pid) in (None, _words(above))}
            copies.update(starting)
            looks = [_look(pid) for pid in found if pid not in starting or copies[pid] > STARTING]
            most = max([most, sum(now for now, _ in looks), *(highest for _, highest in looks)])
            time.sleep(EVERY)
        if process.returncode:
            said.seek(0)
            raise Failed(
                f"{' '.join(call.words)} ended with {process.returncode}: {said.read().decode()[-500:]}"
            )
    if not most:
        raise Failed("the memory of a process cannot be looked up on this system")
    return most / 1024


def _tree(pid: int) -> dict[int, int]:
    """A process and all that descend from it and still run, each with the one that started it."""
    found, todo = {pid: 0}, [pid]
    for each in todo:
        try:
            for thread in (_PROC / str(each) / "task").iterdir():
                started = [int(child) for child in (thread / "children").read_text().split()]
                found |= dict.fromkeys(started, each)
                todo += started
        except OSError:  # it has ended since
            continue
    return found


def _words(pid: int) -> bytes | None:
    """The command line. A child has its parent's, and its parent's memory, until it becomes a program of its own."""
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes() or None
    except OSError:
        return None


def _look(pid: int) -> tuple[int, int]:
    """KB that a process has resident now, and the most that it ever had."""
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0, 0
    sizes = dict(line.split(":", 1) for line in lines)
    now, highest = (int(sizes.get(key, "0").split()[0]) for key in ("VmRSS", "VmHWM"))
    return now, highest
