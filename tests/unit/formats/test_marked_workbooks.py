"""SPEC B3: a copy of the user's workbook, untouched but for two columns, coloured and commented cells, a summary."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import xlsxwriter

from msreg.errors import Conflict, Refused
from msreg.formats.marks import MarkedCell, MarkedSheet, Marks
from msreg.formats.xlsx_marked import mark_workbook

RED, ORANGE = "FFFFC7CF", "FFFFE0B3"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# CT_Worksheet of ECMA-376, part 1, 18.3.1.99
ORDER = """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios
    autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations
    hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches
    ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls
    webPublishItems tableParts extLst
""".split()  # noqa: SIM905 - a list as long as a page says no more


def picture() -> bytes:
    """A picture of one point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """A workbook with all that a hospital puts into one."""
    path = tmp_path / "november.xlsx"
    (tmp_path / "logo.png").write_bytes(picture())
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "yyyy-mm-dd", "bg_color": "#FFFF00"})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("courses")
    sheet.write_row(0, 0, ["patient_number", "course_date", "edss", "remarks"], bold)
    for row in range(1, 21):
        sheet.write_string(row, 0, f"0{row}")
        sheet.write_datetime(row, 1, date(2026, 3, row), day)
        sheet.write_number(row, 2, row / 2)
    sheet.write_formula(21, 2, "=SUM(C2:C21)", None, 105)
    sheet.set_column(0, 30, 12)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, 20, 3)
    sheet.set_row(4, None, None, {"hidden": True})
    sheet.data_validation(1, 2, 100, 2, {"validate": "list", "source": "=Lists!$A$1:$A$3"})
    sheet.conditional_format(1, 2, 20, 2, {"type": "3_color_scale"})
    sheet.conditional_format(1, 3, 20, 3, {"type": "data_bar", "data_bar_2010": True})
    sheet.write_comment(2, 0, "look at this", {"author": "Els"})
    sheet.write_url(30, 0, "https://example.nl")
    sheet.insert_image(25, 5, str(tmp_path / "logo.png"))
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=courses!$C$2:$C$21"})
    sheet.insert_chart(25, 8, chart)
    sheet.set_header("&Lregister", {})
    lists = book.add_worksheet("Lists")
    lists.write_column(0, 0, [1, 2, 3])
    lists.hide()
    table = book.add_worksheet("patients")
    table.add_table(0, 0, 3, 2, {"columns": [{"header": name} for name in ("patient_number", "sex", "bsn")]})
    table.write_row(1, 0, ["01", "f"])
    table.insert_button(6, 0, {"caption": "Send"})
    book.define_name("scores", "=courses!$C$2:$C$21")
    book.set_properties({"author": "Els"})
    book.close()
    return path


def marks(*sheets: MarkedSheet, **more: Any) -> Marks:
    rows: list[Sequence[str | int | None]] = [["msreg", "Findings"], [], ["code", "times"], ["COU-004", 1]]
    return Marks(sheets, "msreg status", "msreg faults", "Findings", rows, frozenset((0, 2)), **more)


