"""The rows of one CSV file, read anew on each walk. All cells are text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msreg.errors import Refused, Unavailable
from msreg.formats.cells import Cell, Note, Row, Table, fitted, letter, names, plain
from msreg.formats.csv_encoding import WINDOWS, Open, encoding_of, not_text, too_long
from msreg.formats.formula_guard import unguard
from msreg.formats.limits import MAX_COLUMNS, MAX_RECORD, MAX_ROWS, MAX_TEXT
from msreg.formats.origin import Name
from msreg.vocabulary import N_

SEPARATORS = ";,\t"


@dataclass(frozen=True, slots=True)
class Text:
    """A CSV file as text: how to open it, what to call it, and how it is written."""

    open: Open
    name: Name
    encoding: str
    separator: str


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of one CSV file below its header."""

    text: Text
    header_row: int = 0
    width: int = 0

    def __iter__(self) -> Iterator[Row]:
        for number, cells in self._below():
            row = typed(cells)
            yield number, row if len(row) == self.width else fitted(row, self.width)

    def pick(self, columns: Sequence[int]) -> Iterator[Row]:
        """See `cells.pick`."""
        for number, cells in self._below():
            yield number, typed([cells[at] if at < len(cells) else "" for at in columns])

    def _below(self) -> Iterator[tuple[int, list[str]]]:
        count = 0
        for number, cells in records(self.text):
            if number <= self.header_row:
                continue
            count += 1
            if count > MAX_ROWS:
                raise Refused(
                    N_("{file} has more than {most} rows."),
                    hint=N_("Spread the rows over several files."),
                    file=self.text.name,
                    most=MAX_ROWS,
                )
            yield number, cells


def read_table(open_: Open, name: Name, sheet: str) -> Table:
    """One CSV file as a table, separated by `;`, `,` or tabs as its header line shows.

    Raises `Refused` with a sentence for one that is no text, and for one that has no header.
    """
    try:
        encoding = encoding_of(open_, name)
        text = Text(open_, name, encoding, _separator(open_, encoding))
    except OSError:
        raise Unavailable(N_("{file} cannot be read; check your rights to it."), file=name) from None
    notes = []
    if encoding == WINDOWS:
        notes.append(Note("FIL-017", N_("the text is not UTF-8, and was read as Windows-1252 (cp1252)")))
    for number, cells in records(text):
        header = names(typed(cells))
        return Table(sheet, header, Records(text, number, len(header)), number, notes)
    raise Refused(
        N_("{file} is empty."),
        hint=N_("Give it a header line with the names of the columns."),
        file=name,
    )


def typed(cells: list[str]) -> list[Cell]:
    """Cells as they are read: cleaned, without the guard against formulas; None for an empty one."""
    together = "|".join(cells)
    if together.isascii() and together.isprintable() and not _odd(together):
        return [cell or None for cell in cells]  # most rows have nothing to clean
    return [plain(unguard(cell)) for cell in cells]


def _odd(row: str) -> bool:
    """Whether a cell of a row, whose cells have `|` between them, may begin or end in a sign to be cleaned."""
    return (
        row[:1] in (" ", "'") or row[-1:] == " " or "| " in row or " |" in row or "|'" in row
    )  # fmt: skip


def _separator(open_: Open, encoding: str) -> str:
    """The separator that the header line has most of, outside quotes; data is never looked at."""
    with _lines(open_, encoding) as file:
        for line in file:
            if line.strip():
                unquoted = "".join(line.split('"')[::2])
                return max(SEPARATORS, key=unquoted.count)
    return SEPARATORS[0]


def _lines(open_: Open, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(open_(), encoding, newline="")


class _Bounded:
    """Lines for the CSV reader, which puts a row together from as many as its quotes hold."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file = file
        self.room = MAX_RECORD

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            self.room -= len(line)
            if self.room < 0:
                raise OverflowError
            yield line


def records(text: Text) -> Iterator[tuple[int, list[str]]]:
    """Records that hold something, numbered as Excel counts: a cell with line ends in it is in one row."""
    number = 0
    try:
        with _lines(text.open, text.encoding) as file:
            lines = _Bounded(file)
            for record in csv.reader(lines, delimiter=text.separator, strict=True):
                number += 1
                if not any(record) or not any(map(str.strip, record)):
                    lines.room = MAX_RECORD
                    continue
                if len(record) > MAX_COLUMNS:
                    raise _too_wide(text.name, number)
                if MAX_RECORD - lines.room > MAX_TEXT:
                    _check_lengths(record, text.name, number)
                lines.room = MAX_RECORD
                yield number, record
    except csv.Error:  # its text may quote the line
        raise Refused(
            N_("{file}, row {row}: a quote in this row is left open or stands in the middle of a cell."),
            hint=N_("Put quotes around the whole cell, and write a quote inside it twice."),
            file=text.name,
            row=number + 1,
        ) from None
    except OverflowError:
        raise too_long(text.name, number + 1) from None
    except UnicodeDecodeError:
        raise not_text(text.name, number + 1) from None
    except OSError:
        raise Unavailable(N_("{file} cannot be read; check your rights to it."), file=text.name) from None


def _too_wide(name: Name, row: int) -> Refused:
    return Refused(
        N_("{file}, row {row}: more than {most} columns."),
        hint=N_("Check that each text with a separator in it has quotes around it."),
        file=name,
        row=row,
        most=MAX_COLUMNS,
    )


def _check_lengths(record: list[str], name: Name, row: int) -> None:
    for index, cell in enumerate(record):
        if len(cell) > MAX_TEXT:
            raise Refused(
                N_("{file}, row {row}, column {column}: a text of more than {most} characters."),
                hint=N_("Shorten the text in that cell, or close a quote that was left open."),
                file=name,
                row=row,
                column=letter(index),
                most=MAX_TEXT,
            )
