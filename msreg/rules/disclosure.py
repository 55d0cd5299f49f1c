"""What may be shown of other centres: never a cell of one to four people, and never one that can be worked out.

All functions take the numbers of *unknown* people: those whom the reader of the page does not know already.
Who reads a page knows the own centre, so every printed total gives the others by subtraction; and an open cell
is enough to work a closed one out where it stands alone in its sum. Closed cells are therefore closed in groups
whose sum leaves each of them a room of at least `SMALLEST` values.

Nobody is no person: an empty cell is shown as 0. Where all people stand in one cell, though, the cell tells
something of every one of them, and the breakdown is closed as a whole; that others may be all alike is one of
two possible reasons then, and cannot be told from the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

SMALLEST = 5
"""The smallest number of people of others that is shown (SPEC O3)."""


def is_open(count: int) -> bool:
    """Whether a number that stands alone, such as how many people there are in all, may be shown."""
    return count == 0 or count >= SMALLEST


def open_cells(counts: Sequence[int]) -> tuple[bool, ...]:
    """Which cells of a breakdown may be shown; the sum of all cells is known to the reader when `is_open`.

    The cells part the people: everybody is in exactly one. With a sum that may not be shown none is open.
    """
    total = sum(counts)
    if total == 0:
        return (True,) * len(counts)
    closed = {place for place, count in enumerate(counts) if 0 < count < SMALLEST}
    filled = sorted((count, place) for place, count in enumerate(counts) if count)
    if not is_open(total) or (len(filled) == 1 and len(counts) > 1):
        return (False,) * len(counts)
    if closed:
        more = [place for count, place in filled if place not in closed]
        while not _roomy(len(closed), sum(counts[place] for place in closed)):
            if not more:
                # Not even all of them together leave room: then the zeros go too.
                return (False,) * len(counts)
            closed.add(more.pop(0))
    return tuple(place not in closed for place in range(len(counts)))


def _roomy(cells: int, together: int) -> bool:
    """Whether this many closed cells with this sum, none of them empty, can each be `SMALLEST` apart."""
    return cells >= 2 and together - cells >= SMALLEST


class OpenRows(NamedTuple):
    """Which rows of a table may be shown whole, and whether the row of sums may."""

    rows: tuple[bool, ...]
    sums: bool


def open_rows(
    rows: Sequence[Sequence[int]], totals: Sequence[bool] | None = None, shut: Sequence[bool] | None = None
) -> OpenRows:
    """Which rows of a table may be shown: each whole or not at all, with the sums of the columns below them.

    `rows` part the people, and the cells of a row part the people of the row. `totals`: which numbers of people
    of a row the reader has from elsewhere, such as from the breakdown that `open_cells` opened; without it all
    that `open_cells` of the totals opens. `shut`: rows that may not be shown for another reason.
    """
    sizes = [sum(row) for row in rows]
    known = tuple(totals) if totals is not None else open_cells(sizes)
    sums = [sum(column) for column in zip(*rows, strict=True)]
    closed = {
        place
        for place, row in enumerate(rows)
        if sizes[place] and ((shut and shut[place]) or not (known[place] and all(open_cells(row))))
    }
    whole = all(open_cells(sums))
    more = [place for _size, place in sorted((size, place) for place, size in enumerate(sizes) if size)]
    while whole and closed and not _hidden_well([rows[place] for place in sorted(closed)],
                                                [known[place] for place in sorted(closed)]):  # fmt: skip
        others = [place for place in more if place not in closed]
        if not others:
            whole = False
        else:
            closed.add(others[0])
    return OpenRows(tuple(place not in closed for place in range(len(rows))), whole)


def _hidden_well(rows: Sequence[Sequence[int]], known: Sequence[bool]) -> bool:
    """Whether no cell of these rows can be told from the sums of their columns and the known sums of rows.

    The bounds are those of a table with given sums (Fréchet); a sum of a row that is not known has bounds itself.
    """
    columns = [sum(column) for column in zip(*rows, strict=True)]
    total = sum(columns)
    sizes = [sum(row) for row in rows]
    unknown = sum(1 for each in known if not each)
    loose = total - sum(size for size, each in zip(sizes, known, strict=True) if each)
    for size, each in zip(sizes, known, strict=True):
        least, most = (size, size) if each else (1 if unknown > 1 else loose, loose - unknown + 1)
        for column in columns:
            low, high = max(0, least + column - total), min(most, column)
            if column and high - low < SMALLEST:
                return False
    return True
