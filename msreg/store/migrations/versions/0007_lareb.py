"""Side effects that were handed to Lareb.

Revision ID: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def upgrade() -> None:
    """Make the tables of batches and reports, and an index of the side effects that are to be reported."""
    op.create_table(
        "lareb_batch",
        *_row(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=254), nullable=False),
        sa.Column("made_by_name", sa.String(length=254), nullable=False),
        sa.Column("centre_id", sa.String(length=32), nullable=True),
        sa.Column("sender", sa.String(length=60), nullable=False),
        sa.Column("receiver", sa.String(length=60), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("coded", sa.Integer(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("tail", sa.Text(), nullable=False),
        sa.Column("csv_head", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("written_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.String(length=2), nullable=True),
        sa.Column("answer_text", sa.String(length=500), nullable=True),
        sa.Column("answer_sha256", sa.String(length=64), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answer_seq", sa.Integer(), nullable=True),
        sa.CheckConstraint("answer IN ('AA', 'AE', 'AR')", name="ck_answer"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_lareb_batch_number", "lareb_batch", ["number"], unique=True)
    op.create_index("uq_lareb_batch_name", "lareb_batch", ["name"], unique=True)
    op.create_index("uq_lareb_batch_seq", "lareb_batch", ["seq"], unique=True)
    op.create_table(
        "lareb_report",
        *_row(),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("coded", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("answer", sa.String(length=2), nullable=True),
        sa.Column("answer_text", sa.String(length=500), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("edition >= 1", name="ck_edition"),
        sa.CheckConstraint("answer IN ('CA', 'CR')", name="ck_answer"),
        sa.ForeignKeyConstraint(["batch_id"], ["lareb_batch.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_lareb_report_edition", "lareb_report", ["event_id", "edition"], unique=True)
    op.create_index("uq_lareb_report_number", "lareb_report", ["number", "edition"], unique=True)
    op.create_index("uq_lareb_report_place", "lareb_report", ["batch_id", "place"], unique=True)
    op.create_index("ix_lareb_report_patient", "lareb_report", ["patient_id"], unique=False)
    op.create_index(
        "ix_adverse_event_lareb",
        "adverse_event",
        ["patient_id"],
        unique=False,
        sqlite_where=sa.text("report_to_lareb"),
        postgresql_where=sa.text("report_to_lareb"),
    )
