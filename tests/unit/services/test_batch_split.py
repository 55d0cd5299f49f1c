"""SPEC B3: valid and refused rows apart, each in a file that loads as it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from msreg.errors import Conflict, Usage
from msreg.formats.cells import Source, Table
from msreg.formats.csv_out import write_folder
from msreg.formats.jsonl_out import write_file
from msreg.formats.registry import read
from msreg.formats.sheets import SheetOut
from msreg.services.batch_loading import How
from msreg.services.batch_result import Loaded
from msreg.services.batch_split import check_targets, split
from msreg.services.imports import load as load_file
from msreg.services.imports import open_batch
from msreg.services.marked_copy import mark
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Language

Load = Callable[..., Loaded]
SHEETS = ("patients", "courses", "disease", "medication")


@pytest.fixture
def load(registry: Registry, desk: Actor, today: date) -> Load:
    """Check a file, or load it."""

    def run(path: Path, *, check: bool = True, sheet: str | None = None) -> Loaded:
        file = open_batch(registry, by=desk, path=path, sheet=sheet)
        return load_file(
            registry, by=desk, file=file, today=today, check=check, how=How(centre="AMS01", partial=True)
        )

    return run


@pytest.fixture
def faulty(batches: Path, tmp_path: Path) -> Path:
    """A hospital's workbook in which two of seven patients have no fault."""
    path = tmp_path / "november.xlsx"
    shutil.copy(batches / "faulty.xlsx", path)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def rows(path: Path, sheet: str | None = None) -> dict[str, list[dict[str, object]]]:
    """The rows of each sheet: what stands under each header."""
    return {
        table.sheet: [
            {name: cell for name, cell in zip(table.header, cells, strict=False) if cell is not None}
            for _, cells in table.rows
        ]
        for table in read(path, sheet=sheet).tables
    }


def patients(found: Sequence[Mapping[str, object]]) -> set[object]:
    return {row["patient_number"] for row in found}


def sheets_of(book: Path) -> list[SheetOut]:
    tables = read(book).tables
    return [SheetOut(table.sheet, table.header, [cells for _, cells in table.rows]) for table in tables]


def in_csv(book: Path, folder: Path) -> Path:
    return write_folder(folder, sheets_of(book))


def zipped(book: Path, folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "zip", in_csv(book, folder)))


def in_lines(book: Path, folder: Path) -> Path:
    return write_file(folder.with_suffix(".jsonl"), sheets_of(book))


def as_it_is(book: Path, folder: Path) -> Path:
    return book


@pytest.mark.parametrize("make", [as_it_is, in_csv, zipped, in_lines])
def test_each_row_is_in_one_of_the_two_and_both_load(
    load: Load, faulty: Path, tmp_path: Path, make: Callable[[Path, Path], Path]
) -> None:
    path = make(faulty, tmp_path / "tables")
    done = load(path)
    valid, refused = split(done, read(path), path)
    assert [each.name for each in (valid, refused)] == [
        f"{path.name.removesuffix(path.suffix)}.{word}{path.suffix}" for word in ("valid", "refused")
    ]
    all_rows, sound, others = rows(path), rows(valid), rows(refused)
    for name in SHEETS:
        kept = [*sound.get(name, []), *others.get(name, [])]
        assert len(kept) == len(all_rows[name])
        assert all(row in kept for row in all_rows[name])
    assert patients(sound["patients"]) == {"00006", "00007"}
    assert patients(others["courses"]) == {"00001", "00002", "00003", "00004", "00005", "99999"}
    again = load(refused)
    assert sorted(each.code for each in again.findings) == sorted(each.code for each in done.findings)
    loaded = load(valid, check=False)
    assert (loaded.findings, loaded.patients, loaded.refused) == ([], 2, False)
    assert loaded.summary["added"] == sum(loaded.rows.values())


