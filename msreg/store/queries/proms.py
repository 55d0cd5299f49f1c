"""Who is invited to the EQ-5D-5L and who filled it in: one query a page, one for the counts of the centres."""

from __future__ import annotations

from datetime import date

from msreg.store.dbapi import Database, Row
from msreg.store.queries.overview import Where

COLUMNS = (
    "id", "number", "centre", "family_name", "name_prefix", "initials", "last_course_on", "invite_due_on",
    "last_list_on", "answered",
)  # fmt: skip

_LAST = "(SELECT max(q.answered_on) FROM prom q WHERE q.patient_id = p.id)"
_ANSWERED = "EXISTS (SELECT 1 FROM prom q WHERE q.patient_id = p.id AND q.answered_on >= p.last_course_on)"
"""A list of the day of the last course or later answers the invitation that follows it (Q1)."""
_PEOPLE = "FROM patient p JOIN centre c ON c.id = p.centre_id WHERE"
_CONCERNED = "(p.invite_due_on IS NOT NULL OR EXISTS (SELECT 1 FROM prom q WHERE q.patient_id = p.id))"
_DUE = f"p.invite_due_on <= ? AND NOT {_ANSWERED}"


def concerned(found: Where, today: date, *, due: bool) -> Where:
    """Those who are invited or have a list; with `due` those whose invitation has come and is not answered."""
    return found.plus(_DUE, today.isoformat()) if due else found.plus(_CONCERNED)


def page(db: Database, found: Where, *, limit: int, offset: int) -> list[Row]:
    """Rows of `COLUMNS`, the earliest invitation first, those without one at the end."""
    return db.rows(
        "SELECT p.id, p.number, c.code, p.family_name, p.name_prefix, p.initials, p.last_course_on,"
        f" p.invite_due_on, {_LAST}, {_ANSWERED} {_PEOPLE} {found.sql}"
        " ORDER BY p.invite_due_on IS NULL, p.invite_due_on, p.number LIMIT ? OFFSET ?",
        (*found.params, limit, offset),
    )


def count(db: Database, found: Where) -> int:
    """How many there are."""
    row = db.one(f"SELECT count(*) {_PEOPLE} {found.sql}", found.params)
    return int(row[0]) if row else 0


def response(db: Database, found: Where, today: date) -> list[Row]:
    """By code of centre: how many were invited by today, and how many of them answered since their last course."""
    return db.rows(
        f"SELECT c.code, count(*), sum(CASE WHEN {_ANSWERED} THEN 1 ELSE 0 END) {_PEOPLE}"
        f" {found.sql} AND p.invite_due_on <= ? GROUP BY c.code ORDER BY c.code",
        (*found.params, today.isoformat()),
    )
