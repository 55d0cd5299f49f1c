"""Changing answers to a form of a case at once, while it is a concept or incomplete."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from msreg.errors import Usage
from msreg.forms.answers import counting
from msreg.forms.load import load
from msreg.forms.themes import Theme, theme
from msreg.rules.case_checks import CaseFinding
from msreg.rules.case_numbers import CaseNumber
from msreg.rules.case_states import require_open
from msreg.rules.case_windows import Judged
from msreg.services import access
from msreg.services.answering import typed_by
from msreg.services.case_answers import included_of, values_of
from msreg.services.case_filling import (
    EVENTS,
    Changed,
    differences,
    doubts_of,
    keep,
    theme_of,
)
from msreg.services.case_form_state import FormState, require_form, state_of
from msreg.services.case_generated import Generated
from msreg.services.cases import ENTITY, find_case, number_of, require_version
from msreg.services.reading import looking
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, CaseForm, CaseState, Right


@dataclass(frozen=True, slots=True)
class EditedCase:
    """What a change of a case did, what is doubtful about it, and whether it falls within its theme now."""

    number: CaseNumber
    theme: Theme
    changes: list[Changed]
    doubts: list[CaseFinding]
    judged: Judged
    version: int
    dry_run: bool
    state: FormState
    """The form whose answers were changed."""
    generated: Generated | None
    """What became of the document that is made of a form."""


def edit_case(
    registry: Registry,
    *,
    by: Actor,
    case: str,
    form: CaseForm = CaseForm.CASE,
    answers: Mapping[str, Any],
    clear: Collection[str] = (),
    empty: Collection[str] = (),
    today: date,
    reason: str | None = None,
    version: int | None = None,
    dry_run: bool = False,
) -> EditedCase:
    """Change answers to a form of a case. `clear` takes answers away, and `empty` those that count.

    `reason` says why doubtful answers are right. `version` is that of the case which the answers were made from.
    Raises `Conflict` when it has another one by now, when its state lets nothing change, and for a theme of the
    other process, whose numbers and rights are others; `Refused` for a form that the theme does not ask for.
    """
    event = EVENTS[form]
    access.require(registry, by=by, right=Right.CASES_WRITE, event=event)
    known = load(form)
    given = typed_by(known.by_key, answers, today)
    if unknown := [key for key in clear if key not in known.by_key]:
        raise Usage(N_("There is no question {key} here."), field="clear", key=unknown[0])
    if not given and not clear and not empty:
        raise Usage(N_("Nothing to change: give an option for at least one question."))
    with writing(registry, by=by, event=event, action=Action.UPDATE, dry_run=dry_run, plain=True) as work:
        row = find_case(work.db, by=by, name=case)
        require_open(CaseState(row["state"]))
        require_version(row, version)
        require_form(row, form)
        old = values_of(row, form)
        # An answer to a question that is not asked stays where it is (K4).
        gone = {*clear, *({*empty} & counting(known, old).keys())}
        new = {key: value for key, value in {**old, **given}.items() if key not in gone}
        about = (
            theme_of(row, new.get("theme", row["theme"])) if form is CaseForm.CASE else theme(row["theme"])
        )
        doubts = doubts_of(form, row, old, new, given)
        after, generated = keep(work, row, form, old, new, today=today, doubts=doubts, reason=reason)
    if dry_run:
        with looking(registry, by=by, event=event, right=Right.CASES_WRITE) as look:
            look.others = [(ENTITY, row["id"])]
            look.about = {"dry_run": True, "case": str(number_of(row))}
    return EditedCase(
        number=number_of(row),
        theme=about,
        changes=differences(form, old, new),
        doubts=doubts,
        judged=included_of(about, after),
        version=after["version"],
        dry_run=dry_run,
        state=state_of(after, form),
        generated=generated,
    )
