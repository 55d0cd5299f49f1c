"""Lists of cases, which reminders are due, the history of a case, and what the log shows (SPEC N8, N9, S5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from msreg.errors import NotAllowed, NotFound
from msreg.services.audit_log import AskedLog, list_events, show_event
from msreg.services.case_editing import edit_case
from msreg.services.case_history import case_history
from msreg.services.case_listing import due_cases, list_cases
from msreg.services.case_opening import NewCase
from msreg.services.case_steps import give_back, submit, withdraw
from msreg.services.cases import show_case
from msreg.services.completing import case_numbers
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Action, CaseState, CaseStep, Process, Role
from tests.cases import add_file, person, reported

HYSTERECTOMY = (
    "pregnancy_card", "delivery_report", "operation_report", "anaesthesia_report", "diagnostics",
    "discharge_letters", "pathology_report",
)  # fmt: skip


@pytest.fixture
def of(registry: Registry, desk: Actor) -> Callable[..., Actor]:
    def make(role: Role, centre: str = "AMS01") -> Actor:
        return person(registry, desk, role, centre)

    return make


@pytest.fixture
def four(registry: Registry, today: date, of: Callable[..., Actor]) -> list[NewCase]:
    """Two of AMS01, of which the second is withdrawn; one of UTR01; a late termination of AMS01."""
    amsterdam, utrecht = of(Role.NOTIFIER), of(Role.NOTIFIER, "UTR01")
    found = [
        reported(registry, amsterdam, today, patient_number="12345"),
        reported(registry, amsterdam, today, "REL"),
        reported(registry, utrecht, today),
        reported(registry, amsterdam, today, "LZA1"),
    ]
    withdraw(registry, by=amsterdam, case=str(found[1].number), today=today, remark="dubbel")
    return found


def named(registry: Registry, by: Actor, **asked: Any) -> list[str]:
    return [str(each.number) for each in list_cases(registry, by=by, **asked).cases]


def test_n9_own_centre_or_all_newest_first(
    registry: Registry, desk: Actor, of: Callable[..., Actor], four: list[NewCase]
) -> None:
    everything = ["NC-2026-0003", "NC-2026-0002", "NC-2026-0001"]
    assert named(registry, desk) == named(registry, of(Role.COORDINATOR)) == everything
    assert named(registry, of(Role.NOTIFIER)) == named(registry, of(Role.ENTRY_CLERK)) == everything[1:]
    assert named(registry, of(Role.NOTIFIER, "UTR01")) == everything[:1]


def test_late_termination_has_a_list_of_its_own(
    registry: Registry, desk: Actor, of: Callable[..., Actor], four: list[NewCase]
) -> None:
    for by in (desk, of(Role.NOTIFIER), of(Role.COORDINATOR)):
        assert named(registry, by, process=Process.LATE_TERMINATION) == ["LZ-2026-0001"]
        assert named(registry, by, about="LZA1") == ["LZ-2026-0001"]
        assert named(registry, by, about="LZA1", process=Process.NETHOSS) == []
    assert named(registry, of(Role.NOTIFIER, "UTR01"), process=Process.LATE_TERMINATION) == []
    for asked in ({"process": Process.LATE_TERMINATION}, {"about": "LZA1"}):
        with pytest.raises(NotAllowed):
            named(registry, of(Role.ENTRY_CLERK), **asked)
    with pytest.raises(NotAllowed):
        due_cases(
            registry, by=of(Role.ENTRY_CLERK), today=date(2026, 11, 21), process=Process.LATE_TERMINATION
        )


def test_filters(registry: Registry, desk: Actor, of: Callable[..., Actor], four: list[NewCase]) -> None:
    assert named(registry, desk, state=CaseState.WITHDRAWN) == ["NC-2026-0002"]
    assert named(registry, desk, state=CaseState.APPROVED) == []
    assert named(registry, desk, about="REL") == ["NC-2026-0002"]
    assert named(registry, desk, centre="utr01") == ["NC-2026-0003"]
    assert named(registry, of(Role.NOTIFIER), centre="UTR01") == []
    for asked in ({"about": "appendix"}, {"centre": "ZZZ99"}):
        with pytest.raises(NotFound):
            named(registry, desk, **asked)


def test_pages_and_counts(registry: Registry, desk: Actor, four: list[NewCase]) -> None:
    one = list_cases(registry, by=desk, page=2, page_size=2)
    assert ([str(each.number) for each in one.cases], one.total) == (["NC-2026-0001"], 3)
    assert (one.counts[CaseState.CONCEPT], one.counts[CaseState.WITHDRAWN]) == (2, 1)
    assert named(registry, desk, page=3, page_size=2) == []


def test_missing_leaves_what_is_complete_and_what_has_ended(
    registry: Registry, desk: Actor, four: list[NewCase]
) -> None:
    assert named(registry, desk, missing=True) == ["NC-2026-0003", "NC-2026-0001"]
    for wanted in HYSTERECTOMY[:-1]:
        add_file(registry, four[0].id, wanted=wanted)
    assert named(registry, desk, missing=True) == ["NC-2026-0003", "NC-2026-0001"]
    add_file(registry, four[0].id, wanted=HYSTERECTOMY[-1])
    assert named(registry, desk, missing=True) == ["NC-2026-0003"]


def test_no_patient_number_for_the_committee(
    registry: Registry, of: Callable[..., Actor], four: list[NewCase]
) -> None:
    assert "12345" in repr(list_cases(registry, by=of(Role.ENTRY_CLERK)))
    assert "12345" not in repr(list_cases(registry, by=of(Role.COORDINATOR)))
    assert "12345" not in repr(due_cases(registry, by=of(Role.JOB), today=date(2026, 11, 21)))


def test_s5_the_log_has_who_was_on_the_page_and_no_others(
    registry: Registry, desk: Actor, four: list[NewCase]
) -> None:
    list_cases(registry, by=desk, page_size=2)
    event = show_event(registry, by=desk, seq=list_events(registry, by=desk, asked=AskedLog()).rows[0].seq)
    assert [(each.entity, each.case, each.action) for each in event.items] == [
        ("notification", "NC-2026-0003", "read"), ("notification", "NC-2026-0002", "read"),
    ]  # fmt: skip


def test_s5_the_log_of_one_case(registry: Registry, desk: Actor, four: list[NewCase]) -> None:
    """Whoever changed it, saw it, or saw it in a list; the search itself shows from the next time on."""
    show_case(registry, by=desk, case="NC-2026-0001")
    show_case(registry, by=desk, case="NC-2026-0003")
    found = list_events(registry, by=desk, asked=AskedLog(case="nc-2026-1")).rows
    assert [(each.event, each.case) for each in found] == [
        ("cases.show", "NC-2026-0001"), ("cases.new", "NC-2026-0001"),
    ]  # fmt: skip
    for name in ("NC-2026-0009", "Jansen"):
        with pytest.raises(NotFound):
            list_events(registry, by=desk, asked=AskedLog(case=name))


# -- reminders ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "sent", "due", "coming"),
    [
        (0, 0, None, 28), (27, 0, None, 28), (28, 0, 4, 56), (29, 0, 4, 56), (28, 4, None, 56),
        (55, 4, None, 56), (56, 4, 8, 84), (57, 0, 8, 84), (83, 8, None, 84), (84, 8, 12, None),
        (85, 12, None, None), (300, 0, 12, None),
    ],
)  # fmt: skip
def test_n8_what_is_due_and_when_the_next_comes(
    days: int, sent: int, due: int | None, coming: int | None, registry: Registry, desk: Actor, today: date
) -> None:
    case = reported(registry, desk, today)
    with registry.light() as db:
        db.execute("UPDATE notification SET reminded_weeks = ?", (sent,))
    (found,) = due_cases(registry, by=desk, today=today + timedelta(days=days))
    assert found.number == case.number
    assert (found.due and found.due.weeks) == due
    assert (found.coming and found.coming.on) == (None if coming is None else today + timedelta(days=coming))


def test_only_what_waits_for_its_centre_is_reminded_of(
    registry: Registry, desk: Actor, today: date, of: Callable[..., Actor], four: list[NewCase]
) -> None:
    """Submitted, approved and withdrawn cases are not; what is due stands first."""
    add_file(registry, four[0].id)
    submit(registry, by=desk, case="NC-2026-0001", today=today)
    reported(registry, desk, today - timedelta(days=30), "EMB")

    def numbers(by: Actor, **asked: Any) -> list[str]:
        return [str(each.number) for each in due_cases(registry, by=by, today=today, **asked)]

    assert numbers(desk) == ["NC-2026-0004", "LZ-2026-0001", "NC-2026-0003"]
    assert numbers(of(Role.JOB)) == numbers(desk)
    assert numbers(of(Role.ENTRY_CLERK)) == ["NC-2026-0004"]
    assert numbers(desk, process=Process.LATE_TERMINATION) == ["LZ-2026-0001"]
    give_back(registry, by=desk, case="NC-2026-0001", today=today, remark="x")
    assert "NC-2026-0001" in numbers(desk)


# -- history ------------------------------------------------------------------------------------------


def test_the_history_has_every_step_and_every_change(
    registry: Registry, desk: Actor, today: date, of: Callable[..., Actor]
) -> None:
    clerk, coordinator = of(Role.ENTRY_CLERK), of(Role.COORDINATOR)
    new = reported(registry, of(Role.NOTIFIER), today, patient_number="12345")
    case = str(new.number)
    edit_case(registry, by=clerk, case=case, answers={"event_date": "2026-03-05"}, today=today)
    add_file(registry, new.id)
    submit(registry, by=clerk, case=case, today=today)
    give_back(registry, by=coordinator, case=case, today=today, remark="De ontslagbrief ontbreekt.")
    reported(registry, desk, today)
    show_case(registry, by=desk, case=case)
    found = case_history(registry, by=clerk, case=case)
    assert [(each.event, each.step, each.before, each.after, each.user) for each in found.events] == [
        ("cases.return", CaseStep.RETURN, CaseState.SUBMITTED, CaseState.INCOMPLETE, coordinator.user),
        ("cases.submit", CaseStep.SUBMIT, CaseState.CONCEPT, CaseState.SUBMITTED, clerk.user),
        ("cases.edit", None, None, None, clerk.user),
        ("cases.new", CaseStep.CREATE, None, CaseState.CONCEPT, "notifier-ams01"),
    ]
    assert found.events[0].remark == "De ontslagbrief ontbreekt."
    assert found.events[2].changes == (("event_date", None, "2026-03-05"),)
    assert [each.key for each in found.events[3].changes] == ["theme", "patient_number"]
    assert "12345" not in repr(case_history(registry, by=coordinator, case=case).events)
    one = case_history(registry, by=desk, case=case, page=2, page_size=3)
    assert ([each.event for each in one.events], one.more) == (["cases.new"], False)
    assert case_history(registry, by=desk, case=case, page_size=3).more


def test_an_event_over_many_cases_tells_in_each_of_its_own(
    registry: Registry, desk: Actor, today: date
) -> None:
    """Such as reminders that go out together."""
    from msreg.services.case_writing import change
    from msreg.services.cases import find_case
    from msreg.services.writing import writing

    names = [str(reported(registry, desk, today).number) for _each in range(2)]
    with writing(registry, by=desk, event="x", action=Action.UPDATE, plain=True) as work:
        for weeks, name in zip((4, 8), names, strict=True):
            row = find_case(work.db, by=desk, name=name)
            change(work, row, {"patient_number": str(weeks)})
        work.touched(Action.CREATE, "outbox", "x", after={"to": "y"})
    for weeks, name in zip((4, 8), names, strict=True):
        event = case_history(registry, by=desk, case=name).events[0]
        assert (event.changes, event.beside) == ((("patient_number", None, str(weeks)),), ())


def test_the_history_of_a_case_of_another_centre_is_unknown(
    registry: Registry, of: Callable[..., Actor], four: list[NewCase]
) -> None:
    for by, case in ((of(Role.NOTIFIER), "NC-2026-0003"), (of(Role.ENTRY_CLERK), "LZ-2026-0001")):
        with pytest.raises(NotFound):
            case_history(registry, by=by, case=case)


# -- what the Tab key offers --------------------------------------------------------------------------


def test_completion_offers_the_numbers_that_one_may_see(
    registry: Registry, desk: Actor, of: Callable[..., Actor], four: list[NewCase]
) -> None:
    """Decision 0027: numbers alone, the newest first, as they are being typed."""
    assert case_numbers(registry, by=desk, begun="N") == ["NC-2026-0003", "NC-2026-0002", "NC-2026-0001"]
    assert case_numbers(registry, by=desk, begun="lz-20") == ["lz-2026-0001"]
    assert case_numbers(registry, by=of(Role.ENTRY_CLERK), begun="") == ["NC-2026-0002", "NC-2026-0001"]
    assert case_numbers(registry, by=of(Role.NOTIFIER, "UTR01"), begun="") == ["NC-2026-0003"]
    for role in (Role.CLINICIAN, Role.AUDITOR):
        assert case_numbers(registry, by=of(role), begun="") == []
    assert case_numbers(registry, by=desk, begun="x") == []


def test_values_in_the_log_are_told_only_on_request(registry: Registry, desk: Actor, today: date) -> None:
    reported(registry, desk, today, patient_number="12345")
    seq = list_events(registry, by=desk, asked=AskedLog()).rows[0].seq
    bare, full = (show_event(registry, by=desk, seq=seq, values=values) for values in (False, True))
    assert "12345" not in repr(bare)
    assert "12345" in json.dumps([each.after for each in full.items], default=str)
