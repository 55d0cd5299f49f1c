"""`patients history`: who changed which answer, from what to what, of every record there is or was (S5, C8)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest

from msreg.errors import NotAllowed, NotFound, Usage
from msreg.services import access, entering
from msreg.services.batch_result import Loaded
from msreg.services.database import check_registry
from msreg.services.editing import edit_record
from msreg.services.history import AskedHistory, Change, History, read_history
from msreg.services.removing import remove_record
from msreg.services.shares import share, unshare
from msreg.services.taking_back import take_back
from msreg.services.undoing import undo_batch
from msreg.store.actor import Actor
from msreg.store.audit import Item, append
from msreg.store.connect import transaction
from msreg.store.queries import history as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Record, Role

TODAY = date(2026, 11, 21)
DAY = date(2021, 1, 1)
DRUG = {"medicine": "L04AG08", "start_date": date(2020, 6, 1)}
WHO = "MS-0000001"
Read = Callable[..., History]


@pytest.fixture
def read(registry: Registry, desk: Actor) -> Read:
    def call(
        by: Actor = desk, page: int = 1, page_size: int = 500, reveal: bool = False, **asked: Any
    ) -> History:
        return read_history(
            registry, by=by, patient=WHO, asked=AskedHistory(**asked), page=page, page_size=page_size, reveal=reveal
        )  # fmt: skip

    return call


@pytest.fixture
def do(registry: Registry, desk: Actor, lay: Callable[..., Loaded], row: Any) -> dict[str, Any]:
    """A patient with one record of each kind, from a batch; gives what services are called with."""
    lay(
        patients=[row["patient"](bsn="999990019")],
        courses=[row["course"]()],
        disease=[row["relapse"]()],
        medication=[row["medication"]()],
        adverse_events=[row["event"]()],
        proms=[row["prom"]()],
    )
    return {"registry": registry, "by": desk, "patient": WHO, "today": TODAY}


def told(found: History) -> list[tuple[str | None, str, str, str, str]]:
    """Every answer: event, record, question, old, new."""
    return [
        (each.event, str(each.record), answer.key, str(answer.old), str(answer.new))
        for each in found.changes
        for answer in each.answers
    ]


def last_event(registry: Registry) -> dict[str, Any]:
    with registry.light() as db:
        found = db.one("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert found is not None
    return dict(json.loads(found[0]))


# -- what is told -------------------------------------------------------------------------------------------


def test_s5_who_changed_what_from_what_to_what(
    registry: Registry, desk: Actor, do: dict[str, Any], read: Read
) -> None:
    """Newest first, in the types of the questions, with role, centre and event."""
    with registry.light() as db:
        known = access.centre_by_code(db, "AMS01")
    assert known is not None
    doctor = replace(desk, user="arts", role=Role.CLINICIAN, centre=known[0])
    edit_record(**do, record=Record.COURSE, which={"course_date": DAY}, answers={"edss": "4"})
    edit_record(**do | {"by": doctor}, record=Record.PATIENT, answers={"initials": "Q."}, clear=["bsn"])
    found = read()
    assert told(found)[:3] == [
        ("patient.edit", "patient", "bsn", "••••••019", "None"),
        ("patient.edit", "patient", "initials", "None", "Q."),
        ("course.edit", "course", "edss", "2.5", "4"),
    ]
    first, second = found.changes[:2]
    assert (first.user, first.role, first.centre) == ("arts", "clinician", "AMS01")
    assert (second.user, second.role, second.centre) == (desk.user, "desk", None)
    assert isinstance(second.answers[0].new, Decimal)
    assert (second.which, second.action) == ({"course_date": DAY}, Action.UPDATE)
    assert first.seq > second.seq
    assert first.at is not None


def test_b5_a_batch_and_its_undo_say_which(
    registry: Registry, desk: Actor, do: dict[str, Any], read: Read, lay: Callable[..., Loaded], row: Any
) -> None:
    lay(courses=[row["course"](edss=6)])
    undo_batch(registry, by=desk, batch="B-000002", today=TODAY)
    found = read(field="edss").changes
    assert [(each.event, each.batch) for each in found] == [
        ("imports.undo", "B-000002"), ("imports.run", "B-000002"), ("imports.run", "B-000001"),
    ]  # fmt: skip
    assert {each.batch for each in read().changes} == {"B-000001", "B-000002"}
    assert {each.record for each in read().changes} == set(Record)


def test_what_was_deleted_is_told_with_what_it_was(
    registry: Registry, desk: Actor, do: dict[str, Any], read: Read
) -> None:
    """A medication with its side effect; both keep their names, before and after they come back."""
    remove_record(**do, record=Record.MEDICATION, which=DRUG)
    found = read().changes
    assert [(each.record, each.action) for each in found[:2]] == [
        (Record.MEDICATION, Action.DELETE), (Record.ADVERSE_EVENT, Action.DELETE),
    ]  # fmt: skip
    assert {each.key: each.old for each in found[0].answers} == DRUG | {"deviating_interval": False}
    assert all(each.new is None for change in found[:2] for each in change.answers)
    names = {each.record: each.which for each in found}
    assert (names[Record.MEDICATION], names[Record.ADVERSE_EVENT]) == (DRUG, {"description": "hoofdpijn"})
    seq = found[0].seq
    take_back(registry, by=desk, today=TODAY)
    back = read().changes[:2]
    assert {(each.action, each.undoes) for each in back} == {(Action.CREATE, (seq,))}
    assert {each.record: each.which for each in read().changes} == names


def test_a_record_that_got_another_name_has_the_one_of_now(do: dict[str, Any], read: Read) -> None:
    edit_record(**do, record=Record.COURSE, which={"course_date": DAY}, answers={"course_date": "2021-02-02"})
    found = read(record=Record.COURSE).changes
    assert [each.which for each in found] == [{"course_date": date(2021, 2, 2)}] * 2
    assert (found[0].answers[0].old, found[0].answers[0].new) == (DAY, date(2021, 2, 2))


def test_p8_sharing_is_told_by_centre(
    registry: Registry, desk: Actor, do: dict[str, Any], read: Read
) -> None:
    about = do | {"centre_code": "UTR01"}
    share(**about)
    unshare(**about)
    take_back(registry, by=desk, today=TODAY)
    found = [each for each in read().changes if each.record is None]
    assert [(each.event, each.answers[0].old, each.answers[0].new) for each in found] == [
        ("undo", None, "UTR01"), ("patients.unshare", "UTR01", None), ("patients.share", None, "UTR01"),
    ]  # fmt: skip
    assert not any(each.record is None for each in read(record=Record.PATIENT).changes)


def test_p10_withdrawn_consent_is_told_with_its_day_and_reason(do: dict[str, Any], read: Read) -> None:
    from msreg.services.withdrawing import withdraw

    withdraw(**do, on=TODAY, reason="belde zelf")
    (change, *_) = read().changes
    assert [(each.key, each.old, each.new) for each in change.answers] == [
        ("withdrawn_on", None, TODAY), ("reason", None, "belde zelf"),
    ]  # fmt: skip


@pytest.fixture
def entered(registry: Registry, desk: Actor, do: dict[str, Any]) -> entering.Entering:
    """A guided entry of a course with a doubt that was called right."""
    begun = entering.begin(registry, by=desk, record=Record.COURSE, patient=WHO, today=TODAY)
    given = {
        "course_date": date(2021, 6, 6),
        "edss_method": "assessed",
        "edss": Decimal("9.5"),
        "mri_done": False,
    }
    for key, value in given.items():
        done = entering.answer(registry, by=desk, entering=begun, key=key, value=value, today=TODAY)
        if done.doubts:
            entering.answer(
                registry,
                by=desk,
                entering=begun,
                key=key,
                value=value,
                today=TODAY,
                reason="val met de fiets",
            )
    entering.finish(registry, by=desk, entering=begun, today=TODAY)
    return begun


def test_a_guided_entry_is_known_as_one_with_the_reasons_of_its_doubts(
    entered: entering.Entering, read: Read
) -> None:
    found = [each for each in read().changes if each.entry is not None]
    assert {each.entry for each in found} == {entered.draft.id}
    assert len({each.seq for each in found}) > 1
    answers = {answer.key: answer for each in found for answer in each.answers}
    assert set(answers) == {"course_date", "edss_method", "edss", "mri_done"}
    assert (answers["edss"].reason, answers["edss"].new) == ("val met de fiets", Decimal("9.5"))
    assert (answers["edss"].code or "").startswith("COU-")
    assert answers["mri_done"].reason is None
    assert {each.entry for each in read(field="edss").changes} == {entered.draft.id, None}


def test_a_reason_that_stands_alone_is_told(
    registry: Registry, desk: Actor, do: dict[str, Any], read: Read
) -> None:
    """A doubt about an answer that did not change, in an event of its own; the record is found by its id."""
    course = next(each for each in read().changes if each.record is Record.COURSE)
    with registry.light() as db, transaction(db):
        ((patient_id,),) = db.rows("SELECT id FROM patient")
        about = {"code": "COU-009", "field": "edss", "reason": "klopt"}
        append(
            db, registry.keys.audit_key, by=desk, event="course.edit", action=Action.UPDATE,
            at=registry.clock(), patient_id=patient_id,
            items=[Item(Action.CREATE, "confirmation", course.record_id, patient_id, after=about)],
        )  # fmt: skip
    found = read(field="edss").changes[0]
    assert (found.record, found.which) == (Record.COURSE, {"course_date": DAY})
    (answer,) = found.answers
    assert (answer.old, answer.new, answer.reason, answer.code) == (None, None, "klopt", "COU-009")
    assert read(record=Record.PATIENT).changes[0].record is Record.PATIENT
    assert read(record=Record.COURSE).changes[0] == replace(found)


def test_what_no_form_asks_any_more_and_what_cannot_be_read_is_told_as_it_is(
    registry: Registry, desk: Actor, do: dict[str, Any], read: Read
) -> None:
    """An older version of a form: nothing of the log is hidden by a newer one."""
    with registry.light() as db, transaction(db):
        ((patient_id,),) = db.rows("SELECT id FROM patient")
        before = {"shoe_size": 43, "birth_date": "spring"}
        append(
            db, registry.keys.audit_key, by=desk, event="patient.edit", action=Action.UPDATE,
            at=registry.clock(), items=[Item(Action.UPDATE, "patient", patient_id, patient_id, before=before)],
        )  # fmt: skip
    answers = read().changes[0].answers
    assert [(each.key, each.item is None, each.old) for each in answers] == [
        ("birth_date", False, "spring"), ("shoe_size", True, 43),
    ]  # fmt: skip


def test_columns_that_are_worked_out_are_no_history(
    registry: Registry, desk: Actor, do: dict[str, Any], read: Read
) -> None:
    with registry.light() as db:
        db.execute("UPDATE patient SET last_phenotype = 'spms'")
    assert check_registry(registry, by=desk, fix=True).fixed == 1
    assert "db.fix" not in {each.event for each in read().changes}


def test_what_the_log_lost_is_told_as_erased(
    registry: Registry, desk: Actor, do: dict[str, Any], read: Read
) -> None:
    with registry.light() as db, transaction(db):
        ((patient_id,),) = db.rows("SELECT id FROM patient")
        append(
            db, registry.keys.audit_key, by=desk, event="patient.edit", action=Action.UPDATE,
            at=registry.clock(), items=[Item(Action.UPDATE, "patient", patient_id, patient_id)],
        )  # fmt: skip
    first, *others = read().changes
    assert (first.erased, first.answers) == (True, [])
    assert not any(each.erased for each in others)


# -- what is asked ------------------------------------------------------------------------------------------


def test_record_question_and_user(registry: Registry, desk: Actor, do: dict[str, Any], read: Read) -> None:
    """A user is found by the whole name; a question shows that answer alone."""
    edit_record(**do, record=Record.DISEASE, which={"kind": "relapse"}, answers={"severity": "mild"})
    odd = replace(desk, user='des"k')
    edit_record(**do | {"by": odd}, record=Record.PATIENT, answers={"initials": "Q."})
    assert {each.record for each in read(record=Record.DISEASE).changes} == {Record.DISEASE}
    assert told(read(field="severity")) == [("disease.edit", "disease", "severity", "None", "mild")]
    assert told(read(user='des"k')) == [("patient.edit", "patient", "initials", "None", "Q.")]
    assert read(user=desk.user[:-1]).changes == []
    with registry.light() as db, transaction(db):
        ((patient_id,),) = db.rows("SELECT id FROM patient")
        append(
            db, registry.keys.audit_key, by=desk, event="patient.edit", action=Action.UPDATE,
            at=registry.clock(), about={"user": "jan"},
            items=[Item(Action.UPDATE, "patient", patient_id, patient_id, {"initials": "Q."})],
        )  # fmt: skip
    assert read(user="jan").changes == []
    assert read(record=Record.COURSE, user='des"k').changes == []
    asked: tuple[dict[str, Any], ...] = ({"field": "shoe_size"}, {"record": Record.PATIENT, "field": "edss"})
    for each in asked:
        with pytest.raises(Usage, match="no question"):
            read(**each)


def test_c10_since_counts_days_of_the_office(
    registry: Registry, desk: Actor, do: dict[str, Any], read: Read
) -> None:
    """The day itself counts, from midnight in Amsterdam; summer and winter time too."""
    moments = (
        datetime(2099, 3, 28, 22, 59, 59, tzinfo=UTC),  # 28 March
        datetime(2099, 3, 28, 23, 0, tzinfo=UTC),  # 29 March, 00:00
        datetime(2099, 3, 29, 21, 59, 59, tzinfo=UTC),  # 29 March, summer time by now
        datetime(2099, 3, 29, 22, 0, tzinfo=UTC),  # 30 March, 00:00
    )
    for number, at in enumerate(moments):
        registry.clock = lambda at=at: at
        edit_record(**do, record=Record.PATIENT, answers={"initials": f"{number}."})
    counts = {
        day: len([each for each in read(since=date(2099, 3, day)).changes if each.event == "patient.edit"])
        for day in (28, 29, 30, 31)
    }
    assert counts == {28: 4, 29: 3, 30: 1, 31: 0}


def test_pages_hang_together(do: dict[str, Any], read: Read) -> None:
    for number in range(4):
        edit_record(**do, record=Record.PATIENT, answers={"initials": f"{number}."})
    whole = read().changes
    assert len(whole) == 10
    paged: list[Change] = []
    for page, more in ((1, True), (2, True), (3, False)):
        found = read(page=page, page_size=4)
        assert found.more is more
        paged += found.changes
    assert paged == whole
    assert (read(page=4, page_size=4).changes, read(page=2, page_size=5).more) == ([], False)


# -- who may, and what is logged ----------------------------------------------------------------------------


def test_s5_looking_is_in_the_log_with_what_was_asked(
    registry: Registry, do: dict[str, Any], read: Read
) -> None:
    read(field="edss", page=2)
    logged = last_event(registry)
    assert (logged["event"], logged["action"], logged["segment"], logged["items"]) == (
        "patients.history", "R", "history", 1,
    )  # fmt: skip
    assert logged["about"] == {"filters": "field", "page": 2, "reveal": False, "by_bsn": False}
    assert read().changes[0].event != "patients.history"


def test_c8_a_bsn_is_masked_unless_revealed(
    registry: Registry, desk: Actor, do: dict[str, Any], read: Read
) -> None:
    edit_record(**do, record=Record.PATIENT, answers={"bsn": "999990160"})
    assert told(read(field="bsn"))[0][3:] == ("••••••019", "••••••160")
    assert told(read(field="bsn", reveal=True))[0][3:] == ("999990019", "999990160")
    assert last_event(registry)["about"]["reveal"] is True
    with pytest.raises(NotAllowed):
        read(by=replace(desk, role=Role.READER), reveal=True)
    assert "999990" not in str(told(read(by=replace(desk, role=Role.READER))))


def test_s3_only_for_who_may_see_the_patient(
    registry: Registry, do: dict[str, Any], read: Read, member: Callable[..., Actor]
) -> None:
    """The other centre sees all of it while the patient is shared, and nothing after."""
    guest = member("UTR01")
    with pytest.raises(NotFound):
        read(by=guest)
    about = do | {"centre_code": "UTR01"}
    share(**about)
    assert len(read(by=guest).changes) == len(Record) + 1  # and the share
    unshare(**about)
    with pytest.raises(NotFound):
        read(by=guest)
    with pytest.raises(NotAllowed):
        read(by=replace(guest, role=Role.AUDITOR))


# -- a patient with a long history --------------------------------------------------------------------------


def test_a_page_of_a_long_history_reads_that_page(
    registry: Registry, desk: Actor, do: dict[str, Any], read: Read
) -> None:
    """The index of the patient leads to the newest change: 20,000 cost a page no more work than 2,000 do."""
    with registry.light() as db:
        ((patient_id, course_id),) = db.rows("SELECT p.id, c.id FROM patient p JOIN course c")
    items = [
        Item(Action.UPDATE, "course", course_id, patient_id, {"edss": "2"}, {"edss": str(n % 9)})
        for n in range(20)
    ]
    worked = []
    for events in (100, 900):
        with registry.light() as db:
            with transaction(db):
                for _ in range(events):
                    append(
                        db, registry.keys.audit_key, by=desk, event="course.edit", action=Action.UPDATE,
                        at=registry.clock(), items=items,
                    )  # fmt: skip
            steps = [0]

            def step(counter: list[int] = steps) -> int:
                counter[0] += 1
                return 0

            db.raw.set_progress_handler(step, 100)  # type: ignore[attr-defined]
            wanted = queries.Wanted(patient_id, ("course", "confirmation"))
            assert len(list(islice(queries.changes(db, wanted), 51))) == 51
            worked.append(steps[0])
    assert 0 < worked[1] < worked[0] * 1.5
    found = read(page=300, page_size=50)
    assert (len(found.changes), found.more) == (50, True)
    assert read(page=401, page_size=50).more is False
