"""SPEC B3: a marked copy is mended, by whatever program, and marked again: old marks go, new ones come."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Color, Font, PatternFill

from msreg.formats.marks import MarkedCell, MarkedSheet, Marks
from msreg.formats.xlsx_marked import mark_workbook

RED, ORANGE, NONE = "FFFFC7CF", "FFFFE0B3", "00000000"
THEME = Color(theme=4, tint=0.5)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A workbook with plain cells, cells in colours of the user's, and a comment of the user's."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "courses"
    for row in [["patient_number", "edss", "date"], ["1", 11, "x"], ["2", 12, "y"], ["3", 2, "z"]]:
        sheet.append(row)
    sheet["B2"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["C2"].fill = PatternFill("solid", fgColor=THEME)
    sheet["B3"].font = Font(bold=True)
    sheet["B4"].fill = PatternFill("solid", fgColor="FFFFC7CE")  # Excel's own style "Bad"
    sheet["A2"].comment = Comment("ask Els", "Jan")
    book.save(tmp_path / "in.xlsx")
    return tmp_path / "in.xlsx"


def marks(
    status: Mapping[int, str],
    faults: Mapping[int, str],
    cells: Sequence[MarkedCell],
    *,
    at: tuple[int | None, int | None] = (None, None),
    old_summary: str | None = None,
) -> Marks:
    sheet = MarkedSheet("courses", 1, status, faults, cells, *at)
    title = "Bevindingen" if old_summary else "Findings"
    headers = ("msreg status", "msreg fouten" if old_summary else "msreg faults")
    return Marks([sheet], *headers, title, [["msreg", title]], frozenset(), old_summary)


FIRST = marks(
    {2: "refused", 3: "refused", 4: "no faults"},
    {2: "COU-004 B; FRM-002 C", 3: "COU-004 B"},
    [
        MarkedCell(2, 1, "red", "COU-004"),
        MarkedCell(2, 2, "orange", "FRM-002"),
        MarkedCell(3, 1, "red", "COU-004"),
    ],
)
SECOND = marks(
    {2: "no faults", 3: "refused", 4: "no faults"},
    {3: "COU-009 B"},
    [MarkedCell(3, 1, "orange", "COU-009")],
    at=(3, 4),
    old_summary="Findings",
)


def book_of(path: Path) -> Any:
    """The workbook as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))


def told(path: Path) -> list[list[object]]:
    return [[cell.value for cell in row] for row in book_of(path)["courses"].iter_rows()]


def colours(path: Path) -> dict[str, object]:
    """Cells with a colour: its code, or its theme."""
    found: dict[str, object] = {}
    for row in book_of(path)["courses"].iter_rows():
        for cell in row:
            colour = cell.fill.fgColor
            if cell.fill.patternType == "solid":
                found[cell.coordinate] = colour.rgb if colour.type == "rgb" else (colour.theme, colour.tint)
    return found


def comments(path: Path) -> dict[str, str]:
    rows = book_of(path)["courses"].iter_rows()
    return {cell.coordinate: cell.comment.text for row in rows for cell in row if cell.comment}


def saved_by_openpyxl(path: Path) -> Path:
    """The file as another program writes it: parts, styles, texts and boxes are numbered anew."""
    book = book_of(path)
    book["courses"]["B2"] = 3
    target = path.with_name("mended.xlsx")
    book.save(target)
    return target


def as_it_is(path: Path) -> Path:
    return path


@pytest.mark.parametrize("mended", [as_it_is, saved_by_openpyxl])
def test_old_marks_are_replaced(source: Path, tmp_path: Path, mended: Any) -> None:
    once = mark_workbook(source, tmp_path / "once.xlsx", FIRST)
    assert colours(once) == {"B2": RED, "C2": ORANGE, "B3": RED, "B4": "FFFFC7CE"}
    assert set(comments(once)) == {"A2", "B2", "C2", "B3"}
    twice = mark_workbook(mended(once), tmp_path / "twice.xlsx", SECOND)
    made = book_of(twice)
    assert made.sheetnames == ["courses", "Bevindingen"]
    assert made["Bevindingen"]["B1"].value == "Bevindingen"
    # the header stays as it was: it may be that of a table, and loads in both languages
    assert [row[3:] for row in told(twice)] == [
        ["msreg status", "msreg faults"],
        ["no faults", None],
        ["refused", "COU-009 B"],
        ["no faults", None],
    ]
    assert colours(twice) == {"B2": "FFFFFF00", "C2": (4, 0.5), "B3": ORANGE, "B4": "FFFFC7CE"}
    assert comments(twice) == {"A2": "ask Els", "B3": "msreg:\nCOU-009"}
    assert made["courses"]["B3"].font.bold


