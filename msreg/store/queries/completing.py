"""What the Tab key may offer of a registry: numbers, dates and codes that tell one record from another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from msreg.store.dbapi import Database, Row
from msreg.store.queries.overview import Where
from msreg.vocabulary import Record

TOGETHER: Mapping[Record, str] = {
    Record.COURSE: "SELECT t.course_date FROM course t WHERE t.patient_id = ? ORDER BY t.course_date DESC",
    Record.DISEASE: "SELECT t.kind, t.date FROM disease_event t WHERE t.patient_id = ?"
    " ORDER BY t.date DESC, t.kind",
    Record.MEDICATION: "SELECT t.medicine, t.start_date FROM medication t WHERE t.patient_id = ?"
    " ORDER BY t.start_date DESC, t.medicine",
    Record.PROM: "SELECT t.answered_on FROM prom t WHERE t.patient_id = ? ORDER BY t.answered_on DESC",
}
"""What tells the records of one patient apart, newest first. Not the side effects: theirs is free text."""

WIDTHS = (7, 8, 9)
"""How many digits a registry number is written with: seven, and more only for numbers that need them."""


Range = tuple[int, int]


def starting(digits: str) -> list[Range]:
    """The ranges of all registry numbers whose writing begins with these digits."""
    found = []
    for width in WIDTHS:
        room = width - len(digits)
        if room >= 0 and (width == WIDTHS[0] or not digits.startswith("0")):
            least = int(digits or 0) * 10**room
            found.append((max(least, 1 if width == WIDTHS[0] else 10 ** (width - 1)), least + 10**room - 1))
    return found


def lowest(db: Database, found: Where, ranges: Sequence[Range], limit: int) -> list[int]:
    """The lowest registry numbers in these ranges, which are in order."""
    numbers: list[int] = []
    for each in ranges:  # one query each: with OR between them all numbers would be sorted
        numbers += _first(db, found, each, "p.number", limit - len(numbers))
    return numbers


def highest(db: Database, found: Where, ranges: Sequence[Range]) -> list[int]:
    """The highest registry number in these ranges, if there is one."""
    return next(
        (last for each in reversed(ranges) if (last := _first(db, found, each, "p.number DESC", 1))), []
    )


def newest(db: Database, found: Where, ranges: Sequence[Range], limit: int, among: int) -> list[int]:
    """Registry numbers in these ranges of those who were changed last, looked for among so many.

    Bounded: for a small centre the newest of its own may lie far down the list of all.
    """
    rows = db.rows(
        "SELECT p.number FROM"
        " (SELECT a.number, a.id, a.centre_id, a.updated_at FROM patient a ORDER BY a.updated_at DESC LIMIT ?) p"
        f" WHERE {found.sql} ORDER BY p.updated_at DESC",
        (among, *found.params),
    )
    inside = (row[0] for row in rows if any(least <= row[0] <= most for least, most in ranges))
    return list(islice(inside, limit))


def identities(db: Database, record: Record, patient_id: str) -> list[Row]:
    """What tells the records of one kind of a patient apart, as `TOGETHER` has it."""
    return db.rows(TOGETHER[record], (patient_id,))


def centre_codes(db: Database) -> list[str]:
    """The codes of all centres."""
    return [row[0] for row in db.rows("SELECT c.code FROM centre c ORDER BY c.code")]


def _first(db: Database, found: Where, within: Range, order: str, limit: int) -> list[int]:
    rows = db.rows(
        f"SELECT p.number FROM patient p WHERE {found.sql} AND p.number BETWEEN ? AND ?"
        f" ORDER BY {order} LIMIT ?",
        (*found.params, *within, limit),
    )
    return [row[0] for row in rows]
