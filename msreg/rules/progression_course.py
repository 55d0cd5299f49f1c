"""The visits and relapses of one patient as numbers, and the distances between them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from math import inf

from msreg.rules.progression_terms import Gap, Settings, Visit


class Course:
    """The visits and relapses of one patient, in order and as numbers."""

    def __init__(self, visits: Iterable[Visit], relapses: Iterable[date], settings: Settings) -> None:
        scores = {visit.on.toordinal(): int(visit.edss * 2) for visit in visits}
        self.days = sorted(scores)
        self.scores = [scores[day] for day in self.days]
        # What lies further before the first visit than a baseline must, cannot be set off against anything.
        first = self.days[0] - settings.baseline_gap.before if self.days else 0
        self.relapses = sorted(day for day in (each.toordinal() for each in relapses) if day >= first)

    def clear(self, visit: int, gap: Gap) -> bool:
        """Whether the visit keeps its distance from relapses; one on the day itself is at distance 0."""
        if not self.relapses or gap == (0, 0):
            return True
        since, until = self.distance(visit)
        return since >= gap.before and until >= gap.after

    def distance(self, visit: int) -> tuple[float, float]:
        """Days since the last relapse and until the next."""
        day, relapses = self.days[visit], self.relapses
        past, coming = bisect_right(relapses, day), bisect_left(relapses, day)
        return (
            day - relapses[past - 1] if past else inf,
            relapses[coming] - day if coming < len(relapses) else inf,
        )

    def confirming(self, onset: int, period: int, settings: Settings) -> list[int]:
        """The visits that may confirm a change after so many days."""
        day = self.days[onset]
        low, high = period - settings.early_days, period + settings.late_days
        return [
            visit
            for visit in range(onset + 1, len(self.days))
            if low <= self.days[visit] - day <= high and self.clear(visit, settings.confirmation_gap)
        ]

    def relapse_within(self, start: int, end: int) -> bool:
        """Whether there was a relapse from one day to the other, both included."""
        return bisect_left(self.relapses, start) < bisect_right(self.relapses, end)
