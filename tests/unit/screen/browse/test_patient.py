"""A patient's page: sections, records, and what the keys ask for."""

from __future__ import annotations

import json
from datetime import date

import pytest

from msreg.screen.browse.run import entered
from msreg.screen.browse.sections import SECTIONS, which_of
from msreg.screen.browse.state import Start, Wanted
from msreg.services.dossiers import read_by_ids
from msreg.services.finding_records import find_entry
from msreg.services.patients import Asked
from msreg.vocabulary import Record, Role

from .conftest import TODAY, Stage

OPENED = ("down", "enter")  # MS-0000002, with six courses


def wanted(stage: Stage, *keys: str) -> Wanted:
    found = stage.play(*OPENED, *keys).app.return_value
    assert isinstance(found, Wanted)
    return found


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("way", ["arrows", "numbers", "tabs", "back"])
def test_sections(at: int, way: str, stage: Stage) -> None:
    keys = {
        "arrows": ["right"] * at,
        "numbers": [str(at + 1)],
        "tabs": ["tab"] * at,
        "back": ["left"] * (6 - at),
    }
    seen = stage.play(*OPENED, *keys[way])
    (tabs,) = [line for line in seen.lines if "Side effects" in line and "Patient" in line]
    names = ["Patient", "Courses 6", "Disease 5", "Medication 1", "Side effects 0", "EQ-5D 3"]
    assert [f"[{name}]" in tabs for name in names] == [place == at for place in range(6)]


def test_s5_opening_a_patient_is_a_look_at_that_patient(stage: Stage) -> None:
    stage.play(*OPENED)
    with stage.registry.light() as db:
        last = db.one("SELECT seq, body FROM audit_event ORDER BY seq DESC LIMIT 1")
        assert last is not None
        seen = db.rows(
            "SELECT p.number FROM audit_item i JOIN patient p ON p.id = i.patient_id WHERE i.seq = ?",
            last[:1],
        )
    event = json.loads(last[1])
    assert (event["event"], event["segment"], [row[0] for row in seen]) == ("patients.browse", "dossier", [2])


def test_c8_the_bsn_is_masked_everywhere(stage: Stage) -> None:
    bsn = stage.one("SELECT bsn FROM patient WHERE number = 2")
    for keys in ((), ("v",), ("y",)):
        seen = stage.play(*OPENED, *keys, size=(100, 40))
        assert bsn not in seen.text
        assert "••••••" + bsn[-3:] in seen.text


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.READER])
def test_enter_changes_for_who_may_and_shows_for_who_may_not(role: Role, stage: Stage) -> None:
    by = stage.member("AMS01", role)
    first = int(stage.one("SELECT min(p.number) FROM patient p JOIN centre c ON c.id = p.centre_id AND c.code = 'AMS01'"
                          " JOIN course k ON k.patient_id = p.id"))  # fmt: skip
    start = Start(Asked(number=first), opened=f"MS-{first:07d}", section=1)
    seen = stage.play("enter", by=by, start=start)
    if role is Role.CLINICIAN:
        assert isinstance(seen.app.return_value, Wanted)
    else:
        assert seen.app.return_value is None
        assert "Registration date" in seen.text
        page = stage.play(by=by, start=start)
        assert "add" not in page.keys
        for key in ("a", "e"):
            assert stage.play(key, by=by, start=start).app.return_value is None


def test_every_record_is_named_so_that_it_is_found(stage: Stage) -> None:
    """What the entry gets of a record tells it from the patient's others."""
    ids = [stage.one(f"SELECT id FROM patient WHERE number = {number}") for number in range(1, 31)]
    seen = 0
    for dossier in read_by_ids_of(stage, ids):
        for entry in dossier.entries():
            assert find_entry(dossier, entry.record, which_of(entry), TODAY) is entry
            seen += 1
    assert seen > 200


def read_by_ids_of(stage: Stage, ids: list[str]):  # type: ignore[no-untyped-def]
    with stage.registry.light() as db:
        return read_by_ids(db, ids)


def test_what_is_asked_for_by_keys(stage: Stage) -> None:
    assert wanted(stage, "e").record is Record.PATIENT
    assert wanted(stage, "e").which == {}
    course = wanted(stage, "2", "down", "e")
    assert (course.record, course.patient) == (Record.COURSE, "MS-0000002")
    assert course.which == {"course_date": date(2023, 7, 5)}
    assert (course.back.opened, course.back.section, course.back.row) == ("MS-0000002", 1, 1)
    new = wanted(stage, "2", "a")
    assert (new.record, new.which, new.fixed) == (Record.COURSE, None, {})
    kinds = [wanted(stage, "3", "a", *["down"] * at, "enter").fixed for at in range(3)]
    assert kinds == [{"kind": "relapse"}, {"kind": "phenotype"}, {"kind": "referral"}]
    assert wanted(stage, "4", "a").record is Record.MEDICATION
    assert wanted(stage, "5", "a").record is Record.ADVERSE_EVENT
    assert wanted(stage, "6", "a").record is Record.PROM
    assert stage.play(*OPENED, "3", "a", "escape").app.return_value is None
    assert "section" in stage.play(*OPENED, "a").note
    assert stage.play(*OPENED, "5", "e", "d", "v").app.return_value is None  # there is no side effect


def test_deleting_is_a_command_that_is_shown(stage: Stage) -> None:
    assert "msreg courses delete MS-0000002 2024-07-11" in stage.play(*OPENED, "2", "d", size=(100, 24)).note
    assert "msreg patients withdraw MS-0000002" in stage.play(*OPENED, "d", size=(100, 24)).note


def test_back_on_the_page_with_what_came_of_it(stage: Stage) -> None:
    back = wanted(stage, "2", "down", "e").back.saying("Saved.")
    seen = stage.play(start=back)
    assert "[Courses 6]" in seen.text
    assert "2023-07-05" in seen.cursor
    assert seen.note == " Saved."
    home = stage.play("escape", start=back)
    assert "MS-0000002" in home.cursor


def test_an_entry_that_cannot_be_asked_says_why(stage: Stage) -> None:
    """Nobody sits at a terminal here: the error comes back as a line on the screen."""
    back = Start(Asked(), on=4)
    start = entered(
        stage.registry, by=stage.by, today=TODAY, wanted=Wanted(Record.COURSE, back, "MS-0000002")
    )
    assert (start.on, bool(start.note)) == (4, True)
    gone = entered(stage.registry, by=stage.by, today=TODAY, wanted=Wanted(Record.COURSE, back, "MS-0000099"))
    assert "no such patient" in gone.note


def test_forty_years_of_courses_scroll(stage: Stage) -> None:
    names = "created_at, updated_at, version, patient_id, centre_id, answers, form_version, complete, open_questions"
    stage.sql(
        *(
            f"INSERT INTO course (id, course_date, {names}) SELECT substr(id, 1, 28) || '{1000 + year}',"
            f" '{year}-02-03', {names} FROM course WHERE course_date = '2024-07-11' LIMIT 1"
            for year in range(1975, 2015)
        )
    )
    seen = stage.play(*OPENED, "2", *["down"] * 45)
    assert "1975-02-03" in seen.cursor
    paged = stage.play(*OPENED, "2", *["pagedown"] * 9)
    assert "1975-02-03" in paged.cursor
    assert "2024-07-11" in stage.play(*OPENED, "2", *["pagedown"] * 9, *["pageup"] * 9).cursor


def test_every_section_is_about_a_kind_of_record() -> None:
    assert [section.record for section in SECTIONS] == list(Record)
