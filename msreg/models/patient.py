"""Patients with their diagnosis, and with whom they are shared."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Date, Index, text
from sqlmodel import Field

from msreg.models.base import Row, from_1900, one_of
from msreg.vocabulary import Language, Phenotype


class Patient(Row, table=True):
    """A patient of the MS registry.

    The columns up to `diagnosis_phenotype` are items of the forms patient and diagnosis, and `answers` holds
    the other items. The columns from `search_name` on are derived: services write them through the rules; but
    these are facts: `withdrawn_on`, since when there is no consent any more; `mail_stopped_on`, since when the
    patient wants no mail; `asked_for_on` and `asked_course_id`, for which day and course the last invitation to the
    questionnaire was. `ask_due_on` is the day of the next one, nothing while there is none to come.
    """

    __table_args__ = (
        Index("uq_patient_number", "number", unique=True),
        Index("uq_patient_in_centre", "centre_id", "patient_number", unique=True),
        Index("uq_patient_bsn", "bsn", unique=True),
        Index("ix_patient_search_name", "search_name", "number"),
        Index(
            "ix_patient_search_full",
            "search_full",
            "number",
            sqlite_where=text("search_full <> search_name"),
            postgresql_where=text("search_full <> search_name"),
        ),
        # One for every order of the overview, each with the number behind it (store/queries/browsing).
        Index("ix_patient_birth", "birth_date", "number"),
        Index("ix_patient_last_course", "last_course_on", "number"),
        Index("ix_patient_changed", "updated_at", "number"),
        Index("ix_patient_bsn", "bsn", "number"),
        Index("ix_patient_patient_number", "patient_number", "number"),
        Index("ix_patient_sex", "sex", "number"),
        Index("ix_patient_phenotype", "last_phenotype", "number"),
        Index("ix_patient_open_questions", "open_questions", "number"),
        Index("ix_patient_deceased", "deceased", "number"),
        Index("ix_patient_ended", "treatment_ended", "number"),
        Index("ix_patient_centre", "centre_id", "number"),
        Index(
            "ix_patient_course_due",
            "course_due_on",
            sqlite_where=text("course_due_on IS NOT NULL"),
            postgresql_where=text("course_due_on IS NOT NULL"),
        ),
        Index(
            "ix_patient_invite_due",
            "invite_due_on",
            sqlite_where=text("invite_due_on IS NOT NULL"),
            postgresql_where=text("invite_due_on IS NOT NULL"),
        ),
        Index(
            "ix_patient_ask_due",
            "ask_due_on",
            sqlite_where=text("ask_due_on IS NOT NULL"),
            postgresql_where=text("ask_due_on IS NOT NULL"),
        ),
        Index(
            "ix_patient_asked",
            "asked_for_on",
            sqlite_where=text("asked_for_on IS NOT NULL"),
            postgresql_where=text("asked_for_on IS NOT NULL"),
        ),
        Index(
            "ix_patient_incomplete",
            "centre_id",
            sqlite_where=text("NOT complete"),
            postgresql_where=text("NOT complete"),
        ),
        CheckConstraint("consent", name="ck_consent"),
        one_of("sex", ("male", "female", "other")),
        one_of("language", Language),
        one_of("diagnosis_phenotype", Phenotype),
        one_of("last_phenotype", Phenotype),
        CheckConstraint("length(bsn) = 9", name="ck_bsn"),
        from_1900("birth_date"),
        from_1900("consent_date"),
        from_1900("deceased_on"),
        from_1900("treatment_ended_on"),
        from_1900("diagnosis_date"),
        from_1900("withdrawn_on"),
        from_1900("mail_stopped_on"),
        CheckConstraint("deceased_on >= birth_date", name="ck_deceased_on"),
    )

    number: int
    centre_id: str = Field(foreign_key="centre.id", max_length=32)
    consent: bool
    consent_date: date | None = None
    patient_number: str = Field(max_length=20)
    bsn: str | None = Field(default=None, max_length=9)
    family_name: str = Field(max_length=100)
    name_prefix: str | None = Field(default=None, max_length=20)
    initials: str | None = Field(default=None, max_length=20)
    birth_date: date | None = None
    sex: str | None = Field(default=None, max_length=10)
    postal_code: str | None = Field(default=None, max_length=10)
    email: str | None = Field(default=None, max_length=254)
    language: str | None = Field(default=None, max_length=2)
    deceased: bool | None = None
    deceased_on: date | None = None
    treatment_ended: bool | None = None
    treatment_ended_on: date | None = None
    diagnosis_date: date | None = None
    diagnosis_phenotype: str | None = Field(default=None, max_length=4)
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    form_version: str = Field(max_length=40)
    search_name: str = Field(max_length=100)
    search_full: str = Field(max_length=120)
    complete: bool
    open_questions: int
    last_course_on: date | None = None
    last_phenotype: str | None = Field(default=None, max_length=4)
    course_due_on: date | None = Field(default=None, sa_column=Column(Date))
    invite_due_on: date | None = Field(default=None, sa_column=Column(Date))
    withdrawn_on: date | None = None
    mail_stopped_on: date | None = None
    asked_for_on: date | None = None
    asked_course_id: str | None = Field(default=None, max_length=32)
    ask_due_on: date | None = None


class Share(Row, table=True):
    """A patient whom a second centre may see and add to, from `since` until `until`."""

    __table_args__ = (
        Index(
            "uq_share",
            "patient_id",
            "centre_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
        Index("ix_share_centre", "centre_id", "patient_id"),
    )

    patient_id: str = Field(foreign_key="patient.id", max_length=32)
    centre_id: str = Field(foreign_key="centre.id", max_length=32)
    since: date
    until: date | None = None
