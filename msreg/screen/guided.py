"""Guided entry: question after question of one record, each answer saved at once (SPEC K2, SCREENS)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msreg.screen.edge import edge
from msreg.screen.entry_asking import ask_medication, ask_open_draft
from msreg.screen.output import Screen
from msreg.screen.prompter import Prompter, prompter
from msreg.screen.walk import Entered, Walk
from msreg.services import drafts, entering
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
    ask: Prompter | None = None,
) -> Entered:
    """Walk a person through a record: a new one, one that is there (`which`), or an unfinished entry.

    `fixed` are answers that were given beforehand and are not asked again. `parent` tells the medication of a
    side effect. Raises `Interrupted` when the person stops; what was answered is kept.
    """
    who = ask or prompter()
    if draft_id is None and which is None:
        draft_id = _unfinished(registry, by, who, record, patient, fixed or {})
    if draft_id is not None:
        entry = entering.resume(registry, by=by, draft_id=draft_id)
    else:
        if record is Record.ADVERSE_EVENT and which is None and not parent:
            parent = ask_medication(registry, by=by, ask=who, patient=patient, bsn=bsn)
        entry = entering.begin(
            registry, by=by, record=record, patient=patient, bsn=bsn, which=which, parent=parent, today=today
        )
    return Walk(registry, by, today, Screen(edge()), who, entry).run(fixed or {}, centre)


def _unfinished(
    registry: Registry,
    by: Actor,
    ask: Prompter,
    record: Record,
    patient: str | None,
    fixed: Mapping[str, Any],
) -> str | None:
    """The actor's own unfinished entry of the same kind, when the person wants to go on with it."""
    for each in drafts.drafts_of(registry, by=by):
        if not each.adding or each.record is not record:
            continue
        if record is Record.DISEASE and fixed.get("kind") != each.kind:
            continue
        if record is Record.PATIENT or each.number == (patient or "").strip().upper():
            return each.id if ask_open_draft(ask, each) else None
    return None
