"""The log for people: pages, filters by patient, user, event and day, and damaged rows (SPEC S5, C12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.errors import NotAllowed, NotFound, Refused
from msreg.services import access, operators
from msreg.services.audit_log import AskedLog, LogPage, list_events, show_event
from msreg.services.audit_proof import mark_log, verify_log
from msreg.services.centres import add_centre, edit_centre
from msreg.store.actor import Actor
from msreg.store.audit import append
from msreg.store.audit_schema import TRIGGER_NAMES
from msreg.store.connect import transaction
from msreg.store.queries import audit_log as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Role


class Clock:
    """A clock that stands still until told to move."""

    at = datetime(2026, 3, 27, 22, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Registry]:
    where = {"MSREG_HOME": str(tmp_path / "home"), "MSREG_KEY_FILE": str(tmp_path / "kek")}
    registry, _ = Registry.create(load_settings(where), made_up=True, clock=clock)
    with registry:
        operators.first_operator(registry, user=access.os_user({}), host="desk-3")
        yield registry


@pytest.fixture
def by(office: Registry) -> Actor:
    return access.whoami(office, {})


@pytest.fixture
def asked(office: Registry, by: Actor) -> Callable[..., LogPage]:
    def ask(page: int = 1, page_size: int = 50, **what: object) -> LogPage:
        return list_events(office, by=by, asked=AskedLog(**what), page=page, page_size=page_size)  # type: ignore[arg-type]

    return ask


def seqs(page: LogPage) -> list[int]:
    return [row.seq for row in page.rows]


def tamper(registry: Registry, statement: str) -> None:
    with registry.light() as db, transaction(db):
        for name in TRIGGER_NAMES:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(statement)


def test_the_days_are_those_of_the_office(
    office: Registry, by: Actor, clock: Clock, asked: Callable[..., LogPage]
) -> None:
    """SPEC C7, C10: 23:30 and 00:30 in Amsterdam are two days, across the change to summer time too."""
    for number, at in enumerate(
        (
            datetime(2026, 3, 27, 22, 59, 59, tzinfo=UTC),  # 27 March in Amsterdam
            datetime(2026, 3, 27, 23, 0, tzinfo=UTC),  # 28 March, 00:00
            datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC),  # 29 March, summer time by now
            datetime(2026, 3, 29, 22, 0, tzinfo=UTC),  # 30 March, 00:00
        )
    ):
        clock.at = at
        add_centre(office, by=by, code=f"AMS0{number}", name="Amsterdam")
    clock.at += timedelta(days=1)

    def codes(**days: date) -> list[int]:
        return sorted(seqs(asked(event="centres.add", **days)))

    assert codes(from_=date(2026, 3, 28)) == [3, 4, 5]
    assert codes(until=date(2026, 3, 27)) == [2]
    assert codes(from_=date(2026, 3, 28), until=date(2026, 3, 29)) == [3, 4]
    assert codes(from_=date(2026, 3, 30), until=date(2026, 3, 30)) == [5]
    assert codes(from_=date(2026, 4, 2)) == []


def test_a_clock_that_was_put_back_a_little_hides_nothing(
    office: Registry, by: Actor, clock: Clock, asked: Callable[..., LogPage]
) -> None:
    clock.at = datetime(2026, 5, 1, 22, 1, tzinfo=UTC)  # 2 May in Amsterdam
    add_centre(office, by=by, code="AMS01", name="Amsterdam")
    clock.at -= timedelta(seconds=100)  # 1 May again
    add_centre(office, by=by, code="AMS02", name="Amsterdam")

    assert seqs(asked(event="centres", from_=date(2026, 5, 2))) == [2]
    assert seqs(asked(event="centres", until=date(2026, 5, 1))) == [3]


def test_pages_hang_together(office: Registry, by: Actor, asked: Callable[..., LogPage]) -> None:
    for number in range(5):
        add_centre(office, by=by, code=f"AMS0{number}", name="Amsterdam")
    add_centre(office, by=replace(by, user="jan"), code="UTR01", name="Utrecht")

    first, second, third = (asked(page, 2, event="centres.add", user=by.user) for page in (1, 2, 3))
    assert [seqs(first), seqs(second), seqs(third)] == [[6, 5], [4, 3], [2]]
    assert (first.more, second.more, third.more) == (True, True, False)
    assert seqs(asked(user="jan")) == [7]
    assert seqs(asked(event="centres.ad")) == []
    whole = [asked(page, 4) for page in (1, 2)]
    assert seqs(whole[0]) == [12, 11, 10, 9]  # the six looks of before stand in it
    assert whole[0].more


def test_words_inside_other_words_do_not_count(
    office: Registry, by: Actor, asked: Callable[..., LogPage]
) -> None:
    """A name that looks like JSON of the log is a name."""
    odd = replace(by, user='x","event":"centres.add', name="x")
    with office.light() as db, transaction(db):
        append(
            db, office.keys.audit_key, by=odd, event="imports.run", action=Action.EXECUTE, at=office.clock(),
            about={"user": "jan", "event": "centres.add"},
        )  # fmt: skip

    assert seqs(asked(event="centres.add")) == []
    assert seqs(asked(user="jan")) == []
    assert seqs(asked(user=odd.user)) == [2]


def test_a_patient_is_found_by_the_items(office: Registry, by: Actor) -> None:
    """The index of the items leads to the events; each comes once however many items it has."""
    with office.light() as db:
        from msreg.store.audit import Item

        for patients in (["p1", "p1", "p2"], ["p2"], ["p1"]):
            with transaction(db):
                append(
                    db, office.keys.audit_key, by=by, event="patients.list", action=Action.READ,
                    at=office.clock(), items=[Item(Action.READ, "patient", each, each) for each in patients],
                )  # fmt: skip
        rows, more = queries.newest(db, queries.Wanted(patient_id="p1"), limit=10)
        plan = " ".join(
            str(row[3])
            for row in db.rows(
                "EXPLAIN QUERY PLAN SELECT DISTINCT seq FROM audit_item WHERE patient_id = 'p1'"
            )
        )
    assert [row["seq"] for row in rows] == [4, 2]
    assert not more
    assert "ix_audit_item_patient" in plan


def test_what_changed_is_told_by_name_and_on_request_by_value(office: Registry, by: Actor) -> None:
    add_centre(office, by=by, code="AMS01", name="Amsterdam")
    edit_centre(office, by=by, code="AMS01", name="De Amstelhof")
    named = show_event(office, by=by, seq=3)
    full = show_event(office, by=by, seq=3, values=True)

    assert (named.row.event, named.items[0].fields, named.items[0].after) == ("centres.edit", ["name"], None)
    assert full.items[0].before == {"name": "Amsterdam"}
    assert full.items[0].after == {"name": "De Amstelhof"}
    with pytest.raises(NotFound):
        show_event(office, by=by, seq=4711)


def test_an_auditor_sees_the_log_and_no_values(office: Registry, by: Actor) -> None:
    """security.md 4.3: who looks after the log does not look into records."""
    add_centre(office, by=by, code="AMS01", name="Amsterdam")
    auditor = replace(by, role=Role.AUDITOR)

    assert show_event(office, by=auditor, seq=2, values=True).items[0].after is None
    with pytest.raises(NotAllowed):
        list_events(office, by=replace(by, role=Role.CLINICIAN), asked=AskedLog())


def test_a_damaged_row_does_not_hide_the_others(
    office: Registry, by: Actor, asked: Callable[..., LogPage]
) -> None:
    for number in range(3):
        add_centre(office, by=by, code=f"AMS0{number}", name="Amsterdam")
    tamper(office, "UPDATE audit_event SET body = x'ff00' WHERE seq = 3")
    page = asked()

    assert seqs(page) == [4, 3, 2, 1]
    assert page.rows[1].event is None
    assert seqs(asked(event="centres", from_=date(2026, 3, 27))) == [4, 2]


def test_a_log_that_was_changed_gets_no_row_and_no_mark(office: Registry, by: Actor) -> None:
    """What was done to it stays as it was found."""
    add_centre(office, by=by, code="AMS01", name="Amsterdam")
    tamper(office, "UPDATE audit_event SET body = replace(body, 'Amst', 'Utre') || ' ' WHERE seq = 2")
    marks = office.settings.anchors_file.read_bytes()
    proof = verify_log(office, by=by)

    assert (proof.ok, proof.verdict.first_bad) == (False, 2)
    with pytest.raises(Refused):
        mark_log(office, by=by)
    with office.light() as db:
        assert queries.head(db) == 2
    assert office.settings.anchors_file.read_bytes() == marks


def test_the_newest_page_of_a_long_log_is_quick(office: Registry, by: Actor) -> None:
    """Only the rows of the page are read: SQLite steps through the index of the numbers from its end."""
    body = '{"at":"2026-03-27T22:30:00.000000Z","event":"patients.list","user":"jan","items":0}'
    tamper(
        office,
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)"
        f" INSERT INTO audit_event SELECT i, '{body}', '', '' FROM n",
    )
    with office.light() as db:
        plan = db.rows(
            "EXPLAIN QUERY PLAN SELECT e.seq FROM audit_event e WHERE e.seq <= 9 ORDER BY e.seq DESC"
        )
        rows, more = queries.newest(db, queries.Wanted(), limit=50)
        found, _ = queries.newest(db, queries.Wanted(user="jan", event="patients"), limit=50)
    assert "TEMP B-TREE" not in str(plan)
    assert (rows[0]["seq"], len(rows), more) == (50000, 50, True)
    assert [row["seq"] for row in found] == [row["seq"] for row in rows]
