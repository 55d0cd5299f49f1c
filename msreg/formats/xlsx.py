"""Workbooks in. The parser runs in a child process with limits; here its answer is checked and typed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from msreg.errors import Refused, Unavailable
from msreg.formats import child, limits
from msreg.formats.cells import Cell, Row, Table, Unreadable, fitted, letter, names, plain
from msreg.vocabulary import N_

SAVE_AGAIN = N_("Open it in Excel or LibreOffice, save it as an Excel workbook (.xlsx), and use that file.")
IN_PARTS = N_("Spread the rows over several files, or use CSV files.")

FAULTS: dict[str, tuple[str, str]] = {
    "damaged": (N_("{file} is not a workbook that can be read, or it is damaged."), SAVE_AGAIN),
    "not_workbook": (N_("{file} is not an Excel workbook (.xlsx)."), SAVE_AGAIN),
    "password": (N_("{file} is protected with a password."), N_("Save it in Excel without a password.")),
    "macros": (
        N_("{file} holds macros, and those are not taken in."),
        N_("Save it in Excel as a workbook without macros (.xlsx)."),
    ),
    "names": (N_("{file} is no ordinary workbook: it holds doubled or misleading names."), SAVE_AGAIN),
    "markup": (N_("{file} is no ordinary workbook: its XML has a document type."), SAVE_AGAIN),
    "far": (
        N_("{file} has a filled cell beyond column SR or row 999,999."),
        N_("Delete what stands far to the right or far below the tables, and save it again."),
    ),
    "unpacked": (N_("{file} is too large when it is unpacked."), IN_PARTS),
    "memory": (N_("{file} takes more memory or time to read than a batch file may."), IN_PARTS),
    "rows": (N_("{file} has more than {most} rows."), IN_PARTS),
    "text": (
        N_("{file}, sheet {sheet}, row {row}, column {column}: the text is longer than {most} characters."),
        N_("Shorten the text in that cell."),
    ),
}


def fault(code: str, path: Path, **params: Any) -> Refused:
    """The refusal of a file, by the code of its fault."""
    message, hint = FAULTS[code]
    return Refused(message, hint=hint, file=str(path), **params)


START = b'["rows",'


@dataclass(slots=True)
class Rows:
    """The rows of one sheet, kept as the child sent them and typed while they are walked.

    That is a fifth of the memory of the same rows as Python values.
    """

    path: Path
    sheet: str
    width: int
    batches: list[bytes] = field(default_factory=list)
    count: int = 0

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Row]:
        try:
            for batch in self.batches:
                for number, *cells in json.loads(batch)[2]:
                    if len(cells) > limits.MAX_COLUMNS:
                        raise fault("far", self.path)
                    yield int(number), fitted([self._cell(cell, number, cells) for cell in cells], self.width)
        except (ValueError, TypeError, IndexError):  # not what our child says: a parser was taken over
            raise fault("damaged", self.path) from None

    def _cell(self, value: Any, row: int, cells: list[Any]) -> Cell:
        if type(value) is str and len(value) > limits.MAX_TEXT:
            column = letter(cells.index(value))
            raise fault("text", self.path, sheet=self.sheet, row=row, column=column, most=limits.MAX_TEXT)
        return _cell(value)

    def add(self, batch: bytes) -> int:
        """Take over a batch; gives the number of its rows."""
        count = int(batch[len(START) :].partition(b",")[0])
        self.batches.append(batch)
        self.count += count
        return count


def read_workbook(path: Path) -> list[Table]:
    """All sheets of an .xlsx file, in its order. Empty sheets have an empty header.

    Raises `Refused` with a sentence for a file that is no workbook, is too large, or tries something.
    """
    tables: list[Table] = []
    rows = Rows(path, "", 0)
    total = 0
    ended = False
    try:
        for line in _lines(path):
            if line.startswith(START):
                total += rows.add(line)
                if total > limits.MAX_ROWS:
                    raise fault("rows", path, most=limits.MAX_ROWS)
                continue
            message = json.loads(line)
            if message[0] == "fault":
                raise fault(message[1], path, **message[2])
            if message[0] == "sheet":
                header = names([_cell(cell) for cell in message[3]])
                rows = Rows(path, message[1], len(header))
                tables.append(Table(message[1], header, rows, message[2]))
            ended = message[0] == "end"
    except (ValueError, TypeError, KeyError, IndexError):  # not what our child says: a parser taken over
        raise fault("damaged", path) from None
    if not ended:
        raise fault("memory", path)
    return tables


def _cell(value: Any) -> Cell:
    if type(value) is list:
        kind, content = value
        if kind == "d":
            return date.fromordinal(content)
        return plain(datetime.fromisoformat(content)) if kind == "t" else Unreadable(str(content))
    return plain(value)


def _lines(path: Path) -> Iterator[bytes]:
    """What the child says, line by line; it is ended with the last line, an error, or when time is up."""
    found = importlib.util.find_spec("python_calamine")
    if found is None or found.origin is None:
        raise Unavailable(N_("The library python-calamine, is missing; install msreg again."))
    folders = [str(Path(__file__).parents[2]), str(Path(found.origin).parents[1])]
    try:
        file = path.open("rb")
    except OSError:
        raise Unavailable(N_("{file} cannot be read; check your rights to it."), file=str(path)) from None
    with file:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", child.__file__, *folders],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a crash report could hold a patient's value
            env={},
            cwd="/",
        )
    assert process.stdout is not None
    alarm = threading.Timer(limits.CHILD_WALL_SECONDS, process.kill)
    alarm.daemon = True
    alarm.start()
    room = limits.MAX_STREAM_BYTES
    try:
        while line := process.stdout.readline(room + 1):
            room -= len(line)
            if room < 0:
                raise fault("unpacked", path)
            if line.endswith(b"\n"):
                yield line
    finally:
        alarm.cancel()
        process.kill()
        process.stdout.close()
        process.wait()
