"""Empty workbooks to fill in: lists by range, messages that Excel takes, formats, marked headers (B1)."""

from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.errors import Conflict, NotFound
from msreg.formats.cells import Cell
from msreg.formats.registry import read
from msreg.formats.template_out import (
    LAST_ROW,
    LISTS,
    Need,
    Template,
    TemplateColumn,
    TemplateSheet,
    write_workbook_template,
)
from msreg.formats.validation import TODAY, Rule, Typed, shortened, told, units

RANGES = {"sex": "msreg_lists!$A$5:$A$7"}


def column(header: str, rule: Rule, need: Need = Need.NEVER, example: Cell = None) -> TemplateColumn:
    return TemplateColumn(
        header, need, rule, f"About {header}", f"Help for {header}", "The whole note", example
    )


def template(
    columns: Sequence[TemplateColumn], lists: Mapping[str, Sequence[Cell]] | None = None
) -> Template:
    return Template(
        sheets=[TemplateSheet("Courses", columns, 0)],
        lists=lists or {},
        about=(("msreg", "en"), ("forms", "course:1")),
        examples=("EXAMPLE", "VOORBEELD"),
        example_note="an example",
        warning="Check this",
        date_format="yyyy-mm-dd",
    )


@pytest.fixture
def small() -> Template:
    """A template with one column of every kind."""
    return template(
        [
            column("Number", Rule(Typed.TEXT, length=20, message="too long"), Need.ALWAYS, "EXAMPLE"),
            column("Day", Rule(Typed.DAY, low=date(1900, 1, 1), high=TODAY), Need.SOMETIMES, date(2024, 2, 29)),
            column("Sex", Rule(Typed.TEXT, options="sex", message="not listed"), Need.NEVER, "=male"),
            column("Sites", Rule(Typed.TEXT, options="sex", free=True)),
            column("Dose", Rule(Typed.WHOLE, low=Decimal(1), high=Decimal(9)), example=3),
            column("Index", Rule(Typed.NUMBER, high=Decimal("0.5")), example=Decimal("0.25")),
            column("Lesions", Rule(Typed.WHOLE, low=Decimal(0), words=("unknown",)), example="unknown"),
            column("Score", Rule(Typed.NUMBER, options="score")),
            column("Given", Rule(Typed.PLAIN)),
        ],
        {"sex": ("male", "=female", "other"), "score": (Decimal("0"), Decimal("1.5"))},
    )  # fmt: skip


@pytest.fixture
def book(small: Template, tmp_path: Path) -> Any:
    return openpyxl.load_workbook(write_workbook_template(tmp_path / "t.xlsx", small, overwrite=False))


def rules(sheet: Any) -> dict[str, Any]:
    """The rules of a sheet by the name of their column."""
    found = {}
    for each in sheet.data_validations.dataValidation:
        for area in each.sqref.ranges:
            assert area.min_col == area.max_col
            assert (area.min_row, area.max_row) == (2, LAST_ROW)
            found[sheet.cell(1, area.min_col).value] = each
    return found


def test_headers_are_frozen_and_a_star_marks_what_is_required(book: Any) -> None:
    """B1: the star says it; the colours of what is asked always, sometimes and never differ besides."""
    sheet = book["Courses"]
    assert [cell.value for cell in sheet[1]] == [
        "Number *", "Day", "Sex", "Sites", "Dose", "Index", "Lesions", "Score", "Given",
    ]  # fmt: skip
    assert sheet.freeze_panes == "B2"
    colours = [sheet.cell(1, at).fill.fgColor.rgb for at in (1, 2, 3)]
    assert len(set(colours)) == 3
    assert not set(colours) & {"FFFFC7CE", "FFFFE0B2"}, "red and orange are what a marked copy uses"
    assert [sheet.cell(1, at).comment.text for at in (1, 9)] == ["The whole note"] * 2


def test_cells_are_typed_and_zeros_in_front_stay(book: Any, tmp_path: Path) -> None:
    """Texts are texts from the first key stroke; whole numbers show what they hold; nothing calculates."""
    sheet = book["Courses"]
    assert [sheet.column_dimensions[name].number_format for name in "ABE"] == ["@", "yyyy-mm-dd", "General"]
    table = next(each for each in read(tmp_path / "t.xlsx").tables if each.sheet == "Courses")
    day = date(2024, 2, 29)
    assert list(table.rows) == [(2, ["EXAMPLE", day, "=male", None, 3, 0.25, "unknown", None, None])]
    assert sheet["C2"].data_type == "s"


