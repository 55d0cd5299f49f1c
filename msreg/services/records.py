"""One patient's record as it is read: who it is, with whom it is shared, and every answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from msreg.forms.answers import open_questions
from msreg.forms.columns import forms_of
from msreg.forms.definition import Form, Item
from msreg.services import access
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.services.naming import find_patient, registry_number
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.queries.rows import named
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Right


@dataclass(frozen=True, slots=True)
class SharedWith:
    """A centre that a patient is shared with, and since when."""

    centre: str
    name: str
    since: date


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A patient with everything, as read at one moment; `row` holds the columns of the patient table."""

    number: str
    row: dict[str, Any]
    dossier: Dossier
    shared: list[SharedWith]
    centres: dict[str, str]
    """Codes of the centres that wrote something, by id."""

    @property
    def values(self) -> dict[str, Any]:
        """The patient's own answers, diagnosis included."""
        return self.dossier.patient.values

    def newest_first(self, record: Record) -> list[Entry]:
        """The records of one kind, newest first; those without a date at the end."""
        key = {
            Record.COURSE: "course_date",
            Record.DISEASE: "date",
            Record.MEDICATION: "start_date",
            Record.ADVERSE_EVENT: "start_date",
            Record.PROM: "answered_on",
        }[record]
        return sorted(self.dossier.of(record), key=lambda e: e.values.get(key) or date.min, reverse=True)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A required question without an answer. `counts`: it keeps the patient from being complete (P6)."""

    record: Record
    entry: Entry
    form: Form
    item: Item
    counts: bool


def read_record(
    registry: Registry,
    *,
    by: Actor,
    event: str,
    patient: str | None = None,
    bsn: str | None = None,
    segment: str | None = None,
    reveal: bool = False,
    about: Mapping[str, object] | None = None,
) -> PatientRecord:
    """Read one patient's record; that it was read is in the log first.

    `segment` names the part that is shown. `reveal` shows the whole BSN and is logged as such. `about`: what else
    the log tells of the look; never a patient's value.
    """
    if reveal:
        access.require(registry, by=by, right=Right.BSN_REVEAL, event=event)
    with looking(registry, by=by, event=event) as look:
        row = find_patient(look.db, by=by, name=patient, bsn=bsn)
        dossier = read_dossiers(look.db, [row])[0]
        shared = [
            SharedWith(each["code"], each["name"], date.fromisoformat(each["since"]))
            for each in named(
                look.db,
                "SELECT c.code, c.name, s.since FROM share s JOIN centre c ON c.id = s.centre_id"
                " WHERE s.patient_id = ? AND s.until IS NULL ORDER BY s.since",
                (row["id"],),
            )
        ]
        centres = {each["id"]: each["code"] for each in named(look.db, "SELECT id, code FROM centre")}
        look.patient_id = row["id"]
        look.patients = [row["id"]]
        look.segment = segment
        look.about = {"reveal": reveal, "by_bsn": bsn is not None, **(about or {})}
    return PatientRecord(registry_number(row["number"]), row, dossier, shared, centres)


def questions_open(record: PatientRecord) -> list[OpenQuestion]:
    """Every open required question of a record, the patient's own first, then by kind and date."""
    found: list[OpenQuestion] = []
    for entry in record.dossier.entries():
        counts = entry.record in (Record.PATIENT, Record.COURSE)
        for form in forms_of(entry.record):
            found += [
                OpenQuestion(entry.record, entry, form, item, counts)
                for item in open_questions(form, entry.values)
            ]
    return found
