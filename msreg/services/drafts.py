"""Entries that somebody began and has not finished: what they are, and throwing one away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from msreg.errors import Conflict, NotFound
from msreg.forms.columns import from_json, to_json
from msreg.services import access
from msreg.services.answering import items_of
from msreg.services.naming import registry_number
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.queries import drafts as queries
from msreg.store.queries import saving, tombstones
from msreg.store.registry import Registry
from msreg.store.verify import ERASE, ERASED_ITEMS
from msreg.vocabulary import N_, Action, Record, Right

ENTITY = "draft"
"""What a draft is called in the log."""


@dataclass(slots=True)
class Draft:
    """An entry under way. `answers` are those that the record cannot take yet; see `models/draft.py`."""

    id: str
    record: Record
    adding: bool
    centre_id: str | None = None
    patient_id: str | None = None
    parent_id: str | None = None
    record_id: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    confirmed: list[list[str]] = field(default_factory=list)
    version: int = 0
    """0: it is not kept yet."""
    number: str | None = None
    """The patient's registry number, when there is one."""
    centre: str | None = None
    changed_at: datetime | None = None
    kind: str | None = None
    """What a row of the disease history tells."""


def read_draft(row: Mapping[str, Any]) -> Draft:
    """A draft from its row; answers to questions that no form asks any more are left out."""
    record = Record(row["record"])
    items = items_of(record)
    return Draft(  # an answer of None: the question was left open, or its answer taken away
        row["id"],
        record,
        bool(row["adding"]),
        row["centre_id"],
        row["patient_id"],
        row["parent_id"],
        row["record_id"],
        {
            key: None if raw is None else from_json(items[key], raw)
            for key, raw in row["answers"].items()
            if key in items
        },
        list(row["passed"]),
        list(row["confirmed"]),
        row["version"],
        None if row["number"] is None else registry_number(row["number"]),
        row["centre_code"],
        datetime.fromisoformat(row["updated_at"]).replace(tzinfo=UTC),
        row["kind"] or row["answers"].get("kind"),
    )


def drafts_of(registry: Registry, *, by: Actor) -> list[Draft]:
    """The actor's own entries that are not finished, newest first.

    Their answers are in memory only: what is shown of them is the kind of record and the registry number.
    """
    with registry.light() as db:
        return [read_draft(row) for row in queries.of_user(db, by.user)]


def find_draft(drafts: list[Draft], number: int | None) -> Draft:
    """One of these by its place in the list, counted from 1; the only one, or the newest, when None."""
    if not drafts:
        raise NotFound(N_("You have no entry that is not finished."))
    if number is None:
        return drafts[0]
    if not 1 <= number <= len(drafts):
        raise NotFound(
            N_("There is no unfinished entry {number}."),
            hint=N_("See them with: msreg drafts list"),
            field="number",
            number=number,
        )
    return drafts[number - 1]


def discard(registry: Registry, *, by: Actor, draft_id: str) -> Draft:
    """Throw an unfinished entry of the actor away: the answers that no record has taken yet.

    What stands in a record already stays there. Of somebody who was never registered nothing stays, in the log
    neither. Raises `NotFound` when it is not there, or not the actor's.
    """
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event="drafts.discard")
    with registry.light() as db:
        found = queries.by_id(db, draft_id)
    if found is not None and found["begun_by"] == by.user and found["record"] == Record.PATIENT:
        if found["adding"] and found["number"] is None:
            draft = read_draft(found)
            forget(registry, by=by, draft=draft)
            return draft
    with writing(registry, by=by, event="drafts.discard", action=Action.DELETE, plain=True) as work:
        row = queries.by_id(work.db, draft_id)
        if row is None or row["begun_by"] != by.user:
            raise NotFound(N_("This unfinished entry is no longer there."))
        draft = read_draft(row)
        drop(work, draft)
        work.patient_id = draft.patient_id
    return draft


def forget(registry: Registry, *, by: Actor, draft: Draft) -> None:
    """Take the entry of somebody who is not registered away, out of the log as well (P1)."""
    with writing(registry, by=by, event=ERASE, action=Action.DELETE, plain=True) as work:
        if not queries.remove(work.db, draft.id, draft.version):
            raise _elsewhere()
        items = tombstones.empty_log(work.db, str(draft.patient_id), seq=work.log.seq)
        work.patient_id, work.about = draft.patient_id, {"entry": draft.id, ERASED_ITEMS: items}


def keep(work: Work, draft: Draft, before: Mapping[str, Any]) -> None:
    """Write a draft in the open work; `before` are the answers that it held until now.

    Raises `Conflict` when the same entry goes on somewhere else.
    """
    row: dict[str, Any] = {
        "begun_by": work.by.user,
        "record": draft.record.value,
        "adding": int(draft.adding),
        "centre_id": draft.centre_id,
        "patient_id": draft.patient_id,
        "parent_id": draft.parent_id,
        "record_id": draft.record_id,
        "answers": saving.as_json({key: to_json(value) for key, value in draft.answers.items()}),
        "passed": saving.as_json(draft.passed),
        "confirmed": saving.as_json(draft.confirmed),
        "updated_at": saving.moment(work.at),
        "id": draft.id,
        "version": draft.version + 1,
    }
    if draft.version == 0:
        before = {}  # whatever was known beforehand is kept from now on
        saving.add(work.db, "draft", [{**row, "created_at": row["updated_at"]}])
    elif saving.change(work.db, "draft", [row]) != 1:
        raise _elsewhere()
    draft.version += 1
    if changed := _changed(before, draft.answers):
        work.touched(
            Action.UPDATE if before else Action.CREATE,
            ENTITY,
            draft.id,
            patient_id=draft.patient_id,
            before={key: before[key] for key in changed if key in before} or None,
            after={key: draft.answers[key] for key in changed if key in draft.answers} or None,
        )


def drop(work: Work, draft: Draft) -> None:
    """Delete a draft in the open work."""
    if draft.version and not queries.remove(work.db, draft.id, draft.version):
        raise _elsewhere()
    if draft.answers:
        work.touched(Action.DELETE, ENTITY, draft.id, patient_id=draft.patient_id, before=dict(draft.answers))


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [key for key in {**before, **after} if before.get(key) != after.get(key)]


def _elsewhere() -> Conflict:
    return Conflict(
        N_("This entry goes on in another terminal, or was finished there."),
        hint=N_("Go on there, or begin anew here."),
    )
