"""Entries that somebody began and has not finished: what was answered, and how far they came."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from msreg.models.base import Row, one_of
from msreg.vocabulary import Record


class Draft(Row, table=True):
    """One guided entry under way, of one user, `begun_by`.

    `answers` are those that the record cannot take yet; the others stand in the record, `record_id`, once
    there is one. `passed` are the questions that were answered or left open, in the order in which they were
    asked, and `confirmed` the doubts that were called right. No foreign keys to records: an entry outlives what
    somebody else deletes, and then says so.
    """

    __table_args__ = (
        Index("ix_draft_begun_by", "begun_by", "updated_at"),
        Index("ix_draft_patient", "patient_id"),
        one_of("record", Record),
    )

    begun_by: str = Field(max_length=254)
    record: str = Field(max_length=15)
    adding: bool
    centre_id: str | None = Field(default=None, foreign_key="centre.id", max_length=32)
    patient_id: str | None = Field(default=None, max_length=32)
    parent_id: str | None = Field(default=None, max_length=32)
    record_id: str | None = Field(default=None, max_length=32)
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    passed: list[str] = Field(sa_column=Column(JSON, nullable=False))
    confirmed: list[list[str]] = Field(sa_column=Column(JSON, nullable=False))
