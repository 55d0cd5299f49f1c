"""The outbox by SQL text: mails that wait, go out or went out, and the links in them. `ob` is the mail, `ml` a link."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries.rows import named, pieces
from msreg.store.queries.saving import moment, read_moment
from msreg.vocabulary import MailKind, MailReason, MailState

_NEW, _SENDING, _SENT = MailState.NEW.value, MailState.SENDING.value, MailState.SENT.value
_FAILED, _CANCELLED = MailState.FAILED.value, MailState.CANCELLED.value
_WAITING = f"ob.state IN ('{_NEW}', '{_SENDING}')"

_LET_GO = "worker = NULL, claim_until = NULL, version = version + 1"
_COLUMNS = (
    "id, created_at, updated_at, version, kind, key, patient_id, centre_id, operator_id, notification_id, due_on,"
    " period, state, tries, next_at"
)


# -- into it ------------------------------------------------------------------------------------------


def known_keys(db: Database, keys: Sequence[str]) -> set[str]:
    """Which of these keys have a mail already."""
    found: set[str] = set()
    for marks, piece in pieces(keys):
        found.update(
            row[0] for row in db.rows(f"SELECT ob.key FROM outbox ob WHERE ob.key IN ({marks})", piece)
        )
    return found


def insert(db: Database, rows: Iterable[Sequence[Any]], at: datetime) -> None:
    """New mails: id, kind, key, patient, centre, user, case, day, period. One whose key is there stays as it is."""
    text = moment(at)
    db.executemany(
        f"INSERT INTO outbox ({_COLUMNS}) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, '{_NEW}', 0, ?)"
        " ON CONFLICT (key) DO NOTHING",
        ((row[0], text, text, *row[1:], text) for row in rows),
    )


# -- out of it ----------------------------------------------------------------------------------------


def next_waiting(db: Database, kind: str, up_to: datetime, after: str, most: int) -> list[dict[str, Any]]:
    """The first mails of a kind that wait, beyond an id, and are due to be tried by a moment."""
    sql = (
        f"SELECT ob.* FROM outbox ob WHERE ob.state = '{_NEW}' AND ob.kind = ? AND ob.id > ? AND ob.next_at <= ?"
        " ORDER BY ob.id LIMIT ?"
    )
    return list(named(db, sql, (kind, after, moment(up_to), most)))


def count_waiting(db: Database, kinds: Collection[str], up_to: datetime) -> dict[str, int]:
    """How many mails of each of these kinds wait and are due to be tried by a moment."""
    marks = ", ".join("?" * len(kinds))
    sql = (
        f"SELECT ob.kind, count(*) FROM outbox ob WHERE ob.state = '{_NEW}' AND ob.next_at <= ?"
        f" AND ob.kind IN ({marks}) GROUP BY ob.kind"
    )
    return {str(row[0]): int(row[1]) for row in db.rows(sql, (moment(up_to), *kinds))}


def by_id(db: Database, mail_id: str) -> Mapping[str, Any] | None:
    """One mail."""
    return next(named(db, "SELECT ob.* FROM outbox ob WHERE ob.id = ?", (mail_id,)), None)


def claim(db: Database, ids: Iterable[str], worker: str, at: datetime, until: datetime) -> None:
    """Let a worker have mails that wait; they count as tried from now on."""
    text, end = moment(at), moment(until)
    db.executemany(
        f"UPDATE outbox SET state = '{_SENDING}', reason = NULL, worker = ?, claim_until = ?, tries = tries + 1,"
        " tried_at = coalesce(tried_at, ?), updated_at = ?, version = version + 1 WHERE id = ?",
        ((worker, end, text, text, each) for each in ids),
    )


def give_back(db: Database, mail_id: str, worker: str, first: bool, reason: str | None) -> None:
    """Let a mail wait as it did before it was claimed: it was not tried. `first`: nor ever before."""
    db.execute(
        f"UPDATE outbox SET state = '{_NEW}', reason = ?, tries = tries - 1, {_LET_GO},"
        " tried_at = CASE WHEN ? THEN NULL ELSE tried_at END WHERE id = ? AND worker = ?",
        (reason, first, mail_id, worker),
    )


def sent(db: Database, rows: Iterable[Sequence[Any]], worker: str) -> None:
    """Note that mails went out, by the worker that has them: code, digest of the address, twice the moment, id."""
    db.executemany(
        f"UPDATE outbox SET state = '{_SENT}', reason = NULL, code = ?, address_mark = ?, sent_at = ?, updated_at = ?,"
        f" {_LET_GO} WHERE id = ? AND worker = ?",
        ((*row, worker) for row in rows),
    )


def later(
    db: Database, mail_id: str, worker: str, at: datetime, next_at: datetime, reason: str, code: int | None
) -> None:
    """Let a mail wait for another attempt."""
    db.execute(
        f"UPDATE outbox SET state = '{_NEW}', reason = ?, code = ?, next_at = ?, updated_at = ?, {_LET_GO}"
        " WHERE id = ? AND worker = ?",
        (reason, code, moment(next_at), moment(at), mail_id, worker),
    )


def failed(
    db: Database, mail_id: str, worker: str, at: datetime, reason: str, code: int | None, address: str | None
) -> None:
    """Note that a mail does not go out by itself any more."""
    db.execute(
        f"UPDATE outbox SET state = '{_FAILED}', reason = ?, code = ?, address_mark = ?, updated_at = ?, {_LET_GO}"
        " WHERE id = ? AND worker = ?",
        (reason, code, address, moment(at), mail_id, worker),
    )


def drop(db: Database, mail_id: str, at: datetime, state: str, reason: str) -> None:
    """End a mail that waits: it does not go out (`cancelled`), or cannot (`failed`)."""
    db.execute(
        f"UPDATE outbox SET state = ?, reason = ?, updated_at = ?, {_LET_GO} WHERE id = ?",
        (state, reason, moment(at), mail_id),
    )


def again(db: Database, mail_id: str, at: datetime) -> None:
    """Let a mail that failed wait as a new one does."""
    text = moment(at)
    db.execute(
        f"UPDATE outbox SET state = '{_NEW}', reason = NULL, tries = 0, tried_at = NULL, next_at = ?, updated_at = ?,"
        f" {_LET_GO}"
        " WHERE id = ?",
        (text, text, mail_id),
    )


def cancel_waiting(
    db: Database, patient_id: str, kind: MailKind, reason: MailReason, at: datetime
) -> list[str]:
    """Let mails of a kind to a patient that wait or are on their way not go out; gives their ids."""
    sql = f"SELECT ob.id FROM outbox ob WHERE ob.patient_id = ? AND ob.kind = ? AND {_WAITING}"
    found = [str(row[0]) for row in db.rows(sql, (patient_id, kind.value))]
    for each in found:
        drop(db, each, at, _CANCELLED, reason.value)
    return found


_RAN = "reminders_ran_at"


def note_run(db: Database, at: datetime) -> None:
    """Keep when mails were last sent by a run."""
    db.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (_RAN, moment(at)),
    )


def ran_at(db: Database) -> datetime | None:
    """When mails were last sent by a run; None when that never was."""
    found = db.one("SELECT value FROM meta WHERE key = ?", (_RAN,))
    return None if found is None else read_moment(str(found[0]))


# -- to be looked at ----------------------------------------------------------------------------------

_NAMED = (
    "SELECT ob.*, p.number AS patient_number, c.code AS centre_code, u.os_user, n.process, n.year,"
    " n.number AS case_place FROM outbox ob LEFT JOIN patient p ON p.id = ob.patient_id"
    " LEFT JOIN centre c ON c.id = ob.centre_id LEFT JOIN operator u ON u.id = ob.operator_id"
    " LEFT JOIN notification n ON n.id = ob.notification_id"
)


def newest(
    db: Database,
    *,
    kinds: Collection[str] = (),
    states: Collection[str] = (),
    patient_id: str | None = None,
    notification_id: str | None = None,
    skip: int = 0,
    most: int,
) -> list[dict[str, Any]]:
    """Mails, newest first, of these kinds and states or all, with what names whom they are about."""
    conditions, params = _chosen(kinds, states, patient_id, notification_id)
    sql = f"{_NAMED} WHERE {conditions} ORDER BY ob.id DESC LIMIT ? OFFSET ?"
    return list(named(db, sql, (*params, most, skip)))


def failed_after(db: Database, kinds: Collection[str], after: str, most: int) -> list[dict[str, Any]]:
    """Some of the mails of these kinds, or all, that failed, by id, those beyond one."""
    conditions, params = _chosen(kinds, (_FAILED,), None, None)
    sql = f"{_NAMED} WHERE {conditions} AND ob.id > ? ORDER BY ob.id LIMIT ?"
    return list(named(db, sql, (*params, after, most)))


def by_end(db: Database, end: str) -> list[dict[str, Any]]:
    """The mails whose id ends so, two at most."""
    return list(named(db, f"{_NAMED} WHERE substr(ob.id, ?) = ? LIMIT 2", (33 - len(end), end)))


def count_states(
    db: Database,
    *,
    kinds: Collection[str] = (),
    patient_id: str | None = None,
    notification_id: str | None = None,
) -> dict[str, int]:
    """How many mails there are in each state."""
    conditions, params = _chosen(kinds, (), patient_id, notification_id)
    sql = f"SELECT ob.state, count(*) FROM outbox ob WHERE {conditions} GROUP BY ob.state"
    return {str(row[0]): int(row[1]) for row in db.rows(sql, params)}


def oldest_waiting(db: Database) -> datetime | None:
    """Since when the mail waits that has waited longest."""
    found = db.one(f"SELECT min(ob.created_at) FROM outbox ob WHERE {_WAITING}")
    return None if found is None or found[0] is None else read_moment(str(found[0]))


def _chosen(
    kinds: Collection[str],
    states: Collection[str],
    patient_id: str | None,
    notification_id: str | None = None,
) -> tuple[str, list[object]]:
    conditions, params = ["1 = 1"], list[object]()
    for column, codes in (("kind", kinds), ("state", states)):
        if codes:
            conditions.append(f"ob.{column} IN ({', '.join('?' * len(codes))})")
            params += codes
    for column, subject in (("patient_id", patient_id), ("notification_id", notification_id)):
        if subject is not None:
            conditions.append(f"ob.{column} = ?")
            params.append(subject)
    return " AND ".join(conditions), params


# -- workers ------------------------------------------------------------------------------------------


def workers(db: Database) -> list[tuple[str, str]]:
    """Who has a mail, with the moment until which the newest of its mails is theirs."""
    sql = (
        f"SELECT ob.worker, max(ob.claim_until) FROM outbox ob WHERE ob.state = '{_SENDING}'"
        " GROUP BY ob.worker"
    )
    return [(str(row[0] or ""), str(row[1] or "")) for row in db.rows(sql)]


def of_worker(db: Database, worker: str) -> dict[str, dict[str, Any]]:
    """The mails that a worker has, by their ids."""
    sql = f"SELECT ob.* FROM outbox ob WHERE ob.state = '{_SENDING}' AND coalesce(ob.worker, '') = ?"
    return {row["id"]: row for row in named(db, sql, (worker,))}


def let_go(db: Database, worker: str) -> int:
    """Let the mails of a worker that is no more wait again; gives how many."""
    return db.execute(
        f"UPDATE outbox SET state = '{_NEW}', {_LET_GO} WHERE state = '{_SENDING}' AND coalesce(worker, '') = ?",
        (worker,),
    ).rowcount


def impatient(db: Database, kinds: Collection[str], before: datetime) -> list[Mapping[str, Any]]:
    """Mails of kinds that do not wait, which were left behind by whoever made them."""
    if not kinds:
        return []
    marks = ", ".join("?" * len(kinds))
    sql = (
        f"SELECT ob.* FROM outbox ob WHERE ob.state = '{_NEW}' AND ob.kind IN ({marks}) AND ob.created_at < ?"
    )
    return list(named(db, sql, (*kinds, moment(before))))


def forget(db: Database, patient_id: str) -> None:
    """Let a patient who goes get no mail any more, and end every link that was sent, with what it began."""
    db.execute("DELETE FROM questionnaire WHERE patient_id = ?", (patient_id,))
    mine = "SELECT ob.id FROM outbox ob WHERE ob.patient_id = ?"
    db.execute(f"DELETE FROM mail_link WHERE outbox_id IN ({mine})", (patient_id,))
    db.execute(
        f"UPDATE outbox SET state = '{_CANCELLED}', reason = '{MailReason.ERASED.value}',"
        " worker = NULL, claim_until = NULL, version = version + 1"
        f" WHERE patient_id = ? AND state IN ('{_NEW}', '{_SENDING}')",
        (patient_id,),
    )
    db.execute("UPDATE outbox SET address_mark = NULL WHERE patient_id = ?", (patient_id,))
