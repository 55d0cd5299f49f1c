"""`exports list`: what left the registry, when, by whom, to whom and why, from the log (X2, S5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from msreg.services.exports_left import list_left
from msreg.store.actor import Actor
from msreg.store.audit import append
from msreg.store.connect import transaction
from msreg.store.queries.left import LEFT
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Outcome, Role

Run = Callable[..., Any]


def listed(quick: Run, *words: str) -> list[dict[str, Any]]:
    done = quick("exports", "list", "--json", *words)
    assert done.code == 0, done.err
    return list(json.loads(done.out))


def test_each_export_is_told(quick: Run, people_registry: Registry, tmp_path: Path) -> None:
    """Newest first, with who got it and why; nothing that somebody only looked at."""
    assert listed(quick) == []
    assert quick("exports", "csv", "--out", tmp_path / "a").code == 0
    words = ("--to", " Vecht  University ", "--purpose", "fatigue", "--pseudonymise", "--project", "Fatigue")
    assert quick("exports", "spss", "--out", tmp_path / "b", *words).code == 0
    assert quick("patients", "show", "1").code == 0
    assert quick("exports", "csv", "--out", tmp_path / "a").code == 8
    found = listed(quick)
    assert [(row["format"], row["file"], row["patients"], row["pseudonymised"], row["project"]) for row in found] == [
        ("spss", "b", 30, True, "Fatigue"), ("csv", "a", 30, False, None),
    ]  # fmt: skip
    assert (found[0]["recipient"], found[0]["purpose"]) == ("Vecht University", "fatigue")
    assert (found[1]["recipient"], found[1]["purpose"]) == (None, None)
    assert {row["event"] for row in found} == {"exports.run"}
    assert set(found[0]) == {
        "log_row", "at", "user", "role", "event", "format", "file", "recipient", "purpose", "patients",
        "aggregated", "pseudonymised", "project",
    }  # fmt: skip
    assert [row["format"] for row in listed(quick, "--to", "vecht u")] == ["spss"]
    assert listed(quick, "--to", "Amstel") == []


def test_a_chart_or_page_in_a_file_is_told_and_one_on_the_screen_is_not(
    quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    assert quick("synopsis", "1").code == 0
    assert quick("synopsis", "1", "--out", tmp_path / "s.md").code == 0
    [row] = listed(quick)
    assert (row["event"], row["format"], row["patients"]) == ("synopsis.show", "markdown", 1)


def test_a_report_holds_figures_and_nobody_in_clear(
    quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    """A report in a file left the registry too, and tells of nobody by themselves."""
    assert quick("reports", "centre").code == 0
    assert quick("reports", "centre", "--out", tmp_path / "r.html", "--to", "Board").code == 0
    assert quick("exports", "csv", "--out", tmp_path / "a").code == 0
    shown = [
        (row["event"], row["recipient"], row["aggregated"], row["pseudonymised"]) for row in listed(quick)
    ]
    assert shown == [("exports.run", None, False, False), ("reports.centre", "Board", True, False)]
    first, second = quick("exports", "list").out.splitlines()[-4:-2]
    assert (first.rstrip().endswith("in clear"), second.rstrip().endswith("figures only")) == (True, True)


@pytest.mark.parametrize(
    ("since", "rows"), [(date(2026, 3, 9), 2), (date(2026, 3, 10), 2), (date(2026, 3, 11), 1)]
)
def test_since_a_day(since: date, rows: int, people_registry: Registry, desk_of_people: Actor) -> None:
    """The day before, the day and the day after, on the office's clock: half past midnight there is the day
    before by UTC."""
    moments = (datetime(2126, 3, 9, 23, 30, tzinfo=UTC), datetime(2126, 3, 11, 12, 0, tzinfo=UTC))
    with people_registry.light() as db, transaction(db):
        for at in moments:
            append(
                db, people_registry.keys.audit_key, by=desk_of_people, event="exports.run", action=Action.EXECUTE,
                at=at, about={"format": "csv", "patients": 1},
            )  # fmt: skip
    people_registry.clock = lambda: datetime(2126, 3, 12, tzinfo=UTC)
    found = list_left(people_registry, by=desk_of_people, since=since.replace(year=2126))
    assert len(found.rows) == rows


def test_pages(people_registry: Registry, desk_of_people: Actor) -> None:
    with people_registry.light() as db, transaction(db):
        for at in range(5):
            append(
                db, people_registry.keys.audit_key, by=desk_of_people, event="exports.run", action=Action.EXECUTE,
                at=people_registry.clock(), about={"file": str(at)},
            )  # fmt: skip
    pages = [list_left(people_registry, by=desk_of_people, page=page, page_size=2) for page in (1, 2, 3, 4)]
    assert [[row.file for row in each.rows] for each in pages] == [["4", "3"], ["2", "1"], ["0"], []]
    assert [each.more for each in pages] == [True, True, False, False]


def test_what_was_refused_did_not_leave(people_registry: Registry, desk_of_people: Actor) -> None:
    with people_registry.light() as db, transaction(db):
        append(
            db, people_registry.keys.audit_key, by=desk_of_people, event="exports.run", action=Action.EXECUTE,
            at=people_registry.clock(), outcome=Outcome.REFUSED,
        )  # fmt: skip
    assert list_left(people_registry, by=desk_of_people).rows == []


def test_words_in_a_purpose_are_no_event(people_registry: Registry, desk_of_people: Actor) -> None:
    """A text cannot pass for a key of the log: its quotes are escaped."""
    with people_registry.light() as db, transaction(db):
        append(
            db, people_registry.keys.audit_key, by=desk_of_people, event="patients.list", action=Action.READ,
            at=people_registry.clock(), about={"purpose": '"to_file":true "event":"exports.run"'},
        )  # fmt: skip
    assert list_left(people_registry, by=desk_of_people).rows == []


def test_a_centre_sees_what_its_own_people_let_go(
    quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    """S3: the office sees all of it."""
    with people_registry.light() as db:
        centres = [row[0] for row in db.rows("SELECT id FROM centre ORDER BY code LIMIT 2")]

        def sit(role: Role, centre: str | None) -> None:
            db.execute("UPDATE operator SET role = ?, centre_id = ?", (role.value, centre))

        for at, centre in enumerate(centres):
            sit(Role.DATA_MANAGER, centre)
            assert quick("exports", "csv", "--out", tmp_path / str(at)).code == 0
        assert [row["file"] for row in listed(quick)] == ["1"]
        sit(Role.DESK, None)
        assert [row["file"] for row in listed(quick)] == ["1", "0"]
        sit(Role.READER, centres[0])
        assert quick("exports", "list").code == 5


def test_the_log_is_not_walked_for_it(people_registry: Registry) -> None:
    """Migration 0008: an index holds what left, however long the log is."""
    with people_registry.light() as db:
        plan = db.rows(
            f"EXPLAIN QUERY PLAN SELECT e.seq, e.body FROM audit_event e WHERE {LEFT} ORDER BY e.seq DESC"
        )
    assert any("ix_audit_event_left" in str(row) for row in plan), plan


@pytest.mark.parametrize("option", ["to", "purpose"])
@pytest.mark.parametrize(("text", "code"), [("x" * 200, 0), ("x" * 201, 2), ("a\x1bb", 2)])
def test_what_the_log_takes(
    option: str, text: str, code: int, quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    assert quick("exports", "csv", "--out", tmp_path / "out", f"--{option}", text).code == code
    assert (tmp_path / "out").exists() is (code == 0)
