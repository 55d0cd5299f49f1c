"""An index on the events of the log that took something out of the registry.

Revision ID: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The colon before a letter would be a parameter to SQLAlchemy.
_LEFT = (
    """(instr(body, '"event":"exports.run"') > 0 OR instr(body, '"event":"events.send"') > 0"""
    r""" OR instr(body, '"to_file"\:true') > 0)"""
)


def upgrade() -> None:
    """Make the index; it holds a row for each export, and none for the millions of looks."""
    op.create_index(
        "ix_audit_event_left",
        "audit_event",
        ["seq"],
        unique=False,
        sqlite_where=sa.text(_LEFT),
        postgresql_where=sa.text(_LEFT.replace("instr", "strpos")),
    )
