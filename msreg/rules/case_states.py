"""The states of a case and the steps between them (SPEC N4): one table; whatever is not in it is refused."""

from __future__ import annotations

from collections.abc import Mapping

from msreg.errors import Conflict, Phrase, Usage
from msreg.vocabulary import N_, CaseState, CaseStep, Right

STEPS: Mapping[tuple[CaseState | None, CaseStep], CaseState] = {
    (None, CaseStep.CREATE): CaseState.CONCEPT,
    (CaseState.CONCEPT, CaseStep.SUBMIT): CaseState.SUBMITTED,
    (CaseState.CONCEPT, CaseStep.WITHDRAW): CaseState.WITHDRAWN,
    (CaseState.SUBMITTED, CaseStep.RETURN): CaseState.INCOMPLETE,
    (CaseState.SUBMITTED, CaseStep.APPROVE): CaseState.APPROVED,
    (CaseState.SUBMITTED, CaseStep.WITHDRAW): CaseState.WITHDRAWN,
    (CaseState.INCOMPLETE, CaseStep.SUBMIT): CaseState.SUBMITTED,
    (CaseState.INCOMPLETE, CaseStep.WITHDRAW): CaseState.WITHDRAWN,
}
"""The state that a step leads to; None is a case that is not there yet."""

WHO: Mapping[CaseStep, Right] = {
    CaseStep.CREATE: Right.CASES_CREATE,
    CaseStep.SUBMIT: Right.CASES_WRITE,
    CaseStep.RETURN: Right.CASES_REVIEW,
    CaseStep.APPROVE: Right.CASES_REVIEW,
    # Who reported a case takes it back: an entry clerk, who cannot report one, cannot make one vanish either.
    CaseStep.WITHDRAW: Right.CASES_CREATE,
}
"""The right that each step needs."""

REMARKED = frozenset((CaseStep.RETURN, CaseStep.WITHDRAW))
"""Steps that nobody understands later without a reason: they want a remark."""

OPEN = frozenset((CaseState.CONCEPT, CaseState.INCOMPLETE))
"""States in which answers and documents may be added, changed and removed."""

STATE_WORDS: Mapping[CaseState, str] = {
    CaseState.CONCEPT: N_("concept"),
    CaseState.SUBMITTED: N_("submitted"),
    CaseState.INCOMPLETE: N_("incomplete"),
    CaseState.APPROVED: N_("approved"),
    CaseState.WITHDRAWN: N_("withdrawn"),
}
"""The states in words, to be translated where they are shown."""

DONE_WORDS: Mapping[CaseStep, str] = {
    CaseStep.CREATE: N_("reported"),
    CaseStep.SUBMIT: N_("submitted"),
    CaseStep.RETURN: N_("returned"),
    CaseStep.APPROVE: N_("approved"),
    CaseStep.WITHDRAW: N_("withdrawn"),
}
"""What a step does to a case: "it was returned"."""

_STAND_STILL: Mapping[CaseState, str] = {
    CaseState.CONCEPT: N_("Fill it in and submit it; or withdraw it, with a remark."),
    CaseState.SUBMITTED: N_("It waits for the coordinator, who returns or approves it."),
    CaseState.INCOMPLETE: N_("Add what is missing and submit it again; or withdraw it, with a remark."),
    CaseState.APPROVED: N_("An approved case stays as it is; report a new one when something was forgotten."),
    CaseState.WITHDRAWN: N_(
        "A withdrawn case stays as it is; report a new one when it was a case after all."
    ),
}


def next_state(state: CaseState | None, step: CaseStep) -> CaseState:
    """The state that a step leads to from this one. Raises `Conflict` for a step that is not in the table."""
    found = STEPS.get((state, step))
    if found is not None:
        return found
    if state is None:
        raise Conflict(N_("There is no case yet that could be {done}."), done=Phrase(DONE_WORDS[step]))
    raise Conflict(
        N_("A case that is {state} cannot be {done}."),
        hint=_STAND_STILL[state],
        field="state",
        state=Phrase(STATE_WORDS[state]),
        done=Phrase(DONE_WORDS[step]),
    )


def steps_from(state: CaseState | None) -> tuple[CaseStep, ...]:
    """The steps that are possible from a state, in the order of the table; none from an end."""
    return tuple(step for (before, step) in STEPS if before is state)


def require_open(state: CaseState) -> None:
    """Raises `Conflict` when answers and documents of a case in this state may not change."""
    if state not in OPEN:
        raise Conflict(
            N_("A case that is {state} does not change any more."),
            hint=_STAND_STILL[state],
            field="state",
            state=Phrase(STATE_WORDS[state]),
        )


def remark_of(step: CaseStep, remark: str | None) -> str | None:
    """The remark without spaces around it, None for an empty one. Raises `Usage` when the step wants one."""
    text = (remark or "").strip()
    if not text and step in REMARKED:
        raise Usage(
            N_("A case is only {done} with a remark."),
            hint=N_("Say why, for who reads it later: --remark TEXT"),
            field="remark",
            done=Phrase(DONE_WORDS[step]),
        )
    return text or None


def diagram() -> str:
    """The table as a Mermaid state diagram, for the documentation."""
    lines = ["stateDiagram-v2"]
    ends = {state for state in CaseState if not steps_from(state)}
    for (before, step), after in STEPS.items():
        lines.append(f"    {before.value if before else '[*]'} --> {after.value}: {step.value}")
    lines += [f"    {state.value} --> [*]" for state in CaseState if state in ends]
    return "\n".join(lines) + "\n"
