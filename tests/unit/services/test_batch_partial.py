"""In part: exactly the patients without faults, and a second run of the mended rest completes it (SPEC B3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from msreg.services.batch_loading import How
from msreg.services.batch_result import Loaded
from msreg.services.batches import list_batches
from msreg.services.imports import load_batch
from msreg.services.shares import share
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Rowed

Row = dict[str, Any]
Rows = dict[str, Callable[..., Row]]
Stored = Callable[[str], list[Row]]
Lay = Callable[..., Loaded]
PART = How(partial=True, changes=True)
BSN, OTHER_BSN = "999990019", "999994669"


def counted(done: Loaded) -> tuple[int, ...]:
    """Added, changed, unchanged, skipped, refused (C11)."""
    assert sum(done.summary.values()) == sum(done.rows.values())
    return tuple(done.summary[each.value] for each in Rowed)


def fates(done: Loaded) -> dict[str, list[str]]:
    return {
        sheet: [outcome.value for _, outcome in rows.items()]
        for sheet, rows in done.outcomes.items()
        if [*rows.items()]
    }


def numbers(stored: Stored) -> list[str]:
    return [each["patient_number"] for each in stored("patient")]


def mixed(row: Rows) -> dict[str, list[Row]]:
    """Three patients: one sound, one with a fault in a course, one with a fault of its own."""
    return {
        "patients": [row["patient"]("1"), row["patient"]("2"), row["patient"]("3", sex="vrouwelyk")],
        "courses": [row["course"]("1"), row["course"]("2"), row["course"]("2", course_date=date(2022, 1, 1), edss=0.5),
                    row["course"]("3")],
        "medication": [row["medication"]("1"), row["medication"]("2")],
        "adverse_events": [row["event"]("2")],
    }  # fmt: skip


def test_exactly_the_patients_without_faults(lay: Lay, row: Rows, stored: Stored) -> None:
    """B3: of a patient with a fault nothing is loaded: the faulty row is refused, the others skipped."""
    done = lay(how=PART, **mixed(row))
    assert fates(done) == {
        "patients": ["added", "skipped", "refused"],
        "courses": ["added", "skipped", "refused", "skipped"],
        "medication": ["added", "skipped"],
        "adverse_events": ["skipped"],
    }
    assert counted(done) == (3, 0, 0, 5, 2)
    assert (done.refused, done.in_part, done.sound_patients, done.patients) == (False, True, 1, 3)
    assert numbers(stored) == ["1"]
    assert [len(stored(each)) for each in ("course", "medication", "adverse_event")] == [1, 1, 0]
    assert {change.sheet for change in done.changes} == {"patients", "courses", "medication"}


def test_without_partial_the_same_file_loads_nothing(lay: Lay, row: Rows, stored: Stored) -> None:
    """B3: one fault and nothing is loaded; every fault is told all the same."""
    whole, part = lay(**mixed(row)), lay(how=PART, check=True, **mixed(row))
    assert whole.refused
    assert whole.changes == []
    assert counted(whole) == (0, 0, 0, 8, 2)
    assert [(e.sheet, e.row, e.field, e.code) for e in whole.findings] == [
        (e.sheet, e.row, e.field, e.code) for e in part.findings
    ]
    assert numbers(stored) == []


def test_a_check_and_a_dry_run_tell_what_the_run_does(lay: Lay, row: Rows, stored: Stored) -> None:
    """C5: and write nothing."""
    tried = [lay(how=PART, check=True, **mixed(row)), lay(how=PART, dry_run=True, **mixed(row))]
    assert numbers(stored) == []
    done = lay(how=PART, **mixed(row))
    for each in tried:
        assert (fates(each), each.summary, each.in_part) == (fates(done), done.summary, True)
        assert each.batch is None


def test_the_mended_rest_completes_it(lay: Lay, row: Rows, stored: Stored) -> None:
    """B4: what was loaded already is unchanged, the rest is added; the registry is that of a sound file."""
    rows = mixed(row)
    lay(how=PART, **rows)
    rows["patients"][2]["sex"] = "male"
    rows["courses"][2]["edss"] = 3
    again = lay(**rows)
    assert counted(again) == (7, 0, 3, 0, 0)
    assert not again.in_part
    assert numbers(stored) == ["1", "2", "3"]
    assert counted(lay(**rows)) == (0, 0, 10, 0, 0)


def test_what_the_registry_has_of_a_faulty_patient_stays(lay: Lay, row: Rows, stored: Stored) -> None:
    rows = mixed(row)
    sound = {name: [each for each in rows[name] if each["patient_number"] == "1"] for name in rows}
    sound.pop("adverse_events")
    lay(**sound | {"patients": [row["patient"]("1"), row["patient"]("2")]})
    before = stored("patient")[1]
    rows["patients"][0]["email"] = "a@example.org"
    rows["patients"][1]["email"] = "b@example.org"
    done = lay(how=PART, **rows)
    assert fates(done)["patients"] == ["changed", "skipped", "refused"]
    assert stored("patient")[0]["email"] == "a@example.org"
    assert stored("patient")[1] == before


def test_all_of_them_faulty_is_a_refusal(
    lay: Lay, row: Rows, stored: Stored, registry: Registry, desk: Actor
) -> None:
    """C4: nothing was done, so it was not done in part."""
    rows = {
        "patients": [row["patient"]("1", sex="vrouwelyk"), row["patient"]("2")],
        "courses": [row["course"]("2", edss=0.5)],
    }
    done = lay(how=PART, **rows)
    assert (done.refused, done.in_part, done.batch) == (True, False, None)
    assert counted(done) == (0, 0, 0, 1, 2)
    assert numbers(stored) == []
    assert list_batches(registry, by=desk).rows == []


def test_nothing_wrong_is_not_in_part(lay: Lay, row: Rows) -> None:
    done = lay(how=PART, patients=[row["patient"]()])
    assert (done.refused, done.in_part) == (False, False)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"courses": {"edds": 3}}, "FIL-003"),
        ({"courses": {"EDSS score": 3}}, "FIL-004"),
        ({"courses": "belopen"}, "FIL-012"),
        ({"courses": None}, "FIL-001"),
        ({"courses": "patient_number"}, "FIL-005"),
    ],
)
def test_a_fault_of_the_file_stops_all(
    wrong: dict[str, Any], code: str, write: Callable[..., Path], row: Rows, stored: Stored, registry: Registry,
    desk: Actor, today: date,
) -> None:  # fmt: skip
    """A column or a sheet that cannot be placed is nobody's in particular: whose answers are missing is not known."""
    change = wrong["courses"]
    courses = [row["course"]("1"), row["course"]("2", edss=0.5)]
    if isinstance(change, dict):
        courses = [each | change for each in courses]
    path = write(patients=[row["patient"]("1"), row["patient"]("2")], courses=courses)
    if change is None:
        (path / "courses.csv").unlink()
    elif change == "belopen":
        (path / "courses-2.csv").write_bytes((path / "courses.csv").read_bytes())
        (path / "courses-2.csv").rename(path / "Belopen.csv")
        (path / "courses.csv").rename(path / "Courses.csv")
    elif change == "patient_number":
        text = (path / "courses.csv").read_text(encoding="utf-8-sig")
        (path / "courses.csv").write_text(text.replace("patient_number", "sex", 1), encoding="utf-8")
    done = load_batch(registry, by=desk, path=path, today=today, how=PART)
    assert code in {each.code for each in done.errors}
    assert (done.refused, done.in_part, done.batch) == (True, False, None)
    assert done.summary["added"] == 0
    assert numbers(stored) == []