COURSES = MarkedSheet(
    "courses",
    1,
    dict.fromkeys(range(2, 22), "would be added") | {3: "refused"},
    {3: "COU-004 C edss: not an EDSS score & <no> word; FRM-002 B: not a date"},
    [
        MarkedCell(3, 2, "red", "COU-004 not an EDSS score\n→ 0, 1, 1.5 … 10"),
        MarkedCell(3, 1, "orange", "FRM-002 é"),
        MarkedCell(7, 3, "red", "FRM-001 no answer"),
    ],
)
PATIENTS = MarkedSheet(
    "patients", 1, {2: "refused"}, {2: "PAT-003 C bsn: …"}, [MarkedCell(2, 2, "red", "PAT-003")]
)


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def book_of(path: Path) -> Any:
    """The workbook as openpyxl reads it, which keeps files with pictures open otherwise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it says which extensions it does not know
        return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))


def check_order(path: Path) -> None:
    """All XML is well-formed; elements, rows and cells stand in the order that the standard asks for."""
    for name, data in parts(path).items():
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        root = ElementTree.fromstring(data)
        if name.startswith("xl/worksheets/sheet"):
            named = [child.tag.rpartition("}")[2] for child in root]
            ranks = [ORDER.index(each) for each in named]
            assert ranks == sorted(ranks), named
            rows = [int(row.get("r", "0")) for row in root.iter(f"{MAIN}row")]
            assert rows == sorted(set(rows))
            for row in root.iter(f"{MAIN}row"):
                columns = [openpyxl.utils.cell.coordinate_from_string(cell.get("r")) for cell in row]
                numbers = [openpyxl.utils.column_index_from_string(column) for column, _ in columns]
                assert numbers == sorted(set(numbers))
                assert {number for _, number in columns} <= {int(row.get("r", "0"))}
            listed = [(int(col.get("min", "0")), int(col.get("max", "0"))) for col in root.iter(f"{MAIN}col")]
            assert all(first[1] < second[0] for first, second in pairwise(listed))


def test_all_other_parts_are_the_same_bytes(rich: Path, tmp_path: Path) -> None:
    before, digest = parts(rich), rich.read_bytes()
    after = parts(mark_workbook(rich, tmp_path / "out.xlsx", marks(COURSES, PATIENTS)))
    assert rich.read_bytes() == digest
    touched = {name for name, data in before.items() if after.pop(name) != data}
    assert touched == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml", "xl/worksheets/_rels/sheet3.xml.rels",
        "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml", "xl/drawings/vmlDrawing2.vml",
    }  # fmt: skip
    assert set(after) == {"xl/comments2.xml", "xl/worksheets/sheet4.xml"}
    check_order(tmp_path / "out.xlsx")


def test_in_the_sheet_nothing_else_is_changed(rich: Path, tmp_path: Path) -> None:
    before = parts(rich)["xl/worksheets/sheet1.xml"].decode()
    after = parts(mark_workbook(rich, tmp_path / "out.xlsx", marks(COURSES)))[
        "xl/worksheets/sheet1.xml"
    ].decode()
    ours = re.sub(r'<c r="[EF]\d+"[^>]*><is>.*?</is></c>', "", after)
    ours = re.sub(r'<col min="[56]" max="[56]" width="(26|90)" customWidth="1"/>', "", ours)
    ours = re.sub(r'<c r="D7" s="\d+"/>', "", ours)
    widths = '<col min="1" max="31" width="12.7109375" customWidth="1"/>'
    split = '<col min="1" max="4" width="12.7109375" customWidth="1"/><col min="7" max="31" width="12.7109375" customWidth="1"/>'
    assert widths in before
    ours = ours.replace(split, widths).replace('ref="A1:F31"', 'ref="A1:D31"')
    before = re.sub(r' spans="[^"]*"', "", before)
    ours = re.sub(r' spans="[^"]*"', "", ours)
    for cell in ("B3", "C3"):
        before = re.sub(rf'<c r="{cell}"( s="\d+")?', f'<c r="{cell}"', before)
        ours = re.sub(rf'<c r="{cell}"( s="\d+")?', f'<c r="{cell}"', ours)
    assert ours == before


def test_the_marks_are_there(rich: Path, tmp_path: Path) -> None:
    book = book_of(mark_workbook(rich, tmp_path / "out.xlsx", marks(COURSES, PATIENTS)))
    assert book.sheetnames == ["courses", "Lists", "patients", "Findings"]
    sheet = book["courses"]
    assert [sheet.cell(1, column).value for column in (5, 6)] == ["msreg status", "msreg faults"]
    assert sheet["E1"].font.bold
    assert [sheet["E2"].value, sheet["F2"].value] == ["would be added", None]
    assert [sheet["E3"].value, sheet["F3"].value] == ["refused", COURSES.faults[3]]
    assert sheet["E22"].value is None
    colours = {
        cell.coordinate: cell.fill.fgColor.rgb for row in sheet.iter_rows() for cell in row if cell.comment
    }
    assert colours == {"A3": "00000000", "C3": RED, "B3": ORANGE, "D7": RED}
    assert sheet["C3"].comment.text == "msreg:\nCOU-004 not an EDSS score\n→ 0, 1, 1.5 … 10"
    assert (sheet["C3"].comment.author, sheet["A3"].comment.text) == ("msreg", "look at this")
    assert (sheet["B3"].value.date(), sheet["B3"].number_format) == (date(2026, 3, 2), "yyyy-mm-dd")
    assert book["patients"]["D2"].value == "refused"
    assert book["patients"].tables["Table1"].ref == "A1:C4"
    assert [[cell.value for cell in row] for row in book["Findings"].iter_rows()][2:] == [
        ["code", "times"],
        ["COU-004", 1],
    ]
    assert book["Findings"]["A3"].font.bold


def test_boxes_of_comments_stand_beside_all_others(rich: Path, tmp_path: Path) -> None:
    made = parts(mark_workbook(rich, tmp_path / "out.xlsx", marks(COURSES, PATIENTS)))
    boxes = made["xl/drawings/vmlDrawing1.vml"], made["xl/drawings/vmlDrawing2.vml"]
    ids = [each for part in boxes for each in re.findall(rb'id="_x0000_s(\d+)"', part)]
    assert len(ids) == len(set(ids)) == 6
    places = [re.findall(rb"<x:Row>(\d+)</x:Row>\s*<x:Column>(\d+)</x:Column>", part) for part in boxes]
    assert places == [[(b"2", b"0"), (b"2", b"1"), (b"2", b"2"), (b"6", b"3")], [(b"1", b"2")]]
    assert b"Send" in boxes[1]
    assert re.findall(rb'data="([^"]*)"', boxes[0] + boxes[1]) == [b"1,3", b"2,4"]


def test_a_cell_with_somebody_elses_comment_keeps_that_one(rich: Path, tmp_path: Path) -> None:
    sheet = MarkedSheet("courses", 1, {3: "refused"}, {}, [MarkedCell(3, 0, "red", "COU-001")])
    book = book_of(mark_workbook(rich, tmp_path / "out.xlsx", marks(sheet)))
    cell = book["courses"]["A3"]
    assert (cell.comment.text, cell.fill.fgColor.rgb) == ("look at this", RED)


def test_a_row_and_a_cell_that_are_missing_are_added_in_their_place(rich: Path, tmp_path: Path) -> None:
    cells = [MarkedCell(25, 0, "red", "x"), MarkedCell(12, 3, "red"), MarkedCell(28, 2, "orange")]
    sheet = MarkedSheet("courses", 1, {25: "far below"}, {}, cells)
    out = mark_workbook(rich, tmp_path / "out.xlsx", marks(sheet))
    check_order(out)
    made = book_of(out)["courses"]
    assert [made[name].fill.fgColor.rgb for name in ("A25", "D12", "C28")] == [RED, RED, ORANGE]
    assert made["E25"].value == "far below"


def test_an_empty_cell_takes_the_format_of_its_row_or_column(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "in.xlsx"))
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("courses")
    sheet.write_row(0, 0, ["a", "b"])
    sheet.set_column(1, 1, None, text)
    sheet.set_row(3, None, day)
    sheet.write_row(2, 0, ["x"])
    book.close()
    cells = [MarkedCell(3, 1, "red"), MarkedCell(4, 1, "red")]
    out = mark_workbook(
        tmp_path / "in.xlsx", tmp_path / "out.xlsx", marks(MarkedSheet("courses", 1, {}, {}, cells))
    )
    made = book_of(out)["courses"]
    assert [made["B3"].number_format, made["B4"].number_format] == ["@", "yyyy-mm-dd"]
    assert [made["B3"].fill.fgColor.rgb, made["B4"].fill.fgColor.rgb] == [RED, RED]


def test_the_columns_stand_right_of_merged_cells_and_empty_styled_ones_give_way(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "in.xlsx"))
    grey = book.add_format({"bg_color": "#EEEEEE"})
    sheet = book.add_worksheet("courses")
    sheet.merge_range(0, 0, 0, 3, "Courses of November", grey)
    sheet.write_row(1, 0, ["a", "b"])
    for column in range(10):
        sheet.write_blank(2, column, None, grey)
    sheet.write_string(2, 0, "x")
    book.close()
    out = mark_workbook(
        tmp_path / "in.xlsx", tmp_path / "out.xlsx", marks(MarkedSheet("courses", 2, {3: "refused"}, {}))
    )
    check_order(out)
    made = book_of(out)["courses"]
    assert [made["E2"].value, made["F2"].value, made["E3"].value] == [
        "msreg status",
        "msreg faults",
        "refused",
    ]
    assert made["J3"].fill.fgColor.rgb == "FFEEEEEE"
    assert made["E1"].value is None


@pytest.mark.usefixtures("no_umask")
def test_the_copy_is_its_owners_only_and_nothing_is_overwritten(rich: Path, tmp_path: Path) -> None:
    out = mark_workbook(rich, tmp_path / "out.xlsx", marks(COURSES))
    assert out.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Conflict):
        mark_workbook(rich, out, marks(COURSES))
    mark_workbook(rich, out, marks(PATIENTS), overwrite=True)
    assert book_of(out)["courses"]["E1"].value is None


def test_a_sheet_that_is_not_there_makes_no_file(rich: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        mark_workbook(rich, tmp_path / "out.xlsx", marks(MarkedSheet("medication", 1, {}, {})))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["logo.png", "november.xlsx"]
