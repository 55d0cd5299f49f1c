"""Which required questions are open, in how many records, and of how many patients (`reports completeness`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from msreg.formats.report import SMALL, Column, Row, Share, Table, Value
from msreg.forms.answers import open_questions
from msreg.forms.columns import forms_of, from_row
from msreg.services.reports_measures import NO, YES
from msreg.services.reports_people import Side
from msreg.services.reports_tables import percent
from msreg.services.reports_tally import Tally
from msreg.services.reports_withheld import free_cells, free_gap, rest
from msreg.store.connect import Database
from msreg.store.queries import reports as queries
from msreg.store.queries.dossiers import TABLES
from msreg.vocabulary import Record

COUNTED = (Record.PATIENT, Record.COURSE, Record.DISEASE, Record.MEDICATION, Record.ADVERSE_EVENT)
"""Records whose questions an office chases; a PROM is the patient's own."""


class Lacking(NamedTuple):
    """One open question of one record."""

    form: str
    item: str


def count_lacking(tally: Tally, db: Database, *, own: str | None) -> None:
    """Put every open required question in the tally, and how many records of each kind there are.

    Only records that have an open question are read whole.
    """
    shared = queries.shared_with(db, own) if own else frozenset()
    for record in COUNTED:
        table = TABLES[record]
        known = sum(queries.counts(db, table, shared_with=own).values()) if own else 0
        for centre_id, count in queries.counts(db, table).items():
            side = Side.OWN if own is None or centre_id == own else Side.OTHER
            tally.plus("records", record.value, side, count)
        tally.plus("records", record.value, Side.KNOWN, known)
        tally.plus("records", record.value, Side.OTHER, -known)
        last, seen = "", set[str]()
        for row in queries.lacking(db, table, None):
            who, centre_id = row["of_patient"], row["of_centre"]
            side = (
                Side.OWN if own is None or centre_id == own else Side.KNOWN if who in shared else Side.OTHER
            )
            if who != last:
                last, seen = who, set()
            for each in _open(record, row):
                key = f"{each.form}.{each.item}"
                tally.plus("open", key, side, 1)
                tally.plus(f"open:{centre_id}", "", side, 1)
                if key not in seen:
                    seen.add(key)
                    tally.put("question", YES, side, key)


def questions_table(tally: Tally, *, compared: bool) -> Table:
    """Each required question that is open somewhere: in how many of the records of its kind."""
    people = tally.parts("people", "all")
    rows, withheld = [], False
    for record in COUNTED:
        for form in forms_of(record):
            for item in form.items:
                key = f"{form.key}.{item.key}"
                lacking = tally.sum("open", key)
                if not lacking.all:
                    continue
                records = tally.sum("records", record.value)
                them = tally.parts("question", YES, key)
                # Records are shown and people are protected; who has no such record is not told, who has one is.
                cells = [[them, rest(people, them)], [lacking, rest(records, lacking)]]
                free = all(all(free_cells(each)) for each in cells)
                if record is Record.PATIENT:  # of those who are not complete, and these are told as well
                    free = free and free_gap(tally.parts("complete", NO), them)
                withheld |= compared and not free
                if not (lacking.own or (compared and free)):
                    continue
                values: tuple[Value, ...] = (Share(lacking.own, records.own),)
                if compared:
                    values += (Share(lacking.all, records.all) if free else SMALL,)
                rows.append(Row(key, values))
    columns = (Column("own", "share"), Column("all", "share")) if compared else (Column("own", "share"),)
    return Table("questions", "question", columns, tuple(rows), withheld=withheld)


def centres_table(tally: Tally, codes: dict[str, str]) -> Table:
    """Each centre with its patients, how many are complete, and how many have an overdue course."""
    rows = []
    for centre_id, code in codes.items():
        of = {
            key: sum(tally.centres[centre_id, share, category, side] for side in Side)
            for key, share, category in (
                ("complete", "complete", YES), ("lacking", "complete", NO), ("overdue", "overdue", YES),
            )
        }  # fmt: skip
        people = of["complete"] + of["lacking"]
        lacking = tally.sum(f"open:{centre_id}").all
        rows.append(
            Row(code, (people, of["complete"], percent(of["complete"], people), lacking, of["overdue"]))
        )
    columns = (
        Column("people"), Column("complete"), Column("complete_percent", "percent"), Column("open"),
        Column("overdue"),
    )  # fmt: skip
    return Table("centres", "centre", columns, tuple(rows))


def _open(record: Record, row: dict[str, Any]) -> Iterator[Lacking]:
    forms = forms_of(record)
    values = from_row(forms, row)
    for form in forms:
        for item in open_questions(form, values):
            yield Lacking(form.key, item.key)
