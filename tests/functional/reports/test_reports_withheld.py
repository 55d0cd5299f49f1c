"""What reports withhold of other centres, in every form that they have (SPEC O3)."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.store.registry import Registry

Quick = Callable[..., Any]
REPORTS = ("centre", "benchmark", "completeness", "response", "progression")
DAY = ("--today", "2026-11-21")
each_report = pytest.mark.parametrize("report", REPORTS)


@each_report
def test_nothing_of_fewer_than_five_others_in_any_cell(report: str, quick: Quick) -> None:
    """All less own is never one to four, in counts that are of people."""
    data = json.loads(quick("reports", report, "--centre", "AMS01", "--json", *DAY).out)
    seen = 0
    for name, table in data["tables"].items():
        for row in table["rows"]:
            for mine, everybody in (("own", "all"), ("own_people", "all_people"), ("own_of", "all_of")):
                if isinstance(row.get(everybody), int):
                    seen += 1
                    assert row[everybody] - row[mine] not in (1, 2, 3, 4), (name, row)
    assert seen or report in ("centre", "response", "progression")  # of shares only


@each_report
def test_every_form_withholds_alike(report: str, quick: Quick, tmp_path: Path) -> None:
    """What is withheld in one form is a star, or nothing, in each of them: cell by cell."""
    words = ("reports", report, "--centre", "UTR01", "--year", "2025", *DAY)
    data = json.loads(quick(*words, "--json").out)
    for ending in ("html", "xlsx", "csv", "json"):
        assert quick(*words, "--out", f"a.{ending}").code == 0
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == data
    hidden = {name: [row["withheld"] for row in table["rows"]] for name, table in data["tables"].items()}
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        stars = {(row["table"], row["row"], row["column"]) for row in csv.DictReader(file, delimiter=";")
                 if row["withheld"] == "true"}  # fmt: skip
    first = {
        name: [next(iter(row.values())) for row in table["rows"]] for name, table in data["tables"].items()
    }
    assert stars == {
        (name, key, column)
        for name, rows in hidden.items()
        for key, columns in zip(first[name], rows, strict=True)
        for column in columns
    }
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for sheet, rows in zip(book.worksheets[1:], hidden.values(), strict=False):
        found = [
            [cell for cell in row if cell == "*"] for row in sheet.iter_rows(values_only=True, min_row=2)
        ]
        assert [len(each) for each in found] == [len(each) for each in rows]
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    bodies = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    for body, rows in zip(bodies, hidden.values(), strict=True):
        # A share is one cell of a page, and three of a file.
        cells = [[key for key in row if f"{key.removesuffix('_percent')}_of" not in row or f"{key}_of" in row]
                 for row in rows]  # fmt: skip
        cells = [[key for key in row if not key.endswith("_of")] for row in cells]
        assert [row.count("<td>*</td>") for row in body.split("</tr>")[:-1]] == [len(each) for each in cells]
    assert report == "centre" or any(any(rows) for rows in hidden.values())


@each_report
def test_of_four_others_nothing_is_told_in_any_report(report: str, quick: Quick, registry: Registry) -> None:
    """Nor of one; and a centre with one patient gets its report all the same."""
    for others, left in ((4, 1), (1, 1)):
        with registry.light() as db:
            keep = [row[0] for row in db.rows("SELECT p.id FROM patient p JOIN centre c ON c.id = p.centre_id"
                                              " WHERE c.code = 'UTR01' ORDER BY p.id LIMIT ?", (others,))]  # fmt: skip
            keep += [row[0] for row in db.rows("SELECT p.id FROM patient p JOIN centre c ON c.id = p.centre_id"
                                               " WHERE c.code = 'AMS01' ORDER BY p.id LIMIT ?", (left,))]  # fmt: skip
            marks = ", ".join("?" * len(keep))
            for table in ("adverse_event", "prom", "medication", "disease_event", "course", "share"):
                db.execute(f"DELETE FROM {table} WHERE patient_id NOT IN ({marks})", keep)
            db.execute(f"DELETE FROM patient WHERE id NOT IN ({marks})", keep)
        done = quick("reports", report, "--centre", "AMS01", "--json", *DAY)
        assert (done.code, done.err) == (0, "")
        data = json.loads(done.out)
        assert (data["patients"], data["others"]) == (1, None)
        if report == "centre":
            continue
        assert data["remarks"] == ["few_others"]
        assert all(plot["target"] is None and plot["points"] == [] for plot in data["funnels"].values())
        for name, table in data["tables"].items():
            of_all = name.endswith("_all")
            for row in table["rows"]:
                all_of_it = [value for key, value in row.items() if key.startswith("all") or of_all]
                assert {value for value in all_of_it[of_all:] if not isinstance(value, list)} <= {None}, (
                    name,
                    row,
                )
