"""PROMs: the EQ-5D-5L as a patient filled it in on one day."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, Index, Numeric
from sqlmodel import Field

from msreg.models.base import Row, between, from_1900, one_of

_LEVELS = ("1", "2", "3", "4", "5")


class Prom(Row, table=True):
    """One filled-in list; `centre_id` is the centre that wrote it.

    `profile`, `index_value` and `value_set` are derived: services write them through `rules/eq5d`, and they are
    empty while a dimension is not answered.
    """

    __table_args__ = (
        Index("uq_prom_day", "patient_id", "answered_on", unique=True),
        from_1900("answered_on"),
        one_of("mobility", _LEVELS),
        one_of("self_care", _LEVELS),
        one_of("usual_activities", _LEVELS),
        one_of("pain_discomfort", _LEVELS),
        one_of("anxiety_depression", _LEVELS),
        between("health_score", 0, 100),
        between("index_value", -1, 1),
    )

    patient_id: str = Field(foreign_key="patient.id", max_length=32)
    centre_id: str = Field(foreign_key="centre.id", max_length=32)
    answered_on: date
    mobility: str | None = Field(default=None, max_length=1)
    self_care: str | None = Field(default=None, max_length=1)
    usual_activities: str | None = Field(default=None, max_length=1)
    pain_discomfort: str | None = Field(default=None, max_length=1)
    anxiety_depression: str | None = Field(default=None, max_length=1)
    health_score: int | None = None
    profile: str | None = Field(default=None, max_length=5)
    index_value: float | None = Field(default=None, sa_column=Column(Numeric(4, 3, asdecimal=False)))
    value_set: str | None = Field(default=None, max_length=40)
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    form_version: str = Field(max_length=40)
    complete: bool
    open_questions: int
