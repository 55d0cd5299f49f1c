"""`cases nothing`, `cases months` and `reports notifications` as people call them (SPEC N2, N9, C2–C5)."""

from __future__ import annotations

import csv
import json
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.services.null_reports import report_nothing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Role
from tests.cases import person, reported

Quick = Callable[..., Any]
DAY = ("--today", "2026-11-21")
TODAY = date(2026, 11, 21)


@pytest.fixture
def year(registry: Registry, desk: Actor) -> Registry:
    """AMS01: cases in July and October, nothing in August; UTR01: nothing in October."""
    notifier = person(registry, desk, Role.NOTIFIER)
    for day in (date(2026, 7, 1), date(2026, 10, 31), date(2026, 10, 31)):
        reported(registry, notifier, day)
    report_nothing(registry, by=notifier, month="2026-08", today=TODAY)
    report_nothing(registry, by=desk, centre="UTR01", month="2026-10", today=TODAY)
    return registry


# -- cases nothing ----------------------------------------------------------------------------------------


def test_said_said_again_and_taken_back(registry: Registry, quick: Quick) -> None:
    words = ("cases", "nothing", "ams01", "2026-10", *DAY)
    assert quick(*words).out == "Recorded: AMS01 had no case in 2026-10.\n"
    again = quick(*words)
    assert (again.code, again.out.splitlines()[0]) == (
        0,
        "AMS01 reported already that it had no case in 2026-10.",
    )
    undone = quick(*words, "--undo")
    assert undone.out == "Taken back: whether AMS01 had a case in 2026-10 is open again.\n"
    assert quick(*words, "--undo").out == "AMS01 has no null report for 2026-10; nothing was changed.\n"


def test_keys_that_do_not_change(registry: Registry, quick: Quick) -> None:
    told = [
        json.loads(quick("cases", "nothing", "AMS01", "oktober", "2026", "--json", *DAY).out)
        for _each in range(2)
    ]
    for changed, found in zip((True, False), told, strict=True):
        assert {key: found[key] for key in found if key not in ("user", "at")} == {
            "centre": "AMS01", "month": "2026-10", "process": "nethoss", "null_report": True, "changed": changed,
            "dry_run": False,
        }  # fmt: skip
        assert found["at"].endswith("Z")


def test_a_trial_records_nothing(registry: Registry, quick: Quick) -> None:
    words = ("cases", "nothing", "AMS01", "2026-10", "--dry-run", *DAY)
    assert quick(*words).out.splitlines()[-1] == "Nothing was written."
    assert json.loads(quick(*words, "--json").out)["changed"] is True


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (["AMS01", "2026-12"], 6, "month"),
        (["AMS01", "2026-13"], 2, "month"),
        (["AMS01"], 2, "month"),
        (["AMS01", "1999-12"], 2, "month"),
        (["2026-10"], 2, "centre"),
        (["ZZZ99", "2026-10"], 3, "centre"),
        (["AMS01", "2026-07"], 6, "month"),
        ([], 2, "words"),
    ],
)
def test_wrong_input(
    words: list[str],
    code: int,
    field: str,
    year: Registry,
    quick: Quick,
    error_of: Callable[[str], dict[str, Any]],
) -> None:
    done = quick("cases", "nothing", *words, "--json", *DAY)
    assert (done.code, done.out) == (code, "")
    assert error_of(done.err)["field"] == field


def test_a_notifier_need_not_name_the_centre(
    registry: Registry, quick: Quick, sit_down: Callable[..., Actor]
) -> None:
    sit_down(Role.NOTIFIER, "AMS01")
    assert json.loads(quick("cases", "nothing", "okt", "2026", "--json", *DAY).out)["centre"] == "AMS01"
    assert quick("cases", "nothing", "UTR01", "2026-10", *DAY).code == 5


def test_a_case_undoes_it_and_says_so(registry: Registry, quick: Quick) -> None:
    quick("cases", "nothing", "AMS01", "2026-11", *DAY)
    done = quick("cases", "new", "--theme", "HYS", "--centre", "AMS01", *DAY)
    assert "The null report of 2026-11 is undone" in done.out
    quick("cases", "withdraw", "NC-2026-0001", "--remark", "dubbel", "--yes", *DAY)
    (row,) = [
        each for each in json.loads(quick("cases", "months", "--json", *DAY).out) if each["month"] == "2026-11"
    ]  # fmt: skip
    assert (row["answer"], row["cases"]) == ("open", 0)


