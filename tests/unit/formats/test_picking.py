"""Some columns of a file for less than all of them: the same rows, in the same order, under the same numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from msreg.formats.cells import pick
from msreg.formats.csv_out import write_folder
from msreg.formats.jsonl_out import write_file
from msreg.formats.registry import read
from msreg.formats.sheets import SheetOut
from msreg.formats.xlsx_out import write_workbook

ROWS = [[None if n % 3 == 0 else f"P{n}", n, None, f"é{n}"] if n % 7 else [None] * 4 for n in range(2_100)]
SHEETS = [SheetOut("courses", ["patient", "n", "nothing", "name"], ROWS)]


@pytest.mark.parametrize("format_", ["xlsx", "csv", "jsonl", "list"])
@pytest.mark.parametrize("columns", [[0], [3, 0], [1, 1], [2], [0, 9], []])
def test_picked_cells_are_those_of_a_full_walk(tmp_path: Path, format_: str, columns: list[int]) -> None:
    if format_ == "xlsx":
        path = write_workbook(tmp_path / "a.xlsx", SHEETS)
    elif format_ == "csv":
        path = write_folder(tmp_path / "a", SHEETS)
    else:
        path = write_file(tmp_path / "a.jsonl", SHEETS)
    [table] = read(path).tables
    rows = list(table.rows)
    expected = [(number, [row[at] if at < len(row) else None for at in columns]) for number, row in rows]
    assert len(rows) == 1_800
    assert list(pick(rows if format_ == "list" else table.rows, columns)) == expected
