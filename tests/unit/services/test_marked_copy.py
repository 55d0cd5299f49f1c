"""SPEC B3: the marked copy of a batch file, mended there and loaded as it is."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.errors import Conflict, Usage
from msreg.formats.registry import read
from msreg.services.batch_loading import How
from msreg.services.batch_result import Loaded
from msreg.services.imports import load as load_file
from msreg.services.imports import open_batch
from msreg.services.marked_copy import mark
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Language

WHEN = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)
RED = "FFFFC7CF"

Load = Callable[..., Loaded]


@pytest.fixture
def load(registry: Registry, desk: Actor, today: date) -> Load:
    """Check a file, or load it."""

    def run(path: Path, *, check: bool = True, partial: bool = False, sheet: str | None = None) -> Loaded:
        how = How(centre="AMS01", partial=partial)
        file = open_batch(registry, by=desk, path=path, sheet=sheet)
        return load_file(registry, by=desk, file=file, today=today, check=check, how=how)

    return run


@pytest.fixture
def faulty(batches: Path, tmp_path: Path) -> Path:
    """A hospital's workbook with one fault of each kind."""
    path = tmp_path / "november.xlsx"
    shutil.copy(batches / "faulty.xlsx", path)
    return path


def marked(
    done: Loaded, path: Path, *, language: Language = Language.EN, sheet: str | None = None, **more: Any
) -> Path:
    tables = read(path, sheet=sheet).tables
    return mark(done, path, tables, when=WHEN, language=language, translate=str, **more)


