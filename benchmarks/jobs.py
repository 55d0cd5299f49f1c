"""Long work: processes one after another, on a place that is made ready before the clock starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.memory import peak
from benchmarks.pairs import Call


@dataclass(frozen=True, slots=True)
class Job:
    """`ready` puts the place into the state that the work begins with; it is not measured."""

    ready: Callable[[], object]
    calls: tuple[Call, ...]

    def seconds(self) -> float:
        """Do it once; the seconds of all processes together."""
        self.ready()
        return sum(call.seconds() for call in self.calls)

    def megabytes(self) -> float:
        """Do it once; the peak of the process that took most."""
        self.ready()
        return max(peak(call) for call in self.calls)
