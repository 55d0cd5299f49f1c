"""Case notifications.

Revision ID: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_STATES = "'concept', 'submitted', 'incomplete', 'approved', 'withdrawn'"
_PROCESSES = "process IN ('nethoss', 'lza1')"


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _who() -> list[sa.Column[object]]:
    return [
        sa.Column("user", sa.String(length=254), nullable=False),
        sa.Column("user_name", sa.String(length=254), nullable=False),
    ]


def upgrade() -> None:
    """Make the tables of cases, their steps and documents, and of null reports."""
    op.create_table(
        "notification",
        *_row(),
        sa.Column("process", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("centre_id", sa.String(length=32), nullable=False),
        sa.Column("patient_number", sa.String(length=20), nullable=True),
        sa.Column("opened_by", sa.String(length=254), nullable=False),
        sa.Column("opened_by_name", sa.String(length=254), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reminder_due_on", sa.Date(), nullable=True),
        sa.Column("reminded_weeks", sa.Integer(), nullable=False),
        sa.Column("files_given", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("crf", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("crf_version", sa.Integer(), nullable=True),
        sa.Column("swansea", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("swansea_version", sa.Integer(), nullable=True),
        sa.CheckConstraint(_PROCESSES, name="ck_process"),
        sa.CheckConstraint(f"state IN ({_STATES})", name="ck_state"),
        sa.CheckConstraint("year BETWEEN 2000 AND 2999", name="ck_year"),
        sa.CheckConstraint("number >= 1", name="ck_number"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_notification_number", "notification", ["process", "year", "number"], unique=True)
    op.create_index("ix_notification_centre", "notification", ["centre_id", "state"], unique=False)
    op.create_index("ix_notification_opened", "notification", ["opened_on"], unique=False)
    op.create_index("ix_notification_due", "notification", ["reminder_due_on"], unique=False)
    op.create_table(
        "case_step",
        *_row(),
        sa.Column("notification_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("before", sa.String(length=12), nullable=True),
        sa.Column("after", sa.String(length=12), nullable=False),
        *_who(),
        sa.Column("role", sa.String(length=15), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.CheckConstraint("step IN ('create', 'submit', 'return', 'approve', 'withdraw')", name="ck_step"),
        sa.CheckConstraint(f"before IN ({_STATES})", name="ck_before"),
        sa.CheckConstraint(f"after IN ({_STATES})", name="ck_after"),
        sa.ForeignKeyConstraint(["notification_id"], ["notification.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_case_step_place", "case_step", ["notification_id", "place"], unique=True)
    op.create_table(
        "case_document",
        *_row(),
        sa.Column("notification_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("wanted", sa.String(length=40), nullable=True),
        sa.Column("form", sa.String(length=30), nullable=True),
        sa.Column("form_version", sa.Integer(), nullable=True),
        sa.Column("traces", sa.JSON(), nullable=False),
        sa.Column("searched", sa.String(length=64), nullable=True),
        sa.Column("scan", sa.String(length=12), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        *_who(),
        sa.CheckConstraint("scan IN ('clean', 'infected', 'not_scanned')", name="ck_scan"),
        sa.CheckConstraint("size >= 1", name="ck_size"),
        sa.ForeignKeyConstraint(["notification_id"], ["notification.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_case_document_place", "case_document", ["notification_id", "place"], unique=True)
    op.create_index("uq_case_document_bytes", "case_document", ["notification_id", "sha256"], unique=True)
    op.create_table(
        "case_chunk",
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("piece", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "n"),
    )
    op.create_table(
        "null_report",
        *_row(),
        sa.Column("centre_id", sa.String(length=32), nullable=False),
        sa.Column("process", sa.String(length=10), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        *_who(),
        sa.Column("undone_by", sa.String(length=32), nullable=True),
        sa.CheckConstraint(_PROCESSES, name="ck_process"),
        sa.CheckConstraint("length(month) = 7", name="ck_month"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_null_report", "null_report", ["centre_id", "process", "month"], unique=True)
    op.create_index(
        "ix_audit_item_case",
        "audit_item",
        ["entity_id", "seq"],
        unique=False,
        sqlite_where=sa.text("entity = 'notification'"),
        postgresql_where=sa.text("entity = 'notification'"),
    )
