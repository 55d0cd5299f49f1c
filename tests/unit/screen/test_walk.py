"""One walk through the questions, with replies that were written down: what is asked, refused, kept, told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from msreg.errors import Interrupted, NotAllowed, Refused
from msreg.screen.edge import Edge, use
from msreg.screen.entered import follow_up
from msreg.screen.guided import guide
from msreg.screen.language import activate
from msreg.screen.prompter import Move, Question, Scripted
from msreg.screen.walk import Entered
from msreg.services import access, drafts
from msreg.services.adding import add_record
from msreg.services.editing import edit_record
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Language, Record

BACK = Move.BACK
P = "MS-0000001"
WHO = {
    "consent": "yes", "consent_date": "2020-01-02", "patient_number": "00001", "family_name": "Bakker",
    "bsn": "999990019", "birth_date": "1980-05-06", "sex": "female", "diagnosis_date": "2019-03-04",
    "diagnosis_phenotype": "rrms",
}  # fmt: skip
FIRST = {"course_date": "2021-01-01", "edss_method": "assessed", "edss": "2.5", "mri_done": "no"}
DRUG = {"medicine": "L04AG08", "start_date": "2020-06-01", "deviating_interval": "no"}
COURSE = ["20-11-2026", "assessed", "3,5", True, "19-11-2026", "brain", False, "0"]


@dataclass
class Told:
    """How a walk went."""

    done: Entered | BaseException
    script: Scripted
    out: str

    @property
    def asked(self) -> list[str]:
        return [each.name for each in self.script.asked]

    def question(self, name: str, at: int = 0) -> Question:
        return [each for each in self.script.asked if each.name == name][at]


@pytest.fixture(autouse=True)
def terminal() -> Iterator[None]:
    use(Edge(terminal=True, interactive=True, width=80))
    activate(Language.EN)
    yield
    use(Edge())


@pytest.fixture
def patient(registry: Registry, desk: Actor, today: date) -> None:
    """Patient MS-0000001 of AMS01 with one course and one medicine that runs."""
    for record, answers in ((Record.PATIENT, WHO), (Record.COURSE, FIRST), (Record.MEDICATION, DRUG)):
        centre, name = ("AMS01", None) if record is Record.PATIENT else (None, P)
        add_record(
            registry, by=desk, record=record, patient=name, centre=centre, answers=answers, today=today
        )


Walk = Callable[..., Told]


@pytest.fixture
def walk(registry: Registry, desk: Actor, today: date, capsys: pytest.CaptureFixture[str]) -> Walk:
    def call(record: Record, replies: Sequence[Any], patient: str | None = P, **more: Any) -> Told:
        script = Scripted(replies)
        settings = {"by": desk, "today": today} | more
        done: Entered | BaseException
        try:
            done = guide(registry, record=record, patient=patient, ask=script, **settings)
        except (Exception, KeyboardInterrupt) as fault:
            done = fault
        return Told(done, script, capsys.readouterr().out)

    return call


def rows(registry: Registry, table: str) -> list[dict[str, Any]]:
    with registry.light() as db:
        names = [each[1] for each in db.rows(f"PRAGMA table_info({table})")]
        found = db.rows(f"SELECT * FROM {table} ORDER BY rowid")
        return [dict(zip(names, each, strict=True)) for each in found]


def content(registry: Registry) -> list[dict[str, Any]]:
    """What the registry holds of patients, without ids, moments and versions."""
    passing = {"created_at", "updated_at", "version", "id", "patient_id", "medication_id", "centre_id"}
    tables = ("patient", "course", "disease_event", "medication", "adverse_event", "draft")
    return [
        {key: value for key, value in row.items() if key not in passing}
        for table in tables
        for row in rows(registry, table)
    ]


def other(registry: Registry, desk: Actor) -> Actor:
    with registry.light() as db:
        known = access.centre_by_code(db, "AMS01")
    assert known is not None
    return replace(desk, user="second", centres=frozenset({known[0]}), centre=known[0])


# -- what is asked ------------------------------------------------------------------------------------------------


def test_k1_k2_a_course_question_by_question(walk: Walk, patient: None, registry: Registry) -> None:
    told = walk(Record.COURSE, [*COURSE, False])
    assert isinstance(told.done, Entered)
    assert told.asked == [
        "--course-date", "--edss-method", "--edss", "--mri-done", "--mri-date", "--mri-region",
        "--mri-gadolinium", "--mri-new-t2", "--fs-pyramidal",
    ]  # fmt: skip
    assert (told.done.number, told.done.added, told.done.open_questions) == (P, True, ())
    row = rows(registry, "course")[1]
    assert (row["course_date"], row["edss"], row["mri_new_t2"], row["complete"]) == (
        "2026-11-20",
        3.5,
        "0",
        1,
    )
    assert rows(registry, "draft") == []


def test_each_answer_leaves_a_line_with_label_and_answer(walk: Walk, patient: None) -> None:
    out = walk(Record.COURSE, [*COURSE, False]).out
    assert out.splitlines()[0].startswith("Bakker")
    assert "ctrl-b back" in out
    for words in ("* Registration date", "2026-11-20", "EDSS score", "3.5", "  Date of MRI"):
        assert words in out
    assert max(map(len, out.splitlines())) <= 80


def test_branch_questions_appear_and_disappear(walk: Walk, patient: None, registry: Registry) -> None:
    """MRI yes, back, no: its questions go; edss not done: no score is asked for."""
    told = walk(Record.COURSE, ["today", "not_done", True, BACK, False, False])
    assert told.asked == [
        "--course-date", "--edss-method", "--mri-done", "--mri-date", "--mri-done", "--fs-pyramidal",
    ]  # fmt: skip
    assert rows(registry, "course")[1]["complete"] == 1


def test_k4_an_answer_that_was_hidden_is_offered_again(walk: Walk, patient: None) -> None:
    told = walk(Record.COURSE, [*COURSE[:5], BACK, BACK, False, BACK, BACK, True, "", ""])
    again = [each for each in told.script.asked if each.name == "--mri-date"]
    assert again[-1].value == "2026-11-19"


@pytest.mark.parametrize("chosen", [True, False, None])
def test_an_optional_section_is_passed_over_or_filled_in(
    chosen: bool | None, walk: Walk, patient: None, registry: Registry
) -> None:
    systems = ["1", "0", "0", "0", "0", "0", "0", "0"]
    told = walk(Record.COURSE, ["today", "not_done", False, chosen, *(systems if chosen is True else ())])
    assert isinstance(told.done, Entered)
    assert told.question("--fs-pyramidal").label == "Functional systems"
    assert ("--fs-ambulation" in told.asked) is (chosen is True)
    kept = json.loads(rows(registry, "course")[1]["answers"])
    assert len(kept) == (8 if chosen is True else 0)


def test_back_at_a_section_goes_back(walk: Walk, patient: None, registry: Registry) -> None:
    told = walk(Record.COURSE, ["today", "not_done", False, BACK, True, KeyboardInterrupt])
    assert told.asked[3:] == ["--fs-pyramidal", "--mri-done", "--mri-date"]
    assert rows(registry, "course")[1]["mri_done"] == 1


def test_back_at_the_first_question_stays(walk: Walk, patient: None) -> None:
    told = walk(Record.COURSE, [BACK, BACK, "today", KeyboardInterrupt])
    assert told.asked[:4] == ["--course-date"] * 3 + ["--edss-method"]


def test_back_and_corrected(walk: Walk, patient: None, registry: Registry) -> None:
    told = walk(Record.COURSE, ["today", "assessed", "3", BACK, "4", False, False])
    assert told.question("--edss", 1).value == "3"
    assert isinstance(told.done, Entered)
    assert rows(registry, "course")[1]["edss"] == 4


def test_the_kind_of_a_disease_row_is_never_asked(walk: Walk, patient: None, registry: Registry) -> None:
    """The command says it: not by going back, and not when the row is edited."""
    told = walk(Record.DISEASE, [BACK, "today", (), None, False, None], fixed={"kind": "relapse"})
    assert isinstance(told.done, Entered)
    assert told.asked[:3] == ["--date", "--date", "--symptoms"]
    told = walk(Record.DISEASE, [BACK, "today", (), "mild", False, None], which={"kind": "relapse"})
    assert "--kind" not in told.asked
    assert rows(registry, "disease_event")[0]["kind"] == "relapse"


def test_d3_a_referral_without_a_date(walk: Walk, patient: None, registry: Registry) -> None:
    told = walk(Record.DISEASE, ["", "gp", ""], fixed={"kind": "referral"})
    assert isinstance(told.done, Entered)
    assert told.script.refused == []
    assert rows(registry, "disease_event")[0]["date"] is None


def test_a_second_referral_is_refused_and_no_date_is_asked_for_ever(
    walk: Walk, patient: None, registry: Registry
) -> None:
    """DIS-008 is about what the command said; another answer cannot mend it."""
    walk(Record.DISEASE, ["", "gp", ""], fixed={"kind": "referral"})
    told = walk(Record.DISEASE, ["today", "gp", ""], fixed={"kind": "referral"})
    assert isinstance(told.done, Refused)
    assert told.done.rule == "DIS-008"
    assert len(rows(registry, "disease_event")) == 1


def test_a_required_question_is_left_open_by_a_second_empty_reply(
    walk: Walk, patient: None, registry: Registry
) -> None:
    told = walk(Record.COURSE, ["today", "assessed", "", "", False, False])
    assert isinstance(told.done, Entered)
    assert [name for name, _why in told.script.refused] == ["--edss"]
    assert [item.key for item in told.done.open_questions] == ["edss"]
    assert rows(registry, "course")[1]["open_questions"] == 1


def test_what_names_the_record_cannot_stay_open(walk: Walk, patient: None) -> None:
    told = walk(Record.COURSE, ["", "", "", "today", KeyboardInterrupt])
    assert [name for name, _why in told.script.refused] == ["--course-date"] * 3


def test_the_status_counts_answers_and_names_what_is_open(walk: Walk, patient: None) -> None:
    told = walk(Record.COURSE, ["today", "assessed", KeyboardInterrupt])
    status = told.question("--edss").status
    assert status.startswith("2 of 4 answered, saved")
    assert "EDSS score" in status
    assert max(len(each.status) for each in told.script.asked) < 80


# -- refused at its question -------------------------------------------------------------------------------------


def test_a_refusal_is_told_and_the_question_asked_again(
    walk: Walk, patient: None, registry: Registry
) -> None:
    told = walk(
        Record.COURSE, ["2021-01-01", "1979-01-01", "today", "assessed", "0,5", "3", KeyboardInterrupt]
    )
    assert told.asked[:3] == ["--course-date"] * 3
    assert "there is a course on this day already" in " ".join(told.out.split())
    assert "the course is before the date of birth" in " ".join(told.out.split())
    assert "not an EDSS score" in told.out
    assert rows(registry, "course")[1]["edss"] == 3


@pytest.mark.parametrize("day", ["2026-11-22", "22-11-2026", "31 feb 2026", "1/2/26", "soon"])
def test_what_is_no_day_or_in_the_future_is_refused_while_it_is_typed(
    day: str, walk: Walk, patient: None
) -> None:
    told = walk(Record.COURSE, [day, KeyboardInterrupt])
    assert [name for name, _why in told.script.refused] == ["--course-date"]


def test_seriousness_is_asked_once_more_when_the_outcome_needs_it(
    walk: Walk, patient: None, registry: Registry
) -> None:
    """EVT-003: going back to a fatal outcome brings the question that was left open back."""
    replies = ["rash", "", "", True, "today", "", "x", "recovered", "mild", None,
               BACK, BACK, BACK, "fatal", True, "see the letter", (), ("death",), None]  # fmt: skip
    told = walk(Record.ADVERSE_EVENT, replies)
    assert isinstance(told.done, Entered), told.asked
    assert json.loads(rows(registry, "adverse_event")[0]["answers"])["seriousness"] == ["death"]
    assert "death must be among the criteria" in " ".join(told.out.split())


def test_two_systems_that_were_given_by_mistake_are_taken_away(
    walk: Walk, patient: None, registry: Registry
) -> None:
    replies = ["today", "not_done", False, True, "1", "1", BACK, "", BACK, BACK, "", *[""] * 7]
    told = walk(Record.COURSE, replies)
    assert isinstance(told.done, Entered), (told.done, told.asked[-3:])
    assert rows(registry, "course")[1]["answers"] == "{}"


def test_an_entry_that_cannot_end_goes_to_the_question_that_stands_in_the_way(
    walk: Walk, patient: None, registry: Registry
) -> None:
    """Edit: all eight systems are there, one is taken away, and the others are kept by enter."""
    systems = (
        "pyramidal",
        "cerebellar",
        "brainstem",
        "sensory",
        "bowel_bladder",
        "visual",
        "cerebral",
        "ambulation",
    )
    where = {"course_date": "2021-01-01"}
    edit = {f"fs_{each}": "1" for each in systems}
    edit_record(
        registry, by=access.whoami(registry, registry.settings.environ), record=Record.COURSE, patient=P,
        which=where, answers=edit, today=date(2026, 11, 21),
    )  # fmt: skip
    told = walk(Record.COURSE, ["2021-01-01", "assessed", "2.5", False, "", *["1"] * 7, "2"], which=where)
    assert isinstance(told.done, Entered), told.asked
    assert told.asked[-1] == "--fs-pyramidal"
    assert "all eight are needed" in told.out
    assert json.loads(rows(registry, "course")[0]["answers"])["fs_pyramidal"] == 2
    assert rows(registry, "draft") == []


def test_g4_an_earlier_medicine_after_a_later_one(walk: Walk, patient: None, registry: Registry) -> None:
    replies = ["L04AG03", "2018-01-01", "", "2020-06-01", False, False, ("jcv_pml_risk",), "negative", None]
    told = walk(Record.MEDICATION, replies)
    assert isinstance(told.done, Entered), (told.done, told.asked)
    assert "the medicine before this one has no stop date" in " ".join(told.out.split())
    assert [each["stop_date"] for each in rows(registry, "medication")] == [None, "2020-06-01"]


# -- doubts --------------------------------------------------------------------------------------------------------


def test_a_doubt_is_asked_and_its_reason_kept(walk: Walk, patient: None, registry: Registry) -> None:
    told = walk(Record.COURSE, ["today", "assessed", "6.5", True, " ", "after a fall", False, False])
    assert told.asked[2:5] == ["--edss", "--reason", "--reason"]
    assert told.script.refused == [("--reason", "say in a few words why it is right")]
    assert "differs by 2.5 or more" in told.out
    (kept,) = [each for each in rows(registry, "audit_item") if each["entity"] == "confirmation"]
    assert json.loads(kept["after"])["reason"] == "after a fall"


@pytest.mark.parametrize("no", [[False], [True, BACK]])
def test_a_doubt_that_is_no_right_answer_is_corrected(
    no: list[Any], walk: Walk, patient: None, registry: Registry
) -> None:
    told = walk(Record.COURSE, ["today", "assessed", "6.5", *no, "3", False, False])
    assert isinstance(told.done, Entered)
    assert rows(registry, "course")[1]["edss"] == 3
    assert not [each for each in rows(registry, "audit_item") if each["entity"] == "confirmation"]


@pytest.mark.parametrize(("length", "good"), [(500, True), (501, False)])
def test_a_reason_has_an_end(length: int, good: bool, walk: Walk, patient: None) -> None:
    told = walk(Record.COURSE, ["today", "assessed", "6.5", True, "r" * length, KeyboardInterrupt])
    assert (told.script.refused == []) is good


# -- two people -----------------------------------------------------------------------------------------------------

WHICH = {"course_date": "2021-01-01"}


def meanwhile(registry: Registry, desk: Actor, reply: Any, **answers: str) -> Callable[[Question], Any]:
    """A reply that is given after a second person changed the course."""

    def give(_question: Question) -> Any:
        edit_record(
            registry, by=other(registry, desk), record=Record.COURSE, patient=P, which=WHICH, answers=answers,
            today=date(2026, 11, 21),
        )  # fmt: skip
        return reply

    return give


@pytest.mark.parametrize("mine", [True, False])
def test_a_clash_is_settled_either_way_and_both_answers_are_seen(
    mine: bool, walk: Walk, patient: None, registry: Registry, desk: Actor
) -> None:
    replies = ["2021-01-01", "assessed", meanwhile(registry, desk, "4", edss="3"), mine, False, *[""] * 8]
    told = walk(Record.COURSE, replies, which=WHICH)
    assert isinstance(told.done, Entered), told.done
    assert "Somebody else answered this question meanwhile" in told.out
    titles = [each.title for each in told.question("--version").options]
    assert ["3" in titles[0], "4" in titles[1]] == [True, True]
    assert rows(registry, "course")[0]["edss"] == (4 if mine else 3)
    assert told.asked.count("--edss") == 1, "it is settled, and not asked again"
    (line,) = [each for each in told.out.splitlines() if "EDSS score" in each]
    assert line.split()[-1] == ("4" if mine else "3")
    assert told.done.values["edss"] == (4 if mine else 3)


def test_what_somebody_else_changed_elsewhere_is_told(
    walk: Walk, patient: None, registry: Registry, desk: Actor
) -> None:
    replies = ["2021-01-01", meanwhile(registry, desk, "estimated", edss="3"), "3", False, *[""] * 8]
    told = walk(Record.COURSE, replies, which=WHICH)
    assert isinstance(told.done, Entered)
    assert "EDSS score was changed by somebody else meanwhile: 3" in " ".join(told.out.split())
    assert (rows(registry, "course")[0]["edss"], rows(registry, "course")[0]["edss_method"]) == (
        3,
        "estimated",
    )


def test_c8_a_bsn_shows_its_end_only_wherever_it_is_told(
    walk: Walk, patient: None, registry: Registry, desk: Actor
) -> None:
    def theirs(bsn: str, reply: Any) -> Callable[[Question], Any]:
        def give(_question: Question) -> Any:
            edit_record(
                registry, by=other(registry, desk), record=Record.PATIENT, patient=P, answers={"bsn": bsn},
                today=date(2026, 11, 21),
            )  # fmt: skip
            return reply

        return give

    noticed = walk(Record.PATIENT, [True, theirs("999990032", "2020-01-03"), KeyboardInterrupt], which={})
    clash = walk(
        Record.PATIENT, [True, "2020-01-03", "00001", theirs("999990019", "999990044"), True], which={}
    )
    kept = walk(Record.PATIENT, [True, "2020-01-03", "00001", "", KeyboardInterrupt], which={})
    assert rows(registry, "patient")[0]["bsn"] == "999990044"
    told = (noticed, clash, kept)
    shown = "".join(each.out + repr([(q.label, q.shape, q.options, q.value) for q in each.script.asked])
                    for each in told)  # fmt: skip
    assert "99999" not in shown
    for end in ("032", "019", "044"):
        assert f"•{end}" in shown


# -- consent, centre, BSN -------------------------------------------------------------------------------------------


def test_p1_no_ends_the_entry_and_stores_nothing(walk: Walk, registry: Registry) -> None:
    told = walk(Record.PATIENT, [False], patient=None)
    assert isinstance(told.done, NotAllowed)
    assert told.asked == ["--consent"]
    assert content(registry) == []


def test_p1_consent_is_asked_until_there_is_an_answer_and_then_the_centre(
    walk: Walk, registry: Registry
) -> None:
    told = walk(Record.PATIENT, [None, BACK, True, BACK, KeyboardInterrupt], patient=None)
    assert told.asked == ["--consent"] * 3 + ["--centre"] * 2
    assert isinstance(told.done, Interrupted)
    assert "nothing was answered" in told.done.text()
    assert content(registry) == []


def test_consent_given_beforehand_is_not_asked(walk: Walk, registry: Registry) -> None:
    told = walk(
        Record.PATIENT, ["today", KeyboardInterrupt], patient=None, fixed={"consent": "yes"}, centre="UTR01"
    )
    assert told.asked == ["--consent-date", "--patient-number"]
    assert drafts_kept(registry) == [{"consent": True, "consent_date": "2026-11-21"}]
    told = walk(Record.PATIENT, [False], patient=None, fixed={"consent": "no"}, centre="UTR01")
    assert isinstance(told.done, NotAllowed)


def drafts_kept(registry: Registry) -> list[dict[str, Any]]:
    return [json.loads(each["answers"]) for each in rows(registry, "draft")]


def test_an_answer_given_beforehand_that_is_refused_is_asked_for(walk: Walk, patient: None) -> None:
    told = walk(Record.COURSE, ["today", KeyboardInterrupt], fixed={"course_date": "2021-01-01"})
    assert told.asked == ["--course-date", "--edss-method"]
    assert "there is a course on this day already" in told.out


def test_an_answer_given_beforehand_that_is_none_is_refused_at_once(walk: Walk, patient: None) -> None:
    told = walk(Record.COURSE, [], fixed={"edss": "many"})
    assert isinstance(told.done, Refused)
    assert told.asked == []


def test_two_patients_begun_by_one_user(walk: Walk, registry: Registry, desk: Actor) -> None:
    begun = [True, "AMS", "2020-01-02", "00007", KeyboardInterrupt]
    centre = access_id(registry, "AMS01")
    begun[1] = centre
    walk(Record.PATIENT, begun, patient=None)
    told = walk(Record.PATIENT, [False, True, centre, "2020-01-02", "00008", KeyboardInterrupt], patient=None)
    assert told.asked[0] == "--new"
    assert sorted(each["patient_number"] for each in drafts_kept(registry)) == ["00007", "00008"]
    told = walk(Record.PATIENT, [True, KeyboardInterrupt], patient=None)
    assert told.asked == ["--new", "--bsn"]
    assert "00008" in told.out


def access_id(registry: Registry, code: str) -> str:
    with registry.light() as db:
        known = access.centre_by_code(db, code)
    assert known is not None
    return known[0]


# -- stopping and going on --------------------------------------------------------------------------------------------


def goes_on(
    walk: Walk, registry: Registry, desk: Actor, record: Record, replies: list[Any], stop: int, **more: Any
) -> Told:
    told = walk(record, [*replies[:stop], KeyboardInterrupt], **more)
    assert isinstance(told.done, Interrupted)
    open_now = drafts.drafts_of(registry, by=desk)
    if not open_now:
        assert "nothing was answered" in told.done.text()
        return walk(record, replies, **more)
    assert "msreg drafts resume" in (told.done.hint_text() or "")
    return walk(record, replies[stop:], None, draft_id=open_now[0].id)


@pytest.mark.parametrize("stop", range(10))
def test_k2_a_course_goes_on_wherever_it_stopped(
    stop: int, walk: Walk, patient: None, registry: Registry, desk: Actor
) -> None:
    whole = ["20-11-2026", "assessed", "3,5", True, "19-11-2026", "brain", True, "1", "unknown", False]
    told = goes_on(walk, registry, desk, Record.COURSE, whole, stop)
    assert isinstance(told.done, Entered), (told.done, told.asked)
    got = content(registry)
    (course,) = [each for each in got if each.get("course_date") == "2026-11-20"]
    assert (course["edss"], course["mri_new_t2"], course["open_questions"]) == (3.5, "1", 0)
    assert json.loads(course["answers"]) == {
        "mri_region": "brain", "mri_gadolinium": True, "mri_gd_lesions": "unknown",
    }  # fmt: skip
    assert not [each for each in got if "begun_by" in each]


@pytest.mark.parametrize("stop", range(4, 12))
def test_k2_among_the_functional_systems_too(
    stop: int, walk: Walk, patient: None, registry: Registry, desk: Actor
) -> None:
    whole = ["20-11-2026", "not_done", False, True, *["0"] * 8]
    if stop == 4:  # whether to go into a section is no answer: after a break it is asked again
        whole.insert(4, True)
    told = goes_on(walk, registry, desk, Record.COURSE, whole, stop)
    assert isinstance(told.done, Entered), (told.done, told.asked)
    assert len(json.loads(rows(registry, "course")[1]["answers"])) == 8


@pytest.mark.parametrize("stop", [0, *range(2, 21)])
def test_k2_a_patient_goes_on_wherever_it_stopped(
    stop: int, walk: Walk, registry: Registry, desk: Actor
) -> None:
    whole = [True, "2020-01-02", "00001", "999990019", "Bakker", "", "A.", "1980-05-06", "female", "1012 ab",
             "", "nl", False, False, "2019", ("optic",), "2019-03-04", "rrms", None, "yes"]  # fmt: skip
    whole.insert(1, access_id(registry, "AMS01"))
    told = goes_on(walk, registry, desk, Record.PATIENT, whole, stop, patient=None)
    assert isinstance(told.done, Entered), (told.done, told.asked)
    (row,) = content(registry)
    assert (row["number"], row["bsn"], row["postal_code"], row["complete"]) == (1, "999990019", "1012 AB", 1)
    assert json.loads(row["answers"])["csf_bands"] == "yes"
    assert not drafts.drafts_of(registry, by=desk)


def test_after_a_break_what_was_answered_stands_above(
    walk: Walk, patient: None, registry: Registry, desk: Actor
) -> None:
    walk(Record.COURSE, [*COURSE[:3], KeyboardInterrupt])
    (draft,) = drafts.drafts_of(registry, by=desk)
    told = walk(Record.COURSE, [KeyboardInterrupt], None, draft_id=draft.id)
    assert told.asked == ["--mri-done"]
    for words in ("Registration date", "2026-11-20", "EDSS score", "3.5"):
        assert words in told.out


def test_the_same_command_goes_on_with_what_was_begun(walk: Walk, patient: None, registry: Registry) -> None:
    walk(Record.COURSE, ["today", KeyboardInterrupt])
    told = walk(Record.COURSE, [True, KeyboardInterrupt])
    assert told.asked == ["--new", "--edss-method"]
    told = walk(Record.COURSE, [KeyboardInterrupt], which={"course_date": "2026-11-21"})
    assert told.asked == ["--edss-method"], "an edit of the record itself goes on without asking"
    assert len(rows(registry, "course")) == 2


def test_stopping_an_edit_says_that_it_stands_in_the_record(
    walk: Walk, patient: None, registry: Registry
) -> None:
    told = walk(Record.COURSE, ["2021-01-01", "estimated", KeyboardInterrupt], which=WHICH)
    assert isinstance(told.done, Interrupted)
    assert "kept in the record" in told.done.text()
    assert P in (told.done.hint_text() or "")
    assert rows(registry, "draft") == []
    assert rows(registry, "course")[0]["edss_method"] == "estimated"


# -- side effects after stopping --------------------------------------------------------------------------------------


def stopped(walk: Walk, *reasons: str) -> Told:
    told = walk(
        Record.MEDICATION, ["today", True, reasons], which={"medicine": "L04AG08", "stop_date": None},
        anew=("stop_date",),
    )  # fmt: skip
    assert isinstance(told.done, Entered)
    assert told.asked == ["--stop-date", "--safety-issue", "--stop-reasons"]
    return told


def test_g5_stopped_for_side_effects_asks_which_one_after_another(
    walk: Walk, patient: None, registry: Registry, desk: Actor, today: date
) -> None:
    done = stopped(walk, "adverse_event", "other").done
    assert isinstance(done, Entered)
    script = Scripted([
        True, "rash", "", "", False, "", (), None,
        True, "headache", "", "", True, "2026-11-01", "", "x", "recovered", "mild", (), None, False,
    ])  # fmt: skip
    follow_up(registry, done, by=desk, today=today, ask=script)
    effects = rows(registry, "adverse_event")
    assert [(each["description"], each["report_to_lareb"]) for each in effects] == [
        ("rash", 0),
        ("headache", 1),
    ]
    assert {each["medication_id"] for each in effects} == {rows(registry, "medication")[0]["id"]}
    names = [each.name for each in script.asked]
    assert names.count("--adverse-event") == 3
    assert names.count("--severity") == 1, "no report to Lareb, no more about it"


@pytest.mark.parametrize("reply", [False, None, BACK])
def test_g5_not_now(
    reply: Any, walk: Walk, patient: None, registry: Registry, desk: Actor, today: date
) -> None:
    done = stopped(walk, "adverse_event").done
    assert isinstance(done, Entered)
    follow_up(registry, done, by=desk, today=today, ask=Scripted([reply]))
    assert rows(registry, "adverse_event") == []


def test_g5_for_another_reason_nothing_is_asked(
    walk: Walk, patient: None, registry: Registry, desk: Actor, today: date
) -> None:
    done = stopped(walk, "pregnancy_wish").done
    assert isinstance(done, Entered)
    script = Scripted([])
    follow_up(registry, done, by=desk, today=today, ask=script)
    assert script.asked == []
