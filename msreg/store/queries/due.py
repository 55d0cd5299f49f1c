"""What mail is due, and all that is asked right before one is sent: each by an index that holds what is due.

`ob` is a mail of the outbox. Everything comes as it is read; nothing is sorted that an index does not sort.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from msreg.store.dbapi import Database, Row
from msreg.store.queries.rows import named
from msreg.vocabulary import CaseState, MailKind, Role

_PATIENT = "p.id, p.number, p.centre_id, p.{slot}, c.code"
_NOTIFIER = f"u.role = '{Role.NOTIFIER.value}' AND u.email IS NOT NULL AND u.email <> ''"
_HAS_LIST = "EXISTS (SELECT 1 FROM prom q WHERE q.patient_id = p.id AND q.answered_on >= p.last_course_on)"
_WAITING = f"n.state IN ('{CaseState.CONCEPT.value}', '{CaseState.INCOMPLETE.value}')"

FIRST_INVITATIONS = (
    f"SELECT {_PATIENT.format(slot='ask_due_on')} FROM patient p JOIN centre c ON c.id = p.centre_id"
    " WHERE p.ask_due_on <= ? AND p.ask_due_on > ? AND p.course_due_on > ?"
    f" AND NOT {_HAS_LIST}"
)
REPEATS = (
    f"SELECT {_PATIENT.format(slot='invite_due_on')}, p.asked_for_on,"
    " (SELECT max(q.answered_on) FROM prom q WHERE q.patient_id = p.id)"
    " FROM patient p JOIN centre c ON c.id = p.centre_id"
    " WHERE p.asked_for_on <= ? AND p.asked_for_on > ? AND p.invite_due_on IS NOT NULL"
    # An invitation for a newer course is still to come, unless it lapsed.
    " AND (p.ask_due_on IS NULL OR p.course_due_on <= ?)"
)
CENTRES_TO_TELL = (
    "SELECT c.id, c.code FROM centre c WHERE c.active AND c.email IS NOT NULL AND c.email <> ''"
    " AND NOT EXISTS (SELECT 1 FROM outbox ob WHERE ob.key = ? || c.id || ?) ORDER BY c.code"
)
# Along the patients who are due, not along those of the centre: where nobody is due it reads nothing.
HAS_DUE_COURSE = (
    "SELECT EXISTS (SELECT 1 FROM patient p WHERE p.centre_id || '' = ? AND p.course_due_on <= ?)"
)
DUE_COURSES = "SELECT count(*) FROM patient p WHERE p.centre_id = ? AND p.course_due_on <= ?"
MONTH_ANSWERED = (
    "EXISTS (SELECT 1 FROM null_report y"
    " WHERE y.centre_id = {centre} AND y.process = ? AND y.month = ? AND y.undone_by IS NULL)"
    " OR EXISTS (SELECT 1 FROM notification n WHERE n.centre_id = {centre} AND n.process = ? AND n.month = ?"
    f" AND n.state <> '{CaseState.WITHDRAWN.value}')"
)
NOTIFIERS_TO_ASK = (
    "SELECT u.id, u.os_user, c.id, c.code FROM operator u JOIN centre c ON c.id = u.centre_id"
    f" WHERE {_NOTIFIER} AND c.active AND u.created_at < ?"
    " AND NOT EXISTS (SELECT 1 FROM outbox ob WHERE ob.key = ? || u.id || ':' || ?)"
    f" AND NOT ({MONTH_ANSWERED.format(centre='c.id')}) ORDER BY c.code, u.os_user"
)
WAITING_CASES = (
    "SELECT n.*, c.code AS centre_code FROM notification n JOIN centre c ON c.id = n.centre_id"
    f" WHERE n.reminder_due_on <= ? AND {_WAITING} AND c.active"
)
WAITING = (
    "SELECT ob.*, p.number AS patient_number, c.code AS centre_code, u.os_user,"
    " n.process, n.year, n.number AS case_place"
    " FROM outbox ob LEFT JOIN patient p ON p.id = ob.patient_id LEFT JOIN centre c ON c.id = ob.centre_id"
    " LEFT JOIN operator u ON u.id = ob.operator_id LEFT JOIN notification n ON n.id = ob.notification_id"
    " WHERE ob.state IN ('new', 'sending') ORDER BY ob.next_at, ob.id"
)


def first_invitations(db: Database, today: date, *, after: date) -> Iterator[Row]:
    """Who is to be asked about the last course: id, number, centre's id, day of the invitation, centre's code.

    Those whose day came after a day, whose next course is not due yet, and who filled in no list since the last.
    """
    return _each(db, FIRST_INVITATIONS, today.isoformat(), after.isoformat(), today.isoformat())


def repeats(db: Database, today: date, *, up_to: date, after: date) -> Iterator[Row]:
    """Who was last asked between two days and is asked about no newer course.

    The columns of `first_invitations`, the day being that of the course's invitation; for which day the last
    invitation was, and the day of the last list.
    """
    return _each(db, REPEATS, up_to.isoformat(), after.isoformat(), today.isoformat())


def centres_to_tell(db: Database, head: str, tail: str) -> list[Row]:
    """Id and code of the centres that take part, have an address and no mail with the key `head` + id + `tail`."""
    return db.rows(CENTRES_TO_TELL, (head, tail))


def has_due_course(db: Database, centre_id: str, today: date) -> bool:
    """Whether a patient of a centre is due for a course."""
    found = db.one(HAS_DUE_COURSE, (centre_id, today.isoformat()))
    return bool(found and found[0])


def due_courses(db: Database, centre_id: str, today: date) -> int:
    """How many patients of a centre are due for a course."""
    found = db.one(DUE_COURSES, (centre_id, today.isoformat()))
    return int(found[0]) if found else 0


def notifiers_to_ask(db: Database, head: str, month: str, process: str, *, before: str) -> list[Row]:
    """Notifiers with an address who were there before a moment and whose centre did not answer for a month.

    Id, user, id and code of the centre; without those who have a mail with the key `head` + id + the month.
    """
    asked = (before, head, month, process, month, process, month)
    return db.rows(NOTIFIERS_TO_ASK, asked)


def month_answered(db: Database, centre_id: str, process: str, month: str) -> bool:
    """Whether a centre said that it had no case in a month, or reported one."""
    sql = f"SELECT {MONTH_ANSWERED.format(centre='?')}"
    found = db.one(sql, (centre_id, process, month, centre_id, process, month))
    return bool(found and found[0])


def waiting_cases(db: Database, today: date) -> Iterator[dict[str, Any]]:
    """Cases that wait for a centre that takes part, and whose reminder has come."""
    return named(db, WAITING_CASES, (today.isoformat(),))


def waiting(db: Database) -> Iterator[dict[str, Any]]:
    """The mails of the outbox that wait, with what names whom they are about."""
    return named(db, WAITING)


def patient(db: Database, patient_id: str) -> dict[str, Any] | None:
    """What decides whether a patient gets a mail, and where; with the id of the newest course."""
    sql = (
        "SELECT p.id, p.consent, p.withdrawn_on, p.deceased, p.treatment_ended, p.mail_stopped_on, p.email,"
        " p.language, p.last_course_on, p.course_due_on, p.invite_due_on, p.asked_for_on, p.asked_course_id,"
        " (SELECT t.id FROM course t WHERE t.patient_id = p.id AND t.course_date = p.last_course_on)"
        " AS newest_course_id FROM patient p WHERE p.id = ?"
    )
    return next(named(db, sql, (patient_id,)), None)


def has_list_since(db: Database, patient_id: str, day: str) -> bool:
    """Whether a patient filled in a list on a day or later."""
    sql = "SELECT 1 FROM prom q WHERE q.patient_id = ? AND q.answered_on >= ?"
    return db.one(sql, (patient_id, day)) is not None


def centre(db: Database, centre_id: str) -> dict[str, Any] | None:
    """A centre with its address."""
    sql = "SELECT c.id, c.code, c.name, c.active, c.email, c.language FROM centre c WHERE c.id = ?"
    return next(named(db, sql, (centre_id,)), None)


def notifier(db: Database, operator_id: str) -> dict[str, Any] | None:
    """A notifier with the centre; None for who is none any more."""
    sql = (
        "SELECT u.id, u.os_user, u.email, u.language, u.centre_id, c.name AS centre_name, c.active"
        " FROM operator u JOIN centre c ON c.id = u.centre_id"
        f" WHERE u.id = ? AND u.role = '{Role.NOTIFIER.value}'"
    )
    return next(named(db, sql, (operator_id,)), None)


def case(db: Database, case_id: str) -> dict[str, Any] | None:
    """A case with the name of its centre and whether that takes part."""
    sql = (
        "SELECT n.*, c.name AS centre_name, c.active FROM notification n JOIN centre c ON c.id = n.centre_id"
        " WHERE n.id = ?"
    )
    return next(named(db, sql, (case_id,)), None)


def who_answers_for(db: Database, centre_id: str, opened_by: str) -> dict[str, Any] | None:
    """The notifier with an address who reported a case, or else the one who has been at the centre longest."""
    sql = (
        f"SELECT u.id, u.os_user, u.email, u.language FROM operator u WHERE u.centre_id = ? AND {_NOTIFIER}"
        " ORDER BY u.os_user <> ?, u.created_at, u.os_user LIMIT 1"
    )
    return next(named(db, sql, (centre_id, opened_by)), None)


def asked(db: Database, rows: list[tuple[str, str]]) -> None:
    """Note for which day patients were invited (day, id): about the newest course, and to none more for it."""
    db.executemany(
        "UPDATE patient SET asked_for_on = ?, ask_due_on = NULL, asked_course_id ="
        " (SELECT t.id FROM course t WHERE t.patient_id = patient.id AND t.course_date = patient.last_course_on)"
        " WHERE id = ?",
        rows,
    )


def reminded(db: Database, rows: list[tuple[int, str | None, str]]) -> None:
    """Note after how many weeks cases were reminded of, and the day of their next reminder (weeks, day, id)."""
    db.executemany("UPDATE notification SET reminded_weeks = ?, reminder_due_on = ? WHERE id = ?", rows)


def case_reminders(db: Database) -> list[Row]:
    """Key, case and period of every reminder that was put into the outbox, sent or not."""
    kind = MailKind.CASE_REMINDER.value
    return db.rows("SELECT ob.key, ob.notification_id, ob.period FROM outbox ob WHERE ob.kind = ?", (kind,))


def case_rounds(db: Database) -> Iterator[dict[str, Any]]:
    """Every case with its state and its reminders."""
    return named(
        db,
        "SELECT n.id, n.process, n.year, n.number, n.state, n.since, n.reminder_due_on, n.reminded_weeks"
        " FROM notification n ORDER BY n.process, n.year, n.number",
    )


def _each(db: Database, sql: str, *params: str) -> Iterator[Row]:
    # Not `yield from`: that would close the cursor when somebody stops half-way, perhaps on a closed database.
    for row in db.execute(sql, params):  # noqa: UP028
        yield row
