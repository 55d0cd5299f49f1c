"""A registry of made-up people, for demos, tests and measurements. Nobody in it exists.

The same seed and the same day give the same people, and more of them begin with the same ones.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from random import Random

from msreg.errors import Conflict, NotAllowed
from msreg.services import access, shares
from msreg.services.centres import add_centre
from msreg.services.dossiers import Dossier, Entry
from msreg.services.made_up.courses import courses
from msreg.services.made_up.frame import frame, state_of
from msreg.services.made_up.illness import Illness
from msreg.services.made_up.lists import MadeUpCentre, centres, chance
from msreg.services.made_up.person import person, referral
from msreg.services.made_up.proms import proms
from msreg.services.made_up.treatment import treat
from msreg.services.saving import save
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, DiseaseKind, Record, Right

BATCH = 400
"""Patients in one transaction: few enough to keep memory flat, enough to make its costs small."""

_SHARED = 0.12


@dataclass(frozen=True, slots=True)
class Filled:
    """What `fill` wrote, in records."""

    centres: int
    patients: int
    courses: int
    disease: int
    medication: int
    adverse_events: int
    proms: int
    shares: int
    seconds: float


def make_people(seed: int, patients: int, today: date, centre_ids: Sequence[str]) -> Iterator[Dossier]:
    """Made-up patients with everything that belongs to them, one after another.

    `centre_ids` are the ids of the centres that register them, most for the first.
    """
    places = centres()
    weights = [places[at % len(places)].share for at in range(len(centre_ids))]
    for number in range(patients):
        rng = chance(seed, number)
        at = rng.choices(range(len(centre_ids)), weights)[0]
        yield _dossier(rng, seed, number, today, centre_ids[at], places[at % len(places)])


def _dossier(
    rng: Random, seed: int, number: int, today: date, centre_id: str, place: MadeUpCentre
) -> Dossier:
    around = frame(rng, state_of(seed, number), today)
    illness = Illness.of(rng, around)
    periods = treat(rng, around, illness)
    illness.finish()
    made = Dossier(Entry(Record.PATIENT, person(rng, seed, number, around, place)), centre_id)
    made.of(Record.COURSE).extend(Entry(Record.COURSE, each) for each in courses(rng, around, illness))
    disease = made.of(Record.DISEASE)
    if (sent := referral(rng, around)) is not None:
        disease.append(Entry(Record.DISEASE, sent))
    disease.extend(
        Entry(Record.DISEASE, {"kind": DiseaseKind.PHENOTYPE.value, "date": day, "phenotype": new.value})
        for day, new in illness.changes
    )
    disease.extend(Entry(Record.DISEASE, relapse.values) for relapse in illness.relapses)
    for period in periods:
        medication = Entry(Record.MEDICATION, period.values)
        made.of(Record.MEDICATION).append(medication)
        made.of(Record.ADVERSE_EVENT).extend(
            Entry(Record.ADVERSE_EVENT, effect, parent=medication) for effect in period.effects
        )
    lists = proms(chance(seed, number, "proms"), around, illness, made.patient.values)
    made.of(Record.PROM).extend(Entry(Record.PROM, each) for each in lists)
    return made


def fill(registry: Registry, *, by: Actor, seed: int, patients: int, today: date) -> Filled:
    """Fill a demo registry with centres, made-up patients and shares.

    Raises `NotAllowed` in a registry that is not made for made-up people, and `Conflict` in one that has
    patients already.
    """
    started = time.monotonic()
    access.require(registry, by=by, right=Right.REGISTRY_ADMIN, event="demo.fill")
    if not registry.made_up:
        raise NotAllowed(
            N_("Made-up people may not be put into a registry of real patients."),
            hint=N_("Make a throw-away registry with: msreg demo"),
        )
    places, added = _centres(registry, by)
    counts: Counter[Record] = Counter()
    shared = 0
    draw = chance(seed, "shares")
    people = iter(make_people(seed, patients, today, places))
    while batch := list(islice(people, BATCH)):
        with writing(registry, by=by, event="demo.fill", action=Action.CREATE) as work:
            save(work, batch)
            for dossier, other in _shared(draw, batch, places):
                assert dossier.id is not None
                shares.add(work, patient_id=dossier.id, centre_id=other, since=_shared_since(dossier, today))
                shared += 1
            work.about = {"patients": len(batch), "seed": seed}
        counts.update(entry.record for dossier in batch for entry in dossier.entries())
    return Filled(
        centres=added,
        patients=counts[Record.PATIENT],
        courses=counts[Record.COURSE],
        disease=counts[Record.DISEASE],
        medication=counts[Record.MEDICATION],
        adverse_events=counts[Record.ADVERSE_EVENT],
        proms=counts[Record.PROM],
        shares=shared,
        seconds=time.monotonic() - started,
    )


def _centres(registry: Registry, by: Actor) -> tuple[list[str], int]:
    """Ids of the demo's centres, added where they are not there yet, and how many were added."""
    with registry.light() as db:
        if db.one("SELECT 1 FROM patient LIMIT 1") is not None:
            raise Conflict(
                N_("This registry has patients already; made-up people go into an empty one."),
                hint=N_("Make a throw-away registry with: msreg demo"),
            )
        missing = [each for each in centres() if access.centre_by_code(db, each.code) is None]
    for each in missing:
        add_centre(registry, by=by, code=each.code, name=each.name, city=each.city)
    with registry.light() as db:
        found = [access.centre_by_code(db, each.code) for each in centres()]
    return [known[0] for known in found if known is not None], len(missing)


def _shared(rng: Random, batch: Iterable[Dossier], places: Sequence[str]) -> Iterator[tuple[Dossier, str]]:
    """About one in eight patients with another centre, the first of a batch for certain."""
    for at, dossier in enumerate(batch):
        others = [each for each in places if each != dossier.centre_id]
        if others and (rng.random() < _SHARED or at == 0):
            yield dossier, rng.choice(others)


def _shared_since(dossier: Dossier, today: date) -> date:
    """A believable day from which a patient is shared: that of the last course."""
    days = [entry.values["course_date"] for entry in dossier.of(Record.COURSE)]
    return max(days, default=today)
