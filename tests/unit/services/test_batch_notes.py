"""What was assumed of a batch file is said, once, at its place, and does not stand in the way (SPEC B3, FIL codes)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from msreg.services import batch_index, batch_sheets
from msreg.services.batch_kinds import KINDS
from msreg.services.batch_loading import DEFAULT, How
from msreg.services.batch_result import Loaded
from msreg.services.imports import load_batch
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Severity

Row = dict[str, Any]
Rows = dict[str, Callable[..., Row]]
Stored = Callable[[str], list[Row]]
Change = Callable[[openpyxl.Workbook], None]
Take = Callable[..., Loaded]

NAMING = {
    "patients": ("centre", "patient_number"),
    "courses": ("centre", "patient_number", "course_date"),
    "disease": ("centre", "patient_number", "kind", "date"),
    "medication": ("centre", "patient_number", "medicine", "start_date"),
}


def book_of(**rows: Sequence[Mapping[str, Any]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in dict.fromkeys((*NAMING, *rows)):
        mine = rows.get(name, ())
        header = list(dict.fromkeys((*NAMING.get(name, ()), *(key for each in mine for key in each))))
        sheet = book.create_sheet(name)
        sheet.append(header)
        for each in mine:
            sheet.append([each.get(key) for key in header])
    return book


@pytest.fixture
def take(registry: Registry, desk: Actor, today: date, tmp_path: Path) -> Take:
    """Check a workbook, or any path; `run` loads it."""

    def call(book: openpyxl.Workbook | Path, *, run: bool = False, how: How = DEFAULT) -> Loaded:
        path = book if isinstance(book, Path) else tmp_path / "november.xlsx"
        if not isinstance(book, Path):
            book.save(path)
        return load_batch(registry, by=desk, path=path, today=today, check=not run, how=how)

    return call


def told(done: Loaded) -> list[tuple[str, int | None, str | None, str | None, str]]:
    """Sheet, row, column, question and code of each."""
    return [(each.sheet, each.row, each.column, each.field, each.code) for each in done.findings]


@pytest.fixture
def sound(row: Rows) -> Callable[[], openpyxl.Workbook]:
    """A workbook of three patients with a course each, in which nothing needs to be said."""

    def make() -> openpyxl.Workbook:
        return book_of(
            patients=[row["patient"](str(n)) for n in (1, 2, 3)],
            courses=[row["course"](str(n), edss=None if n == 2 else 2.5, edss_method="not_done" if n == 2 else "assessed")
                     for n in (1, 2, 3)],
        )  # fmt: skip

    return make


def merged(book: openpyxl.Workbook) -> None:
    book["courses"].merge_cells("A2:A4")


def hidden_row(book: openpyxl.Workbook) -> None:
    book["courses"].row_dimensions[3].hidden = True


def hidden_sheet(book: openpyxl.Workbook) -> None:
    book["courses"].sheet_state = Worksheet.SHEETSTATE_HIDDEN


def from_1904(book: openpyxl.Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904


@pytest.mark.parametrize("together", [1, 5_000], ids=["in pieces", "at once"])
@pytest.mark.parametrize(
    ("change", "code", "places"),
    [
        (merged, "FIL-015", {("courses", 2, "A", "centre")}),
        (hidden_row, "FIL-016", {("courses", None, None, None)}),
        (hidden_sheet, "FIL-016", {("courses", None, None, None)}),
        (from_1904, "FIL-018", None),
    ],
    ids=["merged", "hidden row", "hidden sheet", "1904"],
)
def test_what_reading_assumed_is_told_once_and_the_file_loads(
    together: int, change: Change, code: str, places: Any, sound: Callable[[], openpyxl.Workbook], take: Take,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """However often the file was walked."""
    assert take(sound()).findings == []
    monkeypatch.setattr(batch_index, "_TOGETHER", together)
    monkeypatch.setattr(batch_index, "_TOGETHER_UNSORTED", together)
    book = sound()
    change(book)
    done = take(book, run=True)
    assert {each.code for each in done.findings} == {code}
    if places is None:
        assert len({each.sheet for each in done.findings}) == len(done.findings)
    else:
        assert {place[:4] for place in told(done)} == places
        assert len(done.findings) == len(places)
    assert all(each.severity is Severity.WARNING is KINDS[code].severity for each in done.findings)
    assert (done.refused, done.in_part, done.summary["added"]) == (False, False, 6)


def test_dates_from_1904_are_the_days_that_were_meant(
    sound: Callable[[], openpyxl.Workbook], take: Take, stored: Stored
) -> None:
    book = sound()
    from_1904(book)
    take(book, run=True)
    assert {each["birth_date"] for each in stored("patient")} == {"1980-05-06"}


def test_text_that_is_not_utf_8_is_told_at_its_table(
    lay: Callable[..., Loaded], write: Callable[..., Path], row: Rows, take: Take, stored: Stored
) -> None:
    path = write(patients=[row["patient"](family_name="Müller")])
    text = (path / "patients.csv").read_text(encoding="utf-8-sig")
    (path / "patients.csv").write_bytes(text.encode("cp1252"))
    done = take(path, run=True)
    assert [(place[0], place[4]) for place in told(done)] == [("patients", "FIL-017")]
    assert stored("patient")[0]["family_name"] == "Müller"


def test_a_formula_without_a_result_and_an_error_are_faults_at_their_cells(
    sound: Callable[[], openpyxl.Workbook], take: Take, stored: Stored
) -> None:
    """FIL-014, FIL-013: a workbook that a program wrote has formulas that nobody has worked out."""
    book = sound()
    book["courses"]["E2"] = "=1+1.5"
    book["patients"]["E3"] = "#N/A"
    book["patients"]["E3"].data_type = "e"
    done = take(book, run=True)
    key = {cell.column_letter: cell.value for cell in book["patients"][1]}["E"]
    assert told(done) == [
        ("patients", 3, "E", key, "FIL-013"), ("courses", 2, "E", "edss", "FIL-014"),
    ]  # fmt: skip
    assert done.refused
    assert stored("patient") == []


@pytest.mark.parametrize("wrong", ["=A3", "#N/A"])
@pytest.mark.parametrize("column", ["A", "B"])
@pytest.mark.parametrize("sheet", ["patients", "courses"])
def test_a_cell_without_a_value_where_a_row_is_named(
    wrong: str, column: str, sheet: str, sound: Callable[[], openpyxl.Workbook], take: Take
) -> None:
    """It names nobody: the fault is told at the cell, once, and the row is refused."""
    book = sound()
    book[sheet][f"{column}2"] = wrong
    if wrong.startswith("#"):
        book[sheet][f"{column}2"].data_type = "e"
    done = take(book, how=How(partial=True))
    code = "FIL-014" if wrong.startswith("=") else "FIL-013"
    here = [place for place in told(done) if place[:2] == (sheet, 2)]
    assert [place[2:] for place in here] == [(column, "centre" if column == "A" else "patient_number", code)]
    assert done.summary["refused"] >= 1
    assert "#N/A" not in str([(each.text(), each.params) for each in done.findings])


def test_more_faults_than_are_told_one_by_one(
    lay: Callable[..., Loaded], row: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FIL-022: the count is told, every row is refused all the same, and the first ones are told in order."""
    monkeypatch.setattr(batch_sheets, "MOST", 5)
    people = [row["patient"](str(n), sex="vrouwelyk") for n in range(1, 10)]
    done = lay(patients=[*people, row["patient"]("10")])
    assert [(each.row, each.code) for each in done.findings] == [
        *((at, "FRM-005") for at in range(2, 7)), (None, "FIL-022"),
    ]  # fmt: skip
    assert done.findings[-1].params == {"count": 4}
    assert done.refused
    assert done.summary["refused"] == 9
    part = lay(patients=[*people, row["patient"]("10")], how=How(partial=True))
    assert (part.refused, part.summary["added"], part.sound_patients) == (False, 1, 1)


