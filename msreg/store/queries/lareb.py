"""Side effects that are to be reported, and the batches of reports that were made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries.rows import named
from msreg.store.queries.saving import add

_LATEST = "r.id = (SELECT x.id FROM lareb_report x WHERE x.event_id = a.id ORDER BY x.edition DESC LIMIT 1)"
_WITH = (
    "SELECT a.*, m.medicine AS m_medicine, m.start_date AS m_start, m.stop_date AS m_stop,"
    " m.updated_at AS m_updated, p.number AS p_number, p.birth_date AS p_birth_date, p.sex AS p_sex,"
    " p.deceased_on AS p_deceased_on, p.bsn AS p_bsn, p.family_name AS p_family_name,"
    " p.patient_number AS p_patient_number, p.email AS p_email, p.updated_at AS p_updated,"
    " c.name AS c_name, c.code AS c_code, c.city AS c_city, r.id AS r_id, r.number AS r_number,"
    " r.name AS r_name, r.edition AS r_edition, r.digest AS r_digest, r.answer AS r_answer,"
    " r.answer_text AS r_answer_text, r.created_at AS r_sent_at, l.number AS l_number"
    " FROM adverse_event a JOIN medication m ON m.id = a.medication_id JOIN patient p ON p.id = a.patient_id"
    " JOIN centre c ON c.id = a.centre_id"
    f" LEFT JOIN lareb_report r ON r.event_id = a.id AND {_LATEST}"
    " LEFT JOIN lareb_batch l ON l.id = r.batch_id"
)


def to_report(db: Database, condition: str, params: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Side effects that are to be reported, of patients `p` who did not withdraw consent, with their last report.

    By registry number, oldest first. The columns beside those of the side effect begin with the letter of their
    table: `m_` medication, `p_` patient, `c_` the centre that wrote it, `r_` report, `l_` its batch.
    """
    sql = (
        f"{_WITH} WHERE a.report_to_lareb AND p.withdrawn_on IS NULL AND {condition}"
        " ORDER BY p.number, a.start_date, a.id"
    )
    return named(db, sql, params)


def of_patient(db: Database, patient_id: str) -> Iterator[dict[str, Any]]:
    """The side effects of one patient that were sent or are to be reported, in the same columns."""
    sql = f"{_WITH} WHERE a.patient_id = ? AND (a.report_to_lareb OR r.id IS NOT NULL) ORDER BY a.id"
    return named(db, sql, (patient_id,))


def astray(db: Database, condition: str, params: Sequence[Any]) -> list[dict[str, Any]]:
    """The last reports, not refused, of side effects that are no longer there or no longer to be reported."""
    sql = (
        "SELECT r.name, r.patient_id, p.number AS p_number FROM lareb_report r"
        " JOIN patient p ON p.id = r.patient_id LEFT JOIN adverse_event a ON a.id = r.event_id"
        " WHERE coalesce(a.report_to_lareb, 0) = 0 AND coalesce(r.answer, '') <> 'CR'"
        " AND r.edition = (SELECT max(x.edition) FROM lareb_report x WHERE x.event_id = r.event_id)"
        f" AND {condition} ORDER BY r.number"
    )
    return list(named(db, sql, params))


def next_numbers(db: Database) -> tuple[int, int]:
    """The numbers of the next batch and of the next report. Neither is ever removed, so none comes twice."""
    found = db.one(
        "SELECT (SELECT coalesce(max(number), 0) + 1 FROM lareb_batch),"
        " (SELECT coalesce(max(number), 0) + 1 FROM lareb_report)"
    )
    assert found is not None
    return int(found[0]), int(found[1])


def add_batch(db: Database, batch: Mapping[str, Any], reports: Sequence[Mapping[str, Any]]) -> None:
    """Note a batch with its reports."""
    add(db, "lareb_batch", [batch])
    add(db, "lareb_report", reports)


_COUNTED = (
    "SELECT l.*, c.code AS centre_code,"
    " (SELECT count(*) FROM lareb_report r WHERE r.batch_id = l.id AND r.answer = 'CA') AS accepted,"
    " (SELECT count(*) FROM lareb_report r WHERE r.batch_id = l.id AND r.answer = 'CR') AS refused,"
    " (SELECT count(*) FROM lareb_report r WHERE r.batch_id = l.id AND r.line IS NULL) AS emptied"
    " FROM lareb_batch l LEFT JOIN centre c ON c.id = l.centre_id"
)


def newest(db: Database) -> Iterator[dict[str, Any]]:
    """All batches with the counts of their reports, newest first, as they come."""
    return named(db, f"{_COUNTED} ORDER BY l.number DESC")


def by_number(db: Database, number: int) -> dict[str, Any] | None:
    """One batch by its number."""
    return next(named(db, f"{_COUNTED} WHERE l.number = ?", (number,)), None)


def by_name(db: Database, name: str) -> dict[str, Any] | None:
    """One batch by the identifier that it was sent with."""
    return next(named(db, f"{_COUNTED} WHERE l.name = ?", (name,)), None)


def unwritten(db: Database) -> list[dict[str, Any]]:
    """Batches that were recorded and whose files were never finished, oldest first."""
    return list(named(db, f"{_COUNTED} WHERE l.written_at IS NULL ORDER BY l.number"))


def reports_of(db: Database, batch_id: str) -> list[dict[str, Any]]:
    """The reports of a batch, in their order, each with the registry number of its patient."""
    sql = (
        "SELECT r.*, p.number AS p_number FROM lareb_report r LEFT JOIN patient p ON p.id = r.patient_id"
        " WHERE r.batch_id = ? ORDER BY r.place"
    )
    return list(named(db, sql, (batch_id,)))


def mark_written(db: Database, batch_id: str, at: str) -> bool:
    """Note that the files of a batch are finished; False when that was noted already."""
    done = db.execute(
        "UPDATE lareb_batch SET written_at = ?, updated_at = ?, version = version + 1"
        " WHERE id = ? AND written_at IS NULL",
        (at, at, batch_id),
    )
    return done.rowcount == 1


def mark_batch(
    db: Database, batch_id: str, *, answer: str, text: str | None, sha256: str, at: str, seq: int
) -> None:
    """Note what was answered to a batch."""
    db.execute(
        "UPDATE lareb_batch SET answer = ?, answer_text = ?, answer_sha256 = ?, answered_at = ?, answer_seq = ?,"
        " updated_at = ?, version = version + 1 WHERE id = ?",
        (answer, text, sha256, at, seq, at, batch_id),
    )


def mark_report(db: Database, report_id: str, *, answer: str, text: str | None, at: str) -> None:
    """Note what was answered to a report."""
    db.execute(
        "UPDATE lareb_report SET answer = ?, answer_text = ?, answered_at = ?, updated_at = ?,"
        " version = version + 1 WHERE id = ?",
        (answer, text, at, at, report_id),
    )


def forget(db: Database, patient_id: str) -> None:
    """Empty the reports of a patient who is erased; what stays is that there was one, and its number."""
    db.execute(
        "UPDATE lareb_batch SET sha256 = NULL, answer_text = NULL WHERE id IN"
        " (SELECT x.batch_id FROM lareb_report x WHERE x.patient_id = ?)",
        (patient_id,),
    )
    db.execute(
        "UPDATE lareb_report SET message = NULL, line = NULL, digest = NULL, answer_text = NULL"
        " WHERE patient_id = ?",
        (patient_id,),
    )
