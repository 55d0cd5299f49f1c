"""Made-up people: the same for the same seed, sound by every rule, of every kind that is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msreg.config import load_settings
from msreg.errors import Conflict, NotAllowed
from msreg.forms.columns import forms_of
from msreg.forms.definition import Type
from msreg.forms.medicines import medicine
from msreg.rules.completeness import completeness_tone, course_is_due
from msreg.rules.duedates import years_before
from msreg.rules.edss import SYSTEMS, computed_edss
from msreg.rules.identifiers import is_bsn, is_email, is_test_bsn
from msreg.rules.phenotypes import can_follow
from msreg.services import access, operators
from msreg.services.demo_batch import write_demo_batch
from msreg.services.deriving import of_patient
from msreg.services.dossiers import Dossier
from msreg.services.imports import load_batch
from msreg.services.judging import judge
from msreg.services.made_up import fill, make_people
from msreg.services.made_up.courses import GRADES
from msreg.services.made_up.lists import bsns, treatments
from msreg.services.patients import Asked, overview
from msreg.store.actor import Actor
from msreg.store.audit import verify
from msreg.store.registry import Registry
from msreg.vocabulary import Record

TODAY = date(2026, 11, 21)
CENTRES = ("a" * 32, "b" * 32, "c" * 32)

seeds = st.integers(0, 2**40)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
derandomised = settings(derandomize=True, deadline=None, max_examples=25)


def people(seed: int, patients: int = 57, today: date = TODAY) -> list[Dossier]:
    return list(make_people(seed, patients, today, CENTRES))


def told(dossiers: list[Dossier]) -> list[object]:
    return [(d.centre_id, [(e.record, e.values) for e in d.entries()]) for d in dossiers]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    where = {"MSREG_HOME": str(tmp_path / "home"), "MSREG_KEY_FILE": str(tmp_path / "kek")}
    made, _ = Registry.create(load_settings(where), made_up=True)
    with made:
        operators.first_operator(made, user=access.os_user({}), host="desk-3")
        yield made


@pytest.fixture
def desk(registry: Registry) -> Actor:
    return access.whoami(registry, {})


def test_the_same_seed_gives_the_same_people() -> None:
    assert told(people(7)) == told(people(7))
    assert told(people(7)) != told(people(8))


def test_more_people_begin_with_the_same_ones() -> None:
    assert told(people(7, 80))[:57] == told(people(7))


@derandomised
@given(seeds, days)
def test_nobody_has_an_error_save_for_open_questions(seed: int, today: date) -> None:
    for dossier in people(seed, 57, today):
        found = [each for each in judge(dossier, today, made_up=True) if each.is_error]
        last = max(dossier.of(Record.COURSE), key=lambda each: each.values["course_date"])
        assert {each.code for each in found} <= {"FRM-001"}
        assert all(each.ref is last for each in found)


@derandomised
@given(seeds, days)
def test_every_colour_of_the_overview_is_there(seed: int, today: date) -> None:
    """SPEC P6, P7, P9: red, green, white, orange; deceased and ended."""
    tones = set()
    seen = set()
    for dossier in people(seed, 57, today):
        values = dossier.patient.values
        row = of_patient(dossier)
        tones.add(completeness_tone(row["open_questions"], values["deceased"], values["treatment_ended"]))
        seen |= {
            key
            for key, is_so in (
                ("orange", course_is_due(row["course_due_on"], today)),
                ("deceased", values["deceased"]),
                ("ended", values["treatment_ended"]),
            )
            if is_so
        }
    assert tones == {"red", "green", "white"}
    assert seen == {"orange", "deceased", "ended"}


@derandomised
@given(seeds)
def test_phenotypes_change_only_as_they_can(seed: int) -> None:
    """SPEC D1, D2."""
    for dossier in people(seed):
        now = dossier.patient.values["diagnosis_phenotype"]
        day = dossier.patient.values["diagnosis_date"]
        for change in (e.values for e in dossier.of(Record.DISEASE) if e.values["kind"] == "phenotype"):
            assert change["date"] > day
            assert can_follow(now, change["phenotype"])
            now, day = change["phenotype"], change["date"]


@derandomised
@given(seeds)
def test_one_medicine_at_a_time(seed: int) -> None:
    """SPEC G4."""
    for dossier in people(seed):
        periods = [e.values for e in dossier.of(Record.MEDICATION)]
        for before, after in pairwise(periods):
            assert before["start_date"] <= before["stop_date"] <= after["start_date"]


@derandomised
@given(seeds)
def test_dates_lie_within_the_life(seed: int) -> None:
    for dossier in people(seed):
        values = dossier.patient.values
        first = min(e.values["course_date"] for e in dossier.of(Record.COURSE))
        assert values["birth_date"] < values["diagnosis_date"] <= first
        assert values["consent_date"] <= first
        assert years_before(TODAY, 10) <= first
        end = values.get("deceased_on") or values.get("treatment_ended_on") or TODAY
        for entry in dossier.entries():
            for form in forms_of(entry.record):
                for item in form.items:
                    if item.type is Type.DATE and entry.values.get(item.key) is not None:
                        assert values["birth_date"] <= entry.values[item.key] <= end, item.key


@derandomised
@given(seeds)
def test_bsns_are_test_numbers_and_differ(seed: int) -> None:
    """SPEC P3: numbers of the range 9999 that pass the eleven-test, each once."""
    found = [each for d in people(seed) if (each := d.patient.values.get("bsn")) is not None]
    assert len(found) > 40
    assert len(set(found)) == len(found)
    assert all(is_bsn(each) and is_test_bsn(each) for each in found)


def test_the_test_range_is_whole_and_no_longer() -> None:
    every = bsns(1)
    assert len(set(every)) == len(every) == 9091
    assert all(is_bsn(each) and is_test_bsn(each) for each in every[::50])


def test_numbers_and_addresses_differ_among_many() -> None:
    """SPEC P4; beyond the test range of BSNs a patient has none."""
    many = people(3, 9500)
    numbers = [d.patient.values["patient_number"] for d in many]
    assert len(set(numbers)) == len(numbers)
    addresses = [d.patient.values["email"] for d in many if "email" in d.patient.values]
    assert len(set(addresses)) == len(addresses)
    assert all(is_email(each) and each.endswith("@example.org") for each in addresses)
    assert all("bsn" not in d.patient.values for d in many[9091:])


def test_as_many_of_each_kind_as_one_would_believe() -> None:
    many = people(5, 3000)
    women = sum(d.patient.values["sex"] == "female" for d in many) / len(many)
    assert 0.70 < women < 0.80
    first = [d.patient.values["diagnosis_phenotype"] for d in many]
    assert 0.82 < sum(each in ("rrms", "cis", "spms") for each in first) / len(first) < 0.88
    assert 0.10 < first.count("ppms") / len(first) < 0.14
    relapses = [e.values for d in many for e in d.of(Record.DISEASE) if e.values["kind"] == "relapse"]
    years = sum(((d.patient.values.get("deceased_on") or d.patient.values.get("treatment_ended_on") or TODAY)
                 - d.patient.values["diagnosis_date"]).days / 365.25 for d in many)  # fmt: skip
    assert 0.2 < len(relapses) / years < 0.4
    assert {each["methylprednisolone"] for each in relapses} == {True, False}
    turned = sum(e.values.get("phenotype") == "spms" for d in many for e in d.of(Record.DISEASE))
    assert 0.05 < turned / len(many) < 0.25
    reports = [e.values["report_to_lareb"] for d in many for e in d.of(Record.ADVERSE_EVENT)]
    assert 0.2 < sum(reports) / len(reports) < 0.7


def test_treatments_are_in_the_catalogue() -> None:
    for each in treatments():
        known = medicine(each.code)
        assert known is not None
        assert known.choosable, each.code


@pytest.mark.parametrize(("score", "grades"), [(s, each) for s, all_ in GRADES.items() for each in all_])
def test_grades_give_their_score(score: str, grades: tuple[int, ...]) -> None:
    assert len(grades) == len(SYSTEMS)
    assert str(computed_edss(*grades)) == score


def test_fill_writes_everything_through_the_log(registry: Registry, desk: Actor) -> None:
    done = fill(registry, by=desk, seed=1, patients=57, today=TODAY)
    assert (done.centres, done.patients) == (3, 57)
    assert done.shares > 1
    with registry.light() as db:
        written = {
            "course": done.courses,
            "disease_event": done.disease,
            "medication": done.medication,
            "adverse_event": done.adverse_events,
            "share": done.shares,
        }
        for table, number in written.items():
            assert db.one(f"SELECT count(*) FROM {table}") == (number,)
            assert db.one("SELECT count(*) FROM audit_item WHERE entity = ?", (table,)) == (number,)
        assert verify(db, registry.keys.audit_key, registry.uuid).ok
    shared = overview(registry, by=desk, asked=Asked(scope="shared"), today=TODAY)
    assert shared.total == done.shares


def test_only_one_filling_and_only_of_a_demo(registry: Registry, desk: Actor, tmp_path: Path) -> None:
    fill(registry, by=desk, seed=1, patients=2, today=TODAY)
    with pytest.raises(Conflict):
        fill(registry, by=desk, seed=1, patients=2, today=TODAY)
    where = {"MSREG_HOME": str(tmp_path / "real"), "MSREG_KEY_FILE": str(tmp_path / "kek2")}
    real, _ = Registry.create(load_settings(where), made_up=False)
    with real, pytest.raises(NotAllowed):
        fill(real, by=desk, seed=1, patients=2, today=TODAY)
    with real.light() as db:
        assert db.one("SELECT count(*) FROM patient") == (0,)


@pytest.mark.parametrize("format_key", ["excel", "csv"])
def test_the_demo_batch_has_the_faults_that_it_tells_of(
    registry: Registry, desk: Actor, tmp_path: Path, format_key: str
) -> None:
    """SPEC B3: each planted fault is found where it was put, and nothing else; the mended file is loaded."""
    ending = ".xlsx" if format_key == "excel" else ""
    faulty, sound = tmp_path / f"faulty{ending}", tmp_path / f"sound{ending}"
    fill(registry, by=desk, seed=1, patients=57, today=TODAY)
    planted = write_demo_batch(faulty, seed=1, patients=57, today=TODAY, format_key=format_key)
    found = load_batch(registry, by=desk, path=faulty, today=TODAY)
    assert len({each.code for each in planted}) == 8
    assert [(f.sheet, f.row, f.field, f.code) for f in found.errors] == [
        (each.sheet, each.row, each.field, each.code) for each in planted
    ]
    write_demo_batch(sound, seed=1, patients=57, today=TODAY, faults=False, format_key=format_key)
    done = load_batch(registry, by=desk, path=sound, today=TODAY)
    assert not done.refused
    assert done.summary["added"] > 5
    assert done.summary["changed"] == 1
    assert done.summary["unchanged"] > 20


@settings(derandomize=True, deadline=None, max_examples=15)
@given(seeds)
def test_a_demo_batch_can_be_made_for_every_seed(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    path = tmp_path_factory.mktemp("batch") / "batch"
    assert len(write_demo_batch(path, seed=seed, patients=57, today=TODAY, format_key="csv")) == 9
