"""The log: one chained row an event, and one row for each record that the event touched or showed."""

from __future__ import annotations

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

# The colon before a letter would be a parameter to SQLAlchemy.
_LEFT = (
    """(instr(body, '"event":"exports.run"') > 0 OR instr(body, '"event":"events.send"') > 0"""
    r""" OR instr(body, '"to_file"\:true') > 0)"""
)


class AuditEvent(SQLModel, table=True):
    """One event. `body` is what happened; `mac` binds it to all that came before (no foreign keys: history
    outlives what it is about)."""

    __tablename__ = "audit_event"
    # What left the registry is found without reading the whole log; `store/queries/left` asks in these words.
    __table_args__ = (
        Index(
            "ix_audit_event_left",
            "seq",
            sqlite_where=text(_LEFT),
            postgresql_where=text(_LEFT.replace("instr", "strpos")),
        ),
    )

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    body: str = Field(sa_type=Text)
    prev: str = Field(max_length=64)
    mac: str = Field(max_length=64)


class AuditItem(SQLModel, table=True):
    """One record that an event touched or showed, with what it was and what it became.

    `erased_seq` is the event that took both away, when the patient was erased.
    """

    __tablename__ = "audit_item"
    __table_args__ = (
        Index("ix_audit_item_patient", "patient_id", "seq"),
        Index(
            "ix_audit_item_erased",
            "erased_seq",
            sqlite_where=text("erased_seq IS NOT NULL"),
            postgresql_where=text("erased_seq IS NOT NULL"),
        ),
        # What was done to one case, and who looked at it; cases have no patient to be found by.
        Index(
            "ix_audit_item_case",
            "entity_id",
            "seq",
            sqlite_where=text("entity = 'notification'"),
            postgresql_where=text("entity = 'notification'"),
        ),
    )

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    patient_id: str | None = Field(default=None, max_length=32)
    entity: str = Field(max_length=20)
    entity_id: str = Field(max_length=40)
    action: str = Field(max_length=1)
    before: str | None = Field(default=None, sa_type=Text)
    after: str | None = Field(default=None, sa_type=Text)
    digest: str = Field(max_length=64)
    erased_seq: int | None = None
