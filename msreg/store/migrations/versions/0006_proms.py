"""PROMs: the EQ-5D-5L of a patient, one a day; an entry of one may be under way too.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_DIMENSIONS = ("mobility", "self_care", "usual_activities", "pain_discomfort", "anxiety_depression")


def upgrade() -> None:
    """Make the table of filled-in lists, and let a draft be one of them."""
    op.create_table(
        "prom",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("centre_id", sa.String(length=32), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.String(length=1), nullable=True) for name in _DIMENSIONS),
        sa.Column("health_score", sa.Integer(), nullable=True),
        sa.Column("profile", sa.String(length=5), nullable=True),
        sa.Column("index_value", sa.Numeric(precision=4, scale=3, asdecimal=False), nullable=True),
        sa.Column("value_set", sa.String(length=40), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("form_version", sa.String(length=40), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("open_questions", sa.Integer(), nullable=False),
        sa.CheckConstraint("answered_on >= '1900-01-01'", name="ck_answered_on_first"),
        *(
            sa.CheckConstraint(f"{name} IN ('1', '2', '3', '4', '5')", name=f"ck_{name}")
            for name in _DIMENSIONS
        ),
        sa.CheckConstraint("health_score BETWEEN 0 AND 100", name="ck_health_score"),
        sa.CheckConstraint("index_value BETWEEN -1 AND 1", name="ck_index_value"),
        sa.ForeignKeyConstraint(
            ["centre_id"],
            ["centre.id"],
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("draft") as draft:
        draft.drop_constraint("ck_record", type_="check")
        draft.create_check_constraint(
            "ck_record",
            "record IN ('patient', 'course', 'disease', 'medication', 'adverse_event', 'eq5d5l')",
        )
    op.create_index("uq_prom_day", "prom", ["patient_id", "answered_on"], unique=True)
