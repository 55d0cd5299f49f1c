"""Faults at random cells of a sound file: the marked copy, mended where it is marked, loads as the sound file (SPEC B3)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from msreg.services.demo_batch import write_demo_batch
from msreg.services.dossiers import read_by_ids
from msreg.store.registry import Registry

Run = Callable[..., Any]
DAY = date(2026, 11, 21)
TODAY = ("--today", f"{DAY}")
RED = "FFFFC7CF"
WRONG: dict[str, tuple[Any, ...]] = {
    "bsn": ("999912345", "12"), "sex": ("vrouwelyk",), "birth_date": ("31-02-1980", "01-02-80", "onzin"),
    "email": ("niemand",), "consent_date": (DAY + timedelta(days=40),), "diagnosis_phenotype": ("ABCD",),
    "course_date": (DAY + timedelta(days=40), "31-02-2024", "12-11-21"), "edss": (0.5, 11, "vier"),
    "edss_method": ("gegokt",), "mri_done": ("misschien",), "date": ("31-02-2024",), "phenotype": ("XYZ",),
    "medicine": ("Placebonal",), "start_date": ("2024-13-01",), "stop_date": ("morgen",),
}  # fmt: skip


@pytest.fixture
def run(quick: Run) -> Run:
    def call(*words: object) -> tuple[int, dict[str, Any]]:
        done = quick(*words, "--json", *TODAY)
        return done.code, json.loads(done.out or done.err)

    return call


def opened(path: Path) -> Any:
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))


def columns(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[1] if cell.value is not None}


def answers(registry: Registry) -> list[Any]:
    """What the registry has, without ids, numbers and moments."""
    with registry.light() as db:
        ids = [each[0] for each in db.rows("SELECT id FROM patient")]
        return sorted(
            (each.centre_id, sorted((e.record.value, repr(sorted(e.values.items()))) for e in each.entries()))
            for each in read_by_ids(db, ids)
        )


def spoil(book: Any, chance: Random, many: int) -> dict[tuple[str, int, str], Any]:
    """Put faults into cells that have an answer; gives the good values."""
    places = [
        (sheet.title, row, key)
        for sheet in book
        for key, column in columns(sheet).items()
        if key in WRONG
        for row in range(2, sheet.max_row + 1)
        if sheet.cell(row, column).value is not None
    ]
    good = {}
    for title, row, key in chance.sample(places, many):
        cell = book[title].cell(row, columns(book[title])[key])
        good[title, row, key] = cell.value
        cell.value = chance.choice(WRONG[key])
    return good


def marked(book: Any) -> set[tuple[str, int, str]]:
    """The red cells of a marked copy."""
    return {
        (sheet.title, cell.row, key)
        for sheet in book
        for key, column in columns(sheet).items()
        for cell in (sheet.cell(row, column) for row in range(2, sheet.max_row + 1))
        if cell.fill.fgColor.rgb == RED
    }


def mend(book: Any, good: dict[tuple[str, int, str], Any]) -> int:
    """Give every marked cell its good value, as somebody does who sees only what is marked."""
    done = 0
    for title, row, key in sorted(marked(book)):
        if (title, row, key) in good:
            book[title].cell(row, columns(book[title])[key]).value = good[title, row, key]
            done += 1
    return done


@pytest.fixture
def sound(people_registry: Registry, tmp_path: Path) -> Path:
    """A hospital's workbook for the registry, without faults."""
    path = tmp_path / "sound.xlsx"
    write_demo_batch(path, seed=7, patients=30, today=DAY, faults=False)
    return path


@pytest.fixture
def wanted(sound: Path, people_registry: Registry, run: Run) -> list[Any]:
    """What the registry has after the sound file; the registry itself is as before it."""
    code, told = run("imports", "run", sound, "--yes")
    assert (code, told["summary"]["refused"]) == (0, 0)
    found = answers(people_registry)
    assert run("imports", "undo", told["batch"], "--yes")[0] == 0
    assert answers(people_registry) != found
    return found


@pytest.mark.parametrize("seed", range(8))
def test_mended_where_it_is_marked_it_is_the_sound_file(
    seed: int, sound: Path, wanted: list[Any], people_registry: Registry, run: Run, tmp_path: Path
) -> None:
    """Every planted fault is a red cell. One fault may hide another, so it is checked and mended until there is none."""
    book, chance = opened(sound), Random(seed)
    good = spoil(book, chance, chance.randint(1, 14))
    path = tmp_path / "november.xlsx"
    book.save(path)
    left = dict(good)
    for turn in range(1, 6):
        code, told = run("imports", "check", path)
        if code == 0:
            break
        assert code == 6
        path = Path(told["written"]["marked"])
        book = opened(path)
        if turn == 1:
            assert marked(book) >= set(good), "a planted fault is not marked"
        assert mend(book, left), "faults, and none of them at a cell that was spoilt"
        left = {place: value for place, value in left.items() if place not in marked(book)}
        path = tmp_path / f"mended-{turn}.xlsx"
        book.save(path)
    assert turn <= 3
    code, told = run("imports", "run", path, "--yes")
    assert (code, told["findings"]) == (0, [])
    assert answers(people_registry) == wanted


