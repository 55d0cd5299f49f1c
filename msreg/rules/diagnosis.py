"""Checks of the diagnosis: its date against birth and against the first symptom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msreg.rules.checks import Fault, at, check
from msreg.rules.facts import PatientFacts, RecordFacts
from msreg.vocabulary import N_, Record


def _to_precision(day: date, partial: str) -> str:
    """`day` written as precisely as `partial` is: the texts then compare as the dates do."""
    return day.isoformat()[: len(partial)]


@check("DIA-001", Record.PATIENT, "diagnosis_date", "birth_date")
def diagnosis_after_birth(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Date of diagnosis is not before birth

    An earlier date is a typing error in one of the two dates.

    Bad: born on 1970-01-03, diagnosis on 1970-01-02.

    Good: born on 1970-01-03, diagnosis on 2021-03-07.
    """
    day, birth = patient.diagnosis_date, patient.birth_date
    if day is not None and birth is not None and day < birth:
        yield at(patient, "diagnosis_date", N_("the date of diagnosis is before the date of birth"))


@check("DIA-002", Record.PATIENT, "first_symptom", "diagnosis_date")
def symptom_before_diagnosis(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """First symptom is not after the diagnosis

    The first symptom leads to the diagnosis. Of the first symptom a year or a month may be all that is
    known; then only the year, or the year and the month, are compared.

    Bad: first symptom in 2021-04, diagnosis on 2021-03-07.

    Good: first symptom in 2021, diagnosis on 2021-03-07.
    """
    first, day = patient.first_symptom, patient.diagnosis_date
    if first is not None and day is not None and first > _to_precision(day, first):
        yield at(patient, "first_symptom", N_("the first symptom is after the date of diagnosis"))


@check("DIA-003", Record.PATIENT, "first_symptom", "birth_date")
def symptom_after_birth(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """First symptom is not before birth

    When only a year or a month is known of the first symptom, only the year, or the year and the month,
    are compared.

    Bad: first symptom in 1969, born on 1970-01-03.

    Good: first symptom in 2019, born on 1970-01-03.
    """
    first, birth = patient.first_symptom, patient.birth_date
    if first is not None and birth is not None and first < _to_precision(birth, first):
        yield at(patient, "first_symptom", N_("the first symptom is before the date of birth"))
