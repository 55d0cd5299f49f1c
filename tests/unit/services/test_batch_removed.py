"""What somebody deleted or gave another date by hand does not come back with the same file (SPEC B4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from msreg.services.batch_loading import How
from msreg.services.batch_result import Loaded
from msreg.services.deleting import delete
from msreg.services.dossiers import Entry, read_by_ids
from msreg.services.editing import edit_record
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Record, Rowed

Row = dict[str, Any]
Rows = dict[str, Callable[..., Row]]
Stored = Callable[[str], list[Row]]
Lay = Callable[..., Loaded]
FIRST, OTHER = date(2021, 1, 1), date(2021, 1, 8)


@pytest.fixture
def remove(registry: Registry, desk: Actor) -> Callable[[Record], None]:
    """Delete by hand the first record of a kind of the first patient."""

    def call(record: Record) -> None:
        with registry.light() as db:
            found = db.one("SELECT id FROM patient ORDER BY number")
        assert found is not None
        with writing(registry, by=desk, event=f"{record.value}.delete", action=Action.DELETE) as work:
            (dossier,) = read_by_ids(work.db, [found[0]])
            entry: Entry = dossier.of(record)[0]
            delete(work, dossier, [entry])

    return call


def whole(row: Rows) -> dict[str, list[Row]]:
    return {
        "patients": [row["patient"]()],
        "courses": [row["course"](), row["course"](course_date=date(2022, 1, 1))],
        "disease": [row["relapse"](), row["referral"]()],
        "medication": [row["medication"]()],
        "adverse_events": [row["event"]()],
    }


def told(done: Loaded) -> list[tuple[str, int | None, str | None]]:
    return [(each.sheet, each.row, each.field) for each in done.findings if each.code == "FIL-020"]


def test_a_course_whose_date_was_corrected_by_hand_is_not_added_again(
    lay: Lay, row: Rows, stored: Stored, registry: Registry, desk: Actor, today: date
) -> None:
    lay(**whole(row))
    edit_record(
        registry, by=desk, record=Record.COURSE, patient="MS-0000001", which={"course_date": FIRST},
        answers={"course_date": OTHER}, today=today,
    )  # fmt: skip
    for trial in ({"check": True}, {"dry_run": True}, {}):
        done = lay(**trial, **whole(row))
        assert told(done) == [("courses", 2, "course_date")]
        assert (done.conflicts, done.in_part, done.refused) == (1, True, False)
        assert done.outcomes["courses"].get(2) is Rowed.SKIPPED
    assert sorted(each["course_date"] for each in stored("course")) == ["2021-01-08", "2022-01-01"]
    done = lay(how=How(overwrite=True), **whole(row))
    assert (done.summary["added"], told(done), done.in_part) == (1, [], False)
    assert len(stored("course")) == 3


def test_the_new_date_in_the_file_is_the_same_course(
    lay: Lay, row: Rows, stored: Stored, registry: Registry, desk: Actor, today: date
) -> None:
    lay(**whole(row))
    edit_record(
        registry, by=desk, record=Record.COURSE, patient="MS-0000001", which={"course_date": FIRST},
        answers={"course_date": OTHER}, today=today,
    )  # fmt: skip
    rows = whole(row)
    rows["courses"][0]["course_date"] = OTHER
    done = lay(**rows)
    assert (done.summary["unchanged"], done.findings) == (7, [])


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Record.COURSE, [("courses", 2, "course_date")]),
        (Record.DISEASE, [("disease", 3, "date")]),
        (Record.MEDICATION, [("medication", 2, "start_date")]),
        (Record.ADVERSE_EVENT, [("adverse_events", 2, "description")]),
    ],
)
def test_a_record_that_was_deleted_by_hand_is_not_added_again(
    record: Record,
    expected: list[tuple[str, int, str]],
    lay: Lay,
    row: Rows,
    remove: Callable[[Record], None],
    stored: Stored,
) -> None:
    """A side effect whose medication stays away stays away with it."""
    lay(**whole(row))
    tables = ("course", "disease_event", "medication", "adverse_event")
    remove(record)
    after = {table: stored(table) for table in tables}
    assert sum(map(len, after.values())) < 6
    done = lay(**whole(row))
    assert told(done) == expected
    assert (done.conflicts, done.in_part) == (1, True)
    assert {table: stored(table) for table in tables} == after
    lay(how=How(overwrite=True), **whole(row))
    assert [len(stored(table)) for table in tables] == [2, 2, 1, 1]


def test_what_another_batch_changed_is_no_work_by_hand(lay: Lay, row: Rows, stored: Stored) -> None:
    """The patient has another course by now, from a file; the old file adds nothing that was taken away."""
    lay(**whole(row))
    rows = whole(row)
    rows["courses"].append(row["course"](course_date=date(2023, 1, 1)))
    done = lay(**rows)
    assert (done.summary["added"], told(done)) == (1, [])
    assert len(stored("course")) == 3
