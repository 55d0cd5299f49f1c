"""Rows of a batch file over what the registry has: which record, which cell, what is told (SPEC B2–B4)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from msreg.errors import Refused
from msreg.rules.names import mask_bsn
from msreg.screen.batch import loaded_data
from msreg.services.batch_loading import How
from msreg.services.batch_result import Loaded
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Outcome, Record, Rowed

Row = dict[str, Any]
Rows = dict[str, Callable[..., Row]]
Stored = Callable[[str], list[Row]]
Lay = Callable[..., Loaded]

BSN, OTHER_BSN = "999990019", "999994669"


def places(done: Loaded) -> list[tuple[str, int | None, str | None, str]]:
    """The faults: sheet, row, question and code."""
    return [(each.sheet, each.row, each.field, each.code) for each in done.errors]


def doubts(done: Loaded) -> list[tuple[str, int | None, str | None, str]]:
    return [(e.sheet, e.row, e.field, e.code) for e in done.findings if not e.is_error]


def counted(done: Loaded) -> tuple[int, ...]:
    """Added, changed, unchanged, skipped, refused (C11)."""
    assert set(done.summary) == {"added", "changed", "unchanged", "skipped", "refused"}
    assert sum(done.summary.values()) == sum(done.rows.values())
    return tuple(done.summary[each.value] for each in Rowed)


def answers(row: Row) -> Row:
    return dict(json.loads(row["answers"]))


# -- which patient ------------------------------------------------------------------------------------------


def test_a_patient_is_matched_by_centre_and_number(lay: Lay, row: Rows, stored: Stored) -> None:
    """B4: the same number is the same patient; a changed answer is a changed row."""
    lay(patients=[row["patient"](email="a@example.org")])
    done = lay(patients=[row["patient"](email="b@example.org"), row["patient"]("00002")])
    assert counted(done) == (1, 1, 0, 0, 0)
    assert [(each["number"], each["patient_number"], each["email"]) for each in stored("patient")] == [
        (1, "00001", "b@example.org"), (2, "00002", None),
    ]  # fmt: skip
    assert stored("patient")[0]["version"] == 2


def test_zeros_in_front_of_a_number_tell_patients_apart(lay: Lay, row: Rows, stored: Stored) -> None:
    """Forms: zeros in front are kept; 00001 and 1 are two patients."""
    lay(patients=[row["patient"]("00001"), row["patient"]("1")])
    assert [each["patient_number"] for each in stored("patient")] == ["00001", "1"]


def test_the_same_number_in_two_centres_is_two_patients(lay: Lay, row: Rows, stored: Stored) -> None:
    """P4: a patient number is unique in its centre."""
    done = lay(
        patients=[
            row["patient"](),
            row["patient"](centre="UTR01"),
            row["patient"](centre="utr01", patient_number="2"),
        ]
    )
    assert counted(done) == (3, 0, 0, 0, 0)
    assert len({each["centre_id"] for each in stored("patient")}) == 2


def test_a_patient_with_a_new_number_is_known_by_the_bsn(lay: Lay, row: Rows, stored: Stored) -> None:
    """B4: then BSN. The centre renumbered; courses under the new number go to the same patient."""
    lay(patients=[row["patient"](bsn=BSN)], courses=[row["course"]()])
    done = lay(
        patients=[row["patient"]("A-77", bsn=BSN)],
        courses=[row["course"]("A-77"), row["course"]("A-77", course_date=date(2022, 1, 1))],
    )
    assert places(done) == []
    assert counted(done) == (1, 1, 1, 0, 0)
    (patient,) = stored("patient")
    assert patient["patient_number"] == "A-77"
    assert [each["patient_id"] for each in stored("course")] == [patient["id"]] * 2
    assert [(c.key, c.old, c.new) for c in done.changes[0].cells] == [("patient_number", "00001", "A-77")]


def test_a_renumbered_patient_is_found_under_the_old_number_too(lay: Lay, row: Rows, stored: Stored) -> None:
    """A sheet that still has the old number makes two people of one: PAT-010, and nothing is loaded."""
    lay(patients=[row["patient"](bsn=BSN)])
    done = lay(patients=[row["patient"]("A-77", bsn=BSN)], courses=[row["course"]("00001")])
    assert places(done) == [("patients", 2, "bsn", "PAT-010")]
    assert len(stored("patient")) == 1


def test_two_patients_of_a_centre_with_one_bsn(lay: Lay, row: Rows, stored: Stored) -> None:
    """PAT-010: in the registry, or in the file itself."""
    lay(patients=[row["patient"](bsn=BSN), row["patient"]("00002", bsn=OTHER_BSN)])
    known = lay(patients=[row["patient"]("00002", bsn=BSN)])
    assert places(known) == [("patients", 2, "bsn", "PAT-010")]
    fresh = lay(patients=[row["patient"]("00003", bsn="999992740"), row["patient"]("00004", bsn="999992740")])
    assert places(fresh) == [("patients", 3, "bsn", "PAT-010")]
    assert counted(fresh) == (0, 0, 0, 1, 1)
    assert len(stored("patient")) == 2


@pytest.mark.parametrize("reader", ["desk", "UTR01"])
def test_a_bsn_of_another_centre_tells_nothing_of_that_centre(
    reader: str, lay: Lay, row: Rows, stored: Stored, member: Callable[..., Actor], desk: Actor
) -> None:
    """P3: PAT-011 says how to ask for sharing, not which centre has the patient nor who it is."""
    lay(patients=[row["patient"](bsn=BSN, family_name="Geheimhart", email="g@example.org")])
    by = desk if reader == "desk" else member("UTR01")
    done = lay(by=by, patients=[row["patient"]("55", centre="UTR01", bsn=BSN, family_name="Anders")])
    assert places(done) == [("patients", 2, "bsn", "PAT-011")]
    told = json.dumps(loaded_data(done, values=False), default=str)
    for value in ("AMS01", "Amstelhof", "00001", "Geheimhart", "g@example.org", "MS-0000001", BSN, "Anders"):
        assert value not in told
    assert "service desk" in (done.errors[0].hint or "")
    assert len(stored("patient")) == 1


def test_a_bsn_moves_to_another_patient_in_two_steps(lay: Lay, row: Rows, stored: Stored) -> None:
    """PAT-010 looks at the registry as it is: the BSN must be free before another patient gets it."""
    lay(patients=[row["patient"](bsn=BSN)])
    both = lay(patients=[row["patient"](bsn=OTHER_BSN), row["patient"]("00002", bsn=BSN)])
    assert places(both) == [("patients", 3, "bsn", "PAT-010")]
    assert not lay(patients=[row["patient"](bsn=OTHER_BSN)]).refused
    assert not lay(patients=[row["patient"]("00002", bsn=BSN)]).refused
    assert [each["bsn"] for each in stored("patient")] == [OTHER_BSN, BSN]


# -- cells ----------------------------------------------------------------------------------------------------


def test_a_blank_cell_keeps_what_is_there(lay: Lay, row: Rows, stored: Stored) -> None:
    """B4: an empty cell is no answer, and neither is a column that is not there."""
    lay(patients=[row["patient"](email="a@example.org", initials="A.", criteria="mcdonald_2017")])
    before = stored("patient")
    blank = lay(patients=[row["patient"](email=None, initials="  ", criteria=None)])
    assert counted(blank) == (0, 0, 1, 0, 0)
    narrow = lay(patients=[{"centre": "AMS01", "patient_number": "00001"}])
    assert counted(narrow) == (0, 0, 1, 0, 0)
    assert stored("patient") == before


def test_a_required_cell_left_blank_keeps_the_answer_and_is_told(lay: Lay, row: Rows) -> None:
    """What was assumed is said (FRM-016); a column that is not there at all leaves nothing to say."""
    lay(patients=[row["patient"]()], courses=[row["course"]()])
    blank = lay(patients=[row["patient"]()], courses=[row["course"](edss=None)])
    assert doubts(blank) == [("courses", 2, "edss", "FRM-016")]
    assert counted(blank) == (0, 0, 2, 0, 0)
    without = row["course"]()
    del without["edss"]
    assert lay(patients=[row["patient"]()], courses=[without]).findings == []


def test_a_blank_that_has_a_default_or_is_not_asked_is_not_told(lay: Lay, row: Rows) -> None:
    lay(patients=[row["patient"](deceased=None)], courses=[row["course"](mri_date=None)])
    assert (
        lay(patients=[row["patient"](deceased=None)], courses=[row["course"](mri_date=None)]).findings == []
    )


def test_defaults_fill_new_records_and_leave_known_ones(lay: Lay, row: Rows, stored: Stored) -> None:
    """Forms: alive, in treatment and Dutch unless told otherwise; what was told stays told."""
    lay(patients=[row["patient"]()])
    assert [stored("patient")[0][key] for key in ("deceased", "treatment_ended", "language")] == [0, 0, "nl"]
    lay(patients=[row["patient"](language="en")])
    lay(patients=[row["patient"]()])
    assert stored("patient")[0]["language"] == "en"


def test_hidden_answers_are_kept_told_and_do_not_count(lay: Lay, row: Rows, stored: Stored) -> None:
    """K4, FRM-009: an answer whose question is not asked warns once, when it is new."""
    course = row["course"](mri_done=False, mri_region="brain")
    done = lay(patients=[row["patient"]()], courses=[course])
    assert places(done) == []
    assert doubts(done) == [("courses", 2, "mri_region", "FRM-009")]
    assert answers(stored("course")[0])["mri_region"] == "brain"
    assert (stored("course")[0]["complete"], stored("patient")[0]["complete"]) == (1, 1)
    assert doubts(lay(patients=[row["patient"]()], courses=[course])) == []


def test_a_faulty_cell_of_a_known_patient_changes_nothing(lay: Lay, row: Rows, stored: Stored) -> None:
    lay(patients=[row["patient"](email="a@example.org")])
    before = stored("patient")
    done = lay(patients=[row["patient"](email="nobody", initials="Z.")])
    assert places(done) == [("patients", 2, "email", "PAT-004")]
    assert stored("patient") == before


# -- complete or not --------------------------------------------------------------------------------------------


def test_a_required_answer_is_asked_of_a_new_record(lay: Lay, row: Rows, stored: Stored) -> None:
    done = lay(patients=[row["patient"]()], courses=[row["course"](edss=None)])
    assert places(done) == [("courses", 2, "edss", "FRM-001")]
    assert stored("patient") == []


def test_what_was_incomplete_may_stay_so(lay: Lay, row: Rows, stored: Stored, registry: Registry) -> None:
    """A record that the registry has with a question open (typed in by hand, K2) is a warning, not a fault."""
    lay(patients=[row["patient"]()], courses=[row["course"]()])
    with registry.light() as db:
        db.execute("UPDATE course SET edss = NULL, complete = 0, open_questions = 1")
    same = lay(courses=[{**row["course"](), "edss": None}])
    assert (places(same), doubts(same)) == ([], [])  # the file leaves it as it is, and is not about it
    assert counted(same) == (0, 0, 1, 0, 0)
    else_ = lay(dry_run=True, courses=[{**row["course"](), "edss": None, "edss_method": "estimated"}])
    assert (places(else_), doubts(else_)) == ([], [("courses", 2, "edss", "FRM-001")])
    other = lay(courses=[{**row["course"](), "edss": None, "fs_visual": None, "mri_done": True}])
    # Questions that the new answer opens must be answered with it.
    assert {place[2] for place in places(other)} == {"mri_date", "mri_region", "mri_gadolinium", "mri_new_t2"}
    filled = lay(courses=[row["course"](edss=4)])
    assert counted(filled) == (0, 1, 0, 0, 0)
    assert (stored("course")[0]["complete"], stored("patient")[0]["complete"]) == (1, 1)


# -- consent ----------------------------------------------------------------------------------------------------


def test_without_consent_nothing_else_of_the_patient_is_judged(lay: Lay, row: Rows, stored: Stored) -> None:
    """P1: one fault, at consent, however wrong the rest is."""
    done = lay(
        patients=[
            row["patient"](consent=False, postal_code="nowhere", diagnosis_phenotype=None),
            row["patient"]("00002"),
        ],
        courses=[row["course"](edss=None)],
    )
    assert places(done) == [("patients", 2, "consent", "PAT-001")]
    assert counted(done) == (0, 0, 0, 2, 1)
    assert done.sound_patients == 1
    assert stored("patient") == []


def test_consent_that_is_not_told_is_missing(lay: Lay, row: Rows) -> None:
    done = lay(patients=[row["patient"](consent=None)])
    assert [place[:3] for place in places(done)] == [("patients", 2, "consent")]


def test_a_consent_that_is_no_answer_is_told_once(lay: Lay, row: Rows) -> None:
    done = lay(patients=[row["patient"](consent="misschien")])
    assert places(done) == [("patients", 2, "consent", "FRM-007")]


def test_a_batch_file_does_not_take_back_consent(lay: Lay, row: Rows, stored: Stored) -> None:
    """P1, P10: withdrawing has a command of its own; a "no" in a file is refused."""
    lay(patients=[row["patient"]()])
    done = lay(patients=[row["patient"](consent=False)])
    assert places(done) == [("patients", 2, "consent", "PAT-001")]
    assert stored("patient")[0]["consent"] == 1


# -- records of a patient ---------------------------------------------------------------------------------------


def test_a_record_of_nobody(lay: Lay, row: Rows) -> None:
    """FIL-008 in every sheet that names a patient."""
    done = lay(
        courses=[row["course"]("9")], disease=[row["relapse"]("9")], medication=[row["medication"]("9")],
        adverse_events=[row["event"]("9")],
    )  # fmt: skip
    assert places(done) == [
        (sheet, 2, "patient_number", "FIL-008")
        for sheet in ("courses", "disease", "medication", "adverse_events")
    ]


def test_a_row_that_names_no_patient_or_no_centre(lay: Lay, row: Rows) -> None:
    """FIL-010 and FIL-006 at the cell that would name it."""
    done = lay(
        patients=[row["patient"]()],
        courses=[row["course"](""), row["course"](centre=None), row["course"](centre="NOP99")],
    )
    assert places(done) == [
        ("courses", 2, "patient_number", "FIL-010"),
        ("courses", 3, "centre", "FIL-010"),
        ("courses", 4, "centre", "FIL-006"),
    ]
    assert counted(done) == (0, 0, 0, 1, 3)


def test_a_centre_may_be_given_with_the_command(lay: Lay, row: Rows, stored: Stored) -> None:
    """--centre is for rows that name none; what stands in a row is stronger."""
    done = lay(
        how=How(centre="utr01", changes=True),
        patients=[row["patient"](centre=None), row["patient"]("00002")],
        courses=[row["course"](centre=None)],
    )
    assert counted(done) == (3, 0, 0, 0, 0)
    first, second = stored("patient")
    assert first["centre_id"] != second["centre_id"]
    assert stored("course")[0]["patient_id"] == first["id"]
    assert {each.patient for each in done.changes} == {"UTR01:00001", "AMS01:00002"}
    assert done.patients == 2


def test_records_go_to_patients_of_the_registry_too(lay: Lay, row: Rows, stored: Stored) -> None:
    lay(patients=[row["patient"]()])
    done = lay(courses=[row["course"]()], disease=[row["relapse"]()], medication=[row["medication"]()])
    assert counted(done) == (3, 0, 0, 0, 0)
    assert {each["patient_id"] for t in ("course", "disease_event", "medication") for each in stored(t)} == {
        stored("patient")[0]["id"]
    }


def test_the_same_record_twice_in_a_file(lay: Lay, row: Rows, stored: Stored) -> None:
    """Each kind says so at its second row, whether the registry has the record already or not."""
    twice = {
        "patients": ([row["patient"]()] * 2, "FIL-009"),
        "courses": ([row["course"]()] * 2, "COU-002"),
        "disease": ([row["relapse"]()] * 2, "DIS-007"),
        "medication": ([row["medication"](stop_date=None)] * 2, ""),
    }
    for sheet, (rows, code) in twice.items():
        people = {"patients": rows} if sheet == "patients" else {"patients": [row["patient"]()], sheet: rows}
        done = lay(**people)
        assert done.refused, sheet
        assert (sheet, 3) in {place[:2] for place in places(done)}, sheet
        assert not code or code in {place[3] for place in places(done)}
    lay(patients=[row["patient"]()], courses=[row["course"]()])
    again = lay(courses=[row["course"](edss=3), row["course"](edss=4)])
    assert ("courses", 3, "course_date", "COU-002") in places(again)
    assert stored("course")[0]["edss"] == 2.5


def test_a_side_effect_belongs_to_a_medication_of_the_file_or_the_registry(
    lay: Lay, row: Rows, stored: Stored
) -> None:
    """FIL-011: medicine and start must be those of a medication; brand, substance or code name it alike."""
    lay(patients=[row["patient"]()], medication=[row["medication"]()])
    known = lay(adverse_events=[row["event"](medicine="Ocrevus")])
    assert counted(known) == (1, 0, 0, 0, 0)
    assert counted(lay(adverse_events=[row["event"](medicine="ocrelizumab")])) == (0, 0, 1, 0, 0)
    fresh = lay(
        patients=[row["patient"]("00002")], medication=[row["medication"]("00002")],
        adverse_events=[row["event"]("00002"), row["event"]("00002", description="koorts")],
    )  # fmt: skip
    assert counted(fresh) == (4, 0, 0, 0, 0)
    medication = {each["patient_id"]: each["id"] for each in stored("medication")}
    assert [each["medication_id"] for each in stored("adverse_event")] == [
        medication[each["patient_id"]] for each in stored("adverse_event")
    ]
    wrong = lay(
        adverse_events=[row["event"](medication_start=date(2020, 6, 2)), row["event"](medicine="Tysabri")]
    )
    assert places(wrong) == [
        ("adverse_events", 2, "medicine", "FIL-011"), ("adverse_events", 3, "medicine", "FIL-011"),
    ]  # fmt: skip


def test_a_side_effect_of_a_faulty_medication_is_told_once(lay: Lay, row: Rows) -> None:
    """A check is not run on a value that is already faulty: the parent's own fault is the only one."""
    done = lay(
        patients=[row["patient"]()],
        medication=[row["medication"](medicine="ASPIRIN")],
        adverse_events=[row["event"](medicine="ASPIRIN")],
    )
    assert places(done) == [
        ("medication", 2, "medicine", "FRM-005"), ("adverse_events", 2, "medicine", "FRM-005"),
    ]  # fmt: skip


