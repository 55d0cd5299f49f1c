"""Rows of the sheets as resources of FHIR, one row after the other: nothing but the row is in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msreg.formats.fhir_answers import Answers, Made
from msreg.formats.fhir_codes import NAMING, Json
from msreg.formats.fhir_course import of_course
from msreg.formats.fhir_disease import of_disease
from msreg.formats.fhir_links import At, Links, patient_number
from msreg.formats.fhir_medication import of_adverse_event, of_medication, of_prom
from msreg.formats.fhir_patient import of_patient
from msreg.formats.sheets import Opened
from msreg.forms.columns import Sheet
from msreg.vocabulary import Record

_NAMED_BY: Mapping[Record, tuple[str, ...]] = {
    Record.PATIENT: (),
    Record.COURSE: ("course_date",),
    Record.DISEASE: ("kind", "date"),
    Record.MEDICATION: ("medicine", "start_date"),
    Record.ADVERSE_EVENT: ("medicine", "medication_start"),  # its words may not leave, so they name nothing
    Record.PROM: ("answered_on",),
}
"""The answers that name a record among those of its patient."""

_OF: Mapping[Record, Callable[[Mapping[str, Any], At], Iterator[Json]]] = {
    Record.PATIENT: of_patient,
    Record.COURSE: of_course,
    Record.DISEASE: of_disease,
    Record.MEDICATION: of_medication,
    Record.PROM: of_prom,
}


class Records:
    """The resources of one sheet."""

    def __init__(self, sheet: Sheet, table: Opened, links: Links) -> None:
        self._record, self._table, self._links = sheet.record, table, links
        self.answers = Answers(sheet, table.columns, table.language)
        self._patient = ""
        self._subject: Json = {}
        self._named: Json = {}
        self._seen: dict[tuple[object, ...], int] = {}

    def __iter__(self) -> Iterator[Json]:
        keys, made = self._table.header, [self._made(column) for column in range(len(self._table.header))]
        response = self.answers.response
        for raw in self._table.rows():
            both = [made[at][value] for at, value in enumerate(raw)]
            row = {key: value for key, (value, _part) in zip(keys, both, strict=True) if value is not None}
            at = self._at(row)
            yield response(row, [part for _value, part in both], at, **self._told(row, at))
            if self._record is Record.ADVERSE_EVENT:
                medication = self._links.id(at.patient, *at.record[:-1], 0, "medication")
                yield from of_adverse_event(row, at, medication)
            else:
                yield from _OF[self._record](row, at)

    def _made(self, column: int) -> Made:
        """What a value of a column is, and the part of JSON that tells it."""
        cell = self._table.cells[column] if self._table.cells else None

        def make(raw: Any) -> tuple[Any, bytes]:
            value = cell(raw) if cell is not None and raw is not None else raw
            return value, self.answers.fragment(column, value)

        return Made(make)

    def _at(self, row: Mapping[str, Any]) -> At:
        patient = str(row.get("pseudonym") or row.get("registry_number", ""))
        if patient != self._patient:  # rows come patient by patient
            self._patient, self._seen = patient, {}
            self._subject = self._links.to("Patient", self._links.id("Patient", patient))
            self._named = self._subject
            if "pseudonym" in row:
                number = {"system": f"{NAMING}pseudonym", "value": patient}
                self._named = {**self._subject, "identifier": number}
            elif "patient_number" in row:
                number = patient_number(row.get("centre"), row["patient_number"])
                self._named = {**self._subject, "identifier": number}
        name = (self._record.value, *(row.get(key) for key in _NAMED_BY[self._record]))
        again = self._seen.get(name, 0)
        self._seen[name] = again + 1
        if self._record is Record.ADVERSE_EVENT:
            name = (*_OF_MEDICATION, *name[1:], again + 1)
        else:
            name = (*name, again)
        writer = row.get("written_by")
        return At(
            self._links,
            self._table.language,
            patient,
            self._subject,
            self._named,
            row.get("state") == "withdrawn",
            self._links.centre(writer) if writer else None,
            name,
        )

    def _told(self, row: Mapping[str, Any], at: At) -> Json:
        if self._record is not Record.PROM:
            return {}
        return {"authored": row.get("answered_on"), "source": at.subject}


_OF_MEDICATION = (Record.MEDICATION.value,)
