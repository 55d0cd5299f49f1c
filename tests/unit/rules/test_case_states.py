"""The states of a case: the table against the manual's words, and walks that never leave it (SPEC N4)."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from msreg.errors import Conflict, Usage
from msreg.rules.case_states import (
    DONE_WORDS,
    OPEN,
    STATE_WORDS,
    STEPS,
    WHO,
    diagram,
    next_state,
    remark_of,
    require_open,
    steps_from,
)
from msreg.vocabulary import CaseState, CaseStep, Right

C, S, I, A, W = CaseState  # noqa: E741 - in the order in which they are declared
ALLOWED = {
    (None, "create"): C,
    (C, "submit"): S,
    (I, "submit"): S,
    (S, "return"): I,
    (S, "approve"): A,
    (C, "withdraw"): W,
    (S, "withdraw"): W,
    (I, "withdraw"): W,
}
"""Written out again here, from SPEC N4 and decision 0037."""


@pytest.mark.parametrize(("state", "step"), list(product([None, *CaseState], CaseStep)))
def test_every_state_with_every_step(state: CaseState | None, step: CaseStep) -> None:
    expected = ALLOWED.get((state, step.value))
    if expected is not None:
        assert next_state(state, step) is expected
        assert step in steps_from(state)
        return
    assert step not in steps_from(state)
    with pytest.raises(Conflict) as told:
        next_state(state, step)
    assert told.value.exit_code == 8
    assert DONE_WORDS[step] in told.value.text()
    assert "{" not in told.value.text()
    assert state is None or (STATE_WORDS[state] in told.value.text() and told.value.hint_text())


def test_approved_and_withdrawn_are_ends_and_nothing_else_is() -> None:
    assert {state for state in CaseState if not steps_from(state)} == {A, W}
    assert set(STEPS.values()) == set(CaseState)


def test_every_step_has_a_right_and_words() -> None:
    """Entry clerks (cases.write) cannot create, return, approve or withdraw (SPEC N3, N7)."""
    assert set(WHO) == set(DONE_WORDS) == set(CaseStep)
    assert {step for step, right in WHO.items() if right is Right.CASES_WRITE} == {CaseStep.SUBMIT}
    assert {step for step, right in WHO.items() if right is Right.CASES_REVIEW} == {
        CaseStep.RETURN, CaseStep.APPROVE,
    }  # fmt: skip
    assert set(STATE_WORDS) == set(CaseState)


@pytest.mark.parametrize("state", CaseState)
def test_answers_and_documents_change_while_concept_or_incomplete(state: CaseState) -> None:
    """SPEC N5."""
    if state in (C, I):
        require_open(state)
        return
    with pytest.raises(Conflict) as told:
        require_open(state)
    assert STATE_WORDS[state] in told.value.text()
    assert told.value.hint_text()


def test_open_states_are_those_that_can_be_submitted() -> None:
    assert {state for state in CaseState if CaseStep.SUBMIT in steps_from(state)} == OPEN


@pytest.mark.parametrize("step", CaseStep)
@pytest.mark.parametrize("remark", [None, "", "  \n "])
def test_a_return_and_a_withdrawal_want_a_remark(step: CaseStep, remark: str | None) -> None:
    """SPEC N7."""
    if step in (CaseStep.RETURN, CaseStep.WITHDRAW):
        with pytest.raises(Usage) as told:
            remark_of(step, remark)
        assert told.value.field == "remark"
    else:
        assert remark_of(step, remark) is None


@pytest.mark.parametrize("step", CaseStep)
def test_a_remark_is_kept_without_spaces_around_it(step: CaseStep) -> None:
    assert remark_of(step, "  the letter lacks\n") == "the letter lacks"


def test_the_diagram_has_every_step_once() -> None:
    lines = [line.strip() for line in diagram().splitlines()]
    assert lines[0] == "stateDiagram-v2"
    assert "[*] --> concept: create" in lines
    assert "incomplete --> submitted: submit" in lines
    assert {"approved --> [*]", "withdrawn --> [*]"} <= set(lines)
    assert len(lines) == len(set(lines)) == 1 + len(ALLOWED) + 2


@given(st.lists(st.sampled_from(list(CaseStep)), max_size=30))
def test_a_walk_that_is_tried_anyhow_never_leaves_the_table(steps: list[CaseStep]) -> None:
    """Whatever is tried, a case is nowhere or in a state that the table leads to, and an end stays an end."""
    state: CaseState | None = None
    for step in steps:
        before = state
        try:
            state = next_state(state, step)
        except Conflict:
            assert (before, step.value) not in ALLOWED
            continue
        assert ALLOWED[before, step.value] is state
        assert before not in (A, W)


class Walk(RuleBasedStateMachine):
    """A case that people work on, with the count that the manual implies."""

    def __init__(self) -> None:
        super().__init__()
        self.state: CaseState | None = None
        self.submitted = self.returned = 0

    @precondition(lambda self: self.state is None)
    @rule()
    def create(self) -> None:
        self.state = next_state(self.state, CaseStep.CREATE)

    @precondition(lambda self: self.state is not None)
    @rule(step=st.sampled_from(list(CaseStep)))
    def tried(self, step: CaseStep) -> None:
        try:
            self.state = next_state(self.state, step)
        except Conflict:
            return
        self.submitted += step is CaseStep.SUBMIT
        self.returned += step is CaseStep.RETURN

    @invariant()
    def only_what_was_submitted_is_returned_or_approved(self) -> None:
        assert 0 <= self.submitted - self.returned <= 1
        if self.state in (S, A):
            assert self.submitted == self.returned + 1
        if self.state in (C, I):
            assert self.submitted == self.returned
        assert (self.state is I) <= (self.returned > 0)


def test_what_is_approved_was_submitted_once_more_than_returned() -> None:
    run_state_machine_as_test(Walk)
