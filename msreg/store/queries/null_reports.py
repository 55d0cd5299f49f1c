"""Null reports: a centre had no case in a month (SPEC N2), until there is one after all; and what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from msreg.store.dbapi import Database, Row
from msreg.store.queries.rows import named
from msreg.store.queries.saving import add, change, moment
from msreg.vocabulary import CaseState, Role


def find(db: Database, centre_id: str, process: str, month: str) -> dict[str, Any] | None:
    """The row of a centre for a month (`2026-11`); with `undone_by` where a case took its place."""
    return next(
        named(
            db,
            "SELECT y.* FROM null_report y WHERE y.centre_id = ? AND y.process = ? AND y.month = ?",
            (centre_id, process, month),
        ),
        None,
    )


def keep(db: Database, row: Mapping[str, Any]) -> None:
    """Write a new null report."""
    add(db, "null_report", [row])


def renew(db: Database, row: Mapping[str, Any]) -> bool:
    """Change columns of a null report by its `id` from the version before `version`."""
    return change(db, "null_report", [row]) == 1


def remove(db: Database, report_id: str) -> None:
    """Take a null report away; the log keeps it."""
    db.execute("DELETE FROM null_report WHERE id = ?", (report_id,))


def undo(
    db: Database, centre_id: str, process: str, month: str, case_id: str, at: datetime
) -> dict[str, Any] | None:
    """Undo the null report of a centre for a month (`2026-11`): there is a case. Gives its row, or None."""
    found = find(db, centre_id, process, month)
    if found is None or found["undone_by"] is not None:
        return None
    db.execute(
        "UPDATE null_report SET undone_by = ?, updated_at = ?, version = version + 1 WHERE id = ?",
        (case_id, moment(at), found["id"]),
    )
    return found


def cases_in_month(db: Database, centre_id: str, process: str, month: str) -> int:
    """How many cases a centre reported in a month and did not withdraw."""
    found = db.one(
        "SELECT count(*) FROM notification n WHERE n.centre_id = ? AND n.process = ?"
        f" AND n.month = ? AND n.state <> '{CaseState.WITHDRAWN.value}'",
        (centre_id, process, month),
    )
    return int(found[0]) if found else 0


def reports(db: Database, process: str) -> Iterator[dict[str, Any]]:
    """Every null report of a process, those that a case took the place of included."""
    return named(db, "SELECT y.* FROM null_report y WHERE y.process = ?", (process,))


def cases(db: Database, process: str) -> list[Row]:
    """For each centre and month in which it reported a case: how many were not withdrawn."""
    return db.rows(
        f"SELECT n.centre_id, n.month, sum(CASE WHEN n.state = '{CaseState.WITHDRAWN.value}' THEN 0 ELSE 1 END)"
        " FROM notification n WHERE n.process = ? GROUP BY 1, 2",
        (process,),
    )


def notifiers(db: Database) -> list[Row]:
    """Since when each centre has a notifier: its id and the moment, as the tables keep it."""
    return db.rows(
        "SELECT u.centre_id, min(u.created_at) FROM operator u"
        f" WHERE u.role = '{Role.NOTIFIER.value}' AND u.centre_id IS NOT NULL GROUP BY 1"
    )


def centres(db: Database) -> list[Row]:
    """Id, code, name and whether it takes part, of every centre, in the order of the codes."""
    return db.rows("SELECT c.id, c.code, c.name, c.active FROM centre c ORDER BY c.code")
