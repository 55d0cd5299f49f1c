"""Who a made-up patient is: the answers of the forms patient and diagnosis."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from msreg.rules.names import fold_name
from msreg.services.made_up.frame import Frame, State
from msreg.services.made_up.illness import died_of
from msreg.services.made_up.lists import MadeUpCentre, bsns, names
from msreg.vocabulary import DiseaseKind, Phenotype

_LETTERS = "ABCDEFGHJKLMNPRSTVWXZ"
_SITES = {"optic": 28, "brainstem": 18, "spinal_cord": 40, "supratentorial": 16, "other": 4}


def person(rng: Random, seed: int, number: int, frame: Frame, centre: MadeUpCentre) -> dict[str, Any]:
    """The answers about patient `number`; the same number never gets the same BSN or patient number."""
    lists = names()
    prefix, family = rng.choice(lists.families)
    initials = "".join(f"{rng.choice(lists.initials)}." for _ in range(rng.choice((1, 1, 2, 2, 3))))
    numbers = bsns(seed)
    values: dict[str, Any] = {
        "consent": True,
        "consent_date": frame.consent,
        "patient_number": f"{20_000 + number * 13 + rng.randrange(13):07d}",
        "family_name": family,
        "initials": initials,
        "birth_date": frame.birth,
        "sex": frame.sex,
        "postal_code": _postal_code(rng, centre),
        "language": "nl" if rng.random() < 0.94 else "en",
        "deceased": frame.state is State.DECEASED,
        "treatment_ended": frame.state is State.ENDED,
    }
    if prefix:
        values["name_prefix"] = prefix
    # The test range ends; beyond it, and for a few before, the BSN is not known.
    if number < len(numbers) and rng.random() < 0.96:
        values["bsn"] = numbers[number]
    if rng.random() < 0.8:
        local = "".join(c for c in fold_name(f"{initials}{prefix}{family}") if c.isascii() and c.isalnum())
        values["email"] = f"{local}{number}@example.org"
    return values | _end(rng, frame) | _diagnosis(rng, frame)


def referral(rng: Random, frame: Frame) -> dict[str, Any] | None:
    """How the patient came to this hospital, when that is known."""
    if rng.random() < 0.3:
        return None
    by = rng.choices(("gp", "other_hospital", "own_hospital", "other"), (62, 24, 11, 3))[0]
    values: dict[str, Any] = {"kind": DiseaseKind.REFERRAL.value, "referred_by": by}
    if frame.onset < frame.diagnosis and rng.random() < 0.85:
        days = (frame.diagnosis - frame.onset).days
        values["date"] = date.fromordinal(frame.diagnosis.toordinal() - rng.randint(1, min(days, 120)))
    if by == "gp":
        values["referred_from"] = rng.choice(names().practices)
    elif by == "other_hospital":
        values["referred_from"] = rng.choice(names().hospitals)
    return values


def _postal_code(rng: Random, centre: MadeUpCentre) -> str:
    # Without S none of the letters that no Dutch postal code has (SA, SD, SS) can come up.
    letters = _LETTERS.replace("S", "")
    return f"{rng.randint(*centre.postal)} {rng.choice(letters)}{rng.choice(letters)}"


def _end(rng: Random, frame: Frame) -> dict[str, Any]:
    if frame.state is State.DECEASED:
        return {"deceased_on": frame.end, "death_cause": died_of(rng, frame)}
    if frame.state is State.ENDED:
        reason = rng.choices(("unknown_hospital", "abroad", "lost", "other"), (35, 15, 40, 10))[0]
        return {"treatment_ended_on": frame.end, "treatment_ended_reason": reason}
    return {}


def _diagnosis(rng: Random, frame: Frame) -> dict[str, Any]:
    values: dict[str, Any] = {
        "diagnosis_date": frame.diagnosis,
        "diagnosis_phenotype": frame.phenotype.value,
        "csf_bands": rng.choices(("yes", "no", "not_done", "unknown"), (62, 8, 26, 4))[0],
    }
    if frame.phenotype is not Phenotype.RIS:
        # Patients remember a day, a month, or no more than a year.
        length = rng.choices((10, 7, 4), (40, 36, 24))[0]
        drawn = set(rng.choices(list(_SITES), list(_SITES.values()), k=rng.choice((1, 1, 1, 2))))
        values["first_symptom"] = frame.onset.isoformat()[:length]
        values["first_symptom_sites"] = tuple(code for code in _SITES if code in drawn)
        values["criteria"] = _criteria(frame.diagnosis)
    return values


def _criteria(day: date) -> str:
    for year, code in ((2025, "mcdonald_2024"), (2018, "mcdonald_2017"), (2011, "mcdonald_2010")):
        if day.year >= year:
            return code
    return "mcdonald_2005" if day.year >= 2006 else "mcdonald_2001"
