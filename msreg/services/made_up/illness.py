"""The illness of a made-up patient: relapses, changes of phenotype, and the EDSS that follows from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from msreg.services.made_up.frame import Frame, State
from msreg.vocabulary import DiseaseKind, Phenotype

_MOST = 1.1
"""More relapses a year than any rate below: candidates are drawn at this rate and thinned."""

_APART = 45
_RATES = {
    Phenotype.RIS: 0.1,
    Phenotype.CIS: 0.35,
    Phenotype.RRMS: 1.05,
    Phenotype.SPMS: 0.2,
    Phenotype.PPMS: 0.03,
}
_AT_DIAGNOSIS = {
    Phenotype.RIS: (0.0, 0.0),
    Phenotype.CIS: (0.0, 1.6),
    Phenotype.RRMS: (0.5, 2.6),
    Phenotype.SPMS: (3.8, 5.5),
    Phenotype.PPMS: (2.6, 4.6),
}
_SEVERITY = {"mild": 45, "moderate": 42, "severe": 13}
_STEP = {"mild": 0.5, "moderate": 1.0, "severe": 1.7}
_STEROIDS = {"mild": 0.3, "moderate": 0.75, "severe": 0.96}
_LEFT = {"full": 0.0, "partial": 0.4, "none": 0.8, "unknown": 0.2}
_SYMPTOMS = {"visual": 22, "brainstem": 14, "cerebellar": 12, "pyramidal": 24, "sensory": 34,
             "bowel_bladder": 6, "cerebral": 4}  # fmt: skip


@dataclass(slots=True)
class Relapse:
    """One attack: its day, the answers about it, and what it does to the EDSS at once and for good."""

    day: date
    values: dict[str, Any]
    step: float
    left: float


@dataclass(slots=True)
class Illness:
    """How the illness goes, drawn from the diagnosis on, treatment by treatment."""

    rng: Random
    frame: Frame
    relapses: list[Relapse] = field(default_factory=list)
    changes: list[tuple[date, Phenotype]] = field(default_factory=list)
    secondary: date | None = None
    """The day on which relapsing MS turns secondary progressive, if the patient lives to see it."""
    start: float = 0.0
    pace: float = 1.0

    @classmethod
    def of(cls, rng: Random, frame: Frame) -> Illness:
        """An illness at its diagnosis."""
        new = cls(rng, frame)
        new.start = rng.uniform(*_AT_DIAGNOSIS[frame.phenotype])
        new.pace = rng.uniform(0.4, 1.6)
        if frame.phenotype in (Phenotype.CIS, Phenotype.RRMS):
            years = max(7.0, rng.gauss(14, 6))
            turn = frame.onset + timedelta(days=round(years * 365.25))
            if turn >= frame.diagnosis + timedelta(days=1500):
                new.secondary = turn
        return new

    def phenotype(self, day: date) -> Phenotype:
        """The phenotype on a day, as far as the illness has been drawn."""
        now = self.frame.phenotype
        for since, changed in self.changes:
            if since <= day:
                now = changed
        if now is Phenotype.RRMS and self.secondary is not None and day >= self.secondary:
            return Phenotype.SPMS
        return now

    def next_relapse(self, since: date, until: date, factor: float) -> Relapse | None:
        """Draw the next relapse after `since` and before `until`, under a treatment that leaves `factor`."""
        day = since
        if self.relapses:
            day = max(day, self.relapses[-1].day + timedelta(days=_APART))
        while True:
            day += timedelta(days=1 + round(self.rng.expovariate(_MOST / 365.25)))
            if day >= until:
                return None
            phenotype = self.phenotype(day)
            # Relapses become rarer with the years and with age.
            rate = _RATES[phenotype] * factor * 0.93 ** self.frame.years_ill(day)
            if self.frame.age(day) > 50:
                rate *= 0.5
            if self.rng.random() < rate / _MOST:
                relapse = self._relapse(day)
                self.relapses.append(relapse)
                self._second_attack(day, phenotype)
                return relapse

    def finish(self) -> None:
        """Note the turn to secondary progression, now that everything before it is drawn."""
        turn = self.secondary
        if turn is None or turn > self.frame.end or self.phenotype(turn) is not Phenotype.SPMS:
            self.secondary = None
        else:
            self.changes.append((turn, Phenotype.SPMS))

    def edss(self, day: date) -> Decimal:
        """What a neurologist would find on a day, on the scale; the courses before and after are near it."""
        years = self.frame.years_ill(day)
        score = self.start + self._drift(day, years)
        for relapse in self.relapses:
            ago = (day - relapse.day).days
            if ago >= 0:
                # Recovery takes some months; what is left then stays.
                fading = max(0.0, 1 - ago / 150)
                score += relapse.left + (relapse.step - relapse.left) * fading
        return on_scale(min(score, 8.5))

    def _drift(self, day: date, years: float) -> float:
        phenotype = self.phenotype(day)
        if phenotype in (Phenotype.RIS, Phenotype.CIS):
            return 0.0
        if self.frame.phenotype in (Phenotype.PPMS, Phenotype.SPMS) or phenotype is Phenotype.PPMS:
            return 0.3 * self.pace * years
        drift = 0.04 * self.pace * years
        if self.secondary is not None:
            # Progression begins before anybody gives it its name.
            before = (day - self.secondary).days / 365.25 + 4
            drift += max(0.0, 0.4 * max(0.8, self.pace) * before)
        return drift

    def _second_attack(self, day: date, phenotype: Phenotype) -> None:
        """An attack makes CIS of RIS, and RRMS of CIS (McDonald: dissemination in time)."""
        becomes = {Phenotype.RIS: Phenotype.CIS, Phenotype.CIS: Phenotype.RRMS}.get(phenotype)
        if becomes is not None and day > self.frame.diagnosis:
            self.changes.append((day, becomes))

    def _relapse(self, day: date) -> Relapse:
        rng = self.rng
        severity = rng.choices(list(_SEVERITY), list(_SEVERITY.values()))[0]
        recovery = rng.choices(list(_LEFT), (56, 34, 6, 4))[0]
        drawn = set(rng.choices(list(_SYMPTOMS), list(_SYMPTOMS.values()), k=rng.choice((1, 1, 2))))
        values: dict[str, Any] = {
            "kind": DiseaseKind.RELAPSE.value,
            "date": day,
            "symptoms": tuple(code for code in _SYMPTOMS if code in drawn),
            "severity": severity,
            "methylprednisolone": rng.random() < _STEROIDS[severity],
            "recovery": recovery,
        }
        if values["methylprednisolone"]:
            route = "iv" if rng.random() < 0.8 else "oral"
            values |= {
                "mp_route": route,
                "mp_dose_mg": 1000 if route == "iv" else 500,
                "mp_days": 3 if route == "iv" and rng.random() < 0.8 else 5,
            }
        return Relapse(day, values, _STEP[severity], _STEP[severity] * _LEFT[recovery])


def on_scale(score: float) -> Decimal:
    """The nearest score of the EDSS; there is no 0.5."""
    halves = round(score * 2)
    if halves == 1:
        halves = 0 if score < 0.5 else 2
    return Decimal(halves) / 2


def died_of(rng: Random, frame: Frame) -> str | None:
    """The cause of death, for those who died."""
    if frame.state is not State.DECEASED:
        return None
    return rng.choices(("ms", "other", "unknown"), (45, 40, 15))[0]
