"""Medication: periods of one medicine, and the side effects that belong to them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, text
from sqlmodel import Field

from msreg.models.base import Row, from_1900, one_of


class Medication(Row, table=True):
    """One period of one medicine; `medicine` is a code of the catalogue."""

    __table_args__ = (
        Index("uq_medication_start", "patient_id", "medicine", "start_date", unique=True),
        CheckConstraint("stop_date >= start_date", name="ck_stop_date"),
        from_1900("start_date"),
    )

    patient_id: str = Field(foreign_key="patient.id", max_length=32)
    centre_id: str = Field(foreign_key="centre.id", max_length=32)
    medicine: str = Field(max_length=20)
    start_date: date
    stop_date: date | None = None
    deviating_interval: bool | None = None
    stop_reasons: str | None = Field(default=None, max_length=200)
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    form_version: str = Field(max_length=40)
    complete: bool
    open_questions: int


class AdverseEvent(Row, table=True):
    """A side effect of one medicine, perhaps to be reported to Lareb."""

    __tablename__ = "adverse_event"
    __table_args__ = (
        Index("uq_adverse_event", "medication_id", "description", unique=True),
        Index("ix_adverse_event_patient", "patient_id"),
        Index(
            "ix_adverse_event_lareb",
            "patient_id",
            sqlite_where=text("report_to_lareb"),
            postgresql_where=text("report_to_lareb"),
        ),
        one_of("outcome", ("recovered", "recovering", "not_recovered", "sequelae", "fatal", "unknown")),
        from_1900("start_date"),
    )

    patient_id: str = Field(foreign_key="patient.id", max_length=32)
    medication_id: str = Field(foreign_key="medication.id", max_length=32)
    centre_id: str = Field(foreign_key="centre.id", max_length=32)
    description: str = Field(max_length=250)
    report_to_lareb: bool | None = None
    start_date: date | None = None
    outcome: str | None = Field(default=None, max_length=15)
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    form_version: str = Field(max_length=40)
    complete: bool
    open_questions: int
