"""One patient with everything that belongs to it, as answers to the forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msreg.forms.columns import forms_of, from_row
from msreg.store.connect import Database
from msreg.store.queries import dossiers as queries
from msreg.vocabulary import Record


@dataclass(slots=True, eq=False)
class Entry:
    """One record: its answers now, and as the registry has them (None: it is new).

    `place` tells where new answers came from, such as a row of a file; `faulty` names the questions whose
    new answer was refused. An adverse event has the medication that it belongs to as `parent`.
    """

    record: Record
    values: dict[str, Any]
    id: str | None = None
    stored: dict[str, Any] | None = None
    row: Mapping[str, Any] = field(default_factory=dict)
    place: Any = None
    faulty: frozenset[str] = frozenset()
    parent: Entry | None = None


@dataclass(slots=True, eq=False)
class Dossier:
    """A patient: the patient's own answers (diagnosis included) and the records of each kind."""

    patient: Entry
    centre_id: str
    children: dict[Record, list[Entry]] = field(default_factory=dict)

    @property
    def id(self) -> str | None:
        """The patient's id; None for one who is new."""
        return self.patient.id

    def of(self, record: Record) -> list[Entry]:
        """The entries of one kind of record."""
        return [self.patient] if record is Record.PATIENT else self.children.setdefault(record, [])

    def entries(self) -> Iterator[Entry]:
        """Every entry, the patient first."""
        yield self.patient
        for record in Record:
            if record is not Record.PATIENT:
                yield from self.children.get(record, ())


def read_dossiers(db: Database, patient_rows: Sequence[Mapping[str, Any]]) -> list[Dossier]:
    """The dossiers of these rows of the patient table, with one query for each kind of record."""
    found = {row["id"]: Dossier(_entry(Record.PATIENT, row), row["centre_id"]) for row in patient_rows}
    medications: dict[str, Entry] = {}
    for record in Record:
        if record is Record.PATIENT:
            continue
        for row in queries.records_of(db, record, list(found)):
            entry = _entry(record, row)
            if record is Record.MEDICATION:
                medications[row["id"]] = entry
            elif record is Record.ADVERSE_EVENT:
                entry.parent = medications[row["medication_id"]]
            found[row["patient_id"]].of(record).append(entry)
    return list(found.values())


def read_by_ids(db: Database, ids: Iterable[str]) -> list[Dossier]:
    """The dossiers of patients by id, in the order of their registry numbers."""
    return read_dossiers(db, queries.patients_by_ids(db, list(ids)))


def _entry(record: Record, row: Mapping[str, Any]) -> Entry:
    values = from_row(forms_of(record), row)
    return Entry(record, dict(values), row["id"], values, row)