def test_there_is_one_referral_dated_or_not(lay: Lay, row: Rows, stored: Stored) -> None:
    """DIS-008: a referral is found again without its date, and a second one in the file is refused."""
    lay(patients=[row["patient"]()], disease=[row["referral"]()])
    done = lay(disease=[row["referral"](date=date(2019, 1, 2), referred_by="other")])
    assert counted(done) == (0, 1, 0, 0, 0)
    (referral,) = stored("disease_event")
    assert referral["date"] == "2019-01-02"
    two = lay(disease=[row["referral"](), row["referral"](date=date(2019, 5, 6))])
    assert [place for place in places(two) if place[3] == "DIS-008"]
    assert len(stored("disease_event")) == 1


def test_a_record_whose_name_is_faulty_is_compared_with_none(lay: Lay, row: Rows, stored: Stored) -> None:
    """A course with no readable date is no second course of some day, and opens no other fault."""
    lay(patients=[row["patient"]()], courses=[row["course"]()])
    done = lay(courses=[row["course"](course_date="31-02-2022"), row["course"](course_date="2090-01-01")])
    assert places(done) == [
        ("courses", 2, "course_date", "FRM-002"), ("courses", 3, "course_date", "FRM-006"),
    ]  # fmt: skip
    number = lay(patients=[row["patient"]("1" * 21)], courses=[row["course"]()])
    assert places(number) == [("patients", 2, "patient_number", "FRM-008")]


