"""What every table has: an id made by the client, when it was made and changed, and a version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from msreg.errors import MsregError
from msreg.models.ids import new_id
from msreg.vocabulary import N_

__all__ = ["Row", "UtcDateTime", "between", "from_1900", "new_id", "one_of"]


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; one without a time zone is refused instead of guessed."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise MsregError(N_("A moment without a time zone cannot be stored."))
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Row(SQLModel):
    """The columns of every table. `version` counts changes; a write that expects another one conflicts."""

    id: str = Field(primary_key=True, min_length=32, max_length=32)
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    updated_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    version: int = Field(default=1, nullable=False)


def one_of(column: str, codes: Iterable[str]) -> CheckConstraint:
    """CHECK that a column holds one of these codes or nothing."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{column}")


def from_1900(column: str) -> CheckConstraint:
    """CHECK that a day is not before 1900, the first day that the forms take."""
    return CheckConstraint(f"{column} >= '1900-01-01'", name=f"ck_{column}_first")


def between(column: str, low: Any, high: Any) -> CheckConstraint:
    """CHECK that a number lies within limits, both included."""
    return CheckConstraint(f"{column} BETWEEN {low} AND {high}", name=f"ck_{column}")
