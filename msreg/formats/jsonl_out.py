"""JSON lines out: one object a row, named after its sheet; what is absent is left out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from operator import getitem
from pathlib import Path
from typing import IO, Any

from msreg.formats.atomic import finished_file
from msreg.formats.sheets import Opened, SheetOut, Value, opened

_BUFFER = 2**17
# Some readers take these for the end of a line.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def write_file(path: Path, sheets: Iterable[SheetOut], *, overwrite: bool = False) -> Path:
    """Write the sheets to one file of JSON lines, mode 0600, that appears only when it is finished.

    `{"sheet": "courses", "centre": "AMS01", "edss": 3.5, …}`: keys are the headers, dates ISO, decimals
    numbers with the digits they have, a multiple choice an array. Raises as `write_workbook` does.
    """
    tables = opened(sheets)
    with finished_file(path, overwrite=overwrite) as made, made.open("xb", _BUFFER) as file:
        _write(tables, file)
    return path


def write_stream(file: IO[bytes], sheets: Iterable[SheetOut]) -> None:
    """Write the same lines to an open stream."""
    _write(opened(sheets), file)
    file.flush()


def _write(tables: Iterable[Opened], file: IO[bytes]) -> None:
    waiting, held = [], 0
    for table in tables:
        for line in _lines(table):
            waiting.append(line)
            held += len(line)
            if held > _BUFFER:
                file.write("".join(waiting).encode(errors="replace"))
                waiting, held = [], 0
    file.write("".join(waiting).encode(errors="replace"))


def _lines(table: Opened) -> Iterator[str]:
    if len({"sheet", *table.header}) <= len(table.header):
        raise ValueError(f"sheet {table.name}: two members of an object would have one name")
    keys = [f", {_json(name)}: " for name in table.header]

    def member(column: int, value: Value) -> str:
        return "" if value is None else keys[column] + _json(value)

    head = f'{{"sheet": {_json(table.name)}'
    texts = table.texts(member)
    for row in table.rows():
        yield f"{head}{''.join(map(getitem, texts, row))}}}\n"


def _json(value: Any) -> str:
    """A value as JSON; a number that JSON has no word for is a text."""
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else _json(str(value))
    if isinstance(value, datetime):
        return _json(value.isoformat(sep=" "))
    if isinstance(value, date):
        return _json(value.isoformat())
    if not (isinstance(value, bool | int | tuple) or (isinstance(value, float) and isfinite(value))):
        value = str(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() else text.translate(_LINE_ENDS)
