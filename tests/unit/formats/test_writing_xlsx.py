"""SPEC X1: typed cells, frozen header, filters, readable widths, no formula ever made from data."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msreg.errors import Refused
from msreg.formats.cells import Cell, Unreadable, plain
from msreg.formats.registry import read
from msreg.formats.sheets import SheetOut
from msreg.formats.xlsx_out import write_workbook

HARD = ["=1+1", "+31", "-5", "@SUM(A1)", "{=1}", "'=x", "\t=1", "00012", "1e5", "TRUE", "#N/A"]
HARD += ["http://x.example", "mailto:a@b.example", "a\nb", 'say "x"', "<b>&amp;", "_x0041_", "_x000D_"]
HARD += ["e\u0301", "😀", "اسم", "x" * 32_767]
TEXTS = st.text(
    st.one_of(
        st.sampled_from("=+-@'\"\n\t <&_x0041é"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\r"),
    ),
    max_size=20,
)


def again(path: Path) -> list[list[Cell]]:
    [table] = read(path)
    return [row for _, row in table.rows]


def sheet(rows: Sequence[Sequence[Cell]], name: str = "courses") -> SheetOut:
    width = max((len(row) for row in rows), default=1)
    return SheetOut(name, [f"column{index}" for index in range(width)], rows)


def test_hard_texts_come_back_and_none_is_a_formula(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [sheet([[text] for text in HARD])])
    assert again(path) == [[plain(text)] for text in HARD]
    cells = [cell for [cell] in openpyxl.load_workbook(path).active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=30))
@settings(derandomize=True, max_examples=40, deadline=None)
def test_texts_come_back(rows: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        path = write_workbook(Path(place) / "a.xlsx", [sheet(rows)])
        expected = [
            [plain(cell.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")) for cell in row]
            for row in rows
        ]
        assert again(path) == [row for row in expected if row != [None, None]]
        types = {cell.data_type for row in openpyxl.load_workbook(path).active.iter_rows() for cell in row}
        assert "f" not in types


@given(
    st.lists(
        st.tuples(
            st.integers(),
            st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6),
            st.booleans(),
            st.dates(),
            st.datetimes(datetime(1900, 3, 1), timezones=st.just(UTC)),
        ),
        min_size=1,
        max_size=20,
    )
)
@settings(derandomize=True, max_examples=40, deadline=None)
def test_typed_values_come_back(rows: list[tuple[int, Decimal, bool, date, datetime]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        found = again(write_workbook(Path(place) / "a.xlsx", [sheet(rows)]))
    for (number, decimal, truth, day, moment), row in zip(rows, found, strict=True):
        assert row[0] == (number if abs(number) < 10**15 else str(number))
        assert Decimal(str(row[1])) == decimal
        assert row[2] is truth
        assert row[3] == (day if day >= date(1900, 3, 1) else day.isoformat())
        seen = row[4] if isinstance(row[4], datetime) else datetime.combine(row[4], datetime.min.time())  # type: ignore[arg-type]
        assert abs((seen - moment.replace(tzinfo=None)).total_seconds()) < 0.01


def test_dates_are_dates_in_the_wanted_form(tmp_path: Path) -> None:
    rows = [[date(2024, 2, 29), datetime(2024, 2, 29, 1, 2)]]
    path = write_workbook(tmp_path / "a.xlsx", [sheet(rows)], date_format="dd-mm-yyyy")
    first, second = next(openpyxl.load_workbook(path).active.iter_rows(min_row=2))
    assert (first.is_date, first.number_format) == (True, "dd-mm-yyyy")
    assert second.number_format == "dd-mm-yyyy hh:mm:ss"


def test_an_error_is_written_as_text(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [sheet([[Unreadable("#N/A"), None, ""]])])
    assert openpyxl.load_workbook(path).active["A2"].data_type == "s"


def test_header_is_bold_frozen_filtered_and_columns_are_readable(tmp_path: Path) -> None:
    rows = [["a", "x" * 30, "x" * 500], ["b", "y", None]]
    active = openpyxl.load_workbook(write_workbook(tmp_path / "a.xlsx", [sheet(rows)])).active
    assert all(cell.font.bold for cell in active[1])
    assert active.freeze_panes == "A2"
    assert active.auto_filter.ref == "A1:C3"
    widths = [active.column_dimensions[letter].width for letter in "ABC"]
    assert 10 < widths[0] < 14
    assert 30 < widths[1] < 34
    assert widths[2] < 50


def test_sheets_keep_their_order_and_may_be_empty(tmp_path: Path) -> None:
    sheets = [sheet([["a"]], "patients"), SheetOut("courses", ["edss"], iter(()))]
    tables = read(write_workbook(tmp_path / "a.xlsx", sheets))
    assert [(table.sheet, table.header, len(list(table.rows))) for table in tables] == [
        ("patients", ["column0"], 1),
        ("courses", ["edss"], 0),
    ]


def test_a_text_too_long_for_a_cell_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Sheet courses, row 3, column B"):
        write_workbook(tmp_path / "a.xlsx", [sheet([["a", "b"], ["a", "x" * 32_768]])])
    assert list(tmp_path.iterdir()) == []


def test_many_rows_in_little_memory(tmp_path: Path) -> None:
    rows = ([f"row {number}", number, date(2024, 1, 1)] for number in range(20_000))
    path = write_workbook(tmp_path / "a.xlsx", [SheetOut("courses", ["a", "b", "c"], rows)])
    assert again(path)[-1] == ["row 19999", 19999, date(2024, 1, 1)]
