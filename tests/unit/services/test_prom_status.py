"""Who is due for the EQ-5D-5L, and how many answer (SPEC Q1, Q4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from msreg.errors import NotFound
from msreg.services.ending import decease
from msreg.services.mail_stopping import stop
from msreg.services.prom_status import Answer, Status, prom_status
from msreg.services.reminders import queue_due
from msreg.services.withdrawing import withdraw
from msreg.store.actor import Actor
from msreg.store.queries import proms as queries
from msreg.store.queries.overview import Where
from msreg.store.registry import Registry
from tests.mails import mark_sent, outbox, sql

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
    assert sum(each.expected for each in found.centres) == invited == status(today=day, due=True).total
    assert [(each.filled, each.invited, each.rate) for each in found.centres] == [(0, 0, None)] * invited
    assert found.rows[0].last_mail_on is None


@pytest.mark.parametrize(
    ("day", "answer"),
    [(COURSE - DAY, Answer.DUE), (COURSE, Answer.ANSWERED), (COURSE + DAY, Answer.ANSWERED)],
)
def test_a_list_since_the_last_course_answers(day: date, answer: Answer, people: Any, status: Any) -> None:
    people(({}, COURSE, (day, date(2022, 1, 1))))
    found = status()
    assert answers(found) == {1: answer}
    assert found.rows[0].row["last_list_on"] == day.isoformat()
    assert [tuple(each) for each in found.centres] == [("AMS01", 1, answer is Answer.ANSWERED, 0, 0)]
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
    assert [tuple(each) for each in status().centres] == [("AMS01", 3, 1, 0, 0), ("UTR01", 1, 0, 0, 0)]
    only = status(centre="utr01")
    assert (answers(only), [tuple(each) for each in only.centres]) == (
        {4: Answer.DUE},
        [("UTR01", 1, 0, 0, 0)],
    )
    own = status(by=member("UTR01"))
    assert (answers(own), [tuple(each) for each in own.centres]) == ({4: Answer.DUE}, [("UTR01", 1, 0, 0, 0)])
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


# -- mails that went out -------------------------------------------------------------------------------------


def test_q4_the_day_of_the_last_mail_on_the_clock_of_the_office(
    people: Any, status: Any, registry: Registry, desk: Actor
) -> None:
    """Only what was sent counts: what waits, failed or is about something else is no invitation."""
    people(({}, COURSE, ()), ({}, COURSE, ()), ({}, COURSE, ()))
    queue_due(registry, by=desk, today=INVITED)
    first, second, _third = (row["key"] for row in outbox(registry))
    late = datetime(2026, 8, 30, 22, 30, tzinfo=UTC)  # half past midnight in Amsterdam
    mark_sent(registry, first, at=late)
    sql(registry, "UPDATE outbox SET state = 'failed', sent_at = NULL WHERE key = ?", second)
    found = {each.row["id"]: each.last_mail_on for each in status().rows}
    assert found.pop(first.split(":")[1]) == date(2026, 8, 31)
    assert set(found.values()) == {None}
    assert [tuple(each) for each in status().centres] == [("AMS01", 3, 0, 1, 0)]


@pytest.mark.parametrize(
    ("day", "answered"), [(INVITED - DAY, 0), (INVITED, 1), (INVITED + DAY, 1), (date(2026, 11, 20), 1)]
)
def test_q4_the_rate_is_of_those_who_got_a_mail(
    day: date, answered: int, people: Any, status: Any, registry: Registry, desk: Actor
) -> None:
    people(
        ({}, COURSE, ()),
        ({}, COURSE, ()),
        ({"email": None}, COURSE, (day,)),
        ({"centre": "UTR01"}, COURSE, ()),
    )
    queue_due(registry, by=desk, today=INVITED)
    mark_sent(registry, at=datetime(2026, 8, 30, 6, tzinfo=UTC))
    sql(
        registry,
        "UPDATE prom SET answered_on = ?, patient_id = (SELECT id FROM patient WHERE number = 1)",
        day.isoformat(),
    )
    found = {each.centre: each for each in status().centres}
    assert (found["AMS01"].invited, found["AMS01"].answered, found["AMS01"].rate) == (
        2,
        answered,
        answered / 2,
    )
    assert (found["UTR01"].invited, found["UTR01"].rate) == (1, 0.0)
    assert [each.invited for each in status(centre="UTR01").centres] == [1]


def test_who_wants_no_mail_stands_there_as_such(
    people: Any, status: Any, registry: Registry, desk: Actor, today: date
) -> None:
    people(({}, COURSE, ()), ({}, COURSE, (COURSE,)))
    queue_due(registry, by=desk, today=INVITED)
    mark_sent(registry, at=datetime(2026, 8, 30, 6, tzinfo=UTC))
    for number in (1, 2):
        stop(registry, by=desk, patient=f"MS-{number:07d}", today=today)
    found = status()
    assert answers(found) == {1: Answer.STOPPED, 2: Answer.STOPPED}
    assert [each.last_mail_on for each in found.rows] == [INVITED, None]
    assert [tuple(each) for each in found.centres] == [("AMS01", 0, 0, 1, 0)]
    assert status(due=True).rows == []


def test_mails_are_looked_up_by_their_patient(registry: Registry) -> None:
    """Not along all that were ever sent, once for every patient of the page."""
    plans: list[str] = []

    class Asked:
        def rows(self, sql_: str, params: tuple[Any, ...]) -> list[Any]:
            with registry.light() as db:
                plans.extend(row[-1] for row in db.rows(f"EXPLAIN QUERY PLAN {sql_}", params))
            return []

    queries.page(Asked(), Where(("1 = 1",), ()), limit=1, offset=0)  # type: ignore[arg-type]
    assert [each for each in plans if each.split()[1] == "ob"] == [
        "SEARCH ob USING INDEX ix_outbox_patient (patient_id=? AND kind=?)"
    ]
