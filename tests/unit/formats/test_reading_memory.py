"""F16: reading takes as much memory for a large file as for one of a tenth of its size, in msreg and in its child."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

ROOT = Path(__file__).parents[3]
KINDS = ("xlsx", "csv", "zip", "jsonl")

MEASURE = """
import resource, sys
from pathlib import Path
from msreg.errors import Refused
from msreg.formats.cells import pick
from msreg.formats.registry import read
rows = 0
try:
    for table in read(Path(sys.argv[1])).tables:
        for _ in pick(table.rows, [1, 0]): pass
        for _ in table.rows: rows += 1
except Refused as problem:
    rows = -1
# not ru_maxrss of itself: that begins with the memory of the process which started this one
status = Path("/proc/self/status").read_text()
print(int(status.split("VmHWM:")[1].split()[0]) * 1024)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
print(rows)
"""


def measured(path: Path) -> tuple[int, int, int]:
    """Peak memory of a process that reads a file, that of its child, and the rows that it found (-1: refused)."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    own, child, rows = map(int, done.stdout.split())
    return own, child, rows


def cells(number: int) -> list[str | int]:
    return [
        "AMS01",
        str(number // 10),
        *[(number * step) % 1_000 for step in range(1, 13)],
        f"remark {number}",
    ]


def made(folder: Path, kind: str, count: int) -> Path:
    path = folder / f"courses{count}.{kind}"
    header = [f"column{index}" for index in range(15)]
    text = "".join(";".join(map(str, row)) + "\n" for row in (header, *map(cells, range(count))))
    if kind == "xlsx":
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet("courses")
            sheet.write_row(0, 0, header)
            for number in range(count):
                sheet.write_row(number + 1, 0, cells(number))
    elif kind == "csv":
        path.write_text(text)
    elif kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("courses.csv", text)
    else:
        with path.open("w") as file:
            for number in range(count):
                row = dict(zip(header, cells(number), strict=True))
                file.write(json.dumps({"sheet": "courses", **row}) + "\n")
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_ten_times_the_rows_in_the_same_memory(tmp_path: Path, kind: str) -> None:
    small, large = (measured(made(tmp_path, kind, count)) for count in (4_000, 40_000))
    assert (small[2], large[2]) == (4_000, 40_000)
    assert large[0] <= 1.3 * small[0]
    assert large[1] <= 1.3 * small[1]


def sheet_of(tmp_path: Path, rows: int) -> Path:
    """A workbook of one column that is written as XML, for no library writes so many rows in time."""
    path = tmp_path / "many.xlsx"
    from tests.unit.formats.conftest import BOOK, TYPES, links

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", links("officeDocument=xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", links("worksheet=worksheets/sheet1.xml"))
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(
                b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            )
            part.write(b'<row r="1"><c r="A1" t="inlineStr"><is><t>edss</t></is></c></row>')
            for start in range(2, rows + 2, 50_000):
                numbers = range(start, min(start + 50_000, rows + 2))
                part.write(
                    "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in numbers).encode()
                )
            part.write(b"</sheetData></worksheet>")
    return path


@pytest.mark.parametrize(("rows", "found"), [(999_998, 999_998), (1_000_100, -1)])
def test_a_million_rows_are_read_or_refused_in_little_memory(tmp_path: Path, rows: int, found: int) -> None:
    own, child, count = measured(sheet_of(tmp_path, rows))
    assert count == found
    assert own < 80 * 2**20
    assert child < 80 * 2**20


def test_a_hundred_thousand_columns(tmp_path: Path) -> None:
    (tmp_path / "courses.csv").write_text(";".join(f"c{n}" for n in range(100_000)) + "\n")
    own, _, count = measured(tmp_path)
    assert count == -1
    assert own < 60 * 2**20


@pytest.mark.parametrize("start", [b"a;b\n", b'a;"', b'{"sheet": "', b"["])
def test_one_line_without_an_end(tmp_path: Path, start: bytes) -> None:
    for name in ("courses.csv", "courses.jsonl"):
        path = tmp_path / name
        with path.open("wb") as file:
            file.write(start)
            for _ in range(200):
                file.write(b"x" * 2**20)
        own, _, count = measured(path)
        assert count == -1
        assert own < 60 * 2**20
