"""Taking back what a batch did, patient by patient: which records go, which answers come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from msreg.forms.columns import forms_of, from_json
from msreg.forms.definition import Item
from msreg.services.batch_records import RECORDS
from msreg.services.dossiers import Dossier, Entry, read_by_ids
from msreg.store.connect import Database
from msreg.store.queries import batches as queries
from msreg.vocabulary import Record


@dataclass(slots=True, eq=False)
class Back:
    """What taking a batch back means for one patient; `dossier` is None when nothing is left of the patient."""

    patient_id: str
    dossier: Dossier | None
    touched: dict[str, Record] = field(default_factory=dict)
    """Every record that the batch touched, by its id."""
    doomed: list[Entry] = field(default_factory=list)
    """Records that the batch added."""
    restored: dict[Entry, dict[str, Any]] = field(default_factory=dict)
    """Records that it changed, with the answers that they had."""
    gone: list[str] = field(default_factory=list)
    """Ids of touched records that are no longer there."""
    unasked: list[tuple[Entry, str]] = field(default_factory=list)
    """Answers that no form asks for any more, so that they cannot come back."""

    @property
    def deletes_patient(self) -> bool:
        """Whether the batch added the patient."""
        return self.dossier is not None and self.dossier.patient in self.doomed

    def apply(self) -> None:
        """Put the answers back into the dossier; saving writes them."""
        for entry, values in self.restored.items():
            entry.values = values

    def remaining(self) -> Dossier:
        """The dossier without the doomed records."""
        assert self.dossier is not None
        out = set(self.doomed)
        children = {
            record: [each for each in entries if each not in out]
            for record, entries in self.dossier.children.items()
        }
        return Dossier(self.dossier.patient, self.dossier.centre_id, children)


def plan(db: Database, seq: int, patient_ids: Sequence[str]) -> list[Back]:
    """How to take back what event `seq` did to these patients. Nothing is changed yet."""
    dossiers = {str(each.id): each for each in read_by_ids(db, patient_ids)}
    backs = {each: Back(each, dossiers.get(each)) for each in patient_ids}
    items: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for item in queries.items_of(db, seq, patient_ids):
        if item["entity"] in RECORDS:
            items.setdefault(item["patient_id"], {}).setdefault(item["entity_id"], []).append(item)
    for patient_id, by_record in items.items():
        _lay_back(backs[patient_id], by_record)
    return list(backs.values())


def _lay_back(back: Back, by_record: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    entries = {each.id: each for each in back.dossier.entries()} if back.dossier else {}
    for record_id, done in by_record.items():
        back.touched[record_id] = RECORDS[done[0]["entity"]]
        entry = entries.get(record_id)
        if entry is None:
            back.gone.append(record_id)
        elif done[0]["action"] == "C":
            back.doomed.append(entry)
        else:
            back.restored[entry] = _before(back, entry, done)


def _before(back: Back, entry: Entry, done: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The answers before all that was done, in the order of the form; what was not answered is left out."""
    items = _items(entry.record)
    values = dict(entry.values)
    for key, old in _undone(done):
        if key not in items:
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
            yield key, before.get(key)


@cache
def _items(record: Record) -> Mapping[str, Item]:
    return {item.key: item for form in forms_of(record) for item in form.items}