def test_sheets_and_columns_of_our_own_are_passed_over(
    sound: Callable[[], openpyxl.Workbook], take: Take
) -> None:
    """Marked copies, exports and templates have them; another sheet is told (FIL-002) and does not stand in the way."""
    book = sound()
    for name in ("Codebook", "Herkomst", "Samenvatting", "FINDINGS", "msreg_lists"):
        book.create_sheet(name).append(["anything", "at", "all"])
    for header in ("msreg status", "MSREG Faults", "msreg fouten", "registry_number", "MS-nummer"):
        sheet = book["courses"]
        sheet.cell(1, sheet.max_column + 1).value = header if header != "MS-nummer" else "State"
        sheet.cell(2, sheet.max_column).value = "whatever"
    assert take(book).findings == []
    book.create_sheet("Blad1").append(["kladblok"])
    done = take(book, run=True)
    assert [(place[0], place[4]) for place in told(done)] == [("Blad1", "FIL-002")]
    assert (done.refused, done.summary["added"]) == (False, 6)


def test_a_file_for_another_version_of_a_form_is_told_and_loads(
    sound: Callable[[], openpyxl.Workbook], take: Take
) -> None:
    """FIL-019: an export's provenance or a template's lists say what it was made for."""
    for name, rows in (
        ("provenance", [["key", "value"], ["forms", "patient:1 course:99"]]),
        ("msreg_lists", [["msreg", "nl"], ["forms", "patient:1 course:99"]]),
    ):
        book = sound()
        sheet = book.create_sheet(name)
        for each in rows:
            sheet.append(each)
        done = take(book)
        assert [(e.sheet, e.code, e.params["form"], e.is_error) for e in done.findings] == [
            (name, "FIL-019", "course", False)
        ]


@pytest.mark.parametrize(
    ("cells", "centre", "missing"),
    [
        ({"A": None}, None, ["centre"]),
        ({"B": None}, None, ["patient_number"]),
        ({"A": None, "B": None}, None, ["centre", "patient_number"]),
        ({"A": None, "B": None}, "AMS01", ["patient_number"]),
        ({"A": None}, "AMS01", []),
        ({"A": None, "B": "9" * 30}, None, ["centre", "patient_number"]),
    ],
)
def test_everything_that_a_row_lacks_to_name_its_patient_is_told_in_one_go(
    cells: dict[str, str | None],
    centre: str | None,
    missing: list[str],
    sound: Callable[[], openpyxl.Workbook],
    take: Take,
) -> None:
    """FIL-010, or the fault of the cell; a centre that was given with the command is not missing."""
    book = sound()
    for column, value in cells.items():
        book["courses"][f"{column}3"] = value
    done = take(book, how=How(centre=centre))
    assert [place[3] for place in told(done) if place[:2] == ("courses", 3)] == missing
    assert done.refused is bool(missing)
