"""Texts that were made once and are needed again: a registry has few dates, codes and scores, in many rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

MOST, DAYS = 2048, 8192
"""Values of a column that are remembered at a time: memory stays flat where every value is another.
Days are worth more: 22 years of them are all that a registry's courses have."""

_LONGEST = 200  # a long text is hardly ever the same twice


class Texts(Protocol):
    """The text of every value: `texts[value]`."""

    def __getitem__(self, value: Any, /) -> str: ...


def texts(write: Callable[[int, Any], str], column: int, cell: Callable[[Any], Any] | None) -> Texts:
    """The texts that `write` makes of the values of a column.

    They are remembered when `cell` makes the cells, so that equal values are one value. Cells as such are not:
    1, True and Decimal(1) are equal and written differently.
    """
    return _Made(write, column) if cell is None else _Remembered(write, column, cell)


class _Remembered(dict[Any, str]):
    """Texts by raw value; nothing is an empty cell."""

    __slots__ = ("_cell", "_column", "_write")

    def __init__(self, write: Callable[[int, Any], str], column: int, cell: Callable[[Any], Any]) -> None:
        super().__init__()
        self._write, self._column, self._cell = write, column, cell

    def __missing__(self, value: Any) -> str:
        cell = None if value is None else self._cell(value)
        text = self._write(self._column, cell)
        if len(text) <= _LONGEST:
            if len(self) >= (DAYS if isinstance(cell, date) else MOST):
                self.clear()
            self[value] = text
        return text


class _Made:
    """Texts made anew each time."""

    __slots__ = ("_column", "_write")

    def __init__(self, write: Callable[[int, Any], str], column: int) -> None:
        self._write, self._column = write, column

    def __getitem__(self, value: Any, /) -> str:
        return self._write(self._column, value)