def test_a_row_of_nobody_is_refused_alone(lay: Lay, row: Rows, stored: Stored) -> None:
    """FIL-010 and FIL-008: it is of no patient of the file, so the patients of the file are loaded."""
    done = lay(how=PART, patients=[row["patient"]("1"), row["patient"]("")],
               courses=[row["course"]("1"), row["course"]("77"), row["course"]("1", centre="")])  # fmt: skip
    assert fates(done) == {"patients": ["added", "refused"], "courses": ["added", "refused", "refused"]}
    assert numbers(stored) == ["1"]


@pytest.mark.parametrize("faulty", [0, 1])
def test_a_bsn_that_two_patients_of_the_file_have(faulty: int, lay: Lay, row: Rows, stored: Stored) -> None:
    """PAT-010 at the second, whether or not the first can be loaded: which of them has it right is not known."""
    first = row["patient"]("1", bsn=BSN) | ({"sex": "vrouwelyk"} if faulty else {})
    done = lay(how=PART, patients=[first, row["patient"]("2", bsn=BSN), row["patient"]("3", bsn=OTHER_BSN)])
    assert fates(done)["patients"] == ["refused" if faulty else "added", "refused", "added"]
    assert ("bsn", "PAT-010") in [(each.field, each.code) for each in done.errors]
    assert numbers(stored) == (["3"] if faulty else ["1", "3"])


def test_a_bsn_is_not_free_because_its_patient_was_to_get_another(
    lay: Lay, row: Rows, stored: Stored
) -> None:
    lay(patients=[row["patient"]("1", bsn=BSN)])
    done = lay(
        how=PART, patients=[row["patient"]("1", bsn=OTHER_BSN, sex="vrouwelyk"), row["patient"]("2", bsn=BSN)]
    )
    assert done.refused
    assert [each["bsn"] for each in stored("patient")] == [BSN]


