"""SPEC P8: sharing a patient with a second centre, and taking it back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.errors import Conflict, NotAllowed, NotFound, Refused
from msreg.services import access, operators
from msreg.services.adding import add_record
from msreg.services.centres import add_centre, edit_centre
from msreg.services.editing import edit_record
from msreg.services.exports import Style, export
from msreg.services.made_up import make_people
from msreg.services.patients import Asked, overview
from msreg.services.records import read_record
from msreg.services.saving import save
from msreg.services.shares import share, unshare
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.audit import verify
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Record, Role

TODAY = date(2026, 11, 21)
LATER = date(2026, 12, 1)


@dataclass(frozen=True)
class Scene:
    """A registry with two centres, somebody of each, the registry office, and a patient of the first."""

    registry: Registry
    desk: Actor
    own: Actor
    other: Actor
    patient: str


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    where = {"MSREG_HOME": str(tmp_path / "home"), "MSREG_KEY_FILE": str(tmp_path / "kek")}
    registry, _ = Registry.create(load_settings(where), made_up=True)
    with registry:
        operators.first_operator(registry, user=access.os_user({}), host="desk-3")
        desk = access.whoami(registry, {})
        actors = []
        for code in ("AMS01", "UTR01"):
            add_centre(registry, by=desk, code=code, name=f"Ziekenhuis {code}")
            with registry.light() as db:
                known = access.centre_by_code(db, code)
            assert known is not None
            centre = known[0]
            its_own = replace(desk, user=code, role=Role.CLINICIAN, centre=centre)
            actors.append(replace(its_own, centres=frozenset({centre})))
        own, other = actors
        assert own.centre is not None
        dossier = next(make_people(1, 1, TODAY, [own.centre]))
        with writing(registry, by=own, event="patients.add", action=Action.CREATE) as work:
            save(work, [dossier])
        assert dossier.id is not None
        yield Scene(registry, desk, own, other, dossier.id)


def seen_by(scene: Scene, by: Actor) -> int:
    return overview(scene.registry, by=by, asked=Asked(), today=TODAY).total


def events(scene: Scene, event: str) -> list[tuple[str, str]]:
    with scene.registry.light() as db:
        return [
            (row[0], row[1])
            for row in db.rows(
                "SELECT json_extract(body, '$.outcome'), json_extract(body, '$.user') FROM audit_event"
                " WHERE json_extract(body, '$.event') = ? ORDER BY seq",
                (event,),
            )
        ]


def test_the_other_centre_sees_a_shared_patient(scene: Scene) -> None:
    assert seen_by(scene, scene.other) == 0
    done = share(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="utr01", today=TODAY)
    assert (done.centre, done.name, done.since, done.until) == ("UTR01", "Ziekenhuis UTR01", TODAY, None)
    assert seen_by(scene, scene.other) == 1
    unshare(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="UTR01", today=LATER)
    assert seen_by(scene, scene.other) == 0
    with scene.registry.light() as db:
        assert db.rows("SELECT since, until FROM share") == [("2026-11-21", "2026-12-01")]


def test_a_patient_can_be_shared_again_after_it_was_taken_back(scene: Scene) -> None:
    for _ in range(2):
        share(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="UTR01", today=TODAY)
        unshare(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="UTR01", today=TODAY)
    with scene.registry.light() as db:
        assert db.one("SELECT count(*) FROM share") == (2,)


def test_the_registry_office_may_share_for_a_centre(scene: Scene) -> None:
    share(scene.registry, by=scene.desk, patient_id=scene.patient, centre_code="UTR01", today=TODAY)
    assert seen_by(scene, scene.other) == 1


def test_each_sharing_is_in_the_log_with_its_row(scene: Scene) -> None:
    share(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="UTR01", today=TODAY)
    unshare(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="UTR01", today=LATER)
    assert events(scene, "patients.share") == [("0", "AMS01")]
    assert events(scene, "patients.unshare") == [("0", "AMS01")]
    with scene.registry.light() as db:
        found = db.rows("SELECT patient_id, action FROM audit_item WHERE entity = 'share' ORDER BY seq")
        assert found == [(scene.patient, "C"), (scene.patient, "U")]
        assert verify(db, scene.registry.keys.audit_key, scene.registry.uuid).ok


def test_twice_is_a_conflict(scene: Scene) -> None:
    share(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="UTR01", today=TODAY)
    with pytest.raises(Conflict):
        share(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="UTR01", today=TODAY)
    with scene.registry.light() as db:
        assert db.one("SELECT count(*) FROM share") == (1,)


def test_taking_back_what_was_not_shared_is_a_conflict(scene: Scene) -> None:
    with pytest.raises(Conflict):
        unshare(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="UTR01", today=TODAY)


def test_not_with_the_own_centre(scene: Scene) -> None:
    with pytest.raises(Refused):
        share(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="AMS01", today=TODAY)


def test_not_with_a_centre_that_is_none_or_has_left(scene: Scene) -> None:
    with pytest.raises(NotFound):
        share(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="NOP99", today=TODAY)
    edit_centre(scene.registry, by=scene.desk, code="UTR01", active=False)
    with pytest.raises(Conflict):
        share(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="UTR01", today=TODAY)


def test_only_the_registering_centre_takes_back_and_the_attempt_is_logged(scene: Scene) -> None:
    share(scene.registry, by=scene.own, patient_id=scene.patient, centre_code="UTR01", today=TODAY)
    with pytest.raises(NotAllowed):
        unshare(scene.registry, by=scene.other, patient_id=scene.patient, centre_code="UTR01", today=TODAY)
    assert events(scene, "patients.unshare") == [("4", "UTR01")]
    assert seen_by(scene, scene.other) == 1


def test_a_patient_of_another_centre_is_not_known_to_exist(scene: Scene) -> None:
    for patient in (scene.patient, "0" * 32):
        with pytest.raises(NotFound):
            share(scene.registry, by=scene.other, patient_id=patient, centre_code="UTR01", today=TODAY)


def test_readers_may_not_share(scene: Scene) -> None:
    reader = replace(scene.own, role=Role.READER)
    with pytest.raises(NotAllowed):
        share(scene.registry, by=reader, patient_id=scene.patient, centre_code="UTR01", today=TODAY)
    assert events(scene, "patients.share") == [("4", "AMS01")]


# -- both write, and each with its name on it ----------------------------------------------------------


def course(scene: Scene, by: Actor, day: str, **other: str) -> None:
    answers = {"course_date": day, "edss_method": "not_done", "mri_done": "no"} | other
    add_record(
        scene.registry, by=by, record=Record.COURSE, patient="MS-0000001", answers=answers, today=TODAY
    )


def edited(scene: Scene, by: Actor, day: str, note: str) -> None:
    edit_record(
        scene.registry, by=by, record=Record.COURSE, patient="MS-0000001", which={"course_date": day},
        answers={"edss_method": "assessed", "edss": note}, today=TODAY,
    )  # fmt: skip


def written(scene: Scene) -> dict[str, str]:
    """Which centre wrote which course since."""
    record = read_record(scene.registry, by=scene.desk, event="courses.list", patient="MS-0000001")
    return {
        entry.values["course_date"].isoformat(): record.centres[entry.row["centre_id"]]
        for entry in record.dossier.of(Record.COURSE)
        if entry.values["course_date"] >= date(2026, 10, 1)
    }


def test_p8_both_add_and_change_and_what_was_written_keeps_its_centre(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        course(scene, scene.other, "2026-10-02")
    share(scene.registry, by=scene.own, patient="MS-0000001", centre_code="UTR01", today=TODAY)
    course(scene, scene.own, "2026-10-01")
    course(scene, scene.other, "2026-10-02")
    edited(scene, scene.other, "2026-10-01", "3")  # each changes what the other wrote
    edited(scene, scene.own, "2026-10-02", "4")
    assert written(scene) == {"2026-10-01": "AMS01", "2026-10-02": "UTR01"}
    unshare(scene.registry, by=scene.own, patient="MS-0000001", centre_code="UTR01", today=LATER)
    for call in (course, lambda s, by, day: edited(s, by, day, "5")):
        with pytest.raises(NotFound):
            call(scene, scene.other, "2026-10-03")
    assert written(scene) == {"2026-10-01": "AMS01", "2026-10-02": "UTR01"}
    edited(scene, scene.own, "2026-10-02", "6")  # what the other wrote stays, and may be changed
    assert written(scene)["2026-10-02"] == "UTR01"
    export(
        scene.registry, by=scene.own, format="csv", out=tmp_path / "out", asked=Asked(), today=TODAY,
        style=Style(False, "en"),
    )  # fmt: skip
    with (tmp_path / "out" / "courses.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["course_date"]: row for row in csv.DictReader(file, delimiter=";")}
    told = {day: (rows[day]["centre"], rows[day]["written_by"]) for day in written(scene)}
    assert told == {"2026-10-01": ("AMS01", "AMS01"), "2026-10-02": ("AMS01", "UTR01")}


def test_s5_the_log_says_who_of_which_centre_wrote(scene: Scene) -> None:
    share(scene.registry, by=scene.own, patient="MS-0000001", centre_code="UTR01", today=TODAY)
    course(scene, scene.other, "2026-10-02")
    edited(scene, scene.own, "2026-10-02", "4")
    with scene.registry.light() as db:
        found = db.rows(
            "SELECT json_extract(e.body, '$.event'), json_extract(e.body, '$.user'),"
            " json_extract(e.body, '$.centre'), i.action FROM audit_item i JOIN audit_event e ON e.seq = i.seq"
            " WHERE i.patient_id = ? AND i.entity = 'course' AND e.seq > 5 ORDER BY i.seq DESC LIMIT 2",
            (scene.patient,),
        )
    assert found == [
        ("course.edit", "AMS01", scene.own.centre, "U"),
        ("course.add", "UTR01", scene.other.centre, "C"),
    ]


def test_p8_a_new_sharing_brings_back_the_access(scene: Scene) -> None:
    for _ in range(2):
        share(scene.registry, by=scene.own, patient="MS-0000001", centre_code="UTR01", today=TODAY)
        unshare(scene.registry, by=scene.own, patient="MS-0000001", centre_code="UTR01", today=TODAY)
    share(scene.registry, by=scene.own, patient="MS-0000001", centre_code="UTR01", today=TODAY)
    course(scene, scene.other, "2026-10-02")
    with scene.registry.light() as db:
        assert db.rows("SELECT until FROM share ORDER BY rowid") == [(TODAY.isoformat(),)] * 2 + [(None,)]


def test_p3_a_bsn_of_another_centre_is_told_without_where_or_who(scene: Scene) -> None:
    """By hand as by file: how to ask for sharing, and nothing else."""
    with scene.registry.light() as db:
        db.execute("UPDATE patient SET bsn = '999990019'")
    answers = {
        "consent": "yes", "consent_date": "2020-01-01", "patient_number": "U1", "bsn": "999990019",
        "family_name": "Jansen", "birth_date": "1980-01-01", "sex": "female", "language": "nl",
        "deceased": "no", "treatment_ended": "no",
    }  # fmt: skip
    with pytest.raises(Refused) as told:
        add_record(
            scene.registry, by=scene.other, record=Record.PATIENT, answers=answers, today=TODAY,
            incomplete=True,
        )  # fmt: skip
    assert (told.value.rule, told.value.field) == ("PAT-011", "bsn")
    assert "shared with your centre" in str(told.value.hint_text())
    said = f"{told.value} {told.value.hint_text()}"
    assert not {"AMS01", "Ziekenhuis", "MS-0000001"} & set(said.replace(",", " ").split())
