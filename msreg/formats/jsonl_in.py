"""JSON lines in: one object a row that names its sheet. Rows are read from the file anew on each walk.

`{"sheet": "courses", "centre": "AMS01", "patient_number": "1", "edss": 3.5, "mri_done": true}`
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, BinaryIO

from msreg.errors import Refused
from msreg.formats.cells import Cell, Row, Table
from msreg.formats.csv_encoding import not_text
from msreg.formats.json_values import cell, checked, number
from msreg.formats.limits import MAX_COLUMNS, MAX_LINE, MAX_ROWS
from msreg.formats.origin import Name, Origin
from msreg.vocabulary import N_

MAX_SHEETS = 100
EXAMPLE = '{"sheet": "courses", "centre": "AMS01", "patient_number": "1"}'
_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Lines:
    """The rows of one sheet: its columns, and where its lines are, as runs of lines that follow each other."""

    origin: Origin
    columns: dict[str, None] = field(default_factory=dict)
    _starts: array[int] = field(default_factory=lambda: array("Q"))
    _firsts: array[int] = field(default_factory=lambda: array("Q"))
    _counts: array[int] = field(default_factory=lambda: array("Q"))

    def __iter__(self) -> Iterator[Row]:
        keys = list(self.columns)
        for line, row in self._objects():
            cells = [cell(row.get(key)) for key in keys]
            if any(each is not None for each in cells):
                yield line, cells

    def pick(self, columns: Sequence[int]) -> Iterator[Row]:
        """See `cells.pick`."""
        keys = list(self.columns)
        wanted = [keys[at] if at < len(keys) else None for at in columns]
        for line, row in self._objects():
            cells: list[Cell] = [cell(row.get(key)) if key is not None else None for key in wanted]
            if any(each is not None for each in cells) or any(cell(row.get(key)) is not None for key in keys):
                yield line, cells

    def add(self, start: int, line: int) -> None:
        """Take over a line that begins at a byte of the file."""
        if self._firsts and self._firsts[-1] + self._counts[-1] == line:
            self._counts[-1] += 1
            return
        self._starts.append(start)
        self._firsts.append(line)
        self._counts.append(1)

    def skip(self, line: int) -> None:
        """A blank line that may stand within a run."""
        if self._firsts and self._firsts[-1] + self._counts[-1] == line:
            self._counts[-1] += 1

    def _objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        with self.origin.open() as file:
            for start, first, count in zip(self._starts, self._firsts, self._counts, strict=True):
                file.seek(start)
                for line, text in enumerate(islice(file, count), first):
                    if text.strip():
                        yield line, _DECODE(text.decode())


def _decoder() -> Any:
    """Numbers with a point are decimals, as they are written. Lines were checked at the first walk."""
    return json.JSONDecoder(parse_float=lru_cache(4096)(number)).decode


_DECODE = _decoder()


def read_lines(origin: Origin, sheet: str | None) -> list[Table]:
    """A table for each sheet that the lines name, in order of first appearance; rows are numbered as lines.

    `sheet` is that of lines which name none. Raises `Refused` with the line for what is no such object.
    """
    sheets: dict[str, Lines] = {}
    last: Lines | None = None
    start, rows = 0, 0
    with origin.open() as file:
        for line, text in enumerate(_bounded(file, origin.name), 1):
            if text.strip():
                row = checked(text.removeprefix(_MARK) if line == 1 else text, origin.name, line)
                last = _lines_of(row.pop("sheet", sheet), sheets, origin, line)
                if not row.keys() <= last.columns.keys():
                    last.columns.update(dict.fromkeys(row))
                    if len(last.columns) > MAX_COLUMNS:
                        raise _wide(origin.name, line)
                begin = start + (len(_MARK) if line == 1 and text.startswith(_MARK) else 0)
                last.add(begin, line)
                rows += 1
                if rows > MAX_ROWS:
                    raise Refused(
                        N_("{file} has more than {most} rows."),
                        hint=N_("Spread the rows over several files."),
                        file=origin.name,
                        most=MAX_ROWS,
                    )
            elif last is not None:
                last.skip(line)
            start += len(text)
    for lines in sheets.values():
        lines.columns.pop("sheet", None)
    if not sheets:
        raise Refused(
            N_("{file} is empty."),
            hint=N_("Write one object on each line, such as {example}"),
            file=origin.name,
            example=EXAMPLE,
        )
    return [Table(name, list(lines.columns), lines, 0, lettered=False) for name, lines in sheets.items()]


def _lines_of(name: Any, sheets: dict[str, Lines], origin: Origin, line: int) -> Lines:
    if not isinstance(name, str) or not name:
        raise Refused(
            N_("{file}, line {line}: it does not say which sheet it is of."),
            hint=N_("Write one object on each line, such as {example}"),
            file=origin.name,
            line=line,
            example=EXAMPLE,
        )
    found = sheets.get(name)
    if found is None:
        found = sheets[name] = Lines(origin)
        if len(sheets) > MAX_SHEETS:
            raise Refused(
                N_("{file}, line {line}: more than {most} sheets."),
                hint=N_('Check what stands after "sheet".'),
                file=origin.name,
                line=line,
                most=MAX_SHEETS,
            )
    return found


def _wide(name: Name, line: int) -> Refused:
    return Refused(
        N_("{file}, line {line}: more than {most} columns."),
        hint=N_("Use the same names on each line of a sheet."),
        file=name,
        line=line,
        most=MAX_COLUMNS,
    )


def _bounded(file: BinaryIO, name: Name) -> Iterator[bytes]:
    line = 0
    while text := file.readline(MAX_LINE + 1):
        line += 1
        if len(text) > MAX_LINE:
            raise Refused(
                N_("{file}, line {line}: the line is longer than {most} bytes."),
                hint=N_("Write one object on each line, such as {example}"),
                file=name,
                line=line,
                most=MAX_LINE,
                example=EXAMPLE,
            )
        if b"\0" in text:
            raise not_text(name, line)
        yield text