# -- where a fault is told -----------------------------------------------------------------------------------------


def test_a_fault_that_shows_at_a_stored_record_is_told_at_the_row_that_brings_it(
    lay: Lay, row: Rows, stored: Stored
) -> None:
    """The registry has a course of 2021; the file lets the patient die in 2020 (PAT-008, COU-003)."""
    lay(patients=[row["patient"]()], courses=[row["course"]()])
    before = stored("patient"), stored("course")
    done = lay(patients=[row["patient"](deceased=True, deceased_on=date(2020, 12, 31))])
    assert {place[:2] for place in places(done)} == {("patients", 2)}
    assert {place[3] for place in places(done)} == {"PAT-008", "COU-003"}
    birth = lay(patients=[row["patient"](birth_date=date(2021, 1, 2), diagnosis_date=date(2021, 2, 1))])
    assert {place[:2] for place in places(birth)} == {("patients", 2)}
    assert "COU-001" in {place[3] for place in places(birth)}
    assert (stored("patient"), stored("course")) == before
    assert not lay(medication=[row["medication"]()]).refused
    later = lay(medication=[row["medication"](medicine="L04AG03", start_date=date(2022, 1, 1), jcv_status="negative",
                                              deviating_interval=False)])  # fmt: skip
    assert {place[:2] for place in places(later)} == {("medication", 2)}
    assert [each["medicine"] for each in stored("medication")] == ["L04AG08"]


