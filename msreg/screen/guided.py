"""Guided entry: question after question of one record, each answer saved at once (SPEC K2, SCREENS)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from msreg.screen.edge import edge
from msreg.screen.entry_asking import ask_medication, ask_open_draft
from msreg.screen.output import Screen
from msreg.screen.prompter import Prompter
from msreg.screen.prompting import prompter
from msreg.screen.walk import Entered, Walk
from msreg.services import drafts, entering
from msreg.services.answering import typed
from msreg.services.entry_steps import Entering
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record

__all__ = ["Entered", "guide"]


def guide(
    registry: Registry,
    *,
    by: Actor,
    today: date,
    record: Record,
    patient: str | None = None,
    bsn: str | None = None,
    which: Mapping[str, Any] | None = None,
    parent: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    centre: str | None = None,
    draft_id: str | None = None,
    anew: Collection[str] = (),
    ask: Prompter | None = None,
) -> Entered:
    """Walk a person through a record: a new one, one that is there (`which`), or an unfinished entry.

    `patient` or `bsn` names whose record it is, `parent` the medication that a side effect belongs to, `centre`
    the code of the centre that a new patient belongs to. `fixed` are answers that were given beforehand and are
    not asked again, `anew` questions of a record that are asked although it needs no answer to them. `draft_id`
    is an unfinished entry to go on with; without it the person is asked when there is one of the same. `ask`
    stands for the terminal. Raises `Interrupted` when the person stops; what was answered is kept.
    """
    who = ask or prompter()
    known = typed(record, fixed or {}, today)
    if draft_id is None:
        if record is Record.ADVERSE_EVENT and which is None and not parent:
            parent = ask_medication(registry, by=by, ask=who, patient=patient, bsn=bsn)
        entry = entering.begin(
            registry, by=by, record=record, patient=patient, bsn=bsn, which=which, parent=parent, anew=anew,
            today=today,
        )  # fmt: skip
        draft_id = _unfinished(registry, by, who, entry, known)
    if draft_id is not None:
        entry = entering.resume(registry, by=by, draft_id=draft_id)
    elif record is Record.DISEASE and entry.draft.adding and "kind" in known:
        # The command has told it, and nobody has answered anything yet: it is kept with the first answer.
        entry.draft.answers["kind"] = known["kind"]
        entry.draft.passed.append("kind")
    if entry.draft.kind is None:
        entry.draft.kind = known.get("kind") or entry.values.get("kind")
    return Walk(registry, by, today, Screen(edge()), who, entry).run(known, centre)


def _unfinished(
    registry: Registry, by: Actor, ask: Prompter, entry: Entering, known: Mapping[str, Any]
) -> str | None:
    """The actor's own unfinished entry of the same, when the person wants to go on with it."""
    new = entry.draft
    for each in drafts.drafts_of(registry, by=by):
        if not new.adding:
            if each.record_id == new.record_id:
                return each.id  # this very record: there is nothing to choose
        elif _adds_the_same(each, new) and each.kind == known.get("kind"):
            return each.id if ask_open_draft(ask, each) else None
    return None


def _adds_the_same(one: drafts.Draft, other: drafts.Draft) -> bool:
    """Whether both add a record of one kind at one place; patients have no place, for each is new."""
    return (
        one.adding
        and (one.record, one.parent_id) == (other.record, other.parent_id)
        and (one.record is Record.PATIENT or one.patient_id == other.patient_id)
    )
