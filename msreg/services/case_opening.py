"""Reporting a case (SPEC N3): a number of its own, the state concept, and no null report of that month any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from msreg.errors import NotAllowed, Refused, Usage
from msreg.forms.load import load
from msreg.forms.themes import Theme, theme, themes
from msreg.models.ids import new_id
from msreg.rules.case_checks import CaseFinding
from msreg.rules.case_months import month_after, month_of
from msreg.rules.case_numbers import CaseNumber
from msreg.rules.case_states import next_state
from msreg.rules.case_windows import Judged
from msreg.services import access
from msreg.services.adding import centres_to_write
from msreg.services.answering import refused, typed_by
from msreg.services.case_answers import case_findings, included_of, to_keep
from msreg.services.case_writing import add_step, round_of
from msreg.services.cases import ENTITY
from msreg.services.null_reports import undo_for, written_month
from msreg.services.reading import looking
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import cases as queries
from msreg.store.queries.saving import as_json, bound
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, CaseForm, CaseStep, Process, Right

EVENT = "cases.new"
_MONTHS_BACK = 12


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case that was reported. `number` is the one that it got, or would get."""

    id: str
    number: CaseNumber
    theme: Theme
    centre: str
    values: Mapping[str, Any]
    judged: Judged
    doubts: list[CaseFinding]
    reminder_on: date
    null_report_undone: str | None
    """The month (`2026-11`) of the null report that is no longer true."""
    month: str
    """The month that the case answers."""
    dry_run: bool


class Prepared(NamedTuple):
    """A case that is about to be reported: its answers in their types, its theme, what is doubtful, its month."""

    given: Mapping[str, Any]
    about: Theme
    doubts: list[CaseFinding]
    month: str


def new_case(
    registry: Registry,
    *,
    by: Actor,
    answers: Mapping[str, Any],
    centre: str | None = None,
    month: str | None = None,
    today: date,
    dry_run: bool = False,
) -> NewCase:
    """Report a case. `answers` are those to the form of a case, as people write them; the theme is needed.

    `centre` is a code; who works for one centre need not name it. `month` (`2026-11`) is the one that the case
    answers: that of the mail that asked, this one when None. Raises `Refused` with rule and question for an answer
    that is not understood or cannot be true, and for a month that has not begun or is a year ago; a case outside its
    theme is told, not refused.
    """
    ready = prepared(registry, by=by, answers=answers, month=month, today=today)
    with writing(registry, by=by, event=EVENT, action=Action.CREATE, dry_run=dry_run, plain=True) as work:
        found = open_case(work, ready, centre, today, dry_run=dry_run)
    if dry_run:
        with looking(registry, by=by, event=EVENT, right=Right.CASES_CREATE) as look:
            look.about = {"dry_run": True}
    return found


def prepared(
    registry: Registry, *, by: Actor, answers: Mapping[str, Any], month: str | None, today: date
) -> Prepared:
    """The answers of a new case, read and judged, before anything is written. Raises as `new_case` does."""
    access.require(registry, by=by, right=Right.CASES_CREATE, event=EVENT)
    given = typed_by(load(CaseForm.CASE).by_key, answers, today)
    if "theme" not in given:
        raise Usage(
            N_("The option {options} is missing."),
            hint=N_("The themes are: {themes}."),
            field="theme",
            options="--theme",
            themes=", ".join(each.key for each in themes()),
        )
    about = theme(given["theme"])
    if about.process is Process.LATE_TERMINATION:
        access.require(registry, by=by, right=Right.CASES_LATE, event=EVENT)
    return Prepared(given, about, _sound(given), _month(month, today))


def open_case(
    work: Work, ready: Prepared, centre: str | None, today: date, *, dry_run: bool = False
) -> NewCase:
    """Write a new case in the open work; `centre` is a code."""
    given, about, doubts, month = ready
    centre_id, code = _centre(work.db, work.by, centre)
    number = CaseNumber(about.process, today.year, queries.next_place(work.db, about.process, today.year))
    row = {**_row(work, number, about, centre_id, given, today), "month": month}
    _write(work, row, given)
    undone = undo_for(work, row["centre_id"], row["process"], month, row["id"])
    return NewCase(
        row["id"], number, about, code, given, included_of(about, row), doubts, row["reminder_due_on"], undone,
        month, dry_run,
    )  # fmt: skip


def _month(month: str | None, today: date) -> str:
    this = month_of(today)
    if month is None or month_after(this, -_MONTHS_BACK) < month <= this:
        return month or this
    raise Refused(
        N_("A case answers this month or one of the {count} before it; {month} is none of them."),
        field="month",
        count=_MONTHS_BACK - 1,
        month=written_month(month),
    )


def _sound(given: Mapping[str, Any]) -> list[CaseFinding]:
    """The doubts about answers. Raises `Refused` at the first fault."""
    found = case_findings(given)
    errors = [each for each in found if each.is_error]
    if errors:
        each = errors[0]
        raise refused(each.code, each.field, each.message, each.hint, each.params)
    return found


def _centre(db: Database, by: Actor, code: str | None) -> tuple[str, str]:
    """Id and code of the centre that a new case belongs to."""
    may = centres_to_write(db, by)
    if code is not None:
        known = access.require_centre(db, code)
        if known.id not in may:
            raise NotAllowed(
                N_("You may not report cases for the centre {code}."), field="centre", code=known.code
            )
        return known.id, known.code
    if len(may) == 1:
        return next(iter(may.items()))
    if not may:
        raise NotAllowed(N_("Your centre does not take part any more."), field="centre")
    raise Usage(
        N_("Say which centre the case belongs to: --centre CODE."),
        hint=N_("See them with: msreg centres list"),
        field="centre",
    )


def _row(
    work: Work, number: CaseNumber, about: Theme, centre_id: str, given: Mapping[str, Any], today: date
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "created_at": work.at,
        "updated_at": work.at,
        "version": 1,
        "process": number.process.value,
        "year": number.year,
        "number": number.place,
        "theme": about.key,
        "centre_id": centre_id,
        "patient_number": given.get("patient_number"),
        "opened_by": work.by.user,
        "opened_by_name": work.by.name,
        "opened_on": today,
        **round_of(next_state(None, CaseStep.CREATE), today),
        "files_given": 0,
        "answers": as_json(to_keep(given)),
        "form_version": load(CaseForm.CASE).version,
        "crf": None,
        "crf_version": None,
        "swansea": None,
        "swansea_version": None,
    }


def _write(work: Work, row: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    state = next_state(None, CaseStep.CREATE)
    number = CaseNumber(Process(row["process"]), row["year"], row["number"])
    queries.add_case(work.db, bound(row))
    work.touched(
        Action.CREATE,
        ENTITY,
        row["id"],
        after={
            "number": str(number),
            "centre_id": row["centre_id"],
            "state": state.value,
            "since": row["since"],
            **given,
        },
    )
    add_step(work, row["id"], CaseStep.CREATE, None, state, None)
    work.about["case"] = str(number)
