"""Changing answers of one record by hand: the same judging and the same saving as a batch file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from msreg.errors import Conflict, NotFound, Phrase, Refused, Usage
from msreg.forms.columns import forms_of
from msreg.forms.definition import Item
from msreg.forms.values import reader
from msreg.rules.findings import Finding
from msreg.services import access
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.services.judging import judge
from msreg.services.naming import find_patient, registry_number
from msreg.services.reading import looking
from msreg.services.saving import CellChange, differences, save
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.queries import dossiers as queries
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Record, Right, Severity


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit changed, what is doubtful about it, and what is still open in the record."""

    number: str
    changes: list[CellChange]
    doubts: list[Finding]
    open_questions: int
    complete: bool
    """Whether the patient is complete now."""


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
    today: date,
    dry_run: bool = False,
) -> Edited:
    """Change answers of one record. `which` holds the answers that tell it from others of the patient.

    `answers` are texts as people write them, or typed values. Raises `Refused` with rule and question for
    the first fault that the change would bring; a fault that was there already does not stand in the way.
    """
    event = f"{record.value}.edit"
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=event)
    typed = _typed(record, answers, today)
    named = _named(record, which or {}, today)
    if unknown := [key for key in clear if key not in _items(record)]:
        raise Usage(N_("There is no question {key} here."), field="clear", key=unknown[0])
    if not typed and not clear:
        raise Usage(N_("Nothing to change: give an option for at least one question."))
    with writing(registry, by=by, event=event, action=Action.UPDATE, dry_run=dry_run) as work:
        row = find_patient(work.db, by=by, name=patient, bsn=bsn)
        dossier = read_dossiers(work.db, [row])[0]
        entry = _entry(dossier, record, named)
        known = _bsn_known(work, dossier, typed.get("bsn"))
        before = _faults(judge(dossier, today, made_up=registry.made_up))
        entry.place = "edit"
        entry.values = {k: v for k, v in {**entry.values, **typed}.items() if k not in clear}
        found = judge(dossier, today, made_up=registry.made_up, bsn_known=known)
        _refuse_new(found, before, entry, typed)
        changes = differences(entry)
        work.patient_id = row["id"]
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
        [each for each in found if not each.is_error and each.ref is entry and each.code != "FRM-001"],
        after["open_questions"],
        bool(after["complete"]),
    )


def _items(record: Record) -> dict[str, Item]:
    return {item.key: item for form in forms_of(record) for item in form.items}


def _typed(record: Record, answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    items = _items(record)
    typed: dict[str, Any] = {}
    for key, raw in answers.items():
        value, problem = reader(items[key], today)(raw)
        if value is None:
            if problem is None:
                raise Usage(
                    N_("An empty answer says nothing; take an answer away with --clear {key}."),
                    field=key,
                    key=key,
                )
            raise _refused(problem.code, key, problem.message, problem.hint, problem.params)
        typed[key] = value
    return typed


def _named(record: Record, which: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What tells the record from others, typed: a medicine may be named by brand, INN or ATC code."""
    items = _items(record) | {f"parent_{key}": item for key, item in _items(Record.MEDICATION).items()}
    found: dict[str, Any] = {}
    for key, raw in which.items():
        value, problem = reader(items[key], today)(raw)
        if problem is not None and problem.severity is Severity.ERROR:
            raise _refused(problem.code, key, problem.message, problem.hint, problem.params)
        found[key] = value
    return found


def _entry(dossier: Dossier, record: Record, which: Mapping[str, Any]) -> Entry:
    found = [
        entry
        for entry in dossier.of(record)
        if all(
            entry.values.get(key) == value for key, value in which.items() if not key.startswith("parent_")
        )
        and all(
            entry.parent is not None and entry.parent.values.get(key[7:]) == value
            for key, value in which.items()
            if key.startswith("parent_")
        )
    ]
    if not found:
        raise NotFound(
            N_("This patient has no such record."), hint=N_("See what there is with: msreg patients show")
        )
    if len(found) > 1:
        raise Conflict(N_("More than one record fits; name it more closely."))
    return found[0]


def _bsn_known(work: Work, dossier: Dossier, bsn: str | None) -> str | None:
    """Where another patient has this BSN: in the same centre, in another, or nowhere."""
    if bsn is None:
        return None
    others = [row for row in queries.patients_by_bsn(work.db, [bsn]) if row["id"] != dossier.id]
    if not others:
        return None
    return "same_centre" if others[0]["centre_id"] == dossier.centre_id else "other_centre"


def _faults(findings: list[Finding]) -> set[tuple[str, str | None, int]]:
    return {(each.code, each.field, id(each.ref)) for each in findings if each.is_error}


def _refuse_new(
    found: list[Finding], before: set[tuple[str, str | None, int]], entry: Entry, typed: Collection[str]
) -> None:
    """Raise the first fault that the change brings; one at an answer that was given comes first."""
    new = [
        each
        for each in found
        if each.is_error and each.code != "FRM-001" and (each.code, each.field, id(each.ref)) not in before
    ]
    new.sort(key=lambda each: not (each.ref is entry and each.field in typed))
    if new:
        each = new[0]
        raise _refused(each.code, each.field, each.message, each.hint, each.params)


def _refused(
    code: str, key: str | None, message: str, hint: str | None, params: Mapping[str, object]
) -> Refused:
    """The fault as one sentence that names the question."""
    why = Phrase(message, params)
    option = "--" + (key or "").replace("_", "-")
    return Refused(N_("{option}: {why}."), hint=hint, rule=code, field=key, option=option, why=why, **params)
