"""SPEC B2, B3: cells come out of a workbook with their place, typed, and with nothing lost."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.errors import Refused
from msreg.formats import limits
from msreg.formats.cells import Unreadable, letter
from msreg.formats.registry import read


def cells(text: Any) -> dict[tuple[str, int, str], Any]:
    return {
        (table.sheet, number, table.header[index]): cell
        for table in text
        for number, row in table.rows
        for index, cell in enumerate(row)
    }


def test_the_batch_file_has_four_sheets(batch: Path) -> None:
    tables = read(batch / "msprog.xlsx").tables
    assert [table.sheet for table in tables] == ["patients", "courses", "disease", "medication"]
    assert [len(list(table.rows)) for table in tables] == [7, 57, 5, 7]


def test_values_are_those_that_openpyxl_reads(batch: Path) -> None:
    book = openpyxl.load_workbook(batch / "faulty.xlsx")
    for table in read(batch / "faulty.xlsx").tables:
        sheet = book[table.sheet]
        for number, row in table.rows:
            expected = [sheet.cell(number, column + 1).value for column in range(len(row))]
            expected = [value.date() if isinstance(value, datetime) else value for value in expected]
            assert row == expected


def test_every_expected_fault_points_at_a_cell_that_is_there(batch: Path) -> None:
    found = cells(read(batch / "faulty.xlsx").tables)
    for fault in json.loads((batch / "faulty.expected.json").read_text()):
        assert (fault["sheet"], fault["row"], fault["column"]) in found


def test_rows_can_be_walked_twice(batch: Path) -> None:
    table = read(batch / "msprog.xlsx").tables[1]
    assert list(table.rows) == list(table.rows)


def save(path: Path, fill: dict[str, Any]) -> Path:
    book = openpyxl.Workbook()
    for place, value in fill.items():
        book.active[place] = value  # type: ignore[index]
    book.save(path)
    return path


def test_types_of_cells(tmp_path: Path) -> None:
    values = ["00012", 5.5, 7.0, 0, True, False, date(2024, 2, 29), datetime(2024, 2, 29, 13, 5), time(8, 30)]
    fill = {f"{letter(index)}1": f"c{index}" for index in range(len(values))}
    fill |= {f"{letter(index)}2": value for index, value in enumerate(values)}
    [table] = read(save(tmp_path / "a.xlsx", fill)).tables
    [(number, row)] = table.rows
    assert number == 2
    assert row == [*values[:2], 7, *values[3:8], "08:30:00"]
    assert [type(cell) for cell in row[2:7]] == [int, int, bool, bool, date]


def test_text_is_stripped_and_composed(tmp_path: Path) -> None:
    fill = {"A1": " name ", "B1": "x", "A2": "\u00a0Andre\u0301 \u00a0", "B2": "  "}
    [table] = read(save(tmp_path / "a.xlsx", fill)).tables
    assert table.header == ["name", "x"]
    assert list(table.rows) == [(2, ["Andr\u00e9", None])]


def test_blank_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    fill = {"B3": "one", "C3": "two", "B4": 1, "C7": 2, "E8": "beyond"}
    [table] = read(save(tmp_path / "a.xlsx", fill)).tables
    assert (table.header_row, table.header) == (3, ["", "one", "two"])
    assert list(table.rows) == [
        (4, [None, 1, None]),
        (7, [None, None, 2]),
        (8, [None, None, None, None, "beyond"]),
    ]


def test_error_cells_are_neither_empty_nor_text(build: Any) -> None:
    path = build(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>edss</t></is></c></row>'
        '<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>'
        '<row r="3"><c r="A3"><v>2.5</v></c><c r="C3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="5"><c r="B5" t="e"><v>#REF!</v></c></row>'
    )
    [table] = read(path).tables
    assert list(table.rows) == [
        (2, [Unreadable("#N/A")]),
        (3, [2.5, None, Unreadable("#DIV/0!")]),
        (5, [None, Unreadable("#REF!")]),
    ]


def test_a_number_without_end_is_unreadable(build: Any) -> None:
    header = '<row r="1"><c r="A1" t="inlineStr"><is><t>edss</t></is></c></row>'
    [table] = read(build(header + '<row r="2"><c r="A2"><v>1e999</v></c></row>')).tables
    assert list(table.rows) == [(2, [Unreadable("inf")])]


def test_a_formula_that_was_never_calculated_is_neither_empty_nor_an_answer(tmp_path: Path) -> None:
    [table] = read(
        save(tmp_path / "a.xlsx", {"A1": "a", "B1": "b", "A2": "=1+1", "B2": 1, "A4": "=B2"})
    ).tables
    assert list(table.rows) == [
        (2, [Unreadable("", formula=True), 1]),
        (4, [Unreadable("", formula=True), None]),
    ]


def test_an_empty_sheet_has_no_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("courses")["A1"] = "edss"
    book.save(tmp_path / "a.xlsx")
    assert [table.header for table in read(tmp_path / "a.xlsx").tables] == [[], ["edss"]]


def test_styled_empty_cells_far_away_do_no_harm(build: Any) -> None:
    row = '<c r="A%d" t="inlineStr"><is><t>x</t></is></c><c r="AMJ%d" s="1"/>'
    path = build(f'<row r="1">{row % (1, 1)}</row><row r="2">{row % (2, 2)}</row><row r="1048576" s="1"/>')
    assert list(read(path).tables[0].rows) == [(2, ["x"])]


@pytest.mark.parametrize(("length", "taken"), [(limits.MAX_TEXT, True), (limits.MAX_TEXT + 1, False)])
def test_the_longest_text(build: Any, length: int, taken: bool) -> None:
    text = "x" * length
    path = build(
        f'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
        f'<row r="2"><c r="A2" t="inlineStr"><is><t>{text}</t></is></c></row>'
    )
    [table] = read(path).tables
    if taken:
        assert list(table.rows) == [(2, [text])]
        return
    with pytest.raises(Refused, match="sheet courses, row 2, column A: the text is longer"):
        list(table.rows)


@pytest.mark.parametrize(("column", "taken"), [(511, True), (512, False)])
def test_the_last_column(build: Any, column: int, taken: bool) -> None:
    path = build(f'<row r="1"><c r="{letter(column)}1" t="inlineStr"><is><t>a</t></is></c></row>')
    if taken:
        assert len(read(path).tables[0].header) == 512
        return
    with pytest.raises(Refused, match="beyond column SR"):
        read(path)


def test_letters() -> None:
    assert [letter(index) for index in (0, 25, 26, 511, 701, 702)] == ["A", "Z", "AA", "SR", "ZZ", "AAA"]
