"""The courses of a made-up patient: EDSS, functional systems and MRI, day by day of the frame."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from msreg.rules.edss import SYSTEMS
from msreg.services.made_up.frame import Frame, State
from msreg.services.made_up.illness import Illness
from msreg.vocabulary import Phenotype

_MOST_STEP = Decimal(2)

# Grades of the eight functional systems from which a score follows, in the order of SYSTEMS.
GRADES: dict[str, tuple[tuple[int, ...], ...]] = {
    "0": ((0, 0, 0, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, 0, 1, 0)),
    "1": ((1, 0, 0, 0, 0, 0, 0, 0), (0, 0, 0, 1, 0, 0, 0, 0), (0, 0, 0, 0, 0, 1, 1, 0)),
    "1.5": ((1, 1, 0, 0, 0, 0, 0, 0), (1, 0, 0, 1, 0, 0, 1, 0)),
    "2": ((2, 0, 0, 1, 0, 0, 0, 0), (0, 0, 0, 2, 0, 0, 0, 0), (1, 2, 0, 0, 0, 0, 1, 0)),
    "2.5": ((2, 2, 0, 0, 0, 0, 0, 0), (2, 1, 0, 2, 0, 0, 1, 0)),
    "3": ((3, 0, 0, 0, 0, 0, 0, 0), (2, 2, 2, 0, 0, 0, 0, 0)),
    "3.5": ((3, 2, 0, 0, 0, 0, 0, 1), (3, 3, 0, 0, 0, 0, 0, 1), (2, 2, 2, 2, 2, 0, 0, 0)),
    "4": ((4, 0, 0, 0, 0, 0, 0, 0), (3, 3, 3, 0, 0, 0, 0, 0), (2, 2, 2, 2, 2, 2, 0, 1)),
    "4.5": ((4, 3, 0, 0, 0, 0, 0, 2), (3, 2, 0, 2, 1, 0, 0, 2)),
    "5": ((3, 2, 1, 2, 1, 0, 1, 3),),
    "5.5": ((3, 2, 1, 1, 1, 1, 1, 4),),
    "6": ((3, 1, 2, 3, 2, 1, 1, 6),),
    "6.5": ((3, 2, 1, 1, 1, 1, 1, 8),),
    "7": ((4, 3, 2, 2, 3, 1, 2, 10),),
    "7.5": ((4, 3, 2, 2, 3, 1, 2, 11),),
    "8": ((5, 3, 2, 2, 4, 1, 2, 12),),
    "8.5": ((5, 4, 2, 3, 4, 1, 3, 13),),
}


def courses(rng: Random, frame: Frame, illness: Illness) -> list[dict[str, Any]]:
    """The answers of every course. An incomplete patient has a last course that was broken off."""
    found: list[dict[str, Any]] = []
    before: Decimal | None = None
    previous = frame.diagnosis - timedelta(days=60)
    for day in frame.courses:
        values: dict[str, Any] = {"course_date": day}
        score = _near(illness.edss(day), before)
        values |= _edss(rng, score)
        before = score if "edss" in values else before
        values |= _mri(rng, frame, illness, previous, day)
        found.append(values)
        previous = day
    if frame.state is State.INCOMPLETE:
        _break_off(rng, found[-1])
    return found


def _near(score: Decimal, before: Decimal | None) -> Decimal:
    """A score not further from the one before than is believable."""
    if before is None or abs(score - before) <= _MOST_STEP:
        return score
    return before + _MOST_STEP if score > before else before - _MOST_STEP


def _edss(rng: Random, score: Decimal) -> dict[str, Any]:
    method = rng.choices(("assessed", "estimated", "not_done"), (82, 12, 6))[0]
    if method == "not_done":
        return {"edss_method": method}
    values: dict[str, Any] = {"edss_method": method, "edss": score}
    if method == "assessed" and rng.random() < 0.2:
        values |= dict(zip(SYSTEMS, rng.choice(GRADES[f"{score}"]), strict=True))
    return values


def _mri(rng: Random, frame: Frame, illness: Illness, previous: date, day: date) -> dict[str, Any]:
    """An MRI shows more when there was a relapse in the months before it."""
    if rng.random() > 0.74:
        return {"mri_done": False}
    made = max(day - timedelta(days=rng.randint(0, 60)), previous + timedelta(days=1))
    active = any(0 <= (made - relapse.day).days < 200 for relapse in illness.relapses)
    relapsing = illness.phenotype(made) in (Phenotype.CIS, Phenotype.RRMS)
    weights = (30, 26, 18, 22, 4) if active else (72, 14, 6, 4, 4) if relapsing else (84, 8, 3, 1, 4)
    gadolinium = rng.random() < (0.7 if active else 0.35)
    values: dict[str, Any] = {
        "mri_done": True,
        "mri_date": made,
        "mri_region": rng.choices(("brain", "cord", "both"), (70, 4, 26))[0],
        "mri_gadolinium": gadolinium,
        "mri_new_t2": rng.choices(("0", "1", "2", "3_or_more", "unknown"), weights)[0],
    }
    if gadolinium:
        lesions = rng.choices((0, 1, 2, 3, 5), (45, 28, 14, 8, 5) if active else (90, 7, 2, 1, 0))[0]
        values["mri_gd_lesions"] = "unknown" if rng.random() < 0.03 else lesions
    return values


_LEFT_BY_A_BREAK: tuple[tuple[str, ...], ...] = (
    ("course_date",),
    ("course_date", "edss_method"),
    ("course_date", "edss_method", "edss"),
    ("course_date", "edss_method", "edss", "mri_done"),
    ("course_date", "edss_method", "edss", "mri_done", "mri_date", "mri_region"),
)


def _break_off(rng: Random, values: dict[str, Any]) -> None:
    """Leave what an entry keeps that was broken off half-way; required questions stay open."""
    kept = rng.choice(_LEFT_BY_A_BREAK) if "edss" in values else ("course_date",)
    for key in [key for key in values if key not in kept]:
        del values[key]
    if "mri_done" in kept:
        values["mri_done"] = True
    if "mri_region" in kept:
        values |= {"mri_date": values["course_date"], "mri_region": "brain"}
