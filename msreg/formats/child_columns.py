"""Rows as the child sends them: a batch is a line with the rows' numbers and one line a column.

In columns, because cells of one column are of one kind and mostly like others of it. So a batch is typed column by
column, the other side checks a column with a few calls, and it reads only the columns that are asked for.

A line is `n` and numbers; `v` and values; `d` and ordinals of days; `u`, the different values, a tab, and for each
row the sign of its value (`SIGNS`). An empty line is an empty column. A value is null, true, false, a number, a text
or one of ["d", ordinal], ["t", ISO text of a moment], ["e", text of an error] and ["f"], a formula without a result.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from msreg.formats.cells import Unreadable, plain
from msreg.formats.workbook_slices import ERROR, FORMULA, SHARED
from msreg.formats.zip_guard import Fault
from msreg.forms.cleaning import clean

SIGNS = "".join(map(chr, range(35, 127)))
"""One character for each of up to 92 different values of a column."""

_KNOWN = 20_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a batch. `signs` only where the values are the different ones."""

    kind: str
    values: list[Any]
    signs: str = ""

    def blanks(self) -> list[bool]:
        """For each row, whether nothing stands in it."""
        if not self.signs:
            return [value is None for value in self.values]
        sign = SIGNS[self.values.index(None)]
        return [each == sign for each in self.signs]

    def part(self, rows: Sequence[int]) -> Column:
        """The same column with only some of its rows."""
        if self.signs:
            return Column(self.kind, self.values, "".join([self.signs[at] for at in rows]))
        return Column(self.kind, [self.values[at] for at in rows])

    def line(self) -> str:
        """The line to send."""
        if self.values.count(None) == len(self.values):
            return ""
        return (
            f"{self.kind}{_json(self.values)}\t{self.signs}" if self.signs else self.kind + _json(self.values)
        )


class _Made(dict[Any, Any]):
    """Values that were made before. It is emptied when it gets large."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, raw: Any) -> Any:
        if len(self) > _KNOWN:
            self.clear()
        value = self[raw] = self._make(raw)
        return value


class Columns:
    """Makes columns from the parser's cells. `dates` becomes true at the first day or moment."""

    def __init__(self, shared: Sequence[str]) -> None:
        self._shared = shared
        self.dates = False
        self._makers: dict[type, Callable[[Any], Any]] = {
            str: _Made(self._text).__getitem__,
            float: _Made(_number).__getitem__,
            int: _number,
            bool: bool,
            date: lambda day: ["d", day.toordinal()],
            datetime: _moment,
        }

    def column(self, raw: Sequence[Any]) -> Column:
        """One column of a batch."""
        kinds = set(map(type, raw))
        self.dates = self.dates or date in kinds or datetime in kinds
        makers = self._makers
        different = set(raw) if not (bool in kinds and len(kinds) > 1) else set()  # True is 1 in a set
        if different and len(different) <= len(SIGNS):
            signs = dict(zip(different, SIGNS, strict=False))
            made = [makers.get(type(cell), str)(cell) for cell in different]
            if made.count(None) < 2:  # blank cells may differ in their spaces
                return Column("u", made, "".join(map(signs.__getitem__, raw)))
        if kinds == {date}:
            return Column("d", list(map(date.toordinal, raw)))
        if len(kinds) == 1:
            return Column("v", list(map(makers.get(kinds.pop(), str), raw)))
        return Column("v", [makers.get(type(cell), str)(cell) for cell in raw])

    def _text(self, raw: str) -> Any:
        sign = raw[:1]
        if sign == ERROR:
            return ["e", clean(raw[1:])]
        if sign == FORMULA:
            return ["f"]
        if sign == SHARED:
            try:
                raw = self._shared[int(raw[1:])]
            except (ValueError, IndexError):
                raise Fault("damaged") from None
        return clean(raw) or None


def blank(rows: int) -> Column:
    """A column in which nothing stands."""
    return Column("v", [None] * rows)


def packed(numbers: list[int], columns: list[Column]) -> bytes:
    """The lines of one batch."""
    return "\n".join(["n" + _json(numbers), *[each.line() for each in columns]]).encode("utf-8", "replace")


def part(numbers: list[int], columns: list[Column], rows: Sequence[int]) -> tuple[list[int], list[Column]]:
    """Some rows of a batch."""
    return [numbers[at] for at in rows], [each.part(rows) for each in columns]


def without_blank_rows(numbers: list[int], columns: list[Column]) -> tuple[list[int], list[Column]]:
    """A batch but for the rows in which nothing stands."""
    if any(None not in each.values for each in columns):
        return numbers, columns
    blanks = map(all, zip(*[each.blanks() for each in columns], strict=True))
    kept = [at for at, nothing in enumerate(blanks) if not nothing]
    return (numbers, columns) if len(kept) == len(numbers) else part(numbers, columns, kept)


def _json(values: list[Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _number(raw: float) -> Any:
    value = plain(raw)
    return ["e", value.text] if isinstance(value, Unreadable) else value


def _moment(raw: datetime) -> Any:
    value = plain(raw)
    return ["d", value.toordinal()] if type(value) is date else ["t", raw.isoformat()]