def test_processes_at_once_record_one(registry: Registry, home: Mapping[str, str], tmp_path: Path) -> None:
    """Two people press the button in the same moment, and a third reports a case."""
    start = [sys.executable, "-m", "msreg", "cases"]
    calls = [
        [*start, "nothing", "AMS01", "2026-11", "--json", *DAY],
        [*start, "nothing", "AMS01", "2026-11", "--json", *DAY],
        [*start, "new", "--theme", "HYS", "--centre", "AMS01", "--json", *DAY],
    ]
    running = [
        subprocess.Popen(each, env=dict(home), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for each in calls
    ]  # fmt: skip
    told = [each.communicate(timeout=60) for each in running]
    first, second, case = (each.returncode for each in running)
    assert (case, {first, second} <= {0, 6}) == (0, True), told
    changed = [json.loads(out)["changed"] for out, _err in told[:2] if out]
    assert sum(changed) == (1 if 0 in (first, second) else 0), told
    with registry.light() as db:
        standing = db.rows("SELECT undone_by FROM null_report")
    assert [each[0] for each in standing if each[0] is None] == []
    assert len(standing) == sum(changed)


# -- cases months -----------------------------------------------------------------------------------------


def test_months_newest_first(year: Registry, quick: Quick) -> None:
    found = json.loads(quick("cases", "months", "--json", *DAY).out)
    assert [each["month"] for each in found] == sorted((each["month"] for each in found), reverse=True)
    assert set(found[0]) == {"month", "centre", "answer", "cases", "counts", "user", "at"}
    mine = {each["month"]: (each["answer"], each["cases"]) for each in found if each["centre"] == "AMS01"}
    assert mine["2026-10"] == ("cases", 2)
    assert mine["2026-09"] == ("open", 0)
    assert mine["2026-08"] == ("null_report", 0)
    assert mine["2026-06"] == ("not_asked", 0)
    waiting = json.loads(quick("cases", "months", "--open", "--centre", "AMS01", "--json", *DAY).out)
    assert [each["month"] for each in waiting] == ["2026-11", "2026-09"]
    assert json.loads(quick("cases", "months", "--year", "2025", "--json", *DAY).out) == []


@pytest.mark.parametrize(("lang", "columns"), [("nl", 80), ("en", 40)])
def test_the_list_fits(lang: str, columns: int, year: Registry, terminal: Callable[..., Any]) -> None:
    seen = terminal("cases", "months", "--lang", lang, *DAY, columns=columns)
    assert seen.code == 0
    month = {"nl": "10-2026", "en": "2026-10"}[lang]
    assert len([each for each in seen.lines if each.startswith(f" {month}")]) == 2


def test_before_anybody_takes_part(registry: Registry, quick: Quick) -> None:
    assert quick("cases", "months", *DAY).out.splitlines()[0] == "No centre takes part yet."
    assert "No centre takes part yet." in quick("reports", "notifications", *DAY).out


# -- reports notifications --------------------------------------------------------------------------------

MAP = [
    "                 '25 '26",
    "                  12  01  02  03  04  05  06  07  08  09  10 11*     answered",
    "  AMS01            –   –   –   –   –   –   –   1   0   ?   2   ?      3/4 75%",
    "  UTR01            –   –   –   –   –   –   –   –   –   –   0   ?     1/1 100%",
    "  cases reported   0   0   0   0   0   0   0   1   0   0   2   0            3",
    "  null reports     0   0   0   0   0   0   0   0   1   0   1   0            2",
    "  response, %      –   –   –   –   –   –   – 100 100   0 100   –      4/5 80%",
]


def test_the_map_in_80_columns(year: Registry, terminal: Callable[..., Any]) -> None:
    seen = terminal("reports", "notifications", *DAY, columns=80)
    at = next(place for place, line in enumerate(seen.lines) if "'25" in line)
    assert seen.lines[at : at + len(MAP)] == MAP
    assert "Response  4 of 5 months answered (80.0 %)" in "\n".join(seen.lines)
    assert max(map(len, seen.lines)) <= 80
    assert seen.colour("?", "AMS01") != seen.colour("1", "AMS01")


@pytest.mark.parametrize(("lang", "columns"), [("nl", 40), ("en", 60), ("nl", 80), ("en", 120)])
def test_the_map_fits_any_terminal(
    lang: str, columns: int, year: Registry, terminal: Callable[..., Any]
) -> None:
    """In more pieces where it is narrow: every month stands in one of them, and nothing is broken over lines."""
    seen = terminal(
        "reports", "notifications", "--lang", lang, "--from", "2025-07", *DAY, columns=columns, rows=200
    )
    heads = [
        each.split() for each in seen.lines if each.split()[:1] and each.split()[0].rstrip("*").isdigit()
    ]
    shown = [word.rstrip("*") for each in heads for word in each if word.rstrip("*").isdigit()]
    assert shown == [f"{each % 12 + 1:02}" for each in range(6, 23)]
    assert len([each for each in seen.lines if each.startswith("  AMS01")]) == len(heads)


def test_no_colour_without_a_terminal(year: Registry, quick: Quick) -> None:
    out = quick("reports", "notifications", *DAY).out
    assert "\x1b" not in out
    assert [each.rstrip() for each in out.splitlines() if each.startswith("  UTR01")] == [MAP[3]]


def test_json_for_programs(year: Registry, quick: Quick) -> None:
    found = json.loads(quick("reports", "notifications", "--json", *DAY).out)
    assert (found["asked"], found["answered"], found["response"], found["cases"], found["null_reports"]) == (
        5,
        4,
        80.0,
        3,
        2,
    )
    assert (found["from"], found["until"], len(found["months"])) == ("2025-12", "2026-11", 12)
    (october,) = [each for each in found["months"] if each["month"] == "2026-10"]
    assert october == {
        "month": "2026-10",
        "asked": 2,
        "answered": 2,
        "response": 100.0,
        "cases": 2,
        "null_reports": 1,
    }
    assert [(each["centre"], each["response"]) for each in found["centres"]] == [
        ("AMS01", 75.0),
        ("UTR01", 100.0),
    ]
    assert found["centres"][0]["months"][-2] == {
        "month": "2026-10",
        "answer": "cases",
        "cases": 2,
        "counts": True,
    }


def test_into_files(year: Registry, quick: Quick, tmp_path: Path) -> None:
    """Each in its own way tells the same; it is in the list of what left."""
    for ending in ("xlsx", "csv", "json", "html"):
        out = tmp_path / f"r.{ending}"
        done = quick("reports", "notifications", "--out", out, "--to", "Bestuur", *DAY)
        assert done.code == 0, done.err
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        assert quick("reports", "notifications", "--out", out, *DAY).code == 8
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["Overview", "Map", "By month", "Answers"]
    rows = list(book["Map"].iter_rows(values_only=True))
    assert rows[0][:4] == ("Centre", "Name", "2025-12", "2026-01")
    assert rows[1][9:14] == (1, 0, "?", 2, "?")
    assert rows[1][14:] == (4, 3, 75, 3, 1)
    with (tmp_path / "r.csv").open(encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    assert len(lines) == 24
    assert {each["answer"] for each in lines} == {"cases", "null_report", "open", "not_asked"}
    assert json.loads((tmp_path / "r.json").read_text()) == json.loads(
        quick("reports", "notifications", "--json", *DAY).out
    )
    page = (tmp_path / "r.html").read_text()
    assert "default-src 'none'" in page
    assert "3/4 75%" in page
    left = json.loads(quick("exports", "list", "--json").out)
    assert {(each["event"], each["recipient"]) for each in left} == {("reports.notifications", "Bestuur")}
    assert len(left) == 4


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--year", "2027"], 2),
        (["--year", "2026", "--from", "2026-01"], 2),
        (["--from", "2026-13"], 2),
        (["--from", "2026-05", "--until", "2026-04"], 2),
        (["--centre", "ZZZ99"], 3),
        (["--out", "r.pdf"], 2),
        (["--out", "nowhere/r.csv"], 3),
        (["--to", "x"], 2),
    ],
)
def test_wrong_words(words: list[str], code: int, year: Registry, quick: Quick) -> None:
    done = quick("reports", "notifications", *words, *DAY)
    assert (done.code, done.out, bool(done.err)) == (code, "", True)
