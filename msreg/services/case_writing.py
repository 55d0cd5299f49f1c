"""What every change of a case does: a new version, and what became what in the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msreg.errors import Conflict
from msreg.models.ids import new_id
from msreg.rules.case_reminders import reminders
from msreg.rules.case_states import OPEN
from msreg.services.cases import ENTITY, number_of
from msreg.services.writing import Work
from msreg.store.queries import cases as queries
from msreg.store.queries.saving import as_json, bound, moment
from msreg.vocabulary import N_, Action, CaseState, CaseStep

STEP = "case_step"
"""What a step is called in the log, and its table."""


def change(
    work: Work,
    row: Mapping[str, Any],
    columns: Mapping[str, Any],
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> int:
    """Change columns of a case that was found in this work, note it in the log, and give its new version.

    Without columns it only gets a new version: something of it changed that lives in another table, such as a
    document. `before` and `after` are what the log tells; they are the columns where nothing else is given.
    Columns of JSON are given as mappings. Raises `Conflict` when somebody else changed it meanwhile.
    """
    version = int(row["version"]) + 1
    kept = {key: as_json(value) if isinstance(value, Mapping) else value for key, value in columns.items()}
    changed = bound({**kept, "updated_at": work.at, "id": row["id"], "version": version})
    if not queries.change_case(work.db, changed):
        raise Conflict(
            N_("Somebody changed this case after you looked at it; nothing was changed."),
            hint=N_("See who changed what with: msreg cases history {case}"),
            field="version",
            case=str(number_of(row)),
        )
    told = before is not None or after is not None
    work.touched(
        Action.UPDATE,
        ENTITY,
        row["id"],
        before=before if told else {key: row[key] for key in columns if row[key] is not None} or None,
        after=after if told else {key: each for key, each in columns.items() if each is not None} or None,
    )
    work.about["case"] = str(number_of(row))
    return version


def round_of(state: CaseState, today: date) -> dict[str, Any]:
    """The columns of a case that enters a state today: a new round of reminders where it waits for its centre."""
    due = reminders(today)[0].on if state in OPEN else None
    return {"state": state.value, "since": today, "reminder_due_on": due, "reminded_weeks": 0}


def add_step(
    work: Work, case_id: str, step: CaseStep, before: CaseState | None, after: CaseState, remark: str | None
) -> None:
    """Keep a step of a case: who, when, from where to where, and the remark."""
    kept = {
        "notification_id": case_id,
        "place": queries.next_step(work.db, case_id),
        "step": step.value,
        "before": None if before is None else before.value,
        "after": after.value,
        "user": work.by.user,
        "user_name": work.by.name,
        "role": work.by.role.value,
        "remark": remark,
    }
    step_id, at = new_id(), moment(work.at)
    queries.add_step(work.db, {"id": step_id, "created_at": at, "updated_at": at, "version": 1, **kept})
    told = ("step", "before", "after", "remark")
    work.touched(
        Action.CREATE, STEP, step_id, after={key: kept[key] for key in told if kept[key] is not None}
    )
