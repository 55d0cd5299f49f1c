"""The template is what the forms ask: its columns, marks, lists and help, in both languages and styles (B1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries

from msreg.formats.template_out import LAST_ROW, LISTS, Need
from msreg.forms.columns import Column, Sheet, sheets
from msreg.forms.definition import Item, Type
from msreg.forms.values import reader
from msreg.rules.edss import SCORES
from msreg.screen.language import _, activate
from msreg.services.template import Style, make_template, write_template
from msreg.services.template_help import MANY, lines_about, need_of, note, prompt, question_of
from msreg.services.template_words import EXAMPLES, form_versions

STYLES = [Style(language, codes) for language, codes in product(("nl", "en"), (False, True))]
NAMES = [f"{each.language}-{'codes' if each.codes else 'labels'}" for each in STYLES]
COLUMNS = [(sheet, column) for sheet in sheets() for column in sheet.columns if not column.told]
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module", params=STYLES, ids=NAMES)
def style(request: pytest.FixtureRequest) -> Style:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def book(style: Style, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The template as another program reads it, its texts in its language."""
    path = tmp_path_factory.mktemp("template") / "t.xlsx"
    activate(style.language)
    try:
        write_template(path, style, overwrite=False, translate=_)
    finally:
        activate("en")
    return openpyxl.load_workbook(path)


def rule_of(book: Any, style: Style, sheet: Sheet, column: Column) -> tuple[Any, Any]:
    """The header cell and the rule of a column."""
    page = book[style.named(sheet)]
    at = [each for each in sheet.columns if not each.told].index(column) + 1
    area = f"{get_column_letter(at)}2:{get_column_letter(at)}{LAST_ROW}"
    (rule,) = [each for each in page.data_validations.dataValidation if area in str(each.sqref).split()]
    return page.cell(1, at), rule


def listed(book: Any, rule: Any) -> list[Any]:
    """What stands in the range of a drop-down list."""
    name, _sep, cells = rule.formula1.partition("!")
    assert name == LISTS
    left, top, right, bottom = range_boundaries(cells.replace("$", ""))
    assert left == right
    page = book[LISTS]
    assert page.cell(bottom + 1, left).value is None, "the list goes on below its range"
    return [page.cell(row, left).value for row in range(top, bottom + 1)]


def test_all_sheets_and_columns_are_there_by_their_names(book: Any, style: Style) -> None:
    """Every sheet and header is understood as the sheet or column that it stands for."""
    assert book.sheetnames == [*(style.named(sheet) for sheet in sheets()), LISTS]
    for sheet in sheets():
        assert book[style.named(sheet)].title.casefold() in sheet.names
        header = [cell.value for cell in book[style.named(sheet)][1]]
        assert [sheet.column(each) for each in header] == [each for each in sheet.columns if not each.told]
        assert len(header) == len(set(header))


def test_a_star_means_always_asked_and_required(book: Any, style: Style) -> None:
    for sheet, column in COLUMNS:
        header, _rule = rule_of(book, style, sheet, column)
        item = column.item
        always = item is None or (item.required and item.when is None)
        assert header.value == style.named(column) + (" *" if always else "")
        assert (need_of(column) is Need.ALWAYS) is always


def test_what_is_required_under_a_condition_says_so(book: Any, style: Style) -> None:
    begin = {"nl": ("Verplicht.", "Verplicht als ", "Alleen als "),
             "en": ("Required.", "Required if ", "Only if ")}[style.language]  # fmt: skip
    seen = set()
    for sheet, column in COLUMNS:
        header, rule = rule_of(book, style, sheet, column)
        need, item = need_of(column), column.item
        first = rule.prompt.split("\n")[0]
        if need is Need.ALWAYS:
            expected = begin[0]
            assert first == expected
        elif need is Need.SOMETIMES or (item is not None and item.when is not None):
            expected = begin[1 if need is Need.SOMETIMES else 2]
            assert first.startswith(expected)
        else:
            expected = ""
            assert not first.startswith(begin)
        assert header.comment.text.split("\n")[1].startswith(expected)
        seen.add(expected)
    assert len(seen) == 4


