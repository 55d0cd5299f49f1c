"""`msreg reports` as people call it: on a terminal, on a pipe, for programs; wrong input (SPEC O3, C2–C5)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from msreg.vocabulary import Role

Quick = Callable[..., Any]
REPORTS = ("centre", "benchmark", "completeness", "response", "progression")
DAY = ("--today", "2026-11-21")
each_report = pytest.mark.parametrize("report", REPORTS)


@each_report
def test_json_has_keys_that_do_not_change(report: str, quick: Quick) -> None:
    done = quick("reports", report, "--centre", "ams01", "--json", *DAY)
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert list(found) == [
        "report", "centre", "from", "until", "today", "patients", "others", "other_centres", "compared",
        "smallest_cell", "remarks", "tables", "funnels",
    ]  # fmt: skip
    assert (found["report"], found["centre"], found["until"]) == (report, "AMS01", "2026-11-21")
    assert found["compared"] is (report != "centre")
    for table in found["tables"].values():
        assert list(table) == ["from", "until", "withheld", "rows"]
        for row in table["rows"]:
            assert all(row[key] is None for key in row["withheld"])
            assert not [key for key in row["withheld"] if key.startswith("own")]
            assert table["withheld"] or not row["withheld"]


@pytest.mark.parametrize(("lang", "report"), [*(("nl", each) for each in REPORTS), ("en", "benchmark")])
def test_in_eighty_columns_of_a_terminal(report: str, lang: str, terminal: Any) -> None:
    """Nothing is cut or left out, and the last line is the next useful command."""
    seen = terminal("reports", report, "--centre", "AMS01", *DAY, columns=80, rows=260, MSREG_LANG=lang)
    assert seen.code == 0
    text = "\n".join(seen.lines)
    assert not re.search(r"too narrow|te smal|…", text)
    assert max(len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in seen.raw.splitlines()) <= 80
    assert "docs/reference/reports.md" in text.replace("\n", " ")
    assert re.search(r": msreg (patients|reports|proms) ", seen.lines[-1])


def test_on_a_pipe_there_is_no_colour_and_no_advice(quick: Quick) -> None:
    done = quick("reports", "benchmark", "--centre", "AMS01", *DAY)
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out
    assert "msreg " not in done.out
    assert done.out.startswith(
        "The centre against all centres\n  Centre     AMS01  Ziekenhuis De Amstelhof\n"
    )


def test_a_plot_marks_by_form_and_not_by_colour(quick: Quick) -> None:
    done = quick("reports", "benchmark", "--centre", "AMS01", *DAY)
    assert "◆ own centre" in done.out
    assert "score test (Wilson)" in done.out
    office = quick("reports", "benchmark", *DAY)
    assert "○ centre" in office.out
    assert re.search(r"UTR01: \d+ of \d+ \(", office.out)


@pytest.mark.parametrize(("words", "code"), [
    (("--centre", "NIX01"), 3), (("--year", "2027"), 2), (("--year", "tomorrow"), 2), (("--from", "2026-13-01"), 2),
    (("--from", "2026-02-02", "--until", "2026-02-01"), 2), (("--year", "2025", "--from", "2025-01-01"), 2),
    (("--out", "a.doc"), 2), (("--out", "none/a.html"), 3), (("--out", "home"), 2), (("--to", "Board"), 2),
])  # fmt: skip
def test_one_sentence_and_the_right_code(
    words: tuple[str, ...], code: int, quick: Quick, tmp_path: Path, error_of: Any
) -> None:
    there = {each.name for each in tmp_path.iterdir()}
    done = quick("reports", "benchmark", *words, *DAY)
    assert (done.code, done.out) == (code, "")
    assert "Traceback" not in done.err
    if words[0] != "--to":
        refused = quick("reports", "benchmark", *words, *DAY, "--json")
        assert (refused.code, error_of(refused.err)["message"][:10]) == (code, done.err[:10])
    assert {each.name for each in tmp_path.iterdir()} == there


def test_a_centre_without_patients_says_so(quick: Quick) -> None:
    quick("centres", "add", "LEE01", "--name", "Leeg")
    for report in REPORTS:
        done = quick("reports", report, "--centre", "LEE01", *DAY)
        assert done.code == 0, done.err
        assert "This centre has no patients yet." in done.out


def test_who_works_for_one_centre_gets_no_other(quick: Quick, sit_down: Callable[..., Any]) -> None:
    """And needs not name it."""
    sit_down(Role.CLINICIAN, "UTR01")
    assert json.loads(quick("reports", "centre", "--json", *DAY).out)["centre"] == "UTR01"
    refused = quick("reports", "benchmark", "--centre", "AMS01", *DAY)
    assert (refused.code, refused.out) == (5, "")
    mine = json.loads(quick("reports", "benchmark", "--json", *DAY).out)
    names = {point["centre"] for plot in mine["funnels"].values() for point in plot["points"]}
    assert names <= {None}
