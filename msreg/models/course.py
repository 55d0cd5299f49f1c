"""Courses: dated follow-up records."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, Numeric
from sqlmodel import Field

from msreg.models.base import Row, between, from_1900, one_of


class Course(Row, table=True):
    """One follow-up record of a patient; `centre_id` is the centre that wrote it."""

    __table_args__ = (
        Index("uq_course_day", "patient_id", "course_date", unique=True),
        one_of("edss_method", ("assessed", "estimated", "not_done")),
        CheckConstraint(
            "edss BETWEEN 0 AND 10 AND edss <> 0.5 AND edss * 2 = round(edss * 2)", name="ck_edss"
        ),
        one_of("mri_new_t2", ("0", "1", "2", "3_or_more", "unknown")),
        between("mri_gd_lesions", 0, 100),
        from_1900("course_date"),
        from_1900("mri_date"),
    )

    patient_id: str = Field(foreign_key="patient.id", max_length=32)
    centre_id: str = Field(foreign_key="centre.id", max_length=32)
    course_date: date
    edss_method: str | None = Field(default=None, max_length=10)
    edss: float | None = Field(default=None, sa_column=Column(Numeric(3, 1, asdecimal=False)))
    mri_done: bool | None = None
    mri_date: date | None = None
    mri_new_t2: str | None = Field(default=None, max_length=10)
    mri_gd_lesions: int | None = None
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    form_version: str = Field(max_length=40)
    complete: bool
    open_questions: int
