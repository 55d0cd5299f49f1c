"""Side effects of made-up patients, some of which go to Lareb."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from msreg.services.made_up.lists import Treatment

_SERIOUS = {
    "longontsteking met opname": "hospitalisation",
    "ziekte van Graves": "other_important",
    "macula-oedeem": "other_important",
    "herpes zoster": "other_important",
}
_TOLD = {
    "recovered": "Klachten verdwenen zonder restverschijnselen.",
    "recovering": "Klachten nemen af sinds de maatregel.",
    "not_recovered": "Klachten houden aan; wordt gevolgd op de polikliniek.",
    "unknown": "Verder verloop is niet bekend.",
}


def side_effect(
    rng: Random, chosen: Treatment, start: date, stop: date, end: date, *, stopped: bool
) -> dict[str, Any]:
    """The answers about one side effect, which begins in the period and need not end in it."""
    description = rng.choice(chosen.effects)
    serious = _SERIOUS.get(description)
    day = start + timedelta(days=rng.randint(0, max(0, (stop - start).days * 9 // 10)))
    values: dict[str, Any] = {"description": description}
    # What is serious must be reported; of the rest, what made a patient stop is reported most.
    values["report_to_lareb"] = serious is not None or rng.random() < (0.45 if stopped else 0.15)
    if not values["report_to_lareb"]:
        return values
    outcome = rng.choices(list(_TOLD), (60, 18, 15, 7))[0]
    values |= {
        "start_date": day,
        "event_course": f"Begon {(day - start).days} dagen na de start. {_TOLD[outcome]}",
        "outcome": outcome,
        "severity": "severe" if serious else rng.choices(("mild", "moderate", "severe"), (35, 55, 10))[0],
        "action_taken": "withdrawn" if stopped else rng.choice(("unchanged", "unchanged", "reduced")),
    }
    if serious:
        values["seriousness"] = (serious,)
    over = day + timedelta(days=rng.randint(5, 90))
    if outcome == "recovered" and over <= end:
        values["end_date"] = over
    return values
