"""What one answer of a guided entry does: find the record as it is now, see whether it can take the answer,
write the record or the draft."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from msreg.errors import Conflict, NotAllowed
from msreg.forms.columns import forms_of
from msreg.forms.walking import nameable, questions
from msreg.rules.checks import all_checks
from msreg.rules.findings import Finding
from msreg.services import drafts
from msreg.services.adding import Opened, centres_to_write, is_needed, require_yes
from msreg.services.answering import Judged, Values, lacking, refuse, refused
from msreg.services.confirming import confirm
from msreg.services.consent import require_consent
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.services.drafts import Draft
from msreg.services.naming import find_patient, registry_number
from msreg.services.saving import save
from msreg.services.writing import Work
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Record


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody else answered the same question meanwhile; `theirs` stands in the registry."""

    key: str
    theirs: Any
    mine: Any


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
    confirmed: list[list[str]]
    """Doubts that were called right before and are about the same answer still."""
    anew: frozenset[str]
    """Questions that this answer makes one ask again."""


def keep_step(
    work: Work, step: Step, waits: bool, row: Mapping[str, Any] | None
) -> tuple[Draft, Values, Mapping[str, Any] | None]:
    """Write the record, or the draft where the record cannot take the answer yet; what the entry is then."""
    old, entry, dossier = step.entering.draft, step.opened.entry, step.opened.dossier
    passed = [*(each for each in old.passed if each != step.key), step.key]
    draft = replace(old, passed=[each for each in passed if each not in step.anew])
    draft.confirmed = [*step.confirmed, *([d.code, d.field or ""] for d in step.doubts)]
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
        if draft.centre_id not in centres_to_write(db, by):  # no more: the entry was begun on another day
            raise NotAllowed(
                N_("You may not register patients for the centre {code}."), field="centre", code=draft.centre
            )
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
    needed = [key for key in draft.passed if is_needed(draft.record, key, draft.answers)]
    return bool(needed) and any(key not in draft.answers for key in needed)


def changed_keys(seen: Values, fresh: Values) -> set[str]:
    """The questions that have another answer now than when they were last seen."""
    return {key for key in {**seen, **fresh} if seen.get(key) != fresh.get(key)}


def clash_of(entering: Entering, fresh: Values, given: Values, over: Mapping[str, Any]) -> Clash | None:
    """The first answer, given now or waiting, to a question that somebody else answered otherwise meanwhile.

    `over`: answers of theirs that the person has seen and may be replaced, by question.
    """
    noticed = changed_keys(entering.known, fresh)
    for key, mine in {**given, **entering.draft.answers, **given}.items():
        theirs = fresh.get(key)
        if key in noticed and theirs != mine and not (key in over and over[key] == theirs):
            return Clash(key, theirs, mine)
    return None


def require_consent_to_enter(registry: Registry, by: Actor, draft: Draft, key: str, value: Any) -> None:
    """P1: without a yes nothing is asked or stored. Raises for an answer that says no.

    What was answered before of somebody who is not registered yet goes, out of the log as well.
    """
    if draft.record is not Record.PATIENT or key != "consent" or value is not False:
        return
    if draft.number is not None:
        hint = N_("When consent was withdrawn: msreg patients withdraw {patient}")
        why = N_("without consent nothing of this patient may be stored")
        raise refused("PAT-001", key, why, hint, {"patient": draft.number})
    if draft.version:
        drafts.forget(registry, by=by, draft=draft)
    require_yes(draft.record, {key: value})


def refuse_step(found: Judged, entry: Entry, key: str, entering: Entering) -> tuple[bool, frozenset[str]]:
    """Raise the first fault that this answer brings.

    A fault at a question that is still to come is none yet: the answers wait until it is answered. Gives
    whether they wait, and the questions that have to be asked for it (once more, where they were left open).
    """
    later = [each for each in found.errors if _is_later(each, entry, key, entering)]
    refuse(Judged([each for each in found.errors if each not in later], []), entry, {key})
    own = (each.field for each in later if each.ref is entry)
    taken_away = {key, *entering.draft.answers}  # to ask for these again would be to take nothing away
    return bool(later), frozenset(field for field in own if field is not None and field not in taken_away)


def _is_later(each: Finding, entry: Entry, key: str, entering: Entering) -> bool:
    """Whether a fault may go away with another answer that is still to come."""
    if each.ref is entry:
        if each.field == key:  # an answer is taken away: those that hang together with it may follow
            return entry.values.get(key) is None and entering.values.get(key) is not None
        return entry.values.get(each.field or "") is None
    # Told at another record, such as the medicine after this one, which has no stop date as yet.
    passed = {*entering.draft.passed, key}
    coming = {item.key for item in questions(forms_of(entry.record), entry.values) if item.key not in passed}
    return any(
        check.code == each.code and check.record is entry.record and coming.intersection(check.reads)
        for check in all_checks()
    )


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
