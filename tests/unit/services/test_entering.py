"""Guided entry below the screen: each answer saved at once, and what stops, waits, goes on (SPEC K2, P1-P4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from msreg.errors import Conflict, MsregError, NotAllowed, NotFound, Refused
from msreg.services import access, drafts, entering
from msreg.services.batch_result import Loaded
from msreg.services.editing import edit_record
from msreg.services.entering import Answered
from msreg.services.entry_steps import Entering
from msreg.store import verify
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Right, Role

Rows = dict[str, Callable[..., dict[str, Any]]]
Stored = Callable[[str], list[dict[str, Any]]]
P = "AMS01:00001"
DAY = date(2026, 11, 20)
WHO = {"consent": True, "consent_date": date(2020, 1, 2), "patient_number": "00009", "bsn": "999990019",
       "family_name": "Bakker"}  # fmt: skip
SYSTEMS = (
    "pyramidal",
    "cerebellar",
    "brainstem",
    "sensory",
    "bowel_bladder",
    "visual",
    "cerebral",
    "ambulation",
)


@dataclass
class Person:
    """Somebody who answers questions one after another."""

    registry: Registry
    by: Actor
    today: date
    entry: Entering = field(init=False)

    def begin(self, record: Record, patient: str | None = P, **more: Any) -> Person:
        self.entry = entering.begin(
            self.registry, by=self.by, record=record, patient=patient, today=self.today, **more
        )
        if record is Record.PATIENT and patient is None:
            with self.registry.light() as db:
                known = access.centre_by_code(db, "AMS01")
            assert known is not None
            self.entry.draft.centre_id, self.entry.draft.centre = known[0], "AMS01"
        return self

    def resume(self, draft_id: str | None = None) -> Person:
        found = draft_id or drafts.drafts_of(self.registry, by=self.by)[0].id
        self.entry = entering.resume(self.registry, by=self.by, draft_id=found)
        return self

    def answer(self, key: str, value: Any, **more: Any) -> Answered:
        return entering.answer(
            self.registry, by=self.by, entering=self.entry, key=key, value=value, today=self.today, **more
        )

    def say(self, **answers: Any) -> None:
        for key, value in answers.items():
            assert self.answer(key, value).saved, key

    def finish(self) -> None:
        entering.finish(self.registry, by=self.by, entering=self.entry, today=self.today)


@pytest.fixture
def one(registry: Registry, desk: Actor, today: date) -> Person:
    """At the service desk."""
    return Person(registry, desk, today)


@pytest.fixture
def two(registry: Registry, member: Callable[..., Actor], today: date) -> Person:
    """A data manager of AMS01, at the same time."""
    return Person(registry, member("AMS01"), today)


@pytest.fixture
def patient(lay: Callable[..., Loaded], row: Rows) -> None:
    """Patient 00001 with one course and one medicine that runs."""
    lay(patients=[row["patient"]()], courses=[row["course"]()], medication=[row["medication"]()])


def events(registry: Registry) -> list[dict[str, Any]]:
    with registry.light() as db:
        return [json.loads(each[0]) for each in db.rows("SELECT body FROM audit_event ORDER BY seq")]


def everything(registry: Registry) -> str:
    """All that the registry holds, the log included, as one text."""
    with registry.light() as db:
        names = [each[0] for each in db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return repr([db.rows(f'SELECT * FROM "{name}"') for name in names])


def refused(person: Person, key: str, value: Any) -> str | None:
    with pytest.raises(Refused) as told:
        person.answer(key, value)
    return told.value.rule


# -- a new patient: consent, naming, saved at once ------------------------------------------------------------


def test_p1_without_consent_nothing_is_stored(registry: Registry, one: Person, stored: Stored) -> None:
    before = len(events(registry))
    one.begin(Record.PATIENT, None)
    with pytest.raises(NotAllowed) as told:
        one.answer("consent", False)
    assert (told.value.rule, told.value.exit_code) == ("PAT-001", 5)
    assert (stored("patient"), stored("draft"), len(events(registry))) == ([], [], before)


def test_p1_consent_taken_back_on_the_way_leaves_nothing_of_the_person(
    registry: Registry, one: Person, stored: Stored
) -> None:
    """Ctrl-b to the first question and no: what was typed before goes, out of the log too, and the chain holds."""
    one.begin(Record.PATIENT, None).say(consent=True, patient_number="zk47-zk11", bsn="999990019")
    assert "zk47-zk11" in everything(registry)
    with pytest.raises(NotAllowed):
        one.answer("consent", False)
    assert stored("patient") == stored("draft") == []
    assert "999990019" not in everything(registry)
    assert "zk47-zk11" not in everything(registry)
    with registry.light() as db:
        assert verify.verify(db, registry.keys.audit_key, registry.uuid).ok


def test_p1_somebody_who_is_registered_does_not_lose_consent_by_an_answer(
    one: Person, stored: Stored, patient: None
) -> None:
    one.begin(Record.PATIENT, P, which={})
    assert refused(one, "consent", False) == "PAT-001"
    assert stored("patient")[0]["consent"] == 1
    fresh = Person(one.registry, one.by, one.today).begin(Record.PATIENT, None)
    fresh.say(**WHO)
    assert refused(fresh, "consent", False) == "PAT-001"


def test_a_patient_stands_in_the_registry_from_the_moment_they_can_be_found_again(
    one: Person, stored: Stored
) -> None:
    one.begin(Record.PATIENT, None)
    for key, value in WHO.items():
        assert stored("patient") == []
        one.say(**{key: value})
        assert len(stored("draft")) == 1
    (row,) = stored("patient")
    assert (row["family_name"], row["bsn"], row["complete"]) == ("Bakker", "999990019", 0)
    assert one.entry.draft.number == "MS-0000001"
    assert json.loads(stored("draft")[0]["answers"]) == {}
    assert json.loads(stored("draft")[0]["passed"]) == list(WHO)


@pytest.mark.parametrize("stop", range(1, len(WHO)))
def test_k2_an_entry_goes_on_at_the_next_question_whenever_it_stopped(
    stop: int, one: Person, stored: Stored
) -> None:
    one.begin(Record.PATIENT, None)
    said = dict(list(WHO.items())[:stop])
    one.say(**said)
    again = Person(one.registry, one.by, one.today).resume()
    assert (again.entry.draft.passed, again.entry.values) == (list(said), said)
    again.say(**{key: WHO[key] for key in WHO if key not in said})
    assert [each["family_name"] for each in stored("patient")] == ["Bakker"]


def test_p3_a_bsn_of_another_centre_is_refused_and_not_told_where(
    one: Person, lay: Callable[..., Loaded], row: Rows
) -> None:
    lay(patients=[row["patient"]("7", centre="UTR01", bsn="999990019")])
    one.begin(Record.PATIENT, None).say(consent=True, patient_number="00009")
    with pytest.raises(Refused) as told:
        one.answer("bsn", "999990019")
    said = f"{told.value.text()} {told.value.hint_text()}"
    assert told.value.rule == "PAT-011"
    assert not [word for word in ("UTR01", "Vecht", "MS-0000001", "Jansen") if word in said]


def test_p4_a_number_that_is_taken_is_refused_at_its_question(
    one: Person, patient: None, stored: Stored
) -> None:
    one.begin(Record.PATIENT, None).say(consent=True)
    assert refused(one, "patient_number", "00001") == "PAT-013"
    one.say(patient_number="00002")
    assert len(stored("patient")) == 1


@pytest.mark.parametrize("key", ["consent", "patient_number", "family_name"])
def test_what_names_a_patient_cannot_stay_open(one: Person, key: str) -> None:
    one.begin(Record.PATIENT, None).say(consent=True)
    assert refused(one, key, None) == "FRM-001"


# -- every date rule at its question: the day before, the day, the day after -----------------------------------

BORN = date(1980, 5, 6)


@pytest.mark.parametrize(
    ("record", "fixed", "key", "limit", "code", "sound"),
    [
        (Record.COURSE, {}, "course_date", BORN, "COU-001", ">="),
        (Record.COURSE, {}, "course_date", date(2021, 1, 1), "COU-002", "!="),
        (
            Record.COURSE,
            {"course_date": DAY, "mri_done": True},
            "mri_date",
            DAY + timedelta(31),
            "COU-005",
            "<=",
        ),
        (Record.COURSE, {"course_date": DAY, "mri_done": True}, "mri_date", BORN, "COU-006", ">="),
        (Record.DISEASE, {"kind": "relapse"}, "date", BORN, "DIS-005", ">="),
        (Record.DISEASE, {"kind": "phenotype"}, "date", date(2019, 3, 4), "DIS-001", ">"),
        (Record.PATIENT, {"deceased": True}, "deceased_on", date(2021, 1, 1), "PAT-008", ">="),
        (Record.PATIENT, {}, "consent_date", BORN, "PAT-002", ">="),
        (Record.PATIENT, {}, "diagnosis_date", BORN, "DIA-001", ">="),
        (Record.PATIENT, {"treatment_ended": True}, "treatment_ended_on", BORN, "PAT-009", ">="),
    ],
)
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_each_date_rule_at_its_question(
    one: Person, patient: None, record: Record, fixed: dict[str, Any], key: str, limit: date, code: str,
    sound: str, off: int,
) -> None:  # fmt: skip
    day = limit + timedelta(off)
    good = {">=": off >= 0, "<=": off <= 0, ">": off > 0, "!=": off != 0}[sound]
    one.begin(record, P, which={} if record is Record.PATIENT else None).say(**fixed)
    if good:
        assert one.answer(key, day).saved
    else:
        assert refused(one, key, day) == code


@pytest.mark.parametrize(("off", "code"), [(-1, "MED-003"), (0, None), (1, None)])
def test_g4_a_new_medicine_begins_when_the_earlier_one_is_stopped(
    one: Person, patient: None, off: int, code: str | None
) -> None:
    stop = date(2026, 10, 1)
    one.begin(Record.MEDICATION, P, which={"medicine": "L04AG08", "stop_date": None}, anew=("stop_date",))
    one.say(stop_date=stop, safety_issue=False, stop_reasons=("pregnancy_wish",))
    one.finish()
    one.begin(Record.MEDICATION).say(medicine="L04AG03")
    if code is None:
        one.say(start_date=stop + timedelta(off))
    else:
        assert refused(one, "start_date", stop + timedelta(off)) == code


def test_g4_while_a_medicine_runs_no_later_one_begins(one: Person, patient: None) -> None:
    one.begin(Record.MEDICATION).say(medicine="L04AG03")
    assert refused(one, "start_date", DAY) == "MED-004"


def test_g4_an_earlier_medicine_is_entered_after_a_later_one(
    one: Person, patient: None, stored: Stored
) -> None:
    """Its stop date is the next question; only when that is left open the two run at once."""
    one.begin(Record.MEDICATION).say(medicine="L04AG03", start_date=date(2018, 1, 1))
    assert len(stored("medication")) == 1, "not there yet: without a stop date it would break a rule"
    assert refused(one, "stop_date", None) == "MED-004"
    assert refused(one, "stop_date", date(2020, 6, 2)) == "MED-003"
    one.say(stop_date=date(2020, 6, 1))
    assert [each["stop_date"] for each in stored("medication")] == [None, "2020-06-01"]
    assert stored("draft")[0]["answers"] == "{}"


@pytest.mark.parametrize(("off", "code"), [(-1, "MED-001"), (0, None), (1, None)])
def test_g4_stop_is_not_before_start(one: Person, patient: None, off: int, code: str | None) -> None:
    one.begin(Record.MEDICATION, P, which={"medicine": "L04AG08", "start_date": date(2020, 6, 1)})
    day = date(2020, 6, 1) + timedelta(off)
    if code is None:
        assert one.answer("stop_date", day).saved
    else:
        assert refused(one, "stop_date", day) == code


@pytest.mark.parametrize(("off", "code"), [(-1, "EVT-001"), (0, None), (1, None)])
def test_an_event_begins_with_its_medicine_or_later(
    one: Person, patient: None, off: int, code: str | None
) -> None:
    parent = {"parent_medicine": "L04AG08", "parent_start_date": date(2020, 6, 1)}
    one.begin(Record.ADVERSE_EVENT, P, parent=parent).say(description="rash", report_to_lareb=True)
    day = date(2020, 6, 1) + timedelta(off)
    if code is None:
        assert one.answer("start_date", day).saved
    else:
        assert refused(one, "start_date", day) == code


def test_d2_an_impossible_transition_is_refused_with_what_is_possible(one: Person, patient: None) -> None:
    one.begin(Record.DISEASE).say(kind="phenotype", date=DAY)
    with pytest.raises(Refused) as told:
        one.answer("phenotype", "cis")
    assert told.value.rule == "DIS-002"
    assert "SPMS" in (told.value.hint_text() or "")
    assert refused(one, "phenotype", "rrms") == "DIS-003"
    one.say(phenotype="spms")


def test_d3_a_referral_needs_no_date_and_a_relapse_does(one: Person, patient: None, stored: Stored) -> None:
    one.begin(Record.DISEASE).say(kind="referral", date=None, referred_by="gp")
    assert [each["date"] for each in stored("disease_event")] == [None]
    one.begin(Record.DISEASE).say(kind="relapse")
    assert refused(one, "date", None) == "FRM-001"
    one.begin(Record.DISEASE)
    assert refused(one, "kind", "referral") == "DIS-008"


# -- answers that wait, that hide, that are doubtful ------------------------------------------------------------


def test_the_eight_systems_wait_in_the_draft_until_all_are_there(
    one: Person, patient: None, stored: Stored
) -> None:
    """COU-007: all eight or none, asked one by one."""
    one.begin(Record.COURSE).say(course_date=DAY, edss_method="not_done", mri_done=False)
    for count, system in enumerate(SYSTEMS[:-1], 1):
        one.say(**{f"fs_{system}": 0})
        assert len(json.loads(stored("draft")[0]["answers"])) == count
        assert "fs_pyramidal" not in json.loads(stored("course")[1]["answers"])
    again = Person(one.registry, one.by, one.today).resume()
    assert again.entry.values["fs_cerebral"] == 0
    again.say(fs_ambulation=0)
    assert json.loads(stored("draft")[0]["answers"]) == {}
    assert {key for key in json.loads(stored("course")[1]["answers"]) if key.startswith("fs_")} == {
        f"fs_{system}" for system in SYSTEMS
    }


def test_a_system_cannot_be_left_open_and_all_can_be_taken_away(
    one: Person, patient: None, stored: Stored
) -> None:
    one.begin(Record.COURSE).say(course_date=DAY, fs_pyramidal=2, fs_cerebellar=1)
    assert refused(one, "fs_brainstem", None) == "COU-007"
    one.say(fs_cerebellar=None, fs_pyramidal=None)
    assert json.loads(stored("draft")[0]["answers"]) == {}
    assert "fs_pyramidal" not in stored("course")[1]["answers"]


def test_an_entry_does_not_end_while_answers_wait(one: Person, patient: None, stored: Stored) -> None:
    one.begin(Record.COURSE).say(course_date=DAY, fs_pyramidal=2)
    with pytest.raises(Refused) as told:
        one.finish()
    assert told.value.rule == "COU-007"
    assert len(stored("draft")) == 1


def test_what_was_left_open_while_answers_wait_is_open_after_a_break(one: Person, patient: None) -> None:
    """A number, yes or no, and several choices: none of them comes back as an answer."""
    one.begin(Record.COURSE).say(course_date=DAY, edss_method="assessed", edss=Decimal(3), mri_done=True)
    one.say(fs_pyramidal=2, edss=None, mri_done=None)
    again = Person(one.registry, one.by, one.today).resume()
    assert not {"edss", "mri_done"} & set(again.entry.values)
    assert again.entry.draft.answers == {"fs_pyramidal": 2, "edss": None, "mri_done": None}


def test_a_question_that_was_left_open_comes_back_when_another_answer_needs_it(
    one: Person, patient: None
) -> None:
    """EVT-003: with a fatal outcome, death is among the criteria of seriousness."""
    parent = {"parent_medicine": "L04AG08"}
    one.begin(Record.ADVERSE_EVENT, P, parent=parent)
    one.say(description="rash", report_to_lareb=True, outcome="recovered", seriousness=None)
    assert "seriousness" in one.entry.draft.passed
    one.answer("outcome", "fatal", reason="see the letter")
    assert "seriousness" not in one.entry.draft.passed
    assert refused(one, "seriousness", None) == "EVT-003"
    one.say(seriousness=("death",))
    assert not one.entry.draft.answers


def test_k4_hidden_answers_come_back(one: Person, patient: None, stored: Stored) -> None:
    one.begin(Record.COURSE).say(course_date=DAY, mri_done=True, mri_region="brain", mri_date=DAY)
    one.say(mri_done=False)
    assert stored("course")[1]["mri_date"] == DAY.isoformat()
    one.say(mri_done=True)
    assert one.entry.values["mri_region"] == "brain"


def test_a_doubt_is_asked_and_its_reason_is_an_item_of_the_event(
    one: Person, patient: None, stored: Stored
) -> None:
    one.begin(Record.COURSE).say(course_date=DAY, edss_method="assessed")
    doubtful = one.answer("edss", Decimal("6.5"))
    assert [each.code for each in doubtful.doubts] == ["COU-009"]
    assert not doubtful.saved
    assert stored("course")[1]["edss"] is None
    assert one.answer("edss", Decimal("6.5"), reason="after a fall").saved
    items = [each for each in stored("audit_item") if each["entity"] == "confirmation"]
    assert [json.loads(each["after"]) for each in items] == [
        {"code": "COU-009", "field": "edss", "reason": "after a fall"}
    ]
    assert items[0]["entity_id"] == stored("course")[1]["id"]
    one.say(mri_done=False)
    assert one.answer("edss", Decimal("6.5")).saved, "the same answer was called right"


def test_a_doubt_is_asked_again_of_another_answer(one: Person, patient: None) -> None:
    one.begin(Record.COURSE).say(course_date=DAY, edss_method="assessed")
    assert one.answer("edss", Decimal("6.5"), reason="after a fall").saved
    assert [each.code for each in one.answer("edss", Decimal(9)).doubts] == ["COU-009"]


@pytest.mark.parametrize(("edss", "doubts"), [("4.5", []), ("5", ["COU-009"]), ("5.5", ["COU-009"])])
def test_the_step_that_is_doubtful(one: Person, patient: None, edss: str, doubts: list[str]) -> None:
    """2.5 on the scale from the course before, which has 2.5."""
    one.begin(Record.COURSE).say(course_date=DAY, edss_method="assessed")
    assert [each.code for each in one.answer("edss", Decimal(edss)).doubts] == doubts


# -- an entry in the log ----------------------------------------------------------------------------------------


def test_an_entry_is_one_event_an_answer_that_share_its_id(one: Person, patient: None) -> None:
    before = len(events(one.registry))
    one.begin(Record.COURSE).say(course_date=DAY, edss_method="not_done")
    one.finish()
    logged = events(one.registry)[before:]
    assert [each["event"] for each in logged] == ["course.add"] * 4
    assert {each["about"]["entry"] for each in logged} == {one.entry.draft.id}
    assert [each["about"].get("question") for each in logged] == [None, "course_date", "edss_method", None]
    assert len({each["patient_id"] for each in logged}) == 1


def test_a_finished_entry_leaves_no_draft(one: Person, patient: None, stored: Stored) -> None:
    one.begin(Record.COURSE).say(course_date=DAY)
    assert len(stored("draft")) == 1
    one.finish()
    assert stored("draft") == []


def test_an_edit_that_stands_in_the_record_needs_no_draft(one: Person, patient: None, stored: Stored) -> None:
    one.begin(Record.COURSE, P, which={"course_date": date(2021, 1, 1)}).say(mri_done=True)
    assert stored("draft") == []
    assert stored("course")[0]["open_questions"] == 4


def test_k2_an_edit_asks_what_is_open_and_what_opens(one: Person, patient: None) -> None:
    which = {"course_date": date(2021, 1, 1)}
    assert one.begin(Record.COURSE, P, which=which).entry.draft.passed == [], "nothing is open: all is asked"
    one.say(mri_done=True)
    passed = one.begin(Record.COURSE, P, which=which).entry.draft.passed
    assert "edss" in passed
    assert not {"mri_date", "mri_region", "mri_gadolinium", "mri_new_t2"} & set(passed)


# -- somebody else meanwhile ---------------------------------------------------------------------------------------


def test_two_people_one_question_is_a_clash_and_nothing_is_overwritten(
    one: Person, two: Person, patient: None, stored: Stored
) -> None:
    which = {"course_date": date(2021, 1, 1)}
    one.begin(Record.COURSE, P, which=which)
    two.begin(Record.COURSE, P, which=which).say(edss=Decimal(3))
    done = one.answer("edss", Decimal(4))
    assert done.clash is not None
    assert (done.clash.key, done.clash.theirs, done.clash.mine) == ("edss", Decimal(3), Decimal(4))
    assert stored("course")[0]["edss"] == 3
    assert one.answer("edss", Decimal(4), over={"edss": Decimal("2.5")}).clash, "seen was another answer"
    assert one.answer("edss", Decimal(4), over={"edss": Decimal(3)}).saved
    assert stored("course")[0]["edss"] == 4


def test_an_answer_that_somebody_took_away_meanwhile_is_a_clash_too(
    one: Person, two: Person, patient: None, stored: Stored
) -> None:
    which = {"course_date": date(2021, 1, 1)}
    one.begin(Record.COURSE, P, which=which)
    two.begin(Record.COURSE, P, which=which).say(edss=None)
    done = one.answer("edss", Decimal(4))
    assert done.clash is not None
    assert done.clash.theirs is None
    assert stored("course")[0]["edss"] is None
    assert one.answer("edss", Decimal(4), over={"edss": None}).saved


def test_the_same_answer_by_two_is_no_clash(one: Person, two: Person, patient: None) -> None:
    which = {"course_date": date(2021, 1, 1)}
    one.begin(Record.COURSE, P, which=which)
    two.begin(Record.COURSE, P, which=which).say(edss=Decimal(3))
    assert one.answer("edss", Decimal(3)).saved


def test_what_somebody_else_answered_elsewhere_is_merged_and_told(
    one: Person, two: Person, patient: None, stored: Stored
) -> None:
    which = {"course_date": date(2021, 1, 1)}
    one.begin(Record.COURSE, P, which=which)
    two.begin(Record.COURSE, P, which=which).say(edss=Decimal(3))
    done = one.answer("mri_done", True)
    assert (done.saved, dict(done.noticed)) == (True, {"edss": Decimal(3)})
    assert (stored("course")[0]["edss"], stored("course")[0]["mri_done"]) == (3, 1)
    assert not one.answer("mri_region", "brain").noticed, "told once"


def test_theirs_stands_and_the_question_is_passed(
    one: Person, two: Person, patient: None, stored: Stored
) -> None:
    which = {"course_date": date(2021, 1, 1)}
    one.begin(Record.COURSE, P, which=which)
    two.begin(Record.COURSE, P, which=which).say(edss=Decimal(3), mri_done=True)
    assert one.answer("edss", Decimal(4)).clash
    entering.take_theirs(one.registry, by=one.by, entering=one.entry, key="edss")
    assert one.entry.values["edss"] == 3
    assert "edss" in one.entry.draft.passed
    assert stored("course")[0]["edss"] == 3
    assert one.answer("edss_method", "estimated").noticed == {"mri_done": True}, (
        "of the rest one hears as well"
    )


@pytest.mark.parametrize("after_a_break", [False, True])
def test_an_answer_that_waits_is_not_laid_over_somebody_elses(
    after_a_break: bool, one: Person, two: Person, patient: None, stored: Stored
) -> None:
    """One of eight systems waits in a draft while another person fills in all eight."""
    which = {"course_date": date(2021, 1, 1)}
    one.begin(Record.COURSE, P, which=which).say(fs_pyramidal=4)
    two.begin(Record.COURSE, P, which=which)
    for system in SYSTEMS:
        two.answer(f"fs_{system}", 1, reason="as examined")
    two.finish()
    if after_a_break:
        one.resume()
    done = one.answer("fs_visual", 1)
    assert done.clash is not None
    assert (done.clash.key, done.clash.theirs, done.clash.mine) == ("fs_pyramidal", 1, 4)
    entering.take_theirs(one.registry, by=one.by, entering=one.entry, key="fs_pyramidal")
    assert one.answer("fs_visual", 1).saved
    one.finish()
    assert json.loads(stored("course")[0]["answers"])["fs_pyramidal"] == 1
    assert stored("draft") == []


def test_an_answer_that_waits_is_saved_at_the_end_when_somebody_else_made_room(
    one: Person, two: Person, patient: None, stored: Stored
) -> None:
    one.begin(Record.MEDICATION).say(medicine="L04AG03", start_date=date(2018, 1, 1))
    two.begin(Record.MEDICATION, P, which={"medicine": "L04AG08"})
    edit_record(
        two.registry, by=two.by, record=Record.MEDICATION, patient=P, which={"medicine": "L04AG08"},
        answers={"start_date": "2017-01-01", "stop_date": "2017-06-01", "safety_issue": "no",
                 "stop_reasons": "other"},
        today=two.today,
    )  # fmt: skip
    one.finish()
    assert [each["start_date"] for each in stored("medication")] == ["2017-01-01", "2018-01-01"]


def test_a_record_that_was_deleted_meanwhile_is_a_conflict(
    one: Person, two: Person, patient: None, stored: Stored
) -> None:
    from msreg.services.removing import remove_record

    which = {"course_date": date(2021, 1, 1)}
    one.begin(Record.COURSE, P, which=which)
    fresh = Person(one.registry, one.by, one.today).begin(Record.COURSE)
    fresh.say(course_date=DAY)
    for day in (date(2021, 1, 1), DAY):
        remove_record(
            two.registry, by=two.by, record=Record.COURSE, patient=P, which={"course_date": day},
            today=two.today,
        )  # fmt: skip
    for person in (one, fresh):
        with pytest.raises(Conflict) as told:
            person.answer("edss_method", "not_done")
        assert "patients history" in (told.value.hint_text() or "")
    assert stored("course") == []


def test_a_medication_that_was_deleted_meanwhile_takes_no_event(
    one: Person, two: Person, patient: None
) -> None:
    from msreg.services.removing import remove_record

    one.begin(Record.ADVERSE_EVENT, P, parent={"parent_medicine": "L04AG08"})
    remove_record(
        two.registry, by=two.by, record=Record.MEDICATION, patient=P, which={"medicine": "L04AG08"},
        today=two.today,
    )  # fmt: skip
    with pytest.raises(Conflict):
        one.answer("description", "rash")


def _unshare(person: Person) -> None:
    with person.registry.light() as db:
        db.execute("UPDATE share SET until = '2026-11-21'")


def _withdraw(person: Person) -> None:
    with person.registry.light() as db:
        db.execute("UPDATE patient SET withdrawn_on = '2026-11-21'")


@pytest.mark.parametrize(("how", "error"), [(_unshare, NotFound), (_withdraw, NotAllowed)])
def test_a_patient_who_is_no_longer_open_to_the_person(
    how: Callable[[Person], None], error: type[MsregError], one: Person, member: Callable[..., Actor],
    patient: None, stored: Stored, today: date,
) -> None:  # fmt: skip
    """P8, P10: unshared or withdrawn while somebody types; nothing more is stored, and the log tells of it."""
    from msreg.services.shares import share

    share(one.registry, by=one.by, patient_id=stored("patient")[0]["id"], centre_code="UTR01", today=today)
    guest = Person(one.registry, member("UTR01"), today).begin(Record.COURSE, "MS-0000001")
    guest.say(course_date=DAY)
    how(one)
    for step in (lambda: guest.answer("edss_method", "not_done"), guest.resume, guest.finish):
        before = len(events(one.registry))
        with pytest.raises(error):
            step()
        (told,) = events(one.registry)[before:]
        assert told["outcome"] == "4"
    assert stored("course")[1]["edss_method"] is None


def test_p8_what_the_other_centre_wrote_has_its_name(
    one: Person, member: Callable[..., Actor], patient: None, stored: Stored, today: date
) -> None:
    from msreg.services.shares import share

    share(one.registry, by=one.by, patient_id=stored("patient")[0]["id"], centre_code="UTR01", today=today)
    by = member("UTR01")
    Person(one.registry, by, today).begin(Record.COURSE, "MS-0000001").say(course_date=DAY)
    assert [each["centre_id"] == by.centre for each in stored("course")] == [False, True]


def test_the_same_entry_in_two_terminals_is_a_conflict(one: Person, patient: None, stored: Stored) -> None:
    one.begin(Record.COURSE).say(course_date=DAY)
    there = Person(one.registry, one.by, one.today).resume()
    there.say(edss_method="not_done")
    for step in (lambda: one.answer("mri_done", True), one.finish):
        with pytest.raises(Conflict):
            step()
    assert stored("course")[1]["mri_done"] is None
    there.finish()
    with pytest.raises((Conflict, NotFound)):
        one.answer("mri_done", True)


def test_a_new_patient_in_two_terminals_is_registered_once(one: Person, stored: Stored) -> None:
    one.begin(Record.PATIENT, None).say(consent=True, patient_number="00009")
    there = Person(one.registry, one.by, one.today).resume()
    there.say(family_name="Bakker")
    with pytest.raises(Conflict):
        one.answer("family_name", "Visser")
    assert [each["family_name"] for each in stored("patient")] == ["Bakker"]


def test_two_new_patients_with_one_number(one: Person, two: Person, stored: Stored) -> None:
    one.begin(Record.PATIENT, None).say(consent=True, patient_number="00009")
    two.begin(Record.PATIENT, None).say(consent=True, patient_number="00009")
    two.say(family_name="Bakker")
    assert refused(one, "family_name", "Visser") == "PAT-013"
    one.say(patient_number="00010", family_name="Visser")
    assert [each["patient_number"] for each in stored("patient")] == ["00009", "00010"]


def test_two_entries_of_one_user_do_not_mix(one: Person, patient: None, stored: Stored) -> None:
    other = Person(one.registry, one.by, one.today)
    one.begin(Record.COURSE).say(course_date=DAY)
    other.begin(Record.COURSE).say(course_date=date(2025, 1, 1))
    one.say(mri_done=True)
    other.say(mri_done=False)
    assert [each["mri_done"] for each in stored("course")[1:]] == [1, 0]
    assert len(drafts.drafts_of(one.registry, by=one.by)) == 2
    one.finish()
    other.finish()


# -- who may ------------------------------------------------------------------------------------------------------


def test_a_reader_begins_and_resumes_nothing(
    one: Person, member: Callable[..., Actor], patient: None
) -> None:
    reader = Person(one.registry, member("AMS01", Role.READER), one.today)
    one.begin(Record.COURSE).say(course_date=DAY)
    reader.entry = one.entry
    steps: list[Callable[[], object]] = [
        lambda: reader.begin(Record.COURSE), lambda: reader.begin(Record.PATIENT, None),
        lambda: reader.resume(one.entry.draft.id), lambda: reader.answer("mri_done", True), reader.finish,
        lambda: entering.leave(reader.registry, by=reader.by, entering=one.entry, keys=["edss"]),
        lambda: entering.take_theirs(reader.registry, by=reader.by, entering=one.entry, key="edss"),
    ]  # fmt: skip
    for step in steps:
        with pytest.raises(NotAllowed) as told:
            step()
        assert Right.PATIENTS_WRITE.value in told.value.text()


def test_an_entry_is_its_users_own(one: Person, two: Person, patient: None) -> None:
    one.begin(Record.COURSE).say(course_date=DAY)
    with pytest.raises(NotFound):
        two.resume(one.entry.draft.id)


def test_an_entry_for_a_centre_that_one_left_does_not_go_on(
    one: Person, two: Person, member: Callable[..., Actor], stored: Stored
) -> None:
    """S3: begun while the user worked for AMS01, taken up when they work for UTR01."""
    two.begin(Record.PATIENT, None).say(consent=True, patient_number="00009")
    moved = member("UTR01")
    two.by = Actor(**{**_fields(two.by), "centres": moved.centres, "centre": moved.centre})
    for step in (two.resume, lambda: two.answer("family_name", "Bakker"), two.finish):
        with pytest.raises(NotAllowed):
            step()
    assert stored("patient") == []


def _fields(by: Actor) -> dict[str, Any]:
    return {name: getattr(by, name) for name in by.__dataclass_fields__}
