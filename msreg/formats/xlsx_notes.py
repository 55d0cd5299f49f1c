"""What was assumed of a sheet of a workbook, told: merged cells, what is hidden, where days are counted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msreg.formats.cells import Note, letter
from msreg.formats.sheets import LISTS
from msreg.formats.xlsx_rows import Rows
from msreg.vocabulary import N_

TOLD = 100
"""Merged ranges of one sheet that are told one by one."""


_DOWN = N_("merged down to row {last}: each of these rows was given the value of the first cell")
_ACROSS = N_("merged across to column {last}: only the first column was given the value")
_BLOCK = N_(
    "merged to {last}: each of these rows was given the value of the first cell, in the first column only"
)
_MORE = N_("{count} more merged ranges were read in the same way")


def notes_of(rows: Rows, shape: Mapping[str, Any], state: str, *, from_1904: bool) -> list[Note]:
    """The notes of one sheet; gives `rows` the merged ranges. Raises `ValueError` and its like for nonsense."""
    if rows.sheet.casefold() == LISTS:
        return []
    notes = [*_hidden(rows, shape, state), *_merged(rows, shape["merged"])]
    if from_1904 and shape["dates"]:
        notes.append(Note("FIL-018", N_("the days of this workbook count from 1904, and were read so")))
    return notes


def _hidden(rows: Rows, shape: Mapping[str, Any], state: str) -> list[Note]:
    notes = []
    if state in ("hidden", "veryHidden"):
        notes.append(Note("FIL-016", N_("this sheet is hidden, and was read too")))
    if found := _runs(shape["hidden_rows"], str):
        more = int(shape["hidden_more"])
        message = (
            N_("hidden rows were read too: {rows} and more")
            if more
            else N_("hidden rows were read too: {rows}")
        )
        notes.append(Note("FIL-016", message, {"rows": found}))
    columns = [
        [first, min(last, rows.width)] for first, last in shape["hidden_columns"] if first <= rows.width
    ]
    if found := _runs(columns, lambda number: letter(number - 1)):
        notes.append(Note("FIL-016", N_("hidden columns were read too: {columns}"), {"columns": found}))
    return notes


def _runs(runs: Sequence[Sequence[int]], show: Any) -> str:
    """`4, 6-9`."""
    return ", ".join(
        show(int(first)) if first == last else f"{show(int(first))}-{show(int(last))}" for first, last in runs
    )


def _merged(rows: Rows, ranges: Sequence[Sequence[int]]) -> list[Note]:
    notes: list[Note] = []
    beyond = 0
    for top, left, bottom, right in sorted(map(tuple, ranges)):
        if not 0 < top <= bottom or not 0 < left <= right:
            raise ValueError
        if left > rows.width or not rows.header_row:
            continue  # nothing that is read
        if bottom > top > rows.header_row:
            rows.merged.setdefault(left - 1, []).append((top, bottom))
        if len(notes) == TOLD:
            beyond += 1
            continue
        if top == bottom:
            message, last = _ACROSS, letter(right - 1)
        elif left == right:
            message, last = _DOWN, str(bottom)
        else:
            message, last = _BLOCK, f"{letter(right - 1)}{bottom}"
        notes.append(Note("FIL-015", message, {"last": last}, top, left - 1))
    if beyond:
        notes.append(Note("FIL-015", _MORE, {"count": beyond}))
    return notes
