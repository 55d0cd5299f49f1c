"""Wrong input: one clear sentence, the right exit code, nothing loaded, the log whole (SPEC B3, C4)."""

from __future__ import annotations

import json
import os
import stat
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.store.actor import Actor
from msreg.store.audit import verify
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Role

Run = Callable[..., Any]
TODAY = ("--today", "2026-11-21")
TABLES = ("patient", "course", "disease_event", "medication", "adverse_event", "prom", "share")


@pytest.fixture
def untouched(registry: Registry) -> Callable[[], None]:
    """Nothing of any patient is in the registry, and the log verifies."""

    def look() -> None:
        with registry.light() as db:
            for table in TABLES:
                assert db.one(f"SELECT count(*) FROM {table}") == (0,)
            assert verify(db, registry.keys.audit_key, registry.uuid).ok

    return look


def picture() -> bytes:
    """A picture of one point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def missing(folder: Path, book: Path) -> Path:
    return folder / "nobody.xlsx"


def without_tables(folder: Path, book: Path) -> Path:
    (folder / "empty").mkdir()
    (folder / "empty" / "readme.txt").write_text("no tables here")
    return folder / "empty"


def empty(folder: Path, book: Path) -> Path:
    (folder / "empty.xlsx").touch()
    return folder / "empty.xlsx"


def empty_table(folder: Path, book: Path) -> Path:
    (folder / "tables").mkdir()
    (folder / "tables" / "patients.csv").touch()
    return folder / "tables"


def renamed_picture(folder: Path, book: Path) -> Path:
    (folder / "photo.xlsx").write_bytes(picture())
    return folder / "photo.xlsx"


def text(folder: Path, book: Path) -> Path:
    (folder / "text.xlsx").write_text("centre;patient_number\n")
    return folder / "text.xlsx"


def cut_off(folder: Path, book: Path) -> Path:
    (folder / "cut.xlsx").write_bytes(book.read_bytes()[:5000])
    return folder / "cut.xlsx"


def not_utf8(folder: Path, book: Path) -> Path:
    (folder / "old").mkdir()
    (folder / "old" / "patients.csv").write_bytes("centre;family_name\nAMS01;Özdemir\x81\n".encode("latin-1"))
    return folder / "old"


def fifo(folder: Path, book: Path) -> Path:
    os.mkfifo(folder / "pipe.xlsx")
    return folder / "pipe.xlsx"


@pytest.mark.parametrize(
    ("make", "code", "says"),
    [
        (missing, 3, "There is no file"),
        (without_tables, 6, "has no tables"),
        (empty, 6, "is empty"),
        (empty_table, 6, "is empty"),
        (renamed_picture, 6, "is a picture"),
        (text, 6, "is not a workbook, whatever its name says"),
        (cut_off, 6, ""),
        (not_utf8, 6, "not UTF-8"),
        (fifo, 6, "is not a file"),
    ],
)
def test_what_is_no_batch_file_is_refused_in_one_sentence(
    make: Callable[[Path, Path], Path], code: int, says: str, registry: Registry, quick: Run, batches: Path,
    tmp_path: Path, untouched: Callable[[], None], error_of: Callable[[str], dict[str, Any]],
) -> None:  # fmt: skip
    file = make(tmp_path, batches / "msprog.xlsx")
    for verb in ("check", "run"):
        done = quick("imports", verb, file)
        assert done.code == code, done.err
        assert done.out == ""
        assert says in done.err
        assert file.name in done.err
        assert 1 <= len(done.err.splitlines()) <= 2  # what is wrong, and what to do
        assert "Traceback" not in done.err
    told = quick("imports", "run", file, "--json", "--yes")
    assert (told.code, told.out) == (code, "")
    error = error_of(told.err)
    assert error["code"] == {3: "not_found", 6: "refused"}[code]
    assert error["message"]
    assert error["hint"]
    untouched()


def test_in_dutch_the_sentence_is_dutch_and_the_code_is_the_same(
    registry: Registry, run: Run, error_of: Callable[[str], dict[str, Any]]
) -> None:
    told = [run("imports", "check", "x.xlsx", "--json", "--lang", lang) for lang in ("nl", "en")]
    nl, en = (error_of(each.err) for each in told)
    assert [each.code for each in told] == [3, 3]
    assert nl["code"] == en["code"]


# -- sheets and columns -----------------------------------------------------------------------------------


def unknown_column(book: openpyxl.Workbook) -> tuple[str, str, int | None, str | None]:
    book["courses"]["L1"] = "edds"
    return "FIL-003", "courses", 1, "L"


def doubled_column(book: openpyxl.Workbook) -> tuple[str, str, int | None, str | None]:
    book["courses"]["L1"] = "EDSS-score"
    return "FIL-004", "courses", 1, "L"


def missing_sheet(book: openpyxl.Workbook) -> tuple[str, str, int | None, str | None]:
    del book["medication"]
    return "FIL-001", "medication", None, None


def doubled_sheet(book: openpyxl.Workbook) -> tuple[str, str, int | None, str | None]:
    book.copy_worksheet(book["courses"]).title = "Belopen"
    return "FIL-012", "Belopen", None, None


def missing_key_column(book: openpyxl.Workbook) -> tuple[str, str, int | None, str | None]:
    book["courses"].delete_cols(2)
    return "FIL-005", "courses", 1, None


def missing_date_column(book: openpyxl.Workbook) -> tuple[str, str, int | None, str | None]:
    book["courses"].delete_cols(3)
    return "FIL-005", "courses", 1, None


def without_headers(book: openpyxl.Workbook) -> tuple[str, str, int | None, str | None]:
    book["patients"].delete_rows(1)
    return "FIL-003", "patients", 1, "A"


def broken_formula(book: openpyxl.Workbook) -> tuple[str, str, int | None, str | None]:
    book["courses"]["E4"] = "#N/A"
    book["courses"]["E4"].data_type = "e"
    return "FIL-013", "courses", 4, "E"


@pytest.mark.parametrize(
    "spoil",
    [unknown_column, doubled_column, missing_sheet, doubled_sheet, missing_key_column, missing_date_column,
     without_headers, broken_formula],
)  # fmt: skip
def test_a_file_that_is_built_wrongly_is_told_where(
    spoil: Callable[[openpyxl.Workbook], tuple[str, str, int | None, str | None]],
    registry: Registry, quick: Run, batches: Path, tmp_path: Path, untouched: Callable[[], None],
) -> None:  # fmt: skip
    """Codes FIL-…: at the sheet, the header row and the column; nothing of the file is loaded."""
    book = openpyxl.load_workbook(batches / "msprog.xlsx")
    code, sheet, row, column = spoil(book)
    book.save(tmp_path / "spoilt.xlsx")
    done = quick("imports", "run", tmp_path / "spoilt.xlsx", "--json", "--yes", *TODAY)
    assert done.code == 6, done.err
    assert done.err == ""
    found = json.loads(done.out)
    assert found["loaded"] is False
    told = [each for each in found["findings"] if each["severity"] == "error"]
    first = next(each for each in told if each["code"] == code)
    assert (first["sheet"], first["row"], first["column"]) == (sheet, row, column)
    assert first["message"]
    if spoil is not without_headers:
        assert {each["code"] for each in told} == {code}
    untouched()


def test_a_sheet_that_is_not_known_is_told_and_passed_over(
    registry: Registry, run: Run, batches: Path, tmp_path: Path
) -> None:
    """FIL-002 warns: somebody's own notes do not stop the file, and are not taken for data."""
    book = openpyxl.load_workbook(batches / "msprog.xlsx")
    book.create_sheet("notities")["A1"] = "bel de poli"
    book.save(tmp_path / "notes.xlsx")
    done = run("imports", "run", tmp_path / "notes.xlsx", "--json", "--yes", *TODAY)
    assert done.code == 0, done.out
    found = json.loads(done.out)
    assert [(each["code"], each["sheet"]) for each in found["findings"]] == [("FIL-002", "notities")]
    assert found["summary"]["added"] == 76


