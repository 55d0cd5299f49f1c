"""Every patient with what reports read of them, one at a time: walks over the tables, merged by the patient's id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from msreg.store.connect import Database
from msreg.store.dbapi import Row
from msreg.store.queries import reports as queries
from msreg.vocabulary import DiseaseKind


class Side(IntEnum):
    """Where a patient stands for the centre that a report is made for."""

    OWN = 0
    """Registered by it."""
    KNOWN = 1
    """Registered by another and shared with it: one of the others, whom its people know all the same."""
    OTHER = 2
    """Nobody whom it may see."""


class Course(NamedTuple):
    """One dated follow-up record."""

    on: date
    edss: Decimal | None
    mri_done: bool | None
    mri_on: date | None
    new_t2: str | None
    gadolinium: bool | None
    gd_lesions: int | None


class Change(NamedTuple):
    """A phenotype and since when."""

    on: date
    phenotype: str


class Period(NamedTuple):
    """One period of one medicine; without `stop` it still runs."""

    medicine: str
    start: date
    stop: date | None


class Answered(NamedTuple):
    """One list that a patient filled in."""

    on: date
    value: Decimal | None
    score: int | None
    value_set: str | None


@dataclass(slots=True)
class Person:
    """One patient; lists are oldest first."""

    centre_id: str
    side: Side
    born: date | None
    sex: str | None
    deceased: bool
    deceased_on: date | None
    ended: bool
    ended_on: date | None
    withdrawn_on: date | None
    reachable: bool
    """Consent and an e-mail address are there."""
    diagnosed: date | None
    first_phenotype: str | None
    phenotype: str | None
    complete: bool
    due_on: date | None
    mail_stopped_on: date | None
    courses: list[Course]
    relapses: list[date]
    undated: bool
    """Whether there is a relapse of which the date is not known."""
    changes: list[Change]
    periods: list[Period]
    lists: list[Answered]

    @property
    def gone_on(self) -> date | None:
        """The day of death, of the end of treatment or of withdrawn consent, the first of them that is known."""
        days = (self.deceased_on, self.ended_on, self.withdrawn_on)
        return min((day for day in days if day is not None), default=None)

    @property
    def in_care(self) -> bool:
        """Alive, in treatment, and consenting."""
        return not (self.deceased or self.ended or self.withdrawn_on)

    def phenotype_on(self, day: date) -> str | None:
        """The phenotype on a day; before the first change the one at diagnosis."""
        found = self.first_phenotype
        for change in self.changes:
            if change.on > day:
                break
            found = change.phenotype
        return found

    def medicine_on(self, day: date) -> str | None:
        """The medicine that was used on a day; on the day of stopping it is used no more."""
        for period in reversed(self.periods):
            if period.start <= day and (period.stop is None or period.stop > day):
                return period.medicine
        return None


def read_people(db: Database, *, own: str | None, only_own: bool, treats: frozenset[str]) -> Iterator[Person]:
    """Every patient, or with `only_own` those of the centre `own`; without `own` all are own.

    `treats`: codes of the medicines that treat the disease itself; others are left out.
    """
    centre = own if only_own else None
    shared = queries.shared_with(db, own) if own and not only_own else frozenset()
    courses, disease, medication, proms = (
        _Along(queries.records(db, table, centre))
        for table in ("course", "disease_event", "medication", "prom")
    )
    for row in queries.people(db, centre):
        who = row[0]
        side = Side.OWN if own is None or row[1] == own else Side.KNOWN if who in shared else Side.OTHER
        relapses, undated, changes = _disease(disease.of(who))
        yield Person(
            centre_id=row[1], side=side, born=_day(row[2]), sex=row[3], deceased=bool(row[4]),
            deceased_on=_day(row[5]) if row[4] else None, ended=bool(row[6]),
            ended_on=_day(row[7]) if row[6] else None, withdrawn_on=_day(row[8]),
            reachable=bool(row[9]) and bool(row[10]), diagnosed=_day(row[11]), first_phenotype=row[12],
            phenotype=row[13], complete=bool(row[14]), due_on=_day(row[15]), mail_stopped_on=_day(row[16]),
            courses=[_course(each) for each in courses.of(who)],
            relapses=relapses,
            undated=undated,
            changes=changes,
            periods=[Period(each[1], date.fromisoformat(each[2]), _day(each[3]))
                     for each in medication.of(who) if each[1] in treats],
            lists=[Answered(date.fromisoformat(each[1]), _number(each[2]), each[3], each[4])
                   for each in proms.of(who)],
        )  # fmt: skip


class _Along:
    """Rows in the order of the patients' ids, taken patient by patient."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, who: str) -> list[Row]:
        found: list[Row] = []
        row = self._next
        while row is not None and row[0] <= who:
            if row[0] == who:
                found.append(row)
            row = next(self._rows, None)
        self._next = row
        return found


def _course(row: Row) -> Course:
    done = None if row[3] is None else bool(row[3])
    given = None if row[6] is None else bool(row[6])
    return Course(date.fromisoformat(row[1]), _number(row[2]), done, _day(row[4]), row[5], given, row[7])


def _disease(rows: list[Row]) -> tuple[list[date], bool, list[Change]]:
    relapses: list[date] = []
    undated = False
    changes: list[Change] = []
    for _who, kind, day, phenotype in rows:
        if day is None:
            undated |= kind == DiseaseKind.RELAPSE
            continue
        if kind == DiseaseKind.RELAPSE:
            relapses.append(date.fromisoformat(day))
        elif kind == DiseaseKind.PHENOTYPE and phenotype:
            changes.append(Change(date.fromisoformat(day), phenotype))
    return relapses, undated, changes


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@cache
def _decimal(text: str) -> Decimal:
    return Decimal(text)


def _number(raw: object) -> Decimal | None:
    return None if raw is None else _decimal(str(raw))
