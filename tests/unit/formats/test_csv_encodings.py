"""SPEC B2: CSV comes in the encodings that hospitals have. What was assumed is said, and nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from msreg.errors import Refused
from msreg.formats.cells import Table
from msreg.formats.registry import read

TEXT = "centre;name\r\nAMS01;Zoë\r\nAMS01;Müller – “x” €\r\n"


def table_of(tmp_path: Path, content: bytes) -> Table:
    (tmp_path / "patients.csv").write_bytes(content)
    [table] = read(tmp_path).tables
    return table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_same_rows_come_out_of_each_encoding(tmp_path: Path, encoding: str) -> None:
    table = table_of(tmp_path, TEXT.encode(encoding))
    assert table.header == ["centre", "name"]
    assert list(table.rows) == [(2, ["AMS01", "Zoë"]), (3, ["AMS01", "Müller – “x” €"])]
    assert [note.code for note in table.notes] == (["FIL-017"] if encoding == "cp1252" else [])


def test_utf_16_with_the_high_byte_first_and_tabs(tmp_path: Path) -> None:
    path = tmp_path / "patients.txt"
    path.write_bytes(b"\xfe\xff" + TEXT.replace(";", "\t").encode("utf-16-be"))
    [table] = read(path).tables
    assert [row[1] for _, row in table.rows] == ["Zoë", "Müller – “x” €"]


def test_a_byte_of_windows_late_in_a_large_file(tmp_path: Path) -> None:
    table = table_of(tmp_path, b"a;b\n" + b"x;y\n" * 600_000 + b"\xeb;\n")
    assert [note.code for note in table.notes] == ["FIL-017"]
    *_, last = table.rows
    assert last == (600_002, ["ë", None])


@pytest.mark.parametrize("piece", [2**20 - 1, 2**20, 2**20 + 1])
def test_a_letter_over_the_edge_of_a_piece(tmp_path: Path, piece: int) -> None:
    table = table_of(tmp_path, b"a\n" + b"x\n" * (piece // 2 - 1) + b"x" * (piece % 2) + "ë\n".encode())
    assert table.notes == []


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a\nZo\xc3\xab\nZo\xeb\n", 3),  # both, so that reading it as either would spoil a name
        (b"a\nZo\xeb\nZo\xc3\xab\n", 2),
        (b"\xef\xbb\xbfa\nZo\xeb\n", 2),  # it says that it is UTF-8
        (b"a\nx\n\x81\n", 3),
        (b"a\n\x8d", 2),
        (b"a\n1\0\n", 2),
        (b"\xff\xfea\0\n\0\0\xd8", 2),
        (b"\xff\xfea\0\n\0\0\0", 2),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(tmp_path: Path, content: bytes, line: int) -> None:
    with pytest.raises(Refused, match=f"line {line}: this is not UTF-8") as caught:
        table_of(tmp_path, content)
    assert caught.value.hint_text()


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """Rows are read more than once: once to see whose they are, once to load them."""
    table = table_of(tmp_path, b"a\n1\n2\n")
    assert len(list(table.rows)) == 2
    with (tmp_path / "patients.csv").open("ab") as file:
        file.write(b"3\n")
    with pytest.raises(Refused, match="was changed while it was being read"):
        list(table.rows)


CLEANED = [
    (" a", "a"), ("a ", "a"), ("\u00a0a\u00a0", "a"), ("\ta", "a"), ("'=1", "=1"), ("'a", "'a"), ("''=1", "'=1"),
    ("a|", "a|"), ("| a", "| a"), ("a |b", "a |b"), ("e\u0301", "é"), ("\u00a0", None), ("'", "'"), ("|'-1", "|'-1"),
]  # fmt: skip


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize(("cell", "expected"), CLEANED)
def test_cells_are_cleaned_wherever_they_stand(tmp_path: Path, cell: str, expected: str, at: int) -> None:
    row = ["x", "y", "z"]
    row[at] = cell
    [(_, found)] = table_of(tmp_path, ("a;b;c\n" + ";".join(row) + "\n").encode()).rows
    row[at] = expected
    assert found == row
