"""The EQ-5D-5L: its profiles, the index value of a profile, and how one list compares with the one before.

A profile is five digits in the order of `DIMENSIONS`; 1 is no problem, 5 the worst level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import product
from typing import Any

DIMENSIONS = ("mobility", "self_care", "usual_activities", "pain_discomfort", "anxiety_depression")
LEVELS = ("1", "2", "3", "4", "5")
NO_PROBLEMS = "11111"
MISSING = "9"
"""How EuroQol writes a level that was not answered; such a profile has no value."""

_LEVELS = frozenset(LEVELS)


@dataclass(frozen=True, slots=True)
class ValueSet:
    """What a country's people think of each level: how much it takes off full health, which is 1.

    `decrements` has for each dimension what the levels 2 to 5 take off, as positive numbers; `constant` is taken
    off once for every profile but 11111. Values are as exact as the numbers given.
    """

    name: str
    constant: Decimal
    decrements: Mapping[str, Mapping[str, Decimal]]
    source: str = ""


class Change(StrEnum):
    """A list against the one before (Pareto Classification of Health Change)."""

    BETTER = "better"
    WORSE = "worse"
    MIXED = "mixed"
    SAME = "same"


def is_profile(text: str) -> bool:
    """Whether a text is a profile: five digits from 1 to 5."""
    return len(text) == len(DIMENSIONS) and _LEVELS.issuperset(text)


def profiles() -> Iterator[str]:
    """All 3,125 profiles, from 11111 to 55555."""
    return map("".join, product(LEVELS, repeat=len(DIMENSIONS)))


def profile_of(answers: Mapping[str, Any]) -> str | None:
    """The profile of the answers to the form, or None while a dimension is open."""
    levels = [answers.get(dimension) for dimension in DIMENSIONS]
    return None if None in levels else "".join(map(str, levels))


def value(profile: str, value_set: ValueSet) -> Decimal:
    """The index value of a profile: 1 for 11111, else 1 - constant - decrements, exact.

    Negative values are states that people think worse than death. Versteegh et al. 2016 have no further terms.
    Raises `ValueError` for what is no profile.
    """
    if not is_profile(profile):
        raise ValueError("not a profile of the EQ-5D-5L")
    if profile == NO_PROBLEMS:
        return Decimal(1)
    found = 1 - value_set.constant
    for dimension, level in zip(DIMENSIONS, profile, strict=True):
        if level != "1":
            found -= value_set.decrements[dimension][level]
    return found


def change(before: str, after: str) -> Change:
    """Better when no dimension got worse and one got better; mixed when some did this and some that."""
    pairs = list(zip(before, after, strict=True))
    better, worse = any(new < old for old, new in pairs), any(new > old for old, new in pairs)
    if better and worse:
        return Change.MIXED
    if better:
        return Change.BETTER
    return Change.WORSE if worse else Change.SAME
