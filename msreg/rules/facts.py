"""What rules may know: frozen plain values, named as the questions of the forms are.

`faulty` holds the keys whose value was refused already; no check runs on those.
A value that is not known is None, and None is neither 0 nor no.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Self

from msreg.vocabulary import Record

PartialDate = str
"""A year, a month or a day: "2019", "2019-05" or "2019-05-17"."""


@cache
def _names(cls: type) -> tuple[str, ...]:
    own = {"ref", "faulty"}
    return tuple(f.name for f in fields(cls) if f.name not in own)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    record: ClassVar[Record]
    ref: Any = None
    faulty: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, values: Mapping[str, Any], *, ref: Any = None, faulty: Collection[str] = (), **more: Any
    ) -> Self:
        """Take from `values` what checks read; what is refused or absent becomes None."""
        bad = frozenset(faulty)
        names = _names(cls)  # type: ignore[arg-type]  # mypy takes the hash of a row for that of its class
        get = values.get
        known = {name: get(name) for name in names}
        for name in bad:
            if name in known:
                known[name] = None
        known.update(more)
        return cls(ref=ref, faulty=bad, **known)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFacts(_Facts):
    """A patient with the diagnosis. `bsn_known` says where the registry has this BSN already."""

    record: ClassVar[Record] = Record.PATIENT
    consent: bool | None = None
    consent_date: date | None = None
    bsn: str | None = None
    birth_date: date | None = None
    postal_code: str | None = None
    email: str | None = None
    deceased: bool | None = None
    deceased_on: date | None = None
    treatment_ended: bool | None = None
    treatment_ended_on: date | None = None
    first_symptom: PartialDate | None = None
    diagnosis_date: date | None = None
    diagnosis_phenotype: str | None = None
    number_known: bool = False
    """Whether another patient of the centre has this patient number."""
    bsn_known: str | None = None
    """None, "same_centre" or "other_centre": another patient with this BSN."""
    withdrawn_on: date | None = None
    """Since when there is no consent any more."""
    new_data: bool = False
    """Whether an answer of the patient or of a record is new or changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFacts(_Facts):
    """One dated follow-up record."""

    record: ClassVar[Record] = Record.COURSE
    course_date: date | None = None
    edss_method: str | None = None
    edss: Decimal | None = None
    mri_done: bool | None = None
    mri_date: date | None = None
    fs_pyramidal: int | None = None
    fs_cerebellar: int | None = None
    fs_brainstem: int | None = None
    fs_sensory: int | None = None
    fs_bowel_bladder: int | None = None
    fs_visual: int | None = None
    fs_cerebral: int | None = None
    fs_ambulation: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseFacts(_Facts):
    """A phenotype change, a relapse or the referral, told apart by `kind`."""

    record: ClassVar[Record] = Record.DISEASE
    kind: str | None = None
    date: date | None = None
    phenotype: str | None = None
    methylprednisolone: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationFacts(_Facts):
    """One period of one medicine, with what the catalogue says of it."""

    record: ClassVar[Record] = Record.MEDICATION
    medicine: str | None = None
    start_date: date | None = None
    stop_date: date | None = None
    deviating_interval: bool | None = None
    interval_days: int | None = None
    cyp2c9: str | None = None
    regular_interval_days: Decimal | None = None
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts(_Facts):
    """A side effect; `medication_start` is the start of the medicine that it belongs to."""

    record: ClassVar[Record] = Record.ADVERSE_EVENT
    description: str | None = None
    meddra_llt: str | None = None
    meddra_version: str | None = None
    report_to_lareb: bool | None = None
    start_date: date | None = None
    end_date: date | None = None
    outcome: str | None = None
    seriousness: tuple[str, ...] | None = None
    medication_start: date | None = None
    medication_ref: Any = None
    """The `ref` of the medication that it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromFacts(_Facts):
    """One filled-in EQ-5D-5L."""

    record: ClassVar[Record] = Record.PROM
    answered_on: date | None = None


Facts = PatientFacts | CourseFacts | DiseaseFacts | MedicationFacts | EventFacts | PromFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFacts:
    """One patient with everything that belongs to it; checks judge it as a whole."""

    patient: PatientFacts
    courses: tuple[CourseFacts, ...] = ()
    disease: tuple[DiseaseFacts, ...] = ()
    medication: tuple[MedicationFacts, ...] = ()
    events: tuple[EventFacts, ...] = ()
    proms: tuple[PromFacts, ...] = ()
    made_up: bool = field(default=False)
    """True in a demo or test registry, where test BSNs are expected."""

    def of(self, record: Record) -> tuple[Facts, ...]:
        """The facts of one kind of record."""
        found: dict[Record, tuple[Facts, ...]] = {
            Record.PATIENT: (self.patient,),
            Record.COURSE: self.courses,
            Record.DISEASE: self.disease,
            Record.MEDICATION: self.medication,
            Record.ADVERSE_EVENT: self.events,
            Record.PROM: self.proms,
        }
        return found[record]
