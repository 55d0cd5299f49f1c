"""Small cells: whom an export would tell apart by sex, age and hospital alone, and what is blurred for them (X2).

Somebody who knows of a patient only what many people know (a woman born in 1981, treated in that hospital) must
not be able to point at one row. So nobody stands in a group of fewer than `SMALLEST` patients with the same
traits: who would, is shown with fewer or coarser ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

SMALLEST = 5
"""Patients that a group has at least; the bound that reports use as well (O3)."""


class Traits(NamedTuple):
    """What others may know of a patient. None: the export does not tell it of anybody."""

    centre: str | None
    sex: str | None
    born: int | None


class Shown(NamedTuple):
    """What an export shows of it: the year alone where it is safe, else the years around it, else nothing."""

    centre: str | None = None
    sex: str | None = None
    birth_year: int | None = None
    birth_band: str | None = None


@dataclass(frozen=True, slots=True)
class Protection:
    """What is shown for each combination of traits, and how many patients that touches."""

    shown: Mapping[Traits, Shown]
    levels: tuple[int, ...]
    """Patients by what was done to them, in the order of `LEVELS`."""
    small: int
    """Patients who still stand in a group that is too small; only where there are too few in all."""


def band(year: int | None, width: int) -> str | None:
    """The years that a year is among: 1981 by five is 1980-1984."""
    if year is None:
        return None
    first = year - year % width
    return f"{first}-{first + width - 1}"


LEVELS: tuple[tuple[str, Callable[[Traits], Shown]], ...] = (
    ("birth year", lambda t: Shown(t.centre, t.sex, t.born, band(t.born, 5))),
    ("five birth years", lambda t: Shown(t.centre, t.sex, None, band(t.born, 5))),
    ("ten birth years", lambda t: Shown(t.centre, t.sex, None, band(t.born, 10))),
    ("ten birth years, no centre", lambda t: Shown(None, t.sex, None, band(t.born, 10))),
    ("ten birth years, no centre, no sex", lambda t: Shown(None, None, None, band(t.born, 10))),
    ("nothing", lambda _t: Shown()),
)
"""What is shown, the most telling first. Age is what research can do with coarsely, so it goes first."""


def protected(counts: Mapping[Traits, int], *, smallest: int = SMALLEST) -> Protection:
    """What may be shown for patients of whom so many have these traits.

    Each step gathers those whose group was too small at the step before, and only among themselves: who is
    shown in full is no cover for who is not. A rest that is too small at the last step takes the smallest
    groups of the steps before with it.
    """
    at: dict[Traits, int] = {}
    waiting = {traits for traits, count in counts.items() if count > 0}
    for level, (_name, shown) in enumerate(LEVELS):
        groups: dict[Shown, list[Traits]] = defaultdict(list)
        for traits in waiting:
            groups[shown(traits)].append(traits)
        for members in groups.values():
            if level == len(LEVELS) - 1 or sum(map(counts.__getitem__, members)) >= smallest:
                at.update(dict.fromkeys(members, level))
        waiting -= at.keys()
    _gather(at, counts, smallest)
    levels = [0] * len(LEVELS)
    for traits, level in at.items():
        levels[level] += counts[traits]
    rest = levels[-1]
    return Protection(
        {traits: LEVELS[level][1](traits) for traits, level in at.items()},
        tuple(levels),
        rest if rest < smallest else 0,
    )


def _gather(at: dict[Traits, int], counts: Mapping[Traits, int], smallest: int) -> None:
    """Add the smallest groups to those of whom nothing is shown, until these are enough."""
    last = len(LEVELS) - 1
    rest = sum(counts[traits] for traits, level in at.items() if level == last)
    if not 0 < rest < smallest:
        return
    groups: dict[tuple[int, Shown], list[Traits]] = defaultdict(list)
    for traits, level in at.items():
        if level < last:
            groups[level, LEVELS[level][1](traits)].append(traits)
    for members in sorted(
        groups.values(), key=lambda each: (sum(map(counts.__getitem__, each)), _order(each))
    ):
        if rest >= smallest:
            break
        at.update(dict.fromkeys(members, last))
        rest += sum(map(counts.__getitem__, members))


def _order(members: list[Traits]) -> list[tuple[str, str, int]]:
    """The same choice every time, whatever order the patients came in."""
    return sorted((each.centre or "", each.sex or "", each.born or 0) for each in members)