def test_a_patient_twice_is_not_loaded_from_either_row(lay: Lay, row: Rows, stored: Stored) -> None:
    """FIL-009: which of the two rows is right is not known."""
    done = lay(
        how=PART,
        patients=[row["patient"]("1"), row["patient"]("1", email="a@example.org"), row["patient"]("2")],
    )
    assert fates(done)["patients"] == ["skipped", "refused", "added"]
    assert numbers(stored) == ["2"]


def test_the_history_and_the_log_say_that_it_was_in_part(
    lay: Lay, row: Rows, registry: Registry, desk: Actor, stored: Stored
) -> None:
    done = lay(how=PART, **mixed(row))
    with registry.light() as db:
        [[seq, text]] = db.rows("SELECT seq, body FROM audit_event ORDER BY seq DESC LIMIT 1")
        items = db.rows("SELECT DISTINCT patient_id FROM audit_item WHERE seq = ?", (seq,))
    body = json.loads(text)
    [batch] = list_batches(registry, by=desk).rows
    assert (batch.partial, batch.number, batch.seq) == (True, done.batch, seq)
    assert body["event"] == "imports.run"
    assert {key: body["about"][key] for key in ("partial", "added", "skipped", "refused", "conflicts")} == {
        "partial": True, "added": 3, "skipped": 5, "refused": 2, "conflicts": 0,
    }  # fmt: skip
    assert [each[0] for each in items] == [stored("patient")[0]["id"]]


def test_who_works_for_a_centre_loads_the_own_patients_of_a_mixed_file(
    lay: Lay, row: Rows, stored: Stored, member: Callable[..., Actor]
) -> None:
    """FIL-007: rows of other centres are refused, and that is all that is told of them."""
    rows = {
        "patients": [row["patient"]("1"), row["patient"]("1", centre="UTR01")],
        "courses": [row["course"]("1"), row["course"]("1", centre="UTR01")],
    }
    done = lay(by=member("AMS01"), how=PART, **rows)
    assert fates(done) == {"patients": ["added", "refused"], "courses": ["added", "refused"]}
    assert [(e.field, e.code) for e in done.errors] == [("centre", "FIL-007")] * 2
    assert len(stored("patient")) == 1


def test_a_shared_patient_may_be_written_by_the_other_centre_in_part_too(
    lay: Lay,
    row: Rows,
    stored: Stored,
    member: Callable[..., Actor],
    registry: Registry,
    desk: Actor,
    today: date,
) -> None:
    """P8: what the other centre wrote has its centre on it."""
    lay(patients=[row["patient"]("1"), row["patient"]("2")])
    patient = stored("patient")[0]
    share(registry, by=desk, patient_id=patient["id"], centre_code="UTR01", today=today)
    other = member("UTR01")
    done = lay(by=other, how=PART, courses=[row["course"]("1"), row["course"]("2"), row["course"]("99")])
    assert fates(done)["courses"] == ["added", "refused", "refused"]
    # Whether or not the other centre has such a patient, the words are the same.
    assert {(e.code, e.message) for e in done.errors} == {("FIL-007", done.errors[0].message)}
    [course] = stored("course")
    assert (course["patient_id"], course["centre_id"]) == (patient["id"], other.centre)


def test_a_side_effect_goes_with_its_medication(lay: Lay, row: Rows, stored: Stored) -> None:
    """The fault of one row of a patient is never loaded around."""
    done = lay(
        how=PART, patients=[row["patient"]("1"), row["patient"]("2")],
        medication=[row["medication"]("1", medicine="Placebonal"), row["medication"]("2")],
        adverse_events=[row["event"]("1"), row["event"]("2")],
    )  # fmt: skip
    assert fates(done) == {
        "patients": ["skipped", "added"], "medication": ["refused", "added"], "adverse_events": ["skipped", "added"],
    }  # fmt: skip
    assert len(stored("adverse_event")) == 1


def test_what_only_the_checks_of_the_whole_record_see(lay: Lay, row: Rows, stored: Stored) -> None:
    """A course before birth, a second medicine before the first was stopped: the patient is left out."""
    done = lay(
        how=PART, patients=[row["patient"]("1"), row["patient"]("2"), row["patient"]("3")],
        courses=[row["course"]("1", course_date=date(1970, 1, 1))],
        medication=[row["medication"]("2"), row["medication"]("2", medicine="L04AG03", start_date=date(2021, 6, 1))],
    )  # fmt: skip
    assert {each.sheet for each in done.errors} == {"courses", "medication"}
    assert fates(done)["patients"] == ["skipped", "skipped", "added"]
    assert numbers(stored) == ["3"]


def test_a_load_that_left_nothing_out_is_not_in_part(lay: Lay, row: Rows, stored: Stored) -> None:
    """B5: --partial was asked for, and there was no fault that it had to leave out."""
    lay(how=How(partial=True), patients=[row["patient"]()])
    lay(how=How(partial=True), patients=[row["patient"](), row["patient"]("00002", email="no address")])
    assert [bool(each["partial"]) for each in stored("batch")] == [False, True]
