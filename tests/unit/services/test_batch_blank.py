"""Blank cells: they keep what is there, or with --blank-clears take it away; words for nothing are blank (B4, FIL-021)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from msreg.services.batch_loading import How
from msreg.services.batch_result import Loaded
from msreg.services.editing import edit_record
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Rowed

Row = dict[str, Any]
Rows = dict[str, Callable[..., Row]]
Stored = Callable[[str], list[Row]]
Lay = Callable[..., Loaded]
CLEARS = How(blank_clears=True, changes=True)
MRI = {
    "mri_done": True,
    "mri_date": date(2021, 1, 2),
    "mri_region": "brain",
    "mri_gadolinium": False,
    "mri_new_t2": "0",
}


def counted(done: Loaded) -> tuple[int, ...]:
    """Added, changed, unchanged, skipped, refused (C11)."""
    return tuple(done.summary[each.value] for each in Rowed)


def findings(done: Loaded) -> list[tuple[str, int | None, str | None, str]]:
    return [(each.sheet, each.row, each.field, each.code) for each in done.findings]


def answers(row: Row) -> Row:
    return dict(json.loads(row["answers"]))


def test_a_blank_takes_the_answer_away_when_asked_to(lay: Lay, row: Rows, stored: Stored) -> None:
    """Of a typed column and of one of the other answers; the log tells what it was."""
    lay(patients=[row["patient"](email="a@example.org", criteria="mcdonald_2017", initials="A.")])
    blank = row["patient"](email=None, criteria="  ", initials="A.")
    assert counted(lay(patients=[blank])) == (0, 0, 1, 0, 0)
    tried = lay(patients=[blank], how=CLEARS, check=True)
    assert (stored("patient")[0]["email"], counted(tried)) == ("a@example.org", (0, 1, 0, 0, 0))
    done = lay(patients=[blank], how=CLEARS)
    assert counted(done) == (0, 1, 0, 0, 0)
    assert findings(done) == []
    assert {(c.key, c.old, c.new) for c in done.changes[0].cells} == {
        ("email", "a@example.org", None), ("criteria", "mcdonald_2017", None),
    }  # fmt: skip
    [patient] = stored("patient")
    assert (patient["email"], patient["initials"], "criteria" in answers(patient)) == (None, "A.", False)
    assert counted(lay(patients=[blank], how=CLEARS)) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize("how", [How(), CLEARS], ids=["keeps", "clears"])
def test_columns_that_are_not_in_the_file_are_not_touched(
    how: How, lay: Lay, row: Rows, stored: Stored
) -> None:
    lay(patients=[row["patient"](email="a@example.org")], courses=[row["course"](**MRI)])
    before = stored("patient"), stored("course")
    narrow = {"centre": "AMS01", "patient_number": "00001"}
    done = lay(patients=[narrow], courses=[narrow | {"course_date": date(2021, 1, 1)}], how=how)
    assert (counted(done), findings(done)) == ((0, 0, 2, 0, 0), [])
    assert (stored("patient"), stored("course")) == before


@pytest.mark.parametrize("key", ["family_name", "sex", "birth_date", "diagnosis_date"])
def test_a_required_answer_is_not_taken_away(key: str, lay: Lay, row: Rows, stored: Stored) -> None:
    """FRM-001: the row is refused and nothing is loaded."""
    lay(patients=[row["patient"]()])
    before = stored("patient")
    done = lay(patients=[row["patient"](**{key: None})], how=CLEARS)
    assert done.refused
    assert ("patients", 2, key, "FRM-001") in findings(done)
    assert stored("patient") == before


def test_consent_is_not_taken_away(lay: Lay, row: Rows, stored: Stored) -> None:
    lay(patients=[row["patient"]()])
    done = lay(patients=[row["patient"](consent=None)], how=CLEARS)
    assert done.refused
    assert {each.field for each in done.errors} == {"consent"}
    assert stored("patient")[0]["consent"] == 1


def test_an_answer_with_a_default_goes_back_to_it(lay: Lay, row: Rows, stored: Stored) -> None:
    """The same as a new record with that cell blank has."""
    lay(patients=[row["patient"](language="en", deceased=True, deceased_on=date(2022, 1, 1))])
    done = lay(patients=[row["patient"](language=None, deceased=None, deceased_on=None)], how=CLEARS)
    assert (counted(done), findings(done)) == ((0, 1, 0, 0, 0), [])
    [patient] = stored("patient")
    assert (patient["language"], patient["deceased"], patient["deceased_on"]) == ("nl", 0, None)


def test_what_names_a_record_is_never_taken_away(lay: Lay, row: Rows, stored: Stored) -> None:
    """The one referral is known without its date; the date stays."""
    lay(patients=[row["patient"]()], disease=[row["referral"](date=date(2019, 1, 1))])
    done = lay(patients=[row["patient"]()], disease=[row["referral"](date=None)], how=CLEARS)
    assert counted(done) == (0, 0, 2, 0, 0)
    assert stored("disease_event")[0]["date"] == "2019-01-01"


def test_hidden_answers_stay_hidden_and_come_back(lay: Lay, row: Rows, stored: Stored) -> None:
    """K4: no export has them, so a blank cell says nothing of them."""
    lay(patients=[row["patient"]()], courses=[row["course"](**MRI)])
    lay(courses=[row["course"](mri_done=False)])
    blank = row["course"](**dict.fromkeys(MRI), edss=3)
    done = lay(courses=[blank | {"mri_done": False}], how=CLEARS)
    assert [c.key for c in done.changes[0].cells] == ["edss"]
    assert answers(stored("course")[0])["mri_region"] == "brain"
    back = lay(
        courses=[
            {"centre": "AMS01", "patient_number": "00001", "course_date": date(2021, 1, 1), "mri_done": True}
        ]
    )
    assert (counted(back), findings(back)) == ((0, 1, 0, 0, 0), [])
    assert stored("course")[0]["complete"] == 1


def test_a_blank_condition_and_its_blank_answers(lay: Lay, row: Rows, stored: Stored) -> None:
    """All of an MRI cleared but for whether it was done: a required question that is asked stays answered."""
    lay(patients=[row["patient"]()], courses=[row["course"](**MRI)])
    done = lay(courses=[row["course"](**dict.fromkeys(MRI) | {"mri_done": True})], how=CLEARS)
    assert done.refused
    assert {(each.field, each.code) for each in done.errors} == {
        (key, "FRM-001") for key in MRI if key != "mri_done"
    }
    none = lay(courses=[row["course"](**dict.fromkeys(MRI) | {"mri_done": False})], how=CLEARS)
    assert counted(none) == (0, 1, 0, 0, 0)
    assert "mri_region" not in answers(stored("course")[0])


def test_what_stood_open_may_stay_open(
    lay: Lay, row: Rows, registry: Registry, desk: Actor, today: date, stored: Stored
) -> None:
    """Decision 0005: a blank where the registry has nothing is no fault and no change."""
    lay(patients=[row["patient"]()], courses=[row["course"]()])
    with registry.light() as db:
        db.execute("UPDATE course SET edss = NULL, complete = 0, open_questions = 1")
    done = lay(courses=[row["course"](edss=None)], how=CLEARS)
    assert (counted(done), findings(done)) == ((0, 0, 1, 0, 0), [])
    changed = lay(courses=[row["course"](edss=None, edss_method="estimated")], how=CLEARS)
    assert counted(changed) == (0, 1, 0, 0, 0)
    assert findings(changed) == [("courses", 2, "edss", "FRM-001")]
    assert not changed.errors


def test_a_blank_of_a_new_record_is_nothing(lay: Lay, row: Rows, stored: Stored) -> None:
    done = lay(
        patients=[row["patient"](email=None, language=None)],
        courses=[row["course"](mri_date=None)],
        how=CLEARS,
    )
    assert (counted(done), findings(done)) == ((2, 0, 0, 0, 0), [])
    assert (stored("patient")[0]["email"], stored("patient")[0]["language"]) == (None, "nl")


def test_of_another_patient_nothing_is_cleared(lay: Lay, row: Rows, stored: Stored) -> None:
    lay(patients=[row["patient"]("1", email="a@example.org"), row["patient"]("2", email="b@example.org")],
        courses=[row["course"]("1"), row["course"]("2")])  # fmt: skip
    lay(patients=[row["patient"]("1", email=None)], how=CLEARS)
    assert [each["email"] for each in stored("patient")] == [None, "b@example.org"]
    assert len(stored("course")) == 2


# -- words for nothing -----------------------------------------------------------------------------------------

WORDS = (
    "n.v.t.",
    "N.V.T.",
    "nvt",
    "-",
    "–",
    "onbekend",
    "Unknown",
    "?",
    " - ",
    "\u00a0onbekend\u00a0",
    "n/a",
)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_for_nothing_is_a_blank(word: str, lay: Lay, row: Rows, stored: Stored) -> None:
    """What was assumed is said, at the first such cell of the column."""
    done = lay(patients=[row["patient"](deceased_on=word)], courses=[row["course"](mri_date=word)])
    assert findings(done) == [
        ("patients", 2, "deceased_on", "FIL-021"), ("courses", 2, "mri_date", "FIL-021"),
    ]  # fmt: skip
    assert not any(each.is_error for each in done.findings)
    assert (counted(done), done.in_part) == ((2, 0, 0, 0, 0), False)
    assert stored("course")[0]["mri_date"] is None


@pytest.mark.parametrize("nothing", [" ", "\u00a0", "\u202f \u00a0", "\t"])
def test_spaces_of_any_kind_are_a_blank_that_nobody_needs_to_hear_of(
    nothing: str, lay: Lay, row: Rows, stored: Stored
) -> None:
    done = lay(patients=[row["patient"](email=nothing)], courses=[row["course"](mri_date=nothing)])
    assert (findings(done), counted(done)) == ([], (2, 0, 0, 0, 0))
    assert stored("patient")[0]["email"] is None


def test_it_is_told_once_a_column_with_how_many_there_are(lay: Lay, row: Rows) -> None:
    people = [row["patient"](str(n), email="n.v.t." if n % 2 else None) for n in range(1, 8)]
    courses = [row["course"](str(n), mri_date="-", mri_region="onbekend") for n in range(1, 8)]
    done = lay(patients=people, courses=courses)
    assert [(e.sheet, e.row, e.field, e.params["count"]) for e in done.findings] == [
        ("patients", 2, "email", 4), ("courses", 2, "mri_date", 7), ("courses", 2, "mri_region", 7),
    ]  # fmt: skip
    assert all(each.code == "FIL-021" for each in done.findings)


def test_in_a_free_text_it_is_what_somebody_wrote(lay: Lay, row: Rows, stored: Stored) -> None:
    """A family name may be a sign; what was exported has to come back as it was."""
    done = lay(patients=[row["patient"](family_name="-", initials="?")],
               medication=[row["medication"]()], adverse_events=[row["event"](description="onbekend")])  # fmt: skip
    assert findings(done) == []
    assert (stored("patient")[0]["family_name"], stored("patient")[0]["initials"]) == ("-", "?")
    assert stored("adverse_event")[0]["description"] == "onbekend"


def test_where_the_word_is_an_answer_it_is_the_answer(lay: Lay, row: Rows, stored: Stored) -> None:
    """New lesions may be unknown, the number that light up too; "not applicable" they are not."""
    asked = MRI | {"mri_gadolinium": True, "mri_new_t2": "onbekend", "mri_gd_lesions": "onbekend"}
    done = lay(patients=[row["patient"]()], courses=[row["course"](**asked)])
    assert (findings(done), counted(done)) == ([], (2, 0, 0, 0, 0))
    [course] = stored("course")
    assert (course["mri_new_t2"], answers(course)["mri_gd_lesions"]) == ("unknown", "unknown")
    none = lay(
        courses=[row["course"](**asked | {"mri_gd_lesions": "n.v.t.", "course_date": date(2021, 1, 5)})]
    )
    assert ("courses", 2, "mri_gd_lesions", "FIL-021") in findings(none)
    assert ("courses", 2, "mri_gd_lesions", "FRM-001") in findings(none)


def test_a_required_answer_that_is_a_word_for_nothing_is_missing(lay: Lay, row: Rows) -> None:
    """In a new record; where the registry has an answer it is kept, and both are told."""
    fresh = lay(patients=[row["patient"](birth_date="onbekend")])
    assert findings(fresh) == [
        ("patients", 2, "birth_date", "FIL-021"), ("patients", 2, "birth_date", "FRM-001"),
    ]  # fmt: skip
    lay(patients=[row["patient"]()])
    kept = lay(patients=[row["patient"](birth_date="onbekend")])
    assert findings(kept) == [
        ("patients", 2, "birth_date", "FIL-021"), ("patients", 2, "birth_date", "FRM-016"),
    ]  # fmt: skip
    assert counted(kept) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize("how", [How(), CLEARS], ids=["keeps", "clears"])
def test_a_word_for_nothing_keeps_and_clears_as_a_blank_does(
    how: How, lay: Lay, row: Rows, stored: Stored
) -> None:
    lay(patients=[row["patient"](email="a@example.org")])
    lay(patients=[row["patient"](email="n.v.t.")], how=how)
    assert stored("patient")[0]["email"] == (None if how.blank_clears else "a@example.org")


def test_a_newer_answer_of_somebody_outlives_a_word_for_nothing(
    lay: Lay, row: Rows, registry: Registry, desk: Actor, today: date, stored: Stored
) -> None:
    """B4 goes before --blank-clears."""
    lay(patients=[row["patient"](email="a@example.org")])
    edit_record(registry, by=desk, record=Record.PATIENT, patient="MS-0000001", answers={"email": "b@example.org"},
                today=today)  # fmt: skip
    done = lay(patients=[row["patient"](email="-")], how=CLEARS)
    assert (done.conflicts, counted(done)) == (1, (0, 0, 1, 0, 0))
    assert stored("patient")[0]["email"] == "b@example.org"


@pytest.mark.parametrize("word", ["VOORBEELD", "Example", "voorbeeld"])
def test_the_example_of_a_template_is_passed_over(word: str, lay: Lay, row: Rows, stored: Stored) -> None:
    """Nothing of it is told or counted, whatever stands in it."""
    done = lay(patients=[row["patient"](word, sex="vrouwelyk"), row["patient"]("1")],
               courses=[row["course"](word, mri_date="-")])  # fmt: skip
    assert (findings(done), counted(done), done.patients) == ([], (1, 0, 0, 0, 0), 1)


@pytest.mark.parametrize("word", ["-", "n.v.t.", "N/A"])
def test_nobody_is_called_nothing(word: str, lay: Lay, row: Rows) -> None:
    """A word for nothing where the patient number belongs names nobody, on every sheet."""
    done = lay(patients=[row["patient"](), row["patient"](word)], courses=[row["course"](word)])
    told = {(each.sheet, each.row, each.code) for each in done.errors}
    assert told == {("patients", 3, "FIL-010"), ("courses", 2, "FIL-010")}
