"""SPEC X1: typed cells, frozen header, filters, readable widths, no formula ever made from data."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import repeat
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from msreg.errors import Refused
from msreg.formats.cells import Cell, Unreadable, plain
from msreg.formats.registry import read
from msreg.formats.sheets import SheetOut, Value
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
    [table] = read(path).tables
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
    rows: list[list[Cell]] = [[date(2024, 2, 29), datetime(2024, 2, 29, 1, 2)]]
    path = write_workbook(tmp_path / "a.xlsx", [sheet(rows)], date_format="dd-mm-yyyy")
    first, second = next(openpyxl.load_workbook(path).active.iter_rows(min_row=2))
    assert (first.is_date, first.number_format) == (True, "dd-mm-yyyy")
    assert second.number_format == "dd-mm-yyyy hh:mm:ss"


def test_an_error_is_written_as_text(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [sheet([[Unreadable("#N/A"), None, ""]])])
    assert openpyxl.load_workbook(path).active["A2"].data_type == "s"


def test_header_is_bold_frozen_filtered_and_columns_are_readable(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["a", "x" * 30, "x" * 500], ["b", "y", None]]
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
    tables = read(write_workbook(tmp_path / "a.xlsx", sheets)).tables
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


# -- the workbook as other programs see it ------------------------------------------------------------------


ROW: list[Cell] = [
    "tekst & <b>", True, False, 12, -(10**15), 3.25, Decimal("2.5"), Decimal("0.1"), date(2024, 2, 29),
    date(1900, 1, 31), datetime(2024, 2, 29, 13, 30, 15), None, "", "  spaces  ", "a\nb", "\0\x01\x1f", "_x0041_",
    "=1+1", "00012", 10**15, Decimal("1E+2"), Unreadable("#REF!"),
]  # fmt: skip
SEEN: list[object] = [
    "tekst & <b>", True, False, 12, str(-(10**15)), 3.25, 2.5, 0.1, datetime(2024, 2, 29),
    "1900-01-31", datetime(2024, 2, 29, 13, 30, 15), None, None, "  spaces  ", "a\nb", "_x0000__x0001__x001F_",
    "_x005F_x0041_", "=1+1", "00012", str(10**15), 100, "#REF!",
]  # fmt: skip
"""As openpyxl shows it: escapes as they are stored."""


def test_each_cell_is_what_it_should_be_in_other_programs(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [sheet([ROW, ROW])])
    for line in openpyxl.load_workbook(path)["courses"].iter_rows(min_row=2, values_only=True):
        assert [type(cell) for cell in line] == [type(cell) for cell in SEEN]
        assert list(line) == SEEN
    first, *_rest = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("courses").to_python(nrows=2)[1:]
    unescaped = {15: "\0\x01\x1f", 16: "_x0041_", 8: date(2024, 2, 29), 11: "", 12: ""}
    assert [plain(cell) for cell in first] == [plain(unescaped.get(at, cell)) for at, cell in enumerate(SEEN)]


def test_raw_values_give_the_cells_that_their_column_makes_of_them(tmp_path: Path) -> None:
    """Equal values are made once; 1 and True are equal, so what they are is the column's to say."""
    made: list[object] = []

    def day(value: str) -> date:
        made.append(value)
        return date.fromisoformat(value)

    rows = [("2024-01-01", 1, 1, ("a", "b")), ("2024-01-01", 0, 0, None), ("2024-01-02", None, 1, ("a",))]
    cells: list[Callable[[Any], Value]] = [day, bool, int, tuple]
    out = SheetOut("courses", ["day", "truth", "number", "choices"], iter(rows), cells)
    active = openpyxl.load_workbook(write_workbook(tmp_path / "a.xlsx", [out])).active
    assert list(active.iter_rows(min_row=2, values_only=True)) == [
        (datetime(2024, 1, 1), True, 1, "a;b"),
        (datetime(2024, 1, 1), False, 0, None),
        (datetime(2024, 1, 2), None, 1, "a"),
    ]
    widths = 3  # the first rows are looked at once more, for the width of the column
    assert len(made) == widths + 2


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_workbook(tmp_path / "a.xlsx", [sheet([ROW])]).read_bytes()
    assert write_workbook(tmp_path / "b.xlsx", [sheet([ROW])]).read_bytes() == first


