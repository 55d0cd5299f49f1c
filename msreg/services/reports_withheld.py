"""What may be shown of the others: counted twice, with and without those whom the own centre knows already.

A patient of another centre who is shared with the own one is one of the others, so a cell of four others is not
shown even when all of them are shared. And the own centre can take those it knows away from a cell of five.
Whatever either way of counting withholds is withheld: closing more leaves what is closed more room, never less.
"""

from __future__ import annotations

from collections.abc import Sequence

from msreg.rules.disclosure import OpenRows, is_open, open_cells, open_rows
from msreg.rules.disclosure_pairs import Repeats, gap_is_open, open_repeats
from msreg.services.reports_tally import Parts


def free_count(parts: Parts) -> bool:
    """Whether a number that stands alone may be shown of all."""
    return is_open(parts.other) and is_open(parts.others)


def free_cells(parts: Sequence[Parts]) -> tuple[bool, ...]:
    """Which cells of a breakdown may be shown of all."""
    unknown = open_cells([each.other for each in parts])
    others = open_cells([each.others for each in parts])
    return tuple(one and other for one, other in zip(unknown, others, strict=True))


def free_rows(
    rows: Sequence[Sequence[Parts]], totals: Sequence[bool] | None = None, shut: Sequence[bool] | None = None
) -> OpenRows:
    """Which rows of a table may be shown of all, and whether the sums below them may (see `open_rows`)."""
    unknown = open_rows([[each.other for each in row] for row in rows], totals, shut)
    others = open_rows([[each.others for each in row] for row in rows], totals, shut)
    shown = tuple(one and other for one, other in zip(unknown.rows, others.rows, strict=True))
    return OpenRows(shown, unknown.sums and others.sums)


def free_gap(whole: Parts, part: Parts) -> bool:
    """Whether a number of all may stand beside another that it is a part of (see `gap_is_open`)."""
    return gap_is_open(whole.other, part.other) and gap_is_open(whole.others, part.others)


def free_repeats(events: Parts, people: Parts) -> Repeats:
    """Whether events of all, and the people who had one, may be shown side by side (see `open_repeats`)."""
    unknown = open_repeats(events.other, people.other)
    others = open_repeats(events.others, people.others)
    return Repeats(unknown.events and others.events, unknown.people and others.people)


def rest(whole: Parts, part: Parts) -> Parts:
    """All who are not in a part."""
    return Parts(*(one - other for one, other in zip(whole, part, strict=True)))


def summed(parts: Sequence[Parts]) -> Parts:
    """Several categories as one."""
    return Parts(*(sum(each[side] for each in parts) for side in range(3)))
