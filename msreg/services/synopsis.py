"""One patient on one page (SPEC O2): who it is, how it stands, and what happened, newest first.

Plain values and codes; the words are those of whoever shows it (`screen/synopsis*`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from msreg.forms.answers import counting
from msreg.forms.columns import forms_of
from msreg.rules.age import age_on
from msreg.rules.completeness import course_is_due
from msreg.rules.names import mask_bsn
from msreg.services.dossiers import Entry
from msreg.services.proms import lists_of
from msreg.services.records import PatientRecord, SharedWith, read_record
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import DiseaseKind, Record

EVENT = "synopsis.show"


class Step(NamedTuple):
    """A phenotype and the day from which it holds."""

    phenotype: str
    since: date | None


class Relapse(NamedTuple):
    """One attack; `treated`: with methylprednisolone, None when that is not answered."""

    on: date | None
    treated: bool | None
    severity: str | None


class Visit(NamedTuple):
    """One course. `edss` and the answers on the MRI are those that count; `lacking` counts open questions."""

    on: date
    edss: Decimal | None
    edss_method: str | None
    mri_done: bool | None
    mri_new_t2: str | None
    mri_gd_lesions: int | str | None
    lacking: int
    centre: str | None


class Period(NamedTuple):
    """One period of one medicine."""

    medicine: str
    start: date
    stop: date | None
    reasons: tuple[str, ...]
    lacking: int


class Effect(NamedTuple):
    """One side effect, with the code of its medicine."""

    description: str
    medicine: str
    start: date | None
    outcome: str | None
    serious: bool
    lacking: int


class Questionnaire(NamedTuple):
    """One filled-in EQ-5D-5L; profile, index value and its set are None while a dimension is open."""

    on: date
    profile: str | None
    index_value: Decimal | None
    value_set: str | None
    score: int | None


class Synopsis(NamedTuple):
    """A patient in short. Lists stand newest first, `phenotypes` oldest first (the one at diagnosis).

    `patient` holds the patient's own answers and those on the diagnosis that count, by key; the BSN among them is
    masked unless it was asked for. `age` is that on the day of the look, or at death.
    """

    number: str
    centre: str
    centre_name: str
    patient: Mapping[str, Any]
    age: int | None
    withdrawn_on: date | None
    shared: tuple[SharedWith, ...]
    phenotype: str | None
    phenotypes: tuple[Step, ...]
    last_edss: Visit | None
    relapses: tuple[Relapse, ...]
    visits: tuple[Visit, ...]
    periods: tuple[Period, ...]
    effects: tuple[Effect, ...]
    proms: tuple[Questionnaire, ...]
    complete: bool
    open_questions: int
    course_due: bool

    @property
    def current(self) -> tuple[Period, ...]:
        """The medicines without a stop date."""
        return tuple(each for each in self.periods if each.stop is None)

    @property
    def in_care(self) -> bool:
        """Alive, in treatment and with consent: somebody may still add to this record."""
        patient = self.patient
        return not (patient.get("deceased") or patient.get("treatment_ended") or self.withdrawn_on)


def read_synopsis(
    registry: Registry,
    *,
    by: Actor,
    today: date,
    patient: str | None = None,
    bsn: str | None = None,
    reveal: bool = False,
    told: Mapping[str, object] | None = None,
) -> Synopsis:
    """The synopsis of one patient; that it was read is in the log first.

    `told` goes into the log with it: in which form the page leaves the registry. `reveal` as in `read_record`.
    """
    record = read_record(
        registry, by=by, event=EVENT, patient=patient, bsn=bsn, segment="synopsis", reveal=reveal, about=told
    )
    return synopsis_of(record, today=today, reveal=reveal)


def synopsis_of(record: PatientRecord, *, today: date, reveal: bool = False) -> Synopsis:
    """The synopsis of a record that was read."""
    row = record.row
    patient = _answers(record.dossier.patient)
    if not reveal and "bsn" in patient:
        patient["bsn"] = mask_bsn(patient["bsn"])
    visits = tuple(_visit(record, each) for each in record.newest_first(Record.COURSE))
    disease = [_answers(each) for each in record.newest_first(Record.DISEASE)]
    due = row["course_due_on"]
    return Synopsis(
        number=record.number,
        centre=row["centre_code"],
        centre_name=row["centre_name"],
        patient=patient,
        age=age_on(patient.get("birth_date"), patient.get("deceased_on") or today),
        withdrawn_on=_day(row.get("withdrawn_on")),
        shared=tuple(record.shared),
        phenotype=row["last_phenotype"],
        phenotypes=_steps(patient, disease),
        last_edss=next((each for each in visits if each.edss is not None), None),
        relapses=tuple(
            Relapse(each.get("date"), each.get("methylprednisolone"), each.get("severity"))
            for each in disease
            if each["kind"] == DiseaseKind.RELAPSE
        ),
        visits=visits,
        periods=tuple(_period(each) for each in record.newest_first(Record.MEDICATION)),
        effects=tuple(_effect(each) for each in record.newest_first(Record.ADVERSE_EVENT)),
        proms=tuple(
            Questionnaire(each.on, each.profile, each.index_value, each.value_set, each.score)
            for each in lists_of(record)
        ),
        complete=bool(row["complete"]),
        open_questions=row["open_questions"],
        course_due=due is not None and course_is_due(_day(due), today),
    )


def _answers(entry: Entry) -> dict[str, Any]:
    """The answers that count (K4)."""
    return {
        key: value for form in forms_of(entry.record) for key, value in counting(form, entry.values).items()
    }


def _steps(patient: Mapping[str, Any], disease: list[dict[str, Any]]) -> tuple[Step, ...]:
    first = patient.get("diagnosis_phenotype")
    later = [
        Step(each["phenotype"], each.get("date"))
        for each in reversed(disease)
        if each["kind"] == DiseaseKind.PHENOTYPE and each.get("phenotype")
    ]
    return (*((Step(first, patient.get("diagnosis_date")),) if first else ()), *later)


def _visit(record: PatientRecord, entry: Entry) -> Visit:
    known = _answers(entry)
    return Visit(
        known["course_date"],
        known.get("edss"),
        known.get("edss_method"),
        known.get("mri_done"),
        known.get("mri_new_t2"),
        known.get("mri_gd_lesions"),
        entry.row["open_questions"],
        record.centres.get(entry.row["centre_id"]),
    )


def _period(entry: Entry) -> Period:
    known = _answers(entry)
    return Period(
        known["medicine"],
        known["start_date"],
        known.get("stop_date"),
        tuple(known.get("stop_reasons") or ()),
        entry.row["open_questions"],
    )


def _effect(entry: Entry) -> Effect:
    known = _answers(entry)
    assert entry.parent is not None
    return Effect(
        known["description"],
        entry.parent.values["medicine"],
        known.get("start_date"),
        known.get("outcome"),
        bool(known.get("seriousness")),
        entry.row["open_questions"],
    )


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
