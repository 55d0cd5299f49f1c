"""What leaves and what does not: filters, columns, JSON lines, streams, and exports that are stopped (X1, X2, C9)."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.forms.columns import sheets
from msreg.store.actor import Actor
from msreg.store.registry import Registry

Run = Callable[..., Any]
TODAY = ("--today", "2026-11-21")
pytestmark = pytest.mark.usefixtures("people_registry")


def table(path: Path) -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def exported(registry: Registry) -> int:
    with registry.light() as db:
        found = db.one("SELECT count(*) FROM audit_event WHERE body LIKE '%\"exports.run\"%'")
    assert found is not None
    return int(found[0])


FILTERS = [
    ("--centre", "ams01"), ("--sex", "female"), ("--phenotype", "rrms"), ("--incomplete",), ("--complete",),
    ("--alive",), ("--deceased",), ("--ended",), ("--in-treatment",), ("--due",), ("--not-due",), ("--born", "1980"),
    ("--last-course-from", "2026-01-01"), ("--last-course-until", "01-01-2026"), ("--changed-from", "2026-01-01"),
    ("--changed-until", "2000-01-01"), ("--name", "b"), ("--sex", "male", "--incomplete"),
]  # fmt: skip


@pytest.mark.parametrize("words", FILTERS, ids=" ".join)
def test_the_filters_of_the_overview_narrow_every_export(
    words: tuple[str, ...], quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    """X1: the same patients as in `patients list`, in every sheet, in the log and in the provenance."""
    listed = json.loads(quick("patients", "list", *words, "--page-size", "1000", "--json", *TODAY).out)
    numbers = [each["registry_number"] for each in listed]
    done = quick("exports", "csv", *words, "--shared", "--out", tmp_path / "out", "--json", *TODAY)
    assert done.code == 0, done.err
    assert [row["registry_number"] for row in table(tmp_path / "out" / "patients.csv")] == sorted(numbers)
    for sheet in sheets():
        rows = table(tmp_path / "out" / f"{sheet.key}.csv")
        assert {row["registry_number"] for row in rows} <= set(numbers)
    told = {row["key"]: row["value"] for row in table(tmp_path / "out" / "provenance.csv")}
    assert set(told["filter"].split()) == {
        {"incomplete": "complete", "alive": "deceased", "in_treatment": "ended", "not_due": "due"}.get(
            key, key
        )
        for key in (word[2:].replace("-", "_") for word in words if word.startswith("--"))
    }
    with people_registry.light() as db:
        seq = json.loads(done.out)["log_row"]
        seen = db.one("SELECT count(DISTINCT patient_id) FROM audit_item WHERE seq = ?", (seq,))
    assert seen == (len(numbers),)


def test_the_filters_tell_different_patients_apart(quick: Run) -> None:
    """Without that the test above would prove little."""
    counts = {len(json.loads(quick("patients", "list", *words, "--json", *TODAY).out)) for words in FILTERS}
    assert len(counts) > 6


def test_a_bsn_is_asked_for_and_never_typed(run: Run, people_registry: Registry) -> None:
    """C8"""
    with people_registry.light() as db:
        number, bsn = db.rows("SELECT number, bsn FROM patient WHERE bsn IS NOT NULL ORDER BY number")[3]
    done = run("exports", "jsonl", "--bsn", "--out", "-", stdin=f"{bsn}\n")
    assert [each["registry_number"] for each in lines(done.out) if each["sheet"] == "patients"] == [
        f"MS-{number:07d}"
    ]


@pytest.mark.parametrize(
    "words", [("--sex", "x"), ("--born", "soon"), ("--columns", "edds"), ("--centre", "NO1")]
)
def test_what_is_wrong_is_told_before_anything_is_logged_or_made(
    words: tuple[str, str], quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    before = exported(people_registry)
    out = tmp_path / "out.jsonl"
    done = quick("exports", "jsonl", *words, "--out", out)
    assert done.code in (2, 3)
    assert not out.exists()
    assert exported(people_registry) == before + (
        words[0] == "--centre"
    )  # a look for what is not there is one


def test_columns_that_were_asked_for(quick: Run, tmp_path: Path) -> None:
    """X2: less leaves, and the file says so."""
    out = tmp_path / "out.xlsx"
    words = ("--columns", "edss,disease.severity", "--labels", "--lang", "nl")
    assert quick("exports", "excel", *words, "--out", out).code == 0
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Belopen", "Ziekteverloop", "Codeboek", "Herkomst"]
    assert [cell.value for cell in book["Belopen"][1]] == [
        "MS-nummer", "Centrum", "Patiëntnummer", "Registratiedatum", "Status", "Geschreven door",
        "EDSS-score",
    ]  # fmt: skip
    assert {row[1] for row in book["Codeboek"].iter_rows(min_row=2, values_only=True)} == {
        "registry_number", "centre", "patient_number", "course_date", "state", "written_by", "edss", "kind",
        "date", "severity",
    }  # fmt: skip
    told = dict(book["Herkomst"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert told["columns"] == "edss disease.severity"
    assert [key for key in told if str(key).startswith("rows")] == ["rows courses", "rows disease"]


def test_the_state_on_every_sheet_is_that_of_the_record(
    quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    """X1"""
    out = tmp_path / "out"
    assert quick("exports", "csv", "--out", out).code == 0
    with people_registry.light() as db:
        for name, record in (("patients", "patient"), ("courses", "course"), ("medication", "medication")):
            complete = db.one(f"SELECT coalesce(sum(complete), 0), count(*) FROM {record}")
            rows = table(out / f"{name}.csv")
            assert (sum(row["state"] == "complete" for row in rows), len(rows)) == complete
            assert {row["state"] for row in rows} <= {"complete", "incomplete"}


@pytest.mark.parametrize("style", [(), ("--labels", "--lang", "nl")])
def test_json_lines_say_what_the_sheets_say(style: tuple[str, ...], quick: Run, tmp_path: Path) -> None:
    """X2: keys of the codebook whatever the language, numbers as numbers, nothing for what is absent."""
    out, folder = tmp_path / "out.jsonl", tmp_path / "out"
    assert quick("exports", "jsonl", *style, "--out", out).code == 0
    assert quick("exports", "csv", *style, "--out", folder).code == 0
    # with the digits that stand there: an index value has three
    found = [json.loads(line, parse_float=Decimal) for line in out.read_text(encoding="utf-8").splitlines()]
    assert (found[0]["sheet"], found[0]["style"]) == ("provenance", "labels nl" if style else "codes")
    assert found[-1]["sheet"] == "codebook"
    words = {True: "ja", False: "nee"} if style else {True: "true", False: "false"}
    for sheet in sheets():
        name = sheet.label["nl"] if style else sheet.key
        names = {column.label["nl"] if style else column.key: column.key for column in sheet.columns}
        expected = [
            {names[key]: value for key, value in row.items() if value}
            for row in table(folder / f"{name}.csv")
        ]
        rows = [each for each in found if each["sheet"] == sheet.key]
        assert [
            {
                key: words[value] if isinstance(value, bool) else ";".join(value) if isinstance(value, list)
                else str(value)
                for key, value in each.items() if key != "sheet"
            }
            for each in rows
        ] == expected  # fmt: skip
    courses = [each for each in found if each["sheet"] == "courses"]
    assert {type(each["edss"]) for each in courses if "edss" in each} <= {int, Decimal}
    assert {type(each["mri_done"]) for each in courses if "mri_done" in each} == {bool}
    assert any(isinstance(each.get("symptoms"), list) for each in found)


def test_json_lines_to_standard_output_are_logged_first_and_told_beside(
    run: Run, quick: Run, people_registry: Registry
) -> None:
    """C3: the result alone on standard output, for a pipe into what encrypts it."""
    before = exported(people_registry)
    done = run("exports", "jsonl", "--out", "-", "--columns", "edss")
    assert done.code == 0
    assert {each["sheet"] for each in lines(done.out)} == {"provenance", "courses", "codebook"}
    assert "personal data in clear" in done.err
    assert exported(people_registry) == before + 1
    for words in (("jsonl", "--json"), ("jsonl", "--jsonl"), ("csv",)):
        refused = quick("exports", *words, "--out", "-")
        assert (refused.code, refused.out) == (2, "")
    assert quick("exports", "jsonl", "--out", "x.txt").code == 2
    assert exported(people_registry) == before + 1


def test_the_log_that_takes_nothing_lets_nothing_out(run: Run, people_registry: Registry) -> None:
    """S10"""
    with people_registry.light() as db:
        db.execute("CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no'); END")
    done = run("exports", "jsonl", "--out", "-")
    assert done.out == ""
    assert done.code in (1, 8)


@pytest.fixture
def slow(people_registry: Registry, desk_of_people: Actor) -> None:
    """So many rows that there is time to stop an export."""
    with people_registry.light() as db:
        names = ", ".join(
            row[1] for row in db.rows("PRAGMA table_info(course)") if row[1] not in ("id", "course_date")
        )
        db.execute("BEGIN")
        for days in range(1, 1200):
            db.execute(
                f"INSERT OR IGNORE INTO course (id, course_date, {names})"
                f" SELECT lower(hex(randomblob(16))), date(course_date, ?), {names} FROM course WHERE rowid <= 150",
                (f"-{days} days",),
            )
        db.execute("COMMIT")


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("format_", ["excel --out out.xlsx", "csv --out out", "jsonl --out out.jsonl"])
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_export_leaves_no_file_and_the_next_one_nothing_of_it(
    format_: str, sign: signal.Signals, home: Mapping[str, str], tmp_path: Path, quick: Run
) -> None:
    """C9: ctrl-c leaves nothing. After a kill the working folder is there, private, until the next export."""
    place = tmp_path / "place"
    place.mkdir()
    words = [sys.executable, "-m", "msreg", "exports", *format_.split()]
    with subprocess.Popen(
        words, env=dict(home), cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as export:
        until = time.monotonic() + 60
        while not any(each.stat().st_size for each in place.rglob("*") if each.is_file()):
            assert time.monotonic() < until
            assert export.poll() is None
            time.sleep(0.005)
        export.send_signal(sign)
        export.communicate()
    left = list(place.iterdir())
    if sign is signal.SIGINT:
        assert (export.returncode, left) == (130, [])
        return
    assert export.returncode == -signal.SIGKILL
    assert [each.name.startswith(".out") for each in left] == [True]
    assert left[0].stat().st_mode & 0o777 == 0o700
    kind, _option, name = format_.split()
    assert quick("exports", kind, "--out", place / name).code == 0
    assert [each.name for each in place.iterdir()] == [name]


@pytest.mark.usefixtures("slow")
def test_long_exports_say_how_far_they_are(home: Mapping[str, str], tmp_path: Path) -> None:
    """C9: on a terminal one moving line on standard error, gone at the end."""
    main, other = os.openpty()
    words = [sys.executable, "-m", "msreg", "exports", "csv", "--out", str(tmp_path / "out")]
    with subprocess.Popen(words, env=dict(home), stdout=subprocess.PIPE, stderr=other) as export:
        os.close(other)
        told = b""
        while True:
            try:
                piece = os.read(main, 4096)
            except OSError:
                break
            if not piece:
                break
            told += piece
        export.communicate()
    os.close(main)
    assert export.returncode == 0
    assert b"Rows written: " in told
    assert told.endswith(b"\r\x1b[K")


@pytest.mark.parametrize("kind", ["excel", "csv", "jsonl"])
@pytest.mark.parametrize("style", [(), ("--labels", "--lang", "nl")])
def test_b1_an_export_of_some_columns_loads_again_unchanged(
    kind: str, style: tuple[str, ...], quick: Run, tmp_path: Path
) -> None:
    """It has not all sheets, and says so; what it has no column for stays as it is."""
    out = tmp_path / {"excel": "some.xlsx", "csv": "some", "jsonl": "some.jsonl"}[kind]
    assert quick("exports", kind, "--out", out, "--columns", "edss,sex", "--shared", *style).code == 0
    for how in ((), ("--blank-clears",)):
        done = quick("imports", "run", out, "--json", "--no-marked", *how, *TODAY)
        told = json.loads(done.out)
        assert (done.code, told["findings"], told["summary"]["changed"]) == (0, [], 0)
        assert told["summary"]["unchanged"] == sum(told["rows"].values()) > 60
