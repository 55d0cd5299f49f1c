"""Wrong input: one sentence that names the file and says what to do, and the right exit code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from msreg.errors import MsregError, NotFound, Refused, Usage
from msreg.formats.registry import read, writer

OLD = bytes.fromhex("d0cf11e0a1b11ae1")


def refusal(path: Path) -> MsregError:
    with pytest.raises(MsregError) as caught:
        [list(table.rows) for table in read(path).tables]
    error = caught.value
    assert str(path) in error.text()
    assert error.hint_text()
    assert error.__cause__ is None
    return error


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    error = refusal(tmp_path / "gone.xlsx")
    assert isinstance(error, NotFound)
    assert error.exit_code == 3


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.xlsx", b"", "is empty"),
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n \n", "is empty"),
        ("photo.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(50), "is a picture"),
        ("photo.csv", b"\xff\xd8\xff\xe0" + bytes(50), "is a picture"),
        ("letter.xlsx", b"%PDF-1.7\n", "is a PDF"),
        ("courses.csv.gz", b"\x1f\x8b\x08\0", "packed in a way that is not read"),
        ("batch.rar", b"Rar!\x1a\x07", "packed in a way that is not read"),
        ("list.json", b'[{"sheet": "courses"}]', "one list in JSON"),
        ("bundle.json", b'{\n"resourceType": "Bundle"}', "FHIR without answers"),
        ("batch.zip", b"PK\x05\x06" + bytes(18), "holds no tables"),
        ("old.xls", OLD + bytes(2000), "old Excel format"),
        (
            "locked.xlsx",
            OLD + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "protected with a password",
        ),
        ("notes.xlsx", b"just some words", "is not a workbook"),
        ("half.xlsx", b"PK\x03\x04" + bytes(100), "damaged"),
    ],
)
def test_what_is_no_batch_file(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    error = refusal(path)
    assert isinstance(error, Refused)
    assert error.exit_code == 6
    assert says in error.text()


def test_a_password_behind_a_long_container(tmp_path: Path) -> None:
    header = bytearray(OLD + bytes(504))
    header[30:32] = (9).to_bytes(2, "little")
    header[48:52] = (40).to_bytes(4, "little")
    path = tmp_path / "locked.xlsx"
    path.write_bytes(bytes(header) + bytes(40 * 512) + "EncryptedPackage".encode("utf-16-le") + bytes(480))
    assert "protected with a password" in refusal(path).text()


def test_a_truncated_workbook(batch: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.xlsx"
    path.write_bytes((batch / "msprog.xlsx").read_bytes()[:5000])
    assert "damaged" in refusal(path).text()


def test_another_kind_of_zip(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "letter.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    assert "is not an Excel workbook" in refusal(path).text()


def test_a_folder_without_tables(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing")
    error = refusal(tmp_path)
    assert isinstance(error, Refused)
    assert "has no tables" in error.text()


def test_something_that_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert "not a file" in refusal(tmp_path / "pipe.xlsx").text()


def test_an_unknown_export_format(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="excel, csv"):
        writer("word")


def test_no_refusal_tells_a_value(build: Any) -> None:
    canary = "Kanarievogel"
    path = build(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{canary}</t></is></c><c r="B1" t="s"><v>9</v>')
    error = refusal(path)
    assert canary not in f"{error!r}{error.params}{error.hint_text()}"
