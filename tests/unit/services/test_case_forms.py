"""Filling in the forms of a case: each answer is judged, saved and logged at once."""

from __future__ import annotations

import json
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest

from msreg.errors import Conflict, NotAllowed, NotFound, Refused, Usage
from msreg.forms.answers import counting
from msreg.forms.load import load
from msreg.services import case_forms
from msreg.services.case_editing import edit_case
from msreg.services.case_forms import begin, show_form
from msreg.services.case_generated import Generated
from msreg.services.case_steps import submit, withdraw
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, Role
from tests.case_answers import CRF, NC, SWANSEA, Answer, case_with, filled, generated, last_items, row, state
from tests.cases import add_file, person, reported

# -- each answer --------------------------------------------------------------------------------------------------


def test_each_answer_stands_in_the_case_at_once(
    registry: Registry, desk: Actor, death: str, answer: Answer
) -> None:
    """ADR 0022: what was answered is read back by another connection before the next question is asked."""
    assert row(registry, death)["crf"] is None
    for at, (key, value) in enumerate(
        (("death_date", date(2026, 11, 20)), ("death_place", "home"), ("age", 34))
    ):
        done = answer(key, value)
        assert done.saved
        assert len(json.loads(row(registry, death)["crf"])) == at + 1
        assert state(registry, desk).values[key] == value
    assert row(registry, death)["crf_version"] == load(CaseForm.CRF).version
    assert row(registry, death)["version"] == 4


def test_each_answer_is_in_the_log_with_what_it_was(registry: Registry, death: str, answer: Answer) -> None:
    """The forms share keys with the case, so the log says which form it was."""
    answer("gestation_weeks", 34)
    answer("gestation_weeks", 33)
    (item,) = last_items(registry)
    assert item == (
        "notification", {"crf_maternal_death.gestation_weeks": 34}, {"crf_maternal_death.gestation_weeks": 33},
    )  # fmt: skip


def test_an_answer_is_taken_away(registry: Registry, desk: Actor, death: str, answer: Answer) -> None:
    """None leaves a question open again; the form stays begun."""
    answer("age", 34)
    answer("age", None)
    assert state(registry, desk).values == {}
    assert state(registry, desk).standing.begun


def test_a_fault_is_refused_and_nothing_is_kept(
    registry: Registry, desk: Actor, death: str, answer: Answer
) -> None:
    """CRF-001: one calendar year after the delivery counts, a day more does not."""
    for key in ("event_date", "delivery_date"):  # the case says nothing of its dates any more
        answer(key, None, CaseForm.CASE)
    for key, value in (("pregnancy_end", "birth"), ("delivery_date", date(2025, 11, 20))):
        answer(key, value)
    version = row(registry, death)["version"]
    with pytest.raises(Refused) as fault:
        answer("death_date", date(2026, 11, 21))
    assert (fault.value.rule, fault.value.field) == ("CRF-001", "death_date")
    assert row(registry, death)["version"] == version
    assert "death_date" not in state(registry, desk).values
    assert answer("death_date", date(2026, 11, 20)).saved


def test_a_fault_that_was_there_does_not_stand_in_the_way(
    registry: Registry, desk: Actor, today: date, death: str, answer: Answer
) -> None:
    """CRF-007 came with another date in the case: other questions are answered all the same, that one is mended."""
    answer("death_date", date(2026, 11, 20))
    edit_case(registry, by=desk, case=NC, answers={"event_date": "2026-11-19"}, today=today)
    assert answer("age", 34).saved
    with pytest.raises(Refused, match="another date of death"):
        answer("death_date", date(2026, 11, 18))
    assert answer("death_date", date(2026, 11, 19)).saved