def test_a_doubt_about_a_stored_record_is_not_the_files(lay: Lay, row: Rows, registry: Registry) -> None:
    """Warnings of records that the file does not bring are left out: nobody can mend them in the file."""
    relapses = [row["relapse"](), row["relapse"](date=date(2021, 2, 10))]
    first = lay(patients=[row["patient"]()], disease=relapses)
    assert [place[3] for place in doubts(first)] == ["DIS-004"]
    assert doubts(lay(courses=[row["course"]()])) == []


def test_places_are_those_of_the_file(registry: Registry, desk: Actor, today: date, tmp_path: Any) -> None:
    """B3: rows as Excel counts, blank ones too; letters by the order of the columns in the file."""
    from msreg.services.imports import load_batch

    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "Patiënten.csv").write_text("centre;patient_number\n")
    (folder / "Ziekteverloop.csv").write_text("centre;patient_number;kind;date\n")
    (folder / "Medicatie.csv").write_text("centre;patient_number;medicine;start_date\n")
    header = ";EDSS-score *;Registratiedatum;Patiëntnummer;Centrum;EDSS bepaald;MRI verricht"
    (folder / "Belopen.csv").write_text(
        f"\n{header}\n\n;x;2021-01-01;1;AMS01;bepaald;nee\n\n\n;2;;1;AMS01;bepaald;n\n"
    )
    done = load_batch(registry, by=desk, path=folder, today=today)
    found = [(each.row, each.column, each.field) for each in done.errors]
    assert (4, "B", "edss") in found
    assert (4, "D", "patient_number") in found
    assert (7, "D", "patient_number") in found
    assert {each.sheet for each in done.findings} == {"courses"}


