"""The treatment of a made-up patient: one medicine after another, for the reasons that doctors have.

Treatment and illness are drawn together: a relapse under a medicine is a reason for the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from msreg.services.made_up.details import NATALIZUMAB, details, jcv_index
from msreg.services.made_up.effects import side_effect
from msreg.services.made_up.frame import Frame, State
from msreg.services.made_up.illness import Illness
from msreg.services.made_up.lists import Treatment, treatments
from msreg.vocabulary import Phenotype

_CLADRIBINE, _ALEMTUZUMAB = "L04AA40", "L04AG06"

_TREATED = {
    Phenotype.RIS: 0.0,
    Phenotype.CIS: 0.4,
    Phenotype.RRMS: 0.93,
    Phenotype.SPMS: 0.4,
    Phenotype.PPMS: 0.55,
}
"""How many are treated within some months of the diagnosis."""

# In the order of the form: several reasons are kept in that order.
_REASONS = ("adverse_event", "no_effect_clinical", "no_effect_mri", "pregnancy_wish", "pregnancy",
            "jcv_pml_risk", "patient_wish", "adherence", "planned_end", "other")  # fmt: skip


@dataclass(slots=True)
class Period:
    """One period of one medicine, with its answers and its side effects."""

    values: dict[str, Any]
    effects: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class _Stop:
    """Why a period ends, on which day at the latest, and what comes next."""

    day: date
    reasons: tuple[str, ...]
    escalate: bool = False
    pause: int = 0
    effect: bool = False


def treat(rng: Random, frame: Frame, illness: Illness) -> list[Period]:
    """The periods of treatment, in order; the relapses of the illness are drawn along the way."""
    periods: list[Period] = []
    day = _first_day(rng, frame)
    since, line, jcv = frame.diagnosis, 2 if rng.random() < 0.22 else 1, jcv_index(rng)
    resumed: Treatment | None = None
    used: set[str] = set()
    while day < frame.end:
        _untreated(illness, since, day)
        chosen = resumed or _choose(rng, frame, illness, day, line, used)
        if chosen is None:
            since = day
            if illness.next_relapse(day, frame.end, 1.0) is None:
                return periods
            day = illness.relapses[-1].day + timedelta(days=rng.randint(30, 120))
            continue
        resumed = None
        used.add(chosen.code)
        if chosen.code in (_CLADRIBINE, _ALEMTUZUMAB):
            relapse = _in_courses(rng, frame, illness, chosen, day, periods)
            if relapse is None:
                return periods
            since, line = relapse, 2
            day = since + timedelta(days=rng.randint(30, 90))
            continue
        stop = _period(rng, frame, illness, chosen, day, jcv, periods)
        if stop is None:
            return periods
        since = stop.day
        line = 2 if stop.escalate else line
        if stop.pause:
            resumed = chosen
        day = since + timedelta(days=stop.pause or rng.randint(*chosen.gap))
        if stop.reasons == ("patient_wish",) and rng.random() < 0.5:
            break
    _untreated(illness, since, frame.end)
    return periods


def _untreated(illness: Illness, since: date, until: date) -> None:
    while illness.next_relapse(since, until, 1.0) is not None:
        pass


def _first_day(rng: Random, frame: Frame) -> date:
    if rng.random() < _TREATED[frame.phenotype]:
        return frame.diagnosis + timedelta(days=rng.randint(14, 150))
    # Without treatment at first; those with CIS or RIS may need it after a next attack.
    return frame.end if rng.random() < 0.5 else frame.diagnosis + timedelta(days=rng.randint(500, 2500))


def _choose(
    rng: Random, frame: Frame, illness: Illness, day: date, line: int, used: set[str]
) -> Treatment | None:
    phenotype = illness.phenotype(day)
    if phenotype is Phenotype.RIS or (phenotype in (Phenotype.PPMS, Phenotype.SPMS) and frame.age(day) > 62):
        return None
    progressive = phenotype in (Phenotype.PPMS, Phenotype.SPMS)
    fit = [
        each
        for each in treatments()
        if each.since <= day < each.until
        and each.code not in used
        and (phenotype in each.progressive if progressive else each.line == line)
    ]
    return rng.choices(fit, [each.weight for each in fit])[0] if fit else None


def _period(
    rng: Random,
    frame: Frame,
    illness: Illness,
    chosen: Treatment,
    day: date,
    jcv: Decimal | None,
    periods: list[Period],
) -> _Stop | None:
    """Add one period; None when the medicine is still used at the end."""
    stop = _planned(rng, frame, illness, chosen, day, jcv)
    limit = min(stop.day if stop else frame.end, frame.end)
    while (relapse := illness.next_relapse(day, limit, chosen.factor)) is not None:
        early = (relapse.day - day).days < 120
        if not early and rng.random() < 0.4:
            found = ("no_effect_clinical", "no_effect_mri") if rng.random() < 0.4 else ("no_effect_clinical",)
            stop = _Stop(relapse.day + timedelta(days=rng.randint(14, 60)), found, escalate=True)
            break
    if stop is not None and stop.day >= frame.end:
        stop = None
    values: dict[str, Any] = {"medicine": chosen.code, "start_date": day}
    end = stop.day if stop else None
    reasons = stop.reasons if stop else ()
    if stop is None and frame.state is State.DECEASED:
        end, reasons = frame.end, ("other",)
    effects = []
    if stop is not None and stop.effect:
        effects.append(side_effect(rng, chosen, day, stop.day, frame.end, stopped=True))
    elif rng.random() < 0.09:
        effects.append(side_effect(rng, chosen, day, end or frame.end, frame.end, stopped=False))
    if end is not None:
        values |= {
            "stop_date": end,
            "safety_issue": bool(effects),
            "stop_reasons": tuple(code for code in _REASONS if code in reasons),
        }
    details(rng, values, chosen, jcv, used_before=bool(periods))
    periods.append(Period(values, effects))
    return stop


def _planned(
    rng: Random, frame: Frame, illness: Illness, chosen: Treatment, day: date, jcv: Decimal | None
) -> _Stop | None:
    """The first thing other than a relapse that would end a period."""
    found: list[_Stop] = []
    if rng.random() < (0.24 if chosen.line == 1 else 0.1):
        after = timedelta(days=rng.randint(10, 500))
        found.append(_Stop(day + after, ("adverse_event",), effect=True))
    if frame.sex == "female" and 21 < frame.age(day) < 38 and rng.random() < 0.16:
        after = timedelta(days=rng.randint(200, 1300))
        reason = "pregnancy_wish" if rng.random() < 0.7 else "pregnancy"
        found.append(_Stop(day + after, (reason,), pause=rng.randint(330, 640)))
    if chosen.code == NATALIZUMAB and jcv is not None and jcv > Decimal("0.9"):
        after = timedelta(days=rng.randint(540, 900))
        found.append(_Stop(day + after, ("jcv_pml_risk",), escalate=True))
    if chosen.line == 1 and rng.random() < 0.15:
        found.append(_Stop(day + timedelta(days=rng.randint(300, 1100)), ("no_effect_mri",), escalate=True))
    if rng.random() < 0.07:
        found.append(_Stop(day + timedelta(days=rng.randint(120, 1500)), ("patient_wish",)))
    if rng.random() < 0.03:
        found.append(_Stop(day + timedelta(days=rng.randint(120, 900)), ("adherence", "patient_wish")))
    turn = illness.secondary
    if turn is not None and turn > day and "spms" not in chosen.progressive and rng.random() < 0.8:
        found.append(_Stop(turn + timedelta(days=rng.randint(20, 200)), ("no_effect_clinical",)))
    return min(found, key=lambda each: each.day, default=None)


def _in_courses(
    rng: Random, frame: Frame, illness: Illness, chosen: Treatment, day: date, periods: list[Period]
) -> date | None:
    """Two short courses a year apart, after which the effect lasts. Gives the day of the relapse after."""
    last = day
    for year in (1, 2):
        start = day + timedelta(days=0 if year == 1 else rng.randint(365, 385))
        stop = start + timedelta(days=33 if chosen.code == _CLADRIBINE else 5 - 2 * (year - 1))
        if stop >= frame.end:
            break
        values: dict[str, Any] = {
            "medicine": chosen.code,
            "start_date": start,
            "stop_date": stop,
            "deviating_interval": False,
            "safety_issue": False,
            "stop_reasons": ("planned_end",),
        }
        if chosen.code == _CLADRIBINE:
            values["treatment_year"] = str(year)
        else:
            values |= {"course_number": year, "thyroid_event": year == 2 and rng.random() < 0.3}
        periods.append(Period(values))
        last = stop
    relapse = illness.next_relapse(last, frame.end, chosen.factor)
    return relapse.day if relapse else None
