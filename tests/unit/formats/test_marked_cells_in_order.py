"""However the cells of a sheet are written, its marked copy has all of them, in order, with ours beside them."""

from __future__ import annotations

import tempfile
import tracemalloc
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from msreg.formats.cells import letter
from msreg.formats.marks import MarkedCell, MarkedSheet, Marks, column_number
from msreg.formats.xlsx_marked import mark_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
TITLE = '<row r="1"><c r="A1" t="inlineStr"><is><t>edss</t></is></c><c r="B1" t="inlineStr"><is><t>x</t></is></c></row>'


def marks(sheet: MarkedSheet, *, old_summary: str | None = None) -> Marks:
    rows = [["msreg", "Findings"]]
    return Marks([sheet], "msreg status", "msreg faults", "Findings", rows, old_summary=old_summary)


CELLS = st.dictionaries(
    st.integers(0, 7), st.sampled_from(["<v>1</v>", "", "<is><t>&lt;c&gt;</t></is>"]), max_size=5
)
STYLES = st.sampled_from(['<c r="{}"{}>', "<c\tr='{}'{}>", '<c s="0" r="{}"{}>'])


@given(
    rows=st.dictionaries(st.integers(2, 9), CELLS, max_size=6),
    form=STYLES,
    faulty=st.sets(st.tuples(st.integers(2, 9), st.integers(0, 7)), max_size=6),
    told=st.sets(st.integers(2, 9)),
)
@settings(max_examples=150)
def test_any_sheet_keeps_its_cells_in_order(
    rows: dict[int, dict[int, str]], form: str, faulty: set[tuple[int, int]], told: set[int]
) -> None:
    """Marked, and marked again without any fault: the user's cells are all there, with their values and no doubles."""
    first = marks(
        MarkedSheet(
            "courses", 1, dict.fromkeys(told, "said"), {}, [MarkedCell(*at, "red", "x") for at in faulty]
        )
    )
    filled = [column for cells in rows.values() for column, text in cells.items() if text]
    width = 1 + max([1, *filled, *(column for _, column in faulty)])
    with tempfile.TemporaryDirectory() as folder:
        path = written(rows, form, Path(folder) / "in.xlsx")
        once = cells_of(mark_workbook(path, Path(folder) / "once.xlsx", first))
        again = marks(MarkedSheet("courses", 1, {}, {}, (), width, width + 1), old_summary="Findings")
        twice = cells_of(mark_workbook(Path(folder) / "once.xlsx", Path(folder) / "twice.xlsx", again))
    texts = {"<v>1</v>": "1", "": "", "<is><t>&lt;c&gt;</t></is>": "<c>"}
    mine = {(row, column): texts[text] for row, cells in rows.items() for column, text in cells.items()}
    mine |= {(1, 0): "edss", (1, 1): "x"}
    headers = {(1, width): "msreg status", (1, width + 1): "msreg faults"}
    coloured = dict.fromkeys(faulty, "") | mine
    said = {(row, width): "said" for row in told}
    beyond = {
        (row, column) for row, cells in rows.items() for column in cells if column >= width
    }  # empty ones
    assert {at: text for at, (text, _) in once.items() if at not in beyond} == {
        at: text for at, text in (coloured | headers | said).items() if at not in beyond
    }
    assert {at for at, (_, style) in once.items() if style not in (None, "0")} == faulty
    assert {at: text for at, (text, _) in twice.items() if at not in beyond} == {
        at: text for at, text in (coloured | headers).items() if at not in beyond
    }
    reds = {once[at][1] for at in faulty}
    assert not any(style in reds for _, style in twice.values())


def written(rows: dict[int, dict[int, str]], form: str, path: Path) -> Path:
    """A workbook with these cells, each written in this form."""
    xml = TITLE
    for row, cells in sorted(rows.items()):
        xml += f'<row r="{row}" spans="1:2">'
        for column, content in sorted(cells.items()):
            tag = form.format(f"{letter(column)}{row}", ' t="inlineStr"' if "is" in content else "")
            xml += f"{tag}{content}</c>" if content else tag.replace(">", "/>")
        xml += "</row>"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in minimal(xml).items():
            archive.writestr(name, text)
    return path


def cells_of(path: Path) -> dict[tuple[int, int], tuple[str, str | None]]:
    """Texts and styles of a sheet's cells, which stand in order and at most once each."""
    found: dict[tuple[int, int], tuple[str, str | None]] = {}
    last = 0
    for row in ElementTree.fromstring(sheet_of(path)).iter(f"{{{MAIN}}}row"):
        number, before = int(row.get("r", "")), -1
        assert number > last
        last = number
        for cell in row:
            letters = str(cell.get("r")).removesuffix(str(number))
            column = column_number(letters)
            assert column > before
            before = column
            found[number, column] = "".join(cell.itertext()), cell.get("s")
    return found


def sheet_of(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def minimal(rows: str) -> dict[str, str]:
    """The parts of a workbook with one sheet."""
    schema = "http://schemas.openxmlformats.org/package/2006"
    return {
        "[Content_Types].xml": f'<Types xmlns="{schema}/content-types"/>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{KIND[:-1]}"><sheets>'
        '<sheet name="courses" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{schema}/relationships">'
        f'<Relationship Id="rId1" Type="{KIND}worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """F16: a sheet of 18 MB of XML passes through in pieces."""
    book = xlsxwriter.Workbook(str(tmp_path / "in.xlsx"), {"constant_memory": True})
    sheet = book.add_worksheet("courses")
    for row in range(20_000):
        sheet.write_row(row, 0, [f"text {row}", *range(30)])
    book.close()
    status = dict.fromkeys(range(2, 20_001), "unchanged")
    wanted = marks(MarkedSheet("courses", 1, status, {}, [MarkedCell(9_000, 3, "red", "x")]))
    tracemalloc.start()
    try:
        mark_workbook(tmp_path / "in.xlsx", tmp_path / "out.xlsx", wanted)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert archive.getinfo("xl/worksheets/sheet1.xml").file_size > 18_000_000
    assert peak < 14_000_000
