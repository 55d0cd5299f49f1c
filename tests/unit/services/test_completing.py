"""What the Tab key may offer, and what of it is a look (decision 0027, SPEC S3, S5, C8)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from msreg.errors import Conflict, NotAllowed, NotFound, Usage
from msreg.services import completing
from msreg.services.shares import share
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Role

AT_MOST = completing.AT_MOST


@pytest.fixture
def many(people_registry: Registry) -> Registry:
    """A registry with 130 patients of one centre, of whom number 77 was changed last, and the first of another."""
    with people_registry.light() as db, transaction(db):
        db.execute("DELETE FROM share")
        columns = [row[1] for row in db.rows("PRAGMA table_info(patient)")]
        first = db.one("SELECT * FROM patient ORDER BY number LIMIT 1")
        assert first is not None
        base = dict(zip(columns, first, strict=True))
        highest = db.one("SELECT max(number) FROM patient")
        assert highest is not None
        for number in range(int(highest[0]) + 1, 131):
            values = base | {
                "id": f"{number:032x}",
                "number": number,
                "patient_number": f"x{number}",
                "bsn": None,
            }
            marks = ", ".join("?" * len(columns))
            db.execute(f"INSERT INTO patient VALUES ({marks})", [values[column] for column in columns])
        other = db.one("SELECT id FROM centre WHERE id <> ? ORDER BY code", (base["centre_id"],))
        assert other is not None
        db.execute(
            "UPDATE patient SET centre_id = ?, updated_at = '2026-01-01 00:00:00'", (base["centre_id"],)
        )
        db.execute("UPDATE patient SET centre_id = ? WHERE number = 1", (other[0],))
        db.execute("UPDATE patient SET updated_at = '2026-02-02 00:00:00' WHERE number = 77")
    return people_registry


def centre_of(registry: Registry, number: int) -> str:
    with registry.light() as db:
        row = db.one("SELECT centre_id FROM patient WHERE number = ?", (number,))
    assert row is not None
    return str(row[0])


def clinician(registry: Registry, by: Actor, number: int) -> Actor:
    centre = centre_of(registry, number)
    return replace(by, role=Role.CLINICIAN, centres=frozenset({centre}), centre=centre)


def events(registry: Registry) -> list[dict[str, Any]]:
    with registry.light() as db:
        return [json.loads(row[0]) for row in db.rows("SELECT body FROM audit_event ORDER BY seq")]


# -- numbers ----------------------------------------------------------------------------------------


def test_numbers_by_prefix(many: Registry, desk_of_people: Actor) -> None:
    def found(begun: str) -> list[str]:
        return completing.numbers(many, by=desk_of_people, begun=begun)

    assert found("MS-00001") == [f"MS-{number:07d}" for number in range(100, 131)]
    assert found("MS-0000077") == ["MS-0000077"]
    assert found("ms-000013") == ["ms-0000130"]
    assert found("MS-0000131") == []
    assert found("MS-0001") == []
    for word in ("bakker", "AMS01:", "77", "MS-00x", "MSX", "999990019", "-", "MS-0000000001"):
        assert found(word) == [], word


@pytest.mark.parametrize("begun", ["", "M", "MS", "MS-", "MS-00", "MS-0000"])
def test_at_most_fifty_and_who_was_changed_last_first(
    begun: str, many: Registry, desk_of_people: Actor
) -> None:
    """The lowest and the highest are among them: what all have in common excludes nobody."""
    found = completing.numbers(many, by=desk_of_people, begun=begun)
    assert (len(found), len(set(found))) == (AT_MOST, AT_MOST)
    assert found[:2] == ["MS-0000001", "MS-0000077"]
    assert found[-1] == "MS-0000130"


@pytest.mark.parametrize(("extra", "shown"), [(-1, 49), (0, 50), (1, 50)])
def test_fifty_are_all_shown_and_fifty_one_are_not(
    extra: int, shown: int, many: Registry, desk_of_people: Actor
) -> None:
    with many.light() as db, transaction(db):
        db.execute("PRAGMA defer_foreign_keys = ON")
        for table in ("adverse_event", "course", "disease_event", "medication"):
            db.execute(f"DELETE FROM {table}")
        db.execute("DELETE FROM patient WHERE number > ?", (AT_MOST + extra,))
    assert len(completing.numbers(many, by=desk_of_people, begun="")) == shown


def test_only_whom_the_actor_may_see(many: Registry, desk_of_people: Actor) -> None:
    """S3: of the own centre, and shared with it."""
    by = clinician(many, desk_of_people, 1)
    assert completing.numbers(many, by=by, begun="MS-") == ["MS-0000001"]
    with many.light() as db:
        row = db.one(
            "SELECT p.id, c.code FROM patient p, centre c WHERE p.number = 5 AND c.id = ?", (by.centre,)
        )
    assert row is not None
    share(many, by=desk_of_people, patient_id=row[0], centre_code=row[1], today=date(2026, 11, 21))
    assert completing.numbers(many, by=by, begun="MS-") == ["MS-0000001", "MS-0000005"]
    assert completing.numbers(many, by=by, begun="MS-0000006") == []


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.JOB, Role.NOTIFIER])
def test_who_may_not_see_patients_is_offered_none(role: Role, many: Registry, desk_of_people: Actor) -> None:
    assert completing.numbers(many, by=replace(desk_of_people, role=role), begun="MS-") == []


def test_numbers_are_no_look(many: Registry, desk_of_people: Actor) -> None:
    before = len(events(many))
    completing.numbers(many, by=desk_of_people, begun="MS-0000077")
    completing.batches(many, by=desk_of_people)
    completing.centre_codes(many, by=desk_of_people)
    assert len(events(many)) == before


# -- records of a patient -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "table", "columns", "segment"),
    [(Record.COURSE, "course", "t.course_date", "courses"),
     (Record.DISEASE, "disease_event", "t.kind, coalesce(t.date, '')", "disease"),
     (Record.MEDICATION, "medication", "t.medicine, t.start_date", "medication")],
)  # fmt: skip
def test_what_tells_records_apart_is_a_look(
    record: Record, table: str, columns: str, segment: str, people_registry: Registry, desk_of_people: Actor
) -> None:
    """S5: with the patient and the segment, and without a value."""
    with people_registry.light() as db:
        row = db.one(f"SELECT p.number, p.id FROM patient p JOIN {table} t ON t.patient_id = p.id LIMIT 1")
        assert row is not None
        expected = {
            tuple(each)
            for each in db.rows(f"SELECT {columns} FROM {table} t WHERE t.patient_id = ?", row[1:])
        }
    before = len(events(people_registry))
    found = completing.identities(
        people_registry, by=desk_of_people, record=record, patient=f"MS-{row[0]:07d}"
    )
    assert set(found) == expected
    dates = [each[-1] for each in found]
    assert dates == sorted(dates, reverse=True)
    last = events(people_registry)[before:]
    assert [
        (each["event"], each["action"], each["outcome"], each["patient_id"], each["segment"]) for each in last
    ] == [("completion", "R", "0", row[1], segment)]
    assert last[0]["about"] == {"record": record.value}


def test_another_centres_patient_and_nobody_are_the_same(many: Registry, desk_of_people: Actor) -> None:
    """S3: both are refused, and both attempts are in the log."""
    by = clinician(many, desk_of_people, 1)
    before = len(events(many))
    for number in ("MS-0000002", "MS-0009999"):
        with pytest.raises(NotFound):
            completing.identities(many, by=by, record=Record.COURSE, patient=number)
    assert [each["outcome"] for each in events(many)[before:]] == ["4", "4"]


def test_a_word_that_names_nobody_is_no_event(many: Registry, desk_of_people: Actor) -> None:
    before = len(events(many))
    with pytest.raises(Usage):
        completing.identities(many, by=desk_of_people, record=Record.COURSE, patient="bakker")
    assert len(events(many)) == before


def test_who_may_not_read_is_refused(many: Registry, desk_of_people: Actor) -> None:
    by = replace(desk_of_people, role=Role.AUDITOR)
    with pytest.raises(NotAllowed):
        completing.identities(many, by=by, record=Record.COURSE, patient="MS-0000002")


def test_nobody_waits_for_who_writes(people_registry: Registry, desk_of_people: Actor) -> None:
    """Numbers are read beside a long load; a look cannot be logged then, and is not given."""
    settings = people_registry.settings
    with (
        people_registry.light() as writer,
        transaction(writer),
        Registry.open(settings, patience=0.05) as quick,
    ):
        assert completing.numbers(quick, by=desk_of_people, begun="MS-")
        with pytest.raises(Conflict):
            completing.identities(quick, by=desk_of_people, record=Record.COURSE, patient="MS-0000002")


# -- batches and centres ------------------------------------------------------------------------------


def test_centres_for_who_may_see_them(people_registry: Registry, desk_of_people: Actor) -> None:
    found = completing.centre_codes(people_registry, by=desk_of_people)
    assert found == sorted(found)
    assert {"AMS01", "UTR01"} <= set(found)


def test_batches_for_who_loads_them(registry: Registry, desk: Actor, lay: Any, row: Any) -> None:
    """Newest first with the day, and those of other centres left out, as in `imports history`."""
    for number in ("00001", "00002"):
        lay(patients=[row["patient"](number)])
    assert [label for label, _day in completing.batches(registry, by=desk)] == ["B-000002", "B-000001"]
    assert all(date.fromisoformat(day) for _label, day in completing.batches(registry, by=desk))
    with registry.light() as db:
        other = db.one("SELECT id FROM centre WHERE code = 'UTR01'")
    assert other is not None
    far = replace(desk, role=Role.DATA_MANAGER, centres=frozenset({other[0]}), centre=other[0])
    assert completing.batches(registry, by=far) == []
    assert completing.batches(registry, by=replace(desk, role=Role.READER)) == []