def test_marking_again_and_again_adds_nothing(source: Path, tmp_path: Path) -> None:
    path = mark_workbook(source, tmp_path / "a.xlsx", FIRST)
    sizes = set()
    for number in range(3):
        for word, [sheet] in (("mended", SECOND.sheets), ("broken", FIRST.sheets)):
            wanted = marks(
                sheet.status, sheet.faults, sheet.cells, at=(3, 4), old_summary=book_of(path).sheetnames[-1]
            )
            path = mark_workbook(path, tmp_path / f"{word}{number}.xlsx", wanted)
        assert colours(path) == {"B2": RED, "C2": ORANGE, "B3": RED, "B4": "FFFFC7CE"}
        with zipfile.ZipFile(path) as archive:
            sizes.add((len(archive.namelist()), archive.getinfo("xl/styles.xml").file_size))
    assert len(sizes) == 1


def test_a_spreadsheet_that_forgets_the_colour_below_leaves_the_cell_without_one(
    source: Path, tmp_path: Path
) -> None:
    """Some programs write a colour of their own where the old one is kept: it is not taken for the user's."""
    once = book_of(mark_workbook(source, tmp_path / "once.xlsx", FIRST))
    once["courses"]["B2"].fill = PatternFill("solid", fgColor=RED, bgColor="FFFFCC99")
    once.save(tmp_path / "saved.xlsx")
    assert "B2" not in colours(mark_workbook(tmp_path / "saved.xlsx", tmp_path / "twice.xlsx", SECOND))


def test_one_of_the_columns_was_deleted(source: Path, tmp_path: Path) -> None:
    once = book_of(mark_workbook(source, tmp_path / "once.xlsx", FIRST))
    once["courses"].delete_cols(4)
    once.save(tmp_path / "saved.xlsx")
    again = marks({2: "refused"}, {2: "COU-004 B"}, [], at=(None, 3), old_summary="Findings")
    twice = mark_workbook(tmp_path / "saved.xlsx", tmp_path / "twice.xlsx", again)
    assert [row[3:] for row in told(twice)] == [
        ["msreg faults", "msreg status"], ["COU-004 B", "refused"], [None, None], [None, None],
    ]  # fmt: skip


def test_the_user_wrote_something_right_of_the_columns(source: Path, tmp_path: Path) -> None:
    once = book_of(mark_workbook(source, tmp_path / "once.xlsx", FIRST))
    once["courses"]["F3"] = "mended on Monday"
    once.save(tmp_path / "saved.xlsx")
    twice = mark_workbook(tmp_path / "saved.xlsx", tmp_path / "twice.xlsx", SECOND)
    assert [row[3:] for row in told(twice)][2] == ["refused", "COU-009 B", "mended on Monday"]


def test_a_fault_right_of_the_columns(source: Path, tmp_path: Path) -> None:
    """Also where the cell is not there yet."""
    once = book_of(mark_workbook(source, tmp_path / "once.xlsx", FIRST))
    once["courses"]["F1"], once["courses"]["G1"], once["courses"]["F3"] = "mri_done", "mri_date", "?"
    once.save(tmp_path / "saved.xlsx")
    cells = [
        MarkedCell(3, 5, "red", "FRM-003"),
        MarkedCell(3, 6, "orange", "FRM-001"),
        MarkedCell(2, 5, "red"),
    ]
    again = marks({3: "refused"}, {3: "FRM-003 F"}, cells, at=(3, 4), old_summary="Findings")
    twice = mark_workbook(tmp_path / "saved.xlsx", tmp_path / "twice.xlsx", again)
    assert [row[3:] for row in told(twice)][2] == ["refused", "FRM-003 F", "?", None]
    assert [colours(twice).get(name) for name in ("F2", "F3", "G3", "B3")] == [RED, RED, ORANGE, None]


def test_a_sheet_of_the_users_that_is_named_as_the_summary_stays(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "courses"
    book["courses"]["A1"] = "edss"
    book.create_sheet("FINDINGS")["A1"] = "mine"
    book.save(tmp_path / "in.xlsx")
    made = book_of(mark_workbook(tmp_path / "in.xlsx", tmp_path / "out.xlsx", FIRST))
    assert made.sheetnames == ["courses", "FINDINGS", "Findings (2)"]
    assert made["FINDINGS"]["A1"].value == "mine"
