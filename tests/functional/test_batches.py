"""`imports history`, `show` and `undo` as people and scripts use them (SPEC B5, C2, C4, C5, C12)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from msreg.services.demo_batch import write_demo_batch
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Role

Run = Callable[..., Any]
Person = Callable[..., dict[str, Any]]
TODAY = ("--today", "2026-11-21")
DAY = date(2022, 2, 2)


@pytest.fixture
def loaded(registry: Registry, load: Run, write: Run, person: Person, course: Person) -> None:
    """B-000001: two patients with a course each. B-000002: another name for the first, and a new course."""
    one, two = person(1, family_name="Geheimhart"), person(2, family_name="Tweede")
    load(write("one.xlsx", patients=[one, two], courses=[course(1, DAY), course(2, DAY)]))
    load(
        write(
            "two.xlsx",
            patients=[one | {"family_name": "Nieuwenaam"}],
            courses=[course(1, date(2023, 3, 3), edss=7)],
        )
    )


def names(quick: Run) -> list[str]:
    return [each["family_name"] for each in json.loads(quick("patients", "list", "--json").out)]


@pytest.mark.usefixtures("loaded")
def test_b5_history_newest_first_for_programs(quick: Run, desk: Actor) -> None:
    found = json.loads(quick("imports", "history", "--json").out)
    assert [each["batch"] for each in found] == ["B-000002", "B-000001"]
    first = found[1]
    assert set(first) == {
        "batch", "at", "user", "name", "file", "sha256", "format", "centres", "summary", "partial", "log_row",
        "undone",
    }  # fmt: skip
    assert (first["user"], first["file"], first["centres"]) == (desk.user, "one.xlsx", ["AMS01"])
    assert first["summary"] == {"added": 4, "changed": 0, "unchanged": 0, "skipped": 0, "refused": 0}
    assert found[0]["summary"] == {"added": 1, "changed": 1, "unchanged": 0, "skipped": 0, "refused": 0}
    assert len(first["sha256"]) == 64
    event = json.loads(quick("audit", "show", first["log_row"], "--json").out)
    assert (event["event"], event["about"]["sha256"]) == ("imports.run", first["sha256"])
    lines = quick("imports", "history", "--jsonl").out.splitlines()
    assert [json.loads(each)["batch"] for each in lines] == ["B-000002", "B-000001"]


def test_no_batch_yet(quick: Run, registry: Registry) -> None:
    assert quick("imports", "history", "--json").out == "[]\n"
    assert quick("imports", "history").out == "No batch was loaded yet.\n"
    assert quick("imports", "history", "--page", "2").out == "There are no more batches.\n"
    for verb in ("show", "undo"):
        done = quick("imports", verb, "1", *(["--yes"] if verb == "undo" else []))
        assert (done.code, done.out) == (3, "")
        assert "msreg imports history" in done.err


@pytest.mark.parametrize("words", [("--dry-run",), ()])
def test_a_check_or_a_dry_run_or_a_refused_load_is_no_batch(
    words: tuple[str, ...], quick: Run, registry: Registry, write: Run, person: Person
) -> None:
    sound, faulty = (
        write("a.xlsx", patients=[person(1)]),
        write("b.xlsx", patients=[person(2, bsn="123456789")]),
    )
    assert quick("imports", "run", sound, "--dry-run", *TODAY).code == 0
    assert quick("imports", "check", sound, *TODAY).code == 0
    assert quick("imports", "run", faulty, *words, "--yes", *TODAY).code == 6
    assert quick("imports", "history", "--json").out == "[]\n"


def test_a_load_that_changes_nothing_is_a_batch(
    quick: Run, registry: Registry, write: Run, person: Person
) -> None:
    """B4, B5: the same file twice changes nothing, and who loaded it is known."""
    file = write("a.xlsx", patients=[person(1)])
    for _ in range(2):
        assert quick("imports", "run", file, "--yes", *TODAY).code == 0
    found = json.loads(quick("imports", "history", "--json").out)
    assert [(each["batch"], each["summary"]["unchanged"]) for each in found] == [
        ("B-000002", 1),
        ("B-000001", 0),
    ]
    done = quick("imports", "undo", "2", "--yes")
    assert done.code == 0
    assert "nothing to take back" in done.out


@pytest.mark.usefixtures("loaded")
def test_c12_what_is_piped_names_records_and_fields_and_values_only_when_asked(quick: Run) -> None:
    plain = [quick("imports", "show", "B-000002", *how) for how in ((), ("--json",))]
    for done in plain:
        assert done.code == 0
        assert "MS-0000001" in done.out
        assert "family_name" in done.out
        for value in ("Geheimhart", "Nieuwenaam", "2023-03-03"):
            assert value not in done.out
    records = json.loads(plain[1].out)["records"]
    assert [(each["patient"], each["record"], each["outcome"]) for each in records] == [
        ("MS-0000001", "course", "added"), ("MS-0000001", "patient", "changed"),
    ]  # fmt: skip
    assert {"before", "after", "which"}.isdisjoint(records[0])
    told = json.loads(quick("imports", "show", "2", "--json", "--values").out)["records"]
    assert told[0]["which"] == {"course_date": "2023-03-03"}
    assert (told[1]["before"], told[1]["after"]) == (
        {"family_name": "Geheimhart"}, {"family_name": "Nieuwenaam"},
    )  # fmt: skip


@pytest.mark.usefixtures("loaded")
def test_a_terminal_shows_the_batch_with_its_values(terminal: Run) -> None:
    seen = terminal("imports", "show", "2", columns=100)
    text = "\n".join(seen.lines)
    assert "family_name: Geheimhart → Nieuwenaam" in text
    assert "course 2023-03-03" in text
    assert "msreg imports undo B-000002 --dry-run" in text
    assert max(map(len, seen.lines)) <= 100


@pytest.mark.usefixtures("loaded")
def test_c5_undo_asks_and_where_nobody_can_be_asked_it_names_the_option(quick: Run) -> None:
    for how in ((), ("--json",)):
        done = quick("imports", "undo", "2", *how)
        assert (done.code, done.out) == (2, "")
        assert "--yes" in done.err
    assert names(quick) == ["Nieuwenaam", "Tweede"]
    done = quick("imports", "undo", "2", "--dry-run")
    assert (done.code, names(quick)) == (0, ["Nieuwenaam", "Tweede"])
    assert "1 course would be deleted.\n1 patient would get the old answers back.\n" in done.out
    assert quick("imports", "undo", "2", "--yes").code == 0
    assert names(quick) == ["Geheimhart", "Tweede"]


@pytest.mark.usefixtures("loaded")
def test_undo_for_programs(quick: Run) -> None:
    trial, done = (
        json.loads(quick("imports", "undo", "2", how, "--json").out) for how in ("--dry-run", "--yes")
    )
    assert (trial["undone"], trial["dry_run"], trial["log_row"]) == (False, True, None)
    assert (done["undone"], done["dry_run"], done["in_the_way"]) == (True, False, [])
    assert done["deleted"] == trial["deleted"] == {
        "patient": 0, "course": 1, "disease": 0, "medication": 0, "adverse_event": 0, "eq5d5l": 0,
    }  # fmt: skip
    assert done["changed_back"]["patient"] == 1
    row = json.loads(quick("imports", "history", "--json").out)[0]
    assert row["undone"]["log_row"] == done["log_row"]
    event = json.loads(quick("audit", "show", done["log_row"], "--json").out)
    assert (event["event"], sorted(each["action"] for each in event["items"])) == (
        "imports.undo", ["delete", "update"],
    )  # fmt: skip
    twice = quick("imports", "undo", "2", "--yes", "--json")
    assert (twice.code, twice.out) == (8, "")
    assert json.loads(twice.err)["error"]["code"] == "conflict"
    assert quick("audit", "verify").code == 0


@pytest.mark.usefixtures("loaded")
def test_what_stands_in_the_way_is_a_list_with_exit_8(quick: Run, desk: Actor) -> None:
    """No values: patient, record, who and when."""
    assert quick("courses", "edit", "MS-0000002", DAY, "--edss", "6,5", *TODAY).code == 0
    done = quick("imports", "undo", "1", "--yes", "--json")
    assert (done.code, done.err) == (8, "")
    found = json.loads(done.out)
    assert (found["undone"], found["in_the_way_count"]) == (False, len(found["in_the_way"]))
    told = {(each["patient"], each["record"], each["reason"], each["event"]) for each in found["in_the_way"]}
    assert told >= {
        ("MS-0000001", "course", "added", "imports.run"), ("MS-0000001", "patient", "changed", "imports.run"),
        ("MS-0000002", "course", "changed", "course.edit"),
    }  # fmt: skip
    assert {each["user"] for each in found["in_the_way"]} == {desk.user}
    text = quick("imports", "undo", "1", "--yes")
    assert text.code == 8
    assert "Nothing was taken back." in text.out
    for value in ("Geheimhart", "Nieuwenaam", "6.5", "2023-03-03"):
        assert value not in done.out + text.out
    assert len(names(quick)) == 2


@pytest.mark.usefixtures("loaded")
def test_a_member_sees_and_takes_back_own_batches_only(
    quick: Run, sit_down: Run, write: Run, person: Person
) -> None:
    """S3: another centre's batch and one that does not exist are the same to whoever asks."""
    sit_down(Role.DATA_MANAGER, "UTR01")
    assert quick("imports", "run", write("u.xlsx", patients=[person(3, "UTR01")]), "--yes", *TODAY).code == 0
    assert [each["batch"] for each in json.loads(quick("imports", "history", "--json").out)] == ["B-000003"]
    for verb, more in (("show", ()), ("undo", ("--yes",)), ("undo", ("--dry-run",))):
        hidden = quick("imports", verb, "1", *more)
        absent = quick("imports", verb, "99", *more)
        assert (hidden.code, hidden.out, hidden.err) == (3, "", absent.err)
    assert quick("imports", "undo", "3", "--yes").code == 0
    sit_down(Role.DATA_MANAGER, "AMS01")
    # The registry office loaded the first two, for this centre alone.
    assert [each["batch"] for each in json.loads(quick("imports", "history", "--json").out)] == [
        "B-000002", "B-000001",
    ]  # fmt: skip


def test_a_batch_of_a_hospital_comes_and_goes(
    people_registry: Registry, run: Run, tmp_path: Path, home: Mapping[str, str]
) -> None:
    """The export from before it, byte for byte but for its provenance; then the same file loads as at first."""
    file = tmp_path / "november.xlsx"
    write_demo_batch(file, seed=7, patients=30, today=date(2026, 11, 21), faults=False)

    def exported(name: str) -> dict[str, bytes]:
        assert run("exports", "csv", "--out", tmp_path / name).code == 0
        return {
            each.name: each.read_bytes()
            for each in (tmp_path / name).iterdir()
            if each.name != "provenance.csv"
        }

    before = exported("before")
    first = json.loads(run("imports", "run", file, "--yes", "--json", *TODAY).out)
    assert first["summary"]["added"] > 20
    assert exported("between") != before
    assert run("imports", "undo", "B-000001", "--yes", *TODAY).code == 0
    assert exported("after") == before
    again = json.loads(run("imports", "run", file, "--yes", "--json", *TODAY).out)
    assert again["summary"] == first["summary"]
    assert run("db", "check").code == 0
    assert run("audit", "verify").code == 0
