"""The questionnaires of a made-up patient: some months after a course, from those who have an e-mail address.

Drawn from a source of chance of their own, so that everything else of a person is what it was without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

from msreg.rules.duedates import INVITE_AFTER_MONTHS, months_after
from msreg.rules.eq5d import DIMENSIONS
from msreg.services.made_up.frame import Frame
from msreg.services.made_up.illness import Illness

_ANSWERS = 0.62
"""Share of the invitations that are answered."""

_SLOWEST = 24
"""Days after which nobody answers any more."""

# How much each dimension follows the EDSS, and where it starts: walking follows it most, mood hardly.
_FOLLOWS = {
    "mobility": (0.55, 0.4),
    "self_care": (0.42, 0.0),
    "usual_activities": (0.45, 0.7),
    "pain_discomfort": (0.22, 1.0),
    "anxiety_depression": (0.12, 0.9),
}


def proms(rng: Random, frame: Frame, illness: Illness, person: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answers of every list that was filled in, oldest first."""
    if not person.get("email"):
        return []
    found: list[dict[str, Any]] = []
    mood = rng.uniform(-0.6, 0.9)
    for course in frame.courses:
        day = months_after(course, INVITE_AFTER_MONTHS) + timedelta(days=rng.randint(0, _SLOWEST))
        answered = rng.random() < _ANSWERS
        later = not found or day > found[-1]["answered_on"]
        if answered and later and day <= frame.end:
            found.append({"answered_on": day, **_answers(rng, float(illness.edss(day)), mood)})
    return found


def _answers(rng: Random, edss: float, mood: float) -> dict[str, Any]:
    levels = {}
    for dimension in DIMENSIONS:
        slope, start = _FOLLOWS[dimension]
        levels[dimension] = str(1 + round(min(max(slope * edss + start + mood + rng.gauss(-0.7, 0.6), 0), 4)))
    worse = sum(int(level) - 1 for level in levels.values())
    score = min(max(round(93 - 4.3 * worse + rng.gauss(0, 7)), 5), 100)
    return {**levels, "health_score": score, "mode": "web" if rng.random() < 0.9 else "paper"}
