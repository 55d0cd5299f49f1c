"""Entries that are not finished: whose they are, what is known of them, throwing one away."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from msreg.errors import Conflict, NotAllowed, NotFound
from msreg.services import drafts, entering
from msreg.services.batch_result import Loaded
from msreg.services.drafts import Draft
from msreg.services.entry_steps import Entering
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.store.verify import verify
from msreg.vocabulary import Action, Record, Role

Rows = dict[str, Callable[..., dict[str, Any]]]
Stored = Callable[[str], list[dict[str, Any]]]
Start = Callable[..., Entering]
P = "AMS01:00001"
DAY = date(2026, 11, 20)


@pytest.fixture
def start(registry: Registry, desk: Actor, today: date, lay: Callable[..., Loaded], row: Rows) -> Start:
    """Begin an entry for patient 00001 and give these answers."""
    lay(patients=[row["patient"]()], courses=[row["course"]()])

    def call(record: Record = Record.COURSE, by: Actor = desk, **answers: Any) -> Entering:
        entry = entering.begin(registry, by=by, record=record, patient=P, today=today)
        for key, value in answers.items():
            assert entering.answer(
                registry, by=by, entering=entry, key=key, value=value, today=today
            ).saved  # fmt: skip
        return entry

    return call


def mine(registry: Registry, by: Actor) -> list[Draft]:
    return drafts.drafts_of(registry, by=by)


def test_none_one_many_the_newest_first(registry: Registry, desk: Actor, start: Start) -> None:
    assert mine(registry, desk) == []
    first = start(course_date=DAY)
    assert [each.id for each in mine(registry, desk)] == [first.draft.id]
    second = start(Record.DISEASE, kind="relapse")
    assert [each.id for each in mine(registry, desk)] == [second.draft.id, first.draft.id]
    again = entering.resume(registry, by=desk, draft_id=first.draft.id)
    entering.answer(registry, by=desk, entering=again, key="mri_done", value=False, today=DAY)
    assert [each.id for each in mine(registry, desk)] == [first.draft.id, second.draft.id]


def test_what_is_known_of_one(registry: Registry, desk: Actor, start: Start) -> None:
    start(Record.DISEASE, kind="relapse")
    (found,) = mine(registry, desk)
    assert (found.record, found.adding, found.kind, found.number) == (
        Record.DISEASE,
        True,
        "relapse",
        "MS-0000001",
    )
    assert found.changed_at is not None
    assert datetime.now(UTC) - found.changed_at < timedelta(minutes=5)
    entry = entering.resume(registry, by=desk, draft_id=found.id)
    entering.answer(registry, by=desk, entering=entry, key="date", value=DAY, today=DAY)
    assert mine(registry, desk)[0].kind == "relapse", "the row has it by now"


def test_a_begun_entry_without_an_answer_is_none(registry: Registry, desk: Actor, start: Start) -> None:
    start()
    assert mine(registry, desk) == []


def test_another_users_are_not_told(
    registry: Registry, desk: Actor, member: Callable[..., Actor], start: Start
) -> None:
    entry = start(course_date=DAY)
    other = member("AMS01")
    assert mine(registry, other) == []
    with pytest.raises(NotFound):
        drafts.discard(registry, by=other, draft_id=entry.draft.id)
    assert len(mine(registry, desk)) == 1


def test_one_is_found_by_its_place(registry: Registry, desk: Actor, start: Start) -> None:
    with pytest.raises(NotFound):
        drafts.find_draft([], None)
    start(course_date=DAY)
    start(Record.DISEASE, kind="relapse")
    found = mine(registry, desk)
    assert drafts.find_draft(found, None) is found[0]
    assert drafts.find_draft(found, 2) is found[1]
    for number in (0, 3, -1):
        with pytest.raises(NotFound):
            drafts.find_draft(found, number)


def test_throwing_away_keeps_what_stands_in_the_record(
    registry: Registry, desk: Actor, start: Start, stored: Stored
) -> None:
    entry = start(course_date=DAY, edss_method="not_done", fs_pyramidal=2)
    gone = drafts.discard(registry, by=desk, draft_id=entry.draft.id)
    assert gone.answers == {"fs_pyramidal": 2}
    assert stored("draft") == []
    assert (stored("course")[1]["edss_method"], stored("course")[1]["answers"]) == ("not_done", "{}")
    (event,) = [each for each in stored("audit_event") if '"drafts.discard"' in each["body"]]
    assert "fs_pyramidal" not in event["body"]
    (item,) = [each for each in stored("audit_item") if each["seq"] == event["seq"]]
    assert (item["entity"], item["action"], json.loads(item["before"])) == ("draft", "D", {"fs_pyramidal": 2})
    with pytest.raises(NotFound):
        drafts.discard(registry, by=desk, draft_id=entry.draft.id)


def test_a_reader_throws_nothing_away(registry: Registry, member: Callable[..., Actor], start: Start) -> None:
    entry = start(course_date=DAY)
    with pytest.raises(NotAllowed):
        drafts.discard(registry, by=member("AMS01", Role.READER), draft_id=entry.draft.id)


def test_what_waits_comes_back_as_it_was(registry: Registry, desk: Actor, start: Start) -> None:
    """Dates, decimals, several choices, yes and no: through JSON and back; and nothing stays nothing."""
    answers: dict[str, Any] = {
        "mri_date": DAY, "edss": Decimal("3.5"), "mri_done": False, "mri_gadolinium": None, "fs_visual": 1,
    }  # fmt: skip
    entry = start(course_date=DAY)
    draft = entry.draft
    draft.answers = answers
    with writing(registry, by=desk, event="test", action=Action.UPDATE, plain=True) as work:
        drafts.keep(work, draft, {})
    assert mine(registry, desk)[0].answers == answers
    draft.record, draft.answers = (
        Record.DISEASE,
        {"symptoms": ("visual", "sensory"), "methylprednisolone": None},
    )
    with writing(registry, by=desk, event="test", action=Action.UPDATE, plain=True) as work:
        drafts.keep(work, draft, {})
    assert mine(registry, desk)[0].answers == draft.answers


def test_an_answer_to_a_question_that_no_form_has_any_more_is_left_out(
    registry: Registry, desk: Actor, start: Start
) -> None:
    start(course_date=DAY, fs_visual=1)
    with registry.light() as db:
        db.execute('UPDATE draft SET answers = \'{"fs_visual": 1, "fs_smell": 2}\'')
    assert mine(registry, desk)[0].answers == {"fs_visual": 1}


@pytest.mark.parametrize("step", [drafts.keep, drafts.drop])
def test_an_older_version_is_written_nowhere(
    registry: Registry, desk: Actor, start: Start, step: Callable[..., None], stored: Stored
) -> None:
    entry = start(course_date=DAY)
    with registry.light() as db:
        db.execute("UPDATE draft SET version = version + 3")
    before = stored("draft")
    with (
        pytest.raises(Conflict),
        writing(registry, by=desk, event="test", action=Action.UPDATE, plain=True) as work,
    ):
        step(work, entry.draft, *([{}] if step is drafts.keep else []))
    assert stored("draft") == before


def test_drafts_go_with_a_patient_who_is_erased(
    registry: Registry, desk: Actor, start: Start, stored: Stored, today: date
) -> None:
    from msreg.services.erasing import erase

    start(course_date=DAY, fs_visual=1)
    erase(registry, by=desk, patient=P, today=today)
    assert stored("draft") == []
    of_patient = [each for each in stored("audit_item") if each["patient_id"] is not None]
    assert len(of_patient) > 3
    assert not [each for each in of_patient if each["after"] or each["before"]]


def test_nothing_stays_of_somebody_who_was_never_registered(
    registry: Registry, desk: Actor, today: date, start: Start, stored: Stored
) -> None:
    """P1: an entry of a new patient that is thrown away is emptied from the log too, and the chain holds."""
    entry = entering.begin(registry, by=desk, record=Record.PATIENT, today=today)
    entry.draft.centre_id = next(row["id"] for row in stored("centre") if row["code"] == "AMS01")
    for key, value in (("consent", True), ("patient_number", "Kanarie7")):
        assert entering.answer(registry, by=desk, entering=entry, key=key, value=value, today=today).saved
    assert "Kanarie7" in str(stored("audit_item"))
    drafts.discard(registry, by=desk, draft_id=entry.draft.id)
    assert stored("draft") == []
    assert not any("Kanarie7" in str(stored(table)) for table in ("audit_item", "audit_event", "patient"))
    with registry.light() as db:
        assert verify(db, registry.keys.audit_key, registry.uuid).ok
