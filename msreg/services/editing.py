"""Changing answers of one record by hand: the same judging and the same saving as a batch file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msreg.errors import Conflict, Usage
from msreg.forms.answers import counting
from msreg.forms.columns import forms_of
from msreg.rules.findings import Finding
from msreg.services import access
from msreg.services.answering import items_of, judged, lacking, missing_options, refuse, typed
from msreg.services.confirming import confirm
from msreg.services.consent import require_consent
from msreg.services.dossiers import Entry, read_dossiers
from msreg.services.finding_records import find_entry
from msreg.services.naming import find_patient, registry_number
from msreg.services.reading import looking
from msreg.services.saving import CellChange, differences, save
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.queries import dossiers as queries
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Record, Right


@dataclass(frozen=True, slots=True)
class Edited:
    """What a change by hand did, what is doubtful about it, and what is still open in the record."""

    number: str
    changes: list[CellChange]
    doubts: list[Finding]
    open_questions: int
    complete: bool
    """Whether the patient is complete now."""
    record: Record = Record.PATIENT
    named: Mapping[str, Any] = field(default_factory=dict)
    """The answers that tell the record from others of the patient."""
    added: bool = False


def edit_record(
    registry: Registry,
    *,
    by: Actor,
    record: Record,
    patient: str | None = None,
    bsn: str | None = None,
    which: Mapping[str, Any] | None = None,
    answers: Mapping[str, Any],
    clear: Collection[str] = (),
    empty: Collection[str] = (),
    today: date,
    dry_run: bool = False,
    event: str | None = None,
    version: int | None = None,
    reason: str | None = None,
    whole: Collection[str] = (),
    stands: Callable[[Entry], None] | None = None,
) -> Edited:
    """Change answers of one record. `which` holds the answers that tell it from others of the patient.

    `answers` are texts as people write them, or typed values; `clear` takes answers away, and `empty` those that
    count: an answer to a question that is not asked stays where it is (K4). `event` names the change in the log,
    `version` is that of the record which the answers were made from, `reason` why doubtful ones are right.
    `whole` are questions that need an answer now, with those that they open. `stands` is asked about the record
    as it is, and raises when the change makes no sense. Raises `Refused` with rule and question for the first
    fault that the change would bring; a fault that was there already does not stand in the way. Raises
    `Conflict` when the record has another version by now.
    """
    event = event or f"{record.value}.edit"
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=event)
    given = typed(record, answers, today)
    if unknown := [key for key in clear if key not in items_of(record)]:
        raise Usage(N_("There is no question {key} here."), field="clear", key=unknown[0])
    if not given and not clear and not empty:
        raise Usage(N_("Nothing to change: give an option for at least one question."))
    with writing(registry, by=by, event=event, action=Action.UPDATE, dry_run=dry_run, plain=True) as work:
        row = find_patient(work.db, by=by, name=patient, bsn=bsn)
        work.patient_id = row["id"]
        require_consent(row)
        dossier = read_dossiers(work.db, [row])[0]
        entry = find_entry(dossier, record, which or {}, today)
        if stands is not None:
            stands(entry)
        if version is not None and version != entry.row["version"]:
            raise _changed_meanwhile(row["number"], entry, given)
        before = {each.key for each in lacking(record, entry.values)}
        counted = {key for form in forms_of(record) for key in counting(form, entry.values)}
        gone = {*clear, *counted.intersection(empty)}
        values = {key: value for key, value in {**entry.values, **given}.items() if key not in gone}
        found = judged(work.db, dossier, entry, values, today=today, made_up=registry.made_up)
        refuse(found, entry, given)
        if whole and (missing := [each for each in lacking(record, values, whole) if each.key not in before]):
            raise missing_options(missing)
        changes = differences(entry)
        doubts = [each for each in found.doubts if each.ref is entry]
        if reason is not None:
            confirm(work, entry, row["id"], doubts, reason)
        save(work, [dossier], writer=by.centre)
        after = queries.patients_by_ids(work.db, [row["id"]])[0]
    if dry_run:
        # What was rolled back took its event with it, and yet answers of the registry are about to be shown.
        with looking(registry, by=by, event=event, right=Right.PATIENTS_WRITE) as look:
            look.patient_id, look.patients = row["id"], [row["id"]]
            look.about = {"dry_run": True}
    return Edited(
        registry_number(row["number"]),
        changes,
        doubts,
        after["open_questions"],
        bool(after["complete"]),
        record,
        entry.values,
    )


def _changed_meanwhile(number: int, entry: Entry, given: Mapping[str, Any]) -> Conflict:
    """Names the questions whose two answers have to be looked at; the answers are in record and history."""
    differing = [key for key in given if entry.values.get(key) != given[key]]
    return Conflict(
        N_(
            "Somebody changed this record after the file was made, and they differ in: {keys}. Nothing was changed."
        ),
        hint=N_("See who changed what with: msreg patients history {patient}"),
        field="version",
        keys=", ".join(differing) or "–",
        patient=registry_number(number),
    )
