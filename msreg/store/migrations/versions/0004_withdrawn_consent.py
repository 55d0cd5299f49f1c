"""Consent that was withdrawn, and patients who were erased.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from msreg.store.audit_schema import allow_erasing

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns in place, make the table, and let the log give up what it holds of the erased.

    The column of `patient` by SQL text: Alembic would make the table of all patients anew for its CHECK.
    """
    op.execute(
        "ALTER TABLE patient ADD COLUMN withdrawn_on DATE"
        " CONSTRAINT ck_withdrawn_on_first CHECK (withdrawn_on >= '1900-01-01')"
    )
    op.add_column("audit_item", sa.Column("erased_seq", sa.Integer(), nullable=True))
    op.create_index(
        "ix_audit_item_erased",
        "audit_item",
        ["erased_seq"],
        unique=False,
        sqlite_where=sa.text("erased_seq IS NOT NULL"),
        postgresql_where=sa.text("erased_seq IS NOT NULL"),
    )
    op.create_table(
        "tombstone",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.String(length=32), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.Column("erased_by", sa.String(length=254), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"],
            ["centre.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_tombstone_number", "tombstone", ["number"], unique=True)
    op.create_index("uq_tombstone_seq", "tombstone", ["seq"], unique=True)
    allow_erasing(op.execute)
