"""Windows on the overview: the patients after or before a place in any of its orders (SPEC P5).

A place is a value and a registry number, not a distance from the start, so that a window costs what it shows
and holds while others write. The order is that of `overview.page`: equal values by registry number.

Two ways to find a window. Walking: along the index of the order, which is there for every order. Picking: all
patients of the conditions, sorted; for conditions that few fit, where a walk would pass nearly everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from msreg.store.dbapi import Database
from msreg.store.queries.overview import Where

FEW_SHARES = 2_000
"""So many shared patients are sorted; of more, one is met soon on a walk."""

_SHARED = "SELECT s.patient_id FROM share s WHERE s.until IS NULL"
_IS_SHARED = "EXISTS (SELECT 1 FROM share s WHERE s.patient_id = p.id AND s.until IS NULL)"
_BY_NUMBER = "uq_patient_number"


class Place(NamedTuple):
    """Where a patient stands in an order: the value that is sorted on, and the registry number."""

    value: Any
    number: int


@dataclass(frozen=True, slots=True)
class _Column:
    """A column to sort on, and the index that has it with the registry number behind it."""

    sql: str
    index: str
    nulls: bool = False


COLUMNS: Mapping[str, _Column] = {
    "name": _Column("p.search_name", "ix_patient_search_name"),
    "born": _Column("p.birth_date", "ix_patient_birth", nulls=True),
    "bsn": _Column("p.bsn", "ix_patient_bsn", nulls=True),
    "patient-number": _Column("p.patient_number", "ix_patient_patient_number"),
    "sex": _Column("p.sex", "ix_patient_sex", nulls=True),
    "phenotype": _Column("p.last_phenotype", "ix_patient_phenotype", nulls=True),
    "complete": _Column("p.open_questions", "ix_patient_open_questions"),
    "last-course": _Column("p.last_course_on", "ix_patient_last_course", nulls=True),
    "deceased": _Column("p.deceased", "ix_patient_deceased", nulls=True),
    "ended": _Column("p.treatment_ended", "ix_patient_ended", nulls=True),
    "changed": _Column("p.updated_at", "ix_patient_changed"),
}
"""The orders by one column; beside them there are number, centre and shared."""


def places(
    db: Database,
    found: Where,
    *,
    sort: str,
    descending: bool = False,
    near: Place | None = None,
    back: bool = False,
    inclusive: bool = False,
    few: bool = False,
    limit: int,
) -> list[Place]:
    """The next `limit` places after `near`, from the first without it; nearest first.

    `back`: those before it, from the last without it. `inclusive`: `near` itself too. `few`: few patients fit
    the conditions, so that they are picked and sorted.
    """
    walk = _Walk(db, found, limit, few, inclusive, rising=descending == back, later=not back)
    if sort == "number":
        return _numbers(walk, near)
    if sort in COLUMNS:
        return _column(walk, COLUMNS[sort], near)
    return _groups(walk, list(_centres(db) if sort == "centre" else _shares(db)), near)


def first_of(
    lists: Sequence[Sequence[Place]], *, sort: str, descending: bool, back: bool, limit: int
) -> list[Place]:
    """The nearest of places that were found apart, in the order of `places`."""
    # Twice sorted, for values may go one way and numbers the other; the second keeps equals as they are.
    number_up = (descending == back) if sort == "number" else not back
    found = sorted((place for each in lists for place in each), key=_number, reverse=not number_up)
    found.sort(key=_value, reverse=descending != back)
    return found[:limit]


def _number(place: Place) -> int:
    return place.number


def _value(place: Place) -> tuple[bool, Any]:
    return place.value is not None, place.value


class _Group(NamedTuple):
    """Patients with one value of an order that is no column: the condition, and how to find them."""

    value: Any
    where: Where
    along: str | None


@dataclass(frozen=True, slots=True)
class _Walk:
    """One search: `rising` values, `later` numbers among equal ones."""

    db: Database
    found: Where
    limit: int
    few: bool
    inclusive: bool
    rising: bool
    later: bool

    def past(self, number: int, *, later: bool) -> Where:
        """The numbers from a place on."""
        sign = (">" if later else "<") + ("=" if self.inclusive else "")
        return Where((f"p.number {sign} ?",), (number,))

    def equal(
        self, value: Any, where: Where, index: str | None, number: int | None, room: int
    ) -> list[Place]:
        """The places with one value, from a number on."""
        if number is not None:
            where = _both(where, self.past(number, later=self.later))
        rows = self.rows("p.number", where, index, (("p.number", self.later),), room)
        return [Place(value, row[0]) for row in rows]

    def rows(
        self, select: str, where: Where, index: str | None, order: Sequence[tuple[str, bool]], room: int
    ) -> list[Any]:
        """The first rows in an order, along the index unless few are to be picked."""
        picked = self.few or index is None
        # The index is named, for the database would guess from a condition that few rows fit it, and sort
        # half a registry; a `+` keeps it from walking along the order where few do fit.
        source = "patient p" if picked else f"patient p INDEXED BY {index}"
        sign = "+" if picked else ""
        by = ", ".join(f"{sign}{column} {'ASC' if up else 'DESC'}" for column, up in order)
        both = _both(self.found, where)
        return self.db.rows(
            f"SELECT {select} FROM {source} WHERE {both.sql} ORDER BY {by} LIMIT ?", (*both.params, room)
        )


def _numbers(walk: _Walk, near: Place | None) -> list[Place]:
    """The order of the numbers themselves."""
    up = walk.rising
    where = Where() if near is None else walk.past(near.number, later=up)
    rows = walk.rows("p.number", where, _BY_NUMBER, (("p.number", up),), walk.limit)
    return [Place(row[0], row[0]) for row in rows]


def _column(walk: _Walk, column: _Column, near: Place | None) -> list[Place]:
    taken: list[Place] = []
    if near is not None:
        taken = walk.equal(near.value, _is(column, near.value), column.index, near.number, walk.limit)
    if walk.few or walk.rising == walk.later:
        for where in _beyond(walk, column, near):
            room = walk.limit - len(taken)
            if not room:
                break
            order = ((column.sql, walk.rising), ("p.number", walk.later))
            rows = walk.rows(f"{column.sql}, p.number", where, column.index, order, room)
            taken += [Place(*row) for row in rows]
        return taken
    # Values one way and numbers the other is no order of the index: value by value, each of them is.
    at = near
    while (room := walk.limit - len(taken)) and (at := _next(walk, column, at)) is not None:
        taken += walk.equal(at.value, _is(column, at.value), column.index, None, room)
    return taken


def _is(column: _Column, value: Any) -> Where:
    return Where((f"{column.sql} IS NULL",)) if value is None else Where((f"{column.sql} = ?",), (value,))


def _beyond(walk: _Walk, column: _Column, near: Place | None) -> Iterator[Where]:
    """The values past the one at a place, in order; the missing value comes before all others."""
    none, some = Where((f"{column.sql} IS NULL",)), Where((f"{column.sql} IS NOT NULL",))
    sign = ">" if walk.rising else "<"
    if near is not None and near.value is not None:
        yield Where((f"{column.sql} {sign} ?",), (near.value,))
        if column.nulls and not walk.rising:
            yield none
    elif near is not None:
        if walk.rising:
            yield some
    else:
        both = [none, some] if column.nulls else [some]
        yield from both if walk.rising else reversed(both)


def _next(walk: _Walk, column: _Column, at: Place | None) -> Place | None:
    """The next value that somebody has, as a place."""
    for where in _beyond(walk, column, at):
        order = ((column.sql, walk.rising),)
        rows = walk.rows(f"{column.sql}, p.number", where, column.index, order, 1)
        if rows:
            return Place(*rows[0])
    return None


def _groups(walk: _Walk, groups: Sequence[_Group], near: Place | None) -> list[Place]:
    taken: list[Place] = []
    for group in groups if walk.rising else reversed(groups):
        number = None
        if near is not None:
            if group.value == near.value:
                number = near.number
            elif (group.value > near.value) is not walk.rising:
                continue
        room = walk.limit - len(taken)
        if not room:
            break
        taken += walk.equal(group.value, group.where, group.along, number, room)
    return taken


def _centres(db: Database) -> Iterator[_Group]:
    for row in db.rows("SELECT code, id FROM centre ORDER BY code"):
        yield _Group(row[0], Where(("p.centre_id = ?",), (row[1],)), "ix_patient_centre")


def _shares(db: Database) -> Iterator[_Group]:
    yield _Group(0, Where((f"NOT {_IS_SHARED}",)), _BY_NUMBER)
    row = db.one(f"SELECT count(*) FROM ({_SHARED} LIMIT {FEW_SHARES + 1})")
    if row is None or row[0] <= FEW_SHARES:
        yield _Group(1, Where((f"p.id IN ({_SHARED})",)), None)
    else:
        yield _Group(1, Where((_IS_SHARED,)), _BY_NUMBER)


def _both(one: Where, other: Where) -> Where:
    return Where(one.parts + other.parts, one.params + other.params)
