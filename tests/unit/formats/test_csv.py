"""SPEC B2, X2: CSV folders in and out; nothing that a spreadsheet would calculate, nothing lost."""

from __future__ import annotations

import csv
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msreg.errors import Refused
from msreg.formats import csv_rows
from msreg.formats.cells import Unreadable, plain
from msreg.formats.csv_out import write_folder
from msreg.formats.formula_guard import guard, unguard
from msreg.formats.registry import read
from msreg.formats.sheets import SheetOut

SIGNS = "=+-@\t\r＝＋－＠'"
TEXTS = st.text(
    st.one_of(st.sampled_from(SIGNS + '";,\n 0é'), st.characters(exclude_categories=["Cs"])), max_size=20
)


def walk(path: Path) -> None:
    for table in read(path).tables:
        for _ in table.rows:
            pass


def table_of(tmp_path: Path, content: bytes, name: str = "courses.csv") -> tuple[list[str], list[object]]:
    (tmp_path / name).write_bytes(content)
    [table] = read(tmp_path).tables
    return table.header, list(table.rows)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_marks_and_line_ends(tmp_path: Path, separator: str, mark: bytes, end: str) -> None:
    lines = [["centre", '"a;,b"', "edss"], ["AMS01", '"x ""y"""', "5,5" if separator != "," else "5.5"]]
    text = end.join(separator.join(cells) for cells in lines) + end
    header, rows = table_of(tmp_path, mark + text.encode())
    assert header == ["centre", "a;,b", "edss"]
    assert rows == [(2, ["AMS01", 'x "y"', lines[1][2]])]


def test_only_the_header_line_is_sniffed(tmp_path: Path) -> None:
    assert table_of(tmp_path, b"a;b\n1,2,3,4;5\n") == (["a", "b"], [(2, ["1,2,3,4", "5"])])


def test_one_column(tmp_path: Path) -> None:
    assert table_of(tmp_path, b"a\n1\n") == (["a"], [(2, ["1"])])


def test_all_cells_are_text_and_zeros_stay(tmp_path: Path) -> None:
    assert table_of(tmp_path, b"a;b;c\n00012;;1e5\n")[1] == [(2, ["00012", None, "1e5"])]


def test_rows_count_as_excel_counts(tmp_path: Path) -> None:
    content = b'\na;b\n\n"one\ntwo";2\n;\n3\n4;5;;\n6;7;8\n'
    header, rows = table_of(tmp_path, content)
    assert header == ["a", "b"]
    assert rows == [(4, ["one\ntwo", "2"]), (6, ["3", None]), (7, ["4", "5"]), (8, ["6", "7", "8"])]


def test_one_sheet_a_file_in_order_of_name(tmp_path: Path) -> None:
    for name in ("patients.csv", "Courses.CSV", ".hidden.csv", "~lock.csv", "notes.txt"):
        (tmp_path / name).write_text("a\n")
    assert [table.sheet for table in read(tmp_path).tables] == ["Courses", "patients"]


def test_a_single_file_is_one_sheet(tmp_path: Path) -> None:
    (tmp_path / "courses.csv").write_text("a\n1\n")
    [table] = read(tmp_path / "courses.csv").tables
    assert (table.sheet, list(table.rows)) == ("courses", [(2, ["1"])])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a;b\nx;Zo\x81\n", "courses.csv, line 2: this is not UTF-8"),
        (b"a;b\n" + b"x;y\n" * 600_000 + b"\x8d;\n", "line 600002: this is not UTF-8"),
        (b"a\n1\n\0\n", "line 3: this is not UTF-8"),
        (b'a;b\n1;2\n3;"open\n', "row 3: a quote in this row"),
        (b'a;b\n1;"2"x\n', "row 2: a quote in this row"),
        (b"a\n" + b"x" * 32_768 + b"\n", "row 2, column A: a text of more than 32767"),
        (b"a\n" + b"x" * 200_000 + b"\n", "row 2"),
        (b"a\n" + b"x;" * 2**22, "row 2: the row is longer than 4194304"),
        (b"a;b\n" + b'"x\ny";' * 2**20, "row 2: the row is longer than 4194304"),
        (b"a;" * 512 + b"a\n", "row 1: more than 512 columns"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "courses.csv").write_bytes(content)
    with pytest.raises(Refused, match=says) as caught:
        walk(tmp_path)
    assert caught.value.exit_code == 6
    assert caught.value.hint


def test_two_files_for_one_sheet(tmp_path: Path) -> None:
    (tmp_path / "courses.csv").write_text("a\n")
    (tmp_path / "COURSES.csv").write_text("a\n")
    with pytest.raises(Refused, match="are the same sheet"):
        read(tmp_path)


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MAX_ROWS", 2)
    (tmp_path / "courses.csv").write_text("a\n1\n2\n")
    walk(tmp_path)
    (tmp_path / "courses.csv").write_text("a\n1\n2\n3\n")
    with pytest.raises(Refused, match="more than 2 rows"):
        walk(tmp_path)


@given(TEXTS)
@settings(derandomize=True, max_examples=1000)
def test_what_is_guarded_comes_back_and_is_no_formula(text: str) -> None:
    guarded = guard(text)
    assert unguard(guarded) == text
    assert guarded.lstrip()[:1] not in tuple("=+-@＝＋－＠")
    assert guarded[:1] not in ("\t", "\r") or not guarded


@pytest.mark.parametrize("text", ["'s-Hertogenbosch", "'t Hart", "'", "", "a=b", "12"])
def test_what_needs_no_guard_stays(text: str) -> None:
    assert guard(text) == unguard(text) == text


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_text_comes_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = write_folder(Path(place) / "out", [SheetOut("courses", ["=a", "b"], rows)])
        [table] = read(folder).tables
        assert table.header == ["=a", "b"]
        expected = [[plain(cell.replace("\0", "")) for cell in row] for row in rows]
        assert [row for _, row in table.rows] == [row for row in expected if row != [None, None]]


def test_every_field_has_quotes_and_types_are_written_plainly(tmp_path: Path) -> None:
    moment = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    row = [None, "=1", -2, -2.5, Decimal("-0.50"), True, False, date(2024, 2, 29), moment, Unreadable("#N/A")]
    header = [f"c{index}" for index in range(len(row))]
    folder = write_folder(tmp_path / "out", [SheetOut("s", header, [row])], separator=",", mark=False)
    lines = (folder / "s.csv").read_bytes().decode().split("\r\n")
    assert lines[1] == (
        '"","\'=1","-2","-2.5","-0.50","true","false","2024-02-29","2024-01-02 03:04:05+00:00","#N/A"'
    )
    write_folder(tmp_path / "nl", [SheetOut("s", header, [row])], decimal=",")
    content = (tmp_path / "nl" / "s.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert next(csv.reader(content.decode().split("\r\n")[1:], delimiter=";"))[2:5] == ["-2", "-2,5", "-0,50"]


@pytest.mark.parametrize("name", ["../x", ".x", "a/b", ""])
def test_a_sheet_name_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name for a file"):
        write_folder(tmp_path / "out", [SheetOut(name, ["a"], [])])
    assert list(tmp_path.iterdir()) == []
