"""SPEC B3: CSV files are marked too, and every byte of the user's own lines stays."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from pathlib import Path

import pytest

from msreg.errors import Conflict
from msreg.formats.csv_marked import mark_csv
from msreg.formats.csv_rows import Records
from msreg.formats.marks import MarkedCell, MarkedSheet, Marks
from msreg.formats.registry import read

CELLS = [MarkedCell(2, 1, "red", "COU-004")]
COURSES = MarkedSheet(
    "courses", 1, {2: "refused", 3: "no faults"}, {2: 'COU-004: not "a" score; =1+1'}, CELLS
)
SUMMARY = [["msreg", "Findings"], [], ["COU-004", 1, None]]


def marks(*sheets: MarkedSheet, old_summary: str | None = None) -> Marks:
    return Marks(sheets, "msreg status", "msreg faults", "Findings", SUMMARY, old_summary=old_summary)


def mark(path: Path, target: Path, wanted: Marks, *, overwrite: bool = False) -> Path:
    tables = read(path).tables
    texts = {table.sheet: table.rows.text for table in tables if isinstance(table.rows, Records)}
    return mark_csv(path, target, wanted, texts, overwrite=overwrite)


@pytest.mark.parametrize(
    ("start", "encoding", "separator", "end"),
    [
        (b"", "utf-8", ";", "\r\n"),
        (b"\xef\xbb\xbf", "utf-8", ",", "\n"),
        (b"", "cp1252", ";", "\r\n"),
        (b"\xff\xfe", "utf-16-le", "\t", "\r\n"),
        (b"\xfe\xff", "utf-16-be", "\t", "\n"),
        (b"", "utf-8", ";", "\r"),
    ],
)
def test_lines_stay_as_they_are_and_get_two_fields(
    tmp_path: Path, start: bytes, encoding: str, separator: str, end: str
) -> None:
    lines = [
        ["patient_number", '"edss"', "opmerking"],
        [" 1 ", '"11"', '"één; \t, regel' + end + '""twee"""'],
        ["'=2", "3", ""],
    ]
    text = end.join(separator.join(line) for line in lines) + end
    path = tmp_path / "courses.csv"
    path.write_bytes(start + text.encode(encoding))
    made = mark(path, tmp_path / "out.csv", marks(COURSES)).read_bytes()
    assert made.startswith(start)
    told = [
        ['"msreg status"', '"msreg faults"'],
        ['"refused"', '"COU-004: not ""a"" score; =1+1"'],
        ['"no faults"', '""'],
    ]
    expected = [separator.join(line + new) for line, new in zip(lines, told, strict=True)]
    assert made[len(start) :].decode(encoding) == end.join(expected) + end


def test_short_lines_are_filled_up_and_what_stands_before_the_header_stays(tmp_path: Path) -> None:
    path = tmp_path / "courses.csv"
    path.write_text("\n;;\na;b\n1\n1;2;3\n\n4;5")
    sheet = MarkedSheet("courses", 3, {4: "one", 5: "two", 7: "three"}, {})
    made = mark(path, tmp_path / "out.csv", marks(sheet)).read_text()
    assert made == (
        '\n;;\na;b;;"msreg status";"msreg faults"\n1;;;"one";""\n1;2;3;"two";""\n\n4;5;;"three";""'
    )


def test_a_fault_is_never_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "courses.csv"
    path.write_text("a;b\n1;2\n")
    made = mark(path, tmp_path / "out.csv", marks(MarkedSheet("courses", 1, {2: "-"}, {2: "=1+1"})))
    assert made.read_text() == 'a;b;"msreg status";"msreg faults"\n1;2;"\'-";"\'=1+1"\n'


def test_what_an_old_encoding_has_no_sign_for_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "courses.csv"
    path.write_bytes("naam;b\nZoë;2\n".encode("cp1252"))
    made = mark(path, tmp_path / "out.csv", marks(MarkedSheet("courses", 1, {2: "→ …"}, {})))
    assert made.read_bytes().decode("cp1252") == 'naam;b;"msreg status";"msreg faults"\nZoë;2;"? …";""\n'


def test_marks_of_an_earlier_copy_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "courses.csv"
    path.write_text('a;msreg status;b;"msreg fouten"\n1;old;\'=2;"older"\n3;;4\n')
    sheet = MarkedSheet("courses", 1, {2: "refused"}, {3: "COU-004"}, (), 1, 3)
    made = mark(path, tmp_path / "out.csv", marks(sheet)).read_text()
    assert list(csv.reader(io.StringIO(made), delimiter=";")) == [
        ["a", "msreg status", "b", "msreg faults"],
        ["1", "refused", "'=2", ""],
        ["3", "", "4", "COU-004"],
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "november"
    made.mkdir()
    (made / "courses.csv").write_text("a;b\n1;2\n3;4\n")
    (made / "codebook.csv").write_bytes(b"x;\xff\n")
    (made / "readme.txt").write_text("not a table")
    return made


@pytest.mark.usefixtures("no_umask")
def test_a_folder_gets_its_summary_as_a_file(folder: Path, tmp_path: Path) -> None:
    made = mark(folder, tmp_path / "november.checked", marks(COURSES))
    assert sorted(each.name for each in made.iterdir()) == ["Findings.csv", "codebook.csv", "courses.csv"]
    assert (made / "codebook.csv").read_bytes() == b"x;\xff\n"
    assert (
        made / "Findings.csv"
    ).read_bytes() == b'\xef\xbb\xbf"msreg";"Findings"\r\n\r\n"COU-004";"1";""\r\n'
    assert made.stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in made.iterdir()} == {0o600}
    with pytest.raises(Conflict):
        mark(folder, made, marks(COURSES))


def test_a_marked_folder_is_marked_again(folder: Path, tmp_path: Path) -> None:
    once = mark(folder, tmp_path / "once", marks(COURSES))
    sheet = MarkedSheet("courses", 1, {2: "no faults"}, {}, (), 2, 3)
    twice = mark(once, tmp_path / "twice", marks(sheet, old_summary="Findings"))
    assert sorted(os.listdir(twice)) == ["Findings.csv", "codebook.csv", "courses.csv"]
    assert [table.header for table in read(twice).tables][2] == ["a", "b", "msreg status", "msreg faults"]
    mine = tmp_path / "mine"
    os.rename(once, mine)
    kept = mark(mine, tmp_path / "kept", marks(sheet))
    assert sorted(os.listdir(kept)) == ["Findings (2).csv", "Findings.csv", "codebook.csv", "courses.csv"]


@pytest.mark.parametrize("inside", ["", "export/"])
def test_a_zip_gives_a_zip(tmp_path: Path, inside: str) -> None:
    path = tmp_path / "november.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{inside}courses.csv", "a;b\n1;2\n3;4\n")
        archive.writestr(f"{inside}codebook.csv", b"x;\xff\n")
        archive.writestr("__MACOSX/._courses.csv", b"\0")
    made = mark(path, tmp_path / "out.zip", marks(COURSES))
    with zipfile.ZipFile(made) as archive:
        assert archive.namelist() == [
            f"{inside}codebook.csv",
            f"{inside}courses.csv",
            f"{inside}Findings.csv",
        ]
        assert archive.read(f"{inside}codebook.csv") == b"x;\xff\n"
        assert archive.read(f"{inside}courses.csv").startswith(
            b'a;b;"msreg status";"msreg faults"\n1;2;"refused";'
        )
    assert made.stat().st_mode & 0o777 == 0o600
