"""Case notifications: the case, its steps, its documents in pieces, and null reports."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, LargeBinary, String, Text
from sqlmodel import Field, SQLModel

from msreg.models.base import Row, between, one_of
from msreg.vocabulary import CaseState, CaseStep, Process, ScanResult


class Notification(Row, table=True):
    """One case. `answers` are those of the form of a case (theme and patient number have columns), `crf` and
    `swansea` those of the two other forms, each None until somebody began it.

    `since` is the day on which it entered its state, `reminder_due_on` that of its next reminder, `reminded_weeks`
    how many weeks the last one of this round was about. `files_given` is the highest number that a file of it had.
    `opened_by` is the user who reported it; `month` the month (`2026-11`) that it answers for its centre.
    """

    __table_args__ = (
        Index("uq_notification_number", "process", "year", "number", unique=True),
        Index("ix_notification_centre", "centre_id", "state"),
        Index("ix_notification_opened", "opened_on"),
        Index("ix_notification_due", "reminder_due_on"),
        Index("ix_notification_month", "centre_id", "month"),
        one_of("process", Process),
        one_of("state", CaseState),
        between("year", 2000, 2999),
        CheckConstraint("number >= 1", name="ck_number"),
        CheckConstraint("length(month) = 7", name="ck_month"),
    )

    process: str = Field(max_length=10)
    year: int
    number: int
    theme: str = Field(max_length=40)
    state: str = Field(max_length=12)
    centre_id: str = Field(foreign_key="centre.id", max_length=32)
    patient_number: str | None = Field(default=None, max_length=20)
    opened_by: str = Field(max_length=254)
    opened_by_name: str = Field(max_length=254)
    opened_on: date
    month: str = Field(sa_column=Column(String(7), nullable=False, server_default="0000-00"))
    since: date
    reminder_due_on: date | None = None
    reminded_weeks: int = 0
    files_given: int = 0
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    form_version: int
    crf: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    crf_version: int | None = None
    swansea: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    swansea_version: int | None = None


class CaseStepTaken(Row, table=True):
    """One step of a case, kept for ever: who, when (`created_at`), from where to where, and the remark."""

    __tablename__ = "case_step"
    __table_args__ = (
        Index("uq_case_step_place", "notification_id", "place", unique=True),
        one_of("step", CaseStep),
        one_of("before", CaseState),
        one_of("after", CaseState),
    )

    notification_id: str = Field(foreign_key="notification.id", max_length=32)
    place: int
    step: str = Field(max_length=10)
    before: str | None = Field(default=None, max_length=12)
    after: str = Field(max_length=12)
    user: str = Field(max_length=254)
    user_name: str = Field(max_length=254)
    role: str = Field(max_length=15)
    remark: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class CaseDocument(Row, table=True):
    """One file of a case; its bytes are in `case_chunk`.

    `wanted` is the key of the wanted document that it is, None for another one. `form` is the form that msreg made
    it of by itself, with the version of that form. `traces` counts what may tell who somebody is, by kind, and
    `searched` marks for which words of the case: other answers, another search. `held`: it is in quarantine,
    because a scanner is required and could not say that it is clean.
    """

    __tablename__ = "case_document"
    __table_args__ = (
        Index("uq_case_document_place", "notification_id", "place", unique=True),
        Index("uq_case_document_bytes", "notification_id", "sha256", unique=True),
        one_of("scan", ScanResult),
        CheckConstraint("size >= 1", name="ck_size"),
    )

    notification_id: str = Field(foreign_key="notification.id", max_length=32)
    place: int
    name: str = Field(max_length=200)
    kind: str = Field(max_length=5)
    size: int
    sha256: str = Field(max_length=64)
    wanted: str | None = Field(default=None, max_length=40)
    form: str | None = Field(default=None, max_length=30)
    form_version: int | None = None
    traces: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    searched: str | None = Field(default=None, max_length=64)
    scan: str = Field(max_length=12)
    held: bool = False
    user: str = Field(max_length=254)
    user_name: str = Field(max_length=254)


class CaseChunk(SQLModel, table=True):
    """One piece of a document; SQLCipher enciphers it like every other page."""

    __tablename__ = "case_chunk"

    document_id: str = Field(primary_key=True, max_length=32)
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    piece: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class NullReport(Row, table=True):
    """A centre had no case of a process in a month (`2026-11`). `undone_by` is the case that it had after all."""

    __tablename__ = "null_report"
    __table_args__ = (
        Index("uq_null_report", "centre_id", "process", "month", unique=True),
        one_of("process", Process),
        CheckConstraint("length(month) = 7", name="ck_month"),
    )

    centre_id: str = Field(foreign_key="centre.id", max_length=32)
    process: str = Field(max_length=10)
    month: str = Field(max_length=7)
    user: str = Field(max_length=254)
    user_name: str = Field(max_length=254)
    undone_by: str | None = Field(default=None, max_length=32)