def test_a_newer_fault_in_one_row_keeps_the_rest_out_too(
    registry: Registry, run: Run, batches: Path, tmp_path: Path, untouched: Callable[[], None]
) -> None:
    """B3: one fault and nothing is loaded; the sound rows are counted as skipped."""
    book = openpyxl.load_workbook(batches / "msprog.xlsx")
    book["courses"]["E58"] = 0.5
    book.save(tmp_path / "one.xlsx")
    done = run("imports", "run", tmp_path / "one.xlsx", "--json", "--yes", *TODAY)
    assert done.code == 6
    found = json.loads(done.out)
    assert found["summary"] == {"added": 0, "changed": 0, "unchanged": 0, "skipped": 75, "refused": 1}
    assert found["patients_without_faults"] == 6
    untouched()


# -- the registry and its key -----------------------------------------------------------------------------


def test_without_a_registry(
    home: Mapping[str, str], run: Run, batches: Path, error_of: Callable[[str], dict[str, Any]]
) -> None:
    done = run("imports", "run", batches / "msprog.xlsx", "--json")
    assert (done.code, done.out) == (3, "")
    assert "no registry" in error_of(done.err)["message"]
    assert "msreg init" in error_of(done.err)["hint"]
    assert not any(Path(home["MSREG_HOME"]).iterdir())


