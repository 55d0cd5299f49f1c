"""Funnel plots: the share of a centre against its size, between the limits of chance around the share of all."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msreg.formats.report import Edge, Funnel, Point
from msreg.rules.funnel import limits, place
from msreg.services.reports_measures import CARE, NO, YES
from msreg.services.reports_people import Side
from msreg.services.reports_response import response_is_open
from msreg.services.reports_tally import Parts, Tally
from msreg.services.reports_withheld import free_cells, free_rows

SHARES: Mapping[str, tuple[str, str]] = {
    "complete": (YES, NO),
    "in_time": (YES, NO),
    "response": ("filled", "open"),
}
"""The shares that have a plot, with the categories that count for it and against it."""

NAMELESS = 3
"""So many other centres must have patients before their points are drawn: of two everybody knows whose they are."""

_STEPS = 40


def funnels(tally: Tally, *, own: str | None, codes: Mapping[str, str], compared: bool) -> tuple[Funnel, ...]:
    """One plot for each share. For who works for all centres every point has its centre's code."""
    return tuple(_funnel(tally, share, own, codes, compared=compared) for share in SHARES)


def _funnel(tally: Tally, share: str, own: str | None, codes: Mapping[str, str], *, compared: bool) -> Funnel:
    found = {centre_id: _counts(tally, centre_id, share, tuple(Side)) for centre_id in codes}
    found = {centre_id: counts for centre_id, counts in found.items() if sum(counts)}
    people = sum(map(sum, found.values()))
    cases = sum(counts[0] for counts in found.values())
    if not people or (compared and not _is_told(tally, share)):
        return Funnel(share, None, (), (), withheld=bool(people))
    target = Decimal(cases) / people
    shown = _shown(tally, share, own, found) if compared else set(found)
    points = [
        Point(
            sum(counts), counts[0], centre_id == own, codes[centre_id] if not compared else None,
            place(counts[0], sum(counts), target),
        )
        for centre_id, counts in found.items()
        if centre_id in shown
    ]  # fmt: skip
    points.sort(key=lambda point: (point.people, point.cases))
    most = max((point.people for point in points), default=0)
    edges = [Edge(at, *limits(target, at)) for at in _sizes(most)]
    return Funnel(share, target, tuple(points), tuple(edges), withheld=len(shown) < len(found))


def _counts(tally: Tally, centre_id: str, share: str, sides: tuple[Side, ...]) -> tuple[int, int]:
    """How many count for a share and against it; of lists the lists."""
    if share == "response":
        done, left = (tally.sum(f"lists_{way}", f"centre:{centre_id}") for way in SHARES[share])
        return sum(done[side] for side in sides), sum(left[side] for side in sides)
    yes, no = (
        sum(tally.centres[centre_id, share, category, side] for side in sides) for category in SHARES[share]
    )
    return yes, no


def _is_told(tally: Tally, share: str) -> bool:
    """Whether the share of all may be shown: as the table that has it decides."""
    if share == "response":
        return response_is_open(tally)
    table, categories = ("complete", (YES, NO)) if share == "complete" else ("care", CARE)
    return all(free_cells([tally.parts(table, each) for each in categories]))


def _shown(tally: Tally, share: str, own: str | None, found: Mapping[str, tuple[int, int]]) -> set[str]:
    """The centres whose point may be drawn: the own one, and others from which nobody can be worked out."""
    others = [centre_id for centre_id in found if centre_id != own]
    mine = {own} if own in found and own is not None else set[str]()
    if len(others) < NAMELESS:
        return mine
    people = [
        [
            Parts(*(tally.centres[centre_id, share, category, side] for side in Side))
            for category in SHARES[share]
        ]
        for centre_id in others
    ]
    free = free_rows(people)
    if not free.sums:
        return mine
    return mine | {centre_id for centre_id, may in zip(others, free.rows, strict=True) if may}


def _sizes(most: int) -> list[int]:
    """Numbers of people to draw the limits at: closer together where they bend."""
    if most < 1:
        return []
    top = max(10, most + most // 10)
    return sorted({max(1, round(top * (step / _STEPS) ** 2)) for step in range(1, _STEPS + 1)})
