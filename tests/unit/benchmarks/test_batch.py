"""The batch that imports are measured with: as many courses as said, every column used, and no fault."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import load_workbook

from benchmarks.batch import RECORDS, columns, people, write_csv, write_xlsx
from msreg.forms.columns import sheet_of
from msreg.vocabulary import Record

TODAY = date(2026, 11, 17)


def as_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"{Decimal(str(cell)).normalize():f}" if isinstance(cell, float) else str(cell)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("batch") / "csv"
    write_csv(made, 120, 10, TODAY)
    return made


def table(folder: Path, record: Record) -> list[list[str]]:
    with (folder / f"{sheet_of(record).key}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_patient_has_as_many_courses_as_were_asked_for() -> None:
    for who, visits in people(48, 10, TODAY):
        assert len({visit["course_date"] for visit in visits}) == 10
        assert visits == sorted(visits, key=lambda visit: visit["course_date"])
        assert who["birth_date"] < who["diagnosis_date"] <= visits[0]["course_date"]
        assert visits[-1]["course_date"] <= TODAY


def test_the_folder_has_the_four_sheets_and_rows_in_two_of_them(folder: Path) -> None:
    assert {each.name for each in folder.iterdir()} == {
        "patients.csv", "courses.csv", "disease.csv", "medication.csv",
    }  # fmt: skip
    assert [len(table(folder, record)) for record in RECORDS] == [121, 1201, 1, 1]


def test_every_column_of_the_courses_is_used_and_most_functional_systems_too(folder: Path) -> None:
    header, *rows = table(folder, Record.COURSE)
    assert header == columns(Record.COURSE)
    assert len(header) == 19
    used = {name: sum(1 for row in rows if row[at]) for at, name in enumerate(header)}
    assert min(used.values()) > 100
    assert used["fs_ambulation"] > 0.7 * len(rows)


def test_the_file_can_be_read_by_any_program(folder: Path) -> None:
    """The peer takes neither a byte order mark nor another separator than the comma."""
    assert (folder / "courses.csv").read_bytes().startswith(b"centre,patient_number,course_date,")


def test_the_same_batch_comes_out_every_time(folder: Path, tmp_path: Path) -> None:
    write_csv(tmp_path / "again", 120, 10, TODAY)
    for each in folder.iterdir():
        assert (tmp_path / "again" / each.name).read_bytes() == each.read_bytes()


def test_the_workbook_says_the_same_in_real_dates_numbers_and_booleans(folder: Path, tmp_path: Path) -> None:
    write_xlsx(tmp_path / "batch.xlsx", 120, 10, TODAY)
    book = load_workbook(tmp_path / "batch.xlsx")
    for record in RECORDS:
        rows = book.get_sheet_by_name(sheet_of(record).key).to_python()
        assert [[as_text(cell) for cell in row] for row in rows] == table(folder, record)
    first = dict(zip(columns(Record.COURSE), book.get_sheet_by_name("courses").to_python()[1], strict=True))
    assert isinstance(first["course_date"], date)
    assert isinstance(first["edss"], float)
    assert isinstance(first["mri_done"], bool)
    assert isinstance(first["patient_number"], str)