def test_with_a_wrong_key(
    registry: Registry, run: Run, batches: Path, tmp_path: Path, untouched: Callable[[], None],
    error_of: Callable[[str], dict[str, Any]],
) -> None:  # fmt: skip
    other = tmp_path / "other"
    done = run("init", "--yes", MSREG_HOME=str(tmp_path / "second"), MSREG_KEY_FILE=str(other))
    assert done.code == 0, done.err
    told = run("imports", "run", batches / "msprog.xlsx", "--json", MSREG_KEY_FILE=str(other))
    assert (told.code, told.out) == (9, "")
    assert error_of(told.err)["hint"]
    untouched()


def test_with_no_key_at_all(
    registry: Registry, run: Run, batches: Path, untouched: Callable[[], None]
) -> None:
    told = run("imports", "run", batches / "msprog.xlsx", MSREG_KEY_FILE="/nonexistent/kek")
    assert (told.code, told.out) == (9, "")
    assert 1 <= len(told.err.splitlines()) <= 2
    untouched()


@pytest.mark.parametrize("version", ["0000", "9999"])
def test_a_database_of_another_version(
    version: str, registry: Registry, run: Run, batches: Path, untouched: Callable[[], None],
    error_of: Callable[[str], dict[str, Any]],
) -> None:  # fmt: skip
    with registry.light() as db, transaction(db):
        db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (version,))
    told = run("imports", "run", batches / "msprog.xlsx", "--json")
    assert (told.code, told.out) == (8, "")
    assert "version" in error_of(told.err)["message"]
    untouched()


def test_a_database_that_is_none(
    registry: Registry, run: Run, batches: Path, error_of: Callable[[str], dict[str, Any]]
) -> None:
    registry.close()
    file = registry.settings.database_file
    file.write_bytes(b"SQLite format 3\0" + b"\0" * 4080)
    told = run("imports", "run", batches / "msprog.xlsx", "--json")
    assert (told.code, told.out) == (9, "")
    assert error_of(told.err)["message"]


# -- who ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.READER, Role.AUDITOR, Role.JOB])
def test_a_role_that_may_not_import(
    role: Role, registry: Registry, run: Run, sit_down: Callable[..., Actor], batches: Path,
    untouched: Callable[[], None], error_of: Callable[[str], dict[str, Any]],
) -> None:  # fmt: skip
    """C4: exit 5; the attempt is in the log."""
    sit_down(role, "AMS01" if role is Role.READER else None)
    for verb in ("check", "run"):
        told = run("imports", verb, batches / "msprog.xlsx", "--json")
        assert (told.code, told.out) == (5, "")
        assert error_of(told.err)["code"] == "not_allowed"
    with registry.light() as db:
        bodies = [
            json.loads(row[0]) for row in db.rows("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 2")
        ]
    assert [each["event"] for each in bodies] == ["imports.run", "imports.check"]
    assert {each["outcome"] for each in bodies} == {"4"}
    untouched()


