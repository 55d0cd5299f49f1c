"""The frame of a made-up life: birth, diagnosis, the days of the courses, and how it ends.

Everything else is filled in between these dates, so that no date contradicts another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from random import Random

from msreg.rules.duedates import years_before
from msreg.services.made_up.lists import chance
from msreg.vocabulary import Phenotype

YEARS = 10
"""Courses go back this far."""

_YEAR = 365.25


class State(StrEnum):
    """What a patient is in the overview: each of its colours has one."""

    CURRENT = "current"
    OVERDUE = "overdue"
    INCOMPLETE = "incomplete"
    DECEASED = "deceased"
    ENDED = "ended"


_DECK = (
    *(State.CURRENT,) * 14,
    *(State.OVERDUE,) * 4,
    *(State.INCOMPLETE,) * 3,
    *(State.ENDED,) * 2,
    State.DECEASED,
)  # fmt: skip


def state_of(seed: int, number: int) -> State:
    """The state of patient `number`. Dealt from a shuffled deck: each 24 patients have all of them."""
    block, at = divmod(number, len(_DECK))
    return _deck(seed, block)[at]


@lru_cache(maxsize=8)
def _deck(seed: int, block: int) -> tuple[State, ...]:
    deck = list(_DECK)
    chance(seed, "deck", block).shuffle(deck)
    return tuple(deck)


@dataclass(slots=True)
class Frame:
    """The dates that hold everything. `end`: today, the day of death, or the end of treatment."""

    state: State
    sex: str
    phenotype: Phenotype
    birth: date
    onset: date
    diagnosis: date
    consent: date
    courses: list[date]
    end: date

    def age(self, day: date) -> float:
        """Age in years on a day."""
        return (day - self.birth).days / _YEAR

    def years_ill(self, day: date) -> float:
        """Years since the diagnosis."""
        return (day - self.diagnosis).days / _YEAR


_PHENOTYPES = {
    Phenotype.RRMS: 74,
    Phenotype.CIS: 10,
    Phenotype.SPMS: 1,
    Phenotype.PPMS: 12,
    Phenotype.RIS: 3,
}

# Days between the last course and today, by state; for the last two: between that course and the end.
_SINCE_LAST = {
    State.CURRENT: (3, 340),
    State.INCOMPLETE: (1, 200),
    State.OVERDUE: (375, 800),
    State.DECEASED: (10, 300),
    State.ENDED: (20, 330),
}


def frame(rng: Random, state: State, today: date) -> Frame:
    """Draw the frame of one patient."""
    phenotype = rng.choices(list(_PHENOTYPES), list(_PHENOTYPES.values()))[0]
    progressive = phenotype in (Phenotype.PPMS, Phenotype.SPMS)
    end = today
    if state in (State.DECEASED, State.ENDED):
        end -= timedelta(days=rng.randint(30, 1900))
    last = end - timedelta(days=rng.randint(*_SINCE_LAST[state]))
    courses = _visits(rng, last, years_before(today, YEARS))
    before = rng.randint(0, 40) if rng.random() < 0.6 else rng.randint(200, 3300)
    diagnosis = courses[0] - timedelta(days=before)
    age = rng.gauss(45, 8) if progressive else rng.gauss(34, 9)
    if state is State.DECEASED:
        age += 16
    age = min(max(age, 27 if progressive else 17), 68)
    onset = diagnosis - timedelta(days=round(min(max(rng.expovariate(1 / 500), 20), 2500)))
    return Frame(
        state=state,
        sex=_sex(rng, progressive),
        phenotype=phenotype,
        birth=diagnosis - timedelta(days=round(age * _YEAR) + rng.randint(0, 364)),
        onset=onset,
        diagnosis=diagnosis,
        consent=courses[0] - timedelta(days=rng.randint(0, min(before, 30))),
        courses=courses,
        end=end,
    )


def _visits(rng: Random, last: date, earliest: date) -> list[date]:
    """A course about every year up to `last`, with here and there one between or one that was skipped."""
    days = rng.randint(0, (last - earliest).days)
    if days < 150:
        return [last]
    number = max(1, round(days / 365))
    first = last - timedelta(days=days)
    found = [first]
    for at in range(1, number):
        day = first + timedelta(days=round(days * at / number) + rng.randint(-25, 25))
        if rng.random() < 0.05:
            continue
        found.append(day)
        if rng.random() < 0.08:
            found.append(day + timedelta(days=rng.randint(70, 120)))
    found.append(last)
    return found


def _sex(rng: Random, progressive: bool) -> str:
    # Three women to one man in all; in progressive MS about as many of each.
    if rng.random() < 0.004:
        return "other"
    return "female" if rng.random() < (0.55 if progressive else 0.785) else "male"
