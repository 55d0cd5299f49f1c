"""Workbooks as LibreOffice opens them: every sheet, every row, dates as dates, and no repair (X1, B1)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

Sheets = Callable[[Path], dict[str, str]]


@pytest.mark.parametrize("style", ["--codes", "--labels"])
def test_an_export_opens_with_every_row_of_every_sheet(
    style: str, people: Path, launch: Callable[..., Any], spreadsheet: Sheets, tmp_path: Path
) -> None:
    """What LibreOffice shows is what the CSV export of the same patients says, row by row."""
    for verb, out in (("excel", tmp_path / "out.xlsx"), ("csv", tmp_path / "out")):
        done = launch(people, "exports", verb, "--out", out, style, "--lang", "en")
        assert done.code == 0, done.err
    shown = spreadsheet(tmp_path / "out.xlsx")
    written = {path.stem: path for path in (tmp_path / "out").glob("*.csv")}
    assert set(shown) == set(written)
    for name in set(written) - {"provenance", "Provenance"}:  # each export has a row of the log of its own
        with written[name].open(encoding="utf-8-sig", newline="") as file:
            expected = list(csv.reader(file, delimiter=";"))
        found = list(csv.reader(shown[name].splitlines()))
        assert len(found) >= len(expected) > 1, name
        assert [cell for cell in found[0] if cell] == expected[0]
        first_dates = [cell for row in expected[1:3] for cell in row if len(cell) == 10 and cell[4:5] == "-"]
        assert set(first_dates) <= {cell for row in found for cell in row}


def test_a_template_opens(
    launch: Callable[..., Any], people: Path, spreadsheet: Sheets, tmp_path: Path
) -> None:
    """The empty workbook with its drop-down lists opens, with all its sheets (B1)."""
    template = tmp_path / "empty.xlsx"
    assert launch(people, "imports", "template", "--out", template).code == 0
    assert set(spreadsheet(template)) == set(load_workbook(template).sheetnames)