def test_a_doubt_waits_for_a_reason_which_is_kept(
    registry: Registry, desk: Actor, death: str, answer: Answer
) -> None:
    """CRF-005 warns: without a reason nothing is saved, with one it is in the log."""
    answer("pregnancy_end", "birth")
    done = answer("gestation_weeks", 15)
    assert [each.code for each in done.doubts] == ["CRF-005"]
    assert "gestation_weeks" not in state(registry, desk).values
    assert answer("gestation_weeks", 15, reason="ambulance").saved
    assert ("confirmation", {}, {"code": "CRF-005", "field": "gestation_weeks", "reason": "ambulance"}) in (
        last_items(registry)
    )
    assert not answer("age", 30).doubts  # what was confirmed is not asked again
    assert answer("gestation_weeks", 16).saved


def test_what_a_condition_hides_is_kept_and_does_not_count(
    registry: Registry, desk: Actor, death: str, answer: Answer
) -> None:
    """K4: how she delivered is asked after a birth only, and is there again when that is the answer again."""
    answer("pregnancy_ended", None, CaseForm.CASE)
    for key, value in (("pregnancy_end", "birth"), ("delivery_mode", "vaginal")):
        answer(key, value)
    hidden = answer("pregnancy_end", "miscarriage").state
    assert hidden is not None
    assert "delivery_mode" in hidden.values
    assert "delivery_mode" not in counting(hidden.form, hidden.values)
    assert "delivery_mode" not in hidden.standing.open
    again = answer("pregnancy_end", "birth").state
    assert again is not None
    assert counting(again.form, again.values)["delivery_mode"] == "vaginal"


@pytest.mark.parametrize("theme", ["peripartum_hysterectomy", "acute_fatty_liver", "late_termination"])
def test_only_the_theme_that_asks_for_a_form_has_it(
    registry: Registry, desk: Actor, today: date, theme: str
) -> None:
    """One sentence, exit code 6, whatever is done with it."""
    case = str(reported(registry, desk, today, theme).number)
    for call in (
        lambda: show_form(registry, by=desk, case=case, form=CaseForm.CRF),
        lambda: begin(registry, by=desk, case=case, form=CaseForm.CRF),
        lambda: case_forms.answer(
            registry, by=desk, case=case, form=CaseForm.CRF, key="age", value=30, today=today
        ),
        lambda: filled(registry, desk, today, case, CaseForm.CRF),
    ):
        with pytest.raises(Refused, match="does not ask for this form"):
            call()


# -- who and when -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_who_fills_in_a_form(registry: Registry, desk: Actor, death: str, answer: Answer, role: Role) -> None:
    """CASES_WRITE: notifier and entry clerk of its centre, and the office; the others not."""
    by = person(registry, desk, role)
    if role in (Role.NOTIFIER, Role.ENTRY_CLERK, Role.DESK):
        assert answer("age", 34, by=by).saved
    else:
        with pytest.raises(NotAllowed):
            answer("age", 34, by=by)
        assert row(registry, death)["crf"] is None


def test_a_case_of_another_centre_is_unknown(
    registry: Registry, desk: Actor, death: str, answer: Answer
) -> None:
    """Not a word that it is there."""
    with pytest.raises(NotFound):
        answer("age", 34, by=person(registry, desk, Role.NOTIFIER, "UTR01"))


def test_a_coordinator_sees_the_answers(registry: Registry, desk: Actor, death: str, answer: Answer) -> None:
    """CASES_READ shows; the own number of the hospital is not for the committee (SPEC N3)."""
    answer("age", 34)
    coordinator = person(registry, desk, Role.COORDINATOR)
    assert state(registry, coordinator).values == {"age": 34}
    assert "patient_number" not in state(registry, coordinator, CaseForm.CASE).values
    assert "patient_number" in state(registry, desk, CaseForm.CASE).values


