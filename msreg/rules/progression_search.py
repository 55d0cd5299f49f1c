"""The search for confirmed changes in the scores of one patient, visit by visit.

Behaves as the package pymsprog 1.0.7 does for the same settings (tests compare the two); the reasons for
each step are in docs/reference/measures.md. Scores are held in halves and days as numbers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from msreg.rules.progression_course import Course
from msreg.rules.progression_terms import (
    Baseline,
    BelowThreshold,
    Change,
    Confirmation,
    Event,
    Kind,
    Point,
    Resume,
    Settings,
    Visit,
    Which,
    half_steps,
)

_MOVES = {
    1: frozenset((Baseline.ROVING, Baseline.ROVING_WORSENING)),
    -1: frozenset((Baseline.ROVING, Baseline.ROVING_IMPROVEMENT)),
}
_SMALL_MOVES = {
    1: frozenset((BelowThreshold.ANY, BelowThreshold.WORSENING)),
    -1: frozenset((BelowThreshold.ANY, BelowThreshold.IMPROVEMENT)),
}
_ONLY = {Which.FIRST_PIRA: Kind.PIRA, Which.FIRST_RAW: Kind.RAW}


class Search:
    """One walk along a course. `run` gives what was found, in the order of time."""

    def __init__(self, course: Course, settings: Settings) -> None:
        self.course = course
        self.settings = settings
        self.steps = half_steps(settings.threshold)
        self.base = 0
        self.at = 1
        self.level = -1  # no baseline yet: below every score
        self.next_relapse: int | None = None
        # By the visit of the onset: a new baseline after a relapse may find one again, and then knows better.
        self.found: dict[int, Event] = {}

    def run(self) -> list[Event]:
        while self._settle():
            onset = self._next_change()
            if onset is None:
                break
            if self._beyond_relapse(onset):
                self.at = onset
            else:
                self._judge(onset)
            if not self._moved_past_relapses() or self._has_what_is_looked_for():
                break
        return [self.found[onset] for onset in sorted(self.found) if self._is_looked_for(self.found[onset])]

    def _settle(self) -> bool:
        """Put the baseline at a visit away from relapses; False when no visit is left to compare with it."""
        last = len(self.course.days) - 1
        while self.base < last and not self.course.clear(self.base, self.settings.baseline_gap):
            self.base += 1
        if self.base >= last:
            return False
        self.at = max(self.at, self.base + 1)
        scores = self.course.scores
        if self.settings.new_baseline_after_relapse:
            if self.settings.never_lower:
                scores[self.base] = max(scores[self.base], self.level)
            coming = bisect_right(self.course.relapses, self.course.days[self.base])
            later = self.course.relapses[coming:]
            self.next_relapse = later[0] if later else None
        self.level = scores[self.base]
        return True

    def _shift(self, visit: int) -> int:
        return self.course.scores[visit] - self.level

    def _step(self) -> int:
        return self.steps[self.level]

    def _next_change(self) -> int | None:
        least = self._step() if self.settings.below_threshold is BelowThreshold.NONE else 1
        for visit in range(self.at, len(self.course.days)):
            if abs(self._shift(visit)) >= least and self.course.clear(visit, self.settings.onset_gap):
                return visit
        return None

    def _influence(self) -> int:
        """How long after a relapse a worsening may still be its doing, and so is measured from before it."""
        return 0 if self.settings.which is Which.FIRST_PIRA else self.settings.associated.before

    def _beyond_relapse(self, onset: int) -> bool:
        """Whether a relapse with its influence lies before, after which there is a new baseline first."""
        return self.next_relapse is not None and (
            self.course.days[onset] > self.next_relapse + self._influence()
        )

    def _judge(self, onset: int) -> None:
        settings = self.settings
        by_period = {days: self.course.confirming(onset, days, settings) for days in settings.confirm_days}
        visits = sorted({visit for each in by_period.values() for visit in each})
        sign = 1 if self._shift(onset) > 0 else -1
        roves = settings.baseline in _MOVES[sign]
        self.at = onset + 1
        if not visits:
            return
        held = range(onset, visits[0] + 1)
        onward = visits[0] if settings.resume is Resume.CONFIRMATION else onset
        if all(sign * self._shift(visit) >= self._step() for visit in held):
            reported = self._report(onset, sign, by_period)
            if roves:
                self.base = onward
            if roves or reported:
                self.at = onward + 1
        elif roves and settings.below_threshold in _SMALL_MOVES[sign]:
            if all(sign * self._shift(visit) > 0 for visit in held):
                self.base = onward
                self.at = onward + 1

    def _report(self, onset: int, sign: int, by_period: dict[int, list[int]]) -> bool:
        """Keep the event, unless it did not last or is not of the kind that alone is looked for."""
        days, settings = self.course.days, self.settings
        first = min(visit for each in by_period.values() for visit in each)
        lost = next(
            (v for v in range(first + 1, len(days)) if sign * self._shift(v) < self._step()), len(days)
        )
        if lost < len(days) and days[lost] - days[onset] < settings.sustained_days:
            return False
        valid = {period: [v for v in each if v < lost] for period, each in by_period.items()}
        kind, independent = None, valid
        if sign > 0:
            kind, independent = self._kind(onset, valid)
            only = _ONLY.get(settings.which)
            if only not in (None, kind) and settings.baseline not in _MOVES[sign]:
                return False
        self.found[onset] = Event(
            Change.WORSENING if sign > 0 else Change.IMPROVEMENT,
            kind,
            date.fromordinal(days[onset]),
            Decimal(self.course.scores[onset]) / 2,
            date.fromordinal(days[self.base]),
            Decimal(self.course.scores[self.base]) / 2,
            self._confirmations(valid),
            self._confirmations(independent) if kind is Kind.PIRA else (),
            days[lost - 1] - days[onset],
            lost == len(days),
        )
        return True

    def _confirmations(self, visits: dict[int, list[int]]) -> tuple[Confirmation, ...]:
        return tuple(
            Confirmation(period, date.fromordinal(self.course.days[each[0]]))
            for period, each in visits.items()
            if each
        )

    def _kind(self, onset: int, valid: dict[int, list[int]]) -> tuple[Kind, dict[int, list[int]]]:
        since, until = self.course.distance(onset)
        near = self.settings.associated
        if since <= near.before or until <= near.after:
            return Kind.RAW, {}
        free = {period: [v for v in each if self._free(onset, v)] for period, each in valid.items()}
        return (Kind.PIRA if any(free.values()) else Kind.UNDEFINED), free

    def _free(self, onset: int, confirmation: int) -> bool:
        """Whether no relapse lies in the stretches of the definition."""
        days = self.course.days
        day = {
            Point.BASELINE: days[self.base],
            Point.LAST_VISIT: days[onset - 1],
            Point.ONSET: days[onset],
            Point.CONFIRMATION: days[confirmation],
        }
        return not any(
            self.course.relapse_within(day[each.start] - each.before, day[each.end] + each.after)
            for each in self.settings.relapse_free
        )

    def _moved_past_relapses(self) -> bool:
        """Move the baseline behind a relapse that the search has passed; False when nothing is left then."""
        days, relapse = self.course.days, self.next_relapse
        if relapse is None or self.at >= len(days):
            return True
        base, search = days[self.base], days[self.at] - self._influence()
        if any(base < day < search for day in self.course.relapses):
            self.base = max(self.base, bisect_left(days, relapse))
            self.at = self.base + 1
        return self.base < len(days) - 1

    def _is_looked_for(self, event: Event) -> bool:
        which = self.settings.which
        if which is Which.MULTIPLE:
            return True
        if which is Which.FIRST_IMPROVEMENT:
            return event.change is Change.IMPROVEMENT
        return event.change is Change.WORSENING and _ONLY.get(which) in (None, event.kind)

    def _has_what_is_looked_for(self) -> bool:
        return self.settings.which is not Which.MULTIPLE and any(
            self._is_looked_for(event) for event in self.found.values()
        )


def search(visits: Iterable[Visit], relapses: Iterable[date], settings: Settings) -> list[Event]:
    """What was found in the visits of one patient, in the order of time."""
    return Search(Course(visits, relapses, settings), settings).run()
