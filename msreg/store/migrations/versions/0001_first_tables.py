"""The first tables: the office, patients with their records, and the log.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from msreg.store.audit_schema import create_triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables, their indexes and the triggers that keep the log append-only."""
    op.create_table(
        "audit_event",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "audit_item",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=True),
        sa.Column("entity", sa.String(length=20), nullable=False),
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=1), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", "n"),
    )
    op.create_index("ix_audit_item_patient", "audit_item", ["patient_id", "seq"], unique=False)
    op.create_table(
        "centre",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_centre_code", "centre", ["code"], unique=True)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "operator",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("os_user", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("centre_id", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "role IN ('desk', 'data_manager', 'clinician', 'reader', 'importer', 'notifier', 'entry_clerk', 'coordinator', 'auditor', 'job')",
            name="ck_role",
        ),
        sa.ForeignKeyConstraint(
            ["centre_id"],
            ["centre.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_operator", "operator", ["os_user"], unique=True)
    op.create_table(
        "patient",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.String(length=32), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("consent_date", sa.Date(), nullable=True),
        sa.Column("patient_number", sa.String(length=20), nullable=False),
        sa.Column("bsn", sa.String(length=9), nullable=True),
        sa.Column("family_name", sa.String(length=100), nullable=False),
        sa.Column("name_prefix", sa.String(length=20), nullable=True),
        sa.Column("initials", sa.String(length=20), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(length=10), nullable=True),
        sa.Column("postal_code", sa.String(length=10), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("deceased", sa.Boolean(), nullable=True),
        sa.Column("deceased_on", sa.Date(), nullable=True),
        sa.Column("treatment_ended", sa.Boolean(), nullable=True),
        sa.Column("treatment_ended_on", sa.Date(), nullable=True),
        sa.Column("diagnosis_date", sa.Date(), nullable=True),
        sa.Column("diagnosis_phenotype", sa.String(length=4), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("form_version", sa.String(length=40), nullable=False),
        sa.Column("search_name", sa.String(length=100), nullable=False),
        sa.Column("search_full", sa.String(length=120), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("open_questions", sa.Integer(), nullable=False),
        sa.Column("last_course_on", sa.Date(), nullable=True),
        sa.Column("last_phenotype", sa.String(length=4), nullable=True),
        sa.Column("course_due_on", sa.Date(), nullable=True),
        sa.Column("invite_due_on", sa.Date(), nullable=True),
        sa.CheckConstraint("birth_date >= '1900-01-01'", name="ck_birth_date_first"),
        sa.CheckConstraint("consent_date >= '1900-01-01'", name="ck_consent_date_first"),
        sa.CheckConstraint("deceased_on >= '1900-01-01'", name="ck_deceased_on_first"),
        sa.CheckConstraint("treatment_ended_on >= '1900-01-01'", name="ck_treatment_ended_on_first"),
        sa.CheckConstraint("diagnosis_date >= '1900-01-01'", name="ck_diagnosis_date_first"),
        sa.CheckConstraint(
            "diagnosis_phenotype IN ('ris', 'cis', 'rrms', 'spms', 'ppms')", name="ck_diagnosis_phenotype"
        ),
        sa.CheckConstraint("language IN ('nl', 'en')", name="ck_language"),
        sa.CheckConstraint(
            "last_phenotype IN ('ris', 'cis', 'rrms', 'spms', 'ppms')", name="ck_last_phenotype"
        ),
        sa.CheckConstraint("sex IN ('male', 'female', 'other')", name="ck_sex"),
        sa.CheckConstraint("consent", name="ck_consent"),
        sa.CheckConstraint("deceased_on >= birth_date", name="ck_deceased_on"),
        sa.CheckConstraint("length(bsn) = 9", name="ck_bsn"),
        sa.ForeignKeyConstraint(
            ["centre_id"],
            ["centre.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_patient_birth", "patient", ["birth_date"], unique=False)
    op.create_index("ix_patient_changed", "patient", ["updated_at"], unique=False)
    op.create_index(
        "ix_patient_course_due",
        "patient",
        ["course_due_on"],
        unique=False,
        sqlite_where=sa.text("course_due_on IS NOT NULL"),
        postgresql_where=sa.text("course_due_on IS NOT NULL"),
    )
    op.create_index(
        "ix_patient_incomplete",
        "patient",
        ["centre_id"],
        unique=False,
        sqlite_where=sa.text("NOT complete"),
        postgresql_where=sa.text("NOT complete"),
    )
    op.create_index(
        "ix_patient_invite_due",
        "patient",
        ["invite_due_on"],
        unique=False,
        sqlite_where=sa.text("invite_due_on IS NOT NULL"),
        postgresql_where=sa.text("invite_due_on IS NOT NULL"),
    )
    op.create_index("ix_patient_last_course", "patient", ["last_course_on"], unique=False)
    op.create_index("ix_patient_search_full", "patient", ["search_full", "number"], unique=False)
    op.create_index("ix_patient_search_name", "patient", ["search_name", "number"], unique=False)
    op.create_index("uq_patient_bsn", "patient", ["bsn"], unique=True)
    op.create_index("uq_patient_in_centre", "patient", ["centre_id", "patient_number"], unique=True)
    op.create_index("uq_patient_number", "patient", ["number"], unique=True)
    op.create_table(
        "course",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("centre_id", sa.String(length=32), nullable=False),
        sa.Column("course_date", sa.Date(), nullable=False),
        sa.Column("edss_method", sa.String(length=10), nullable=True),
        sa.Column("edss", sa.Numeric(precision=3, scale=1, asdecimal=False), nullable=True),
        sa.Column("mri_done", sa.Boolean(), nullable=True),
        sa.Column("mri_date", sa.Date(), nullable=True),
        sa.Column("mri_new_t2", sa.String(length=10), nullable=True),
        sa.Column("mri_gd_lesions", sa.Integer(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("form_version", sa.String(length=40), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("open_questions", sa.Integer(), nullable=False),
        sa.CheckConstraint("edss_method IN ('assessed', 'estimated', 'not_done')", name="ck_edss_method"),
        sa.CheckConstraint("mri_new_t2 IN ('0', '1', '2', '3_or_more', 'unknown')", name="ck_mri_new_t2"),
        sa.CheckConstraint(
            "edss BETWEEN 0 AND 10 AND edss <> 0.5 AND edss * 2 = round(edss * 2)", name="ck_edss"
        ),
        sa.CheckConstraint("mri_gd_lesions BETWEEN 0 AND 100", name="ck_mri_gd_lesions"),
        sa.CheckConstraint("course_date >= '1900-01-01'", name="ck_course_date_first"),
        sa.CheckConstraint("mri_date >= '1900-01-01'", name="ck_mri_date_first"),
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
    op.create_index("uq_course_day", "course", ["patient_id", "course_date"], unique=True)
    op.create_table(
        "disease_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("centre_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("phenotype", sa.String(length=4), nullable=True),
        sa.Column("methylprednisolone", sa.Boolean(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("form_version", sa.String(length=40), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("open_questions", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('phenotype', 'relapse', 'referral')", name="ck_kind"),
        sa.CheckConstraint("phenotype IN ('ris', 'cis', 'rrms', 'spms', 'ppms')", name="ck_phenotype"),
        sa.CheckConstraint("date >= '1900-01-01'", name="ck_date_first"),
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
    op.create_index("ix_disease_event_patient", "disease_event", ["patient_id", "kind", "date"], unique=False)
    op.create_table(
        "medication",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("centre_id", sa.String(length=32), nullable=False),
        sa.Column("medicine", sa.String(length=20), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("stop_date", sa.Date(), nullable=True),
        sa.Column("deviating_interval", sa.Boolean(), nullable=True),
        sa.Column("stop_reasons", sa.String(length=200), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("form_version", sa.String(length=40), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("open_questions", sa.Integer(), nullable=False),
        sa.CheckConstraint("stop_date >= start_date", name="ck_stop_date"),
        sa.CheckConstraint("start_date >= '1900-01-01'", name="ck_start_date_first"),
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
    op.create_index(
        "uq_medication_start", "medication", ["patient_id", "medicine", "start_date"], unique=True
    )
    op.create_table(
        "share",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("centre_id", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
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
    op.create_index("ix_share_centre", "share", ["centre_id", "patient_id"], unique=False)
    op.create_index(
        "uq_share",
        "share",
        ["patient_id", "centre_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "adverse_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("medication_id", sa.String(length=32), nullable=False),
        sa.Column("centre_id", sa.String(length=32), nullable=False),
        sa.Column("description", sa.String(length=250), nullable=False),
        sa.Column("report_to_lareb", sa.Boolean(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=15), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("form_version", sa.String(length=40), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("open_questions", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('recovered', 'recovering', 'not_recovered', 'sequelae', 'fatal', 'unknown')",
            name="ck_outcome",
        ),
        sa.CheckConstraint("start_date >= '1900-01-01'", name="ck_start_date_first"),
        sa.ForeignKeyConstraint(
            ["centre_id"],
            ["centre.id"],
        ),
        sa.ForeignKeyConstraint(
            ["medication_id"],
            ["medication.id"],
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_adverse_event_patient", "adverse_event", ["patient_id"], unique=False)
    op.create_index("uq_adverse_event", "adverse_event", ["medication_id", "description"], unique=True)
    create_triggers(op.execute)
