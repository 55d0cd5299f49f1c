"""What every target has: its name, its bound, and how often it is measured."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from benchmarks.ground import Ground
from benchmarks.pairs import WARM_UP, Measure


class Unit(StrEnum):
    """What both sides of a ratio are counted in."""

    SECONDS = "s"
    MEGABYTES = "MB"


@dataclass(frozen=True, slots=True)
class Target(ABC):
    """A piece of work, what it is measured against, and how many times as much it may take."""

    id: str
    what: str
    against: str
    target: float
    _: KW_ONLY
    unit: Unit = Unit.SECONDS
    runs: int = 25
    warm_up: int = WARM_UP
    informational: bool = False
    """Shown beside its target, but not part of the verdict: measured on less data than the target names."""

    @abstractmethod
    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        """What measures ours, and what measures the peer."""
