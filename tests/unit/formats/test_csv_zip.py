"""SPEC B2: a zip file with one CSV file a sheet; guarded as a workbook is, and never unpacked on a disk."""

from __future__ import annotations

import io
import resource
import stat
import zipfile
from pathlib import Path

import pytest

from msreg.errors import Refused
from msreg.formats.cells import pick
from msreg.formats.registry import read

PATIENTS, COURSES = b"centre;patient_number\nAMS01;1\n", b"centre;patient_number;edss\nAMS01;1;2,5\n"


def zipped(path: Path, *files: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


def refused(path: Path) -> str:
    before = _memory()
    with pytest.raises(Refused) as caught:
        [list(table.rows) for table in read(path).tables]
    assert _memory() - before < 50 * 2**20
    assert caught.value.hint_text()
    return caught.value.text()


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.parametrize("folder", ["", "november/"])
def test_one_table_a_file_in_order_of_name(tmp_path: Path, folder: str) -> None:
    path = zipped(
        tmp_path / "batch.zip",
        (f"{folder}patients.csv", PATIENTS),
        (f"{folder}Courses.CSV", COURSES),
        (f"__MACOSX/{folder}._patients.csv", b"\0\1"),
        (f"{folder}.DS_Store", b"\0"),
        (f"{folder}readme.txt", b"hello"),
    )
    source = read(path)
    assert source.format == "csv-zip"
    assert source.whole
    assert [table.sheet for table in source.tables] == ["Courses", "patients"]
    for _ in range(2):
        assert list(source.tables[0].rows) == [(2, ["AMS01", "1", "2,5"])]
        assert list(pick(source.tables[0].rows, [2, 1])) == [(2, ["2,5", "1"])]
    assert set(tmp_path.iterdir()) == {path}


def test_what_a_file_is_tells_its_content_not_its_name(tmp_path: Path, batch: Path) -> None:
    book = tmp_path / "book.zip"
    book.write_bytes((batch / "msprog.xlsx").read_bytes())
    assert read(book).format == "xlsx"
    assert read(zipped(tmp_path / "tables.xlsx", ("patients.csv", PATIENTS))).format == "csv-zip"


def test_a_table_of_a_zip_is_named_in_an_error(tmp_path: Path) -> None:
    path = zipped(tmp_path / "batch.zip", ("courses.csv", b'a;b\n1;"open\n'))
    assert f"{path}: courses.csv, row 2: a quote" in refused(path)


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def inner() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("patients.csv", PATIENTS)
    return file.getvalue()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([("readme.txt", b"x")], "holds no tables"),
        ([], "holds no tables"),
        ([("a/patients.csv", PATIENTS), ("b/courses.csv", COURSES)], "more than one folder"),
        ([("patients.csv", PATIENTS), ("inner.zip", inner())], "holds another zip file"),
        ([("batch.xlsx", b"x")], "holds another zip file or a workbook"),
        ([("../patients.csv", PATIENTS)], "misleading names"),
        ([("/etc/patients.csv", PATIENTS)], "misleading names"),
        ([("a\\patients.csv", PATIENTS)], "misleading names"),
        ([("patients.csv", PATIENTS), ("PATIENTS.csv", PATIENTS)], "misleading names"),
        ([(link("patients.csv"), b"/etc/passwd")], "misleading names of files, or links"),
        ([(f"{n}.csv", PATIENTS) for n in range(51)], "too large"),
        ([(f"{n}.txt", b"") for n in range(2_001)], "too large"),
        ([("content.xml", b"<x/>"), ("mimetype", b"application/vnd.oasis")], "OpenDocument"),
        ([("xl/workbook.bin", b"x"), ("[Content_Types].xml", b"<x/>")], "binary Excel workbook"),
    ],
)  # fmt: skip
def test_zips_that_are_refused(tmp_path: Path, files: list[tuple[str, bytes]], says: str) -> None:
    assert says in refused(zipped(tmp_path / "batch.zip", *files))


def test_two_files_for_one_sheet(tmp_path: Path) -> None:
    path = zipped(tmp_path / "batch.zip", ("straße.csv", PATIENTS), ("STRASSE.csv", PATIENTS))
    assert "are the same sheet" in refused(path)


def test_a_bomb(tmp_path: Path) -> None:
    path = tmp_path / "batch.zip"
    archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open("courses.csv", "w", force_zip64=True) as part:
        for _ in range(1025):
            part.write(b"x;y\n" * 2**18)
    assert path.stat().st_size < 8 * 2**20
    assert "too large when it is unpacked" in refused(path)


@pytest.mark.parametrize("at", [24, 20, 16])
def test_a_header_that_lies(tmp_path: Path, at: int) -> None:
    """Size unpacked, size packed, check sum: none of them is believed."""
    path = zipped(tmp_path / "batch.zip", ("courses.csv", COURSES * 1000))
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + at : entry + at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    assert "damaged" in refused(path)


def test_a_list_of_files_that_claims_to_be_enormous(tmp_path: Path) -> None:
    path = zipped(tmp_path / "batch.zip", ("courses.csv", COURSES))
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    data[:0] = bytes(100 * 2**20)
    end += 100 * 2**20
    data[0:4] = b"PK\x03\x04"
    data[end + 12 : end + 16] = (90 * 2**20).to_bytes(4, "little")
    path.write_bytes(data)
    del data
    assert "too large" in refused(path)


def test_a_password(tmp_path: Path) -> None:
    path = zipped(tmp_path / "batch.zip", ("courses.csv", COURSES))
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "a zip file with a password" in refused(path)


@pytest.mark.parametrize("kept", [4, 30, 60, 100, 150])
def test_a_zip_that_was_cut_short(tmp_path: Path, kept: int) -> None:
    path = zipped(tmp_path / "batch.zip", ("courses.csv", COURSES))
    path.write_bytes(path.read_bytes()[:kept])
    assert "damaged" in refused(path)


def test_a_file_larger_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "batch.zip"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(129 * 2**20)
    assert "larger than a batch file may be (128 MB)" in refused(path)
