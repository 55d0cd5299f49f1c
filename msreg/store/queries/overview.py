"""The overview of patients (SPEC P5): one query a page, every column a filter and a sort."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from msreg.store.dbapi import Database, Row
from msreg.store.queries.rows import pieces

COUNT_LIMIT = 10_000
"""Counting stops here: a number that nobody reads must not cost a walk through a million rows."""

COLUMNS = (
    "id", "number", "centre", "patient_number", "family_name", "name_prefix", "initials", "birth_date",
    "bsn", "sex", "last_phenotype", "shared", "complete", "open_questions", "last_course_on",
    "course_due_on", "deceased", "treatment_ended", "updated_at", "withdrawn_on",
)  # fmt: skip

_SELECT = (
    "SELECT p.id, p.number, c.code, p.patient_number, p.family_name, p.name_prefix, p.initials, p.birth_date,"
    " p.bsn, p.sex, p.last_phenotype,"
    " EXISTS (SELECT 1 FROM share s WHERE s.patient_id = p.id AND s.until IS NULL),"
    " p.complete, p.open_questions, p.last_course_on, p.course_due_on, p.deceased, p.treatment_ended,"
    " p.updated_at, p.withdrawn_on FROM patient p JOIN centre c ON c.id = p.centre_id"
)

SORTS: Mapping[str, str] = {
    "number": "p.number",
    "name": "p.search_name",
    "born": "p.birth_date",
    "bsn": "p.bsn",
    "patient-number": "p.patient_number",
    "sex": "p.sex",
    "phenotype": "p.last_phenotype",
    "shared": "12",
    "complete": "p.open_questions",
    "last-course": "p.last_course_on",
    "deceased": "p.deceased",
    "ended": "p.treatment_ended",
    "changed": "p.updated_at",
    "centre": "c.code",
}
"""What a list may be sorted on, and the column behind it."""


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions on the patient table `p`, all of which must hold."""

    parts: tuple[str, ...] = ()
    params: tuple[Any, ...] = ()

    def plus(self, sql: str, *params: Any) -> Where:
        """The same conditions and one more."""
        return Where((*self.parts, sql), self.params + params)

    @property
    def sql(self) -> str:
        """The conditions as text."""
        return " AND ".join(f"({part})" for part in self.parts) or "1 = 1"


class Filters(NamedTuple):
    """What an overview is narrowed to; None leaves a column alone. Days are inclusive.

    A tuple, not a dataclass, for the reason that `services.patients.Asked` is one.
    """

    centre_id: str | None = None
    name: str | None = None
    born: str | None = None
    bsn: str | None = None
    number: int | None = None
    patient_number: str | None = None
    sex: str | None = None
    phenotype: str | None = None
    complete: bool | None = None
    due: bool | None = None
    deceased: bool | None = None
    ended: bool | None = None
    withdrawn: bool | None = None
    last_course_from: date | None = None
    last_course_until: date | None = None
    changed_from: date | None = None
    changed_until: date | None = None
    own: frozenset[str] | None = None
    shared: frozenset[str] | None = None


_FAMILY = "p.search_name >= ? AND p.search_name < ?"
# Without a prefix both names are the same, and the index leaves those out.
_FULL = "p.search_full >= ? AND p.search_full < ? AND p.search_full <> p.search_name"


def named(found: Where, name: str) -> tuple[Where, Where]:
    """The filter `name` in two: whose family name begins so, and who begins so with a prefix alone.

    Nobody is in both, and each of them is one range of an index.
    """
    family, letters = f"({_FAMILY})", _prefix(name)
    return found.plus(family, *letters), found.plus(f"({_FULL}) AND NOT {family}", *(letters * 2))


