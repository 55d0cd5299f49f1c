"""A batch file of one hospital, as large as asked: made-up patients with so many courses each, without a fault.

The answers are those of `msreg.services.made_up`; only the days of the courses are drawn here, because made-up
people do not all have as many.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from msreg.forms.columns import sheet_of
from msreg.rules.edss import SYSTEMS
from msreg.services.made_up.courses import GRADES, courses
from msreg.services.made_up.frame import Frame, State, frame, state_of
from msreg.services.made_up.illness import Illness
from msreg.services.made_up.lists import MadeUpCentre, centres, chance
from msreg.services.made_up.person import person
from msreg.services.made_up.treatment import treat
from msreg.vocabulary import Record

SEED = 6_000

Row = dict[str, Any]
"""Answers by column; what a row leaves out is a blank cell."""

RECORDS = (Record.PATIENT, Record.COURSE, Record.DISEASE, Record.MEDICATION)
"""The sheets of the batch. The last two have a header and no rows."""


def hospital() -> MadeUpCentre:
    """The centre that sends the batch."""
    return centres()[0]


def columns(record: Record) -> list[str]:
    """The columns of a sheet that a hospital fills in."""
    return [column.key for column in sheet_of(record).columns if not column.told]


def people(patients: int, each: int, today: date) -> Iterator[tuple[Row, list[Row]]]:
    """The row of every patient with the rows of the courses, as an export has them: by patient, by date."""
    for number in range(patients):
        rng = chance(SEED, number)
        state = state_of(SEED, number)
        # A course that was broken off has open questions, and those are faults in a batch file.
        around = frame(rng, State.CURRENT if state is State.INCOMPLETE else state, today)
        _visit(rng, around, each)
        illness = Illness.of(rng, around)
        treat(rng, around, illness)
        illness.finish()
        who = {"centre": hospital().code, **person(rng, SEED, number, around, hospital())}
        names = {key: who[key] for key in ("centre", "patient_number")}
        yield who, [names | _full(rng, visit) for visit in courses(rng, around, illness)]


def write_csv(folder: Path, patients: int, each: int, today: date) -> None:
    """The batch as a folder of CSV files: commas, UTF-8 without a mark."""
    folder.mkdir()
    with ExitStack() as opened:
        put = {}
        for record in RECORDS:
            path = folder / f"{sheet_of(record).key}.csv"
            file = opened.enter_context(path.open("w", encoding="utf-8", newline=""))
            put[record] = csv.writer(file).writerow
            put[record](columns(record))
        for record, row in _rows(patients, each, today):
            put[record]([_text(cell) for cell in row])


def write_xlsx(path: Path, patients: int, each: int, today: date) -> None:
    """The same batch as a workbook as Excel saves it: shared strings, real dates, numbers and booleans."""
    from xlsxwriter import Workbook

    with Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        pages = {record: book.add_worksheet(sheet_of(record).key) for record in RECORDS}
        lines = dict.fromkeys(RECORDS, 0)
        for record in RECORDS:
            pages[record].write_row(0, 0, columns(record))
        for record, row in _rows(patients, each, today):
            lines[record] += 1
            for at, cell in enumerate(row):
                match cell:
                    case None:
                        pass
                    case str():
                        pages[record].write_string(lines[record], at, cell)
                    case _:
                        pages[record].write(lines[record], at, cell)


def _rows(patients: int, each: int, today: date) -> Iterator[tuple[Record, list[Any]]]:
    """Every row with the sheet that it goes to, its cells in the order of the columns."""
    keys = {record: columns(record) for record in RECORDS}
    for who, visits in people(patients, each, today):
        for record, row in ((Record.PATIENT, who), *((Record.COURSE, visit) for visit in visits)):
            yield record, [_joined(row.get(key)) for key in keys[record]]


def _full(rng: Random, visit: Row) -> Row:
    """A course with its functional systems wherever the EDSS was assessed: made-up people have few."""
    if visit["edss_method"] == "assessed" and SYSTEMS[0] not in visit:
        visit |= dict(zip(SYSTEMS, rng.choice(GRADES[f"{visit['edss']}"]), strict=True))
    return visit


def _visit(rng: Random, around: Frame, each: int) -> None:
    """Give a frame `each` courses, a year apart; a life that is too short for them begins earlier."""
    last = around.courses[-1]
    days = [last - timedelta(days=365 * back + (rng.randint(-25, 25) if back else 0)) for back in range(each)]
    days.reverse()
    earlier = around.courses[0] - days[0]
    if earlier > timedelta(0):
        around.birth -= earlier
        around.onset -= earlier
        around.diagnosis -= earlier
        around.consent -= earlier
    around.courses = days


def _joined(value: Any) -> Any:
    return ";".join(value) if isinstance(value, tuple) else value


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else str(cell)