def test_the_two_are_as_old_as_the_file(load: Load, faulty: Path) -> None:
    """B4: an import asks a file by its date whether an answer given by hand is newer."""
    for made in split(load(faulty), read(faulty), faulty):
        assert made.stat().st_mtime == 1_700_000_000
        assert made.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_replaced_only_when_told_to(load: Load, faulty: Path) -> None:
    done, source = load(faulty), read(faulty)
    faulty.with_name("november.refused.xlsx").write_text("mine")
    with pytest.raises(Conflict):
        split(done, source, faulty)
    assert not faulty.with_name("november.valid.xlsx").exists()
    assert all(made.stat().st_size > 1000 for made in split(done, source, faulty, overwrite=True))


def test_a_marked_copy_is_split_without_its_marks(load: Load, faulty: Path) -> None:
    done, source = load(faulty), read(faulty)
    when = datetime(2026, 11, 21, tzinfo=UTC)
    copy = mark(done, faulty, source.tables, when=when, language=Language.EN, translate=str)
    valid, _ = split(load(copy), read(copy), copy)
    assert valid.name == "november.valid.xlsx"
    assert [table.header for table in read(valid).tables] == [table.header for table in source.tables]


def test_what_tells_how_old_an_export_is_stands_in_both(load: Load, faulty: Path) -> None:
    book = openpyxl.load_workbook(faulty)
    book.create_sheet("Provenance").append(["name", "value"])
    book["Provenance"].append(["forms", "patient:1"])
    book.create_sheet("Notes").append(["mine"])
    book.save(faulty)
    for made in split(load(faulty), read(faulty), faulty):
        assert rows(made).keys() == {*SHEETS, "Provenance"}
        assert rows(made)["Provenance"] == [{"name": "forms", "value": "patient:1"}]


def test_a_cell_that_is_no_value_does_not_become_one(load: Load, faulty: Path) -> None:
    """A formula without its result, blank in the copy, would load as an answer that was left out."""
    book = openpyxl.load_workbook(faulty)
    book["courses"]["E9"] = "=1+1"
    book["courses"]["E10"] = "#N/A"
    book["courses"]["E10"].data_type = "e"
    book.save(faulty)
    done = load(faulty)
    assert {(each.row, each.code) for each in done.findings} >= {(9, "FIL-014"), (10, "FIL-013")}
    _, refused = split(done, read(faulty), faulty)
    again = {(each.sheet, each.row) for each in load(refused).findings}
    assert {("courses", 9), ("courses", 10)} <= again


def test_what_stands_right_of_the_table_is_kept(load: Load, faulty: Path) -> None:
    book = openpyxl.load_workbook(faulty)
    book["courses"]["N9"] = "ask Els"
    book.save(faulty)
    _, refused = split(load(faulty), read(faulty), faulty)
    assert openpyxl.load_workbook(refused)["courses"]["N9"].value == "ask Els"


def test_one_csv_file(load: Load, faulty: Path, tmp_path: Path) -> None:
    path = tmp_path / "belopen.csv"
    shutil.copy(in_csv(faulty, tmp_path / "tables") / "courses.csv", path)
    load(split(load(faulty), read(faulty), faulty)[0], check=False)
    done = load(path, sheet="courses")
    valid, refused = split(done, read(path, sheet="courses"), path)
    assert valid.name == "belopen.valid.csv"
    assert patients(rows(valid, "courses")["courses"]) == {"00006", "00007"}
    assert len(rows(refused, "courses")["courses"]) + len(rows(valid, "courses")["courses"]) == sum(
        done.rows.values()
    )


def test_standard_input_is_no_file_to_split() -> None:
    with pytest.raises(Usage, match="file or folder"):
        check_targets(Path("-"), overwrite=False)


def test_rows_of_a_table_that_is_no_sheet_of_a_batch_are_left_out(load: Load, faulty: Path) -> None:
    done = load(faulty)
    twice = Source([*read(faulty).tables, Table("Courses", ["x"], [(2, ["1"])])], "xlsx")
    valid, refused = split(done, twice, faulty)
    assert rows(valid).keys() == rows(refused).keys() == set(SHEETS)