def test_only_while_it_is_open(
    registry: Registry, desk: Actor, today: date, death: str, answer: Answer
) -> None:
    """Submitted and withdrawn: a conflict, and the form is as it was."""
    answer("age", 34)
    add_file(registry, death)
    submit(registry, by=desk, case=NC, today=today)
    for _state in ("submitted", "withdrawn"):
        with pytest.raises(Conflict):
            answer("age", 35)
        with pytest.raises(Conflict):
            begin(registry, by=desk, case=NC, form=CaseForm.CRF)
        with pytest.raises(Conflict):
            filled(registry, desk, today, NC, CaseForm.CRF)
        if _state == "submitted":
            withdraw(registry, by=desk, case=NC, today=today, remark="twice")
    assert state(registry, desk).values == {"age": 34}


# -- two people at once -------------------------------------------------------------------------------------------


def test_two_people_at_different_questions_keep_both(
    registry: Registry, desk: Actor, death: str, answer: Answer
) -> None:
    """The second is told what the first changed, and nothing is lost."""
    seen = begin(registry, by=desk, case=NC, form=CaseForm.CRF).state.values
    answer("age", 34, by=person(registry, desk, Role.NOTIFIER))
    done = answer("parity", 1, seen=seen)
    assert done.noticed == {"age": 34}
    assert state(registry, desk).values == {"age": 34, "parity": 1}


def test_two_people_at_one_question_are_told(
    registry: Registry, desk: Actor, death: str, answer: Answer
) -> None:
    """Nothing is overwritten unseen; who has seen the other answer may replace it."""
    answer("age", 34, by=person(registry, desk, Role.NOTIFIER))
    done = answer("age", 43, seen={})
    assert done.clash is not None
    assert (done.saved, done.clash.theirs, done.clash.mine) == (False, 34, 43)
    assert state(registry, desk).values == {"age": 34}
    assert answer("age", 34, seen={}).saved  # the same answer is no clash
    assert not answer("age", 43, seen={}, over={"age": 33}).saved
    assert answer("age", 43, seen={}, over={"age": 34}).saved


def test_an_answer_made_from_an_older_case_is_a_conflict(
    registry: Registry, desk: Actor, today: date, death: str, answer: Answer
) -> None:
    """With a version any change since then stands in the way (exit code 8)."""
    answer("age", 34, version=1)
    with pytest.raises(Conflict):
        answer("parity", 1, version=1)
    with pytest.raises(Conflict):
        edit_case(
            registry, by=desk, case=NC, form=CaseForm.CRF, answers={"parity": "1"}, today=today, version=1
        )
    assert state(registry, desk).values == {"age": 34}


def test_answers_at_the_same_moment_are_all_kept(
    registry: Registry, desk: Actor, today: date, death: str
) -> None:
    """Four people press enter at once: four answers, four versions, four rows of the log."""
    given = {"age": 34, "gravidity": 3, "parity": 2, "death_place": "home"}
    gate, faults = Barrier(len(given)), []

    def press(key: str, value: Any) -> None:
        try:
            with Registry.open(registry.settings) as own:
                gate.wait()
                case_forms.answer(own, by=desk, case=NC, form=CaseForm.CRF, key=key, value=value, today=today)
        except Exception as fault:
            faults.append(fault)

    people = [Thread(target=press, args=each) for each in given.items()]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert faults == []
    assert state(registry, desk).values == given
    assert row(registry, death)["version"] == 1 + len(given)


# -- going on -----------------------------------------------------------------------------------------------------


def test_a_form_that_was_broken_off_goes_on_at_the_next_question(
    registry: Registry, desk: Actor, death: str, answer: Answer
) -> None:
    """What is before the last answer is passed, open required questions aside; a complete form is asked whole."""
    assert begin(registry, by=desk, case=NC, form=CaseForm.CRF).passed == []
    for key, value in (("death_date", date(2026, 11, 20)), ("age", 34), ("relevant_history", "geen")):
        answer(key, value)
    assert begin(registry, by=desk, case=NC, form=CaseForm.CRF).passed == [
        "death_date", "age", "bmi", "relevant_history",
    ]  # fmt: skip


