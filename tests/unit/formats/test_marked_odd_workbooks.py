"""Workbooks that no Excel wrote are marked too, and hostile ones are refused (SPEC B3, security 4.8)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import python_calamine

from msreg.errors import Refused
from msreg.formats.marks import MarkedCell, MarkedSheet, Marks
from msreg.formats.xlsx_marked import mark_workbook

Build = Callable[..., Path]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RED = "FFFFC7CF"
TITLE = '<row r="1"><c r="A1" t="inlineStr"><is><t>edss</t></is></c><c r="B1" t="inlineStr"><is><t>x</t></is></c></row>'


def marks(*cells: MarkedCell) -> Marks:
    sheet = MarkedSheet("courses", 1, {2: "refused", 3: "no faults"}, {2: "COU-004"}, cells)
    return Marks(
        [sheet], "msreg status", "msreg faults", "Findings", [["msreg", "Findings"]], frozenset((0,))
    )


TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/xl/workbook.xml" ContentType="{OFFICE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{OFFICE}.worksheet+xml"/></Types>'
)
ONE = marks(MarkedCell(2, 0, "red", "COU-004"))


def mark(path: Path, wanted: Marks = ONE) -> Path:
    return mark_workbook(path, path.with_name("out.xlsx"), wanted)


def grid(path: Path, sheet: str = "courses") -> list[list[Any]]:
    """The cells as the reader of imports sees them."""
    book = python_calamine.load_workbook(io.BytesIO(path.read_bytes()))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def sheet_of(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def number(value: object) -> str:
    return f'<c r="{value}"><v>1</v></c>'


FULL = [
    ["edss", "x", "msreg status", "msreg faults"],
    [11.0, "", "refused", "COU-004"],
    [3.0, "", "no faults", ""],
]
ROWS = TITLE + '<row r="2"><c r="A2"><v>11</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>'


def test_a_workbook_without_styles(build: Build) -> None:
    made = mark(build(ROWS, **{"[Content_Types].xml": TYPES}))
    assert grid(made) == FULL
    book = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))
    assert book["courses"]["A2"].fill.fgColor.rgb == RED
    assert grid(made, "Findings") == [["msreg", "Findings"]]


def test_elements_with_a_prefix(build: Build) -> None:
    rows = ROWS.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    styles = (
        f'<x:styleSheet xmlns:x="{MAIN}"><x:fonts count="1"><x:font/></x:fonts><x:cellXfs count="1">'
        '<x:xf numFmtId="2" fontId="0" fillId="0" borderId="0"/></x:cellXfs></x:styleSheet>'
    )
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    relations = (
        '<p:Relationships xmlns:p="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<p:Relationship Id="rId1" Type="{KIND}worksheet" Target="/xl/worksheets/sheet1.xml"/>'
        f'<p:Relationship Id="rId7" Type="{KIND}styles" Target="styles.xml"/></p:Relationships>'
    )
    made = mark(
        build(
            sheet.encode(),
            **{
                "[Content_Types].xml": TYPES,
                "xl/styles.xml": styles,
                "xl/_rels/workbook.xml.rels": relations,
            },
        )
    )
    assert grid(made) == FULL
    cell = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))["courses"]["A2"]
    assert (cell.fill.fgColor.rgb, cell.number_format, cell.comment.text) == (
        RED,
        "0.00",
        "msreg:\nCOU-004",
    )


def test_a_workbook_saved_as_strict(build: Build) -> None:
    """ISO 29500 strict has other names for the same kinds; new parts take those."""
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    kinds = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    book = (
        f'<workbook xmlns="{strict}" xmlns:r="{kinds}"><sheets>'
        '<sheet name="courses" sheetId="4" r:id="rId1"/></sheets></workbook>'
    )
    made = mark(
        build(
            f'<worksheet xmlns="{strict}"><sheetData>{ROWS}</sheetData></worksheet>'.encode(),
            **{"xl/workbook.xml": book},
        )
    )
    with zipfile.ZipFile(made) as archive:
        linked = archive.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
        assert f'Type="{kinds}/comments"' in linked
        assert KIND not in linked
        assert strict.encode() in archive.read("xl/comments1.xml")
        assert b'sheetId="5"' in archive.read("xl/workbook.xml")


def test_rows_and_cells_without_references(build: Build) -> None:
    rows = "<row><c t='inlineStr'><is><t>edss</t></is></c><c t='inlineStr'><is><t>x</t></is></c></row>"
    made = mark(build(rows + "<row><c><v>11</v></c></row><row ><c ><v>3</v></c ></row >"))
    assert grid(made) == FULL
    assert b'<c s="' in sheet_of(made)


def test_what_only_looks_like_rows_is_left_alone(build: Build) -> None:
    """Comments, CDATA and instructions may hold anything, also at the seam of two pieces."""
    trap = '<!-- </row><row r="2"><c r="Z2"> --><?x </sheetData> ?>' + "<!--" + " </row>" * 200_000 + "-->"
    rows = TITLE + trap + '<row r="2"><c r="A2"><v>11</v></c><!-- </row> --></row>'
    rows += '<row r="3"><c r="A3" t="inlineStr"><is><t><![CDATA[</c></row></sheetData>]]></t></is></c></row>'
    made = mark(build(rows))
    assert trap.encode() in sheet_of(made)
    root = ElementTree.fromstring(sheet_of(made))
    rows_made = [[cell.get("r") for cell in row] for row in root.iter(f"{{{MAIN}}}row")]
    assert rows_made == [["A1", "B1", "C1", "D1"], ["A2", "C2", "D2"], ["A3", "C3"]]
    assert [each.text for each in root.iter(f"{{{MAIN}}}t")][-2] == "</c></row></sheetData>"


def test_a_greater_sign_in_an_attribute_ends_no_tag(build: Build) -> None:
    rows = ROWS.replace('<row r="2">', '<row r="2" x="a>b" spans="1:1">').replace(
        '<c r="A2">', "<c r=\"A2\" y='/>'>"
    )
    made = mark(build(rows))
    assert b'<row r="2" x="a>b">' in sheet_of(made)
    root = ElementTree.fromstring(sheet_of(made))
    assert [cell.get("r") for row in root.iter(f"{{{MAIN}}}row") for cell in row][4:7] == ["A2", "C2", "D2"]


@pytest.mark.parametrize("data", ["<sheetData/>", "<sheetData></sheetData>", "<sheetData />"])
def test_a_sheet_without_rows(build: Build, data: str) -> None:
    made = mark(
        build(
            f'<worksheet xmlns="{MAIN}"><dimension ref="A1"/>{data}<pageMargins left="1"/></worksheet>'.encode()
        )
    )
    assert [row[-2:] for row in grid(made)] == [
        ["msreg status", "msreg faults"],
        ["refused", "COU-004"],
        ["no faults", ""],
    ]
    assert b'<dimension ref="A1:C3"/>' in sheet_of(made)


def test_rows_out_of_order_get_no_others_among_them(build: Build) -> None:
    rows = TITLE + '<row r="3"><c r="A3"><v>3</v></c></row><row r="2"/>'
    made = sheet_of(mark(build(rows), marks(MarkedCell(9, 0, "red", "x"))))
    assert made.count(b"<row ") == 3
    assert b'<row r="2"><c r="C2"' in made


def test_an_extension_of_a_row_stays_behind_its_cells(build: Build) -> None:
    rows = ROWS.replace("<v>11</v></c></row>", '<v>11</v></c><extLst><ext uri="x"/></extLst></row>')
    root = ElementTree.fromstring(sheet_of(mark(build(rows))))
    row = list(root.iter(f"{{{MAIN}}}row"))[1]
    assert [each.tag.rpartition("}")[2] for each in row] == ["c", "c", "c", "extLst"]


def test_comments_that_talk_to_each_other_stay(build: Build) -> None:
    """A threaded comment has a part of its own, and a line among the others by an author named tc=."""
    comments = (
        f'<comments xmlns="{MAIN}"><authors><author>tc={{1}}</author></authors><commentList>'
        '<comment ref="B3" authorId="0"><text><t>[Threaded comment]</t></text></comment></commentList></comments>'
    )
    schema = "http://schemas.openxmlformats.org/package/2006/relationships"
    threads = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    relations = (
        f'<Relationships xmlns="{schema}"><Relationship Id="rId1" Type="{threads}" Target="../threadedComments/t1.xml"/>'
        f'<Relationship Id="rId2" Type="{KIND}comments" Target="../comments7.xml"/></Relationships>'
    )
    thread = "<ThreadedComments/>"
    made = mark(
        build(
            ROWS,
            **{
                "xl/comments7.xml": comments,
                "xl/threadedComments/t1.xml": thread,
                "xl/worksheets/_rels/sheet1.xml.rels": relations,
            },
        )
    )
    with zipfile.ZipFile(made) as archive:
        assert archive.read("xl/threadedComments/t1.xml").decode() == thread
        lines = archive.read("xl/comments7.xml").decode()
    assert lines.startswith(comments.partition("</authors>")[0])
    assert '<comment ref="B3" authorId="0"><text><t>[Threaded comment]</t></text></comment>' in lines
    assert '<comment ref="A2" authorId="1">' in lines


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/workbook.xml", f"{LAUGHS}<workbook/>"),
        ("xl/workbook.xml", "<workbook><sheets><sheet></workbook>"),
        ("xl/_rels/workbook.xml.rels", f"{LAUGHS}<Relationships/>"),
        ("[Content_Types].xml", LAUGHS + "<Types/>"),
        ("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1">'),
        ("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"></sheetData></worksheet>'),
        ("xl/worksheets/sheet1.xml", f'{LAUGHS}<worksheet xmlns="{MAIN}"><sheetData>{ROWS}</sheetData></worksheet>'),
        ("xl/worksheets/sheet1.xml", "<chartsheet/>"),
        ("xl/worksheets/sheet1.xml", ""),
        ("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><sheetData><!-- </sheetData></worksheet>'),
        ("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><cols><col min="x"/></cols><sheetData>{ROWS}</sheetData></worksheet>'),
    ],
)  # fmt: skip
def test_a_broken_or_hostile_part_is_refused_and_leaves_nothing(
    build: Build, part: str, content: str
) -> None:
    path = build(ROWS, **{part: content})
    with pytest.raises(Refused):
        mark(path)
    assert [each.name for each in path.parent.iterdir()] == ["batch.xlsx"]


def test_a_row_without_an_end_takes_no_more_memory_than_one_may(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("msreg.formats.xlsx_marked_rows.MAX_HELD", 2**21)
    with pytest.raises(Refused):
        mark(build(TITLE + "<row>" + " " * 2**23 + "</row>"))
