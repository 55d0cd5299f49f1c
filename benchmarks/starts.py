"""Targets of single commands, F1 to F5 and F11: how long somebody waits who looks something up."""

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
    among: int | None = None
    """Patients in the registry of ours, when it is not the usual one; `against_among` in that of the peer."""
    against_among: int | None = None

    def calls(self, ground: Ground) -> tuple[Call, Call]:
        """Ours and the peer's, on the same kind of output."""
        words, other = self.ours(ground), self.peer(ground)
        around, there = (ground if n is None else ground.of(n) for n in (self.among, self.against_among))
        return Call(words, around.environ, self.terminal), Call(other, there.environ, self.terminal)

    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        """The seconds of each."""
        ours, peer = self.calls(ground)
        return ours.seconds, peer.seconds


def _nothing(ground: Ground) -> list[str]:
    return ground.peer("nothing")


def _first_page(ground: Ground) -> list[str]:
    assert ground.incomplete_patient
    return ground.msreg("patients", "list")


def _looking(id: str, verb: str, what: str) -> Start:
    """F5: a command about one patient among 100,000."""

    def ours(ground: Ground) -> list[str]:
        crowded = ground.of(FEW)
        return crowded.msreg(*verb.split(), crowded.incomplete_patient)

    return Start(id, f"{what}, {FEW:,} patients", _BARE, 3.0, ours, _nothing, among=FEW)


def _growing(id: str, words: str) -> Start:
    """F11: the same command among 1,000,000 patients and among 10,000."""

    def among(patients: int) -> Callable[[Ground], list[str]]:
        def call(ground: Ground) -> list[str]:
            crowded = ground.of(patients)
            named = words.replace("P", crowded.incomplete_patient)
            return crowded.msreg(*named.split())

        return call

    return Start(
        id, f"{words}, {MANY:,} patients", f"the same, {TEN:,} patients", 1.5, among(MANY), among(TEN),
        among=MANY, against_among=TEN,
    )  # fmt: skip


def _chart(ground: Ground) -> list[str]:
    """F14: one patient's picture, from a cold process to the file."""
    patient, out = ground.incomplete_patient, ground.folder / "chart.jpg"
    return ground.msreg("chart", patient, "--out", str(out), "--overwrite")


def _bare_figure(ground: Ground) -> list[str]:
    return [sys.executable, "-c", _FIGURE, str(ground.folder / "figure.jpg")]


_FIGURE = """
import sys
from matplotlib.figure import Figure

figure = Figure()
figure.add_subplot().plot([0, 1], [0, 1])
figure.savefig(sys.argv[1])
"""
TEN, FEW, MANY = 10_000, 100_000, 1_000_000
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
    _looking("F5a", "patients show", "patients show"),
    _looking("F5b", "patients why", "patients why"),
    _looking("F5c", "patients find", "patients find"),
    _looking("F5d", "synopsis", "synopsis"),
    _growing("F11a", "patients list"),
    _growing("F11b", "patients show P"),
    _growing("F11c", "synopsis P"),
    Start("F14", "chart P --out x.jpg", "matplotlib: import, one line, save", 1.3, _chart, _bare_figure),
)  # fmt: skip
