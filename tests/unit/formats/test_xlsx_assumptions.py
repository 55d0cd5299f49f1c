"""What reading a workbook assumes is said: merged cells, hidden parts, days from 1904, formulas without a result."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from msreg.formats.cells import Note, Table, Unreadable, pick
from msreg.formats.registry import read

FORMULA = Unreadable("", formula=True)


def filled(rows: list[list[Any]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    return book


def saved(book: openpyxl.Workbook, tmp_path: Path) -> list[Table]:
    book.save(tmp_path / "batch.xlsx")
    return read(tmp_path / "batch.xlsx").tables


def told(table: Table) -> list[tuple[str, str]]:
    return [(note.code, note.message.format(**note.params)) for note in table.notes]


GRID = [["a", "b", "c"], ["x", 1, 2], [None, 3, 4], [None, 5, 6], ["y", 7, 8]]


def test_merged_downwards_every_row_has_the_value(tmp_path: Path) -> None:
    book = filled(GRID)
    book.active.merge_cells("A2:A4")  # type: ignore[union-attr]
    [table] = saved(book, tmp_path)
    assert [row for _, row in table.rows] == [["x", 1, 2], ["x", 3, 4], ["x", 5, 6], ["y", 7, 8]]
    assert [cells for _, cells in pick(table.rows, [0, 1])] == [["x", 1], ["x", 3], ["x", 5], ["y", 7]]
    [note] = table.notes
    assert (note.code, note.row, note.column) == ("FIL-015", 2, 0)
    assert "down to row 4" in told(table)[0][1]


def test_merged_across_only_the_first_column_has_the_value(tmp_path: Path) -> None:
    book = filled(GRID)
    book.active.merge_cells("B2:C2")  # type: ignore[union-attr]
    [table] = saved(book, tmp_path)
    assert next(iter(table.rows)) == (2, ["x", 1, None])
    assert [(note.row, note.column) for note in table.notes] == [(2, 1)]
    assert "across to column C" in told(table)[0][1]


def test_a_merged_block_fills_its_first_column(tmp_path: Path) -> None:
    book = filled([["a", "b", "c"], ["x", 1, None], ["z", None, None], ["z", None, 9]])
    book.active.merge_cells("B2:C4")  # type: ignore[union-attr]
    [table] = saved(book, tmp_path)
    assert [row for _, row in table.rows] == [["x", 1, None], ["z", 1, None], ["z", 1, None]]
    assert "merged to C4" in told(table)[0][1]


def test_a_merged_header_gives_no_row_a_value_and_blank_rows_stay_blank(tmp_path: Path) -> None:
    book = filled([["a", "b"], [None, 1], ["x", None], [None, None], [None, 3]])
    book.active.merge_cells("A1:A2")  # type: ignore[union-attr]
    book.active.merge_cells("A3:A5")  # type: ignore[union-attr]
    [table] = saved(book, tmp_path)
    assert list(table.rows) == [(2, [None, 1]), (3, ["x", None]), (5, ["x", 3])]
    assert len(table.notes) == 2


def test_a_merged_range_over_many_batches(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("courses")
    sheet.append(["patient", "n"])
    for n in range(2_500):
        sheet.append(["P1" if n == 0 else None, n])
    book.save(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book.active.merge_cells("A2:A2400")  # type: ignore[union-attr]
    [table] = saved(book, tmp_path)
    rows = list(table.rows)
    assert [number for number, row in rows if row[0] == "P1"] == list(range(2, 2_401))
    assert list(pick(table.rows, [0])) == [(number, row[:1]) for number, row in rows]


def test_many_merged_ranges_are_told_in_a_few_notes(tmp_path: Path) -> None:
    book = filled([["a", "b"], *[[n // 2 if n % 2 == 0 else None, n] for n in range(300)]])
    for row in range(2, 302, 2):
        book.active.merge_cells(f"A{row}:A{row + 1}")  # type: ignore[union-attr]
    [table] = saved(book, tmp_path)
    assert [row[0] for _, row in table.rows] == [n // 2 for n in range(300)]
    assert (len(table.notes), told(table)[-1][1]) == (101, "50 more merged ranges were read in the same way")


def test_hidden_rows_and_columns_are_read_and_told(tmp_path: Path) -> None:
    book = filled([["a", "b", "c", "d"], *[[n, n, n, n] for n in range(2, 12)]])
    sheet = book.active
    assert sheet is not None
    for row in (4, 6, 7, 8, 9, 11):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.column_dimensions["H"].hidden = True
    [table] = saved(book, tmp_path)
    assert [number for number, _ in table.rows] == list(range(2, 12))
    assert told(table) == [
        ("FIL-016", "hidden rows were read too: 4, 6-9, 11"),
        ("FIL-016", "hidden columns were read too: B"),
    ]


def test_filtered_rows_are_hidden_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("courses")
        sheet.write_row(0, 0, ["a", "b"])
        for row in range(1, 101):
            sheet.write_row(row, 0, [row, "x" if row % 2 else "y"])
            if not row % 2:
                sheet.set_row(row, options={"hidden": True})
        sheet.autofilter(0, 0, 100, 1)
        sheet.filter_column(1, "x == x")
    [table] = read(path).tables
    assert len(list(table.rows)) == 100
    [(code, text)] = told(table)
    assert code == "FIL-016"
    assert text.startswith("hidden rows were read too: 3, 5, 7, ")
    assert text.endswith(", 41 and more")


def test_hidden_rows_that_hold_nothing_are_not_told(tmp_path: Path) -> None:
    book = filled([["a"], [1]])
    book.active.row_dimensions[7].hidden = True  # type: ignore[union-attr]
    assert saved(book, tmp_path)[0].notes == []


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_read_and_told_but_not_the_lists_of_a_template(tmp_path: Path, state: str) -> None:
    book = filled([["a"]])
    for name in ("courses", "msreg_lists"):
        sheet = book.create_sheet(name)
        sheet.append(["edss"])
        sheet.append([2.5])
        sheet.sheet_state = state
    first, courses, lists = saved(book, tmp_path)
    assert list(courses.rows) == list(lists.rows) == [(2, [2.5])]
    assert told(courses) == [("FIL-016", "this sheet is hidden, and was read too")]
    assert first.notes == lists.notes == []


def test_days_from_1904(tmp_path: Path) -> None:
    days = [date(2024, 2, 29), date(1970, 1, 1), datetime(2024, 2, 29, 13, 5)]
    for epoch in (None, CALENDAR_MAC_1904):
        book = filled([["a", "b", "c"], days])
        book.create_sheet("numbers").append(["n"])
        book["numbers"].append([12])
        if epoch:
            book.epoch = epoch
        first, second = saved(book, tmp_path)
        assert list(first.rows) == [(2, days)]
        assert list(second.rows) == [(2, [12])]
        assert [note.code for note in first.notes] == (["FIL-018"] if epoch else [])
        assert second.notes == []


def test_formulas_with_and_without_a_result(build: Any) -> None:
    text = '<c r="A1" t="inlineStr"><is><t>a</t></is></c>'
    [table] = read(build(
        f'<row r="1">{text}</row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>"x"</f><v>x</v></c>'
        '<c r="C2" t="str"><f>""</f><v></v></c><c r="D2" t="b"><f>TRUE()</f><v>1</v></c></row>'
        '<row r="3"><c r="A3"><f>1+1</f></c><c r="B3" s="0"><f>1+1</f><v/></c><c r="C3"><f>1+1</f><v></v></c></row>'
        '<row r="4"><c r="A4" t="n"><f t="shared" ref="A4:A5" si="0">B2</f><v /></c></row>'
        '<row r="5"><c r="A5"><f t="shared" si="0"/></c></row>'
        '<row r="6"><c r="A6" t="str"><f>""</f><v></v></c><c r="B6" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="7"><c r="A7" t="str"><f>""</f><v></v></c></row>'
    )).tables  # fmt: skip
    assert list(table.rows) == [
        (2, [2, "x", None, True]),
        (3, [FORMULA, FORMULA, FORMULA]),
        (4, [FORMULA]),
        (5, [FORMULA]),
        (6, [None, Unreadable("#DIV/0!")]),
    ]


def test_formulas_that_a_program_wrote(tmp_path: Path) -> None:
    book = filled([["a", "b"], ["=1+1", '=CONCATENATE("x","<&>")'], [3, None]])
    [table] = saved(book, tmp_path)
    assert list(table.rows) == [(2, [FORMULA, FORMULA]), (3, [3, None])]


def test_a_workbook_with_everything_else_reads_the_same(tmp_path: Path) -> None:
    """Filters, frozen panes, tables, comments, colours by condition, lists to choose from and charts."""
    path = tmp_path / "a.xlsx"
    rows = [[f"P{n}", n / 2, date(2024, 1, 1 + n % 28)] for n in range(50)]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("courses")
        day = book.add_format({"num_format": "d mmmm yyyy", "bg_color": "#FF0000"})
        sheet.add_table(
            0, 0, 50, 2, {"columns": [{"header": key} for key in "abc"], "style": "Table Style Light 1"}
        )
        for number, (name, half, when) in enumerate(rows, 1):
            sheet.write_string(number, 0, name)
            sheet.write_number(number, 1, half)
            sheet.write_datetime(number, 2, when, day)
        sheet.freeze_panes(1, 2)
        sheet.write_comment("A2", "a remark")
        sheet.conditional_format("B2:B51", {"type": "3_color_scale"})
        sheet.data_validation("A2:A51", {"validate": "list", "source": ["P1", "P2"]})
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=courses!$B$2:$B$51"})
        sheet.insert_chart("F2", chart)
        bars = book.add_chart({"type": "bar"})
        bars.add_series({"values": "=courses!$B$2:$B$51"})
        book.add_chartsheet("chart").set_chart(bars)
        book.define_name("halves", "=courses!$B$2:$B$51")
    assert "xl/charts/chart1.xml" in zipfile.ZipFile(path).namelist()
    [table] = read(path).tables
    assert table.header == ["a", "b", "c"]
    assert [row for _, row in table.rows] == rows
    assert table.notes == []


def test_notes_name_no_value(tmp_path: Path) -> None:
    book = filled([["a", "b"], ["Kanarievogel", None], [None, 2]])
    book.active.merge_cells("A2:A3")  # type: ignore[union-attr]
    book.active.row_dimensions[3].hidden = True  # type: ignore[union-attr]
    notes: list[Note] = saved(book, tmp_path)[0].notes
    assert len(notes) == 2
    assert "Kanarievogel" not in repr(notes)
