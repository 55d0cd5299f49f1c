"""Deleting one record by hand (SPEC K3): what goes along, what stands in the way, what the log keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from msreg.errors import Conflict, NotAllowed, NotFound, Refused
from msreg.services.batch_result import Loaded
from msreg.services.editing import edit_record
from msreg.services.removing import Removed, remove_record
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Role

Rows = dict[str, Callable[..., dict[str, Any]]]
Stored = Callable[[str], list[dict[str, Any]]]
Remove = Callable[..., Removed]
P = "AMS01:00001"
COURSE = {"course_date": date(2021, 1, 1)}
DRUG = {"medicine": "ocrevus", "start_date": date(2020, 6, 1)}


@pytest.fixture
def remove(registry: Registry, desk: Actor, today: date, lay: Callable[..., Loaded], row: Rows) -> Remove:
    """Patient 00001 with two courses, RRMS -> SPMS, two relapses, a referral, a medicine, two side effects."""
    spms = {"centre": "AMS01", "patient_number": "00001", "kind": "phenotype", "date": date(2022, 1, 1),
            "phenotype": "spms"}  # fmt: skip
    lay(
        patients=[row["patient"]()],
        courses=[row["course"](), row["course"](course_date=date(2022, 2, 2))],
        disease=[spms, row["relapse"](), row["relapse"](date=date(2023, 1, 1)), row["referral"]()],
        medication=[row["medication"]()],
        adverse_events=[row["event"](), row["event"](description="rash")],
    )
    return partial(remove_record, registry, by=desk, patient=P, today=today)


def test_k3_a_course_goes_and_the_log_keeps_what_it_was(remove: Remove, stored: Stored) -> None:
    (first, second) = stored("course")
    done = remove(record=Record.COURSE, which=COURSE)
    assert (done.number, done.along.total()) == ("MS-0000001", 0)
    assert [each["id"] for each in stored("course")] == [second["id"]]
    (item,) = [each for each in stored("audit_item") if each["action"] == "D"]
    assert (item["entity_id"], json.loads(item["before"])["edss"]) == (first["id"], "2.5")
    (event,) = [each for each in stored("audit_event") if '"course.delete"' in each["body"]]
    assert json.loads(event["body"])["patient_id"] == stored("patient")[0]["id"]


def test_the_columns_that_are_worked_out_follow(remove: Remove, stored: Stored) -> None:
    remove(record=Record.COURSE, which={"course_date": "02-02-2022"})
    remove(record=Record.DISEASE, which={"kind": "phenotype", "date": "2022-01-01"})
    (patient,) = stored("patient")
    assert (patient["last_course_on"], patient["last_phenotype"]) == ("2021-01-01", "rrms")
    remove(record=Record.COURSE, which=COURSE)
    assert stored("patient")[0]["last_course_on"] is None


def test_a_medication_takes_its_side_effects_along(remove: Remove, stored: Stored) -> None:
    trial = remove(record=Record.MEDICATION, which=DRUG, dry_run=True)
    assert trial.along == {Record.ADVERSE_EVENT: 2}
    assert len(stored("adverse_event")) == 2
    remove(record=Record.MEDICATION, which=DRUG)
    assert stored("medication") == stored("adverse_event") == []


def test_one_side_effect_of_two(remove: Remove, stored: Stored) -> None:
    which = {"parent_medicine": "L04AG08", "parent_start_date": date(2020, 6, 1), "description": "rash"}
    remove(record=Record.ADVERSE_EVENT, which=which)
    assert [each["description"] for each in stored("adverse_event")] == ["hoofdpijn"]


def test_the_referral_needs_no_date_and_one_of_two_relapses_does(remove: Remove, stored: Stored) -> None:
    remove(record=Record.DISEASE, which={"kind": "referral"})
    with pytest.raises(Conflict):
        remove(record=Record.DISEASE, which={"kind": "relapse"})
    remove(record=Record.DISEASE, which={"kind": "relapse", "date": date(2023, 1, 1)})
    remove(record=Record.DISEASE, which={"kind": "relapse"})
    assert [each["kind"] for each in stored("disease_event")] == ["phenotype"]


def test_the_second_time_there_is_nothing_left(remove: Remove) -> None:
    remove(record=Record.COURSE, which=COURSE)
    with pytest.raises(NotFound):
        remove(record=Record.COURSE, which=COURSE)


def test_a_record_that_another_one_rests_on_stays(
    registry: Registry, remove: Remove, lay: Callable[..., Loaded], row: Rows, stored: Stored
) -> None:
    """D2: without RRMS between them, SPMS would follow CIS."""
    rrms = {"centre": "AMS01", "patient_number": "00002", "kind": "phenotype", "date": date(2020, 1, 1),
            "phenotype": "rrms"}  # fmt: skip
    lay(patients=[row["patient"]("00002", diagnosis_phenotype="cis")],
        disease=[rrms, rrms | {"date": date(2022, 1, 1), "phenotype": "spms"}])  # fmt: skip
    before = stored("disease_event")
    for dry_run in (True, False):
        with pytest.raises(Refused) as told:
            remove(record=Record.DISEASE, patient="AMS01:00002", dry_run=dry_run,
                   which={"kind": "phenotype", "date": date(2020, 1, 1)})  # fmt: skip
        assert told.value.rule == "DIS-002"
    assert stored("disease_event") == before


def test_a_fault_that_is_there_already_does_not_stand_in_the_way(
    registry: Registry, remove: Remove, stored: Stored
) -> None:
    with registry.light() as db:
        db.execute("UPDATE patient SET birth_date = '2021-06-01'")
    remove(record=Record.COURSE, which={"course_date": date(2022, 2, 2)})
    assert [each["course_date"] for each in stored("course")] == ["2021-01-01"]


def test_what_somebody_else_changed_since_one_agreed_is_not_deleted(
    registry: Registry, desk: Actor, remove: Remove, stored: Stored, today: date
) -> None:
    would = remove(record=Record.COURSE, which=COURSE, dry_run=True)
    edit_record(
        registry, by=desk, record=Record.COURSE, patient=P, which=COURSE, answers={"edss": "3"}, today=today
    )
    with pytest.raises(Conflict):
        remove(record=Record.COURSE, which=COURSE, version=would.version)
    assert len(stored("course")) == 2
    remove(record=Record.COURSE, which=COURSE, version=would.version + 1)


def test_who_may(remove: Remove, member: Callable[..., Actor], stored: Stored) -> None:
    with pytest.raises(NotAllowed):
        remove(record=Record.COURSE, which=COURSE, by=member("AMS01", Role.READER))
    with pytest.raises(NotFound):
        remove(record=Record.COURSE, which=COURSE, by=member("UTR01"))
    assert len(stored("course")) == 2
