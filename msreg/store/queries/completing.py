"""What the Tab key may offer of a registry: numbers, dates and codes that tell one record from another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msreg.store.dbapi import Database, Row
from msreg.store.queries.overview import Where
from msreg.vocabulary import Record

TOGETHER: Mapping[Record, str] = {
    Record.COURSE: "SELECT t.course_date FROM course t WHERE t.patient_id = ? ORDER BY t.course_date DESC",
    Record.DISEASE: "SELECT t.kind, t.date FROM disease_event t WHERE t.patient_id = ?"
    " ORDER BY t.date DESC, t.kind",
    Record.MEDICATION: "SELECT t.medicine, t.start_date FROM medication t WHERE t.patient_id = ?"
    " ORDER BY t.start_date DESC, t.medicine",
}
"""What tells the records of one patient apart, newest first. Not the side effects: theirs is free text."""

WIDTHS = (7, 8, 9)
"""How many digits a registry number is written with: seven, and more only for numbers that need them."""


def starting(digits: str) -> list[tuple[int, int]]:
    """The ranges of all registry numbers whose writing begins with these digits."""
    found = []
    for width in WIDTHS:
        room = width - len(digits)
        if room >= 0 and (width == WIDTHS[0] or not digits.startswith("0")):
            least = int(digits or 0) * 10**room
            found.append((max(least, 1 if width == WIDTHS[0] else 10 ** (width - 1)), least + 10**room - 1))
    return found


def lowest(db: Database, found: Where, ranges: Sequence[tuple[int, int]], limit: int) -> list[int]:
    """The lowest registry numbers in these ranges."""
    return _some(db, found, ranges, "p.number", limit)


def highest(db: Database, found: Where, ranges: Sequence[tuple[int, int]]) -> list[int]:
    """The highest registry number in these ranges, if there is one."""
    return _some(db, found, ranges, "p.number DESC", 1)


def newest(db: Database, found: Where, limit: int, among: int) -> list[int]:
    """Registry numbers of those who were changed last, looked for `among` so many.

    Bounded: for a small centre the newest of its own may lie far down the list of all.
    """
    rows = db.rows(
        "SELECT p.number FROM"
        " (SELECT a.number, a.id, a.centre_id, a.updated_at FROM patient a ORDER BY a.updated_at DESC LIMIT ?) p"
        f" WHERE {found.sql} ORDER BY p.updated_at DESC LIMIT ?",
        (among, *found.params, limit),
    )
    return [row[0] for row in rows]


def identities(db: Database, record: Record, patient_id: str) -> list[Row]:
    """What tells the records of one kind of a patient apart, as `TOGETHER` has it."""
    return db.rows(TOGETHER[record], (patient_id,))


def centre_codes(db: Database) -> list[str]:
    """The codes of all centres."""
    return [row[0] for row in db.rows("SELECT c.code FROM centre c ORDER BY c.code")]


def _some(db: Database, found: Where, ranges: Sequence[tuple[int, int]], order: str, limit: int) -> list[int]:
    if not ranges:
        return []
    within = found.plus(" OR ".join(["p.number BETWEEN ? AND ?"] * len(ranges)), *_flat(ranges))
    # The sign keeps the search on the registry number: by centre it would sort all patients of a centre.
    rows = db.rows(
        f"SELECT p.number FROM patient p WHERE {within.sql} ORDER BY {order} LIMIT ?", (*within.params, limit)
    )
    return [row[0] for row in rows]


def _flat(ranges: Sequence[tuple[int, int]]) -> list[Any]:
    return [limit for each in ranges for limit in each]
