"""What is kept with a filled-in EQ-5D-5L, and how the lists of a patient are told (SPEC Q3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from msreg.errors import MsregError, NotAllowed, Refused
from msreg.forms.value_sets import named
from msreg.rules.eq5d import DIMENSIONS, Change
from msreg.services.adding import add_record
from msreg.services.database import check_registry
from msreg.services.editing import edit_record
from msreg.services.proms import Filled, lists_of
from msreg.services.records import read_record
from msreg.services.taking_back import take_back
from msreg.services.withdrawing import withdraw
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record

Row = dict[str, Any]
Stored = Callable[[str], list[Row]]
P = "MS-0000001"
EMPTY = {"profile": None, "index_value": None, "value_set": None}


def levels(profile: str) -> dict[str, str]:
    return dict(zip(DIMENSIONS, profile, strict=True))


def worth(row: Row) -> Row:
    return {key: row[key] for key in EMPTY}


@pytest.fixture
def with_patient(lay: Callable[..., Any], row: Any) -> None:
    lay(patients=[row["patient"]()])


@pytest.fixture
def add(registry: Registry, desk: Actor, today: date, with_patient: None) -> Callable[..., Any]:
    def make(day: str, profile: str | None = None, **more: Any) -> Any:
        answers = {"answered_on": day} | (levels(profile) if profile else {})
        return add_record(
            registry,
            by=desk,
            record=Record.PROM,
            patient=P,
            answers=answers | more,
            today=today,
            incomplete=True,
        )

    return make


@pytest.fixture
def lists(registry: Registry, desk: Actor) -> Callable[..., list[Filled]]:
    def read(**more: Any) -> list[Filled]:
        return lists_of(
            read_record(registry, by=desk, event="proms.show", patient=P, segment="proms"), **more
        )

    return read


def test_answers_are_kept_with_profile_index_and_the_name_of_the_set(add: Any, stored: Stored) -> None:
    add("2026-09-30", "22222", health_score="68", mode="web")
    (row,) = stored("prom")
    assert worth(row) == {"profile": "22222", "index_value": 0.705, "value_set": "NL-Versteegh-2016-3dp"}
    assert (row["health_score"], row["complete"], row["open_questions"]) == (68, 1, 0)
    assert json.loads(row["answers"]) == {"mode": "web"}


def test_an_answer_that_changes_changes_what_is_kept(
    add: Any, registry: Registry, desk: Actor, today: date, stored: Stored
) -> None:
    """Filled in, changed, taken away, and undone: never an index of other answers."""
    add("2026-09-30", health_score="68")
    assert worth(stored("prom")[0]) == EMPTY
    do = {"registry": registry, "by": desk, "record": Record.PROM, "patient": P, "today": today}
    which = {"which": {"answered_on": date(2026, 9, 30)}}
    edit_record(
        **do, **which, answers={key: level for key, level in levels("22222").items() if key != "mobility"}
    )
    assert worth(stored("prom")[0]) == EMPTY
    edit_record(**do, **which, answers={"mobility": "2"})
    assert worth(stored("prom")[0])["profile"] == "22222"
    edit_record(**do, **which, answers={"mobility": "5"})
    assert worth(stored("prom")[0])["index_value"] == 0.537
    edit_record(**do, **which, answers={}, clear=["mobility"])
    assert worth(stored("prom")[0]) == EMPTY
    take_back(registry, by=desk, today=today)
    assert worth(stored("prom")[0])["profile"] == "52222"
    assert check_registry(registry, by=desk).ok


def test_a_column_that_was_worked_out_wrongly_is_found(add: Any, registry: Registry, desk: Actor) -> None:
    add("2026-09-30", "22222")
    with registry.light() as db:
        db.execute("UPDATE prom SET index_value = 0.7")
    assert [each.columns for each in check_registry(registry, by=desk).differences] == [("index_value",)]


def test_it_does_not_count_for_the_patient(add: Any, stored: Stored) -> None:
    """P6."""
    (before,) = stored("patient")
    add("2026-09-30")
    (after,) = stored("patient")
    assert stored("prom")[0]["open_questions"] == 6
    assert before["complete"] == after["complete"] == 1
    assert before["open_questions"] == after["open_questions"] == 0


def test_newest_first_against_the_last_one_that_has_a_profile(add: Any, lists: Any) -> None:
    add("2025-03-01", "22222", health_score="60")
    add("2026-09-30", "32122")
    add("2024-02-29", "32222")
    add("2026-01-01", health_score="0")
    assert [(each.on.isoformat(), each.profile, each.index_value, each.change) for each in lists()] == [
        ("2026-09-30", "32122", Decimal("0.722"), Change.MIXED),
        ("2026-01-01", None, None, None),
        ("2025-03-01", "22222", Decimal("0.705"), Change.BETTER),
        ("2024-02-29", "32222", Decimal("0.683"), None),
    ]
    assert [each.score for each in lists()] == [None, 0, 60, None]
    assert [each.lacking for each in lists()] == [1, 5, 0, 1]


def test_none_and_one(with_patient: None, add: Any, lists: Any) -> None:
    assert lists() == []
    add("2026-11-21", "11111")
    (only,) = lists()
    assert (only.index_value, only.change, only.centre) == (Decimal(1), None, "AMS01")


def test_another_set_is_shown_and_not_kept(add: Any, lists: Any, stored: Stored) -> None:
    add("2026-09-30", "33155")
    (only,) = lists(value_set=named("NL-EuroQol-7dp"))
    assert (only.index_value, only.value_set) == (Decimal("0.0000955"), "NL-EuroQol-7dp")
    assert worth(stored("prom")[0])["index_value"] == -0.001


@pytest.mark.parametrize(
    ("day", "more", "field"),
    [
        ("2026-09-30", {"mobility": "6"}, "mobility"),
        ("2026-09-30", {"mobility": "0"}, "mobility"),
        ("2026-09-30", {"mobility": "9"}, "mobility"),
        ("2026-09-30", {"health_score": "101"}, "health_score"),
        ("2026-09-30", {"health_score": "-1"}, "health_score"),
        ("2026-09-30", {"health_score": "68.5"}, "health_score"),
        ("2026-11-22", {}, "answered_on"),
        ("1980-05-05", {}, "answered_on"),
    ],
)
def test_what_no_list_can_say_is_refused(day: str, more: Row, field: str, add: Any, stored: Stored) -> None:
    with pytest.raises(Refused) as fault:
        add(day, **more)
    assert fault.value.field == field
    assert stored("prom") == []


@pytest.mark.parametrize(
    ("day", "more"), [("2026-11-21", {"health_score": "0"}), ("1980-05-06", {"health_score": "100"})]
)
def test_the_edges_are_taken(day: str, more: Row, add: Any, stored: Stored) -> None:
    """Today and the day of birth, the worst and the best health."""
    add(day, **more)
    assert [row["answered_on"] for row in stored("prom")] == [day]


def test_one_list_a_day(add: Any, stored: Stored) -> None:
    add("2026-09-30", "11111")
    with pytest.raises(Refused) as fault:
        add("2026-09-30", "22222")
    assert fault.value.rule == "PRM-002"
    add("2026-10-01", "22222")
    assert len(stored("prom")) == 2


def test_nothing_new_after_consent_was_withdrawn(
    add: Any, registry: Registry, desk: Actor, today: date, stored: Stored
) -> None:
    """P10."""
    add("2026-09-30", "11111")
    withdraw(registry, by=desk, patient=P, on=today, reason="op eigen verzoek", today=today)
    with pytest.raises((NotAllowed, Refused)) as fault:
        add("2026-10-01", "22222")
    assert isinstance(fault.value, MsregError)
    assert len(stored("prom")) == 1