# -- labels ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sex", "phenotype", "yes", "no", "medicine"),
    [
        ("vrouw", "RRMS", "ja", "nee", "Ocrevus"),
        ("Female", "relapsing-remitting MS", "YES", "no", "ocrelizumab"),
        ("v", "rr", "j", "n", "l04ag08"),
        ("female", "rrms", "true", "false", "L04AG08"),
        ("f", "RR-MS", "1", "0", "OCREVUS"),
    ],
)
def test_answers_by_code_label_or_another_word(
    sex: str, phenotype: str, yes: str, no: str, medicine: str, lay: Lay, row: Rows, stored: Stored
) -> None:
    done = lay(
        patients=[row["patient"](sex=sex, diagnosis_phenotype=phenotype, consent=yes, deceased=no)],
        medication=[row["medication"](medicine=medicine, deviating_interval=no)],
    )
    assert places(done) == []
    patient = stored("patient")[0]
    assert (patient["sex"], patient["diagnosis_phenotype"], patient["consent"], patient["deceased"]) == (
        "female", "rrms", 1, 0,
    )  # fmt: skip
    assert stored("medication")[0]["medicine"] == "L04AG08"


@pytest.mark.parametrize("day", ["2021-03-04", "04-03-2021", "4/3/2021"])
def test_dates_in_three_notations_and_decimals_with_a_comma(
    day: str, lay: Lay, row: Rows, stored: Stored
) -> None:
    """C10."""
    done = lay(patients=[row["patient"]()], courses=[row["course"](course_date=day, edss="3,5")])
    assert places(done) == []
    assert (stored("course")[0]["course_date"], stored("course")[0]["edss"]) == ("2021-03-04", 3.5)


