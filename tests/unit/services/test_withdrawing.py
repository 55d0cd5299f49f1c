"""SPEC P10: consent that was withdrawn, what it stops, and a new form."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from msreg.errors import Conflict, NotAllowed, Refused
from msreg.services.adding import add_record
from msreg.services.database import check_registry
from msreg.services.editing import edit_record
from msreg.services.ending import decease
from msreg.services.patients import Asked, overview
from msreg.services.shares import share, unshare
from msreg.services.undoing import undo_batch
from msreg.services.withdrawing import consent, standing, withdraw
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Role, Rowed

Row = dict[str, Any]
Rows = dict[str, Callable[..., Row]]
Stored = Callable[[str], list[Row]]
TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
P = "MS-0000001"


@pytest.fixture
def patient(lay: Callable[..., Any], row: Rows) -> None:
    """One patient with everything, who is to be invited and has a question open; consent of 2020-01-02."""
    lay(
        patients=[row["patient"](email="a@example.org")],
        courses=[row["course"](course_date=date(2026, 6, 1))],
        disease=[row["relapse"]()],
        medication=[row["medication"]()],
        adverse_events=[row["event"]()],
        proms=[row["prom"]()],
    )


def last_event(registry: Registry) -> tuple[Row, list[tuple[Any, ...]]]:
    with registry.light() as db:
        seq, body = db.one("SELECT seq, body FROM audit_event ORDER BY seq DESC LIMIT 1") or (0, "{}")
        items = db.rows(
            "SELECT entity, action, before, after FROM audit_item WHERE seq = ? ORDER BY n", (seq,)
        )
    return json.loads(body), items


@pytest.mark.usefixtures("patient")
def test_what_is_there_stays_and_nothing_is_due_any_more(
    registry: Registry, desk: Actor, stored: Stored
) -> None:
    (before,) = stored("patient")
    assert (before["course_due_on"], before["invite_due_on"]) == ("2027-06-02", "2026-08-01")
    others = {
        table: stored(table) for table in ("course", "disease_event", "medication", "adverse_event", "prom")
    }
    found = withdraw(registry, by=desk, patient=P, on=TODAY - DAY, reason="op eigen verzoek", today=TODAY)
    assert found.counts == dict.fromkeys(list(Record)[1:], 1)
    (after,) = stored("patient")
    assert (after["withdrawn_on"], after["course_due_on"], after["invite_due_on"]) == (
        "2026-11-20",
        None,
        None,
    )
    changed = {"withdrawn_on", "course_due_on", "invite_due_on", "ask_due_on", "updated_at", "version"}
    assert {key for key in before if before[key] != after[key]} == changed
    assert {table: stored(table) for table in others} == others
    assert check_registry(registry, by=desk).ok  # and the check of the database agrees


@pytest.mark.usefixtures("patient")
def test_the_reason_stands_in_the_item_and_not_in_the_event(registry: Registry, desk: Actor) -> None:
    withdraw(registry, by=desk, patient=P, on=TODAY, reason="op eigen verzoek", today=TODAY)
    body, items = last_event(registry)
    assert body["event"] == "patients.withdraw"
    assert "verzoek" not in json.dumps(body)
    assert [(*each[:2], json.loads(each[2]), json.loads(each[3])) for each in items] == [
        (
            "patient", "U", {"withdrawn_on": None},
            {"withdrawn_on": "2026-11-21", "reason": "op eigen verzoek"},
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "fine"),
    [(date(2020, 1, 1), False), (date(2020, 1, 2), True), (date(2020, 1, 3), True),
     (TODAY - DAY, True), (TODAY, True), (TODAY + DAY, False)],
)  # fmt: skip
@pytest.mark.usefixtures("patient")
def test_the_day_lies_between_consent_and_today(
    on: date, fine: bool, registry: Registry, desk: Actor, stored: Stored
) -> None:
    if fine:
        withdraw(registry, by=desk, patient=P, on=on, today=TODAY)
    else:
        with pytest.raises(Refused) as told:
            withdraw(registry, by=desk, patient=P, on=on, today=TODAY)
        assert told.value.field == "date"
    assert stored("patient")[0]["withdrawn_on"] == (on.isoformat() if fine else None)


@pytest.mark.usefixtures("patient")
def test_twice_is_told(registry: Registry, desk: Actor) -> None:
    withdraw(registry, by=desk, patient=P, on=TODAY - DAY, today=TODAY)
    with pytest.raises(Conflict, match="2026-11-20"):
        withdraw(registry, by=desk, patient=P, on=TODAY, today=TODAY)


@pytest.mark.usefixtures("patient")
def test_c5_a_trial_changes_nothing(registry: Registry, desk: Actor, stored: Stored) -> None:
    before = stored("patient")
    withdraw(registry, by=desk, patient=P, on=TODAY, today=TODAY, dry_run=True)
    assert stored("patient") == before
    assert last_event(registry)[0]["action"] == "R"


WAYS: dict[str, Callable[[Registry, Actor], object]] = {
    "edit": lambda r, by: edit_record(
        r, by=by, record=Record.PATIENT, patient=P, answers={"initials": "Q."}, today=TODAY
    ),
    "edit of a course": lambda r, by: edit_record(
        r, by=by, record=Record.COURSE, patient=P, which={"course_date": "2026-06-01"},
        answers={"edss": "3"}, today=TODAY,
    ),
    "add": lambda r, by: add_record(
        r, by=by, record=Record.COURSE, patient=P,
        answers={"course_date": "2026-11-01", "edss_method": "not_done", "mri_done": "no"}, today=TODAY,
    ),
    "decease": lambda r, by: decease(r, by=by, patient=P, on=TODAY, today=TODAY),
    "share": lambda r, by: share(r, by=by, patient=P, centre_code="UTR01", today=TODAY),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("patient")
def test_nothing_new_by_hand_and_the_attempt_is_logged(
    way: str, registry: Registry, desk: Actor, stored: Stored
) -> None:
    withdraw(registry, by=desk, patient=P, on=TODAY, today=TODAY)
    before = {table: stored(table) for table in ("patient", "course", "share")}
    with pytest.raises(NotAllowed, match="withdrew consent on 2026-11-21") as told:
        WAYS[way](registry, desk)
    assert told.value.rule == "PAT-012"
    assert {table: stored(table) for table in before} == before
    body, _items = last_event(registry)
    assert (body["outcome"], body["patient_id"]) == ("4", before["patient"][0]["id"])


@pytest.mark.usefixtures("patient")
def test_a_share_may_still_end(registry: Registry, desk: Actor, stored: Stored) -> None:
    share(registry, by=desk, patient=P, centre_code="UTR01", today=TODAY)
    withdraw(registry, by=desk, patient=P, on=TODAY, today=TODAY)
    unshare(registry, by=desk, patient=P, centre_code="UTR01", today=TODAY)
    assert stored("share")[0]["until"] == "2026-11-21"


@pytest.mark.parametrize(
    ("sheet", "rows"),
    [
        ("patients", {"email": "b@example.org"}),
        ("courses", {"course_date": date(2026, 6, 1), "edss": 6}),
        ("courses", {"course_date": date(2026, 11, 1)}),
        ("disease", {"date": date(2026, 7, 7)}),
        ("adverse_events", {"description": "koorts"}),
    ],
    ids=["changed", "changed course", "new course", "new relapse", "new side effect"],
)
@pytest.mark.usefixtures("patient")
def test_b3_rows_with_something_new_are_refused_by_a_code(
    sheet: str, rows: Row, registry: Registry, desk: Actor, lay: Callable[..., Any], row: Rows, stored: Stored
) -> None:
    withdraw(registry, by=desk, patient=P, on=TODAY, today=TODAY)
    makers = {"patients": "patient", "courses": "course", "disease": "relapse", "adverse_events": "event"}
    before = {table: stored(table) for table in ("patient", "course", "disease_event", "adverse_event")}
    done = lay(**{sheet: [row[makers[sheet]](**rows)]})
    assert done.refused
    (fault,) = done.errors
    assert (fault.code, fault.sheet, fault.row) == ("PAT-012", sheet, 2)
    assert "msreg patients consent" in str(fault.hint)
    assert {table: stored(table) for table in before} == before


@pytest.mark.usefixtures("patient")
def test_b4_the_same_file_again_is_no_new_data(
    registry: Registry, desk: Actor, lay: Callable[..., Any], row: Rows
) -> None:
    """An export of everybody can be loaded again, those without consent among them."""
    withdraw(registry, by=desk, patient=P, on=TODAY, today=TODAY)
    done = lay(
        patients=[row["patient"](email="a@example.org"), row["patient"]("00002", family_name="Nieuw")],
        courses=[row["course"](course_date=date(2026, 6, 1))],
        disease=[row["relapse"]()],
    )
    assert not done.errors
    assert done.summary == {"added": 1, "changed": 0, "unchanged": 3, "skipped": 0, "refused": 0}
    assert Rowed.UNCHANGED == "unchanged"


@pytest.mark.usefixtures("patient")
def test_a_batch_may_still_be_taken_back_where_that_only_takes_away(
    registry: Registry, desk: Actor, lay: Callable[..., Any], row: Rows, stored: Stored
) -> None:
    lay(courses=[row["course"](course_date=date(2026, 10, 1))])
    lay(courses=[row["course"](course_date=date(2026, 6, 1), edss=6)])
    withdraw(registry, by=desk, patient=P, on=TODAY, today=TODAY)
    changed_back = undo_batch(registry, by=desk, batch="B-000003", today=TODAY)
    assert [(e.reason, e.detail) for e in changed_back.in_the_way] == [("rule", "PAT-012")]
    assert not undo_batch(registry, by=desk, batch="B-000002", today=TODAY).refused
    assert [each["course_date"] for each in stored("course")] == ["2026-06-01"]


@pytest.mark.usefixtures("patient")
def test_a_new_form_opens_the_record_again(registry: Registry, desk: Actor, stored: Stored) -> None:
    (before,) = stored("patient")
    withdraw(registry, by=desk, patient=P, on=TODAY - DAY, today=TODAY)
    consent(registry, by=desk, patient=P, on=TODAY, today=TODAY)
    (after,) = stored("patient")
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {"consent_date", "updated_at", "version"}
    assert after["consent_date"] == "2026-11-21"
    body, items = last_event(registry)
    assert body["event"] == "patients.consent"
    assert [(each[0], json.loads(each[2]), json.loads(each[3])) for each in items] == [
        (
            "patient", {"withdrawn_on": "2026-11-20", "consent_date": "2020-01-02"},
            {"withdrawn_on": None, "consent_date": "2026-11-21"},
        )
    ]  # fmt: skip
    WAYS["edit"](registry, desk)
    assert check_registry(registry, by=desk).ok


@pytest.mark.parametrize(("days", "fine"), [(-1, False), (0, True), (1, True), (10, True), (11, False)])
@pytest.mark.usefixtures("patient")
def test_a_new_form_is_not_older_than_the_withdrawal_nor_of_tomorrow(
    days: int, fine: bool, registry: Registry, desk: Actor, stored: Stored
) -> None:
    since = TODAY - 10 * DAY
    withdraw(registry, by=desk, patient=P, on=since, today=TODAY)
    if fine:
        consent(registry, by=desk, patient=P, on=since + days * DAY, today=TODAY)
    else:
        with pytest.raises(Refused):
            consent(registry, by=desk, patient=P, on=since + days * DAY, today=TODAY)
    assert (stored("patient")[0]["withdrawn_on"] is None) is fine


@pytest.mark.usefixtures("patient")
def test_who_did_not_withdraw_signs_nothing_anew(registry: Registry, desk: Actor) -> None:
    with pytest.raises(Conflict, match="has not withdrawn"):
        consent(registry, by=desk, patient=P, on=TODAY, today=TODAY)


@pytest.mark.usefixtures("patient")
def test_only_the_registering_centre(
    registry: Registry, desk: Actor, member: Callable[..., Actor], stored: Stored
) -> None:
    share(registry, by=desk, patient=P, centre_code="UTR01", today=TODAY)
    other = member("UTR01", Role.CLINICIAN)
    calls: tuple[Callable[[], object], ...] = (
        lambda: withdraw(registry, by=other, patient=P, on=TODAY, today=TODAY),
        lambda: consent(registry, by=other, patient=P, on=TODAY, today=TODAY),
        lambda: standing(registry, by=other, patient=P),
    )
    for call in calls:
        with pytest.raises(NotAllowed, match="Only the centre that registered"):
            call()
        assert last_event(registry)[0]["outcome"] == "4"
    assert stored("patient")[0]["withdrawn_on"] is None
    withdraw(registry, by=member("AMS01", Role.CLINICIAN), patient=P, on=TODAY, today=TODAY)


@pytest.mark.usefixtures("patient")
def test_p6_nobody_has_to_act_any_more(
    registry: Registry, desk: Actor, lay: Callable[..., Any], row: Rows, stored: Stored
) -> None:
    """What is open stays open, and does not count: nobody may answer it."""
    edit_record(registry, by=desk, record=Record.PATIENT, patient=P, answers={}, clear=["sex"], today=TODAY)
    assert (stored("patient")[0]["complete"], stored("patient")[0]["open_questions"]) == (0, 1)
    withdraw(registry, by=desk, patient=P, on=TODAY, today=TODAY)
    assert (stored("patient")[0]["complete"], stored("patient")[0]["open_questions"]) == (1, 1)
    consent(registry, by=desk, patient=P, on=TODAY, today=TODAY)
    assert (stored("patient")[0]["complete"], stored("patient")[0]["open_questions"]) == (0, 1)


def test_the_overview_finds_who_withdrew(
    registry: Registry, desk: Actor, lay: Callable[..., Any], row: Rows
) -> None:
    lay(patients=[row["patient"](f"{n:05d}", family_name=f"Naam{'abc'[n]}") for n in range(3)])
    withdraw(registry, by=desk, patient="MS-0000002", on=TODAY, today=TODAY)
    for asked, numbers in ((True, [2]), (False, [1, 3]), (None, [1, 2, 3])):
        found = overview(registry, by=desk, asked=Asked(withdrawn=asked), today=TODAY)
        assert [each["number"] for each in found.rows] == numbers
        assert {each["number"] for each in found.rows if each["withdrawn_on"]} == {2} & set(numbers)
