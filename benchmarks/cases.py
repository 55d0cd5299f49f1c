"""The targets: each a piece of work, what it is measured against, and how many times as long it may take."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.ground import Ground
from benchmarks.pairs import Call


@dataclass(frozen=True, slots=True)
class Case:
    """One target. `ours` and `peer` make the words of the two processes."""

    id: str
    what: str
    against: str
    target: float
    ours: Callable[[Ground], list[str]]
    peer: Callable[[Ground], list[str]]
    terminal: bool = False
    informational: bool = False

    def calls(self, ground: Ground) -> tuple[Call, Call]:
        """Ours and the peer's, on the same kind of output."""
        words, other = self.ours(ground), self.peer(ground)
        environ = ground.environ
        return Call(words, environ, self.terminal), Call(other, environ, self.terminal)


def _nothing(ground: Ground) -> list[str]:
    return ground.peer("nothing")


def _first_page(ground: Ground) -> list[str]:
    assert ground.incomplete_patient
    return ground.msreg("patients", "list")


_BARE = "bare Typer command that does nothing"

CASES: tuple[Case, ...] = (
    Case(
        "F1", "msreg --version", "python -c pass", 2.0,
        lambda ground: ground.msreg("--version"), lambda ground: [sys.executable, "-c", "pass"],
    ),
    Case(
        "F2", "msreg --help", "bare two-command Typer program, --help", 1.3,
        lambda ground: ground.msreg("--help"), lambda ground: ground.peer("two_commands", "--help"),
    ),
    Case("F3", "patients list, 10,000 patients, on a pipe", _BARE, 2.0, _first_page, _nothing),
    Case(
        "F4", "patients list, 10,000 patients, on a terminal in colour", _BARE, 2.6, _first_page, _nothing,
        terminal=True,
    ),
    Case(
        "F5a", "patients show, 10,000 patients", _BARE, 3.0,
        lambda ground: ground.msreg("patients", "show", ground.incomplete_patient), _nothing,
        informational=True,
    ),
    Case(
        "F5b", "patients why, 10,000 patients", _BARE, 3.0,
        lambda ground: ground.msreg("patients", "why", ground.incomplete_patient), _nothing,
        informational=True,
    ),
    Case(
        "F5c", "patients find, 10,000 patients", _BARE, 3.0,
        lambda ground: ground.msreg("patients", "find", ground.incomplete_patient), _nothing,
        informational=True,
    ),
)  # fmt: skip


def chosen(names: list[str]) -> list[Case]:
    """The cases of these names, all without any; `F5` stands for F5a, F5b and F5c. Raises `KeyError`."""
    if not names:
        return list(CASES)
    for name in names:
        if not any(_fits(case, name) for case in CASES):
            raise KeyError(name)
    return [case for case in CASES if any(_fits(case, name) for name in names)]


def _fits(case: Case, name: str) -> bool:
    return name.lower() in (case.id.lower(), case.id[:2].lower())