def as_folder(book: Any, folder: Path) -> Path:
    """The same as CSV files, as a hospital's system writes them."""
    folder.mkdir()
    for sheet in book:
        with (folder / f"{sheet.title}.csv").open("w", encoding="utf-8", newline="") as stream:
            lines = csv.writer(stream, delimiter=";")
            lines.writerows([_csv(cell) for cell in row] for row in sheet.iter_rows(values_only=True))
    return folder


def _csv(cell: Any) -> str:
    return cell.date().isoformat() if isinstance(cell, datetime) else "" if cell is None else str(cell)


@pytest.mark.parametrize("seed", range(4))
def test_a_folder_of_csv_is_mended_in_its_marked_copy_too(
    seed: int, sound: Path, wanted: list[Any], people_registry: Registry, run: Run, tmp_path: Path
) -> None:
    book, chance = opened(sound), Random(100 + seed)
    good = spoil(book, chance, 9)
    path = as_folder(book, tmp_path / "november")
    for turn in range(1, 6):
        code, told = run("imports", "check", path)
        if code == 0:
            break
        copy = Path(told["written"]["marked"])
        faults = {
            (each["sheet"], each["row"], each["field"])
            for each in told["findings"]
            if each["severity"] == "error"
        }
        if turn == 1:
            assert faults >= set(good)
        for name, row, key in faults & set(good):
            file = copy / f"{name}.csv"
            with file.open(encoding="utf-8-sig", newline="") as stream:
                lines = list(csv.reader(stream, delimiter=";"))
            assert lines[0][-2:] == ["msreg status", "msreg faults"]
            assert lines[row - 1][-1]
            lines[row - 1][lines[0].index(key)] = _csv(good[name, row, key])
            with file.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream, delimiter=";").writerows(lines)
        path = copy
    code, told = run("imports", "run", path, "--yes")
    assert (code, told["findings"]) == (0, [])
    assert answers(people_registry) == wanted


def test_in_part_first_and_then_the_marked_copy(
    sound: Path, wanted: list[Any], people_registry: Registry, run: Run, tmp_path: Path
) -> None:
    """What was loaded in part is unchanged in the mended copy; the rest is added, and nothing twice."""
    book = opened(sound)
    good = spoil(book, Random(5), 4)
    path = tmp_path / "november.xlsx"
    book.save(path)
    code, part = run("imports", "run", path, "--partial", "--yes")
    assert code == 7
    copy = Path(part["written"]["marked"])
    book = opened(copy)
    assert mend(book, good) == 4
    book.save(copy)
    code, told = run("imports", "run", copy, "--yes")
    assert (code, told["findings"]) == (0, [])
    assert told["summary"]["unchanged"] >= part["summary"]["added"] > 0
    assert told["summary"]["added"] > 0
    assert answers(people_registry) == wanted


def test_the_hospitals_workbook_with_a_fault_of_each_kind(
    registry: Registry, run: Run, batches: Path, tmp_path: Path
) -> None:
    """The marked copy tells by its colours which cells to mend; mended, every row of it is loaded."""
    path = tmp_path / "faulty.xlsx"
    path.write_bytes((batches / "faulty.xlsx").read_bytes())
    code, told = run("imports", "check", path)
    assert code == 6
    book = opened(Path(told["written"]["marked"]))
    expected = json.loads((batches / "faulty.expected.json").read_text())
    places = {(each["sheet"], each["row"]) for each in told["findings"] if each["severity"] == "error"}
    assert {(title, row) for title, row, _ in marked(book)} == places
    assert len(places) > 10
    assert expected
    mended = {
        ("patients", 2, "bsn"): None, ("patients", 3, "birth_date"): date(1980, 1, 1), ("patients", 4, "sex"): "female",
        ("patients", 5, "email"): None, ("patients", 6, "consent"): "yes",
        ("courses", 3, "course_date"): date(2021, 11, 4), ("courses", 4, "edss"): 5.5, ("courses", 5, "edss"): 5.5,
        ("courses", 6, "course_date"): date(2022, 8, 9), ("courses", 7, "edss"): 6, ("courses", 8, "patient_number"): "00001",
        ("disease", 2, "date"): date(2022, 3, 31), ("disease", 3, "methylprednisolone"): "yes",
        ("disease", 4, "mp_dose_mg"): 1000, ("medication", 2, "medicine"): "L04AG08", ("medication", 3, "stop_date"): None,
    }  # fmt: skip
    assert mend(book, mended) == len(mended)
    book.save(tmp_path / "mended.xlsx")
    code, told = run("imports", "run", tmp_path / "mended.xlsx", "--yes")
    assert (code, told["findings"]) == (0, [])
    assert told["summary"]["added"] == sum(told["summary"].values()) > 0
    again = run("imports", "run", tmp_path / "mended.xlsx", "--yes")[1]
    assert again["summary"]["unchanged"] == told["summary"]["added"]
