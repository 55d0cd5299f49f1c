"""What is to be marked in a copy of a batch file. The texts come in ready: formats know no languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

MOST_COMMENTS = 10_000
"""Comments of one workbook: a spreadsheet draws a box for each, and grows slow."""

Tone = Literal["red", "orange"]


@dataclass(frozen=True, slots=True)
class MarkedCell:
    """A cell to colour: its row as Excel counts, its column from 0 on, and a comment, empty for none."""

    row: int
    column: int
    tone: Tone
    comment: str = ""


@dataclass(frozen=True, slots=True)
class MarkedSheet:
    """One sheet, named as in the file: texts for the two columns by row, and the cells to colour.

    `status_column` and `fault_column` say where an earlier marked copy has them: they are used again.
    """

    name: str
    header_row: int
    status: Mapping[int, str]
    faults: Mapping[int, str]
    cells: Sequence[MarkedCell] = ()
    status_column: int | None = None
    fault_column: int | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks of a file. `old_summary` names the summary sheet of an earlier marked copy: it is replaced.

    `summary_headings` are the rows of the summary, counted from 0, that are written in bold.
    """

    sheets: Sequence[MarkedSheet]
    status_header: str
    fault_header: str
    summary_name: str
    summary_rows: Sequence[Sequence[str | int | None]]
    summary_headings: frozenset[int] = field(default_factory=frozenset)
    old_summary: str | None = None
    author: str = "msreg"


def column_number(letters: str) -> int:
    """A column's letters as its number from 0 on: A is 0, AA is 26."""
    column = 0
    for digit in letters:
        column = column * 26 + ord(digit) - ord("A") + 1
    return column - 1
