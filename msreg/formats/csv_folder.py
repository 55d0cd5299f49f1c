"""CSV in: a folder with one file a sheet, or one such file. All cells are text."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from msreg.errors import Refused, Unavailable
from msreg.formats.cells import Row, Table, fitted, letter, names, plain
from msreg.formats.formula_guard import unguard
from msreg.formats.limits import MAX_COLUMNS, MAX_ROWS, MAX_TEXT
from msreg.vocabulary import N_

SEPARATORS = ";,\t"
PIECE = 2**20


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of one CSV file below its header, read anew on each walk."""

    path: Path
    separator: str
    header_row: int
    width: int

    def __iter__(self) -> Iterator[Row]:
        count = 0
        for number, cells in _records(self.path, self.separator):
            if number <= self.header_row:
                continue
            count += 1
            if count > MAX_ROWS:
                raise Refused(
                    N_("{file} has more than {most} rows."),
                    hint=N_("Spread the rows over several files."),
                    file=str(self.path),
                    most=MAX_ROWS,
                )
            yield number, fitted([plain(unguard(cell)) for cell in cells], self.width)


def read_folder(folder: Path) -> list[Table]:
    """Each CSV file of a folder as a table named after the file, in order of name.

    Raises `Refused` with a sentence for a folder without CSV files and for a file that cannot be read.
    """
    files = sorted(each for each in folder.iterdir() if _is_table(each))
    if not files:
        raise Refused(
            N_("The folder {file} has no tables."),
            hint=N_("Put one CSV file a sheet in it, such as patients.csv and courses.csv."),
            file=str(folder),
        )
    seen: dict[str, Path] = {}
    for file in files:
        other = seen.setdefault(file.stem.casefold(), file)
        if other is not file:
            raise Refused(
                N_("{file} and {other} are the same sheet."),
                hint=N_("Keep one of the two files."),
                file=str(file),
                other=other.name,
            )
    return [read_table(file) for file in files]


def read_table(path: Path) -> Table:
    """One CSV file: UTF-8 with or without a mark, separated by `;`, `,` or tabs as its header line shows."""
    _check_text(path)
    separator = _separator(path)
    for number, cells in _records(path, separator):
        header = names([plain(unguard(cell)) for cell in cells])
        return Table(path.stem, header, Records(path, separator, number, len(header)), number)
    raise Refused(
        N_("{file} is empty."),
        hint=N_("Give it a header line with the names of the columns."),
        file=str(path),
    )


def _is_table(path: Path) -> bool:
    return path.suffix.lower() == ".csv" and not path.name.startswith((".", "~")) and path.is_file()


def _check_text(path: Path) -> None:
    """See that the whole file is UTF-8 text before any row of it is used."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line = 1
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                try:
                    text = decoder.decode(piece)
                except UnicodeDecodeError as problem:
                    # `problem.object` is the piece with what was left over of the one before
                    line += problem.object[: problem.start].count(b"\n")
                    raise _not_utf8(path, line) from None
                if "\0" in text:
                    raise _not_utf8(path, line + text[: text.index("\0")].count("\n"))
                line += text.count("\n")
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                raise _not_utf8(path, line) from None
    except OSError:
        raise Unavailable(N_("{file} cannot be read; check your rights to it."), file=str(path)) from None


def _not_utf8(path: Path, line: int) -> Refused:
    return Refused(
        N_("{file}, line {line}: this is not UTF-8 text."),
        hint=N_("Save it as 'CSV UTF-8' in Excel, or choose UTF-8 when saving in LibreOffice."),
        file=str(path),
        line=line,
    )


def _separator(path: Path) -> str:
    """The separator that the header line has most of, outside quotes; data is never looked at."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line in file:
            if line.strip():
                unquoted = "".join(line.split('"')[::2])
                return max(SEPARATORS, key=unquoted.count)
    return SEPARATORS[0]


def _records(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Records that hold something, numbered as Excel counts: a cell with line ends in it is in one row."""
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for record in csv.reader(file, delimiter=separator, strict=True):
                number += 1
                if not any(record) or not any(cell.strip() for cell in record):
                    continue
                if len(record) > MAX_COLUMNS:
                    raise Refused(
                        N_("{file}, row {row}: more than {most} columns."),
                        hint=N_("Check that each text with a separator in it has quotes around it."),
                        file=str(path),
                        row=number,
                        most=MAX_COLUMNS,
                    )
                for index, cell in enumerate(record):
                    if len(cell) > MAX_TEXT:
                        raise Refused(
                            N_("{file}, row {row}, column {column}: a text of more than {most} characters."),
                            hint=N_("Shorten the text in that cell, or close a quote that was left open."),
                            file=str(path),
                            row=number,
                            column=letter(index),
                            most=MAX_TEXT,
                        )
                yield number, record
    except csv.Error:  # its text may quote the line
        raise Refused(
            N_("{file}, row {row}: a quote in this row is left open or stands in the middle of a cell."),
            hint=N_("Put quotes around the whole cell, and write a quote inside it twice."),
            file=str(path),
            row=number + 1,
        ) from None
    except UnicodeDecodeError:
        raise _not_utf8(path, number + 1) from None
    except OSError:
        raise Unavailable(N_("{file} cannot be read; check your rights to it."), file=str(path)) from None