# -- what is told of it ------------------------------------------------------------------------------------------------


def test_the_summary_counts_rows(lay: Lay, row: Rows) -> None:
    """C11: added, changed, unchanged, skipped, refused; by sheet too."""
    lay(patients=[row["patient"]()], courses=[row["course"]()])
    done = lay(
        patients=[row["patient"](initials="B."), row["patient"]("00002")],
        courses=[row["course"](), row["course"]("00002")],
        disease=[row["relapse"]()],
    )
    assert counted(done) == (3, 1, 1, 0, 0)
    assert done.by_record[Record.PATIENT] == {Rowed.ADDED: 1, Rowed.CHANGED: 1}
    assert done.by_record[Record.COURSE] == {Rowed.ADDED: 1, Rowed.UNCHANGED: 1}
    assert done.rows[Record.DISEASE] == 1
    assert counted(lay()) == (0, 0, 0, 0, 0)


def test_a_dry_run_shows_old_and_new_of_each_cell_and_keeps_nothing(
    lay: Lay, row: Rows, stored: Stored
) -> None:
    """C5: the real run rolled back; the look itself stays in the log, without an answer in it."""
    lay(patients=[row["patient"]()], courses=[row["course"]()])
    before = {table: stored(table) for table in ("patient", "course")}
    rows = {
        "patients": [row["patient"](email="new@example.org", bsn=BSN), row["patient"]("00002")],
        "courses": [row["course"](edss=4.5, fs_visual=0), row["course"](course_date=date(2022, 2, 2))],
    }
    for kind in ({"dry_run": True}, {"check": True}):
        done = lay(**kind, **rows)
        assert done.dry_run
        assert {table: stored(table) for table in before} == before
        event = stored("audit_event")[-1]["body"]
        assert "new@example.org" not in event
        assert BSN not in event
    # fs_visual alone is refused (COU-007), so that the next one is told without it
    del rows["courses"][0]["fs_visual"]
    done = lay(dry_run=True, **rows)
    told = {
        (c.sheet, c.row, c.patient, c.outcome.value): [(x.key, x.old, x.new) for x in c.cells]
        for c in done.changes
    }
    assert told[("patients", 2, "MS-0000001", "changed")] == [
        ("bsn", None, BSN), ("email", None, "new@example.org"),
    ]  # fmt: skip
    (edss,) = told[("courses", 2, "MS-0000001", "changed")]
    assert (edss[0], float(edss[1]), float(edss[2])) == ("edss", 2.5, 4.5)
    assert ("patients", 3, "AMS01:00002", "added") in told
    assert ("courses", 3, "MS-0000001", "added") in told
    real = lay(**rows)
    assert real.summary == done.summary
    assert [(c.sheet, c.row, c.outcome) for c in real.changes] == [
        (c.sheet, c.row, c.outcome) for c in done.changes
    ]