def test_lists_are_ranges_of_a_hidden_sheet_under_what_the_template_is_for(book: Any) -> None:
    lists = book[LISTS]
    assert lists.sheet_state == "hidden"
    assert book.active.title == "Courses"
    assert [[cell.value for cell in row] for row in lists["A1:B2"]] == [
        ["msreg", "en"],
        ["forms", "course:1"],
    ]
    found = rules(book["Courses"])
    assert found["Sex"].formula1 == found["Sites"].formula1 == "msreg_lists!$A$5:$A$7"
    assert found["Score"].formula1 == "msreg_lists!$B$5:$B$6"
    assert [row[0].value for row in lists["A5:A7"]] == ["male", "=female", "other"]
    assert [row[0].value for row in lists["B5:B6"]] == [0, 1.5]
    assert (found["Sex"].showErrorMessage, found["Sites"].showErrorMessage) == (True, False)


def test_rules_warn_and_never_stop(book: Any) -> None:
    """What reading takes and a spreadsheet does not know must stay possible."""
    found = rules(book["Courses"])
    assert len(found) == 9
    assert {each.errorStyle for each in found.values() if each.type} == {"warning"}
    assert all(each.allowBlank for each in found.values())
    told = {name: (each.type, each.operator, each.formula1, each.formula2) for name, each in found.items()}
    assert told["Number *"] == ("textLength", "lessThanOrEqual", "20", None)
    assert told["Day"] == ("date", None, "1", "TODAY()")
    assert told["Dose"] == ("whole", None, "1", "9")
    assert told["Index"] == ("decimal", "lessThanOrEqual", "0.5", None)
    assert told["Lesions"][:1] == ("custom",)
    assert told["Lesions"][2] == 'OR(IF(ISNUMBER(G2),AND(G2>=0,G2=INT(G2)),FALSE),G2="unknown")'
    assert told["Given"][:1] == (None,)
    assert {each.prompt for each in found.values()} >= {"Help for Number", "Help for Given"}
    assert all(each.showInputMessage for each in found.values())


def test_a_row_looks_like_an_example_only_as_long_as_it_is_one(book: Any) -> None:
    """The look hangs on the patient number, so a row that is written over is a row like any other."""
    (ruled,) = book["Courses"].conditional_formatting
    assert str(ruled.sqref) == f"A2:I{LAST_ROW}"
    (rule,) = ruled.rules
    assert rule.formula == ['OR($A2="EXAMPLE",$A2="VOORBEELD")']
    assert rule.dxf.font.i
    assert book["Courses"]["A2"].comment.text == "an example"
    assert not book["Courses"]["A2"].font.i


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [("a" * 32, 32, "a" * 32), ("a" * 33, 32, "a" * 31 + "…"), ("🙂" * 16, 32, "🙂" * 16),
     ("🙂" * 17, 32, "🙂" * 15 + "…"), ("Reden van afwijking", 7, "Reden…")],
)  # fmt: skip
def test_messages_fit_as_excel_counts(text: str, most: int, expected: str) -> None:
    assert shortened(text, most) == expected
    assert units(shortened(text, most)) <= most


def test_messages_too_long_are_shortened_in_the_file(tmp_path: Path) -> None:
    """Excel calls a workbook broken whose messages are longer than it allows."""
    long = replace(
        column("A", Rule(Typed.TEXT, length=1, message="m" * 999)), title="t" * 99, prompt="p" * 999
    )
    path = write_workbook_template(
        tmp_path / "t.xlsx", replace(template([long]), warning="w" * 99), overwrite=False
    )
    rule = rules(openpyxl.load_workbook(path)["Courses"])["A"]
    assert [len(text) for text in (rule.promptTitle, rule.prompt, rule.errorTitle, rule.error)] == [
        32,
        255,
        32,
        255,
    ]


def test_a_rule_without_limits_asks_nothing() -> None:
    texts = {"title": "T", "prompt": "P", "warning": "W", "first": "A2", "ranges": RANGES}
    found = told(Rule(Typed.NUMBER), **texts)
    assert found == {"validate": "any", "input_title": "T", "input_message": "P"}
    assert told(Rule(Typed.DAY, low=date(2020, 1, 1)), **texts)["criteria"] == ">="
    assert told(Rule(Typed.NUMBER, high=Decimal("2.0")), **texts)["value"] == 2


def test_the_same_template_is_the_same_file(small: Template, tmp_path: Path) -> None:
    first, second = (
        write_workbook_template(tmp_path / name, small, overwrite=False).read_bytes()
        for name in ("1.xlsx", "2.xlsx")
    )
    assert first == second


def test_a_file_that_is_there_stays(small: Template, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_text("mine")
    with pytest.raises(Conflict):
        write_workbook_template(path, small, overwrite=False)
    assert path.read_text() == "mine"
    write_workbook_template(path, small, overwrite=True)
    assert openpyxl.load_workbook(path).sheetnames == ["Courses", LISTS]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(NotFound):
        write_workbook_template(tmp_path / "no" / "t.xlsx", small, overwrite=False)
    assert [each.name for each in tmp_path.iterdir()] == ["t.xlsx"]