def test_the_package_is_whole(tmp_path: Path) -> None:
    """ECMA-376: each part has a type and a relation, is XML, and filters are known by their hidden name too."""
    names = ["patients", 'It\'s <R&D> "x"']
    path = write_workbook(tmp_path / "a.xlsx", [sheet([["x", 1]], name) for name in names])
    with zipfile.ZipFile(path) as book:
        parts = {each.filename: ElementTree.fromstring(book.read(each)) for each in book.infolist()}
        assert book.testzip() is None
        assert all(each.compress_type == zipfile.ZIP_DEFLATED for each in book.infolist())
    assert next(iter(parts)) == "[Content_Types].xml"
    typed = {each.get("PartName", "").lstrip("/") for each in parts["[Content_Types].xml"]} - {""}
    assert typed == {name for name in parts if name.endswith(".xml") and not name.startswith("[")}
    links = {each.get("Id"): each.get("Target") for each in parts["xl/_rels/workbook.xml.rels"]}
    assert {f"xl/{target}" for target in links.values()} == typed - {"xl/workbook.xml"}
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    office = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
    listed = list(parts["xl/workbook.xml"].iter(f"{main}sheet"))
    assert [each.get("name") for each in listed] == names
    assert [links[each.get(f"{office}id")] for each in listed] == [
        "worksheets/sheet1.xml",
        "worksheets/sheet2.xml",
    ]
    filters = list(parts["xl/workbook.xml"].iter(f"{main}definedName"))
    assert [(each.get("localSheetId"), each.get("hidden"), each.text) for each in filters] == [
        ("0", "1", "'patients'!$A$1:$B$2"),
        ("1", "1", "'It''s <R&D> \"x\"'!$A$1:$B$2"),
    ]
    order = [each.tag.removeprefix(main) for each in parts["xl/worksheets/sheet1.xml"]]
    assert order == ["sheetViews", "sheetFormatPr", "cols", "sheetData", "autoFilter", "pageMargins"]
    assert [each.title for each in openpyxl.load_workbook(path)] == names


@pytest.mark.parametrize("name", ["", "a" * 32, "a/b", "a:b", "[a]", "a?", "a*", "a\\b"])
def test_a_name_that_no_sheet_may_have_is_a_mistake_of_ours(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no name for a sheet"):
        write_workbook(tmp_path / "a.xlsx", [sheet([["x"]], name)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_a_sheet_takes_so_many_rows_and_no_more(more: int, fits: bool, tmp_path: Path) -> None:
    """1,048,576 with the header; the sentence names the sheet, and nothing is left."""
    out = SheetOut("courses", ["a"], repeat(("x",), 1_048_575 + more), [str])
    path = tmp_path / "a.xlsx"
    if fits:
        rows = (
            CalamineWorkbook.from_path(str(write_workbook(path, [out]))).get_sheet_by_name("courses").height
        )
        assert rows == 1_048_576
        return
    with pytest.raises(Refused, match="Sheet courses has more rows than a workbook takes"):
        write_workbook(path, [out])
    assert list(tmp_path.iterdir()) == []


def test_a_header_too_long_for_a_cell_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Sheet courses, row 1, column B"):
        write_workbook(tmp_path / "a.xlsx", [SheetOut("courses", ["a", "x" * 32_768], [])])


def test_ten_times_the_rows_take_no_more_memory(tmp_path: Path) -> None:
    """F16: in processes of their own, rows that are all different."""
    code = """
import resource, sys
from datetime import date, timedelta
from pathlib import Path
from msreg.formats.sheets import SheetOut
from msreg.formats.xlsx_out import write_workbook
day = date(2000, 1, 1)
rows = ([f"row {at}", day + timedelta(at % 9000), at / 7] * 6 for at in range(int(sys.argv[2])))
write_workbook(Path(sys.argv[1]), [SheetOut("courses", list("abcdefghijklmnopqr"), rows, [lambda x: x] * 18)])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    peaks = []
    for count in (10_000, 100_000):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / f"{count}.xlsx"), str(count)],
            env={"PYTHONPATH": str(Path(__file__).parents[3])}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        peaks.append(int(done.stdout))
    assert peaks[1] <= 1.3 * peaks[0]
