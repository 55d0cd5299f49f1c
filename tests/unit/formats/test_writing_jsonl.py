"""SPEC X2: JSON lines, one object a row, with what is there and nothing else."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from msreg.formats.cells import Unreadable
from msreg.formats.jsonl_out import write_file, write_stream
from msreg.formats.sheets import SheetOut, Value


def written(rows: Sequence[Sequence[Value]], header: Sequence[str] = ("a",)) -> str:
    out = io.BytesIO()
    write_stream(out, [SheetOut("courses", header, rows)])
    return out.getvalue().decode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", '"x"'), ("", '""'), (True, "true"), (False, "false"), (12, "12"), (10**20, "1" + "0" * 20),
        (Decimal("3.5"), "3.5"), (Decimal("0.10000000000000000000001"), "0.10000000000000000000001"),
        (Decimal("1E+2"), "100"), (Decimal("1E-7"), "0.0000001"), (Decimal("NaN"), '"NaN"'), (2.5, "2.5"),
        (float("inf"), '"inf"'), (date(2024, 2, 29), '"2024-02-29"'), (("a", "b"), '["a", "b"]'), ((), "[]"),
        (datetime(2024, 2, 29, 1, 2, 3), '"2024-02-29 01:02:03"'), (Unreadable("#N/A"), '"#N/A"'),
        ("é\u2028\u2029\x85\n\0\"", '"é\\u2028\\u2029\\u0085\\n\\u0000\\""'), (("\u2028",), '["\\u2028"]'),
        ("=1+1", '"=1+1"'), ("\ud800", '"?"'),
    ],
)  # fmt: skip
def test_values_as_json(value: Value, text: str) -> None:
    assert written([[value]]) == f'{{"sheet": "courses", "a": {text}}}\n'


def test_what_is_absent_is_left_out() -> None:
    assert written([[None, 1], [None, None]], ["a", "b"]).splitlines() == [
        '{"sheet": "courses", "b": 1}', '{"sheet": "courses"}',
    ]  # fmt: skip


def test_sheets_follow_each_other_and_one_without_rows_is_not_seen(tmp_path: Path) -> None:
    sheets = [
        SheetOut("patients", ["a"], [["x"]]),
        SheetOut("disease", ["a"], []),
        SheetOut("courses", ["b"], [[1]]),
    ]
    path = write_file(tmp_path / "a.jsonl", sheets)
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"sheet": "patients", "a": "x"}, {"sheet": "courses", "b": 1},
    ]  # fmt: skip
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("header", [["a", "a"], ["sheet"]])
def test_two_members_of_one_name_are_a_mistake_of_ours(header: list[str], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two members"):
        write_file(tmp_path / "a.jsonl", [SheetOut("courses", header, [["x"] * len(header)])])
    assert list(tmp_path.iterdir()) == []


def test_raw_values_and_many_rows() -> None:
    out = io.BytesIO()
    rows = ((f"2024-01-{at % 28 + 1:02d}", at % 2) for at in range(20_000))
    cells: list[Any] = [date.fromisoformat, bool]
    write_stream(out, [SheetOut("courses", ["day", "truth"], rows, cells)])
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(found) == 20_000
    assert found[29] == {"sheet": "courses", "day": "2024-01-02", "truth": True}
