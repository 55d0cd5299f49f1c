"""`msreg proms` as people call it: on a terminal, on a pipe, for programs (SPEC Q3, Q4, C2-C5, C11, C12)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from msreg.forms.value_sets import DEFAULT
from msreg.services.adding import add_record
from msreg.services.made_up import fill
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Role

Quick = Callable[..., Any]
DAY = ("--today", "2026-11-21")
P = "MS-0000001"
ONE = ("--answered-on", "2026-09-30", "--mobility", "2", "--self-care", "2", "--usual-activities", "licht",
       "--pain-discomfort", "2", "--anxiety-depression", "slight", "--health-score", "68", "--mode", "web")  # fmt: skip


@pytest.fixture
def people(
    registry: Registry,
    desk: Actor,
    load: Callable[..., Any],
    write: Callable[..., Path],
    person: Any,
    course: Any,
) -> Registry:
    """A patient of AMS01 (1) and one of UTR01 (2), both invited on 30 August 2026."""
    mail = {"email": "a@example.org"}
    load(write("all.xlsx", patients=[person(1, **mail), person(2, "UTR01", **mail)],
               courses=[course(1, date(2026, 6, 30)), course(2, date(2026, 6, 30), "UTR01")]))  # fmt: skip
    return registry


@pytest.fixture
def whole(people: Registry, desk: Actor, today: date) -> Registry:
    """The first of them has two lists."""
    for day, profile, score in (("2025-02-28", "21212", "74"), ("2026-09-30", "22222", "68")):
        answers = {"answered_on": day, "health_score": score, "mode": "web"} | levels(profile)
        add_record(people, by=desk, record=Record.PROM, patient=P, answers=answers, today=today)
    return people


@pytest.fixture
def listed(whole: Registry, desk: Actor, today: date) -> Registry:
    """And a third one, the newest, which is not complete."""
    answers = {"answered_on": "2026-11-20", "mobility": "3"}
    add_record(whole, by=desk, record=Record.PROM, patient=P, answers=answers, today=today, incomplete=True)
    return whole


def levels(profile: str) -> dict[str, str]:
    keys = ("mobility", "self_care", "usual_activities", "pain_discomfort", "anxiety_depression")
    return dict(zip(keys, profile, strict=True))


# -- show -------------------------------------------------------------------------------------------


def test_json_has_the_answers_and_what_they_are_worth(listed: Registry, quick: Quick) -> None:
    done = quick("proms", "show", P, "--json")
    assert (done.code, done.err) == (0, "")
    newest, middle, oldest = json.loads(done.out)
    assert middle == {
        "registry_number": P, "centre": "AMS01", "patient_number": "00001", "answered_on": "2026-09-30",
        **levels("22222"), "health_score": 68, "mode": "web", "profile": "22222", "index_value": 0.705,
        "value_set": DEFAULT, "complete": True, "open": [], "version": 1, "written_by": "AMS01",
        "change": "worse",
    }  # fmt: skip
    assert (oldest["profile"], oldest["index_value"], oldest["change"]) == ("21212", 0.809, None)
    assert {newest[key] for key in ("profile", "index_value", "value_set", "change")} == {None}
    assert newest["open"] == [
        "self_care", "usual_activities", "pain_discomfort", "anxiety_depression", "health_score"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "row"),
    [
        ("en", "2026-09-30  22222    0.705  worse      68"),
        ("nl", "30-09-2026  22222    0,705  slechter        68"),
    ],
)
def test_on_eighty_columns_nothing_is_lost(lang: str, row: str, whole: Registry, terminal: Any) -> None:
    seen = terminal("proms", "show", P, MSREG_LANG=lang)
    text = "\n".join(seen.lines)
    assert seen.code == 0
    assert row in text
    assert DEFAULT in text
    assert not re.search(r"too narrow|te smal|…", text, re.IGNORECASE)


def test_a_list_that_lacks_answers_says_how_to_go_on(listed: Registry, terminal: Any) -> None:
    seen = terminal("proms", "show", P)
    assert re.search(r"2026-11-20  –  .*  no  \(5\)$", "\n".join(seen.lines), re.MULTILINE)
    assert seen.lines[-1].endswith(f"msreg proms edit {P} 2026-11-20")


def test_on_a_pipe_there_is_no_colour_and_no_advice(listed: Registry, quick: Quick) -> None:
    done = quick("proms", "show", P)
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out
    assert "msreg " not in done.out
    assert "2026-11-20  –" in done.out


def test_another_set_is_named_below(listed: Registry, quick: Quick) -> None:
    done = quick("proms", "show", P, "--value-set", "NL-EuroQol-7dp")
    assert "0.7048426" in done.out
    assert "Index values of the set NL-EuroQol-7dp" in done.out
    assert DEFAULT not in done.out


def test_nobody_and_nothing(people: Registry, quick: Quick, sit_down: Any) -> None:
    assert "No questionnaires yet." in quick("proms", "show", P).out
    assert json.loads(quick("proms", "show", P, "--json").out) == []
    assert quick("proms", "show", "MS-0000999").code == 3
    sit_down(Role.CLINICIAN, "UTR01")
    for words in (("show", P), ("add", P, *ONE, *DAY), ("delete", P, "2026-09-30", "--yes")):
        done = quick("proms", *words)
        assert (done.code, done.out) == (3, ""), words
        assert "no such patient" in done.err


# -- add, edit, delete ------------------------------------------------------------------------------


def test_adding_changing_and_deleting(people: Registry, quick: Quick) -> None:
    words = ("proms", "add", P, *ONE, *DAY)
    assert quick(*words, "--dry-run").code == 0
    assert json.loads(quick("proms", "show", P, "--json").out) == []
    added = quick(*words)
    assert (added.code, added.out.splitlines()[0]) == (0, f"Added: the questionnaire of 2026-09-30 of {P}.")
    assert "0.705" not in added.out  # C12
    twice = quick(*words)
    assert (twice.code, twice.out) == (6, "")
    assert "--answered-on: there is a questionnaire of this day already" in twice.err
    assert quick("proms", "edit", P, "30-09-2026", "--mobility", "1", *DAY).code == 0
    (found,) = json.loads(quick("proms", "show", P, "--json").out)
    assert (found["profile"], found["index_value"], found["version"]) == ("12222", 0.74, 2)
    assert quick("proms", "delete", P, "2026-09-30").code == 2  # nobody can be asked
    assert quick("proms", "delete", P, "2026-09-30", "--dry-run").code == 0
    assert quick("proms", "delete", P, "2026-09-30", "--yes").code == 0
    assert quick("proms", "delete", P, "2026-09-30", "--yes").code == 3
    assert quick("undo", "--yes", *DAY).code == 0
    assert [each["profile"] for each in json.loads(quick("proms", "show", P, "--json").out)] == ["12222"]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", f"Profile 22222: index value 0.705 ({DEFAULT})."),
        ("nl", f"Profiel 22222: indexwaarde 0,705 ({DEFAULT})."),
    ],
)
def test_a_terminal_tells_what_the_answers_are_worth(
    lang: str, told: str, people: Registry, terminal: Any
) -> None:
    seen = terminal("proms", "add", P, *ONE, *DAY, MSREG_LANG=lang)
    assert seen.code == 0
    assert told in seen.lines


def test_incomplete_is_asked_for(people: Registry, quick: Quick, terminal: Any) -> None:
    words = ("proms", "add", P, "--answered-on", "2026-11-21", "--mobility", "2", *DAY)
    refused = quick(*words)
    assert (refused.code, refused.out) == (2, "")
    assert "--self-care" in refused.err
    seen = terminal(*words, "--incomplete")
    assert seen.code == 0
    assert "No index value: not every dimension is answered." in seen.lines
    assert quick("proms", "add", P, "--answered-on", "2026-11-22", "--incomplete", *DAY).code == 6


def test_a_wrong_answer_names_the_option(people: Registry, quick: Quick) -> None:
    for option, value, told in (
        ("--mobility", "6", "--mobility: "),
        ("--mobility", "9", "--mobility: "),
        ("--health-score", "101", "--health-score: must lie between 0 and 100"),
        ("--health-score", "good", "--health-score: "),
        ("--answered-on", "2026-11-22", "--answered-on: lies in the future"),
        ("--answered-on", "1980-05-05", "--answered-on: the questionnaire is before the date of birth"),
    ):
        done = quick("proms", "add", P, *ONE, option, value, *DAY)
        assert (done.code, done.out) == (6, "")
        assert done.err.startswith(told)
    assert json.loads(quick("proms", "show", P, "--json").out) == []


def test_a_file_of_answers(people: Registry, quick: Quick, tmp_path: Path) -> None:
    """And what `show --json` tells may be edited and read back."""
    file = tmp_path / "list.json"
    answers: dict[str, Any] = {"answered_on": "2026-09-30", "health_score": 68, **levels("22222")}
    file.write_text(json.dumps(answers), encoding="utf-8")
    assert quick("proms", "add", P, "--from", file, *DAY).code == 0
    (told,) = json.loads(quick("proms", "show", P, "--json").out)
    assert (told["profile"], told["mode"]) == ("22222", None)
    file.write_text(json.dumps(told | {"answered_on": "2026-10-01", "version": None}), encoding="utf-8")
    assert quick("proms", "add", P, "--from", file, *DAY).code == 0
    text = json.dumps(answers | {"answered_on": "2026-10-02"})
    assert quick("proms", "add", P, "--from", "-", *DAY, stdin=text).code == 0
    assert len(json.loads(quick("proms", "show", P, "--json").out)) == 3
    for text, code in (('{"mobilty": "2"}', 2), ("{", 6), ('{"mobility": ["2"]}', 6)):
        file.write_text(text, encoding="utf-8")
        assert quick("proms", "add", P, "--from", file, *DAY).code == code
    assert quick("proms", "add", P, "--from", tmp_path / "none.json", *DAY).code == 3


# -- status -----------------------------------------------------------------------------------------


def test_status_for_programs(listed: Registry, quick: Quick) -> None:
    done = quick("proms", "status", "--json", *DAY)
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert list(found) == ["patients", "total", "centres"]
    assert found["patients"][1] == {
        "registry_number": "MS-0000002", "centre": "UTR01", "family_name": "Jansen", "name_prefix": None,
        "initials": None, "last_course_on": "2026-06-30", "invite_due_on": "2026-08-30", "last_mail_on": None,
        "last_list_on": None, "answer": "due",
    }  # fmt: skip
    assert (found["patients"][0]["answer"], found["patients"][0]["last_list_on"]) == (
        "answered",
        "2026-11-20",
    )
    assert found["centres"] == [
        {"centre": "AMS01", "expected": 1, "filled": 1, "invited": 0, "answered": 0, "rate": None},
        {"centre": "UTR01", "expected": 1, "filled": 0, "invited": 0, "answered": 0, "rate": None},
    ]
    due = json.loads(quick("proms", "status", "--due", "--json", *DAY).out)
    assert [each["registry_number"] for each in due["patients"]] == ["MS-0000002"]
    one = json.loads(quick("proms", "status", "--centre", "ams01", "--json", *DAY).out)
    assert ([each["registry_number"] for each in one["patients"]], len(one["centres"])) == ([P], 1)


def test_due_from_the_day_of_the_invitation_on(people: Registry, quick: Quick) -> None:
    for day, answer in (("2026-08-29", "later"), ("2026-08-30", "due"), ("2026-08-31", "due")):
        found = json.loads(quick("proms", "status", "--json", "--today", day).out)
        assert {each["answer"] for each in found["patients"]} == {answer}
        due = json.loads(quick("proms", "status", "--due", "--json", "--today", day).out)
        assert due["total"] == (2 if answer == "due" else 0)


@pytest.mark.parametrize(("lang", "due"), [("en", "! due"), ("nl", "! nu nodig")])
def test_status_on_eighty_columns(
    lang: str, due: str, registry: Registry, desk: Actor, today: date, terminal: Any
) -> None:
    fill(registry, by=desk, seed=7, patients=30, today=today)
    seen = terminal("proms", "status", "--due", *DAY, MSREG_LANG=lang)
    assert seen.code == 0
    assert max(len(line) for line in seen.lines) <= 80
    rows = [line for line in seen.lines if re.match(r" ?MS-\d{7}", line)]
    assert rows
    assert all(due in line for line in rows)
    assert re.search(rf": msreg proms add {rows[0].split()[0]}$", seen.lines[-1])


def test_status_of_nobody_and_of_no_centre(registry: Registry, quick: Quick, sit_down: Any) -> None:
    nobody = quick("proms", "status", *DAY)
    assert (nobody.code, nobody.out) == (0, "Nobody is invited, and nobody has a list.\n")
    assert quick("proms", "status", "--due", *DAY).code == 0
    assert quick("proms", "status", "--centre", "XX", *DAY).code == 3
    assert quick("proms", "status", "--page", "0", *DAY).code == 2


def test_pages_say_how_to_go_on(people: Registry, terminal: Any) -> None:
    seen = terminal("proms", "status", "--page-size", "1", *DAY)
    assert any(line.endswith("msreg proms status --page 2") for line in seen.lines)
    assert f"{P} " in "\n".join(seen.lines)


def test_a_member_of_a_centre_sees_its_own(people: Registry, quick: Quick, sit_down: Any) -> None:
    sit_down(Role.CLINICIAN, "UTR01")
    found = json.loads(quick("proms", "status", "--json", *DAY).out)
    assert [each["registry_number"] for each in found["patients"]] == ["MS-0000002"]
    assert [each["centre"] for each in found["centres"]] == ["UTR01"]


# -- elsewhere --------------------------------------------------------------------------------------


def test_lists_are_told_where_the_patient_is_told(listed: Registry, quick: Quick) -> None:
    assert "3 questionnaires" in quick("patients", "show", P).out
    assert json.loads(quick("patients", "show", P, "--json").out)["proms"] == 3
    text = quick("synopsis", P, *DAY).out
    assert "0.705, score 68 (2026-09-30)" in text
    history = quick("patients", "history", P).out
    assert "questionnaire  added" in history
    assert "slight" not in history  # C12
    assert f"msreg proms edit {P} 2026-11-20" in quick("patients", "why", P).out
