"""An index behind every order of the overview: the column, then the registry number.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NEW = {
    "ix_patient_bsn": "bsn",
    "ix_patient_patient_number": "patient_number",
    "ix_patient_sex": "sex",
    "ix_patient_phenotype": "last_phenotype",
    "ix_patient_open_questions": "open_questions",
    "ix_patient_deceased": "deceased",
    "ix_patient_ended": "treatment_ended",
    "ix_patient_centre": "centre_id",
}
_WIDER = {
    "ix_patient_birth": "birth_date",
    "ix_patient_last_course": "last_course_on",
    "ix_patient_changed": "updated_at",
}


def upgrade() -> None:
    """Make the indexes; those that ended at the column go on to the number.

    The one of names with their prefix keeps those who have a prefix: the others are found by the family name.
    """
    op.drop_index("ix_patient_search_full", table_name="patient")
    op.create_index(
        "ix_patient_search_full",
        "patient",
        ["search_full", "number"],
        unique=False,
        sqlite_where=sa.text("search_full <> search_name"),
        postgresql_where=sa.text("search_full <> search_name"),
    )
    for name in _WIDER:
        op.drop_index(name, table_name="patient")
    for name, column in (_WIDER | _NEW).items():
        op.create_index(name, "patient", [column, "number"], unique=False)
