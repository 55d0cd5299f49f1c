"""The history of a case: every step and every change, who and when, as the log has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from msreg.forms.load import load
from msreg.rules.case_numbers import CaseNumber
from msreg.services.case_writing import STEP
from msreg.services.cases import ENTITY, find_case, note_name, number_of, tells_patient_number
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.canonical import read_stamp
from msreg.store.queries import case_history as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Action, CaseForm, CaseState, CaseStep, Right

PAGE = 50
_NOT_TOLD = frozenset(
    ("reminder_due_on", "reminded_weeks", "form_version", "crf_version", "swansea_version", "centre_id")
)
"""Columns that say nothing to who reads a history: they follow from the step, or never change."""
_OF_THE_STEP = frozenset(("state", "since"))


class Difference(NamedTuple):
    """One answer or column that became another; JSON values, as the log keeps them."""

    key: str
    old: Any
    new: Any


class Beside(NamedTuple):
    """What else an event did: a document that came or went, a form that was filled in."""

    entity: str
    action: Action
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One event: a step with its remark, changed answers, or documents."""

    seq: int
    at: datetime
    user: str
    user_name: str
    role: str
    event: str
    step: CaseStep | None
    before: CaseState | None
    after: CaseState | None
    remark: str | None
    changes: tuple[Difference, ...]
    beside: tuple[Beside, ...]


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """One page of the history of a case, newest first."""

    row: Mapping[str, Any]
    number: CaseNumber
    events: list[CaseEvent]
    page: int
    more: bool


def case_history(
    registry: Registry, *, by: Actor, case: str, page: int = 1, page_size: int = PAGE
) -> CaseHistory:
    """Who did what to a case. Looking is in the log too. Raises as `find_case` does."""
    with looking(registry, by=by, event="cases.history", right=Right.CASES_READ) as look:
        note_name(look.about, case)
        row = find_case(look.db, by=by, name=case)
        look.others = [(ENTITY, row["id"])]
        found = queries.events(look.db, row["id"], limit=page_size + 1, offset=(page - 1) * page_size)
        more, found = len(found) > page_size, found[:page_size]
        items = queries.items(look.db, row["id"], [each["seq"] for each in found])
    hidden = _NOT_TOLD if tells_patient_number(by) else _NOT_TOLD | {"patient_number"}
    events = [_event(each, [item for item in items if item["seq"] == each["seq"]], hidden) for each in found]
    return CaseHistory(row, number_of(row), events, page, more)


def _event(body: Mapping[str, Any], items: list[dict[str, Any]], hidden: frozenset[str]) -> CaseEvent:
    own = [item for item in items if item["entity"] == ENTITY]
    step: dict[str, Any] = next((item["after"] for item in items if item["entity"] == STEP), {})
    before = step.get("before")
    gone = hidden | _OF_THE_STEP | {"number"} if step else hidden
    return CaseEvent(
        seq=body["seq"],
        at=read_stamp(body["at"]),
        user=body["user"],
        user_name=body["user_name"],
        role=body["role"],
        event=body["event"],
        step=CaseStep(step["step"]) if step else None,
        before=CaseState(before) if before else None,
        after=CaseState(step["after"]) if step else None,
        remark=step.get("remark"),
        changes=tuple(each for item in own for each in _differences(item, gone)),
        beside=tuple(
            Beside(item["entity"], Action(item["action"]), item["before"], item["after"])
            for item in items
            if item["entity"] not in (ENTITY, STEP)
        ),
    )


def _differences(item: Mapping[str, Any], hidden: frozenset[str]) -> list[Difference]:
    old, new = item["before"], item["after"]
    return [
        Difference(key, old.get(key), new.get(key))
        for key in sorted({**old, **new}, key=_place)
        if key not in hidden and old.get(key) != new.get(key)
    ]


def _place(key: str) -> tuple[int, str]:
    """Questions stand in the order of their forms; the log sorts them by name."""
    for number, each in enumerate(CaseForm):
        if key in (keys := load(each).keys):
            return number * 1_000 + keys.index(key), key
    return len(CaseForm) * 1_000, key
