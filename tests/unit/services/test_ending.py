"""SPEC P9: death and the end of treatment, with the days that they may have and what follows from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from msreg.errors import Conflict, NotAllowed, Refused
from msreg.services.ending import decease, end
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Role

Row = dict[str, Any]
Stored = Callable[[str], list[Row]]
TODAY = date(2026, 11, 21)
P = "MS-0000001"


@pytest.fixture(autouse=True)
def patient(lay: Callable[..., Any], row: dict[str, Callable[..., Row]]) -> None:
    """Born on 1980-05-06; one course, on 2024-02-29, with an invitation to come."""
    lay(
        patients=[row["patient"](email="a@example.org")],
        courses=[row["course"](course_date=date(2024, 2, 29))],
    )


def test_a_death_ends_what_is_due(registry: Registry, desk: Actor, stored: Stored) -> None:
    (before,) = stored("patient")
    assert (before["course_due_on"], before["invite_due_on"]) == ("2025-03-01", "2024-04-29")
    done = decease(registry, by=desk, patient=P, on="03-11-2026", cause="ms", today=TODAY)
    assert {each.key: each.new for each in done.changes} == {
        "deceased": True, "deceased_on": date(2026, 11, 3), "death_cause": "ms",
    }  # fmt: skip
    (after,) = stored("patient")
    told = ("deceased", "deceased_on", "course_due_on", "invite_due_on")
    assert [after[key] for key in told] == [1, "2026-11-03", None, None]
    assert json.loads(after["answers"])["death_cause"] == "ms"


def test_the_end_of_treatment_completes(registry: Registry, desk: Actor, stored: Stored) -> None:
    done = end(registry, by=desk, patient=P, on=TODAY, reason="naar het buitenland", today=TODAY)
    assert done.complete
    (after,) = stored("patient")
    assert [after[key] for key in ("treatment_ended", "treatment_ended_on", "complete", "course_due_on")] == [
        1, "2026-11-21", 1, None,
    ]  # fmt: skip
    assert json.loads(after["answers"])["treatment_ended_reason"] == "abroad"


@pytest.mark.parametrize(
    ("on", "rule"),
    [("1980-05-05", "PAT-007"), ("2024-02-28", "PAT-008"), ("2024-02-29", None), ("2024-03-01", None),
     ("2026-11-20", None), ("2026-11-21", None), ("2026-11-22", "FRM")],
)  # fmt: skip
def test_the_day_of_death(on: str, rule: str | None, registry: Registry, desk: Actor, stored: Stored) -> None:
    """Not before birth, not before the last course, not in the future."""
    if rule is None:
        decease(registry, by=desk, patient=P, on=on, today=TODAY)
    else:
        with pytest.raises(Refused) as told:
            decease(registry, by=desk, patient=P, on=on, today=TODAY)
        assert str(told.value.rule).startswith(rule)
        assert told.value.field == "deceased_on"
    assert stored("patient")[0]["deceased_on"] == (on if rule is None else None)


@pytest.mark.parametrize(
    ("on", "fine"),
    [("1980-05-05", False), ("1980-05-06", True), ("2026-11-20", True), ("2026-11-21", True),
     ("2026-11-22", False)],
)  # fmt: skip
def test_the_day_on_which_treatment_ended(
    on: str, fine: bool, registry: Registry, desk: Actor, stored: Stored
) -> None:
    if fine:
        end(registry, by=desk, patient=P, on=on, reason="lost", today=TODAY)
    else:
        with pytest.raises(Refused):
            end(registry, by=desk, patient=P, on=on, reason="lost", today=TODAY)
    assert stored("patient")[0]["treatment_ended_on"] == (on if fine else None)


def test_a_reason_that_is_none_is_refused(registry: Registry, desk: Actor) -> None:
    with pytest.raises(Refused):
        end(registry, by=desk, patient=P, on=TODAY, reason="zomaar", today=TODAY)


def test_twice_is_told_and_one_does_not_exclude_the_other(registry: Registry, desk: Actor) -> None:
    end(registry, by=desk, patient=P, on=TODAY, reason="lost", today=TODAY)
    decease(registry, by=desk, patient=P, on=TODAY, today=TODAY)
    with pytest.raises(Conflict, match="died"):
        decease(registry, by=desk, patient=P, on=TODAY, today=TODAY)
    with pytest.raises(Conflict, match="treatment"):
        end(registry, by=desk, patient=P, on=TODAY, reason="abroad", today=TODAY)


def test_events_of_their_own_names(registry: Registry, desk: Actor) -> None:
    decease(registry, by=desk, patient=P, on=TODAY, today=TODAY)
    end(registry, by=desk, patient=P, on=TODAY, reason="lost", today=TODAY)
    decease_again = pytest.raises(Conflict)
    with decease_again:
        decease(registry, by=desk, patient=P, on=TODAY, today=TODAY, dry_run=True)
    with registry.light() as db:
        names = [json.loads(row[0])["event"] for row in db.rows("SELECT body FROM audit_event ORDER BY seq")]
    assert names[-2:] == ["patients.decease", "patients.end"]


def test_c5_a_trial_changes_nothing(registry: Registry, desk: Actor, stored: Stored) -> None:
    before = stored("patient")
    assert decease(registry, by=desk, patient=P, on=TODAY, today=TODAY, dry_run=True).changes
    assert stored("patient") == before


def test_who_may_only_read_records_no_death(registry: Registry, member: Callable[..., Actor]) -> None:
    for service, more in ((decease, {}), (end, {"reason": "lost"})):
        with pytest.raises(NotAllowed):
            service(registry, by=member("AMS01", Role.READER), patient=P, on=TODAY, today=TODAY, **more)