def test_values_are_told_only_when_asked(lay: Lay, row: Rows) -> None:
    """C12: places, questions and codes; the value of a cell only with --values."""
    lay(patients=[row["patient"](email="old@example.org")])
    faulty = lay(patients=[row["patient"](email="kanarie-adres", family_name="Kanarievogel")])
    sound = lay(dry_run=True, patients=[row["patient"](email="kanarie@example.org")])
    for done in (faulty, sound):
        hidden = json.dumps(loaded_data(done, values=False), default=str)
        assert "anarie" not in hidden
        assert "old@" not in hidden
    shown = loaded_data(faulty, values=True)
    assert shown["findings"][0]["value"] == "kanarie-adres"
    told = loaded_data(sound, values=True)
    assert told["changes"][0]["fields"] == [
        {"field": "email", "old": "old@example.org", "new": "kanarie@example.org"}
    ]
    assert mask_bsn(BSN) == "••••••019"


def test_a_refused_file_is_a_look_in_the_log_at_the_patients_it_named(
    lay: Lay, row: Rows, stored: Stored
) -> None:
    """S5: a check reads patients of the registry, and says whose."""
    lay(patients=[row["patient"]("00001"), row["patient"]("00002")])
    ids = {each["patient_number"]: each["id"] for each in stored("patient")}
    lay(check=True, patients=[row["patient"]("00002", email="x")])
    event = stored("audit_event")[-1]
    body = json.loads(event["body"])
    assert (body["event"], body["action"], body["outcome"]) == ("imports.check", "R", Outcome.DONE.value)
    seen = [each for each in stored("audit_item") if each["seq"] == event["seq"]]
    assert [each["patient_id"] for each in seen] == [ids["00002"]]