def test_a_complete_form_is_asked_whole(registry: Registry, desk: Actor, today: date, death: str) -> None:
    """There is nothing to go on with, so somebody wants to look at it all."""
    filled(registry, desk, today, NC, CaseForm.CRF)
    assert begin(registry, by=desk, case=NC, form=CaseForm.CRF).passed == []


def test_the_score_and_the_verdict_follow_each_answer(registry: Registry, desk: Actor, today: date) -> None:
    """Swansea: lowest and highest; six criteria put the case within its theme, another explanation out of it."""
    case_with(registry, desk, today, CaseForm.SWANSEA)
    said: list[tuple[int, int, str]] = []
    keys = (
        "vomiting",
        "abdominal_pain",
        "polydipsia_polyuria",
        "bilirubin",
        "glucose",
        "leucocytes",
        "asat",
        "alat",
    )
    for key, value in (*((key, SWANSEA[key]) for key in keys), ("other_explanation", "yes")):
        done = edit_case(registry, by=desk, case=NC, form=CaseForm.SWANSEA, answers={key: value}, today=today)
        assert done.state.score is not None
        said.append((done.state.score.low, done.state.score.high, done.judged.included.value))
    assert said == [
        (1, 14, "unknown"), (2, 14, "unknown"), (2, 13, "unknown"), (3, 13, "unknown"), (4, 13, "unknown"),
        (5, 13, "unknown"), (6, 13, "yes"), (6, 13, "yes"), (6, 13, "no"),
    ]  # fmt: skip


# -- many answers at once -----------------------------------------------------------------------------------------


def test_a_dry_run_keeps_nothing(registry: Registry, desk: Actor, today: date, death: str) -> None:
    """It tells what would become of the document, too."""
    done = edit_case(registry, by=desk, case=NC, form=CaseForm.CRF, answers=CRF, today=today, dry_run=True)
    assert (done.generated, done.state.standing.complete, len(done.changes)) == (
        Generated.MADE,
        True,
        len(CRF),
    )
    assert row(registry, death)["crf"] is None
    assert generated(registry, death) == []


def test_answers_of_a_file_that_are_empty_take_only_counting_ones_away(
    registry: Registry, desk: Actor, today: date, death: str, answer: Answer
) -> None:
    """K4: what --json writes as null because it is hidden stays where it is."""
    answer("pregnancy_ended", None, CaseForm.CASE)
    for key, value in (
        ("pregnancy_end", "birth"),
        ("delivery_mode", "vaginal"),
        ("pregnancy_end", "ectopic"),
    ):
        answer(key, value)
    empty = {"delivery_mode", "pregnancy_end"}
    edit_case(registry, by=desk, case=NC, form=CaseForm.CRF, answers={}, empty=empty, today=today)
    assert state(registry, desk).values == {"delivery_mode": "vaginal"}


def test_a_reason_is_kept_with_doubtful_answers(
    registry: Registry, desk: Actor, today: date, death: str
) -> None:
    """By options a doubt is told and saved; with --reason why it is right stands in the log."""
    done = edit_case(
        registry, by=desk, case=NC, form=CaseForm.CRF, today=today, reason="gezien",
        answers={"pregnancy_end": "birth", "gestation_weeks": "15"},
    )  # fmt: skip
    assert [each.code for each in done.doubts] == ["CRF-005"]
    assert [each for each, _old, _new in last_items(registry)] == ["notification", "confirmation"]


@pytest.mark.parametrize("answers", [{}, {"age": ""}], ids=["none", "empty"])
def test_nothing_to_change_is_a_usage_error(
    registry: Registry, desk: Actor, today: date, death: str, answers: dict[str, str]
) -> None:
    """Exit code 2, and the case keeps its version."""
    with pytest.raises(Usage):
        edit_case(registry, by=desk, case=NC, form=CaseForm.CRF, answers=answers, today=today)
    with pytest.raises(Usage):
        edit_case(registry, by=desk, case=NC, form=CaseForm.CRF, answers={}, clear=["theme"], today=today)
    assert row(registry, death)["version"] == 1
