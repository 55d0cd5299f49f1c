"""Records that somebody deleted, or gave another date, by hand after the file was made are not added again (B4).

A file finds its records by what tells them apart: a course by its date. Where that was corrected by hand, the file's
row finds nothing, and would come in a second time. The log still has what each record was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msreg.forms.columns import forms_of, from_json
from msreg.services.batch_conflicts import CODE, Age, newer
from msreg.services.batch_identity import Identity, identity_keys, identity_of
from msreg.services.batch_rows import BatchRow, Tell
from msreg.services.dossiers import Dossier, Entry
from msreg.store.connect import Database
from msreg.store.queries.dossiers import TABLES
from msreg.store.queries.setters import Set, changes_of
from msreg.vocabulary import N_, Record

Former = tuple[Record, str | None, Identity]
"""What a record was: its kind, the id of the medication that it belonged to, what told it apart."""

_CHILDREN = {TABLES[record]: record for record in Record if record is not Record.PATIENT}


def leave_out(db: Database, dossiers: Iterable[Dossier], age: Age, tell: Tell) -> int:
    """Take rows out that would add what somebody took away by hand; gives how many there were."""
    growing = {each.id: each for each in dossiers if each.id is not None and any(_new(each))}
    if not growing:
        return 0
    history: dict[str, dict[str, list[Set]]] = {}
    for each in changes_of(db, list(growing)):
        if each.entity in _CHILDREN:
            history.setdefault(each.patient_id, {}).setdefault(each.entity_id, []).append(each)
    return sum(
        _leave_out(growing[patient], set(_former(growing[patient], records, age)), tell)
        for patient, records in history.items()
    )


def _new(dossier: Dossier) -> Iterator[Entry]:
    for entry in dossier.entries():
        if entry.stored is None and entry.place is not None and not entry.faulty:
            yield entry


def _former(dossier: Dossier, records: dict[str, list[Set]], age: Age) -> Iterator[Former]:
    """What records of a patient were before they were deleted or changed by hand, later than the file."""
    stored = {entry.id: entry for entry in dossier.entries() if entry.id is not None}
    for entity_id, sets in records.items():
        if all(each.action == "C" for each in sets):
            continue
        record = _CHILDREN[sets[0].entity]
        entry = stored.get(entity_id)
        state: dict[str, Any] = dict(entry.stored or {}) if entry else {}
        parent = entry.parent.id if entry and entry.parent else None
        for at, each in enumerate(sets):  # newest first: back to what it was
            now = identity_of(record, state)
            for key in each.after:
                state.pop(key, None)
            state |= _typed(record, each)
            parent = each.before.get("medication_id", parent)
            was = identity_of(record, state)
            if was is not None and was != now and newer(sets[at:], age):
                yield record, parent, was


def _typed(record: Record, change: Set) -> dict[str, Any]:
    """The answers that told the record apart before a change."""
    items = {key: form[key] for form in forms_of(record) for key in form.identity}
    return {key: from_json(items[key], value) for key, value in change.before.items() if key in items}


def _leave_out(dossier: Dossier, former: set[Former], tell: Tell) -> int:
    gone: list[Entry] = []
    for entry in _new(dossier):
        identity = identity_of(entry.record, entry.values)
        parent = entry.parent.id if entry.parent else None
        if identity is not None and (entry.record, parent, identity) in former:
            gone.append(entry)
            _tell(entry, tell)
        elif entry.parent is not None and entry.parent in gone:
            gone.append(entry)
    _without(dossier, gone)
    return sum(entry.parent is None or entry.parent not in gone for entry in gone)


def _without(dossier: Dossier, gone: Sequence[Entry]) -> None:
    for record, entries in dossier.children.items():
        dossier.children[record] = [entry for entry in entries if entry not in gone]


def _tell(entry: Entry, tell: Tell) -> None:
    row: BatchRow = entry.place
    tell(
        row.problem(
            identity_keys(entry.record)[-1], CODE,
            N_("somebody deleted this record or gave it another date by hand; it is not added again"),
            N_("add it with --overwrite, or mend the file"),
        )
    )  # fmt: skip
