"""Hostile workbooks are refused in seconds, without a crash and without memory of ours (security F2)."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from msreg.errors import Refused
from msreg.formats import limits
from msreg.formats.registry import read

CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{(f"&{chr(97 + n)};") * 10}">' for n in range(10))
    + ']><worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&k;</t></is></c></row></sheetData>'
    + "</worksheet>"
)


def walk(path: Path) -> None:
    for table in read(path).tables:
        for _ in table.rows:
            pass


def refused(path: Path) -> str:
    """The sentence of the refusal; the work of the processor and our own memory are watched."""
    before = _memory()
    start = _work()
    with pytest.raises(Refused) as caught:
        walk(path)
    assert _work() - start < 10
    assert _memory() - before < 50 * 2**20
    assert caught.value.hint_text()
    return caught.value.text()


def _work() -> float:
    """Seconds that this process and those that it waited for kept a processor busy."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/media/image1.png", "xl/sharedStrings.xml"])
def test_a_zip_bomb(build: Any, part: str) -> None:
    path = build(CELL, **{"xl/other.xml": "<x/>"})
    with zipfile.ZipFile(path) as old:
        kept = {name: old.read(name) for name in old.namelist() if name != part}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in kept.items():
            archive.writestr(name, content)
        with archive.open(part, "w", force_zip64=True) as file:
            for _ in range(1025):
                file.write(b" " * 2**20)
    assert path.stat().st_size < 2 * 2**20
    assert "too large when it is unpacked" in refused(path)


def test_a_bomb_whose_header_lies(build: Any) -> None:
    path = build(CELL + " " * 2**22)
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"xl/worksheets/sheet1.xml") - 46  # in the list at the end of the archive
    data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    assert "damaged" in refused(path)


def test_billion_laughs(build: Any) -> None:
    assert "document type" in refused(build(LAUGHS.encode()))


def test_laughs_in_another_encoding(build: Any) -> None:
    assert "document type" in refused(build(LAUGHS.encode("utf-16")))


def test_an_entity_of_a_file(build: Any) -> None:
    strings = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><sst><si><t>&f;</t></si></sst>'
    assert "document type" in refused(build(CELL, **{"xl/sharedStrings.xml": strings}))


@pytest.mark.parametrize("last", ["XFD1048576", "A1048576", "XFD1", "xfd1", "SS2"])
def test_two_cells_far_apart(build: Any, last: str) -> None:
    assert "filled cell beyond" in refused(build(CELL + f'<row r="2"><c s="1" r="{last}"><v>1</v></c></row>'))


def test_two_cells_far_apart_over_the_edge_of_a_piece(build: Any) -> None:
    for more in range(-30, 30, 3):
        cell = f'{CELL}{" " * (2**20 - 250 + more)}<row r="2"><c r="XFD1048576"><v>1</v></c></row>'
        assert "filled cell beyond" in refused(build(cell))


def test_a_wide_and_a_long_cell_within_the_limits(build: Any) -> None:
    """999,999 rows of 512 columns: the parser asks for more than it may have, and only the child ends."""
    rows = CELL + '<row r="2"><c r="SR2"><v>1</v></c></row><row r="999999"><c r="A999999"><v>1</v></c></row>'
    assert "more memory or time" in refused(build(rows))


def test_macros(build: Any) -> None:
    assert "holds macros" in refused(build(CELL, **{"xl/vbaProject.bin": b"x"}))


@pytest.mark.parametrize("name", ["../../evil.xml", "/etc/evil", "xl\\evil.xml", "XL/Workbook.xml"])
def test_names_that_mislead(build: Any, name: str) -> None:
    assert "misleading names" in refused(build(CELL, **{name: b"x"}))


def test_more_parts_than_a_workbook_has(build: Any) -> None:
    assert "too large" in refused(build(CELL, **{f"x{n}": b"" for n in range(limits.MAX_PARTS)}))


def test_an_encrypted_part(build: Any) -> None:
    path = build(CELL)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "protected with a password" in refused(path)


SST = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'


def test_long_texts_used_many_times(build: Any) -> None:
    """A file of a megabyte that would be 6 GB of cells."""
    strings = SST % "".join(f"<si><t>{n:<100}{'x' * 29_900}</t></si>" for n in range(100))
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n % 100}</v></c></row>' for n in range(1, 200_001))
    path = build(rows, **{"xl/sharedStrings.xml": strings})
    assert path.stat().st_size < 2 * 2**20
    assert "too large when it is unpacked" in refused(path)


def test_one_long_text_used_many_times_is_sent_once_a_batch(build: Any) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 50_001))
    path = build(rows, **{"xl/sharedStrings.xml": SST % f"<si><t>{'x' * 30_000}</t></si>"})
    before = _memory()
    [table] = read(path).tables
    assert sum(len(str(cell)) for _, [cell] in table.rows) == 49_999 * 30_000
    assert _memory() - before < 20 * 2**20


def test_too_many_rows(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ROWS", 3)
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 6))
    assert "more than 3 rows" in refused(build(rows))


def test_a_file_larger_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(limits.MAX_FILE_BYTES + 1)
    assert "larger than a batch file may be" in refused(path)


def test_the_child_ends_when_time_is_up(batch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CHILD_WALL_SECONDS", 0.0)
    assert "more memory or time" in refused(batch / "msprog.xlsx")


def test_the_child_has_no_environment_and_cannot_write(batch: Path, tmp_path: Path) -> None:
    """Its limits hold after it set them: a file of one byte is too large."""
    code = (
        "import os, sys; sys.path.append(sys.argv[1]); from msreg.formats import child, limits;"
        "child._restrict(limits.CHILD_MEMORY_BYTES, limits.CHILD_CPU_SECONDS);"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "f = open(sys.argv[2], 'wb', buffering=0)\n"
        "try: f.write(b'x')\n"
        "except OSError: print('no file')\n"
        "try: bytearray(2**31)\n"
        "except MemoryError: print('no memory')"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(root), str(tmp_path / "x")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[:2] == ["no file", "no memory"]


def _children() -> set[str]:
    return {
        child for each in Path("/proc/self/task").glob("*/children") for child in each.read_text().split()
    }


def test_no_child_is_left(batch: Path) -> None:
    before = _children()
    read(batch / "msprog.xlsx")
    assert _children() <= before
