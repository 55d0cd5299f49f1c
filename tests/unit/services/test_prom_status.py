"""Who is due for the EQ-5D-5L, and how many answer (SPEC Q1, Q4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from msreg.errors import NotFound
from msreg.services.ending import decease
from msreg.services.prom_status import Answer, Status, prom_status
from msreg.services.withdrawing import withdraw
from msreg.store.actor import Actor
from msreg.store.registry import Registry

Row = dict[str, Any]
DAY = timedelta(days=1)
COURSE = date(2026, 6, 30)
INVITED = date(2026, 8, 30)
"""Two months after it."""


@pytest.fixture
def people(lay: Callable[..., Any], row: Any) -> Callable[..., None]:
    """Patients by number: what differs in the patient, the day of the last course, and the days of the lists."""

    def make(*each: tuple[Row, date | None, tuple[date, ...]]) -> None:
        patients, courses, proms = [], [], []
        for number, (who, course, lists) in enumerate(each, start=1):
            key = f"{number:05d}"
            patients.append(row["patient"](key, **({"email": "a@example.org"} | who)))
            where = {"centre": patients[-1]["centre"]}
            courses += [row["course"](key, course_date=course, **where)] if course else []
            proms += [row["prom"](key, answered_on=day, **where) for day in lists]
        sheets = {"patients": patients, "courses": courses, "proms": proms}
        done = lay(**{sheet: rows for sheet, rows in sheets.items() if rows})
        assert not done.refused, [(each.sheet, each.field, each.code) for each in done.errors]

    return make


@pytest.fixture
def status(registry: Registry, desk: Actor, today: date) -> Callable[..., Status]:
    def read(**more: Any) -> Status:
        return prom_status(registry, **{"by": desk, "today": today} | more)

    return read


def answers(found: Status) -> dict[int, Answer]:
    return {each.row["number"]: each.answer for each in found.rows}


@pytest.mark.parametrize(
    ("day", "answer", "invited"),
    [(INVITED - DAY, Answer.LATER, 0), (INVITED, Answer.DUE, 1), (INVITED + DAY, Answer.DUE, 1)],
)
def test_an_invitation_is_due_from_its_day_on(
    day: date, answer: Answer, invited: int, people: Any, status: Any
) -> None:
    people(({}, COURSE, ()))
    found = status(today=day)
    assert answers(found) == {1: answer}
    assert found.rows[0].row["invite_due_on"] == INVITED.isoformat()
    assert found.rows[0].row["last_list_on"] is None
    assert sum(each.invited for each in found.centres) == invited == status(today=day, due=True).total
    assert [each.rate for each in found.centres] == [0.0] * invited


@pytest.mark.parametrize(
    ("day", "answer"),
    [(COURSE - DAY, Answer.DUE), (COURSE, Answer.ANSWERED), (COURSE + DAY, Answer.ANSWERED)],
)
def test_a_list_since_the_last_course_answers(day: date, answer: Answer, people: Any, status: Any) -> None:
    people(({}, COURSE, (day, date(2022, 1, 1))))
    found = status()
    assert answers(found) == {1: answer}
    assert found.rows[0].row["last_list_on"] == day.isoformat()
    assert [tuple(each) for each in found.centres] == [("AMS01", 1, answer is Answer.ANSWERED)]
    assert status(due=True).total == (answer is Answer.DUE)


def test_who_is_not_invited_stands_there_only_with_a_list(
    people: Any, status: Any, registry: Registry, desk: Actor, today: date
) -> None:
    """No address, no course, died, treatment ended, consent withdrawn: each with a list and without."""
    lists = ((date(2026, 7, 1),), ())
    ended = {"treatment_ended": True, "treatment_ended_on": today, "treatment_ended_reason": "other"}
    whole = [({}, COURSE, lists[0]), ({}, COURSE, lists[1])]
    people(
        *(({"email": None}, COURSE, each) for each in lists),
        *(({}, None, each) for each in lists),
        *((ended, COURSE, each) for each in lists),
        *whole, *whole,
    )  # fmt: skip
    for number in (7, 8):
        decease(registry, by=desk, patient=f"MS-{number:07d}", on=today, today=today)
    assert answers(status()) == {
        **dict.fromkeys((1, 3, 5, 7), Answer.NONE), 9: Answer.ANSWERED, 10: Answer.DUE,
    }  # fmt: skip
    for number in (9, 10):
        withdraw(registry, by=desk, patient=f"MS-{number:07d}", on=today, reason="verzoek", today=today)
    found = status()
    assert answers(found) == dict.fromkeys((1, 3, 5, 7, 9), Answer.NONE)
    assert found.centres == []
    assert status(due=True).rows == []


def test_the_earliest_invitation_first_and_pages_hang_together(people: Any, status: Any) -> None:
    people(
        ({"email": None}, COURSE, (COURSE,)), ({}, COURSE, ()), ({}, COURSE - DAY, ()), ({}, COURSE, ()),
        ({}, date(2026, 11, 1), ()),
    )  # fmt: skip
    whole = [each.row["number"] for each in status().rows]
    assert whole == [3, 2, 4, 5, 1]
    paged = [status(page=page, page_size=2) for page in (1, 2, 3, 4)]
    assert [each.row["number"] for page in paged for each in page.rows] == whole
    assert {page.total for page in paged} == {5}
    assert status(due=True).total == 3


def test_a_centre_is_counted_by_itself(people: Any, status: Any, member: Any) -> None:
    there = {"centre": "UTR01"}
    people(({}, COURSE, (COURSE,)), ({}, COURSE, ()), ({}, COURSE, ()), (there, COURSE, ()), ({}, None, ()))
    assert [tuple(each) for each in status().centres] == [("AMS01", 3, 1), ("UTR01", 1, 0)]
    only = status(centre="utr01")
    assert (answers(only), [tuple(each) for each in only.centres]) == ({4: Answer.DUE}, [("UTR01", 1, 0)])
    own = status(by=member("UTR01"))
    assert (answers(own), [tuple(each) for each in own.centres]) == ({4: Answer.DUE}, [("UTR01", 1, 0)])
    assert status(by=member("UTR01"), centre="AMS01").rows == []
    with pytest.raises(NotFound, match="There is no centre ZZZ"):
        status(centre="ZZZ")


def test_nobody(status: Any) -> None:
    assert (status().rows, status().total, status().centres) == ([], 0, [])


def test_who_was_on_the_page_is_in_the_log(people: Any, status: Any, registry: Registry) -> None:
    """S3: those on the page, and nobody else."""
    people(({}, COURSE, ()), ({}, COURSE - DAY, ()))
    (row,) = (each.row for each in status(page_size=1, due=True).rows)
    with registry.light() as db:
        seq, body = db.one("SELECT seq, body FROM audit_event ORDER BY seq DESC LIMIT 1") or (0, "{}")
        seen = db.rows("SELECT patient_id FROM audit_item WHERE seq = ?", (seq,))
    event = json.loads(body)
    assert event["event"] == "proms.status"
    assert row["number"] == 2
    assert seen == [(row["id"],)]
