"""What a check or a load says: in the words of the file, and no advice that leads nowhere (SPEC B3, C4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Person = Callable[..., dict[str, Any]]
DAY = date(2022, 2, 2)
ONE_LINE = '{"sheet": "coursen", "centre": "AMS01", "patient_number": "1"}\n'


def test_b3_sheets_are_named_as_in_the_file_and_by_key_for_programs(run: Run, template_file: Path) -> None:
    shown = run("imports", "check", template_file, "--no-marked")
    assert shown.code == 6
    assert [line.split()[0] for line in shown.out.splitlines() if "PAT-001" in line] == ["Patiënten"]
    data = json.loads(run("imports", "check", template_file, "--no-marked", "--json").out)
    assert [each["sheet"] for each in data["findings"] if each["code"] == "PAT-001"] == ["patients"]


@pytest.fixture
def template_file(run: Run, registry: object, tmp_path: Path) -> Path:
    """A Dutch template with one patient of whom no consent is known."""
    import openpyxl

    path = tmp_path / "sjabloon.xlsx"
    assert run("imports", "template", "--lang", "nl", "--out", path).code == 0
    book = openpyxl.load_workbook(path)
    sheet = book["Patiënten"]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    sheet.cell(3, columns["Centrum *"], "AMS01")
    sheet.cell(3, columns["Patiëntnummer *"], "1")
    book.save(path)
    return path


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("words", "stdin"),
    [(("--sheet", "coursen"), "centre;patient_number\nAMS01;1\n"), ((), ONE_LINE)],
    ids=["csv", "jsonl"],
)
@pytest.mark.parametrize("verb", ["check", "run"])
def test_a_file_without_any_known_sheet_is_no_success(
    run: Run, verb: str, words: tuple[str, ...], stdin: str
) -> None:
    """A misspelt --sheet loads nothing, so exit code 0 would hide it."""
    done = run("imports", verb, "-", *words, "--json", stdin=stdin)
    assert done.code == 6
    assert [each["code"] for each in json.loads(done.out)["findings"]] == ["FIL-001", "FIL-002"]


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("words", [("--split",), ("--marked", "two.xlsx"), ("--report", "two.json")])
def test_what_is_there_is_replaced_with_replace(
    run: Run, write: Run, person: Person, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """`--overwrite` means something else here: it would put older answers over newer ones."""
    write("one.xlsx", patients=[person(1)])
    for name in ("one.valid.xlsx", "one.refused.xlsx", "two.xlsx", "two.json"):
        (tmp_path / name).write_bytes(b"there")
    refused = run("imports", "check", "one.xlsx", *words)
    assert (refused.code, "--replace" in refused.err, "--overwrite" in refused.err) == (8, True, False)
    assert run("imports", "check", "one.xlsx", *words, "--replace").code == 0
    assert all(path.read_bytes() != b"there" for path in tmp_path.glob(f"{_made(words)}"))


def _made(words: tuple[str, ...]) -> str:
    return "one.*.xlsx" if words == ("--split",) else words[1]


@pytest.mark.usefixtures("registry")
def test_taking_back_is_offered_where_there_is_something_to_take_back(
    terminal: Run, write: Run, person: Person, course: Person
) -> None:
    path = write("one.xlsx", patients=[person(1)], courses=[course(1, DAY)])
    assert "msreg imports undo B-000001" in terminal("imports", "run", path).raw
    again = terminal("imports", "run", path).raw
    assert "Batch B-000002." in again
    assert "undo" not in again


@pytest.mark.usefixtures("registry")
def test_faults_of_the_file_as_such_are_in_no_row(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "courses.csv").write_text("centre;patient_number;course_date\n", encoding="utf-8")
    told = run("imports", "check", "folder", "--no-marked")
    assert told.code == 6
    assert "\n3 faults; " in told.out
