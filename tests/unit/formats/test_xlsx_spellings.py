"""The same cells in every way that programs spell them: a workbook is XML, and XML is written in many ways."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from msreg.errors import Refused
from msreg.formats.cells import Unreadable, pick
from msreg.formats.registry import read
from msreg.formats.workbook_guard import checked
from msreg.formats.workbook_slices import Shape, slices
from msreg.formats.zip_guard import Budget

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
SST = f'<?xml version="1.0"?><sst xmlns="{MAIN}" count="3">%s</sst>'


def rows_of(path: Path) -> list[Any]:
    [table] = read(path).tables
    return list(table.rows)


def styled(*formats: int) -> str:
    each = "".join(f'<xf numFmtId="{number}" applyNumberFormat="1"/>' for number in (0, *formats))
    return f'<styleSheet xmlns="{MAIN}"><cellXfs count="9">{each}</cellXfs></styleSheet>'


TEXTS = [
    ("<si><t>plain</t></si>", "plain"),
    ('<si><t xml:space="preserve">  two  spaces </t></si>', "two  spaces"),
    ("<si><t>one\ntwo&#10;three</t></si>", "one\ntwo\nthree"),
    ("<si><r><t xml:space='preserve'>rich </t></r><r><rPr><b/><sz val='9'/></rPr><t>text</t></r></si>", "rich text"),
    ('<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>', "東京"),
    ("<si><t>a &lt;b&gt; &amp; &#xe9; &quot;</t></si>", 'a <b> & é "'),
    ("<si><t>_x0041_</t></si>", "A"),
    ("<si><t>_x005F_x0041_</t></si>", "_x0041_"),
    ("<si><t><![CDATA[<raw>]]></t></si>", "<raw>"),
    ("<si><t>e\u0301\u00a0</t></si>", "é"),
    ("<si><t/></si>", None),
    ("<si/>", None),
    ("<si ><t>spaced</t></si>", "spaced"),
]  # fmt: skip


@pytest.mark.parametrize("at", range(len(TEXTS)))
def test_shared_texts(build: Any, at: int) -> None:
    """Each beside all others, and last in the list once: blanks at the end are counted too."""
    order = [*TEXTS[at + 1 :], *TEXTS[: at + 1]]
    cells = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>{n - 2}</v></c></row>' for n in range(2, len(order) + 2)
    )
    path = build(HEAD + cells, **{"xl/sharedStrings.xml": SST % "".join(text for text, _ in order)})
    assert dict(rows_of(path)) == {n: [text] for n, (_, text) in enumerate(order, 2) if text is not None}


@pytest.mark.parametrize("item", [text for text, _ in TEXTS if text.startswith("<si>")])
def test_inline_texts_are_read_as_shared_ones(build: Any, item: str) -> None:
    inside = item.removeprefix("<si>").removesuffix("</si>")
    cell = f'<row r="2"><c r="A2" t="inlineStr"><is>{inside}</is></c></row>'
    expected = dict(TEXTS)[item]
    assert rows_of(build(HEAD + cell)) == ([(2, [expected])] if expected is not None else [])


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="e"><v>#N/A</v></c></row>',
        '<row r="2"><c t="s" r="A2"><v>1</v></c><c t="e" r="B2"><v>#N/A</v></c></row>',
        '<row spans="1:2" r="2"><c r="A2" s="0" t="s"><v >1</v></c><c r="B2" s="0" t="e"><v>#N/A</v></c></row>',
        "<row r='2'><c r='A2' t='s'><v>1</v></c><c r='B2' t='e'><v>#N/A</v></c></row>",
        '<row r="2">\n <c r="A2"\n t="s">\n <v>1</v>\n </c>\n <c r="B2" t="e">\n <v>#N/A</v></c></row>',
        '<row r="2"><c r="A2" t = "s"><v xml:space="preserve">1</v></c><c r="B2" t="e"><f>A9</f><v>#N/A</v></c></row>',
        '<row><c t="s"><v>1</v></c><c t="e"><f ca="1"/><v>#N/A</v></c></row>',
        '<!-- a remark with <row> in it --><row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="e"><v>#N/A</v></c></row>',
    ],
)
def test_cells_in_other_spellings(build: Any, cells: str) -> None:
    path = build(HEAD + cells, **{"xl/sharedStrings.xml": SST % "<si><t>x</t></si><si><t>y</t></si>"})
    assert rows_of(path) == [(2, ["y", Unreadable("#N/A")])]


def test_rows_without_numbers_follow_each_other(build: Any) -> None:
    rows = '<row><c><v>1</v></c></row><row/><row r="7"><c><v>2</v></c></row><row ht="9"><c><v>3</v></c></row>'
    assert rows_of(build(HEAD + rows)) == [(2, [1]), (7, [2]), (8, [3])]


def test_names_with_a_prefix(build: Any) -> None:
    rows = (
        '<x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c></x:row>'
        '<x:row r="2" hidden="1"><x:c r="A2" t="e"><x:v>#REF!</x:v></x:c><x:c r="B2"><x:f>1</x:f></x:c></x:row>'
    )
    path = build(
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'.encode(),
        **{"xl/sharedStrings.xml": f'<x:sst xmlns:x="{MAIN}"><x:si><x:t>edss</x:t></x:si></x:sst>'},
    )
    [table] = read(path).tables
    assert (table.header, list(table.rows)) == (
        ["edss"],
        [(2, [Unreadable("#REF!"), Unreadable("", formula=True)])],
    )
    assert [note.params for note in table.notes] == [{"rows": "2"}]


def test_numbers_days_and_moments_by_the_format_of_the_cell(build: Any) -> None:
    cells = "".join(
        f'<c r="{column}2" {kind}><v>{value}</v></c>'
        for column, kind, value in (
            ("A", 's="0"', "45000"), ("B", 's="1"', "45000"), ("C", 's="2"', "45000.5"), ("D", 's="2"', "45000"),
            ("E", 's="3"', "0.25"), ("F", 's="4"', "1.5"), ("G", 't="b"', "1"), ("H", 't="b"', "0"),
            ("I", 't="d"', "2024-02-29"), ("J", 't="n"', "1.50"), ("K", "", "9007199254740993"),
            ("L", 't="str"', "0012"), ("M", 's="1" t="str"', "45000"),
        )
    )  # fmt: skip
    path = build(
        f'{HEAD}<row r="2">{cells}</row>',
        **{
            "xl/styles.xml": styled(14, 22, 20, 46),
            "xl/_rels/workbook.xml.rels": _links("worksheet=worksheets/sheet1.xml", "styles=styles.xml"),
        },
    )
    [(_, row)] = rows_of(path)
    assert row == [
        45000, date(2023, 3, 15), datetime(2023, 3, 15, 12), date(2023, 3, 15), "06:00:00", "1 day, 12:00:00",
        True, False, date(2024, 2, 29), 1.5, 9007199254740992.0, "0012", "45000",
    ]  # fmt: skip
    assert [type(cell) for cell in (row[0], row[3], row[6])] == [int, date, bool]


def _links(*targets: str) -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    each = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}{target.partition("=")[0]}" Target="{target.partition("=")[2]}"/>'
        for n, target in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>'


def test_a_sheet_that_lies_about_its_size(build: Any) -> None:
    start = (
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><cols><col min="1" max="16384"/></cols>'
    )
    path = build(
        f'{start}<sheetData>{HEAD}<row r="2"><c r="A2"><v>1</v></c></row></sheetData></worksheet>'.encode()
    )
    assert rows_of(path) == [(2, [1])]


def test_true_and_one_in_a_column_stay_apart(build: Any) -> None:
    rows = '<row r="2"><c r="A2" t="b"><v>1</v></c></row><row r="3"><c r="A3"><v>1</v></c></row>'
    [(_, [first]), (_, [second])] = rows_of(build(HEAD + rows))
    assert (type(first), type(second)) == (bool, int)


def test_rows_that_go_back_are_refused(build: Any) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{"x" * 30_000}</t></is></c></row>'
        for n in range(2, 90)
    )
    with pytest.raises(Refused, match="damaged"):
        rows_of(build(HEAD + rows + '<row r="3"><c r="A3"><v>1</v></c></row>'))


def test_shared_text_that_is_not_there(build: Any) -> None:
    with pytest.raises(Refused, match="damaged"):
        rows_of(build(HEAD + '<row r="2"><c r="A2" t="s"><v>9</v></c></row>'))


@pytest.mark.parametrize("size", [1, 7, 100, 5_000])
def test_a_sheet_may_be_cut_anywhere(tmp_path: Path, size: int) -> None:
    """Whatever pieces a part comes in, the slices are whole rows, each once."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for n in range(40):
        sheet.append([f"text {n}", n, date(2024, 1, 1)])
    sheet.merge_cells("A2:A3")
    sheet.column_dimensions["B"].hidden = True
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        xml = b"".join(checked(archive, archive.getinfo("xl/worksheets/sheet1.xml"), Budget()))
    shape = Shape()
    found = list(slices((xml[at : at + size] for at in range(0, len(xml), size)), shape))
    assert sum(each.xml.count(b"<row") for each in found) == 40
    assert all(each.xml.count(b"<row") == each.xml.count(b"</row>") for each in found)
    assert (shape.row, shape.merged, shape.hidden_columns) == (40, [(2, 1, 3, 1)], [(2, 2)])


@pytest.mark.parametrize("shared", [True, False])
def test_a_sheet_of_many_slices(tmp_path: Path, shared: bool) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": not shared}) as book:
        sheet = book.add_worksheet("courses")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["number", "text", "day", "mixed"])
        for n in range(1, 30_001):
            sheet.write_row(n, 0, [n, f"text {n}"])
            sheet.write_datetime(n, 2, datetime(2000, 1, 1 + n % 28), day)
            if n % 3:
                sheet.write(n, 3, [None, n / 4, f"t{n % 7}"][n % 3])
    [table] = read(path).tables
    book = openpyxl.load_workbook(path, read_only=True)
    opened = book.worksheets[0].iter_rows(min_row=2, values_only=True)
    for (number, row), expected in zip(table.rows, opened, strict=True):
        assert row == [cell.date() if isinstance(cell, datetime) else cell for cell in expected]
        assert number == row[0] + 1  # type: ignore[operator]
    book.close()
    assert [cells for _, cells in pick(table.rows, [3, 9, 0])] == [
        [row[3], None, row[0]] for _, row in table.rows
    ]
