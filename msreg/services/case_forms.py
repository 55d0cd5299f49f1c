"""The forms of a case, filled in answer by answer: each is judged, saved and logged at once (decision 0022)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msreg.forms.answers import open_questions
from msreg.forms.load import load
from msreg.forms.values import NOT_ASKED
from msreg.forms.walking import questions
from msreg.rules.case_states import require_open
from msreg.services import access
from msreg.services.case_answers import (
    values_of,
)
from msreg.services.case_filling import EVENTS, doubts_of, keep, theme_of
from msreg.services.case_form_state import FormState, require_form, state_of
from msreg.services.case_generated import Generated
from msreg.services.cases import (
    ENTITY,
    find_case,
    note_name,
    require_version,
    tells_patient_number,
)
from msreg.services.entering import Answered
from msreg.services.entry_steps import Clash
from msreg.services.reading import looking
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Action, CaseForm, CaseState, Right


@dataclass(frozen=True, slots=True)
class FormAnswered(Answered):
    """What became of an answer; `state` is how the form is then."""

    state: FormState | None = None
    generated: Generated | None = None
    """What became of the document that is made of a form."""


@dataclass(slots=True)
class Filling:
    """A form of a case under way, as the person at the keyboard sees it."""

    state: FormState
    passed: list[str] = field(default_factory=list)
    """The questions that are not asked any more."""


def show_form(
    registry: Registry, *, by: Actor, case: str, form: CaseForm, told: Mapping[str, object] | None = None
) -> FormState:
    """The answers to a form of a case; that they were seen is in the log. Raises as `find_case` does.

    `told` goes into the log with it, of a form that leaves as a file: where to, to whom and why.
    """
    right = Right.CASES_READ if told is None else Right.CASES_FILES
    with looking(registry, by=by, event=EVENTS[form], right=right) as look:
        note_name(look.about, case)
        row = find_case(look.db, by=by, name=case)
        look.others = [(ENTITY, row["id"])]
        look.about |= told or {}
        if not tells_patient_number(by):
            row["patient_number"] = None
        return state_of(row, form)


def begin(registry: Registry, *, by: Actor, case: str, form: CaseForm) -> Filling:
    """Begin to fill in a form, or go on where somebody stopped; nothing is written.

    Questions before the last answer are passed, required ones without an answer aside. When nothing is left to
    ask, all of it is asked again. Raises `Conflict` when the state of the case lets nothing change.
    """
    with looking(registry, by=by, event=EVENTS[form], right=Right.CASES_WRITE) as look:
        note_name(look.about, case)
        row = find_case(look.db, by=by, name=case)
        look.others = [(ENTITY, row["id"])]
        require_open(CaseState(row["state"]))
        state = state_of(row, form)
    asked = [item.key for item in questions((state.form,), state.values)]
    last = max((at for at, key in enumerate(asked) if key in state.values), default=-1)
    open_ = {item.key for item in open_questions(state.form, state.values)}
    passed = [key for key in asked[: last + 1] if key not in open_]
    return Filling(state, [] if len(passed) == len(asked) else passed)


def answer(
    registry: Registry,
    *,
    by: Actor,
    case: str,
    form: CaseForm,
    key: str,
    value: Any,
    today: date,
    reason: str | None = None,
    seen: Mapping[str, Any] | None = None,
    over: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> FormAnswered:
    """Save one answer to a form of a case, or with None take it away.

    `reason` says why doubtful answers are right; without one nothing is saved and the doubts are told. `seen` are
    the answers as the person last saw them: when somebody else answered the same question since then, nothing is
    saved and the clash is told, unless `over` holds that answer. `version` is stricter: any change of the case
    since then is a `Conflict`. Raises `Refused` when the answer cannot be.
    """
    access.require(registry, by=by, right=Right.CASES_WRITE, event=EVENTS[form])
    with writing(registry, by=by, event=EVENTS[form], action=Action.UPDATE, plain=True) as work:
        row = find_case(work.db, by=by, name=case)
        require_open(CaseState(row["state"]))
        require_version(row, version)
        require_form(row, form)
        old = values_of(row, form)
        noticed = {} if seen is None else {
            each: old.get(each) for each in load(form).keys if seen.get(each) != old.get(each)
        }  # fmt: skip
        if key in noticed and old.get(key) not in (value, (over or {}).get(key, value)):
            work.keep = False
            return FormAnswered(clash=Clash(key, old.get(key), value), state=state_of(row, form))
        new = {each: kept for each, kept in {**old, key: value}.items() if kept is not None}
        if form is CaseForm.CASE and new.get("theme") is not None:
            theme_of(row, new["theme"])
        found = doubts_of(form, row, old, new, (key,))
        doubts = [each for each in found if each.code != NOT_ASKED.code]
        if doubts and reason is None:
            work.keep = False
            return FormAnswered(doubts=doubts, state=state_of(row, form))
        kept = keep(work, row, form, old, new, today=today, doubts=doubts, reason=reason)
        work.about["question"] = key
        noticed.pop(key, None)
        return FormAnswered(noticed=noticed, state=state_of(kept.row, form), generated=kept.generated)