def test_who_writes_for_another_centre(lay: Lay, row: Rows, member: Callable[..., Actor]) -> None:
    """FIL-007 at the cell of the centre; the own rows are skipped with it."""
    rows: Sequence[Row] = [row["patient"](), row["patient"](centre="UTR01", patient_number="9")]
    done = lay(by=member("UTR01"), patients=rows)
    assert places(done) == [("patients", 2, "centre", "FIL-007")]
    assert counted(done) == (0, 0, 0, 1, 1)


def test_what_happened_to_each_row_is_told_in_runs(lay: Lay, row: Rows) -> None:
    """B4: added, changed, unchanged, skipped and refused, for every row of every sheet."""
    lay(patients=[row["patient"](), row["patient"]("00002")], courses=[row["course"]()])
    days = [date(2022, 2, day) for day in (1, 2, 3)]
    done = lay(
        how=How(partial=True),
        patients=[row["patient"](), row["patient"]("00002", email="no address")],
        courses=[
            row["course"](), *(row["course"](course_date=day) for day in days), row["course"]("00002"),
            row["course"](course_date=date(2022, 3, 1)),
        ],
    )  # fmt: skip
    assert loaded_data(done, values=False)["outcomes"] == {
        "patients": {"unchanged": [(2, 2)], "refused": [(3, 3)]},
        "courses": {"unchanged": [(2, 2)], "added": [(3, 5), (7, 7)], "skipped": [(6, 6)]},
        "disease": {},
        "medication": {},
    }


def test_a_file_with_a_lifetime_of_rows_for_one_patient_is_refused(lay: Lay, row: Rows) -> None:
    """Security 4.8: what has to be judged together has to fit; 20,000 rows still do."""
    course = row["course"]()
    done = lay(patients=[row["patient"]()], courses=[course] * 19_999)
    assert {each.code for each in done.errors} == {"COU-002"}
    with pytest.raises(Refused):
        lay(patients=[row["patient"]()], courses=[course] * 20_000)
