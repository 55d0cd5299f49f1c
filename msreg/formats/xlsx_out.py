"""Workbooks out: typed cells, nothing that a spreadsheet could take for a formula, flat memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from msreg.errors import Refused
from msreg.formats.atomic import finished_file
from msreg.formats.cells import Unreadable, letter
from msreg.formats.limits import MAX_TEXT
from msreg.formats.sheets import Opened, SheetOut, opened
from msreg.vocabulary import N_

# Surrogates have no UTF-8, the last two code points of a plane no XML. Other control characters are
# escaped by the library as _x0001_ and read back.
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_FIRST_DAY = date(1900, 3, 1)  # before it Excel counts a 29 February 1900 that never was
_EXACT = 10**15  # a spreadsheet's number holds fifteen digits
_WIDEST = 48
_LAST_ROW = 1_048_576

Write = Callable[[int, int, Any], int]


def write_workbook(
    path: Path, sheets: Iterable[SheetOut], *, overwrite: bool = False, date_format: str = "yyyy-mm-dd"
) -> Path:
    """Write an .xlsx file, mode 0600, that appears only when it is finished.

    Headers are bold, frozen and filtered; columns are as wide as their first rows ask. Dates are dates,
    numbers numbers, booleans booleans and every text a text. A number of more than fifteen digits, and a date
    before March 1900, are written as text: a spreadsheet would change them.
    Raises `Conflict` when `path` exists, `NotFound` without its folder, `Unavailable` when the disk is full
    or not writable, `Refused` for a text longer than a cell takes.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    tables = opened(sheets)
    with finished_file(path, overwrite=overwrite) as made:
        workbook = xlsxwriter.Workbook(
            str(made),
            {
                "constant_memory": True,
                "tmpdir": str(made.parent),  # rows in waiting are patients' data: not in /tmp
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        workbook.use_zip64()
        try:
            bold = workbook.add_format({"bold": True})
            formats = (
                workbook.add_format({"num_format": date_format}),
                workbook.add_format({"num_format": f"{date_format} hh:mm:ss"}),
            )
            for table in tables:
                _write_sheet(workbook.add_worksheet(table.name), table, bold, formats)
            workbook.close()
        except FileCreateError as problem:
            cause = problem.args[0] if problem.args else None
            raise cause if isinstance(cause, OSError) else OSError(str(problem)) from None
        finally:
            for sheet in workbook.worksheets():
                sheet._opt_close()
    return path


def _write_sheet(sheet: Any, table: Opened, bold: Any, formats: tuple[Any, Any]) -> None:
    for index, name in enumerate(table.header):
        sheet.write_string(0, index, _text(name, table.name, 0, index), bold)
        shown = [len(str(row[index])) for row in table.sample if row[index] is not None]
        sheet.set_column(index, index, min(_WIDEST, max([len(name) + 3, *(each + 1 for each in shown)])))
    sheet.freeze_panes(1, 0)
    last = 0
    writers = _writers(sheet, table.name, *formats)
    for last, cells in enumerate(table.rows(), start=1):
        if last >= _LAST_ROW:
            raise Refused(
                N_("Sheet {sheet} has more rows than a workbook takes."),
                hint=N_("Export fewer patients, or export CSV."),
                sheet=table.name,
            )
        for index, cell in enumerate(cells):
            if cell is not None and writers[type(cell)](last, index, cell) != 0:
                raise ValueError(f"sheet {table.name}, row {last + 1}, column {letter(index)}: not written")
    if table.header:
        sheet.autofilter(0, 0, last, len(table.header) - 1)


def _writers(sheet: Any, name: str, day: Any, moment: Any) -> dict[type, Write]:
    """How to write a cell, by its type."""
    number = sheet.write_number

    def text(row: int, column: int, value: object) -> int:
        content = _text(str(value), name, row, column)
        return int(sheet.write_string(row, column, content)) if content else 0

    def whole(row: int, column: int, value: int) -> int:
        return int(number(row, column, value)) if -_EXACT < value < _EXACT else text(row, column, value)

    def decimal(row: int, column: int, value: Decimal) -> int:
        same = value.is_finite() and Decimal(repr(float(value))) == value
        return int(number(row, column, float(value))) if same else text(row, column, value)

    def on_day(row: int, column: int, value: date) -> int:
        if value < _FIRST_DAY:
            return text(row, column, value.isoformat())
        return int(sheet.write_datetime(row, column, value, day))

    def at_moment(row: int, column: int, value: datetime) -> int:
        if value.date() < _FIRST_DAY:
            return text(row, column, value.isoformat(sep=" "))
        return int(sheet.write_datetime(row, column, value.replace(tzinfo=None), moment))

    return {
        str: text,
        bool: sheet.write_boolean,
        int: whole,
        float: number,
        Decimal: decimal,
        date: on_day,
        datetime: at_moment,
        Unreadable: text,
    }


def _text(value: str, sheet: str, row: int, column: int) -> str:
    if len(value) > MAX_TEXT:
        raise Refused(
            N_("Sheet {sheet}, row {row}, column {column}: the text is longer than a workbook's cell takes."),
            hint=N_("Export CSV, or shorten the text."),
            sheet=sheet,
            row=row + 1,
            column=letter(column),
        )
    return value if value.isascii() else _NO_XML.sub("\ufffd", value)
