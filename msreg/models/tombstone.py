"""Patients who were erased: that there was one, and nothing of who it was (SPEC P10)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field

from msreg.models.base import Row


class Tombstone(Row, table=True):
    """One erased patient. `id` is the id that the patient had, by which the log names what it is about.

    Neither medical nor personal data: the registry number, which is never given again, the centre that had
    registered the patient, the day, who erased, and the event in the log.
    """

    __table_args__ = (
        Index("uq_tombstone_number", "number", unique=True),
        Index("uq_tombstone_seq", "seq", unique=True),
    )

    number: int
    centre_id: str = Field(foreign_key="centre.id", max_length=32)
    erased_on: date
    erased_by: str = Field(max_length=254)
    seq: int
