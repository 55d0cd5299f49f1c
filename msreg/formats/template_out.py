"""Empty workbooks to fill in: drop-down lists, input help, formats, marked headers, and an example row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any

from msreg.formats.atomic import finished_file
from msreg.formats.cells import Cell, letter
from msreg.formats.sheets import LISTS
from msreg.formats.validation import Rule, Typed, told
from msreg.vocabulary import N_

LAST_ROW = 100_000
"""Input help and formats reach so far; they are kept as ranges, so a long reach costs nothing."""

WARNING = N_("Check this answer")

_STAR = " *"
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - no moment: the same template twice is the same file
_LISTS_FROM = 4  # the lists begin below what the hidden sheet tells of the template
_WIDEST, _NARROWEST = 30, 12
_BOLD = 1.3  # room that a bold letter takes, compared with a figure


class Need(StrEnum):
    """Whether a column must be filled in."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"


# Blue, for red and orange are what a marked copy uses; the star and the words of the note say the same.
_COLOURS: Mapping[Need, str] = {Need.ALWAYS: "#BDD7EE", Need.SOMETIMES: "#DDEBF7", Need.NEVER: "#F2F2F2"}


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column: its name, what is told about it, what may stand in it, and an example.

    `title` and `prompt` show beside the cell that is filled in, `note` at the column's name.
    """

    header: str
    need: Need
    rule: Rule
    title: str
    prompt: str
    note: str
    example: Cell = None


@dataclass(frozen=True, slots=True)
class TemplateSheet:
    """One sheet; `key` is the column, counted from 0, that says whether a row is the example."""

    name: str
    columns: Sequence[TemplateColumn]
    key: int


@dataclass(frozen=True, slots=True)
class Template:
    """A whole workbook. `about` are the first rows of the hidden sheet, `lists` the drop-down lists below.

    `examples` are the words that mark an example row, `example_note` is told at the one of the template.
    """

    sheets: Sequence[TemplateSheet]
    lists: Mapping[str, Sequence[Cell]]
    about: Sequence[Sequence[str]]
    examples: Sequence[str]
    example_note: str
    warning: str
    date_format: str


def write_workbook_template(path: Path, template: Template, *, overwrite: bool) -> Path:
    """Write the workbook; the same template gives the same bytes.

    Raises `Conflict` when `path` exists and may not be replaced, `NotFound` without its folder, `Unavailable`
    when it cannot be written.
    """
    import xlsxwriter

    whole = BytesIO()  # some 40 kB; what fails while it is written to disk is then told by finished_file
    book = xlsxwriter.Workbook(whole, {"in_memory": True})
    book.set_properties({"title": "msreg", "created": _MADE})
    formats = _Formats(book, template.date_format)
    sheets = [book.add_worksheet(sheet.name) for sheet in template.sheets]
    ranges = _lists(book.add_worksheet(LISTS), template, formats)
    for worksheet, sheet in zip(sheets, template.sheets, strict=True):
        _sheet(worksheet, sheet, template, formats, ranges)
    book.close()
    with finished_file(path, overwrite=overwrite) as made:
        made.write_bytes(whole.getvalue())
    return path


class _Formats:
    """The formats of one workbook."""

    def __init__(self, book: Any, date_format: str) -> None:
        self.head = {
            need: book.add_format(
                {"bold": need is not Need.NEVER, "bg_color": colour, "text_wrap": True, "valign": "top",
                 "bottom": 1}
            )
            for need, colour in _COLOURS.items()
        }  # fmt: skip
        self.typed = {
            Typed.TEXT: book.add_format({"num_format": "@"}),  # zeros in front stay
            Typed.DAY: book.add_format({"num_format": date_format}),
            Typed.WHOLE: None,  # the format 0 would show 2.5 as 3
            Typed.NUMBER: None,
            Typed.PLAIN: None,
        }
        self.bold = book.add_format({"bold": True})
        self.example = book.add_format({"italic": True, "font_color": "#7F7F7F"})


def _lists(worksheet: Any, template: Template, formats: _Formats) -> dict[str, str]:
    """Write the hidden sheet; gives where each list stands."""
    worksheet.hide()
    for row, words in enumerate(template.about):
        for column, word in enumerate(words):
            worksheet.write_string(row, column, word)
    ranges = {}
    for column, (key, answers) in enumerate(template.lists.items()):
        worksheet.write_string(_LISTS_FROM - 1, column, key, formats.bold)
        for row, answer in enumerate(answers, start=_LISTS_FROM):
            _cell(worksheet, row, column, answer, None)
        name = letter(column)
        ranges[key] = f"{LISTS}!${name}${_LISTS_FROM + 1}:${name}${_LISTS_FROM + len(answers)}"
    return ranges


def _sheet(
    worksheet: Any, sheet: TemplateSheet, template: Template, formats: _Formats, ranges: Mapping[str, str]
) -> None:
    for at, column in enumerate(sheet.columns):
        typed = formats.typed[column.rule.typed]
        header = column.header + (_STAR if column.need is Need.ALWAYS else "")
        worksheet.set_column(at, at, _width(header, column.example), typed)
        worksheet.write_string(0, at, header, formats.head[column.need])
        worksheet.write_comment(0, at, column.note, _note_size(column.note))
        _cell(worksheet, 1, at, column.example, typed)
        rule = told(
            column.rule, title=column.title, prompt=column.prompt, warning=template.warning,
            first=f"{letter(at)}2", ranges=ranges,
        )  # fmt: skip
        if worksheet.data_validation(1, at, LAST_ROW - 1, at, rule) != 0:
            raise ValueError(f"sheet {sheet.name}, column {letter(at)}: the rule was not taken")
    last = letter(len(sheet.columns) - 1)
    words = ",".join(f'${letter(sheet.key)}2="{word}"' for word in template.examples)
    # By a rule, so that a row that is written over looks like any other.
    worksheet.conditional_format(
        f"A2:{last}{LAST_ROW}", {"type": "formula", "criteria": f"=OR({words})", "format": formats.example}
    )
    worksheet.write_comment(1, sheet.key, template.example_note, _note_size(template.example_note))
    worksheet.ignore_errors({"number_stored_as_text": f"A1:{last}{LAST_ROW}"})
    worksheet.set_row(0, 32)
    worksheet.freeze_panes(1, sheet.key + 1)


def _cell(worksheet: Any, row: int, column: int, value: Cell, typed: Any) -> None:
    if value is None:
        return
    if isinstance(value, date):
        worksheet.write_datetime(row, column, value, typed)
    elif isinstance(value, int | float | Decimal):
        worksheet.write_number(row, column, value, typed)
    else:
        worksheet.write_string(row, column, str(value), typed)


def _width(header: str, example: Cell) -> float:
    """Room for the example and for each word of the header, which takes two lines when it is long."""
    shown = 0 if example is None else len(str(example))
    word = max(map(len, header.split()))
    return min(_WIDEST, max(_NARROWEST, word * _BOLD, len(header) * 0.6 * _BOLD, shown + 2))


def _note_size(note: str) -> dict[str, Any]:
    lines = sum(1 + len(line) // 44 for line in note.split("\n"))
    return {"width": 300, "height": 12 + 16 * lines, "author": ""}
