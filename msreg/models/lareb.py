"""Batches of side effects that were handed to Lareb, with every report as it was written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Text
from sqlmodel import Field

from msreg.models.base import Row, UtcDateTime, one_of


class LarebBatch(Row, table=True):
    """One batch; `created_at` is its moment, `seq` its event in the log.

    `head` and `tail` stand around the messages in the XML, `csv_head` over the lines of the CSV. `written_at`:
    when its files were finished first; until then whoever sends next writes them. `answer` is that of Lareb.
    """

    __tablename__ = "lareb_batch"
    __table_args__ = (
        Index("uq_lareb_batch_number", "number", unique=True),
        Index("uq_lareb_batch_name", "name", unique=True),
        Index("uq_lareb_batch_seq", "seq", unique=True),
        one_of("answer", ("AA", "AE", "AR")),
    )

    number: int
    name: str = Field(max_length=100)
    seq: int
    made_by: str = Field(max_length=254)
    made_by_name: str = Field(max_length=254)
    centre_id: str | None = Field(default=None, foreign_key="centre.id", max_length=32)
    sender: str = Field(max_length=60)
    receiver: str = Field(max_length=60)
    reports: int
    coded: int
    head: str = Field(sa_column=Column(Text, nullable=False))
    tail: str = Field(sa_column=Column(Text, nullable=False))
    csv_head: str = Field(sa_column=Column(Text, nullable=False))
    sha256: str | None = Field(default=None, max_length=64)
    written_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer: str | None = Field(default=None, max_length=2)
    answer_text: str | None = Field(default=None, max_length=500)
    answer_sha256: str | None = Field(default=None, max_length=64)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer_seq: int | None = None


class LarebReport(Row, table=True):
    """One report of a side effect in a batch; a side effect that was sent again has a later `edition`.

    No foreign key to the side effect or the patient: what was handed over outlives them. `message` is the XML as
    it was sent (zlib), nothing for a side effect without a MedDRA code; `line` that of the CSV; `digest` tells
    whether the side effect changed since. Erasing the patient empties these and `answer_text`.
    """

    __tablename__ = "lareb_report"
    __table_args__ = (
        Index("uq_lareb_report_edition", "event_id", "edition", unique=True),
        Index("uq_lareb_report_number", "number", "edition", unique=True),
        Index("uq_lareb_report_place", "batch_id", "place", unique=True),
        Index("ix_lareb_report_patient", "patient_id"),
        CheckConstraint("edition >= 1", name="ck_edition"),
        one_of("answer", ("CA", "CR")),
    )

    batch_id: str = Field(foreign_key="lareb_batch.id", max_length=32)
    place: int
    event_id: str = Field(max_length=32)
    patient_id: str = Field(max_length=32)
    number: int
    name: str = Field(max_length=100)
    edition: int
    coded: bool
    digest: str | None = Field(default=None, max_length=64)
    message: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    line: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    answer: str | None = Field(default=None, max_length=2)
    answer_text: str | None = Field(default=None, max_length=500)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
