"""The records of a patient that a chart reads, as plain values, oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from msreg.forms.answers import counting
from msreg.forms.columns import forms_of
from msreg.services.dossiers import Entry
from msreg.services.records import PatientRecord
from msreg.vocabulary import DiseaseKind, Record

Answers: TypeAlias = Mapping[str, Any]
"""The answers that count, by key (K4)."""


class Turn(NamedTuple):
    """A phenotype that was noted, and the day from which it holds."""

    phenotype: str
    since: date | None
    answers: Answers


class Assessment(NamedTuple):
    """A course. `edss` is None where it was not done or is not filled in."""

    on: date
    edss: Decimal | None
    method: str | None
    answers: Answers


class Attack(NamedTuple):
    """A relapse; `treated`: with methylprednisolone, None when that is not answered."""

    on: date
    treated: bool | None
    answers: Answers


class Scan(NamedTuple):
    """An MRI and its counts. `new_t2`: 0, 1, 2, 3_or_more, unknown; None when it is not answered or not asked."""

    on: date
    new_t2: str | None
    gd: int | str | None
    answers: Answers


class Treatment(NamedTuple):
    """A period of one medicine; without a stop date it goes on."""

    medicine: str
    start: date
    stop: date | None
    answers: Answers


class Health(NamedTuple):
    """One list of the EQ-5D-5L: score from 0 to 100, and the index value by the set that is named."""

    on: date
    score: int
    profile: str | None
    index_value: Decimal | None
    value_set: str | None


class Recorded(NamedTuple):
    """All of it; `undated` counts relapses without a date."""

    turns: tuple[Turn, ...]
    assessments: tuple[Assessment, ...]
    relapses: tuple[Attack, ...]
    scans: tuple[Scan, ...]
    treatments: tuple[Treatment, ...]
    lists: tuple[Health, ...]
    undated: int

    def days(self) -> Iterator[date]:
        """Every day on which something was noted, or a medicine begun or stopped."""
        for dated in (self.assessments, self.relapses, self.scans, self.lists):
            yield from (each.on for each in dated)
        for turn in self.turns:
            if turn.since is not None:
                yield turn.since
        for period in self.treatments:
            yield period.start
            if period.stop is not None:
                yield period.stop


def recorded(record: PatientRecord) -> Recorded:
    """What a chart reads of a record."""
    patient = answers_of(record.dossier.patient)
    courses = [answers_of(each) for each in _oldest_first(record, Record.COURSE)]
    disease = [answers_of(each) for each in _oldest_first(record, Record.DISEASE)]
    relapses = [each for each in disease if each["kind"] == DiseaseKind.RELAPSE]
    return Recorded(
        turns=tuple(_turns(patient, disease)),
        assessments=tuple(
            Assessment(each["course_date"], each.get("edss"), each.get("edss_method"), each)
            for each in courses
        ),
        relapses=tuple(
            Attack(each["date"], each.get("methylprednisolone"), each)
            for each in relapses
            if each.get("date")
        ),
        scans=tuple(sorted(_scans(courses), key=lambda each: each.on)),
        treatments=tuple(
            Treatment(each["medicine"], each["start_date"], each.get("stop_date"), each)
            for each in map(answers_of, _oldest_first(record, Record.MEDICATION))
        ),
        lists=tuple(_lists(record)),
        undated=sum(1 for each in relapses if not each.get("date")),
    )


def answers_of(entry: Entry) -> dict[str, Any]:
    """The answers of a record that count."""
    return {
        key: value for form in forms_of(entry.record) for key, value in counting(form, entry.values).items()
    }


def _oldest_first(record: PatientRecord, kind: Record) -> list[Entry]:
    return list(reversed(record.newest_first(kind)))


def _turns(patient: Answers, disease: list[dict[str, Any]]) -> Iterator[Turn]:
    first = patient.get("diagnosis_phenotype")
    if first:
        yield Turn(first, patient.get("diagnosis_date"), {})
    for each in disease:
        if each["kind"] == DiseaseKind.PHENOTYPE and each.get("phenotype") and each.get("date"):
            yield Turn(each["phenotype"], each["date"], each)


def _scans(courses: list[dict[str, Any]]) -> Iterator[Scan]:
    """An MRI stands on its own day; where that is not filled in, on that of the course that tells of it."""
    for each in courses:
        if each.get("mri_done"):
            on = each.get("mri_date") or each["course_date"]
            yield Scan(on, each.get("mri_new_t2"), each.get("mri_gd_lesions"), each)


def _lists(record: PatientRecord) -> Iterator[Health]:
    for entry in _oldest_first(record, Record.PROM):
        known = answers_of(entry)
        if known.get("health_score") is not None:
            row = entry.row
            index = row.get("index_value")
            yield Health(
                known["answered_on"], known["health_score"], row.get("profile"),
                None if index is None else Decimal(str(index)), row.get("value_set"),
            )  # fmt: skip
