"""Whole processes, timed from outside, in turns: ours, the peer, ours, the peer."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

WARM_UP = 3
"""Pairs before the first that counts: files get into the cache, and the mark of the day is made."""
_ROWS, _COLUMNS = 50, 160

Measure = Callable[[], float]
"""Does the work of one side once and gives what was measured: seconds, or megabytes."""


class Failed(RuntimeError):
    """A measured process did not do its work, so that its time says nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """A process to time: its words, its variables, and whether it stands on a terminal."""

    words: Sequence[str]
    environ: Mapping[str, str]
    terminal: bool = False

    def output(self) -> bytes:
        """Run once and give what it wrote on standard output. Raises `Failed` when it does not end well."""
        return _on_terminal(self) if self.terminal else _on_pipe(self)

    def seconds(self) -> float:
        """Run once; from before the start until after the end."""
        started = time.perf_counter()
        self.output()
        return time.perf_counter() - started


def in_turns(ours: Measure, peer: Measure, runs: int, *, warm_up: int = WARM_UP) -> list[tuple[float, float]]:
    """Figures of `runs` pairs (ours, the peer's), after the warm-up. Which goes first alternates."""
    pairs = []
    for number in range(-warm_up, runs):
        if number % 2:
            other = peer()
            pair = (ours(), other)
        else:
            pair = (ours(), peer())
        if number >= 0:
            pairs.append(pair)
    return pairs


def _on_pipe(call: Call) -> bytes:
    done = subprocess.run(
        call.words, env=dict(call.environ), stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        raise Failed(
            f"{' '.join(call.words)} ended with {done.returncode}: {_end(done.stdout + done.stderr)}"
        )
    return done.stdout


def _on_terminal(call: Call) -> bytes:
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        process = subprocess.Popen(
            call.words, env=dict(call.environ), stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        written = b"".join(iter(lambda: _read(ours), b""))
        if process.wait():
            raise Failed(f"{' '.join(call.words)} ended with {process.returncode}: {_end(written)}")
    finally:
        os.close(ours)
    return written


def _end(said: bytes) -> str:
    return said.decode(errors="replace")[-500:]


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65_536)
    except OSError:  # how Linux tells that nobody writes on a terminal any more
        return b""
