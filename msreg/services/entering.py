"""Guided entry: question after question of one record, each answer saved at once (SPEC K2).

What the record can take goes into it; what it cannot take yet (a patient without a number, five of the eight
functional systems) waits in a draft. Either way a broken-off entry goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from msreg.errors import NotFound
from msreg.rules.case_checks import CaseFinding
from msreg.rules.findings import Finding
from msreg.services import access, drafts
from msreg.services.adding import is_needed, open_new
from msreg.services.answering import judged, lacking, refuse, refused
from msreg.services.consent import require_consent
from msreg.services.dossiers import Dossier, read_dossiers
from msreg.services.drafts import Draft
from msreg.services.entry_steps import (
    Clash,
    Entering,
    Step,
    can_stand,
    changed_keys,
    clash_of,
    keep_step,
    passed_over,
    place,
    refuse_step,
    require_consent_to_enter,
)
from msreg.services.finding_records import find_entry
from msreg.services.naming import find_patient, registry_number
from msreg.services.reading import looking
from msreg.services.saving import save
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.queries import drafts as queries
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Record, Right


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer. With doubts or a clash nothing is saved until the person settles it."""

    doubts: Sequence[Finding | CaseFinding] = ()
    clash: Clash | None = None
    noticed: Mapping[str, Any] = field(default_factory=dict)
    """Answers that somebody else changed in this record since it was last seen, with what they are now."""

    @property
    def saved(self) -> bool:
        """Whether the answer is kept."""
        return not self.doubts and self.clash is None


def begin(
    registry: Registry,
    *,
    by: Actor,
    record: Record,
    patient: str | None = None,
    bsn: str | None = None,
    which: Mapping[str, Any] | None = None,
    parent: Mapping[str, Any] | None = None,
    anew: Collection[str] = (),
    today: date,
) -> Entering:
    """Begin an entry: a new record, or with `which` one that is there. Nothing is kept before an answer.

    An entry of a record with open required questions passes over all others (SPEC K2), but for those of `anew`.
    """
    from msreg.models.ids import new_id

    draft = Draft(new_id(), record, which is None, record_id=new_id())
    entering = Entering(draft, {})
    if record is Record.PATIENT and which is None:
        access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=entering.event)
        draft.patient_id = draft.record_id
        return entering
    with looking(registry, by=by, event=entering.event, right=Right.PATIENTS_WRITE) as look:
        row = find_patient(look.db, by=by, name=patient, bsn=bsn)
        look.patient_id, look.patients = row["id"], [row["id"]]
        look.about = {"entry": draft.id}
        require_consent(row)
        if which is None:
            opened = open_new(look.db, by, record, patient, bsn, parent, None, today)
            if opened.entry.parent is not None:
                draft.parent_id, entering.parent = opened.entry.parent.id, opened.entry.parent.values
        else:
            entry = find_entry(read_dossiers(look.db, [row])[0], record, which, today)
            draft.record_id, entering.known = entry.id, entry.values
            draft.parent_id = entry.parent.id if entry.parent else None
            entering.parent = entry.parent.values if entry.parent else None
            draft.passed = passed_over(record, entry.values, anew)
            if record is Record.DISEASE and "kind" not in draft.passed:
                draft.passed.append("kind")  # of what kind a row is was said in naming it
    entering.patient = row
    draft.patient_id, draft.number = row["id"], registry_number(row["number"])
    return entering


def resume(registry: Registry, *, by: Actor, draft_id: str) -> Entering:
    """Go on with an unfinished entry of the actor. Raises `NotFound` or `Conflict` when it cannot go on."""
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event="drafts.resume")
    with looking(registry, by=by, event="drafts.resume", right=Right.PATIENTS_WRITE) as look:
        row = queries.by_id(look.db, draft_id)
        if row is None or row["begun_by"] != by.user:
            raise NotFound(N_("This unfinished entry is no longer there."))
        draft = drafts.read_draft(row)
        entering = Entering(draft, {})
        opened, entering.patient = place(look.db, by, entering)
        entering.known = dict(opened.entry.stored or {})
        if opened.entry.row.get("updated_at", "") > row["updated_at"]:
            # Who wrote the record since then did not know of answers that wait: they have not been seen here.
            entering.known = {key: entering.known[key] for key in entering.known if key not in draft.answers}
        entering.parent = opened.entry.parent.values if opened.entry.parent else None
        look.about = {"entry": draft.id}
        if entering.patient is not None:
            look.patient_id, look.patients = draft.patient_id, [entering.patient["id"]]
    return entering


