"""The steps of a case: every state, step and role, and what stands in the way of each (SPEC N4, N5, N7, N8)."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest

from msreg.errors import Conflict, MsregError, NotAllowed, NotFound, Refused, Usage
from msreg.rules.case_states import STEPS, WHO
from msreg.services import access, case_steps
from msreg.services.case_editing import edit_case
from msreg.services.case_steps import Stepped, approve, give_back, submit, withdraw
from msreg.services.cases import show_case
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, CaseState, CaseStep, Role
from tests.cases import add_file, person, reported

SERVICES: dict[CaseStep, Callable[..., Stepped]] = {
    CaseStep.SUBMIT: submit,
    CaseStep.RETURN: partial(give_back, remark="De ontslagbrief ontbreekt."),
    CaseStep.APPROVE: approve,
    CaseStep.WITHDRAW: partial(withdraw, remark="Dubbel gemeld."),
}
WAY: dict[CaseState, tuple[CaseStep, ...]] = {
    CaseState.CONCEPT: (),
    CaseState.SUBMITTED: (CaseStep.SUBMIT,),
    CaseState.INCOMPLETE: (CaseStep.SUBMIT, CaseStep.RETURN),
    CaseState.APPROVED: (CaseStep.SUBMIT, CaseStep.APPROVE),
    CaseState.WITHDRAWN: (CaseStep.WITHDRAW,),
}
"""The steps that bring a new case into each state."""


@pytest.fixture
def brought(registry: Registry, desk: Actor, today: date) -> Callable[..., str]:
    """The number of a new case of AMS01 with a file, brought into a state."""

    def make(
        state: CaseState = CaseState.CONCEPT, theme: str = "peripartum_hysterectomy", **answers: Any
    ) -> str:
        new = reported(registry, desk, today, theme, **answers)
        add_file(registry, new.id, wanted="delivery_report")
        for step in WAY[state]:
            SERVICES[step](registry, by=desk, case=str(new.number), today=today)
        return str(new.number)

    return make


def state_of(registry: Registry, desk: Actor, case: str) -> tuple[CaseState, int, int]:
    """The state, the version and the number of steps."""
    found = show_case(registry, by=desk, case=case)
    return found.state, found.row["version"], len(found.steps)


@pytest.mark.parametrize(("state", "step"), list(product(CaseState, SERVICES)), ids=lambda each: str(each))
def test_n4_every_step_from_every_state_for_every_role(
    state: CaseState,
    step: CaseStep,
    registry: Registry,
    desk: Actor,
    today: date,
    brought: Callable[..., str],
) -> None:
    """Who may not is told so whatever the state; who may is led by the table alone."""
    case = brought(state)
    before = state_of(registry, desk, case)
    for role in Role:
        by = person(registry, desk, role)
        allowed, known = access.may(by, WHO[step]), (state, step) in STEPS
        if allowed and known:
            continue  # below, once
        with pytest.raises(Conflict if allowed else NotAllowed):
            SERVICES[step](registry, by=by, case=case, today=today)
    assert state_of(registry, desk, case) == before
    if (state, step) not in STEPS:
        return
    for role in (each for each in Role if access.may(person(registry, desk, each), WHO[step])):
        fresh = brought(state)
        _state, version, steps = state_of(registry, desk, fresh)
        by = person(registry, desk, role)
        done = SERVICES[step](registry, by=by, case=fresh, today=today)
        after = STEPS[state, step]
        assert (done.case.state, done.after, done.version) == (state, after, version + 1)
        assert state_of(registry, desk, fresh) == (after, version + 1, steps + 1)
        last = show_case(registry, by=desk, case=fresh).steps[-1]
        assert (last.step, last.before, last.after, last.user, last.role) == (
            step, state, after, by.user, role.value,
        )  # fmt: skip


@pytest.mark.parametrize("step", SERVICES)
def test_s3_a_case_of_another_centre_is_unknown(
    step: CaseStep, registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    state = next(before for before, each in STEPS if each is step and before is not None)
    case = brought(state)
    for role in (Role.NOTIFIER, Role.ENTRY_CLERK):
        by = person(registry, desk, role, "UTR01")
        if access.may(by, WHO[step]):
            with pytest.raises(NotFound):
                SERVICES[step](registry, by=by, case=case, today=today)
    assert state_of(registry, desk, case)[0] is state


def test_a_late_termination_is_unknown_to_an_entry_clerk(
    registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    case = brought(theme="late_termination")
    clerk = person(registry, desk, Role.ENTRY_CLERK)
    with pytest.raises(NotFound):
        submit(registry, by=clerk, case=case, today=today)
    assert submit(registry, by=person(registry, desk, Role.NOTIFIER), case=case, today=today)


@pytest.mark.parametrize("remark", [None, "", "  \n "])
def test_n7_return_and_withdraw_want_a_remark(
    remark: str | None, registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    case = brought(CaseState.SUBMITTED)
    for service in (give_back, withdraw):
        with pytest.raises(Usage) as told:
            service(registry, by=desk, case=case, today=today, remark=remark)
        assert told.value.field == "remark"
    assert state_of(registry, desk, case)[0] is CaseState.SUBMITTED


# -- submitting ---------------------------------------------------------------------------------------


def test_n5_submitting_needs_a_file_that_somebody_uploaded(
    registry: Registry, desk: Actor, today: date
) -> None:
    """The PDF that msreg makes of a form is none."""
    case = reported(registry, desk, today, "maternal_death")
    add_file(registry, case.id, wanted="crf", form=CaseForm.CRF)
    with pytest.raises(Refused) as told:
        submit(registry, by=desk, case=str(case.number), today=today)
    assert told.value.field == "documents"
    add_file(registry, case.id)
    assert submit(registry, by=desk, case=str(case.number), today=today).after is CaseState.SUBMITTED


def test_a_file_in_quarantine_stands_in_the_way(
    registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    case = brought()
    add_file(registry, show_case(registry, by=desk, case=case).id, held=True, name="Jansen.pdf")
    with pytest.raises(Conflict) as told:
        submit(registry, by=desk, case=case, today=today, confirmed=True, remark="toch")
    assert "2" in told.value.text()
    assert "Jansen" not in told.value.text() + str(told.value.hint_text())


def test_what_the_list_lacks_is_told_and_not_refused(
    registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    """The coordinator judges whether a document applies."""
    done = submit(registry, by=desk, case=brought(), today=today)
    assert "operation_report" in [each.key for each in done.case.lacking.documents]
    assert "delivery_report" not in [each.key for each in done.case.lacking.documents]


OUTSIDE = {"event_date": "2026-04-13", "pregnancy_ended": "yes", "delivery_date": "2026-03-01"}


def test_outside_its_theme_a_reason_is_asked_for(
    registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    """N1: day 43. `confirmed` alone is no reason, and the reason stays with the step."""
    case = brought(**OUTSIDE)
    for remark in (None, "  "):
        with pytest.raises(Usage) as told:
            submit(registry, by=desk, case=case, today=today, confirmed=True, remark=remark)
        assert told.value.field == "remark"
        assert "2026" not in told.value.text()
    trial = submit(registry, by=desk, case=case, today=today, dry_run=True)
    assert trial.wants_reason
    done = submit(registry, by=desk, case=case, today=today, remark="Ingreep op dag 42 begonnen.")
    assert done.after is CaseState.SUBMITTED
    (said,) = show_case(registry, by=desk, case=case).remarks
    assert said.remark == "Ingreep op dag 42 begonnen."


def test_on_the_last_day_and_when_it_is_not_known_no_reason_is_needed(
    registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    for answers in ({**OUTSIDE, "event_date": "2026-04-12"}, {"event_date": "2026-04-13"}):
        assert not submit(registry, by=desk, case=brought(**answers), today=today).wants_reason


def test_traces_of_persons_want_a_yes(
    registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    case = brought()
    case_id = show_case(registry, by=desk, case=case).id
    add_file(registry, case_id, name="brief.pdf", traces={"bsn": 1, "date": 2})
    add_file(registry, case_id, name="crf.pdf", form=CaseForm.CRF, traces={"date": 9})
    with pytest.raises(Usage) as told:
        submit(registry, by=desk, case=case, today=today)
    assert (told.value.field, told.value.params["count"]) == ("yes", 3)
    trial = submit(registry, by=desk, case=case, today=today, dry_run=True)
    assert trial.traces == {"brief.pdf": {"bsn": 1, "date": 2}}
    assert submit(registry, by=desk, case=case, today=today, confirmed=True).after is CaseState.SUBMITTED


# -- reminders ----------------------------------------------------------------------------------------


def reminders_of(registry: Registry, case: str) -> tuple[str, str | None, int]:
    with registry.light() as db:
        row = db.one(
            "SELECT since, reminder_due_on, reminded_weeks FROM notification WHERE number = ?",
            (int(case[-4:]),),
        )
    assert row is not None
    return row[0], row[1], row[2]


def test_n8_each_return_begins_a_new_round(
    registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    case = brought()
    first = (today.isoformat(), (today + timedelta(days=28)).isoformat(), 0)
    assert reminders_of(registry, case) == first
    with registry.light() as db:
        db.execute("UPDATE notification SET reminded_weeks = 8")
    later = today + timedelta(days=60)
    submit(registry, by=desk, case=case, today=later)
    assert reminders_of(registry, case) == (later.isoformat(), None, 0)
    back = later + timedelta(days=3)
    done = give_back(registry, by=desk, case=case, today=back, remark="x")
    assert done.reminder_on == back + timedelta(days=28)
    assert reminders_of(registry, case) == (back.isoformat(), done.reminder_on.isoformat(), 0)
    submit(registry, by=desk, case=case, today=back)
    approve(registry, by=desk, case=case, today=back)
    assert reminders_of(registry, case) == (back.isoformat(), None, 0)


def test_an_edit_begins_no_round(
    registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    case = brought()
    before = reminders_of(registry, case)
    edit_case(registry, by=desk, case=case, answers={"patient_number": "7"}, today=today + timedelta(days=9))
    assert reminders_of(registry, case) == before


# -- kept for ever, and two at once -------------------------------------------------------------------


def test_withdrawing_keeps_everything(
    registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    case = brought(CaseState.INCOMPLETE, patient_number="7")
    before = show_case(registry, by=desk, case=case)
    withdraw(registry, by=desk, case=case, today=today, remark="Toch geen casus.")
    after = show_case(registry, by=desk, case=case)
    assert after.values == before.values
    assert [each.row for each in after.documents] == [each.row for each in before.documents]
    assert after.steps[:-1] == before.steps


@pytest.mark.parametrize("state", [CaseState.SUBMITTED, CaseState.APPROVED, CaseState.WITHDRAWN])
def test_n5_answers_stand_still_while_a_case_is_not_open(
    state: CaseState, registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    case = brought(state)
    with pytest.raises(Conflict) as told:
        edit_case(registry, by=desk, case=case, answers={"patient_number": "7"}, today=today)
    assert told.value.field == "state"


def test_the_log_has_step_remark_and_state(
    registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    case = brought(CaseState.SUBMITTED)
    give_back(registry, by=desk, case=case, today=today, remark="De ontslagbrief ontbreekt.")
    with registry.light() as db:
        rows = db.rows(
            "SELECT entity, action, before, after FROM audit_item"
            " WHERE seq = (SELECT max(seq) FROM audit_event) ORDER BY n"
        )
        body = db.one("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 1")
    (case_item, step_item) = rows
    assert case_item[:2] == ("notification", "U")
    assert json.loads(case_item[2])["state"] == "submitted"
    assert json.loads(case_item[3])["state"] == "incomplete"
    assert step_item[:2] == ("case_step", "C")
    assert json.loads(step_item[3]) == {
        "step": "return", "before": "submitted", "after": "incomplete", "remark": "De ontslagbrief ontbreekt.",
    }  # fmt: skip
    assert body is not None
    told = json.loads(body[0])
    assert (told["event"], told["about"]) == ("cases.return", {"case": case})
    assert "ontslagbrief" not in body[0]


@pytest.mark.parametrize("step", SERVICES)
def test_c5_a_dry_run_takes_no_step(
    step: CaseStep, registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    state = next(before for before, each in STEPS if each is step and before is not None)
    case = brought(state)
    before = state_of(registry, desk, case)
    done = SERVICES[step](registry, by=desk, case=case, today=today, dry_run=True)
    assert (done.after, done.dry_run) == (STEPS[state, step], True)
    assert state_of(registry, desk, case) == before


@pytest.mark.parametrize("step", SERVICES)
def test_a_step_on_another_version_is_a_conflict(
    step: CaseStep, registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    state = next(before for before, each in STEPS if each is step and before is not None)
    case = brought(state)
    _state, version, _steps = before = state_of(registry, desk, case)
    for wrong in (version - 1, version + 1):
        with pytest.raises(Conflict) as told:
            SERVICES[step](registry, by=desk, case=case, today=today, version=wrong)
        assert told.value.field == "version"
    assert state_of(registry, desk, case) == before
    SERVICES[step](registry, by=desk, case=case, today=today, version=version)


def test_of_two_at_once_one_wins(
    registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    """Approve, return and withdraw of one submitted case at the same moment: one step, and two conflicts."""
    steps = (CaseStep.APPROVE, CaseStep.RETURN, CaseStep.WITHDRAW, CaseStep.APPROVE)

    def take(case: str, step: CaseStep) -> CaseState | None:
        try:
            return SERVICES[step](registry, by=desk, case=case, today=today).after
        except Conflict:
            return None

    for _time in range(5):
        case = brought(CaseState.SUBMITTED)
        with ThreadPoolExecutor(len(steps)) as pool:
            found = list(pool.map(partial(take, case), steps))
        won = [each for each in found if each is not None]
        # Withdrawing is possible after a return, too.
        assert won in ([CaseState.APPROVED], [CaseState.WITHDRAWN]) or set(won) == {
            CaseState.INCOMPLETE, CaseState.WITHDRAWN,
        } or won == [CaseState.INCOMPLETE]  # fmt: skip
        state, _version, taken = state_of(registry, desk, case)
        assert state in won
        assert taken == 2 + len(won)


def test_a_fault_in_the_middle_leaves_the_case_as_it_was(
    registry: Registry, desk: Actor, today: date, brought: Callable[..., str]
) -> None:
    case = brought()
    before = state_of(registry, desk, case)
    with registry.light() as db:
        db.execute("CREATE TRIGGER broken BEFORE INSERT ON case_step BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(MsregError):
        case_steps.submit(registry, by=desk, case=case, today=today)
    with registry.light() as db:
        db.execute("DROP TRIGGER broken")
    assert state_of(registry, desk, case) == before