def test_every_choice_has_a_list_of_exactly_its_answers(book: Any, style: Style) -> None:
    """By range, so that the medicines fit; yes and no too; several answers are not held to one of the list."""
    count = 0
    for sheet, column in COLUMNS:
        _header, rule = rule_of(book, style, sheet, column)
        question = question_of(column)
        if question is None or not (question.item.choices or question.item.type is Type.BOOLEAN):
            assert rule.type != "list" or column.key == "edss"
            continue
        item = question.item
        if item.type is Type.BOOLEAN:
            expected = ["yes", "no"] if style.codes or style.language == "en" else ["ja", "nee"]
        else:
            expected = [each.code if style.codes else each.label[style.language] for each in item.choices]
        assert rule.type == "list"
        assert listed(book, rule) == expected, column.key
        assert rule.showErrorMessage is (item.type is not Type.CHOICES)
        count += 1
    assert count > 30


def test_every_answer_of_a_list_is_read_as_what_it_says(style: Style) -> None:
    template = make_template(style)
    for (_sheet, column), made in zip(
        COLUMNS, (each for sheet in template.sheets for each in sheet.columns), strict=True
    ):
        question = question_of(column)
        if question is None or made.rule.options is None:
            continue
        read = reader(question.item, TODAY)
        answers = [read(each) for each in template.lists[made.rule.options]]
        assert {problem for _value, problem in answers} == {None}, column.key
        assert [value for value, _problem in answers] == _answers(question.item), column.key


def _answers(item: Item) -> list[Any]:
    if item.type is Type.BOOLEAN:
        return [True, False]
    if item.type is Type.CHOICES:
        return [(choice.code,) for choice in item.choices]
    return [choice.code for choice in item.choices] or list(SCORES)


def test_the_edss_is_chosen_from_the_scores_that_exist(book: Any, style: Style) -> None:
    sheet, column = next(each for each in COLUMNS if each[1].key == "edss")
    _header, rule = rule_of(book, style, sheet, column)
    assert listed(book, rule) == [float(score) for score in SCORES]


def test_limits_of_the_forms_are_the_limits_of_the_cells(book: Any, style: Style) -> None:
    kinds = {Type.DATE: "date", Type.INTEGER: "whole", Type.DECIMAL: "decimal"}
    for sheet, column in COLUMNS:
        _header, rule = rule_of(book, style, sheet, column)
        question = question_of(column)
        if question is None or question.item.type not in kinds or column.key == "edss":
            continue
        item = question.item
        if item.or_unknown:
            assert rule.type == "custom"
            for part in (f">={item.min}", f"<={item.max}", '="onbekend"', '="unknown"', "INT("):
                assert part in rule.formula1
            continue
        assert rule.type == kinds[item.type]
        low = "1" if item.type is Type.DATE else str(item.min)
        assert rule.formula1 == low
        assert rule.formula2 == {"today": "TODAY()", None: None}.get(item.max, str(item.max))  # type: ignore[call-overload]


def test_nothing_is_longer_than_excel_takes(book: Any, style: Style) -> None:
    for sheet, column in COLUMNS:
        header, rule = rule_of(book, style, sheet, column)
        for text, most in ((rule.promptTitle, 32), (rule.prompt, 255), (rule.errorTitle, 32), (rule.error, 255),
                           (rule.formula1, 255), (rule.formula2, 255)):  # fmt: skip
            assert text is None or len(text) <= most
        assert rule.promptTitle
        assert "{" not in rule.prompt + (rule.error or "") + header.comment.text
        assert rule.errorStyle == "warning" or rule.type is None, "valid input must never be impossible"


def test_texts_stay_texts_and_dates_are_dates(book: Any, style: Style) -> None:
    """A BSN keeps its zero in front, 2019-05 does not become a day, a version is not a number."""
    shown = {}
    for sheet in sheets():
        page = book[style.named(sheet)]
        columns = [each for each in sheet.columns if not each.told]
        for at, column in enumerate(columns, start=1):
            shown[column.key] = page.cell(2, at).number_format, _column_format(page, at)
    day = "dd-mm-yyyy" if style.language == "nl" else "yyyy-mm-dd"
    for key in (
        "patient_number",
        "bsn",
        "postal_code",
        "first_symptom",
        "meddra_llt",
        "meddra_version",
        "mri_new_t2",
    ):
        assert shown[key][1] == "@", key
    for key in ("birth_date", "course_date", "medication_start", "stop_date"):
        assert shown[key][1] == day, key
    for key in ("mri_gd_lesions", "edss", "igg"):
        assert shown[key][1] == "General", key
    assert shown["bsn"][0] == "@"
    assert shown["birth_date"][0] == day


