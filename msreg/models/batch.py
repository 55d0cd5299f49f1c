"""Batch files that were loaded: who, what, when, and whether it was taken back (SPEC B5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column, Index
from sqlmodel import Field

from msreg.models.base import Row, UtcDateTime


class Batch(Row, table=True):
    """One load of a batch file; `created_at` is its moment, `seq` its event in the log.

    `centre_id` is the centre of who loaded it, `centres` are the codes that the file is about. What the load
    did to single records stands in the items of its event.
    """

    __table_args__ = (
        Index("uq_batch_number", "number", unique=True),
        Index("uq_batch_seq", "seq", unique=True),
        Index("uq_batch_undone_seq", "undone_seq", unique=True),
        CheckConstraint("undone_seq > seq", name="ck_undone_seq"),
    )

    number: int
    seq: int
    loaded_by: str = Field(max_length=254)
    loaded_by_name: str = Field(max_length=254)
    centre_id: str | None = Field(default=None, foreign_key="centre.id", max_length=32)
    file: str = Field(max_length=255)
    sha256: str = Field(max_length=64)
    format: str = Field(max_length=20)
    centres: list[str] = Field(sa_column=Column(JSON, nullable=False))
    added: int
    changed: int
    unchanged: int
    skipped: int
    refused: int
    partial: bool
    undone_seq: int | None = None
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str | None = Field(default=None, max_length=254)