def test_a_file_for_another_centre(
    registry: Registry, run: Run, sit_down: Callable[..., Actor], batches: Path, untouched: Callable[[], None]
) -> None:
    """S3: FIL-007 at each row that another centre would have to write."""
    sit_down(Role.DATA_MANAGER, "UTR01")
    told = run("imports", "run", batches / "msprog.xlsx", "--json", *TODAY)
    assert told.code == 6, told.err
    found = json.loads(told.out)
    assert {(each["code"], each["field"], each["column"]) for each in found["findings"]} == {
        ("FIL-007", "centre", "A")
    }
    assert found["summary"]["refused"] == 76
    untouched()


def test_somebody_without_a_role(
    registry: Registry, run: Run, batches: Path, untouched: Callable[[], None],
    error_of: Callable[[str], dict[str, Any]],
) -> None:  # fmt: skip
    """C4: exit 4."""
    with registry.light() as db, transaction(db):
        db.execute("UPDATE operator SET os_user = 'somebody-else'")
    told = run("imports", "run", batches / "msprog.xlsx", "--json")
    assert (told.code, told.out) == (4, "")
    assert error_of(told.err)["code"] == "not_logged_in"
    untouched()


# -- the machine ----------------------------------------------------------------------------------------------


READ_ONLY = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
folder = sys.argv[1].encode()
CLONE_NEWNS, MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 0x20000, 1, 32, 4096, 16384, 1 << 18
def done(code):
    if code:
        sys.exit(77)
done(libc.unshare(CLONE_NEWNS))
done(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
done(libc.mount(folder, folder, None, MS_BIND, None))
done(libc.mount(b"none", folder, None, MS_REMOUNT | MS_BIND | MS_RDONLY, None))
os.execv(sys.executable, [sys.executable, "-m", "msreg", *sys.argv[2:]])
"""


def read_only(folder: Path, environ: Mapping[str, str], *words: object) -> tuple[int, str, str]:
    """Run the program where a folder cannot be written: by its rights, or for root by a read-only mount."""
    words_ = [str(each) for each in words]
    if os.geteuid() == 0:
        call = [sys.executable, "-c", READ_ONLY, str(folder), *words_]
    else:
        call = [sys.executable, "-m", "msreg", *words_]
        for each in (folder, *folder.rglob("*")):
            os.chmod(each, 0o500 if each.is_dir() else 0o400)
    try:
        done = subprocess.run(
            call, env=dict(environ), capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
            timeout=60,
        )  # fmt: skip
    finally:
        if os.geteuid() != 0:
            for each in (folder, *folder.rglob("*")):
                os.chmod(each, 0o700 if stat.S_ISDIR(each.stat().st_mode) else 0o600)
    return done.returncode, done.stdout, done.stderr


def test_a_registry_in_a_folder_that_cannot_be_written(
    registry: Registry, home: Mapping[str, str], batches: Path, untouched: Callable[[], None],
    error_of: Callable[[str], dict[str, Any]],
) -> None:  # fmt: skip
    """C4: exit 9, before anything of the file is shown."""
    registry.close()
    code, out, err = read_only(
        registry.settings.home, home, "imports", "run", batches / "msprog.xlsx", "--json", *TODAY
    )
    assert (code, out) == (9, ""), err
    error = error_of(err)
    assert error["message"]
    assert error["hint"]
    untouched()


def test_an_export_to_a_folder_that_cannot_be_written(
    registry: Registry, home: Mapping[str, str], tmp_path: Path, error_of: Callable[[str], dict[str, Any]]
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    code, out, err = read_only(place, home, "exports", "excel", "--out", place / "a.xlsx", "--json")
    assert (code, out) == (9, ""), err
    assert str(place) in error_of(err)["message"]
    assert not any(place.iterdir())
