"""Mails that go out, the links in them, and what patients fill in by them.

Revision ID: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KINDS = "'prom-invitation', 'course-digest', 'case-month', 'case-reminder', 'mail-stopped', 'code'"
_STATES = "'new', 'sending', 'sent', 'failed', 'cancelled'"
_REASONS = (
    "'no_address', 'bad_address', 'address_refused', 'mail_refused', 'not_made', 'server_later', 'server_away',"
    " 'gave_up', 'stopped', 'withdrawn', 'deceased', 'ended', 'erased', 'answered', 'overtaken', 'nothing_due',"
    " 'not_taking_part', 'expired', 'by_hand'"
)
_PURPOSES = "'prom', 'stop', 'no', 'yes', 'code', 'session'"


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=False, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    """Add the columns in place and make the tables.

    Columns by SQL text: Alembic would make the tables anew for their CHECKs.
    """
    for column in (
        "mail_stopped_on DATE CONSTRAINT ck_mail_stopped_on_first CHECK (mail_stopped_on >= '1900-01-01')",
        "asked_for_on DATE",
        "asked_course_id VARCHAR(32)",
        "ask_due_on DATE",
    ):
        op.execute(f"ALTER TABLE patient ADD COLUMN {column}")
    # Nobody was asked by mail so far: every invitation is still to come.
    op.execute("UPDATE patient SET ask_due_on = invite_due_on WHERE invite_due_on IS NOT NULL")
    _partial("ix_patient_ask_due", "patient", ["ask_due_on"], "ask_due_on IS NOT NULL")
    _partial("ix_patient_asked", "patient", ["asked_for_on"], "asked_for_on IS NOT NULL")
    for table in ("centre", "operator"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN email VARCHAR(254)")
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN language VARCHAR(2)"
            " CONSTRAINT ck_language CHECK (language IN ('nl', 'en'))"
        )
    op.execute(
        "ALTER TABLE notification ADD COLUMN month VARCHAR(7) NOT NULL DEFAULT '0000-00'"
        " CONSTRAINT ck_month CHECK (length(month) = 7)"
    )
    op.execute("UPDATE notification SET month = substr(CAST(opened_on AS TEXT), 1, 7)")
    op.create_index("ix_notification_month", "notification", ["centre_id", "month"], unique=False)
    op.create_table(
        "outbox",
        *_row(),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=True),
        sa.Column("centre_id", sa.String(length=32), nullable=True),
        sa.Column("operator_id", sa.String(length=32), nullable=True),
        sa.Column("notification_id", sa.String(length=32), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(), nullable=True),
        sa.Column("next_at", sa.DateTime(), nullable=False),
        sa.Column("claim_until", sa.DateTime(), nullable=True),
        sa.Column("worker", sa.String(length=80), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("address_mark", sa.String(length=64), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name="ck_kind"),
        sa.CheckConstraint(f"state IN ({_STATES})", name="ck_state"),
        sa.CheckConstraint(f"reason IN ({_REASONS})", name="ck_reason"),
        sa.CheckConstraint("tries >= 0", name="ck_tries"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_outbox_key", "outbox", ["key"], unique=True)
    op.create_index("ix_outbox_patient", "outbox", ["patient_id", "kind"], unique=False)
    op.create_index("ix_outbox_state", "outbox", ["state", "kind", "id"], unique=False)
    op.create_table(
        "mail_link",
        *_row(),
        sa.Column("outbox_id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"purpose IN ({_PURPOSES})", name="ck_purpose"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_mail_link_digest", "mail_link", ["digest"], unique=True)
    op.create_index("ix_mail_link_outbox", "mail_link", ["outbox_id", "purpose"], unique=False)
    op.create_table(
        "questionnaire",
        *_row(),
        sa.Column("outbox_id", sa.String(length=32), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("prom_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"]),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_questionnaire_outbox", "questionnaire", ["outbox_id"], unique=True)
    op.create_index("ix_questionnaire_patient", "questionnaire", ["patient_id"], unique=False)
