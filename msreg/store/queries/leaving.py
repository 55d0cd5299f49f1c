"""Rows of those whom an event of the log names: what leaves the registry is what the log says, by construction.

One query a table, in the order of the event's items, and nobody's id is held in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msreg.store.dbapi import Database, Row
from msreg.store.queries.dossiers import ORDER, TABLES
from msreg.vocabulary import Record

_OF_RECORD = re.compile(r"\bt\.")
_OF_EVENT = "FROM audit_item i JOIN patient p ON p.id = i.patient_id"

TRAITS = (
    "c.code || '/' || coalesce(p.sex, '') || '/' || coalesce(substr(CAST(p.birth_date AS TEXT), 1, 4), '')"
)
"""Centre, sex and year of birth of a patient as one text: what others may know them by."""

CENTRES = "SELECT code, name FROM centre ORDER BY code"


def rows_of_event(db: Database, record: Record, seq: int, columns: Sequence[str]) -> Iterator[Row]:
    """One kind of record of every patient of event `seq`, oldest first for each patient.

    `columns` are SQL names of the program's own: `t.` the record, `p.` the patient, `c.` the patient's centre,
    and for a side effect `m.` its medication.
    """
    joins, order = ["JOIN centre c ON c.id = p.centre_id"], "i.n"
    if record is Record.PATIENT:
        columns = [_OF_RECORD.sub("p.", name) for name in columns]
    else:
        joins.append(f"JOIN {TABLES[record]} t ON t.patient_id = i.patient_id")
        order += f", {ORDER[record]}"
    if record is Record.ADVERSE_EVENT:
        joins.append("JOIN medication m ON m.id = t.medication_id")
    sql = f"SELECT {', '.join(columns)} {_OF_EVENT} {' '.join(joins)} WHERE i.seq = ? ORDER BY {order}"
    # Not `yield from`: that would close the cursor when somebody stops half-way, perhaps on a closed database.
    for row in db.execute(sql, (seq,)):  # noqa: UP028
        yield row


def count_of_event(db: Database, record: Record, seq: int) -> int:
    """How many records of one kind the patients of event `seq` have."""
    more = "" if record is Record.PATIENT else f" JOIN {TABLES[record]} t ON t.patient_id = i.patient_id"
    found = db.one(f"SELECT count(*) {_OF_EVENT}{more} WHERE i.seq = ?", (seq,))
    return int(found[0]) if found else 0


def traits_of_event(db: Database, seq: int) -> Iterator[tuple[str, int]]:
    """How many patients of event `seq` have the same `TRAITS`."""
    sql = f"SELECT {TRAITS}, count(*) {_OF_EVENT} JOIN centre c ON c.id = p.centre_id WHERE i.seq = ? GROUP BY 1"
    for row in db.execute(sql, (seq,)):
        yield row[0], row[1]
