"""How far long work is (SPEC C9): one moving line on a terminal, otherwise a line every so often."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from msreg.screen.language import _
from msreg.screen.safe import safe

ON_A_TERMINAL, ELSEWHERE = 0.1, 10.0  # seconds between two lines


class Step(Protocol):
    """Called with how much is done by now, and of how much where that is known."""

    def __call__(self, done: int, total: int | None = None) -> None: ...


@contextmanager
def progress(label: str) -> Iterator[Step]:
    """Show the progress of what happens inside, on standard error; `label` is already translated.

    Give the step to the service as a callback; calling it often costs next to nothing.
    """
    terminal = sys.stderr.isatty()
    pause = ON_A_TERMINAL if terminal else ELSEWHERE
    due = time.monotonic() + pause

    def step(done: int, total: int | None = None) -> None:
        nonlocal due
        if (now := time.monotonic()) < due:
            return
        due = now + pause
        if total:
            text = _("{label}: {done} of {total}").format(label=label, done=done, total=total)
        else:
            text = _("{label}: {done}").format(label=label, done=done)
        sys.stderr.write(f"\r{safe(text)}\x1b[K" if terminal else f"{safe(text)}\n")
        sys.stderr.flush()

    try:
        yield step
    finally:
        if terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
