"""Tables of the registry office: the registry itself, centres, and who works for which."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from msreg.models.base import Row, one_of
from msreg.vocabulary import Language, Role

GIVEN_ROLES = tuple(each for each in Role if each is not Role.PATIENT)
"""Roles that somebody can be given."""


class Meta(SQLModel, table=True):
    """Facts about the registry itself: its id, the version of its tables, whether its people are made up."""

    key: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=200)


class Centre(Row, table=True):
    """A hospital that takes part; `code` is what people type.

    `email` is where the registry office reaches the centre by mail, in `language`.
    """

    __table_args__ = (Index("uq_centre_code", "code", unique=True), one_of("language", Language))

    code: str = Field(max_length=20)
    name: str = Field(max_length=100)
    city: str | None = Field(default=None, max_length=100)
    active: bool = Field(default=True, nullable=False)
    email: str | None = Field(default=None, max_length=254)
    language: str | None = Field(default=None, max_length=2)


class Operator(Row, table=True):
    """A user of the operating system with a role, in one centre or, without centre, in all.

    This stands in for accounts until there are any; `services/access.py` says what the role may. `email` is where
    mails about cases go, in `language`; somebody who only uses the links in them has no user on the machine.
    """

    __table_args__ = (
        Index("uq_operator", "os_user", unique=True),
        one_of("role", GIVEN_ROLES),
        one_of("language", Language),
    )

    os_user: str = Field(max_length=100)
    role: str = Field(max_length=20)
    centre_id: str | None = Field(default=None, foreign_key="centre.id", max_length=32)
    email: str | None = Field(default=None, max_length=254)
    language: str | None = Field(default=None, max_length=2)
