"""Tables of the registry office: the registry itself, centres, and who works for which."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from msreg.models.base import Row, one_of
from msreg.vocabulary import Role


class Meta(SQLModel, table=True):
    """Facts about the registry itself: its id, the version of its tables, whether its people are made up."""

    key: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=200)


class Centre(Row, table=True):
    """A hospital that takes part; `code` is what people type."""

    __table_args__ = (Index("uq_centre_code", "code", unique=True),)

    code: str = Field(max_length=20)
    name: str = Field(max_length=100)
    city: str | None = Field(default=None, max_length=100)
    active: bool = Field(default=True, nullable=False)


class Operator(Row, table=True):
    """A user of the operating system with a role, in one centre or, without centre, in all.

    This stands in for accounts until there are any; `services/access.py` alone reads it.
    """

    __table_args__ = (
        Index("uq_operator", "os_user", unique=True),
        one_of("role", Role),
    )

    os_user: str = Field(max_length=100)
    role: str = Field(max_length=20)
    centre_id: str | None = Field(default=None, foreign_key="centre.id", max_length=32)
