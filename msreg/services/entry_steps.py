"""What one answer of a guided entry does: find the record as it is now, see whether it can take the answer,
write the record or the draft."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from msreg.errors import Conflict
from msreg.forms.columns import forms_of
from msreg.forms.walking import nameable, questions
from msreg.rules.findings import Finding
from msreg.services import drafts
from msreg.services.adding import Opened, is_needed
from msreg.services.answering import Judged, Values, lacking, refuse
from msreg.services.confirming import confirm
from msreg.services.consent import require_consent
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.services.drafts import Draft
from msreg.services.naming import find_patient, registry_number
from msreg.services.saving import save
from msreg.services.writing import Work
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.vocabulary import N_, Record


@dataclass(slots=True)
class Entering:
    """An entry under way, as the person at the keyboard sees it."""

    draft: Draft
    known: Values
    """The answers that the registry has in the record, as they were last seen."""
    patient: Mapping[str, Any] | None = None
    """The row of the patient; None as long as the patient is not in the registry."""
    parent: Values | None = None
    """The answers of the medication that a side effect belongs to."""

    @property
    def values(self) -> Values:
        """All answers: of the record, and those that wait."""
        merged = {**self.known, **self.draft.answers}
        return {key: value for key, value in merged.items() if value is not None}

    @property
    def event(self) -> str:
        """What the log calls this work."""
        return f"{self.draft.record.value}.{'add' if self.draft.adding else 'edit'}"


@dataclass(frozen=True, slots=True)
class Step:
    """One answer on its way into the registry."""

    entering: Entering
    opened: Opened
    key: str
    value: Any
    doubts: list[Finding]
    reason: str


def keep_step(
    work: Work, step: Step, waits: bool, row: Mapping[str, Any] | None
) -> tuple[Draft, Values, Mapping[str, Any] | None]:
    """Write the record, or the draft where the record cannot take the answer yet; what the entry is then."""
    old, entry, dossier = step.entering.draft, step.opened.entry, step.opened.dossier
    draft = replace(old, passed=[*(each for each in old.passed if each != step.key), step.key])
    draft.confirmed = [*old.confirmed, *([d.code, d.field or ""] for d in step.doubts)]
    known = dict(entry.stored or {})
    if waits:
        draft.answers = {**old.answers, step.key: step.value}
    else:
        draft.answers = {}
        if entry.stored is None:
            entry.id = draft.record_id
        known = dict(entry.values)
        save(work, [dossier], writer=work.by.centre)
        draft.number = registry_number(dossier.patient.row["number"])
        row = {**(row or {}), **dossier.patient.row, "id": draft.patient_id}
    if step.doubts:
        confirm(work, Entry(entry.record, {}, draft.record_id), draft.patient_id, step.doubts, step.reason)
    if draft.adding or draft.answers:
        drafts.keep(work, draft, old.answers)
    elif draft.version:  # an edit whose answers all stand in the record needs no draft to go on
        drafts.drop(work, replace(draft, answers=old.answers))
        draft.version = 0
    work.patient_id = draft.patient_id
    work.about = {"entry": draft.id, "question": step.key}
    return draft, known, row


def place(db: Database, by: Actor, entering: Entering) -> tuple[Opened, Mapping[str, Any] | None]:
    """The record of an entry as it is in the registry now, and the row of its patient."""
    draft, record = entering.draft, entering.draft.record
    if draft.number is None:
        if draft.centre_id is None:
            raise Conflict(N_("The centre of this patient is not chosen yet."), field="centre")
        new = Entry(Record.PATIENT, {}, draft.record_id)
        return Opened(Dossier(new, draft.centre_id), new), None
    row = find_patient(db, by=by, name=draft.number)
    require_consent(row)
    dossier = read_dossiers(db, [row])[0]
    entry = next((each for each in dossier.of(record) if each.id == draft.record_id), None)
    if entry is None:
        if not draft.adding or _was_stored(draft):
            raise Conflict(
                N_("Somebody deleted this record meanwhile; what you answered stands in its history."),
                hint=N_("See it with: msreg patients history {patient}"),
                patient=draft.number,
            )
        parent = next((e for e in dossier.of(Record.MEDICATION) if e.id == draft.parent_id), None)
        if draft.parent_id is not None and parent is None:
            raise Conflict(N_("Somebody deleted the medication of this side effect meanwhile."))
        entry = Entry(record, {}, draft.record_id, parent=parent)
        dossier.of(record).append(entry)
    return Opened(dossier, entry), row


def _was_stored(draft: Draft) -> bool:
    """Whether the record of a new entry was in the registry: then it has taken what names it."""
    needed = [key for key in draft.passed if is_needed(draft.record, key)]
    return bool(needed) and any(key not in draft.answers for key in needed)


def changed_keys(seen: Values, fresh: Values) -> set[str]:
    return {key for key in {**seen, **fresh} if seen.get(key) != fresh.get(key)}


def refuse_step(found: Judged, entry: Entry, key: str) -> bool:
    """Raise the first fault that this answer brings.

    A fault at a question that is still to come is none yet: the answers wait until it is answered.
    """
    later = [
        each for each in found.errors
        if each.ref is entry and each.field != key and entry.values.get(each.field or "") is None
    ]  # fmt: skip
    refuse(Judged([each for each in found.errors if each not in later], []), entry, {key})
    return bool(later)


def can_stand(record: Record, values: Values) -> bool:
    """Whether a record with these answers can stand in the registry and be found again."""
    needed = all(key in values for key in ("consent", "family_name")) if record is Record.PATIENT else True
    return needed and nameable(forms_of(record), values)


def passed_over(record: Record, values: Values, anew: Collection[str] = ()) -> list[str]:
    """The questions that an entry of a record that is there need not ask; none when nothing of it is open."""
    wanted = {item.key for item in lacking(record, values)} | set(anew)
    if not wanted:
        return []
    return [item.key for item in questions(forms_of(record), values) if item.key not in wanted]
