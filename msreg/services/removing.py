"""Deleting one record by hand (SPEC K3): the log keeps what it was, and `msreg undo` brings it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from msreg.errors import Conflict, Phrase, Refused
from msreg.rules.findings import Finding
from msreg.services import access
from msreg.services.deleting import belonging, delete
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.services.finding_records import find_entry
from msreg.services.judging import judge
from msreg.services.naming import find_patient, registry_number
from msreg.services.reading import looking
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Record, Right


@dataclass(frozen=True, slots=True)
class Removed:
    """A record that was deleted, or would be; `along` counts what goes with it."""

    number: str
    entry: Entry
    along: Counter[Record]
    version: int


def remove_record(
    registry: Registry,
    *,
    by: Actor,
    record: Record,
    patient: str | None = None,
    bsn: str | None = None,
    which: Mapping[str, Any],
    today: date,
    dry_run: bool = False,
    version: int | None = None,
) -> Removed:
    """Delete one record of a patient, with what belongs to it: a medication takes its side effects along.

    `version` is that of the record which the person agreed to. Raises `NotFound` when there is none, `Conflict`
    when it has another version by now, and `Refused` when what stays would break a rule that it keeps now.
    """
    event = f"{record.value}.delete"
    access.require(registry, by=by, right=Right.PATIENTS_WRITE, event=event)
    with writing(registry, by=by, event=event, action=Action.DELETE, dry_run=dry_run, plain=True) as work:
        row = find_patient(work.db, by=by, name=patient, bsn=bsn)
        dossier = read_dossiers(work.db, [row])[0]
        entry = find_entry(dossier, record, which, today)
        if version is not None and entry.row["version"] != version:
            raise Conflict(
                N_("Somebody else changed this record meanwhile; nothing was deleted."),
                hint=N_("Look at it again and repeat the command."),
            )
        along = Counter(each.record for each in belonging(dossier, entry) if each is not entry)
        before = {_mark(each) for each in _faults(dossier, today, registry.made_up)}
        delete(work, dossier, [entry])
        for fault in _faults(dossier, today, registry.made_up):
            if _mark(fault) not in before:
                raise Refused(
                    N_("Without this record another one would break a rule: {why} ({code})."),
                    hint=N_("Correct or delete the other record first."),
                    rule=fault.code,
                    field=fault.field,
                    why=Phrase(fault.message, fault.params),
                    code=fault.code,
                )
        work.patient_id = row["id"]
    if dry_run:
        with looking(registry, by=by, event=event, right=Right.PATIENTS_WRITE) as look:
            look.patient_id, look.patients, look.about = row["id"], [row["id"]], {"dry_run": True}
    return Removed(registry_number(row["number"]), entry, along, entry.row["version"])


def _faults(dossier: Dossier, today: date, made_up: bool) -> list[Finding]:
    found = judge(dossier, today, made_up=made_up)
    return [each for each in found if each.is_error and each.code != "FRM-001"]


def _mark(each: Finding) -> tuple[str, str | None, int]:
    return each.code, each.field, id(each.ref)
