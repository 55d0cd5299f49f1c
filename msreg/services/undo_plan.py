"""Taking back what events did, patient by patient: which records go, which come back, with which answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msreg.forms.columns import from_json
from msreg.services.batch_records import RECORDS
from msreg.services.changed_answers import FACT_DAYS, FACTS, items_of
from msreg.services.dossiers import Dossier, Entry, read_by_ids
from msreg.store.connect import Database
from msreg.store.queries import batches as queries
from msreg.vocabulary import Record


@dataclass(slots=True, eq=False)
class Back:
    """What taking events back means for one patient; `dossier` is None when nothing is left of the patient."""

    patient_id: str
    dossier: Dossier | None
    touched: dict[str, Record] = field(default_factory=dict)
    """Every record that the events touched, by its id."""
    doomed: list[Entry] = field(default_factory=list)
    """Records that they added."""
    restored: dict[Entry, dict[str, Any]] = field(default_factory=dict)
    """Records that they changed, with the answers that they had."""
    returning: list[Entry] = field(default_factory=list)
    """Records that they deleted, as they were: with their ids, but not in the registry."""
    columns: dict[str, Any] = field(default_factory=dict)
    """Columns of the patient that answer no question, with what they held."""
    replaced: dict[str, Any] = field(default_factory=dict)
    """The same columns with what they hold now."""
    gone: list[str] = field(default_factory=list)
    """Ids of touched records that are no longer there."""
    unasked: list[tuple[Entry, str]] = field(default_factory=list)
    """Answers that no form asks for any more, so that they cannot come back."""

    @property
    def deletes_patient(self) -> bool:
        """Whether the events added the patient."""
        return self.dossier is not None and self.dossier.patient in self.doomed

    def apply(self) -> None:
        """Put answers and records back into the dossier; saving writes them."""
        for entry, values in self.restored.items():
            entry.values = values
        if self.dossier is None:
            return
        row = self.dossier.patient.row
        for key in self.columns:
            self.replaced.setdefault(key, row.get(key))
        self.dossier.patient.row = {**row, **self.columns}
        for entry in self.returning:
            if entry not in self.dossier.of(entry.record):
                self.dossier.of(entry.record).append(entry)

    def remaining(self) -> Dossier:
        """The dossier without the doomed records."""
        assert self.dossier is not None
        out = set(self.doomed)
        children = {
            record: [each for each in entries if each not in out]
            for record, entries in self.dossier.children.items()
        }
        return Dossier(self.dossier.patient, self.dossier.centre_id, children)


def plan(db: Database, seqs: Sequence[int], patient_ids: Sequence[str]) -> list[Back]:
    """How to take back what these events did to these patients. Nothing is changed yet."""
    dossiers = {str(each.id): each for each in read_by_ids(db, patient_ids)}
    backs = {each: Back(each, dossiers.get(each)) for each in patient_ids}
    items: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for item in queries.items_of(db, seqs, patient_ids):
        if item["entity"] in RECORDS:
            items.setdefault(item["patient_id"], {}).setdefault(item["entity_id"], []).append(item)
    for patient_id, by_record in items.items():
        _lay_back(backs[patient_id], by_record)
    return list(backs.values())


def _lay_back(back: Back, by_record: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    entries = {each.id: each for each in back.dossier.entries()} if back.dossier else {}
    above: list[tuple[Entry, str]] = []
    for record_id, done in by_record.items():
        record = back.touched[record_id] = RECORDS[done[0]["entity"]]
        entry = entries.get(record_id)
        was_there, is_there = done[0]["action"] != "C", done[-1]["action"] != "D"
        if is_there is (entry is None):
            back.gone.append(record_id)
        elif entry is not None:
            if was_there:
                back.restored[entry] = _before(back, entry, done)
            else:
                back.doomed.append(entry)
        elif was_there:
            facts = done[-1]["before"] or {}
            entry = Entry(record, {}, record_id, row={"centre_id": facts.get("centre_id")})
            entry.values = _before(back, entry, done)
            back.returning.append(entry)
            if record is Record.ADVERSE_EVENT:
                above.append((entry, facts.get("medication_id", "")))
    _belong_again(back, above, entries)


def _belong_again(
    back: Back, above: Sequence[tuple[Entry, str]], entries: Mapping[str | None, Entry]
) -> None:
    """Side effects that come back belong to their medication, which may come back with them."""
    returning = {each.id: each for each in back.returning}
    for entry, medication_id in above:
        entry.parent = entries.get(medication_id) or returning.get(medication_id)
        if entry.parent is None:
            back.returning.remove(entry)
            back.gone.append(medication_id or str(entry.id))
            back.touched.setdefault(back.gone[-1], Record.MEDICATION)


def _before(back: Back, entry: Entry, done: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The answers before all that was done, in the order of the form; what was not answered is left out."""
    items = items_of(entry.record)
    values = dict(entry.values)
    for key, old in _undone(done):
        if key in FACT_DAYS and entry.record is Record.PATIENT:
            back.columns[key] = old
        elif key not in items:
            if old is not None:
                back.unasked.append((entry, key))
        elif old is None:
            values.pop(key, None)
        else:
            values[key] = from_json(items[key], old)
    return {key: values[key] for key in items if key in values}


def _undone(done: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Each answer that was changed with what it was; a record may have been changed more than once."""
    for item in reversed(done):
        before, after = item["before"] or {}, item["after"] or {}
        for key in {**before, **after}:
            if item["action"] != "D" or key not in FACTS:
                yield key, before.get(key)
