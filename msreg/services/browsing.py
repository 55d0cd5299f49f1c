"""The overview a window at a time, in any order, forward and backward (SPEC P5, DESIGN 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from msreg.services.patients import Asked, conditions, require_sort
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.queries import browsing as queries
from msreg.store.queries import overview
from msreg.store.queries.browsing import Place
from msreg.store.registry import Registry

__all__ = ["Counted", "Place", "Window", "window"]


class Counted(NamedTuple):
    """How many patients fit what was asked; `more_than` when counting stopped there."""

    total: int
    more_than: bool


@dataclass(frozen=True, slots=True)
class Window:
    """Some patients that follow each other, in the order that was asked for."""

    rows: list[dict[str, Any]]
    places: list[Place]
    """Where each of the rows stands: what the next window goes on from."""
    counted: Counted


def window(
    registry: Registry,
    *,
    by: Actor,
    asked: Asked,
    today: date,
    limit: int,
    near: Place | None = None,
    back: bool = False,
    inclusive: bool = False,
    counted: Counted | None = None,
) -> Window:
    """The next `limit` patients after the place `near`, or the first; `back`: those before it, or the last.

    `inclusive`: with the patient at `near`. `counted` is what an earlier window counted; without it all who
    fit are counted again. Who is in the window is in the log first. Fewer rows than `limit`: there are no more.
    Raises `Usage` for a sort or a birth date that is none, `NotFound` for a centre that is none.
    """
    with looking(registry, by=by, event="patients.browse") as look:
        require_sort(asked)
        found = conditions(look.db, by, asked, today)
        if counted is None:
            total = overview.count(look.db, found)
            counted = Counted(min(total, overview.COUNT_LIMIT), total > overview.COUNT_LIMIT)
        # Everybody is the one condition of an actor for all centres who filters on nothing.
        everybody = by.centres is None and len(found.parts) == 1
        places = queries.places(
            look.db,
            found,
            sort=asked.sort,
            descending=asked.descending,
            near=near,
            back=back,
            inclusive=inclusive,
            few=not everybody and not counted.more_than,
            limit=limit,
        )
        if back:
            places.reverse()
        rows = overview.by_numbers(look.db, [place.number for place in places])
        look.patients = [row[0] for row in rows]
        look.about = {"filters": asked.told(), "sort": asked.sort, "shown": len(rows)}
    return Window([dict(zip(overview.COLUMNS, row, strict=True)) for row in rows], places, counted)
