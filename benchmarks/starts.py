"""Targets of single commands, F1 to F5: how long somebody waits who looks something up."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.ground import Ground
from benchmarks.pairs import Call, Measure
from benchmarks.target import Target


@dataclass(frozen=True, slots=True)
class Start(Target):
    """One command against another program. `ours` and `peer` make the words of the two processes."""

    ours: Callable[[Ground], list[str]]
    peer: Callable[[Ground], list[str]]
    terminal: bool = False

    def calls(self, ground: Ground) -> tuple[Call, Call]:
        """Ours and the peer's, on the same kind of output."""
        words, other = self.ours(ground), self.peer(ground)
        environ = ground.environ
        return Call(words, environ, self.terminal), Call(other, environ, self.terminal)

    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        """The seconds of each."""
        ours, peer = self.calls(ground)
        return ours.seconds, peer.seconds


def _nothing(ground: Ground) -> list[str]:
    return ground.peer("nothing")


def _first_page(ground: Ground) -> list[str]:
    assert ground.incomplete_patient
    return ground.msreg("patients", "list")


_BARE = "bare Typer command that does nothing"

STARTS: tuple[Start, ...] = (
    Start(
        "F1", "msreg --version", "python -c pass", 2.0,
        lambda ground: ground.msreg("--version"), lambda ground: [sys.executable, "-c", "pass"],
    ),
    Start(
        "F2", "msreg --help", "bare two-command Typer program, --help", 1.3,
        lambda ground: ground.msreg("--help"), lambda ground: ground.peer("two_commands", "--help"),
    ),
    Start("F3", "patients list, 10,000 patients, on a pipe", _BARE, 2.0, _first_page, _nothing),
    Start(
        "F4", "patients list, 10,000 patients, on a terminal in colour", _BARE, 2.6, _first_page, _nothing,
        terminal=True,
    ),
    Start(
        "F5a", "patients show, 10,000 patients", _BARE, 3.0,
        lambda ground: ground.msreg("patients", "show", ground.incomplete_patient), _nothing,
        informational=True,
    ),
    Start(
        "F5b", "patients why, 10,000 patients", _BARE, 3.0,
        lambda ground: ground.msreg("patients", "why", ground.incomplete_patient), _nothing,
        informational=True,
    ),
    Start(
        "F5c", "patients find, 10,000 patients", _BARE, 3.0,
        lambda ground: ground.msreg("patients", "find", ground.incomplete_patient), _nothing,
        informational=True,
    ),
)  # fmt: skip