def where(reach: Where, filters: Filters, today: date) -> Where:
    """The conditions of an overview; `reach` is what the actor may see at all."""
    found = reach
    for column, value in (
        ("p.centre_id", filters.centre_id),
        ("p.patient_number", filters.patient_number),
        ("p.bsn", filters.bsn),
        ("p.number", filters.number),
        ("p.sex", filters.sex),
        ("p.last_phenotype", filters.phenotype),
    ):
        if value is not None:
            found = found.plus(f"{column} = ?", value)
    if filters.name:
        found = found.plus(f"({_FAMILY}) OR ({_FULL})", *(_prefix(filters.name) * 2))
    if filters.born:
        whole = len(filters.born) == 10
        found = found.plus(
            "p.birth_date = ?" if whole else "p.birth_date BETWEEN ? AND ?",
            *((filters.born,) if whole else (f"{filters.born}-01-01", f"{filters.born}-12-31")),
        )
    for column, flag in (("p.complete", filters.complete), ("p.deceased", filters.deceased),
                         ("p.treatment_ended", filters.ended),
                         ("(p.withdrawn_on IS NOT NULL)", filters.withdrawn)):  # fmt: skip
        if flag is not None:
            # An index finds `= TRUE`; nothing stored is a no.
            found = found.plus(f"{column} = TRUE" if flag else f"NOT coalesce({column}, FALSE)")
    if filters.due is not None:
        day = today.isoformat()
        found = found.plus(
            "p.course_due_on <= ?" if filters.due else "p.course_due_on IS NULL OR p.course_due_on > ?", day
        )
    return _shares(_days(found, filters), filters)


def _days(found: Where, filters: Filters) -> Where:
    for sql, day in (
        ("p.last_course_on >= ?", filters.last_course_from),
        ("p.last_course_on <= ?", filters.last_course_until),
        ("p.updated_at >= ?", filters.changed_from),
    ):
        if day is not None:
            found = found.plus(sql, day.isoformat())
    if filters.changed_until is not None:
        found = found.plus("p.updated_at < ?", f"{filters.changed_until.isoformat()} 24")
    return found


def _shares(found: Where, filters: Filters) -> Where:
    """`own`: registered by one of these centres. `shared`: shared by or with one of them (none: any)."""
    if filters.own is not None:
        found = found.plus(f"p.centre_id IN ({_marks(filters.own)})", *sorted(filters.own))
    if filters.shared is not None:
        active = "SELECT s.patient_id FROM share s WHERE s.until IS NULL"
        if filters.shared:
            marks = _marks(filters.shared)
            found = found.plus(
                f"p.id IN ({active} AND (s.centre_id IN ({marks}) OR p.centre_id IN ({marks})))",
                *sorted(filters.shared) * 2,
            )
        else:
            found = found.plus(f"p.id IN ({active})")
    return found


def _marks(values: frozenset[str]) -> str:
    return ", ".join("?" * len(values)) or "NULL"


def _prefix(text: str) -> tuple[str, str]:
    """The range of all texts that begin with `text`."""
    return text, text[:-1] + chr(ord(text[-1]) + 1)


def page(
    db: Database, found: Where, *, sort: str = "number", descending: bool = False, limit: int, offset: int = 0
) -> list[Row]:
    """One page of the overview, as rows of `COLUMNS`; equal values in the order of the registry number."""
    way = "DESC" if descending else "ASC"
    order = f"{SORTS[sort]} {way}" if sort == "number" else f"{SORTS[sort]} {way}, p.number"
    return db.rows(
        f"{_SELECT} WHERE {found.sql} ORDER BY {order} LIMIT ? OFFSET ?", (*found.params, limit, offset)
    )


def by_numbers(db: Database, numbers: Sequence[int]) -> list[Row]:
    """Rows of `COLUMNS` of these patients, in the order of the registry numbers as given."""
    found: dict[int, Row] = {}
    for marks, piece in pieces(numbers):
        found |= {row[1]: row for row in db.rows(f"{_SELECT} WHERE p.number IN ({marks})", piece)}
    return [found[number] for number in numbers if number in found]


def count(db: Database, found: Where) -> int:
    """How many patients there are, counted up to one more than `COUNT_LIMIT`."""
    row = db.one(
        f"SELECT count(*) FROM (SELECT 1 FROM patient p WHERE {found.sql} LIMIT {COUNT_LIMIT + 1})",
        found.params,
    )
    return int(row[0]) if row else 0


def count_all(db: Database, found: Where) -> int:
    """How many patients there are, however many."""
    row = db.one(f"SELECT count(*) FROM patient p WHERE {found.sql}", found.params)
    return int(row[0]) if row else 0


def each_id(db: Database, found: Where) -> Iterator[str]:
    """Ids of all patients, by registry number, as they come."""
    for row in db.execute(f"SELECT p.id FROM patient p WHERE {found.sql} ORDER BY p.number", found.params):
        yield row[0]
