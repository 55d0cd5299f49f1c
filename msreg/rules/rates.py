"""Relapses per year of observation, with an exact interval; no library needed.

Definitions with sources: docs/reference/measures.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from math import exp, lgamma, log
from typing import NamedTuple

from msreg.rules.disease import RELAPSE_DAYS_APART

DAYS_A_YEAR = 365.25
_TAIL = 0.025
"""On each side of an interval of 95 %."""


class Rate(NamedTuple):
    """Events per person-year. Without observed time nothing can be said: all three are None."""

    events: int
    years: float
    value: float | None
    low: float | None
    high: float | None


class Observed(NamedTuple):
    """The time in which a patient was watched: the days after `after`, up to and including `until`."""

    after: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.after).days

    def holds(self, day: date) -> bool:
        """Whether what happened on the day was watched."""
        return self.after < day <= self.until


def observed(
    courses: Iterable[date],
    diagnosis: date | None = None,
    died: date | None = None,
    ended: date | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Observed | None:
    """The time between the first and the last course in which relapses were asked for, or None.

    Not before the diagnosis, not after death or the end of treatment, and within the period of a report
    (from `start` to `end`, both included). A patient with one course was not followed yet: None.
    """
    days = sorted(courses)
    if not days:
        return None
    # Days after `after` count, so a period that begins on its first day begins after the day before.
    before = start - timedelta(days=1) if start is not None and start > date.min else None
    after = max(each for each in (days[0], diagnosis, before) if each is not None)
    until = min(each for each in (days[-1], died, ended, end) if each is not None)
    return Observed(after, until) if after < until else None


def distinct_relapses(onsets: Iterable[date]) -> list[date]:
    """The relapses that count: an onset less than 30 days after the last that counts belongs to that one."""
    counted: list[date] = []
    for day in sorted(onsets):
        if not counted or (day - counted[-1]).days >= RELAPSE_DAYS_APART:
            counted.append(day)
    return counted


def relapse_rate(relapses: int, days: int) -> Rate:
    """The annualised relapse rate of so many relapses in so many person-days, with its 95 % interval.

    The interval is the exact one of the Poisson distribution (Garwood 1936).
    """
    years = days / DAYS_A_YEAR
    if days <= 0:
        return Rate(relapses, 0.0, None, None, None)
    low, high = poisson_interval(relapses)
    return Rate(relapses, years, relapses / years, low / years, high / years)


def poisson_interval(count: int) -> tuple[float, float]:
    """The exact 95 % interval of the mean of a Poisson count.

    Below the lower limit a count so high, above the upper one a count so low, has a chance under 2.5 %.
    """
    low = _mean_with_tail(count, _TAIL) if count else 0.0
    return low, _mean_with_tail(count + 1, 1 - _TAIL)


def _mean_with_tail(count: int, chance: float) -> float:
    """The mean at which `count` or more has this chance, by halving."""
    low, high = 0.0, 2.0 * count + 20.0
    while high - low > 1e-12 * max(high, 1.0):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if at_least(count, middle) < chance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def at_least(count: int, mean: float) -> float:
    """The chance that a Poisson variable with this mean is `count` or more; `count` is at least 1.

    It is the lower regularised incomplete gamma function P(count, mean): below the mean as a series, above
    it as a continued fraction (Press et al., Numerical Recipes, 6.2; the modified method of Lentz).
    """
    if mean <= 0:
        return 0.0
    scale = exp(count * log(mean) - mean - lgamma(count))
    if mean < count + 1:
        return scale * _series(count, mean)
    return 1 - scale * _fraction(count, mean)


def _series(count: int, mean: float) -> float:
    term = total = 1 / count
    step = count
    while term > total * 1e-16:
        step += 1
        term *= mean / step
        total += term
    return total


def _fraction(count: int, mean: float) -> float:
    tiny = 1e-300
    odd = mean + 1 - count
    upper, lower = 1 / tiny, 1 / odd
    value = lower
    step = 0
    while True:
        step += 1
        top = -step * (step - count)
        odd += 2
        lower = 1 / _not_zero(top * lower + odd, tiny)
        upper = _not_zero(odd + top / upper, tiny)
        factor = lower * upper
        value *= factor
        if abs(factor - 1) < 1e-15:
            return value


def _not_zero(number: float, tiny: float) -> float:
    return number if abs(number) > tiny else tiny
