"""Changing answers of one record by hand: judged and saved like everything else, and logged with old and new."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from msreg.errors import Conflict, MsregError, NotAllowed, NotFound, Refused, Usage
from msreg.services.batch_result import Loaded
from msreg.services.editing import Edited, edit_record
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Role

Rows = dict[str, Callable[..., dict[str, Any]]]
Lay = Callable[..., Loaded]
Change = Callable[..., Edited]
COURSE = {"course_date": date(2021, 1, 1)}


@pytest.fixture
def change(registry: Registry, desk: Actor, today: date, lay: Lay, row: Rows) -> Change:
    """One patient with a course and a medication, ready to be changed."""
    lay(patients=[row["patient"]()], courses=[row["course"]()], medication=[row["medication"]()])
    return partial(edit_record, registry, by=desk, patient="AMS01:00001", today=today)


def test_answers_are_read_as_people_write_them(change: Change) -> None:
    done = change(record=Record.COURSE, which=COURSE, answers={"edss": "3,5", "mri_done": "nee"})
    assert [(each.key, str(each.old), str(each.new)) for each in done.changes] == [("edss", "2.5", "3.5")]
    assert (done.number, done.complete, done.open_questions) == ("MS-0000001", True, 0)


def test_a_question_that_opens_makes_the_patient_incomplete_and_its_answer_complete(change: Change) -> None:
    """P6, K2: MRI done opens its own questions."""
    opened = change(record=Record.COURSE, which=COURSE, answers={"mri_done": "yes"})
    assert (opened.complete, opened.open_questions) == (False, 4)
    answers = {"mri_date": "01-01-2021", "mri_region": "brain", "mri_gadolinium": "no", "mri_new_t2": "0"}
    assert change(record=Record.COURSE, which=COURSE, answers=answers).complete


@pytest.mark.parametrize(
    ("record", "which", "answers", "code", "field"),
    [
        (Record.COURSE, COURSE, {"edss": "0.5"}, "COU-004", "edss"),
        (Record.COURSE, COURSE, {"edss": "many"}, "FRM-003", "edss"),
        (Record.COURSE, COURSE, {"course_date": "1970-01-01"}, "COU-001", "course_date"),
        (Record.PATIENT, {}, {"bsn": "123456789"}, "PAT-003", "bsn"),
        (Record.PATIENT, {}, {"consent": "no"}, "PAT-001", "consent"),
        (
            Record.PATIENT, {}, {"deceased": "yes", "deceased_on": "2020-12-31"}, "PAT-008", "deceased_on",
        ),
        (
            Record.MEDICATION, {"medicine": "Ocrevus", "start_date": date(2020, 6, 1)},
            {"stop_date": "2020-05-31"}, "MED-001", "stop_date",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_code_and_nothing_is_kept(
    change: Change, stored: Callable[[str], list[dict[str, Any]]], record: Record, which: dict[str, Any],
    answers: dict[str, str], code: str, field: str,
) -> None:  # fmt: skip
    before = {table: stored(table) for table in ("patient", "course", "medication")}
    with pytest.raises(Refused) as told:
        change(record=record, which=which, answers=answers)
    assert (told.value.rule, told.value.field) == (code, field)
    assert {table: stored(table) for table in before} == before


def test_death_on_the_day_of_the_last_course_is_possible(change: Change) -> None:
    """P9: not before the last course; the day itself is."""
    change(record=Record.PATIENT, answers={"deceased": "yes", "deceased_on": "2021-01-01"})


def test_a_dry_run_tells_the_same_and_keeps_nothing(
    change: Change, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    before = stored("course")
    trial = change(record=Record.COURSE, which=COURSE, answers={"edss": "4"}, dry_run=True)
    assert stored("course") == before
    done = change(record=Record.COURSE, which=COURSE, answers={"edss": "4"})
    assert [(c.key, c.old, c.new) for c in trial.changes] == [(c.key, c.old, c.new) for c in done.changes]


def test_an_answer_is_taken_away_with_clear(change: Change) -> None:
    done = change(record=Record.COURSE, which=COURSE, answers={}, clear=["edss"])
    assert (done.complete, done.open_questions) == (False, 1)


def test_the_log_has_old_and_new(change: Change, registry: Registry) -> None:
    change(record=Record.COURSE, which=COURSE, answers={"edss": "4"})
    with registry.light() as db:
        rows = db.rows("SELECT before, after FROM audit_item WHERE entity = 'course' AND action = 'U'")
    assert [(json.loads(a)["edss"], json.loads(b)["edss"]) for a, b in rows] == [("2.5", "4")]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"record": Record.COURSE, "which": COURSE, "answers": {}}, Usage),
        ({"record": Record.COURSE, "which": COURSE, "answers": {"edss": " "}}, Usage),
        ({"record": Record.COURSE, "which": COURSE, "answers": {}, "clear": ["nothing"]}, Usage),
        (
            {"record": Record.COURSE, "which": {"course_date": date(2022, 2, 2)}, "answers": {"edss": "4"}},
            NotFound,
        ),
        ({"record": Record.PATIENT, "patient": "MS-99", "answers": {"email": "a@example.org"}}, NotFound),
    ],
)
def test_what_is_not_there_or_not_said(
    change: Change, words: dict[str, Any], error: type[MsregError]
) -> None:
    with pytest.raises(error):
        change(**words)


def test_a_bsn_of_another_centre_is_not_told_where(change: Change, lay: Lay, row: Rows) -> None:
    """P3: how to ask for sharing, not which centre or who."""
    lay(patients=[row["patient"]("7", centre="UTR01", bsn="999990019")])
    with pytest.raises(Refused) as told:
        change(record=Record.PATIENT, answers={"bsn": "999990019"})
    assert told.value.rule == "PAT-011"
    said = f"{told.value.text()} {told.value.hint_text()}"
    assert "UTR01" not in said
    assert "MS-0000002" not in said


def test_another_centre_sees_nobody_and_a_reader_changes_nothing(
    change: Change, member: Callable[..., Actor]
) -> None:
    with pytest.raises(NotFound):
        change(record=Record.PATIENT, answers={"email": "a@example.org"}, by=member("UTR01"))
    with pytest.raises(NotAllowed):
        change(record=Record.PATIENT, answers={"email": "a@example.org"}, by=member("AMS01", Role.READER))


def test_two_changes_at_once_one_conflicts(
    change: Change, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that changed since it was read is not overwritten in silence (exit 8)."""
    from msreg.services import editing

    real = editing.save

    def late(work: Any, dossiers: Any, **words: Any) -> None:
        work.db.execute("UPDATE course SET version = version + 1")
        real(work, dossiers, **words)

    monkeypatch.setattr(editing, "save", late)
    with pytest.raises(Conflict):
        change(record=Record.COURSE, which=COURSE, answers={"edss": "4"})