def _column_format(page: Any, at: int) -> str:
    for dimension in page.column_dimensions.values():
        if dimension.min <= at <= dimension.max:
            return str(dimension.number_format)
    raise AssertionError(f"column {at} has no width")


def test_the_note_tells_all_that_the_message_has_no_room_for() -> None:
    """Messages are cut between lines, never within one, and say where the rest is."""
    cut = 0
    for sheet, column in COLUMNS:
        lines = lines_about(column, "en", str, codes=False)
        told, whole = prompt(lines, str), note(column, lines, "en")
        assert whole.split("\n")[0] == f"{column.label['en']} [{column.key}]"
        assert whole.split("\n")[1:] == lines
        if told.split("\n") != lines:
            cut += 1
            assert told.split("\n")[-1] == "More in the note at the column's name."
            assert set(told.split("\n")[:-1]) < set(lines), sheet.key
    assert cut
    assert prompt(["x" * 300, "kept"], str) == "kept\nMore in the note at the column's name."


def test_help_limits_units_defaults_and_answers_are_told() -> None:
    told = {
        f"{sheet.key}.{column.key}": lines_about(column, "en", str, codes=False) for sheet, column in COLUMNS
    }
    assert told["disease.mp_dose_mg"] == [
        "Only if Methylprednisolone is yes.", "Per day, 100 to 2000 mg.", "Whole number, 100 … 2000 (mg).",
    ]  # fmt: skip
    assert "Left blank in a new record: no." in told["patients.deceased"]
    assert "Answers: male · female · other." in told["patients.sex"]
    assert "The patient number as it stands on the sheet Patients." in told["courses.patient_number"]
    assert "More than one answer is possible: put ; between them." in told["medication.stop_reasons"]
    assert told["medication.medicine"][-1] == told["adverse_events.medicine"][-1] == "Choose from the list."
    for sheet, column in COLUMNS:
        if column.item is not None and column.item.help:
            assert column.item.help["en"] in told[f"{sheet.key}.{column.key}"]
        if column.item is not None and 0 < len(column.item.choices) <= MANY:
            answers = " · ".join(each.label["en"] for each in column.item.choices)
            assert f"Answers: {answers}." in told[f"{sheet.key}.{column.key}"]


def test_codes_are_told_with_what_they_mean() -> None:
    sex = next(column for _sheet, column in COLUMNS if column.key == "sex")
    assert "Answers: male: man · female: vrouw · other: anders." in lines_about(sex, "nl", str, codes=True)


def test_the_example_is_one_patient_on_all_sheets(book: Any, style: Style) -> None:
    for sheet in sheets():
        page = book[style.named(sheet)]
        columns = [column for column in sheet.columns if not column.told]
        values = [cell.value for cell in page[2]]
        for column, value in zip(columns, values, strict=True):
            if column.key == "patient_number":
                assert value == EXAMPLES[style.language]
            elif need_of(column) is Need.ALWAYS:
                assert value is not None, column.key
        assert page.max_row == 2


def test_the_hidden_sheet_says_for_which_forms_it_is(book: Any, style: Style) -> None:
    page = book[LISTS]
    assert page.sheet_state == "hidden"
    assert [page[cell].value for cell in ("A1", "B1", "A2", "B2")] == [
        "msreg", style.language, "forms", form_versions(),
    ]  # fmt: skip
    assert dict(each.split(":") for each in form_versions().split()) == {
        form.key: str(form.version) for sheet in sheets() for form in sheet.forms
    }


def test_others_may_read_a_template(tmp_path: Path) -> None:
    """It holds nobody: a colleague opens it from a shared folder."""
    path = tmp_path / "t.xlsx"
    made = write_template(path, Style("nl"), overwrite=False)
    assert path.stat().st_mode & 0o777 == 0o644
    assert (made.path, made.language, made.style) == (path, "nl", "labels")
    assert made.forms["course"] == 1
    again = write_template(path, Style("nl", codes=True), overwrite=True)
    assert again == replace(made, style="codes", sheets=tuple(sheet.key for sheet in sheets()))
