"""A record added at once, from options or a file: all of it or nothing (SPEC C2, C5, P1-P4, K1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from msreg.errors import Conflict, MsregError, NotAllowed, NotFound, Refused, Usage
from msreg.services.adding import add_record, centres_to_write, is_needed, own_centre, own_centres
from msreg.services.batch_result import Loaded
from msreg.services.editing import Edited
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Role

Rows = dict[str, Callable[..., dict[str, Any]]]
Stored = Callable[[str], list[dict[str, Any]]]
Add = Callable[..., Edited]
P = "AMS01:00001"
WHO = {
    "consent": "ja", "consent_date": "2-1-2020", "patient_number": "00009", "family_name": "Bakker",
    "birth_date": "1980-05-06", "sex": "v", "diagnosis_date": "2019-03-04", "diagnosis_phenotype": "RRMS",
}  # fmt: skip
COURSE = {"course_date": "2026-11-20", "edss_method": "assessed", "edss": "3,5", "mri_done": "nee"}
RELAPSE = {"kind": "relapse", "date": "2026-08-14", "methylprednisolone": "no"}
EVENT = {"description": "rash", "report_to_lareb": "no"}


@pytest.fixture
def add(registry: Registry, desk: Actor, today: date) -> Add:
    return partial(add_record, registry, by=desk, today=today)


@pytest.fixture
def patient(lay: Callable[..., Loaded], row: Rows) -> None:
    """Patient 00001 with one course and one medicine that runs."""
    lay(patients=[row["patient"]()], courses=[row["course"]()], medication=[row["medication"]()])


def test_a_patient_is_registered_with_the_defaults_of_the_form(add: Add, stored: Stored) -> None:
    done = add(record=Record.PATIENT, centre="ams01", answers=WHO)
    (row,) = stored("patient")
    assert (done.number, done.added, done.complete, done.open_questions) == ("MS-0000001", True, True, 0)
    assert (row["family_name"], row["sex"], row["language"], row["deceased"]) == ("Bakker", "female", "nl", 0)
    assert "language" in [each.key for each in done.changes]


@pytest.mark.parametrize(
    ("record", "more", "table"),
    [(Record.COURSE, COURSE, "course"), (Record.DISEASE, RELAPSE, "disease_event"),
     (Record.DISEASE, {"kind": "referral", "referred_by": "gp"}, "disease_event"),
     (Record.MEDICATION, {"medicine": "Tysabri", "start_date": "2017-01-01", "stop_date": "2018-01-01",
      "deviating_interval": "no", "safety_issue": "no", "stop_reasons": "JCV;anders", "jcv_status": "pos",
      "jcv_index": "1,2"}, "medication"),
     (Record.ADVERSE_EVENT, EVENT, "adverse_event")],
)  # fmt: skip
def test_every_kind_of_record(
    add: Add, patient: None, stored: Stored, record: Record, more: dict[str, str], table: str
) -> None:
    before = len(stored(table))
    done = add(record=record, patient=P, answers=more)
    assert (done.record, done.number, done.added) == (record, "MS-0000001", True)
    assert len(stored(table)) == before + 1
    (event,) = [each for each in stored("audit_event") if f'"{record.value}.add"' in each["body"]]
    assert json.loads(event["body"])["action"] == "C"


@pytest.mark.parametrize("consent", ["no", "nee"])
def test_p1_without_consent_nothing_is_stored_or_logged(add: Add, stored: Stored, consent: str) -> None:
    before = stored("audit_event")
    with pytest.raises(NotAllowed) as told:
        add(record=Record.PATIENT, centre="AMS01", answers={**WHO, "consent": consent})
    assert (told.value.rule, told.value.field) == ("PAT-001", "consent")
    assert (stored("patient"), stored("audit_event")) == ([], before)


@pytest.mark.parametrize(
    ("record", "given", "sentence"),
    [
        (Record.COURSE, {}, "These options are missing: --course-date, --edss-method, --mri-done."),
        (Record.COURSE, {"course_date": "2026-11-20", "mri_done": "no"}, "The option --edss-method is missing."),
        (Record.COURSE, {**COURSE, "mri_done": "yes"},
         "These options are missing: --mri-date, --mri-region, --mri-gadolinium, --mri-new-t2."),
        (Record.MEDICATION, {"medicine": "L04AG08", "start_date": "2020-01-01"},
         "The option --deviating-interval is missing."),
    ],
)  # fmt: skip
def test_c2_what_is_missing_is_named_by_its_options(
    add: Add, patient: None, stored: Stored, record: Record, given: dict[str, str], sentence: str
) -> None:
    before = stored("course"), stored("medication")
    with pytest.raises(Usage) as told:
        add(record=record, patient=P, answers=given)
    assert (told.value.text(), told.value.exit_code) == (sentence, 2)
    assert (stored("course"), stored("medication")) == before


def test_incomplete_leaves_open_what_does_not_name_the_record(
    add: Add, patient: None, stored: Stored
) -> None:
    done = add(record=Record.COURSE, patient=P, answers={"course_date": "2026-11-20"}, incomplete=True)
    assert (done.complete, done.open_questions) == (False, 2)
    with pytest.raises(Usage) as told:
        add(record=Record.COURSE, patient=P, answers={"mri_done": "no"}, incomplete=True)
    assert told.value.text() == "The option --course-date is missing."
    with pytest.raises(Usage) as told:
        add(record=Record.PATIENT, centre="AMS01", answers={"consent": "yes"}, incomplete=True)
    assert told.value.text() == "These options are missing: --patient-number, --family-name."
    assert len(stored("course")) == 2


@pytest.mark.parametrize(
    ("record", "key", "kind", "needed"),
    [(Record.DISEASE, "date", "relapse", True), (Record.DISEASE, "date", "referral", False),
     (Record.DISEASE, "kind", None, True), (Record.COURSE, "course_date", None, True),
     (Record.COURSE, "edss_method", None, False), (Record.PATIENT, "consent", None, True),
     (Record.PATIENT, "birth_date", None, False)],
)  # fmt: skip
def test_what_a_record_cannot_stand_without(record: Record, key: str, kind: str | None, needed: bool) -> None:
    assert is_needed(record, key, {} if kind is None else {"kind": kind}) is needed


@pytest.mark.parametrize(
    ("record", "answers", "code"),
    [
        (Record.COURSE, {**COURSE, "course_date": "2021-01-01"}, "COU-002"),
        (Record.COURSE, {**COURSE, "course_date": "2026-11-22"}, "FRM-006"),
        (Record.COURSE, {**COURSE, "edss": "0.5"}, "COU-004"),
        (Record.COURSE, {**COURSE, "fs_visual": "1"}, "COU-007"),
        (Record.DISEASE, {"kind": "phenotype", "date": "2026-01-01", "phenotype": "cis"}, "DIS-002"),
        (Record.DISEASE, {"kind": "phenotype", "date": "2019-03-04", "phenotype": "spms"}, "DIS-001"),
        (Record.MEDICATION, {"medicine": "L04AG03", "start_date": "2026-01-01", "deviating_interval": "no",
                             "jcv_status": "neg"}, "MED-004"),
        (Record.ADVERSE_EVENT, {**EVENT, "report_to_lareb": "yes", "start_date": "2020-05-31", "event_course": "x",
                                "outcome": "recovered", "severity": "mild"}, "EVT-001"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_and_nothing_is_kept(
    add: Add, patient: None, stored: Stored, record: Record, answers: dict[str, str], code: str
) -> None:
    tables = ("patient", "course", "disease_event", "medication", "adverse_event")
    before = [stored(each) for each in tables]
    with pytest.raises(Refused) as told:
        add(record=record, patient=P, answers=answers)
    assert (told.value.rule, told.value.exit_code) == (code, 6)
    assert [stored(each) for each in tables] == before


def test_the_same_twice_is_refused_the_second_time(add: Add, patient: None, stored: Stored) -> None:
    add(record=Record.COURSE, patient=P, answers=COURSE)
    with pytest.raises(Refused) as told:
        add(record=Record.COURSE, patient=P, answers=COURSE)
    assert told.value.rule == "COU-002"
    add(record=Record.PATIENT, centre="AMS01", answers=WHO)
    with pytest.raises(Refused) as told:
        add(record=Record.PATIENT, centre="AMS01", answers=WHO)
    assert told.value.rule == "PAT-013"
    add(record=Record.PATIENT, centre="UTR01", answers=WHO)
    assert [each["patient_number"] for each in stored("patient")] == ["00001", "00009", "00009"]


@pytest.mark.parametrize(("centre", "rule"), [("AMS01", "PAT-010"), ("UTR01", "PAT-011")])
def test_p3_a_known_bsn_is_told_to_its_own_centre_only(
    add: Add, lay: Callable[..., Loaded], row: Rows, centre: str, rule: str
) -> None:
    lay(patients=[row["patient"]("7", bsn="999990019")])
    with pytest.raises(Refused) as told:
        add(record=Record.PATIENT, centre=centre, answers={**WHO, "bsn": "9999.90.019"})
    assert told.value.rule == rule
    said = f"{told.value.text()} {told.value.hint_text()}"
    assert not [word for word in ("AMS01", "Amstelhof", "MS-0000001", "Jansen", "999990019") if word in said]


def test_a_dry_run_tells_the_same_and_keeps_nothing(add: Add, patient: None, stored: Stored) -> None:
    before = stored("course"), stored("patient")
    trial = add(record=Record.COURSE, patient=P, answers=COURSE, dry_run=True)
    assert (stored("course"), stored("patient")) == before
    done = add(record=Record.COURSE, patient=P, answers=COURSE)
    told = [(each.number, each.complete, each.open_questions, len(each.changes)) for each in (trial, done)]
    assert told[0] == told[1]
    new = add(record=Record.PATIENT, centre="AMS01", answers=WHO, dry_run=True)
    assert new.number == add(record=Record.PATIENT, centre="AMS01", answers=WHO).number


def test_a_dry_run_of_what_is_refused_is_refused(add: Add, patient: None) -> None:
    with pytest.raises(Refused):
        add(record=Record.COURSE, patient=P, answers={**COURSE, "edss": "0.5"}, dry_run=True)


def test_a_doubt_is_told_and_with_a_reason_kept(add: Add, patient: None, stored: Stored) -> None:
    done = add(record=Record.COURSE, patient=P, answers={**COURSE, "edss": "6.5"})
    assert [each.code for each in done.doubts] == ["COU-009"]
    assert not [each for each in stored("audit_item") if each["entity"] == "confirmation"]
    more = {**COURSE, "course_date": "2026-11-21", "edss": "3"}
    add(record=Record.COURSE, patient=P, answers=more, reason="after the relapse")
    (item,) = [each for each in stored("audit_item") if each["entity"] == "confirmation"]
    assert json.loads(item["after"])["reason"] == "after the relapse"
    assert item["entity_id"] == stored("course")[2]["id"]


def test_a_side_effect_belongs_to_the_medication_that_is_named(
    add: Add, lay: Callable[..., Loaded], row: Rows, stored: Stored
) -> None:
    first = row["medication"](medicine="L04AG03", start_date=date(2019, 6, 1), stop_date=date(2020, 1, 1),
                              stop_reasons="other", safety_issue=False, jcv_status="negative")  # fmt: skip
    lay(patients=[row["patient"]()], medication=[first, row["medication"]()])
    with pytest.raises(Conflict):
        add(record=Record.ADVERSE_EVENT, patient=P, answers=EVENT)
    parent = {"parent_medicine": "tysabri", "parent_start_date": date(2019, 6, 1)}
    add(record=Record.ADVERSE_EVENT, patient=P, parent=parent, answers=EVENT)
    (event,) = stored("adverse_event")
    medicine = {each["id"]: each["medicine"] for each in stored("medication")}
    assert medicine[event["medication_id"]] == "L04AG03"
    with pytest.raises(NotFound):
        add(record=Record.ADVERSE_EVENT, patient=P, parent={"parent_medicine": "L04AG06"}, answers=EVENT)


def test_a_side_effect_without_a_medication(add: Add, lay: Callable[..., Loaded], row: Rows) -> None:
    lay(patients=[row["patient"]()])
    with pytest.raises(NotFound):
        add(record=Record.ADVERSE_EVENT, patient=P, answers=EVENT)


@pytest.mark.parametrize(
    ("code", "error"), [(None, Usage), ("NONE9", NotFound), ("UTR01", NotAllowed), ("GRO01", NotAllowed)]
)
def test_which_centre_a_patient_belongs_to(
    registry: Registry, add: Add, member: Callable[..., Actor], desk: Actor, code: str | None,
    error: type[MsregError],
) -> None:  # fmt: skip
    """One's only centre needs no naming; the office names one; nobody registers for another's or a closed one."""
    from msreg.services.centres import add_centre

    add_centre(registry, by=desk, code="GRO01", name="Gesloten")
    with registry.light() as db:
        db.execute("UPDATE centre SET active = 0 WHERE code = 'GRO01'")
    by = desk if code in (None, "GRO01", "NONE9") else member("AMS01")
    with pytest.raises(error):
        add(record=Record.PATIENT, centre=code, answers=WHO, by=by)
    assert add(record=Record.PATIENT, answers=WHO, by=member("AMS01")).number == "MS-0000001"
    with registry.light() as db:
        assert list(centres_to_write(db, desk).values()) == ["AMS01", "UTR01"]
    assert list(own_centres(registry, by=member("UTR01")).values()) == ["UTR01"]
    assert own_centre(registry, by=desk, code="utr01") == own_centre(registry, by=member("UTR01"), code=None)


def test_p10_of_who_withdrew_consent_nothing_is_added(
    registry: Registry, add: Add, patient: None, stored: Stored
) -> None:
    with registry.light() as db:
        db.execute("UPDATE patient SET withdrawn_on = '2026-11-01'")
    for record, answers in (
        (Record.COURSE, COURSE),
        (Record.DISEASE, RELAPSE),
        (Record.ADVERSE_EVENT, EVENT),
    ):
        with pytest.raises(NotAllowed) as told:
            add(record=record, patient=P, answers=answers)
        assert told.value.rule == "PAT-012"
    assert len(stored("course")) == 1


def test_a_reader_adds_nothing_and_nobody_sees_another_centre(
    add: Add, patient: None, member: Callable[..., Actor]
) -> None:
    with pytest.raises(NotAllowed) as told:
        add(record=Record.COURSE, patient=P, answers=COURSE, by=member("AMS01", Role.READER))
    assert told.value.exit_code == 5
    with pytest.raises(NotFound):
        add(record=Record.COURSE, patient=P, answers=COURSE, by=member("UTR01"))


@pytest.mark.parametrize(
    ("answers", "rule"), [({"bsn": "999990019"}, "PAT-010"), ({"patient_number": "00001"}, "PAT-013")]
)
def test_who_tries_numbers_leaves_a_trace(
    add: Add, lay: Callable[..., Loaded], row: Rows, stored: Stored, answers: dict[str, str], rule: str
) -> None:
    """P3: that a number is somebody's is told, so the attempt is in the log: the rule, not the number."""
    lay(patients=[row["patient"](bsn="999990019")])
    before = len(stored("audit_event"))
    with pytest.raises(Refused):
        add(record=Record.PATIENT, centre="AMS01", answers={**WHO, **answers}, dry_run=True)
    (event,) = stored("audit_event")[before:]
    body = json.loads(event["body"])
    assert (body["event"], body["outcome"], body["about"]) == ("patient.add", "4", {"rule": rule})
    assert not any(value in event["body"] for value in answers.values())
    with pytest.raises(Refused):
        add(record=Record.PATIENT, centre="AMS01", answers={**WHO, "email": "nobody"})
    assert len(stored("audit_event")) == before + 1, "another refusal tells of nobody"
