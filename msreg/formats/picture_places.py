"""Where marks and texts can stand without covering one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple


class Tick(NamedTuple):
    """A place on the axis of time: a year, or a month where there are few years."""

    on: date
    text: str
    main: bool


def lanes(spans: Iterable[tuple[float, float]], *, most: int | None = None) -> list[int]:
    """For each span (from, to; in order) the first lane in which nothing is in its way.

    With `most` lanes, what fits in none goes into the last.
    """
    ends: list[float] = []
    found = []
    for start, end in spans:
        lane = next((at for at, taken in enumerate(ends) if taken <= start), len(ends))
        if lane == len(ends) and (most is None or lane < most):
            ends.append(end)
        lane = min(lane, len(ends) - 1)
        ends[lane] = max(ends[lane], end)
        found.append(lane)
    return found


def apart(places: Sequence[float], order: Iterable[int], room: float) -> set[int]:
    """Which of the places can be taken, `room` from one another, those first in `order` first."""
    taken: dict[int, float] = {}
    for at in order:
        if all(abs(places[at] - other) >= room for other in taken.values()):
            taken[at] = places[at]
    return set(taken)


def by_weight(changes: Sequence[object]) -> list[int]:
    """Places in the order in which they deserve a label: the last, the first, where the value changes, the others."""
    count = len(changes)
    ends = [count - 1, 0] if count > 1 else list(range(count))
    turns = [at for at in range(1, count - 1) if changes[at] != changes[at - 1]]
    others = [at for at in range(1, count - 1) if changes[at] == changes[at - 1]]
    return [*ends, *reversed(turns), *reversed(others)]


def ticks(first: date, last: date, *, most: int, dutch: bool) -> list[Tick]:
    """Years, every so many that there are at most `most`; months where there are few years."""
    months = (last.year - first.year) * 12 + last.month - first.month
    for step in (1, 3, 6):
        if months <= 36 and months / step <= most * (0.7 if step < 12 else 1):
            return _months(first, last, step, dutch)
    for step in (1, 2, 5, 10, 20, 50):
        if months / 12 / step <= most:
            break
    return [
        Tick(date(year, 1, 1), str(year), True)
        for year in range(first.year, last.year + 1)
        if year % step == 0 and first <= date(year, 1, 1) <= last
    ]


def _months(first: date, last: date, step: int, dutch: bool) -> list[Tick]:
    found = []
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        on = date(month // 12, month % 12 + 1, 1)
        if month % step == 0 and first <= on <= last:
            text = f"{on:%m-%Y}" if dutch else f"{on:%Y-%m}"
            found.append(Tick(on, text, on.month == 1))
    return found
