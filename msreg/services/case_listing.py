"""Lists of cases: by state, theme and centre, and which reminders are due (SPEC N8, N9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from msreg.forms.themes import Theme, theme
from msreg.rules import case_reminders
from msreg.rules.case_numbers import CaseNumber
from msreg.rules.case_reminders import Reminder
from msreg.rules.case_states import OPEN
from msreg.rules.case_wanted import Lacking
from msreg.services import access
from msreg.services.cases import (
    ENTITY,
    Document,
    forms_of_case,
    lacking_of,
    number_of,
    tells_patient_number,
)
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import cases as queries
from msreg.store.registry import Registry
from msreg.vocabulary import CaseState, Process, Right

UNDER_WAY = frozenset({*OPEN, CaseState.SUBMITTED})
"""States in which something may still be missing: the others are ends."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One case of a list; `row` has the columns of the table, with code and name of the centre."""

    row: Mapping[str, Any]
    number: CaseNumber
    theme: Theme
    state: CaseState
    since: date
    documents: int
    lacking: Lacking | None
    """What its theme's list asks for and is not there; None for a case that has ended."""


@dataclass(frozen=True, slots=True)
class CaseList:
    """One page of cases, newest first, and how many there are in each state."""

    cases: list[Listed]
    process: Process
    counts: Mapping[CaseState, int]
    total: int
    """How many fit what was asked."""
    page: int
    page_size: int


@dataclass(frozen=True, slots=True)
class Due:
    """A case that waits for its centre: the reminder that is due today, and the next that comes after it."""

    row: Mapping[str, Any]
    number: CaseNumber
    theme: Theme
    state: CaseState
    since: date
    due: Reminder | None
    coming: Reminder | None
    reminded_weeks: int
    """How many weeks the last reminder of this round was about; 0 when none went out."""


def list_cases(
    registry: Registry,
    *,
    by: Actor,
    process: Process | None = None,
    state: CaseState | None = None,
    about: str | None = None,
    centre: str | None = None,
    missing: bool = False,
    page: int = 1,
    page_size: int = 50,
) -> CaseList:
    """The cases that the actor may see, of one process: that of the theme `about`, else NethOSS.

    `missing` leaves those whose list of wanted documents is not complete. Who is on the page is in the log first.
    Raises `NotFound` when there is no such theme or centre, `NotAllowed` for a process that is not the actor's.
    """
    wanted = None if about is None else theme(about)
    process = process or (wanted.process if wanted else Process.NETHOSS)
    event = "cases.list"
    if process is Process.LATE_TERMINATION:
        access.require(registry, by=by, right=Right.CASES_LATE, event=event)
    with looking(registry, by=by, event=event, right=Right.CASES_READ) as look:
        reach = access.case_reach(by)
        centre_id = None if centre is None else access.require_centre(look.db, centre).id
        rows: list[Mapping[str, Any]] = list(
            queries.newest(
                look.db,
                reach.sql,
                reach.params,
                theme=wanted.key if wanted else None,
                centre_id=centre_id,
                process=process,
            )
        )
        counts = {each: sum(row["state"] == each.value for row in rows) for each in CaseState}
        fit = [row for row in rows if state is None or row["state"] == state.value]
        if missing:
            fit = [
                each.row for each in _listed(look.db, fit, by) if each.lacking and not each.lacking.complete
            ]
        start = (page - 1) * page_size
        found = list(_listed(look.db, fit[start : start + page_size], by))
        look.others = [(ENTITY, each.row["id"]) for each in found]
        look.about = {
            "process": process.value,
            "state": state and state.value,
            "theme": wanted and wanted.key,
            "centre": centre,
            "missing": missing,
            "page": page,
        }
    return CaseList(found, process, counts, len(fit), page, page_size)


def due_cases(registry: Registry, *, by: Actor, today: date, process: Process | None = None) -> list[Due]:
    """The cases that wait for their centre: those with a reminder that is due first, then by when one comes.

    Without a process it is both, as far as the actor may see them.
    """
    event = "cases.due"
    if process is Process.LATE_TERMINATION:
        access.require(registry, by=by, right=Right.CASES_LATE, event=event)
    with looking(registry, by=by, event=event, right=Right.CASES_READ) as look:
        reach = access.case_reach(by)
        rows = list(queries.newest(look.db, reach.sql, reach.params, states=OPEN, process=process))
        found = sorted((_due(row, by, today) for row in rows), key=_when)
        look.others = [(ENTITY, each.row["id"]) for each in found]
        look.about = {"process": process and process.value}
    return found


def _due(row: Mapping[str, Any], by: Actor, today: date) -> Due:
    state, since, reminded = CaseState(row["state"]), date.fromisoformat(row["since"]), row["reminded_weeks"]
    return Due(
        _told(row, by),
        number_of(row),
        theme(row["theme"]),
        state,
        since,
        case_reminders.due(state, since, today, (reminded,) if reminded else ()),
        case_reminders.coming(state, since, today),
        reminded,
    )


def _when(each: Due) -> tuple[bool, date, CaseNumber]:
    """What is due stands first, the longest waiting before the others; a round that is over stands last."""
    on = each.due.on if each.due else each.coming.on if each.coming else date.max
    return each.due is None, on, each.number


def _listed(db: Database, rows: Sequence[Mapping[str, Any]], by: Actor) -> Iterator[Listed]:
    documents = _documents(db, [row["id"] for row in rows])
    for row in rows:
        found, state, files = theme(row["theme"]), CaseState(row["state"]), documents.get(row["id"], ())
        lacks = lacking_of(found, files, forms_of_case(found, row)) if state in UNDER_WAY else None
        since = date.fromisoformat(row["since"])
        yield Listed(_told(row, by), number_of(row), found, state, since, len(files), lacks)


def _documents(db: Database, ids: Collection[str]) -> dict[str, tuple[Document, ...]]:
    rows: Iterable[Mapping[str, Any]] = queries.documents(db, list(ids))
    return {
        key: tuple(map(Document, each)) for key, each in groupby(rows, lambda row: row["notification_id"])
    }


def _told(row: Mapping[str, Any], by: Actor) -> Mapping[str, Any]:
    return row if tells_patient_number(by) else {**row, "patient_number": None}
