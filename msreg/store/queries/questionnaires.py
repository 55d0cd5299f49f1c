"""Questionnaires behind a link by SQL text: `wq` is one that was begun, `ml` its link, `ob` the invitation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries.rows import named
from msreg.store.queries.saving import add, as_json, bound, change, moment
from msreg.vocabulary import LinkPurpose

_ASKED = (
    "SELECT ml.id AS link_id, ml.outbox_id, ml.expires_at, ml.revoked_at,"
    " p.id AS patient_id, p.language, p.consent, p.withdrawn_on, p.deceased, p.treatment_ended,"
    " wq.id, wq.version, wq.answers, wq.answered_on,"
    " EXISTS (SELECT 1 FROM prom q WHERE q.patient_id = p.id AND q.answered_on = ?) AS same_day"
    " FROM mail_link ml JOIN outbox ob ON ob.id = ml.outbox_id JOIN patient p ON p.id = ob.patient_id"
    " LEFT JOIN questionnaire wq ON wq.outbox_id = ob.id"
    f" WHERE ml.purpose = '{LinkPurpose.PROM.value}' AND ml.digest = ?"
)


def find(db: Database, digest: str, today: date) -> dict[str, Any] | None:
    """What a link asks of whom, with the answers so far; the columns of the questionnaire are None before any."""
    rows = list(named(db, _ASKED, (today.isoformat(), digest)))
    return rows[0] if rows else None


def keep(
    db: Database, asked: Mapping[str, Any], new_id: str, answers: Mapping[str, Any], at: datetime
) -> str:
    """Keep answers that are not handed in; gives the id of the questionnaire."""
    return _put(db, asked, new_id, at, {"answers": as_json(answers)})


def finish(
    db: Database, asked: Mapping[str, Any], new_id: str, prom_id: str, today: date, at: datetime
) -> str:
    """Note that a questionnaire was handed in: its answers are in a list now, and not here."""
    db.execute(
        "UPDATE mail_link SET used_at = ?, updated_at = ?, version = version + 1 WHERE id = ?",
        (moment(at), moment(at), asked["link_id"]),
    )
    done = {"answers": "{}", "answered_on": today, "prom_id": prom_id}
    return _put(db, asked, new_id, at, done)


def lapsed(db: Database, now: datetime) -> list[tuple[str, str]]:
    """Id and patient of each questionnaire that was begun, not handed in, and has no link that works any more."""
    return [
        (row[0], row[1])
        for row in db.rows(
            "SELECT wq.id, wq.patient_id FROM questionnaire wq WHERE wq.answered_on IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM mail_link ml WHERE ml.outbox_id = wq.outbox_id"
            f" AND ml.purpose = '{LinkPurpose.PROM.value}' AND ml.revoked_at IS NULL AND ml.expires_at > ?)",
            (moment(now),),
        )
    ]


def remove(db: Database, ids: Iterable[str]) -> None:
    """Delete questionnaires."""
    db.executemany("DELETE FROM questionnaire WHERE id = ?", ((each,) for each in ids))


def _put(
    db: Database, asked: Mapping[str, Any], new_id: str, at: datetime, columns: Mapping[str, Any]
) -> str:
    if asked["id"] is None:
        whose = {"outbox_id": asked["outbox_id"], "patient_id": asked["patient_id"]}
        row = {"id": new_id, "created_at": at, "updated_at": at, "version": 1, **whose, **columns}
        add(db, "questionnaire", [bound(row)])
        return new_id
    row = {**columns, "updated_at": at, "id": asked["id"], "version": asked["version"] + 1}
    change(db, "questionnaire", [bound(row)])
    return str(asked["id"])
