"""`msreg cases upload|remove|download|scan|check` on the screen, in JSON and by exit code (SPEC N5, C2-C5, C12)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from msreg.services.case_download import download
from msreg.services.case_steps import submit
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from tests import uploads_make as made
from tests.cases import add_file, reported
from tests.keyboard import ENTER, Seat

CASE = "NC-2026-0001"
DAY = ("--today", "2026-11-21")
FILES = {
    "ontslagbrief.pdf": made.pdf(text="BSN 999990019, gezien op 5-3-2026"),
    "OK-verslag.docx": made.docx(),
    "scan.png": made.png(),
    "lab.txt": b"Hb 6.1\n",
    "slecht.pdf": b"MZ",
    "leeg.txt": b"",
}


@pytest.fixture
def folder(registry: Registry, desk: Actor, today: date, tmp_path: Path) -> Path:
    """Where the calls are made: with files, and a case in the registry."""
    reported(registry, desk, today, "maternal_death", event_date="2026-03-05")
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def loaded(answer: Any, code: int = 0) -> Any:
    assert answer.code == code, answer.err
    return json.loads(answer.out)


@pytest.mark.usefixtures("folder")
def test_upload_check_remove_and_download_for_programs(quick: Callable[..., Any], tmp_path: Path) -> None:
    done = loaded(
        quick("cases", "upload", CASE, "OK-verslag.docx", "scan.png", "--as", "operation_report", "--json")
    )
    assert set(done) == {"case", "dry_run", "stored", "refused", "files", "missing"}
    assert set(done["files"][0]) == {
        "file", "state", "document", "wanted", "kind", "size", "sha256", "scan", "held", "traces", "searched", "error",
    }  # fmt: skip
    assert [(each["document"], each["wanted"], each["searched"]) for each in done["files"]] == [
        (1, "operation_report", True),
        (2, "operation_report", False),
    ]
    mixed = ("ontslagbrief.pdf", "slecht.pdf", "leeg.txt", "weg.txt")
    refused = loaded(quick("cases", "upload", CASE, *mixed, "--json"), 6)
    assert [each["state"] for each in refused["files"]] == ["left", "refused", "refused", "refused"]
    assert all(each["error"]["message"] and each["error"]["hint"] for each in refused["files"][1:3])
    assert refused["stored"] == 0
    part = loaded(quick("cases", "upload", CASE, *mixed, "--each", "--json"), 7)
    assert (part["stored"], part["refused"]) == (1, 3)
    assert part["files"][0]["traces"] == {"bsn": 1, "date": 1}
    assert (
        loaded(quick("cases", "upload", CASE, "weg.txt", "--json"), 9)["files"][0]["error"]["code"]
        == "unavailable"
    )
    checked = loaded(quick("cases", "check", CASE, "--json"), 6)
    assert (checked["ready"], checked["complete"], checked["files"]) == (True, False, 3)
    assert checked["traces"] == {"ontslagbrief.pdf": {"bsn": 1, "date": 1}}
    gone = loaded(quick("cases", "remove", CASE, 2, "--yes", "--json"))
    assert gone["removed"]["document"] == 2
    out = loaded(quick("cases", "download", "nc-2026-1", "--json"))
    assert [(each["document"], each["file"]) for each in out["files"]] == [
        (1, f"{CASE}/01-OK-verslag.docx"),
        (3, f"{CASE}/03-ontslagbrief.pdf"),
    ]
    assert (tmp_path / CASE / "03-ontslagbrief.pdf").read_bytes() == FILES["ontslagbrief.pdf"]


@pytest.mark.usefixtures("folder")
def test_what_is_wrong_with_a_call_is_one_sentence_and_an_exit_code(
    quick: Callable[..., Any], registry: Registry, desk: Actor, today: date, tmp_path: Path
) -> None:
    (tmp_path / "er").mkdir()
    calls: list[tuple[int, tuple[object, ...]]] = [
        (2, ("upload", CASE)),
        (2, ("upload", CASE, "lab.txt", "--as", "onzin")),
        (2, ("upload", CASE, "lab.txt", "--as", "crf")),
        (2, ("upload", "42", "lab.txt")),
        (3, ("upload", "NC-2026-0009", "lab.txt")),
        (6, ("upload", CASE, *(["lab.txt"] * 41))),
        (3, ("remove", CASE, 1, "--yes")),
        (3, ("download", CASE, "--out", "x")),
        (3, ("download", CASE, 1, "--out", "x")),
        (2, ("scan", CASE)),
    ]
    for code, words in calls:
        answer = quick("cases", *words, *DAY)
        assert (answer.code, answer.out) == (code, ""), (words, answer.err)
        assert answer.err.count("\n") <= 2
        assert "Something went wrong" not in answer.err
    assert quick("cases", "upload", CASE, "lab.txt", *DAY).code == 0
    assert quick("cases", "remove", CASE, 1, *DAY).code == 2  # asks, and nobody can be asked
    assert quick("cases", "remove", CASE, 1, "--dry-run", *DAY).code == 0
    assert quick("cases", "download", CASE, 1, "--out", "lab.txt").code == 8
    submit(registry, by=desk, case=CASE, today=today)
    assert quick("cases", "upload", CASE, "scan.png").code == 8
    assert quick("cases", "remove", CASE, 1, "--yes").code == 8


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize(
    ("line", "code"),
    [("upload {case} ontslagbrief.pdf OK-verslag.docx scan.png", 0), ("upload {case} lab.txt slecht.pdf leeg.txt", 6),
     ("upload {case} lab.txt --dry-run", 0), ("check {case}", 6), ("remove {case} 1 --yes", 0),
     ("download {case} --out uit", 0), ("scan {case}", 9)],
)  # fmt: skip
def test_every_screen_fits_the_terminal(
    line: str, code: int, lang: str, terminal: Callable[..., Any], registry: Registry, folder: Path
) -> None:
    with registry.light() as db:
        found = db.one("SELECT id FROM notification")
    assert found is not None
    add_file(registry, found[0], traces={"bsn": 1, "date": 2}, name="Een heel lange naam van een verslag.txt")
    with registry.light() as db:
        db.execute(
            "UPDATE case_document SET scan = 'not_scanned', held = ?",
            ("scan" in line and "upload" not in line,),
        )
    more = (
        {"MSREG_CASES_SCANNER": "clamscan", "MSREG_CASES_SCANNER_ADDRESS": "/bin/false"} if code == 9 else {}
    )
    words = [str(folder / each) if "." in each else each for each in line.format(case=CASE).split()]
    if "upload" in line:
        words += ["--as", "other"]
    seen = terminal("cases", *words, MSREG_LANG=lang, **more)
    assert seen.code == code, seen.lines
    assert max(len(shown) for shown in seen.lines) <= 80
    assert "{" not in seen.raw


def test_on_a_terminal_it_asks_which_document_each_file_is(folder: Path, quick: Callable[..., Any]) -> None:
    """C2: with what the name of the file tells as the answer that is offered."""
    seat = Seat(folder, "cases", "upload", CASE, folder / "OK-verslag.docx", folder / "scan.png", *DAY)
    seat.until("What is OK-verslag.docx?").type(ENTER)
    seat.until("What is scan.png?").type("ultrasound", ENTER)
    assert seat.wait() == 0, seat.told()
    found = json.loads(quick("cases", "show", CASE, "--json").out)["documents"]
    assert [(each["file"] if "file" in each else each["name"], each["wanted"]) for each in found] == [
        ("OK-verslag.docx", "operation_report"),
        ("scan.png", "diagnostics"),
    ]


def test_on_a_terminal_removing_asks_first(folder: Path, quick: Callable[..., Any]) -> None:
    assert quick("cases", "upload", CASE, "lab.txt", *DAY).code == 0
    left = Seat(folder, "cases", "remove", CASE, 1, *DAY)
    left.until("Remove file 1, lab.txt").type("n")
    assert left.wait() == 130
    assert len(json.loads(quick("cases", "show", CASE, "--json").out)["documents"]) == 1
    gone = Seat(folder, "cases", "remove", CASE, 1, *DAY)
    gone.until("Remove file 1, lab.txt").type("y")
    assert gone.wait() == 0
    assert json.loads(quick("cases", "show", CASE, "--json").out)["documents"] == []


@pytest.mark.usefixtures("folder")
def test_db_check_tells_of_a_file_that_is_not_whole(
    quick: Callable[..., Any], registry: Registry, desk: Actor, tmp_path: Path
) -> None:
    assert quick("cases", "upload", CASE, "lab.txt", *DAY).code == 0
    download(registry, by=desk, case=CASE, place=1, out=tmp_path / "heel.txt")
    with registry.light() as db:
        db.execute("UPDATE case_chunk SET document_id = ?", ("0" * 32,))
    found = loaded(quick("db", "check", "--json"), 9)
    assert [(each["case"], each["document"]) for each in found["files"]] == [(CASE, 1), (None, None)]
    told = quick("db", "check")
    assert (told.code, f"File 1 of {CASE} is not whole" in told.out) == (9, True)
    assert loaded(quick("db", "check", "--fix", "--json"), 9)["dropped"] == 1
