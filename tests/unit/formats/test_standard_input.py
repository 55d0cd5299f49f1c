"""SPEC B2, C2: a batch file that is piped in; what it is its content tells, and no disk sees it."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from msreg.errors import MsregError, Phrase, Refused, Usage
from msreg.formats import origin
from msreg.formats.cells import Source
from msreg.formats.registry import read

CSV = b"centre;edss\nAMS01;2,5\n"
Pipe = Callable[..., Source]


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Pipe:
    """Read what comes in as standard input, from a pipe that cannot be read twice."""

    def run(content: bytes, **asked: Any) -> Source:
        ours, theirs = os.pipe()
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=theirs) as process:
            os.close(theirs)
            assert process.stdin is not None
            with io.TextIOWrapper(os.fdopen(ours, "rb")) as stream, process.stdin as into:
                import threading

                writer = threading.Thread(target=lambda: (into.write(content), into.close()))
                writer.start()
                monkeypatch.setattr(sys, "stdin", stream)
                try:
                    return read(Path("-"), **asked)
                finally:
                    process.kill()
                    writer.join()

    return run


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("courses.csv", CSV)
    return file.getvalue()


def test_a_csv_file_with_the_name_of_its_sheet(piped: Pipe) -> None:
    source = piped(CSV, sheet="courses")
    assert (source.format, source.whole, source.sha256) == ("csv", False, hashlib.sha256(CSV).hexdigest())
    [table] = source.tables
    for _ in range(2):
        assert (table.sheet, list(table.rows)) == ("courses", [(2, ["AMS01", "2,5"])])


@pytest.mark.parametrize(
    ("content", "format_"),
    [(zipped(), "csv-zip"), (b'{"sheet": "courses", "centre": "AMS01"}\n', "jsonl")],
)
def test_other_text(piped: Pipe, content: bytes, format_: str) -> None:
    source = piped(content)
    assert (source.format, source.tables[0].sheet) == (format_, "courses")
    assert [row[0] for _, row in source.tables[0].rows] == ["AMS01"]


def test_a_workbook(piped: Pipe, batch: Path) -> None:
    content = (batch / "msprog.xlsx").read_bytes()
    there, here = read(batch / "msprog.xlsx"), piped(content)
    assert here.sha256 == there.sha256 == hashlib.sha256(content).hexdigest()
    assert [list(table.rows) for table in here.tables] == [list(table.rows) for table in there.tables]


def test_its_name_is_translated(piped: Pipe) -> None:
    source = piped(CSV, sheet="courses")
    assert isinstance(source.name, Phrase)
    assert source.name.text({"standard input": "standaardinvoer"}.get) == "standaardinvoer"  # type: ignore[arg-type]


def test_csv_without_a_name_is_a_wrong_call(piped: Pipe) -> None:
    with pytest.raises(Usage, match="does not say which sheet") as caught:
        piped(CSV)
    assert caught.value.field == "sheet"
    assert "--sheet courses" in str(caught.value.hint_text())


def test_a_sheet_for_a_file_that_names_its_own(batch: Path, tmp_path: Path) -> None:
    (tmp_path / "courses.csv").write_bytes(CSV)
    for path in (batch / "msprog.xlsx", tmp_path):
        with pytest.raises(Usage, match="names its sheets itself"):
            read(path, sheet="courses")


def test_nothing_at_all(piped: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Usage, match="Nothing comes in on standard input"):
        piped(b"")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(Usage, match="Nothing comes in"):
        read(Path("-"))


def test_a_terminal_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "r") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        with pytest.raises(Usage, match="Nothing comes in"):
            read(Path("-"))
    os.close(ours)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n", "standard input is a picture"),
        (b"<html>", "standard input is not a workbook"),
        (b"PK\x03\x04", "standard input is not a workbook that can be read, or it is damaged"),
        (b"\n\n", "standard input is empty"),
        (b'a;b\n1;"2\n', "standard input, row 2: a quote"),
    ],
)
def test_what_is_no_batch_file(piped: Pipe, content: bytes, says: str) -> None:
    with pytest.raises(MsregError) as caught:
        list(piped(content, **({} if content[:2] == b"PK" else {"sheet": "courses"})).tables[0].rows)
    assert says in caught.value.text()


def test_more_than_a_file_may_hold_is_not_taken_in(piped: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origin, "MAX_FILE_BYTES", 3 * 2**20)
    with pytest.raises(Refused, match="larger than a batch file may be"):
        piped(b"x" * (3 * 2**20 + 1), sheet="courses")


@pytest.mark.parametrize("memory", [True, False])
def test_the_bytes_have_no_name_on_a_disk(
    memory: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not memory:
        monkeypatch.delattr(os, "memfd_create")
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        monkeypatch.setattr("tempfile.tempdir", None)
    taken = origin.taken(io.BytesIO(CSV))
    with taken.open() as first, taken.open() as second:
        assert first.read(3) == second.read(3) == CSV[:3]
        assert first.read() == second.read() == CSV[3:]
    assert os.fstat(taken.handle).st_nlink == 0
    assert list(tmp_path.iterdir()) == []
    handle = taken.handle
    del taken
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(handle)


def test_a_hash_of_a_folder_is_of_its_tables_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(b"b\n")
    (tmp_path / "a.csv").write_bytes(b"a\n")
    (tmp_path / "notes.txt").write_bytes(b"x")
    source = read(tmp_path)
    assert source.sha256 == hashlib.sha256(b"a\nb\n").hexdigest()
    assert source.name == tmp_path.name
