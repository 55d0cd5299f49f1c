"""The overview over the full screen, F11: what somebody waits for must not grow with the registry."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.ground import Ground
from benchmarks.pairs import Failed, Measure
from benchmarks.starts import MANY, TEN
from benchmarks.target import Target
from msreg.clock import today
from msreg.config import load_settings
from msreg.services import access
from msreg.services.browsing import window
from msreg.services.naming import registry_number
from msreg.services.patients import Asked
from msreg.store.queries.overview import SORTS
from msreg.store.registry import Registry

_LINES, _COLUMNS = 24, 80
_ROOM = _LINES - 4  # rows of patients between title, header, note and keys
_PAGES = 20
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Growth(Target):
    """The same look at a registry of a million patients and at one of ten thousand."""

    look: Callable[[Ground], float]

    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        """The seconds of each."""
        many, ten = ground.of(MANY), ground.of(TEN)
        for each in (many, ten):
            assert each.incomplete_patient  # makes it
        return (lambda: self.look(many)), (lambda: self.look(ten))


class _Terminal:
    """`msreg patients browse` on a terminal of its own."""

    def __init__(self, ground: Ground) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0))
        words = ground.msreg("patients", "browse")
        self._process = subprocess.Popen(
            words, env=ground.environ, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)

    def until(self, text: str) -> None:
        """Wait until the program has written a text since the last wait."""
        written, end = b"", time.perf_counter() + _PATIENCE
        while text.encode() not in written:
            ready, _out, _odd = select.select([self._ours], [], [], end - time.perf_counter())
            if not ready:
                raise Failed(f"{text} did not come on the screen")
            written += os.read(self._ours, 1 << 16)

    def press(self, keys: bytes) -> None:
        """Press a key."""
        os.write(self._ours, keys)

    def leave(self) -> None:
        """Quit, and see that it ends well."""
        self.press(b"q")
        while self._process.poll() is None:
            ready, _out, _odd = select.select([self._ours], [], [], 0.05)
            try:
                if ready and not os.read(self._ours, 1 << 16):
                    break
            except OSError:  # how Linux tells that nobody writes on a terminal any more
                break
        os.close(self._ours)
        if self._process.wait():
            raise Failed(f"patients browse ended with {self._process.returncode}")


def _first_screen(ground: Ground) -> float:
    started = time.perf_counter()
    terminal = _Terminal(ground)
    terminal.until(registry_number(_ROOM))
    seconds = time.perf_counter() - started
    terminal.leave()
    return seconds


def _pages(ground: Ground) -> float:
    terminal = _Terminal(ground)
    terminal.until(registry_number(_ROOM))
    started = time.perf_counter()
    for page in range(2, _PAGES + 2):
        terminal.press(b"\x1b[6~")
        # Only what differs is drawn: of the last row its last digits at least.
        terminal.until(registry_number(page * _ROOM)[-2:])
    seconds = time.perf_counter() - started
    terminal.leave()
    return seconds


def _orders(ground: Ground) -> float:
    """In every order, both ways round: the first window, the second, the last, and the one before it."""
    settings = load_settings(ground.environ)
    with Registry.open(settings) as registry:
        by = access.whoami(registry, ground.environ)
        started = time.perf_counter()
        for sort in SORTS:
            for descending in (False, True):
                asked = Asked(sort=sort, descending=descending)
                for back in (False, True):
                    found = window(registry, by=by, asked=asked, today=today(), limit=_ROOM, back=back)
                    near = found.places[0 if back else -1]
                    window(
                        registry, by=by, asked=asked, today=today(), limit=_ROOM, back=back, near=near,
                        counted=found.counted,
                    )  # fmt: skip
        return time.perf_counter() - started


_AGAINST = f"the same, {TEN:,} patients"
BROWSE: tuple[Growth, ...] = (
    Growth("F11d", f"patients browse, first screen, {MANY:,} patients", _AGAINST, 1.5, _first_screen, runs=9),
    Growth("F11e", f"patients browse, {_PAGES} pages down, {MANY:,} patients", _AGAINST, 1.5, _pages, runs=9),
    Growth("F11f", f"windows in every order, {MANY:,} patients", _AGAINST, 1.5, _orders, runs=9),
)
