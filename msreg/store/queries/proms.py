"""Who is invited to the EQ-5D-5L and who filled it in: one query a page, one for the counts of the centres."""

from __future__ import annotations

from datetime import date

from msreg.store.dbapi import Database, Row
from msreg.store.queries.overview import Where
from msreg.vocabulary import MailKind, MailState

COLUMNS = (
    "id", "number", "centre", "family_name", "name_prefix", "initials", "last_course_on", "invite_due_on",
    "last_mail_at", "last_list_on", "answered", "mail_stopped_on",
)  # fmt: skip

_SENT = f"ob.kind = '{MailKind.PROM_INVITATION.value}' AND ob.state = '{MailState.SENT.value}'"
# Along the mails of the patient, never along all that were ever sent: SQLite would take that index for the state.
_MAILED = (
    "(SELECT max(ob.sent_at) FROM outbox ob WHERE ob.patient_id = p.id"
    f" AND ob.kind = '{MailKind.PROM_INVITATION.value}' AND ob.state || '' = '{MailState.SENT.value}')"
)
_LAST = "(SELECT max(q.answered_on) FROM prom q WHERE q.patient_id = p.id)"
_ANSWERED = "EXISTS (SELECT 1 FROM prom q WHERE q.patient_id = p.id AND q.answered_on >= p.last_course_on)"
"""A list of the day of the last course or later answers the invitation that follows it (Q1)."""
_PEOPLE = "FROM patient p JOIN centre c ON c.id = p.centre_id WHERE"
_CONCERNED = (
    "(p.invite_due_on IS NOT NULL OR p.mail_stopped_on IS NOT NULL"
    " OR EXISTS (SELECT 1 FROM prom q WHERE q.patient_id = p.id))"
)
_DUE = f"p.invite_due_on <= ? AND NOT {_ANSWERED}"


def concerned(found: Where, today: date, *, due: bool) -> Where:
    """Those who are invited, want no mail or have a list; with `due` those whose invitation has come and is not
    answered."""
    return found.plus(_DUE, today.isoformat()) if due else found.plus(_CONCERNED)


def page(db: Database, found: Where, *, limit: int, offset: int) -> list[Row]:
    """Rows of `COLUMNS`, the earliest invitation first, those without one at the end."""
    order = "ORDER BY p.invite_due_on IS NULL, p.invite_due_on, p.number"
    # Mails and lists are looked up for the patients of the page, not for everybody who is sorted.
    return db.rows(
        "SELECT p.id, p.number, c.code, p.family_name, p.name_prefix, p.initials, p.last_course_on,"
        f" p.invite_due_on, {_MAILED}, {_LAST}, {_ANSWERED}, p.mail_stopped_on {_PEOPLE} p.id IN"
        f" (SELECT p.id {_PEOPLE} {found.sql} {order} LIMIT ? OFFSET ?) {order}",
        (*found.params, limit, offset),
    )


def count(db: Database, found: Where) -> int:
    """How many there are."""
    row = db.one(f"SELECT count(*) {_PEOPLE} {found.sql}", found.params)
    return int(row[0]) if row else 0


def response(db: Database, found: Where, today: date) -> list[Row]:
    """By code of centre: of how many a list is expected by today, and who filled one in since the last course."""
    return db.rows(
        f"SELECT c.code, count(*), sum(CASE WHEN {_ANSWERED} THEN 1 ELSE 0 END) {_PEOPLE}"
        f" {found.sql} AND p.invite_due_on <= ? GROUP BY c.code ORDER BY c.code",
        (*found.params, today.isoformat()),
    )


def mailed(db: Database, found: Where) -> list[Row]:
    """By code of centre: how many patients an invitation was sent to, and how many of them answered their last one."""
    return db.rows(
        "SELECT c.code, count(*), sum(EXISTS (SELECT 1 FROM prom q"
        " WHERE q.patient_id = p.id AND q.answered_on >= asked.due_on))"
        " FROM (SELECT ob.patient_id, max(ob.due_on) AS due_on FROM outbox ob"
        f" WHERE {_SENT} GROUP BY ob.patient_id) asked JOIN patient p ON p.id = asked.patient_id"
        f" JOIN centre c ON c.id = p.centre_id WHERE {found.sql} GROUP BY c.code ORDER BY c.code",
        found.params,
    )
