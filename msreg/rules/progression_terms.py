"""The words of disability progression: a visit, what was found, and the settings that decide.

A definition is data: windows in days, a table of thresholds, stretches without relapse. Sources and the
meaning of each setting: docs/reference/measures.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import NamedTuple


class Visit(NamedTuple):
    """One assessment: the day and the EDSS. Of two on one day the last that is given counts."""

    on: date
    edss: Decimal


class Change(StrEnum):
    """Which way the disability went."""

    WORSENING = "worsening"
    IMPROVEMENT = "improvement"


class Kind(StrEnum):
    """What a worsening had to do with relapses."""

    RAW = "raw"
    """Relapse-associated worsening."""
    PIRA = "pira"
    """Progression independent of relapse activity."""
    UNDEFINED = "undefined"
    """Neither: no relapse shortly before, yet one too near to call it independent."""


class Confirmation(NamedTuple):
    """The first visit that confirms after (about) so many days."""

    days: int
    on: date


class Event(NamedTuple):
    """A confirmed worsening or improvement.

    `edss` is the score at the visit where it was first seen, `baseline` the score that it is measured from.
    `kind` is None for an improvement.
    """

    change: Change
    kind: Kind | None
    on: date
    edss: Decimal
    baseline_on: date
    baseline: Decimal
    confirmed: tuple[Confirmation, ...]
    """For each confirmation period of the settings that was met, its first visit; never empty."""
    independent: tuple[Confirmation, ...]
    """Of a PIRA, the first visits that confirm it as one."""
    sustained_days: int
    """Until the last visit in a row at which the change was still there."""
    sustained: bool
    """Whether that was the last visit that is known."""

    @property
    def confirmed_on(self) -> date:
        """The first visit that confirms it."""
        return min(each.on for each in self.confirmed)


Worsening = Event
"""An event whose `change` is a worsening."""


class Baseline(StrEnum):
    """Whether the score that changes are measured from moves after a confirmed change."""

    FIXED = "fixed"
    ROVING_IMPROVEMENT = "roving_impr"
    ROVING_WORSENING = "roving_wors"
    ROVING = "roving"


class Resume(StrEnum):
    """Where the search goes on after a change, and where a roving baseline moves to."""

    CONFIRMATION = "firstconf"
    ONSET = "event"


class BelowThreshold(StrEnum):
    """Which confirmed changes smaller than the threshold move a roving baseline too."""

    NONE = "none"
    ANY = "event"
    IMPROVEMENT = "improvement"
    WORSENING = "worsening"


class Which(StrEnum):
    """Which events are looked for; the search ends at the first of what is looked for."""

    FIRST_WORSENING = "firstCDW"
    FIRST_IMPROVEMENT = "firstCDI"
    FIRST_PIRA = "firstPIRA"
    FIRST_RAW = "firstRAW"
    MULTIPLE = "multiple"


class Gap(NamedTuple):
    """Days to stay away from a relapse: from the last one before, and from the next one after."""

    before: int
    after: int = 0


class Point(StrEnum):
    """A moment of a worsening that a stretch without relapse begins or ends at."""

    BASELINE = "baseline"
    LAST_VISIT = "last_visit"
    """The last visit before the onset."""
    ONSET = "onset"
    CONFIRMATION = "confirmation"


class Stretch(NamedTuple):
    """No relapse from `before` days before one point to `after` days after another, both days included."""

    start: Point
    before: int
    end: Point
    after: int


_ANYWHERE, _MONTH, _QUARTER = Gap(0), Gap(30), Gap(90)
_ONSET, _CONFIRMED = Point.ONSET, Point.CONFIRMATION

MULLER_2023 = (Stretch(_ONSET, 90, _ONSET, 30), Stretch(_CONFIRMED, 90, _CONFIRMED, 30))
MULLER_2023_SPECIFIC = (Stretch(Point.BASELINE, 0, _CONFIRMED, 0),)
KAPPOS_2020 = (Stretch(Point.BASELINE, 0, _ONSET, 30), Stretch(_CONFIRMED, 30, _CONFIRMED, 30))
CAGOL_2022 = (Stretch(_ONSET, 90, _CONFIRMED, 0),)
MULLER_2025 = (Stretch(Point.LAST_VISIT, 0, _ONSET, 0), Stretch(_CONFIRMED, 30, _CONFIRMED, 0))

Threshold = tuple[tuple[Decimal, Decimal], ...]
"""Up to and including which baseline score which step counts, in rising order; the last is for 10."""

STANDARD: Threshold = (
    (Decimal(0), Decimal("1.5")),
    (Decimal(5), Decimal(1)),
    (Decimal(10), Decimal("0.5")),
)
OLDER: Threshold = ((Decimal("5.5"), Decimal(1)), (Decimal(10), Decimal("0.5")))
"""Of older trials: one step for 0 to 5.5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One definition of confirmed progression. The defaults: first worsening, 12 weeks, fixed baseline."""

    confirm_days: tuple[int, ...] = (84,)
    early_days: int = 7
    """A confirming visit may be so many days early."""
    late_days: float = 730
    """It may be so many days late; `math.inf`: however late."""
    which: Which = Which.FIRST_WORSENING
    baseline: Baseline = Baseline.FIXED
    resume: Resume = Resume.CONFIRMATION
    below_threshold: BelowThreshold = BelowThreshold.NONE
    new_baseline_after_relapse: bool = False
    never_lower: bool = False
    """A baseline after a relapse is never lower than the one before it."""
    sustained_days: float = 0
    """A change must last so long, or as long as is known; `math.inf`: to the last visit."""
    baseline_gap: Gap = _MONTH
    onset_gap: Gap = _ANYWHERE
    confirmation_gap: Gap = _MONTH
    associated: Gap = _QUARTER
    """Up to and including so many days from a relapse, a worsening is relapse-associated."""
    relapse_free: tuple[Stretch, ...] = MULLER_2023
    threshold: Threshold = STANDARD


CDW_12_WEEKS = Settings()
CDW_24_WEEKS = Settings(confirm_days=(168,))
PIRA_24_WEEKS = Settings(confirm_days=(168,), baseline=Baseline.ROVING, which=Which.FIRST_PIRA)
RAW_24_WEEKS = Settings(confirm_days=(168,), baseline=Baseline.ROVING, which=Which.FIRST_RAW)


def threshold_step(baseline: Decimal, threshold: Threshold = STANDARD) -> Decimal:
    """By how much the EDSS must change from `baseline` to count as a change."""
    return next(step for limit, step in threshold if baseline <= limit)


@cache
def half_steps(threshold: Threshold) -> tuple[int, ...]:
    """The same for every baseline, in halves: scores as whole numbers compare fast and exactly."""
    return tuple(int(threshold_step(Decimal(half) / 2, threshold) * 2) for half in range(21))
