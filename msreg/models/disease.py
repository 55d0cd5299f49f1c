"""The disease history: phenotype changes, relapses and the referral."""

from __future__ import annotations

from datetime import date as day
from typing import Any

from sqlalchemy import JSON, Column, Date, Index
from sqlmodel import Field

from msreg.models.base import Row, from_1900, one_of
from msreg.vocabulary import DiseaseKind, Phenotype


class DiseaseEvent(Row, table=True):
    """One row of the disease history, told apart by `kind`."""

    __tablename__ = "disease_event"
    __table_args__ = (
        Index("ix_disease_event_patient", "patient_id", "kind", "date"),
        one_of("kind", DiseaseKind),
        one_of("phenotype", Phenotype),
        from_1900("date"),
    )

    patient_id: str = Field(foreign_key="patient.id", max_length=32)
    centre_id: str = Field(foreign_key="centre.id", max_length=32)
    kind: str = Field(max_length=10)
    date: day | None = Field(default=None, sa_column=Column(Date))
    phenotype: str | None = Field(default=None, max_length=4)
    methylprednisolone: bool | None = None
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    form_version: str = Field(max_length=40)
    complete: bool
    open_questions: int
