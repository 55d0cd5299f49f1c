"""Walks through the forms of a case with replies that were written down: what is asked, refused, kept, told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from msreg.errors import Conflict, Interrupted, NotAllowed, Refused
from msreg.screen.case_guided import fill_in, report
from msreg.screen.case_walk import Filled
from msreg.screen.edge import Edge, use
from msreg.screen.language import activate
from msreg.screen.prompter import Move, Question, Scripted
from msreg.services import case_forms
from msreg.services.case_editing import edit_case
from msreg.services.case_forms import show_form
from msreg.services.case_generated import Generated
from msreg.services.case_steps import withdraw
from msreg.services.cases import show_case
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, Language, Role
from tests.case_answers import CRF, SWANSEA, case_with, filled
from tests.cases import person

BACK = Move.BACK
NC = "NC-2026-0001"
YES_NO = {"yes": True, "no": False}
WALKED = [YES_NO.get(CRF[key], CRF[key]) if key in ("multiple", "improvable") else CRF[key] for key in CRF]
"""The answers to the CRF as replies, in the order in which they are asked."""


@dataclass
class Told:
    """How a walk went."""

    done: Filled | BaseException
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


def _told(
    go: Callable[..., Filled], replies: Sequence[Any], capsys: pytest.CaptureFixture[str], **how: Any
) -> Told:
    script = Scripted(replies)
    done: Filled | BaseException
    try:
        done = go(ask=script, **how)
    except (Exception, KeyboardInterrupt) as fault:
        done = fault
    return Told(done, script, capsys.readouterr().out)


Fill = Callable[..., Told]


@pytest.fixture
def fill(registry: Registry, desk: Actor, today: date, capsys: pytest.CaptureFixture[str]) -> Fill:
    def call(replies: Sequence[Any], form: CaseForm = CaseForm.CRF, **more: Any) -> Told:
        how = {"by": desk, "today": today, "case": NC, "form": form} | more
        return _told(fill_in, replies, capsys, registry=registry, **how)

    return call


@pytest.fixture
def tell(registry: Registry, desk: Actor, today: date, capsys: pytest.CaptureFixture[str]) -> Fill:
    def call(
        replies: Sequence[Any], by: Actor | None = None, centre: str | None = None, **given: str
    ) -> Told:
        return _told(
            report, replies, capsys, registry=registry, by=by or desk, today=today, given=given, centre=centre
        )

    return call


@pytest.fixture
def death(registry: Registry, desk: Actor, today: date) -> str:
    return case_with(registry, desk, today, CaseForm.CRF).id


def values(registry: Registry, by: Actor, form: CaseForm = CaseForm.CRF) -> dict[str, Any]:
    return dict(show_form(registry, by=by, case=NC, form=form).values)


# -- a form -------------------------------------------------------------------------------------------------------


def test_the_crf_question_by_question(registry: Registry, desk: Actor, death: str, fill: Fill) -> None:
    """Every question in order, those of a birth and of improvement when they are asked; then the document."""
    told = fill(WALKED)
    assert isinstance(told.done, Filled)
    assert told.asked == [f"--{key.replace('_', '-')}" for key in CRF]
    assert (told.done.state.standing.complete, told.done.generated) == (True, Generated.MADE)
    assert told.out.splitlines()[0].startswith(f"{NC}  CRF of maternal death")
    assert "* Date of death                     2026-11-20" in told.out
    assert told.question("--age").required
    assert not told.question("--bmi").required
    assert "0 of 16 answered, saved" in told.question("--death-date").status


def test_questions_come_and_go_with_the_answers(
    registry: Registry, desk: Actor, today: date, death: str, fill: Fill
) -> None:
    """Still pregnant: how and when she delivered is not asked."""
    edit_case(registry, by=desk, case=NC, answers={"pregnancy_ended": "no"}, today=today)
    replies = [*WALKED[:7], "ongoing", "20", "not_applicable", False, *WALKED[13:17], False]
    told = fill(replies)
    assert isinstance(told.done, Filled)
    assert not {"--delivery-mode", "--delivery-date", "--improvable-text"} & set(told.asked)
    assert told.done.state.standing.complete


def test_stopping_keeps_what_was_answered(registry: Registry, desk: Actor, death: str, fill: Fill) -> None:
    """Ctrl-c: exit code 130, told how to go on; the next walk begins behind the last answer."""
    told = fill([*WALKED[:3], KeyboardInterrupt])
    assert isinstance(told.done, Interrupted)
    assert told.done.text() == "Stopped; what you answered is kept in the case."
    assert told.done.hint_text() == f"Go on with: msreg cases crf {NC}"
    assert len(values(registry, desk)) == 3
    again = fill([KeyboardInterrupt])
    assert again.asked == ["--gravidity"]
    assert isinstance(again.done, Interrupted)
    assert again.done.text() == "Stopped; nothing was changed."


def test_a_required_question_may_wait(registry: Registry, desk: Actor, death: str, fill: Fill) -> None:
    """Left open for now: the walk goes on, the form is not complete, and the next walk asks for it alone."""
    told = fill([*WALKED[:-4], None, *WALKED[-3:]])
    assert isinstance(told.done, Filled)
    assert told.done.state.standing.open == ("autopsy",)
    assert told.done.generated is None
    again = fill(["no"])
    assert again.asked == ["--autopsy"]
    assert isinstance(again.done, Filled)
    assert again.done.generated is Generated.MADE


def test_a_complete_form_is_walked_again_and_enter_keeps(
    registry: Registry, desk: Actor, today: date, death: str, fill: Fill
) -> None:
    """Each question offers what is there; the same reply writes nothing."""
    filled(registry, desk, today, NC, CaseForm.CRF)
    version = show_case(registry, by=desk, case=NC).row["version"]
    told = fill([lambda question: question.value] * len(CRF))
    assert isinstance(told.done, Filled)
    assert told.done.generated is None
    assert show_case(registry, by=desk, case=NC).row["version"] == version


def test_back_and_corrected(registry: Registry, desk: Actor, death: str, fill: Fill) -> None:
    """Ctrl-b: the question before, with its answer to mend."""
    told = fill([*WALKED[:3], BACK, "35", KeyboardInterrupt])
    assert told.asked == ["--death-date", "--death-place", "--age", "--gravidity", "--age", "--gravidity"]
    assert told.question("--age", 1).value == "34"
    assert values(registry, desk)["age"] == 35


def test_a_fault_is_told_with_the_question_that_has_it(
    registry: Registry, desk: Actor, death: str, fill: Fill
) -> None:
    """CRF-004 is about parity, which was answered long before: the sentence says where to mend it."""
    edit = [*WALKED[:3], "2", "2", *WALKED[5:7]]
    told = fill([*edit, "miscarriage", KeyboardInterrupt])
    assert told.asked[-2:] == ["--pregnancy-end", "--pregnancy-end"]
    assert "↳ Parity: this pregnancy had no delivery" in told.out
    assert told.question("--pregnancy-end", 1).value is None
    assert "pregnancy_end" not in values(registry, desk)


def test_a_doubt_asks_whether_it_is_right_and_why(
    registry: Registry, desk: Actor, death: str, fill: Fill
) -> None:
    """CRF-005: taken back, typed again, and confirmed with a reason."""
    told = fill([*WALKED[:8], "15", False, "15", True, "in the ambulance", KeyboardInterrupt])
    assert told.asked[8:] == [
        "--gestation-weeks", "--reason", "--gestation-weeks", "--reason", "--reason", "--delivery-mode",
    ]  # fmt: skip
    assert "a birth is from 16 weeks on" in told.out
    assert "yes: in the ambulance" in told.out
    assert values(registry, desk)["gestation_weeks"] == 15


@pytest.mark.parametrize(("mine", "stands"), [(True, 34), (False, 43)])
def test_two_people_at_one_question_settle_it(
    registry: Registry, desk: Actor, today: date, death: str, fill: Fill, mine: bool, stands: int
) -> None:
    """Both answers are shown, one is chosen, and the walk goes on."""

    def meanwhile(_question: Question) -> str:
        case_forms.answer(
            registry, by=person(registry, desk, Role.NOTIFIER), case=NC, form=CaseForm.CRF, key="age", value=43,
            today=today,
        )  # fmt: skip
        return "34"

    told = fill([*WALKED[:2], meanwhile, mine, KeyboardInterrupt])
    assert told.asked[2:] == ["--age", "--version", "--gravidity"]
    assert "Somebody else answered this question meanwhile." in told.out
    assert values(registry, desk)["age"] == stands


def test_a_case_that_somebody_withdrew_meanwhile(
    registry: Registry, desk: Actor, today: date, death: str, fill: Fill
) -> None:
    """Exit code 8; what was answered before stays."""

    def meanwhile(_question: Question) -> str:
        withdraw(registry, by=desk, case=NC, today=today, remark="twice")
        return "34"

    told = fill([*WALKED[:2], meanwhile])
    assert isinstance(told.done, Conflict)
    assert "What you answered before this is kept." in told.out
    assert len(values(registry, desk)) == 2


def test_the_swansea_score_stands_at_the_bottom(
    registry: Registry, desk: Actor, today: date, fill: Fill
) -> None:
    """It grows with each answer, from the lowest to the highest that is possible still."""
    case_with(registry, desk, today, CaseForm.SWANSEA)
    told = fill([*SWANSEA.values(), None], CaseForm.SWANSEA)
    assert isinstance(told.done, Filled)
    assert told.done.generated is Generated.MADE
    bottom = [each.status.split(" · ")[0] for each in told.script.asked]
    assert bottom[:4] == [
        "score 0 to 14 of 14",
        "score 1 to 14 of 14",
        "score 2 to 14 of 14",
        "score 2 to 13 of 14",
    ]
    assert bottom[-1] == "score 6 to 11 of 14"
    assert all(len(each.status) < 80 for each in told.script.asked)
    assert told.question("--bilirubin").shape == "µmol/L / unknown"


def test_a_form_of_another_theme_is_refused_before_anything_is_asked(
    registry: Registry, desk: Actor, death: str, fill: Fill
) -> None:
    """Exit code 6, and no question."""
    told = fill([], CaseForm.SWANSEA)
    assert isinstance(told.done, Refused)
    assert told.asked == []


# -- a new case ---------------------------------------------------------------------------------------------------


def test_a_case_is_reported_step_by_step(registry: Registry, desk: Actor, tell: Fill) -> None:
    """Theme, own number, centre: then it has its number, and the questions of its theme follow in its own words."""
    first_centre = [lambda question: question.options[0].value]
    told = tell(["maternal_death", "123", *first_centre, "20-11-2026", "", True, "18-11-2026"])
    assert isinstance(told.done, Filled)
    assert told.asked == [
        "--theme", "--patient-number", "--centre", "--event-date", "--pregnancy-start", "--pregnancy-ended",
        "--delivery-date",
    ]  # fmt: skip
    assert told.question("--event-date").label.strip() == "Date of death"
    assert told.question("--theme").status == "nothing is saved yet"
    assert "death of a woman who is pregnant or gave birth recently" in told.out
    assert f"The case is reported as {NC}." in told.out
    found = show_case(registry, by=desk, case=NC)
    assert (found.row["centre_code"], found.values["patient_number"]) == ("AMS01", "123")
    assert found.judged.included.value == "yes"


def test_stopping_before_it_is_reported_reports_nothing(registry: Registry, desk: Actor, tell: Fill) -> None:
    """ADR 0039: a theme alone is no case yet, and no number is used up."""
    told = tell(["relaparotomy", KeyboardInterrupt])
    assert isinstance(told.done, Interrupted)
    assert told.done.text() == "Stopped; no case was reported."
    with registry.light() as db:
        assert db.one("SELECT count(*) FROM notification") == (0,)


def test_stopping_after_it_is_reported_keeps_the_case(registry: Registry, desk: Actor, tell: Fill) -> None:
    """It goes on with `cases edit`, at the next question."""
    told = tell(["relaparotomy", "", "20-11-2026", KeyboardInterrupt], centre="AMS01")
    assert isinstance(told.done, Interrupted)
    assert told.done.hint_text() == f"Go on with: msreg cases edit {NC}"
    assert values(registry, desk, CaseForm.CASE) == {
        "theme": "relaparotomy",
        "event_date": date(2026, 11, 20),
    }


def test_the_theme_is_corrected_before_and_after(registry: Registry, desk: Actor, tell: Fill) -> None:
    """Ctrl-b before the report costs nothing; behind it themes of its process are offered, in their own words."""
    told = tell(
        ["embolisation", BACK, "relaparotomy", "", BACK, BACK, "acute_fatty_liver", "20-11-2026"],
        centre="AMS01",
    )
    assert isinstance(told.done, Filled)
    assert values(registry, desk, CaseForm.CASE) == {
        "theme": "acute_fatty_liver", "event_date": date(2026, 11, 20),
    }  # fmt: skip
    asked = [
        "--theme",
        "--patient-number",
        "--theme",
        "--patient-number",
        "--event-date",
        "--patient-number",
        "--theme",
    ]
    assert told.asked == [*asked, "--event-date"]
    labels = [told.question("--event-date", at).label.strip() for at in (0, 1)]
    assert labels == ["Date of the relaparotomy", "Date of the diagnosis"]
    offered = [[each.value for each in told.question("--theme", at).options] for at in (0, 2)]
    assert set(offered[0]) - set(offered[1]) == {"late_termination"}


def test_options_are_not_asked_again(registry: Registry, desk: Actor, tell: Fill) -> None:
    """What was given beforehand goes into the report."""
    told = tell(["relaparotomy", "19-11-2026"], centre="UTR01", patient_number="77", event_date="20-11-2026")
    assert isinstance(told.done, Filled)
    assert told.asked == ["--theme", "--caesarean-date"]
    assert values(registry, desk, CaseForm.CASE)["patient_number"] == "77"


def test_who_works_for_one_centre_is_not_asked_for_it(registry: Registry, desk: Actor, tell: Fill) -> None:
    """A notifier reports for the own centre; an entry clerk is told so before any question (SPEC N3)."""
    told = tell(["acute_fatty_liver", "", ""], by=person(registry, desk, Role.NOTIFIER, "UTR01"))
    assert isinstance(told.done, Filled)
    assert told.asked == ["--theme", "--patient-number", "--event-date"]
    assert told.done.state.centre == "UTR01"
    refused = tell([], by=person(registry, desk, Role.ENTRY_CLERK))
    assert isinstance(refused.done, NotAllowed)
    assert refused.asked == []


def test_the_case_itself_is_filled_in_later(registry: Registry, desk: Actor, death: str, fill: Fill) -> None:
    """`cases edit` without an option: all of it when nothing is open, the theme among it."""
    told = fill([lambda question: question.value] * 6, CaseForm.CASE)
    assert isinstance(told.done, Filled)
    assert told.asked[:3] == ["--theme", "--patient-number", "--event-date"]
    assert told.question("--theme").open_words is None
