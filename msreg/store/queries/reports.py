"""Rows behind reports: one walk over each table, all in the order of the patients' ids, so that they can be merged.

With a centre only the patients whom it registered. Nothing is held: each cursor gives rows as they come.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msreg.store.dbapi import Database, Row

PEOPLE = (
    "p.id, p.centre_id, p.birth_date, p.sex, p.deceased, p.deceased_on, p.treatment_ended, p.treatment_ended_on,"
    " p.withdrawn_on, p.consent, p.email IS NOT NULL AND p.email <> '', p.diagnosis_date, p.diagnosis_phenotype,"
    " p.last_phenotype, p.complete, p.course_due_on, p.mail_stopped_on"
)
_WALKS = {
    "course": (
        # What is hidden by another answer does not count (K4): no score where none was made.
        "course_date, CASE WHEN edss_method = 'not_done' THEN NULL ELSE edss END, mri_done, mri_date, mri_new_t2,"
        " json_extract(answers, '$.mri_gadolinium'), mri_gd_lesions",
        "course_date",
    ),
    "disease_event": ("kind, date, phenotype", "kind, date"),
    "medication": ("medicine, start_date, stop_date", "start_date"),
    "prom": ("answered_on, index_value, health_score, value_set", "answered_on"),
}


def people(db: Database, centre_id: str | None) -> Iterator[Row]:
    """The patients, as rows of `PEOPLE`."""
    where, params = _of_centre(centre_id)
    # Not `yield from`: that would close the cursor when somebody stops half-way, perhaps on a closed database.
    for row in db.execute(f"SELECT {PEOPLE} FROM patient p {where} ORDER BY p.id", params):  # noqa: UP028
        yield row


def records(db: Database, table: str, centre_id: str | None) -> Iterator[Row]:
    """The rows of one table of records, the patient's id first, oldest first for each patient."""
    columns, order = _WALKS[table]
    where, params = _of_centre(centre_id)
    if where:
        where = f"WHERE patient_id IN (SELECT p.id FROM patient p {where})"
    sql = f"SELECT patient_id, {columns} FROM {table} {where} ORDER BY patient_id, {order}"
    for row in db.execute(sql, params):  # noqa: UP028
        yield row


def lacking(db: Database, table: str, centre_id: str | None) -> Iterator[dict[str, Any]]:
    """The whole rows of one table that have open questions, patient by patient, with the centre that registered them.

    Of patients those of whom a question of their own is open, or of a course.
    """
    where, params = _of_centre(centre_id)
    also = "p.open_questions > 0" if table == "patient" else "t.open_questions > 0"
    where = f"{where} AND {also}" if where else f"WHERE {also}"
    source = "patient p" if table == "patient" else f"{table} t JOIN patient p ON p.id = t.patient_id"
    whole = "p.*, p.id AS of_patient" if table == "patient" else "t.*, p.id AS of_patient"
    cursor = db.execute(
        f"SELECT {whole}, p.centre_id AS of_centre FROM {source} {where} ORDER BY p.id", params
    )
    names = [column[0] for column in cursor.description or ()]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def counts(db: Database, table: str, shared_with: str | None = None) -> dict[str, int]:
    """How many records of a table there are, by the id of the centre that registered the patient.

    With a centre in `shared_with` only those of patients of others who are shared with it.
    """
    where, params = "", tuple[str, ...]()
    if shared_with is not None:
        where = (
            " WHERE p.centre_id <> ? AND p.id IN"
            " (SELECT patient_id FROM share WHERE until IS NULL AND centre_id = ?)"
        )
        params = (shared_with, shared_with)
    source = "patient p" if table == "patient" else f"{table} t JOIN patient p ON p.id = t.patient_id"
    return dict(db.rows(f"SELECT p.centre_id, count(*) FROM {source}{where} GROUP BY p.centre_id", params))


def shared_with(db: Database, centre_id: str) -> frozenset[str]:
    """Ids of the patients of others whom a centre sees because they are shared with it."""
    rows = db.rows("SELECT patient_id FROM share WHERE until IS NULL AND centre_id = ?", (centre_id,))
    return frozenset(row[0] for row in rows)


def centres(db: Database) -> list[tuple[str, str, str]]:
    """Id, code and name of every centre, by code."""
    return [(row[0], row[1], row[2]) for row in db.rows("SELECT id, code, name FROM centre ORDER BY code")]


def _of_centre(centre_id: str | None) -> tuple[str, tuple[str, ...]]:
    return ("WHERE p.centre_id = ?", (centre_id,)) if centre_id else ("", ())