def answer(
    registry: Registry,
    *,
    by: Actor,
    entering: Entering,
    key: str,
    value: Any,
    today: date,
    reason: str | None = None,
    over: Mapping[str, Any] | None = None,
) -> Answered:
    """Save the answer to a question, or with None leave it open.

    `reason`: why doubtful answers are right. `over`: answers of somebody else that may be replaced, by question.
    Raises `Refused` when the answer cannot be, `Conflict` when the record is gone.
    """
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=entering.event)
    draft, record = entering.draft, entering.draft.record
    require_consent_to_enter(registry, by, draft, key, value)
    if value is None and is_needed(record, key, entering.values):
        raise refused("FRM-001", key, N_("an answer is required"), None, {})
    action = Action.UPDATE if entering.known else Action.CREATE
    with writing(registry, by=by, event=entering.event, action=action, plain=True) as work:
        opened, row = place(work.db, by, entering)
        fresh = dict(opened.entry.stored or {})
        noticed = changed_keys(entering.known, fresh)
        if (clash := clash_of(entering, fresh, {key: value}, over or {})) is not None:
            work.keep, done = False, Answered(clash=clash)
        else:
            given = {**fresh, **draft.answers, key: value}
            values = {each: given[each] for each in given if given[each] is not None}
            found = judged(
                work.db, opened.dossier, opened.entry, values, today=today, made_up=registry.made_up
            )
            waits, anew = refuse_step(found, opened.entry, key, entering)
            was_right = draft.confirmed if entering.values.get(key) == value else [
                each for each in draft.confirmed if each[1] != key
            ]  # fmt: skip
            doubts = [
                d for d in found.doubts if d.code != "FRM-009" and [d.code, d.field or ""] not in was_right
            ]
            if doubts and reason is None:
                work.keep, done = False, Answered(doubts)
            else:
                done = Answered(noticed={each: fresh.get(each) for each in noticed if each != key})
                waits = waits or not can_stand(record, values)
                trial = Step(entering, opened, key, value, doubts, reason or "", was_right, anew)
                kept = keep_step(work, trial, waits, row)
    if done.saved:
        entering.draft, entering.known, entering.patient = kept
    return done


def take_theirs(registry: Registry, *, by: Actor, entering: Entering, key: str) -> None:
    """Let what somebody else answered to a question stand; it is passed, and one's own answer forgotten."""
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=entering.event)
    draft = entering.draft
    new = replace(draft, passed=[*(each for each in draft.passed if each != key), key])
    new.answers = {each: draft.answers[each] for each in draft.answers if each != key}
    with writing(registry, by=by, event=entering.event, action=Action.UPDATE, plain=True) as work:
        opened, entering.patient = place(work.db, by, entering)
        if draft.version:
            drafts.keep(work, new, draft.answers)
        work.patient_id, work.about = draft.patient_id, {"entry": draft.id, "left": key}
    theirs = (opened.entry.stored or {}).get(key)
    entering.draft, entering.known = new, {**entering.known, key: theirs}


def leave(registry: Registry, *, by: Actor, entering: Entering, keys: Sequence[str]) -> None:
    """Pass questions over without an answer; a new record remembers that they were asked."""
    draft = entering.draft
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=entering.event)
    new = replace(draft, passed=[*draft.passed, *(key for key in keys if key not in draft.passed)])
    if draft.adding:
        with writing(registry, by=by, event=entering.event, action=Action.UPDATE, plain=True) as work:
            place(work.db, by, entering)
            drafts.keep(work, new, draft.answers)
            work.patient_id, work.about = draft.patient_id, {"entry": draft.id, "left_open": list(keys)}
    entering.draft = new


def finish(registry: Registry, *, by: Actor, entering: Entering, today: date) -> Dossier:
    """End an entry whose questions were all passed; gives the patient as it is now.

    Raises `Refused` when answers still wait that the record cannot take.
    """
    draft = entering.draft
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=entering.event)
    with writing(registry, by=by, event=entering.event, action=Action.UPDATE, plain=True) as work:
        opened, _row = place(work.db, by, entering)
        if draft.answers:
            given = {**(opened.entry.stored or {}), **draft.answers}
            values = {key: value for key, value in given.items() if value is not None}
            found = judged(
                work.db, opened.dossier, opened.entry, values, today=today, made_up=registry.made_up
            )
            refuse(found, opened.entry, draft.answers)
            if not can_stand(draft.record, values):
                missing = [each.key for each in lacking(draft.record, values)]
                raise refused("FRM-001", missing[0], N_("an answer is required"), None, {})
            opened.entry.id = draft.record_id
            save(work, [opened.dossier], writer=by.centre)
            draft.number = registry_number(opened.dossier.patient.row["number"])
        drafts.drop(work, draft)
        work.patient_id, work.about = draft.patient_id, {"entry": draft.id, "finished": True}
    return opened.dossier
