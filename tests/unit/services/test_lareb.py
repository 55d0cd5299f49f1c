"""Handing side effects to Lareb: each once, nothing of who may not be told, the same bytes again (SPEC L1)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from msreg.clock import now
from msreg.config import Lareb
from msreg.errors import Busy, Conflict, NotAllowed, NotFound, Partial, Usage
from msreg.services import lareb_files, lareb_sending
from msreg.services.adding import add_record
from msreg.services.centres import edit_centre
from msreg.services.editing import edit_record
from msreg.services.erasing import erase
from msreg.services.lareb import Handed, hand_over
from msreg.services.lareb_answers import read_answer
from msreg.services.lareb_batches import list_batches, show_batch
from msreg.services.lareb_events import Standing, list_unsent
from msreg.services.lareb_files import alone, rebuild
from msreg.services.removing import remove_record
from msreg.services.withdrawing import withdraw
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Role
from tests.lareb import acknowledgement

Row = dict[str, Any]
FULL: Mapping[str, Any] = {
    "report_to_lareb": True, "start_date": date(2020, 7, 1), "event_course": "Begon na het infuus.",
    "outcome": "recovered", "severity": "mild", "meddra_llt": "12345678", "meddra_version": "27.1",
}  # fmt: skip


@pytest.fixture
def people(
    registry: Registry, desk: Actor, today: date, lay: Callable[..., Any], row: dict[str, Callable[..., Row]]
) -> None:
    """Two patients of AMS01 and one of UTR01, each with a side effect that is to be reported; one is half told."""
    whose = (("00001", "AMS01"), ("00002", "AMS01"), ("00003", "UTR01"))
    lay(
        patients=[row["patient"](number=n, centre=c) for n, c in whose],
        medication=[row["medication"](number=n, centre=c) for n, c in whose],
        adverse_events=[
            row["event"](number="00001", **FULL),
            row["event"](number="00002", **{**FULL, "meddra_llt": None, "meddra_version": None}),
        ],
    )
    add_record(
        registry, by=desk, record=Record.ADVERSE_EVENT, patient="UTR01:00003", today=today, incomplete=True,
        parent={"parent_medicine": "L04AG08", "parent_start_date": date(2020, 6, 1)},
        answers={"description": "hoofdpijn", **{key: FULL[key] for key in FULL if key != "outcome"}},
    )  # fmt: skip


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def send(registry: Registry, desk: Actor, out: Path) -> Callable[..., Handed]:
    def call(*, by: Actor = desk, **how: Any) -> Handed:
        return hand_over(registry, by=by, folder=out, **how)

    return call


@pytest.fixture
def change(registry: Registry, desk: Actor, today: date) -> Callable[..., None]:
    """Change the side effect of a patient."""

    def call(patient: str, **answers: Any) -> None:
        which = {
            "parent_medicine": "L04AG08",
            "parent_start_date": date(2020, 6, 1),
            "description": "hoofdpijn",
        }
        edit_record(
            registry, by=desk, record=Record.ADVERSE_EVENT, patient=patient, which=which, answers=answers,
            today=today,
        )  # fmt: skip

    return call


def log(registry: Registry, event: str) -> list[Row]:
    with registry.light() as db:
        rows = db.rows("SELECT body FROM audit_event ORDER BY seq")
    return [body for body in (json.loads(row[0]) for row in rows) if body["event"] == event]


def standings(registry: Registry, by: Actor) -> dict[str, Standing]:
    return {each.patient: each.standing for each in list_unsent(registry, by=by).candidates}


# -- what is sent ----------------------------------------------------------------------------------------


def test_l1_valid_side_effects_are_sent_once_and_the_others_are_kept(
    people: None, registry: Registry, desk: Actor, send: Callable[..., Handed], out: Path
) -> None:
    before = standings(registry, desk)
    assert before == {
        "MS-0000001": Standing.READY, "MS-0000002": Standing.READY, "MS-0000003": Standing.INCOMPLETE,
    }  # fmt: skip
    handed = send()
    assert [(e.report, e.edition, e.candidate.patient, e.candidate.coded) for e in handed.made.going] == [
        ("NL-MSREG-0000001", 1, "MS-0000001", True),
        ("NL-MSREG-0000002", 1, "MS-0000002", False),
    ]
    (stayed,) = handed.made.staying
    assert (stayed.patient, stayed.validity.missing) == ("MS-0000003", ("outcome",))
    assert sorted(each.name for each in out.iterdir()) == ["NL-MSREG-L000001.csv", "NL-MSREG-L000001.xml"]
    assert {each.stat().st_mode & 0o777 for each in out.iterdir()} == {0o600}
    xml = etree.parse(out / "NL-MSREG-L000001.xml")
    assert (
        xml.xpath("count(//*[local-name() = 'PORR_IN049016UV'])") == 1
    )  # without a code there is no valid XML
    lines = (out / "NL-MSREG-L000001.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == ['"NL-MSREG-0000001"', '"NL-MSREG-0000002"']
    assert standings(registry, desk) == {"MS-0000003": Standing.INCOMPLETE}
    again = send()
    assert (again.made.going, again.made.batch, again.written) == ([], None, [])


def test_l1_neither_name_nor_number_of_a_patient_leaves(
    registry: Registry, desk: Actor, lay: Callable[..., Any], row: dict[str, Callable[..., Row]],
    send: Callable[..., Handed], out: Path,
) -> None:  # fmt: skip
    own = {
        "family_name": "Kanarievogel",
        "bsn": "999990019",
        "email": "kanarie@example.org",
        "initials": "Q.Z.",
    }
    lay(
        patients=[row["patient"](number="77123", **own)],
        medication=[row["medication"](number="77123")],
        adverse_events=[row["event"](number="77123", **FULL)],
    )
    send()
    for path in out.iterdir():
        text = path.read_text(encoding="utf-8-sig")
        assert "hoofdpijn" in text
        for word in ("Kanarievogel", "999990019", "kanarie@", "Q.Z.", "77123", "MS-0000001"):
            assert word not in text, (path.name, word)


@pytest.mark.parametrize("words", ["mw. Jansen belde", "bsn 999990019", "nr 00001"])
def test_words_that_name_the_patient_keep_a_side_effect_back(
    words: str, people: None, registry: Registry, desk: Actor, send: Callable[..., Handed],
    change: Callable[..., None],
) -> None:  # fmt: skip
    change("AMS01:00001", event_course=words)
    handed = send()
    assert [each.candidate.patient for each in handed.made.going] == ["MS-0000002"]
    assert handed.made.staying[0].validity.revealing == ("event_course",)


def test_the_log_names_each_patient_who_left_to_whom_and_why(
    people: None, registry: Registry, send: Callable[..., Handed]
) -> None:
    handed = send(to="Bijwerkingencentrum Lareb", purpose="meldplicht")
    (event,) = log(registry, "events.send")
    assert event["action"] == "E"
    assert event["about"] == {
        "batch": "L-000001", "format": "icsr", "file": "NL-MSREG-L000001.xml", "reports": 2, "patients": 2,
        "recipient": "Bijwerkingencentrum Lareb", "purpose": "meldplicht",
    }  # fmt: skip
    assert event["items"] == 3  # who stayed behind was looked at
    assert handed.made.batch is not None
    with registry.light() as db:
        seen = db.rows(
            "SELECT p.number, i.action FROM audit_item i JOIN patient p ON p.id = i.patient_id"
            " WHERE i.seq = ? ORDER BY p.number",
            (handed.made.batch.seq,),
        )
    assert seen == [(1, "C"), (2, "C"), (3, "R")]
    (written,) = log(registry, "events.write")  # and once more when they go into files
    assert (written["about"]["file"], written["items"]) == ("NL-MSREG-L000001.xml", 2)
    assert len(log(registry, "events.written")) == 1


def test_c5_a_dry_run_writes_nothing_and_leaves_a_look(
    people: None, registry: Registry, desk: Actor, send: Callable[..., Handed], out: Path
) -> None:
    handed = send(dry_run=True)
    assert [each.report for each in handed.made.going] == ["NL-MSREG-0000001", "NL-MSREG-0000002"]
    assert (handed.made.batch, handed.written, list(out.iterdir())) == (None, [], [])
    (event,) = log(registry, "events.list")
    assert (event["action"], event["about"]["dry_run"], event["items"]) == ("R", True, 3)
    assert log(registry, "events.send") == []  # what has that name has left
    assert send().made.going[0].report == "NL-MSREG-0000001"


def test_nothing_to_send_is_no_batch_and_no_row_of_one_that_left(
    registry: Registry, desk: Actor, send: Callable[..., Handed], out: Path
) -> None:
    handed = send()
    assert (handed.made.going, handed.made.staying, handed.written) == ([], [], [])
    assert log(registry, "events.send") == []
    assert [each["action"] for each in log(registry, "events.list")] == ["R"]
    assert list_batches(registry, by=desk).rows == []


def test_s3_a_centre_sends_its_own_and_not_those_of_another(
    people: None, registry: Registry, member: Callable[..., Actor], send: Callable[..., Handed],
    change: Callable[..., None],
) -> None:  # fmt: skip
    change("UTR01:00003", outcome="recovering")
    ams, utr = member("AMS01"), member("UTR01")
    assert set(standings(registry, ams)) == {"MS-0000001", "MS-0000002"}
    handed = send(by=utr)
    assert [each.candidate.patient for each in handed.made.going] == ["MS-0000003"]
    assert [len(list_batches(registry, by=each).rows) for each in (utr, ams)] == [1, 0]
    with pytest.raises(NotFound):
        show_batch(registry, by=ams, batch="L-000001")
    assert [each.candidate.patient for each in send(by=ams).made.going] == ["MS-0000001", "MS-0000002"]


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.READER, Role.IMPORTER, Role.AUDITOR])
def test_s3_who_lacks_the_right_sends_nothing(
    role: Role, people: None, registry: Registry, member: Callable[..., Actor], send: Callable[..., Handed],
    out: Path,
) -> None:  # fmt: skip
    by = member("AMS01", role)
    with pytest.raises(NotAllowed):
        send(by=by)
    with pytest.raises(NotAllowed):
        read_answer(registry, by=by, path=out / "none.xml")
    assert list(out.iterdir()) == []


def test_the_job_of_cron_may_send(people: None, desk: Actor, send: Callable[..., Handed]) -> None:
    assert len(send(by=replace(desk, role=Role.JOB)).made.going) == 2


def test_p10_who_withdrew_consent_is_not_sent(
    people: None, registry: Registry, desk: Actor, today: date, send: Callable[..., Handed]
) -> None:
    withdraw(registry, by=desk, patient="AMS01:00001", on=today, today=today)
    assert [each.candidate.patient for each in send().made.going] == ["MS-0000002"]
    assert "MS-0000001" not in standings(registry, desk)


@pytest.mark.parametrize("name", ["", "ms", "MS-REG", "A" * 21, "É"])
def test_a_sender_that_is_no_identifier_is_refused(
    name: str, people: None, registry: Registry, send: Callable[..., Handed]
) -> None:
    registry.settings = replace(registry.settings, lareb=Lareb(sender=name))
    with pytest.raises(Usage) as told:
        send()
    assert told.value.field == "lareb_sender"


# -- once, and again -------------------------------------------------------------------------------------


def test_l1_what_was_sent_and_changed_is_told_and_sent_again_only_when_asked(
    people: None, registry: Registry, desk: Actor, send: Callable[..., Handed], change: Callable[..., None],
    out: Path,
) -> None:  # fmt: skip
    send()
    change("AMS01:00001", outcome="sequelae")
    assert standings(registry, desk)["MS-0000001"] is Standing.CHANGED
    assert send().made.going == []
    (going,) = send(changed=True).made.going
    assert (going.report, going.edition) == ("NL-MSREG-0000001", 2)
    first, second = (etree.parse(out / f"NL-MSREG-L00000{n}.xml") for n in (1, 2))
    ids = "//*[local-name() = 'investigationEvent']/*[local-name() = 'id']/@extension"
    assert first.xpath(ids) == second.xpath(ids)  # the same case
    known, later = (
        each.xpath("string(//*[local-name() = 'availabilityTime']/@value)") for each in (first, second)
    )
    assert known <= later
    assert "MS-0000001" not in standings(registry, desk)
    assert send(changed=True).made.going == []


def test_a_change_to_the_patient_or_the_medicine_counts_and_one_that_is_not_told_does_not(
    people: None, registry: Registry, desk: Actor, today: date, send: Callable[..., Handed]
) -> None:
    send()
    edit_record(
        registry,
        by=desk,
        record=Record.PATIENT,
        patient="AMS01:00001",
        answers={"initials": "B."},
        today=today,
    )
    edit_centre(registry, by=desk, code="AMS01", name="Anders")
    assert "MS-0000001" not in standings(registry, desk)
    edit_record(
        registry, by=desk, record=Record.PATIENT, patient="AMS01:00001", answers={"birth_date": date(1980, 5, 7)},
        today=today,
    )  # fmt: skip
    assert standings(registry, desk)["MS-0000001"] is Standing.CHANGED


def test_a_side_effect_that_was_sent_and_is_gone_is_told(
    people: None, registry: Registry, desk: Actor, today: date, send: Callable[..., Handed],
    change: Callable[..., None],
) -> None:  # fmt: skip
    send()
    which = {"parent_medicine": "L04AG08", "parent_start_date": date(2020, 6, 1), "description": "hoofdpijn"}
    remove_record(
        registry, by=desk, record=Record.ADVERSE_EVENT, patient="AMS01:00001", which=which, today=today
    )
    change("AMS01:00002", report_to_lareb=False)
    assert list_unsent(registry, by=desk).astray == [
        ("MS-0000001", "NL-MSREG-0000001"), ("MS-0000002", "NL-MSREG-0000002"),
    ]  # fmt: skip


def test_l1_two_at_once_send_each_side_effect_once(
    people: None, registry: Registry, desk: Actor, out: Path
) -> None:
    told: list[object] = []
    start = threading.Barrier(4)

    def one() -> None:
        with Registry.open(registry.settings) as own:
            start.wait()
            try:
                told.append(len(hand_over(own, by=desk, folder=out).made.going))
            except Busy:
                told.append("busy")

    threads = [threading.Thread(target=one) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert told.count(2) == 1
    assert set(told) <= {0, 2, "busy"}
    assert len(list_batches(registry, by=desk).rows) == 1


def test_without_the_lock_the_database_alone_lets_nothing_be_sent_twice(
    people: None, registry: Registry, desk: Actor
) -> None:
    lareb_sending.make_batch(registry, by=desk)
    assert lareb_sending.make_batch(registry, by=desk).going == []
    with registry.light() as db, pytest.raises(Exception, match="UNIQUE"):
        db.execute(
            "INSERT INTO lareb_report (id, created_at, updated_at, version, batch_id, place, event_id,"
            " patient_id, number, name, edition, coded) SELECT 'x', created_at, updated_at, 1, batch_id, 9,"
            " event_id, patient_id, 9, name, edition, coded FROM lareb_report LIMIT 1"
        )


def test_who_sends_now_keeps_others_out(registry: Registry, desk: Actor, send: Callable[..., Handed]) -> None:
    with alone(registry), pytest.raises(Busy) as told:
        send()
    assert told.value.exit_code == 8
    send()


# -- files -----------------------------------------------------------------------------------------------


def test_l1_a_batch_is_rebuilt_byte_for_byte(
    people: None, registry: Registry, desk: Actor, today: date, send: Callable[..., Handed],
    change: Callable[..., None], out: Path, tmp_path: Path,
) -> None:  # fmt: skip
    send()
    before = {each.name: each.read_bytes() for each in out.iterdir()}
    change("AMS01:00001", outcome="fatal", seriousness="death")
    edit_centre(registry, by=desk, code="AMS01", name="Anders")
    registry.settings = replace(registry.settings, lareb=Lareb(sender="ANDERS", email="x@example.org"))
    registry.clock = lambda: now() + timedelta(days=400)
    place = tmp_path / "again"
    place.mkdir()
    written = rebuild(registry, by=desk, batch="L-000001", folder=place)
    assert {each.name: each.read_bytes() for each in place.iterdir()} == before
    assert (written.left_out, len(written.files)) == (0, 2)
    (event,) = log(registry, "events.rebuild")
    assert (event["about"]["to_file"], event["about"]["patients"], event["items"]) == (True, 2, 2)


def test_files_of_the_same_name_are_kept(
    people: None, registry: Registry, desk: Actor, send: Callable[..., Handed], out: Path
) -> None:
    (out / "NL-MSREG-L000001.csv").write_text("iets anders")
    with pytest.raises(Partial) as told:
        send()
    assert told.value.exit_code == 7
    assert (out / "NL-MSREG-L000001.csv").read_text() == "iets anders"
    assert [each.written for each in list_batches(registry, by=desk).rows] == [False]
    (out / "NL-MSREG-L000001.csv").unlink()
    handed = send()
    assert (handed.made.going, [each.batch.label for each in handed.written]) == ([], ["L-000001"])
    assert [each.written for each in list_batches(registry, by=desk).rows] == [True]
    (out / "NL-MSREG-L000001.csv").write_text("iets anders")
    with pytest.raises(Conflict):
        rebuild(registry, by=desk, batch="1", folder=out)
    rebuild(registry, by=desk, batch="1", folder=out, overwrite=True)
    assert (out / "NL-MSREG-L000001.csv").read_text() != "iets anders"


def test_a_folder_that_is_not_there_is_told_before_anything_is_recorded(
    people: None, registry: Registry, desk: Actor, tmp_path: Path
) -> None:
    with pytest.raises(NotFound):
        hand_over(registry, by=desk, folder=tmp_path / "none")
    assert list_batches(registry, by=desk).rows == []


def test_without_a_folder_it_is_that_of_the_settings_or_the_registrys_own(
    people: None, registry: Registry, desk: Actor, out: Path
) -> None:
    assert lareb_files.ready_folder(registry, None) == registry.settings.home / "lareb"
    assert (registry.settings.home / "lareb").stat().st_mode & 0o777 == 0o700
    registry.settings = replace(registry.settings, lareb=Lareb(folder=out))
    assert lareb_files.ready_folder(registry, None) == out


def test_what_is_stored_and_was_tampered_with_is_not_written(
    people: None, registry: Registry, desk: Actor, send: Callable[..., Handed], tmp_path: Path
) -> None:
    send()
    with registry.light() as db:
        db.execute("UPDATE lareb_batch SET head = head || ' '")
    (tmp_path / "x").mkdir()
    with pytest.raises(Exception, match="is not what was sent"):
        rebuild(registry, by=desk, batch="1", folder=tmp_path / "x")
    assert list((tmp_path / "x").iterdir()) == []


def test_p10_erasing_empties_the_reports_and_the_rest_can_be_written_still(
    people: None, registry: Registry, desk: Actor, today: date, send: Callable[..., Handed],
    stored: Callable[[str], list[Row]], tmp_path: Path,
) -> None:  # fmt: skip
    send()
    with registry.light() as db:
        (gone,) = db.rows("SELECT id FROM patient WHERE patient_number = '00001'")
    erase(registry, by=desk, patient="AMS01:00001", today=today)
    emptied, kept = stored("lareb_report")
    assert emptied["patient_id"] == gone[0]
    assert {key: emptied[key] for key in ("message", "line", "digest", "answer_text")} == dict.fromkeys(
        ("message", "line", "digest", "answer_text")
    )
    assert kept["line"] is not None
    (tmp_path / "x").mkdir()
    written = rebuild(registry, by=desk, batch="1", folder=tmp_path / "x")
    assert (written.left_out, [each.name for each in written.files]) == (1, ["NL-MSREG-L000001.csv"])
    assert "NL-MSREG-0000001" not in written.files[0].read_text(encoding="utf-8")
    _batch, reports = show_batch(registry, by=desk, batch="1")
    assert [each.patient for each in reports] == [None, "MS-0000002"]
    assert send().made.going == []


# -- answers ---------------------------------------------------------------------------------------------


@pytest.fixture
def both(change: Callable[..., None], people: None, send: Callable[..., Handed]) -> Handed:
    """A batch of two reports in the XML."""
    change("AMS01:00002", meddra_llt="12345678", meddra_version="27.1")
    return send()


ONE, TWO = "NL-MSREG-0000001", "NL-MSREG-0000002"


@pytest.mark.parametrize(
    ("code", "named", "accepted", "refused", "waiting"),
    [
        ("AA", {ONE: "CA", TWO: "CA"}, 2, 0, 0),
        ("AA", {}, 2, 0, 0),
        ("AE", {ONE: "CA", TWO: "CR"}, 1, 1, 0),
        ("AE", {TWO: "CR"}, 0, 1, 1),
        ("AR", {}, 0, 2, 0),
    ],
)
def test_l1_an_answer_marks_what_was_taken_and_what_was_refused(
    code: str, named: dict[str, str], accepted: int, refused: int, waiting: int, both: Handed,
    registry: Registry, desk: Actor, out: Path,
) -> None:  # fmt: skip
    found = read_answer(registry, by=desk, path=acknowledgement(out, "NL-MSREG-L000001", code, named))
    assert (found.batch.answer, found.batch.accepted, found.batch.refused) == (code, accepted, refused)
    assert (found.waiting, found.already) == (waiting, False)
    (event,) = log(registry, "events.ack")
    assert event["about"] == {"batch": "L-000001", "answer": code, "accepted": accepted, "refused": refused}


def test_l1_what_was_refused_is_sent_again_after_correction(
    both: Handed, registry: Registry, desk: Actor, send: Callable[..., Handed], change: Callable[..., None],
    out: Path,
) -> None:  # fmt: skip
    read_answer(
        registry, by=desk, path=acknowledgement(out, "NL-MSREG-L000001", "AE", {ONE: "CA", TWO: "CR"})
    )
    found = next(e for e in list_unsent(registry, by=desk).candidates if e.patient == "MS-0000002")
    assert (found.standing, found.row["r_answer_text"]) == (Standing.REFUSED, f"over {TWO}")
    assert send().made.going == []  # unchanged, it would be refused once more
    change("AMS01:00002", meddra_llt="87654321")
    (going,) = send().made.going
    assert (going.report, going.edition) == (TWO, 2)
    later = read_answer(registry, by=desk, path=acknowledgement(out, "NL-MSREG-L000002", "AA", {TWO: "CA"}))
    assert later.batch.accepted == 1
    assert standings(registry, desk) == {"MS-0000003": Standing.INCOMPLETE}


def test_a_batch_that_was_refused_as_a_whole_is_sent_again_when_asked(
    both: Handed, registry: Registry, desk: Actor, send: Callable[..., Handed], out: Path
) -> None:
    read_answer(registry, by=desk, path=acknowledgement(out, "NL-MSREG-L000001", "AR", {}))
    assert send().made.going == []
    assert [(e.report, e.edition) for e in send(refused=True).made.going] == [(ONE, 2), (TWO, 2)]


def test_the_same_answer_twice_changes_nothing(
    both: Handed, registry: Registry, desk: Actor, out: Path, stored: Callable[[str], list[Row]]
) -> None:
    path = acknowledgement(out, "NL-MSREG-L000001", "AE", {ONE: "CA", TWO: "CR"})
    read_answer(registry, by=desk, path=path)
    before = (stored("lareb_batch"), stored("lareb_report"))
    again = read_answer(registry, by=desk, path=path)
    assert again.already
    assert (stored("lareb_batch"), stored("lareb_report")) == before
    assert [each["action"] for each in log(registry, "events.ack")] == ["U", "R"]


def test_a_second_answer_adds_what_the_first_left_open_and_contradicts_nothing(
    both: Handed, registry: Registry, desk: Actor, out: Path, stored: Callable[[str], list[Row]]
) -> None:
    read_answer(registry, by=desk, path=acknowledgement(out, "NL-MSREG-L000001", "AE", {TWO: "CR"}))
    found = read_answer(registry, by=desk, path=acknowledgement(out, "NL-MSREG-L000001", "AE", {ONE: "CA"}))
    assert (found.batch.accepted, found.batch.refused, found.already) == (1, 1, False)
    before = stored("lareb_report")
    for code, named in (("AE", {ONE: "CR"}), ("AA", {}), ("AR", {})):
        with pytest.raises(Conflict) as told:
            read_answer(registry, by=desk, path=acknowledgement(out, "NL-MSREG-L000001", code, named))
        assert told.value.exit_code == 8
    assert stored("lareb_report") == before


def test_answers_of_others_are_refused(
    both: Handed, registry: Registry, desk: Actor, member: Callable[..., Actor], out: Path,
    stored: Callable[[str], list[Row]],
) -> None:  # fmt: skip
    before = stored("lareb_report")
    good = acknowledgement(out, "NL-MSREG-L000001", "AA", {})
    with pytest.raises(NotFound):
        read_answer(registry, by=member("UTR01"), path=good)
    with pytest.raises(NotFound):
        read_answer(registry, by=desk, path=acknowledgement(out, "NL-OTHER-L000001", "AA", {}))
    for path in (
        acknowledgement(out, "NL-MSREG-L000001", "AA", {}, receiver="OTHER"),
        acknowledgement(out, "NL-MSREG-L000001", "AE", {"NL-MSREG-0000009": "CR"}),
    ):
        with pytest.raises(Exception) as told:
            read_answer(registry, by=desk, path=path)
        assert getattr(told.value, "exit_code", 0) == 6
    assert stored("lareb_report") == before


def test_an_answer_in_words_about_who_was_erased_is_not_kept(
    both: Handed, registry: Registry, desk: Actor, today: date, out: Path, stored: Callable[[str], list[Row]]
) -> None:
    erase(registry, by=desk, patient="AMS01:00001", today=today)
    read_answer(
        registry, by=desk, path=acknowledgement(out, "NL-MSREG-L000001", "AE", {ONE: "CR", TWO: "CR"})
    )
    assert [(e["answer"], e["answer_text"]) for e in stored("lareb_report")] == [
        ("CR", None), ("CR", f"over {TWO}"),
    ]  # fmt: skip
    assert stored("lareb_batch")[0]["answer_text"] is None
