"""`cases new --month`: the month that a case answers, and what it does to the null report of it (N2, decision 0044)."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Run

pytestmark = pytest.mark.usefixtures("registry")
TODAY = ("--today", "2026-11-21")
NEW = ("cases", "new", "--theme", "HYS", "--centre", "AMS01", *TODAY)
CASE = "NC-2026-0001"


def test_a_case_answers_an_earlier_month_and_undoes_its_null_report(run: Run) -> None:
    for month in ("2026-10", "2026-11"):
        assert run("cases", "nothing", "AMS01", month, *TODAY).code == 0
    done = run(*NEW, "--month", "oktober 2026", "--json")
    told = json.loads(done.out)
    assert (done.code, told["month"], told["null_report_undone"]) == (0, "2026-10", "2026-10")
    shown = run("cases", "show", CASE, "--json")
    assert json.loads(shown.out)["month"] == "2026-10"
    months = json.loads(run("cases", "months", "--centre", "AMS01", "--json", *TODAY).out)
    rows = {each["month"]: each["answer"] for each in months}
    assert (rows["2026-10"], rows["2026-11"]) == ("cases", "null_report")


def test_only_another_month_than_that_of_the_report_is_shown(run: Run) -> None:
    assert run(*NEW).code == run(*NEW, "--month", "10-2026").code == 0
    assert "Answers the month" not in run("cases", "show", CASE).out
    assert "Answers the month  2026-10" in run("cases", "show", "NC-2026-0002").out


def test_what_show_gives_can_be_read_back(run: Run) -> None:
    """The month is no answer: it is passed over, and stays."""
    assert run(*NEW, "--month", "2026-10").code == 0
    shown = run("cases", "show", CASE, "--json").out
    assert run("cases", "edit", CASE, "--from", "-", stdin=shown).code == 0
    assert json.loads(run("cases", "show", CASE, "--json").out)["month"] == "2026-10"


@pytest.mark.parametrize(
    ("month", "code", "says"),
    [
        ("2026-11", 0, "would be reported as"),
        ("2025-12", 0, "would be reported as"),
        ("2026-12", 6, "2026-12 is none of them"),
        ("2025-11", 6, "2025-11 is none of them"),
        ("2026-13", 2, "A month is written as"),
        ("0000-01", 2, "A month is written as"),
        ("november", 2, "A month is written as"),
        ("", 2, "A month is written as"),
    ],
)
def test_this_month_or_one_of_the_eleven_before_it(month: str, code: int, says: str, run: Run) -> None:
    done = run(*NEW, "--month", month, "--dry-run")
    assert (done.code, says in done.out + done.err) == (code, True)
