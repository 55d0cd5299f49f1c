"""Patients: the overview, one patient, finding somebody, and why a record is not complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from msreg.clock import read_date
from msreg.errors import Usage
from msreg.rules.names import fold_name
from msreg.services import access
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import overview as queries
from msreg.store.queries.overview import Filters, Where
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Right


class Asked(NamedTuple):
    """What a person asks of the overview, as typed; `overview` reads and checks it.

    A tuple: making a dataclass of so many fields takes 1 ms of every start.
    """

    centre: str | None = None
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
    scope: str = "all"
    """"own": registered by the own centre; "shared": shared with or by it; "all": both."""
    sort: str = "number"
    descending: bool = False
    page: int = 1
    page_size: int = 50

    def told(self) -> str:
        """The columns that were filtered on, without the values: those may name a patient."""
        usual = Asked()
        return " ".join(
            key
            for key in self._fields
            if key not in ("sort", "descending", "page", "page_size")
            and getattr(self, key) != getattr(usual, key)
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the overview: rows by column name, and how many patients there are on all pages."""

    rows: list[dict[str, Any]]
    total: int
    more_than: bool
    page: int
    page_size: int


def overview(registry: Registry, *, by: Actor, asked: Asked, today: date, reveal: bool = False) -> Page:
    """One page of the patients whom the actor may see; who is on it is in the log first (P5).

    `reveal` shows whole BSNs and is logged as such. Raises `Usage` for a sort or a birth date that is none.
    """
    if reveal:
        access.require(registry, by=by, right=Right.BSN_REVEAL, event="patients.list")
    with looking(registry, by=by, event="patients.list") as look:
        found = conditions(look.db, by, asked, today)
        require_sort(asked)
        rows = queries.page(
            look.db,
            found,
            sort=asked.sort,
            descending=asked.descending,
            limit=asked.page_size,
            offset=(asked.page - 1) * asked.page_size,
        )
        total = queries.count(look.db, found)
        look.patients = [row[0] for row in rows]
        look.about = {"filters": asked.told(), "reveal": reveal, "shown": len(rows)}
    return Page(
        [dict(zip(queries.COLUMNS, row, strict=True)) for row in rows],
        min(total, queries.COUNT_LIMIT),
        total > queries.COUNT_LIMIT,
        asked.page,
        asked.page_size,
    )


def require_sort(asked: Asked) -> None:
    """Raise `Usage` when there is no such column to sort on."""
    if asked.sort not in queries.SORTS:
        raise Usage(
            N_("There is no column {column} to sort on; there are {columns}."),
            field="sort",
            column=repr(asked.sort),
            columns=", ".join(queries.SORTS),
        )


def conditions(db: Database, by: Actor, asked: Asked, today: date) -> Where:
    """The conditions of what is asked, within what the actor may see at all."""
    reach = access.reach(by)
    return queries.where(Where((reach.sql,), reach.params), _filters(db, by, asked), today)


def _filters(db: Database, by: Actor, asked: Asked) -> Filters:
    centre = None
    if asked.centre is not None:
        centre = access.require_centre(db, asked.centre).id
    if asked.scope not in ("own", "shared", "all"):
        raise Usage(N_("Patients are own, shared or all."), field="scope")
    around = frozenset({centre}) if centre else by.centres
    return Filters(
        centre_id=centre if asked.scope == "all" else None,
        name=folded_name(asked.name),
        born=_born(asked.born),
        bsn=asked.bsn,
        number=asked.number,
        patient_number=asked.patient_number,
        sex=asked.sex,
        phenotype=asked.phenotype,
        complete=asked.complete,
        due=asked.due,
        deceased=asked.deceased,
        ended=asked.ended,
        withdrawn=asked.withdrawn,
        last_course_from=asked.last_course_from,
        last_course_until=asked.last_course_until,
        changed_from=asked.changed_from,
        changed_until=asked.changed_until,
        own=around if asked.scope == "own" else None,
        shared=(around or frozenset()) if asked.scope == "shared" else None,
    )


def folded_name(text: str | None) -> str | None:
    """The letters that names must begin with. Signs alone would find everybody, and are refused."""
    if text is None:
        return None
    folded = fold_name(text)
    if not folded.strip("-"):
        raise Usage(N_("A name to look for has at least one letter."), field="name")
    return folded


def _born(text: str | None) -> str | None:
    """A whole birth date or a year alone (P5)."""
    if text is None:
        return None
    if len(text) == 4 and text.isascii() and text.isdigit():
        return text
    day = read_date(text)
    if day is None:
        raise Usage(N_("Born takes a date such as 1970-01-03 or a year such as 1970."), field="born")
    return day.isoformat()