def book_of(path: Path) -> Any:
    """The workbook as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))


def header(sheet: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[1]}


def mend(path: Path) -> Path:
    """What a data manager does in the marked copy: every red cell gets an answer."""
    book = book_of(path)
    answers = {
        "patients": {(2, "bsn"): None, (3, "birth_date"): date(1980, 1, 1), (4, "sex"): "female", (5, "email"): None,
                     (6, "consent"): "yes"},
        "courses": {(3, "course_date"): date(2021, 11, 4), (4, "edss"): 5.5, (5, "edss"): 5.5,
                    (6, "course_date"): date(2022, 8, 9), (7, "edss"): 6, (8, "patient_number"): "00001"},
        "disease": {(2, "date"): date(2022, 3, 31), (3, "methylprednisolone"): "yes", (4, "mp_dose_mg"): 1000},
        "medication": {(2, "medicine"): "L04AG08", (3, "stop_date"): None},
    }  # fmt: skip
    for name, cells in answers.items():
        sheet = book[name]
        columns = header(sheet)
        for (row, key), value in cells.items():
            assert sheet.cell(row, columns[key]).fill.fgColor.rgb == RED, (name, row, key)
            sheet.cell(row, columns[key]).value = value
    target = path.with_name("mended.xlsx")
    book.save(target)
    return target


def test_mended_in_the_marked_copy_it_loads_as_it_is(load: Load, faulty: Path) -> None:
    done = load(faulty)
    assert done.refused
    copy = marked(done, faulty)
    assert copy.name == "november.checked.xlsx"
    mended = mend(copy)
    again = load(mended, check=False)
    assert [(each.sheet, each.row, each.code) for each in again.findings] == []
    assert again.summary["added"] == sum(again.rows.values()) == sum(done.rows.values())
    last = book_of(marked(again, mended))
    assert not any(cell.comment for sheet in last for row in sheet.iter_rows() for cell in row)
    assert {row[-2].value for row in last["patients"].iter_rows(min_row=2)} == {"added"}
    assert {row[-1].value for row in last["patients"].iter_rows(min_row=2)} == {None}


def test_every_fault_is_at_its_cell_in_its_row_and_in_the_summary(load: Load, faulty: Path) -> None:
    done = load(faulty)
    book = book_of(marked(done, faulty))
    listed = [[cell.value for cell in row] for row in book["Findings"].iter_rows()]
    for each in done.findings:
        sheet = book[each.sheet]
        cell = sheet[f"{each.column}{each.row}"]
        assert cell.fill.fgColor.rgb == RED
        assert f"{each.code} {each.text()}" in cell.comment.text
        assert (
            f"{each.code} {each.column} {each.field}: {each.text()}"
            in sheet.cell(each.row, sheet.max_column).value
        )
        assert sheet.cell(each.row, sheet.max_column - 1).value == "refused: mend the faults"
        assert [
            each.sheet,
            each.row,
            each.column,
            each.field,
            each.code,
            "fault",
            each.text(),
            each.hint_text(),
        ] in listed
    assert ["COU-004", 2, "fault", "EDSS is a score of the scale", "for example: 3.5"] in [
        row[:5] for row in listed
    ]
    assert ["file", "november.xlsx"] in [row[:2] for row in listed]
    assert ["checked", "2026-11-21 14:05"] in [row[:2] for row in listed]
    assert ["refused: mend the faults", done.summary["refused"]] in [row[:2] for row in listed]


def test_no_value_of_a_patient_is_in_what_is_added(load: Load, faulty: Path, tmp_path: Path) -> None:
    """C12: places, fields and codes; what stands in a cell stays where it stands."""
    book = book_of(faulty)
    sheet, columns = book["patients"], header(book["patients"])
    for key in ("bsn", "email", "sex", "birth_date", "consent", "family_name", "diagnosis_date"):
        if key in columns:
            sheet.cell(2, columns[key]).value = f"secret-{key}"
    book["courses"].cell(3, header(book["courses"])["edss"]).value = "secret-edss"
    book.save(faulty)
    done = load(faulty)
    made = book_of(marked(done, faulty))
    said = [str(cell.value) for row in made["Findings"].iter_rows() for cell in row]
    for name in ("patients", "courses"):
        for row in made[name].iter_rows(min_row=2):
            said += [str(cell.value) for cell in row[-2:]] + [
                cell.comment.text for cell in row if cell.comment
            ]
    assert len([each for each in said if "secret-" in each]) == 0
    assert "secret-edss" in [cell.value for cell in made["courses"][3]]


def test_states_tell_what_happened_or_would(load: Load, faulty: Path) -> None:
    rows = {}
    for name, done in (
        ("refused", load(faulty)),
        ("part", load(faulty, check=False, partial=True)),
        ("after", load(faulty, partial=True)),
    ):
        copy = marked(done, faulty)
        sheet = book_of(copy)["courses"]
        rows[name] = {sheet.cell(row, sheet.max_column - 1).value for row in range(2, sheet.max_row + 1)}
    refused, left = "refused: mend the faults", "not loaded: this patient has faults in other rows"
    assert rows == {
        "refused": {refused, left, "no faults; not loaded yet"},
        "part": {refused, left, "added"},
        "after": {refused, left, "unchanged"},
    }


def test_a_fault_of_the_header_or_the_file(load: Load, faulty: Path) -> None:
    book = book_of(faulty)
    book["courses"].cell(1, header(book["courses"])["edss"]).value = "edds"
    book.remove(book["medication"])
    book.create_sheet("Sheet9")
    book.save(faulty)
    made = book_of(marked(load(faulty), faulty))
    sheet = made["courses"]
    cell = sheet.cell(1, header(sheet)["edds"])
    assert (cell.fill.fgColor.rgb, cell.comment.text.splitlines()[1][:7]) == (RED, "FIL-003")
    listed = [[cell.value for cell in row] for row in made["Findings"].iter_rows()]
    assert [row[:5] for row in listed if row[4] in ("FIL-001", "FIL-002")] == [
        ["medication", None, None, None, "FIL-001"], ["Sheet9", None, None, None, "FIL-002"],
    ]  # fmt: skip
    assert made.sheetnames == ["patients", "courses", "disease", "Sheet9", "Findings"]


def test_in_dutch_the_columns_and_the_summary_have_dutch_names(load: Load, faulty: Path) -> None:
    once = marked(load(faulty), faulty, language=Language.NL)
    book = book_of(once)
    assert book.sheetnames[-1] == "Bevindingen"
    assert [cell.value for cell in book["patients"][1]][-2:] == ["msreg status", "msreg fouten"]
    twice = book_of(marked(load(once), once, language=Language.EN))
    assert twice.sheetnames == [*book.sheetnames[:-1], "Findings"]
    assert [cell.value for cell in twice["patients"][1]] == [cell.value for cell in book["patients"][1]]


def test_nothing_is_overwritten(load: Load, faulty: Path) -> None:
    done = load(faulty)
    first = marked(done, faulty)
    assert marked(done, faulty) == first  # nobody has worked in it, so it makes room
    book = openpyxl.load_workbook(first)
    book["courses"]["A1"].comment = None
    book.save(first)
    worked_in = first.read_bytes()
    names = [first.name, marked(done, faulty).name, marked(done, first).name]
    names.append(marked(done, faulty.with_name(names[1])).name)
    assert names == [f"november.checked{each}.xlsx" for each in ("", "-2", "-2", "-3")]
    assert first.read_bytes() == worked_in
    with pytest.raises(Conflict):
        marked(done, faulty, out=faulty.with_name(names[0]))
    other = faulty.with_name("elsewhere.xlsx")
    assert marked(done, faulty, out=other) == other


def test_the_copy_is_as_old_as_the_file(load: Load, faulty: Path) -> None:
    """B4: an import asks a file by its date whether an answer given by hand is newer."""
    os.utime(faulty, (1_700_000_000, 1_700_000_000))
    assert marked(load(faulty), faulty).stat().st_mtime == 1_700_000_000


def test_folders_and_single_files_of_csv(load: Load, faulty: Path, tmp_path: Path) -> None:
    folder = tmp_path / "november"
    folder.mkdir()
    for sheet in book_of(faulty):
        lines = [
            ";".join("" if cell is None else str(cell) for cell in row)
            for row in sheet.iter_rows(values_only=True)
        ]
        (folder / f"{sheet.title}.csv").write_text("\n".join(lines))
    done = load(folder)
    copy = marked(done, folder)
    assert copy.name == "november.checked"
    assert sorted(each.name for each in copy.iterdir()) == [
        "Findings.csv", "courses.csv", "disease.csv", "medication.csv", "patients.csv",
    ]  # fmt: skip
    again = load(copy)
    assert [(f.sheet, f.row, f.code) for f in again.findings] == [
        (f.sheet, f.row, f.code) for f in done.findings
    ]
    assert marked(again, copy).name == "november.checked-2"
    single = tmp_path / "belopen.csv"
    shutil.copy(folder / "courses.csv", single)
    alone = marked(load(single, sheet="courses"), single, sheet="courses")
    assert alone.name == "belopen.checked.csv"
    assert alone.read_text().splitlines()[0].endswith(';"msreg status";"msreg faults"')


def test_json_lines_have_no_marked_copy(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "november.jsonl"
    path.write_text(
        '{"sheet": "courses", "centre": "AMS01", "patient_number": "1", "course_date": "2026-03-31"}\n'
    )
    with pytest.raises(Usage, match="workbooks and CSV"):
        marked(load(path), path)


def test_a_file_without_any_sheet_that_is_known(load: Load, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.save(tmp_path / "in.xlsx")
    with pytest.raises(Usage, match="no sheet"):
        marked(load(tmp_path / "in.xlsx"), tmp_path / "in.xlsx")


def test_only_the_first_cells_of_very_many_have_a_comment(
    load: Load, faulty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("msreg.services.marked_copy.MOST_COMMENTS", 3)
    book = book_of(marked(load(faulty), faulty))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert sum(1 for cell in cells if cell.comment) == 3
    assert sum(1 for cell in cells if cell.fill.fgColor.rgb == RED) == 16
    assert "13 others" in book["Findings"].cell(book["Findings"].max_row, 1).value
