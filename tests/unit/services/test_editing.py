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


# -- from a file, with a version; stopping; doubts -------------------------------------------------------------


def test_a_file_made_from_an_older_version_changes_nothing_and_says_where_they_differ(
    change: Change, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    made_from = stored("course")[0]["version"]
    change(record=Record.COURSE, which=COURSE, answers={"edss": "3"})
    with pytest.raises(Conflict) as told:
        change(record=Record.COURSE, which=COURSE, answers={"edss": "4", "mri_done": "no"}, version=made_from)
    assert (told.value.field, told.value.params["keys"]) == ("version", "edss")
    assert "patients history MS-0000001" in (told.value.hint_text() or "")
    assert stored("course")[0]["edss"] == 3
    change(record=Record.COURSE, which=COURSE, answers={"edss": "4"}, version=made_from + 1)
    assert stored("course")[0]["edss"] == 4


def test_k4_what_a_file_leaves_empty_goes_unless_it_is_hidden(
    change: Change, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    mri = {"mri_done": "yes", "mri_date": "2021-01-01", "mri_region": "brain"}
    change(record=Record.COURSE, which=COURSE, answers=mri)
    change(record=Record.COURSE, which=COURSE, answers={"mri_done": "no"})
    done = change(record=Record.COURSE, which=COURSE, answers={}, empty=["mri_date", "mri_region", "edss"])
    assert [(each.key, each.new) for each in done.changes] == [("edss", None)]
    change(record=Record.COURSE, which=COURSE, answers={"mri_done": "yes"})
    assert stored("course")[0]["mri_date"] == "2021-01-01"
    done = change(record=Record.COURSE, which=COURSE, answers={}, empty=["mri_date"], clear=["mri_region"])
    assert {each.key for each in done.changes} == {"mri_date", "mri_region"}


def test_clearing_one_of_eight_systems_is_refused_and_all_eight_is_not(change: Change) -> None:
    """COU-007, by options."""
    systems = [f"fs_{each}" for each in ("pyramidal", "cerebellar", "brainstem", "sensory", "bowel_bladder",
                                         "visual", "cerebral", "ambulation")]  # fmt: skip
    change(record=Record.COURSE, which=COURSE, answers=dict.fromkeys(systems, "1"))
    with pytest.raises(Refused) as told:
        change(record=Record.COURSE, which=COURSE, answers={}, clear=systems[:1])
    assert told.value.rule == "COU-007"
    assert len(change(record=Record.COURSE, which=COURSE, answers={}, clear=systems).changes) == 8


STOP = {"record": Record.MEDICATION, "which": {"stop_date": None}, "whole": ("stop_date",)}


def test_g2_g5_stopping_needs_the_date_and_what_it_makes_one_ask(change: Change) -> None:
    with pytest.raises(Usage) as told:
        change(**STOP, answers={"stop_date": "2026-11-20"})
    assert told.value.params["options"] == "--safety-issue, --stop-reasons"
    with pytest.raises(Usage) as told:
        change(**STOP, answers={"stop_reasons": "pregnancy_wish"})
    assert told.value.params["options"] == "--stop-date"
    answers = {"stop_date": "2026-11-20", "safety_issue": "no", "stop_reasons": "pregnancy_wish;other"}
    assert change(**STOP, answers=answers).changes[0].new == date(2026, 11, 20)
    with pytest.raises(NotFound):
        change(**STOP, answers=answers)


def test_what_was_open_before_stopping_may_stay_open(change: Change, registry: Registry) -> None:
    with registry.light() as db:
        db.execute("UPDATE medication SET deviating_interval = NULL")
    answers = {"stop_date": "2026-11-20", "safety_issue": "no", "stop_reasons": "other"}
    assert change(**STOP, answers=answers).changes


@pytest.mark.parametrize("reason", [None, "after a fall"])
def test_a_doubt_does_not_stop_a_script_and_its_reason_is_kept(
    change: Change, lay: Lay, row: Rows, stored: Callable[[str], list[dict[str, Any]]], reason: str | None
) -> None:
    lay(courses=[row["course"](course_date=date(2022, 2, 2))])
    done = change(
        record=Record.COURSE, which={"course_date": "02-02-2022"}, answers={"edss": "6"}, reason=reason
    )
    assert [each.code for each in done.doubts] == ["COU-009"]
    kept = [
        json.loads(each["after"])["reason"]
        for each in stored("audit_item")
        if each["entity"] == "confirmation"
    ]
    assert kept == ([] if reason is None else [reason])
    again = change(record=Record.COURSE, which={"course_date": "02-02-2022"}, answers={"edss": "7"})
    assert [each.code for each in again.doubts] == ["COU-009"], "another answer is another doubt"
    other = change(
        record=Record.COURSE, which={"course_date": "02-02-2022"}, answers={"edss_method": "geschat"}
    )
    assert other.doubts == [], "what was told is not told again"


def test_p10_of_who_withdrew_consent_nothing_is_changed(change: Change, registry: Registry) -> None:
    with registry.light() as db:
        db.execute("UPDATE patient SET withdrawn_on = '2026-11-01'")
    for words in ({"record": Record.COURSE, "which": COURSE, "answers": {"edss": "4"}},
                  {"record": Record.PATIENT, "answers": {"email": "a@example.org"}}):  # fmt: skip
        with pytest.raises(NotAllowed) as told:
            change(**words)
        assert told.value.rule == "PAT-012"


def test_d1_the_first_phenotype_is_corrected_at_the_diagnosis(
    change: Change, lay: Lay, row: Rows, stored: Callable[[str], list[dict[str, Any]]]
) -> None:
    """The history has no row of it to edit, and a row of that day is refused with where to go."""
    with pytest.raises(NotFound):
        change(
            record=Record.DISEASE,
            which={"kind": "phenotype", "date": "2019-03-04"},
            answers={"phenotype": "cis"},
        )
    change(record=Record.PATIENT, answers={"diagnosis_phenotype": "cis"})
    assert stored("patient")[0]["last_phenotype"] == "cis"


def test_a_date_that_is_needed_to_find_the_record_is_changed_and_found_again(change: Change) -> None:
    change(record=Record.COURSE, which=COURSE, answers={"course_date": "2021-02-01"})
    with pytest.raises(NotFound):
        change(record=Record.COURSE, which=COURSE, answers={"edss": "4"})
    assert change(record=Record.COURSE, which={"course_date": "1-2-2021"}, answers={"edss": "4"}).changes
