"""The overview a window at a time, in any order, forward and backward (SPEC P5, DESIGN 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from msreg.rules.duedates import years_before
from msreg.services.patients import Asked, conditions, folded_name, require_sort
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.dbapi import Database
from msreg.store.queries import browsing as queries
from msreg.store.queries import overview
from msreg.store.queries.browsing import Place
from msreg.store.queries.overview import Where
from msreg.store.registry import Registry

__all__ = ["Counted", "Place", "Window", "window"]


class Counted(NamedTuple):
    """How many patients fit what was asked; `more_than` when counting stopped there."""

    total: int
    more_than: bool
    few: tuple[bool, ...] = ()
    """For each part that the search falls into: whether its patients are few enough to be sorted."""


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
            counted = _count(look.db, by, asked, today, found)
        how: dict[str, Any] = {
            "sort": asked.sort,
            "descending": asked.descending,
            "back": back,
            "limit": limit,
        }
        places = queries.first_of(
            [
                queries.places(look.db, each, near=near, inclusive=inclusive, few=few, **how)
                for each, few in zip(
                    _parts(look.db, by, asked, today, found, counted), counted.few, strict=True
                )
            ],
            **how,
        )
        if back:
            places.reverse()
        rows = overview.by_numbers(look.db, [place.number for place in places])
        look.patients = [row[0] for row in rows]
        look.about = {"filters": asked.told(), "sort": asked.sort, "shown": len(rows)}
    return Window([dict(zip(overview.COLUMNS, row, strict=True)) for row in rows], places, counted)


def _count(db: Database, by: Actor, asked: Asked, today: date, found: Where) -> Counted:
    total = overview.count(db, found)
    counted = Counted(min(total, overview.COUNT_LIMIT), total > overview.COUNT_LIMIT)
    if not counted.more_than:
        # Everybody is the one condition of an actor for all centres who filters on nothing: nothing to pick.
        everybody = by.centres is None and len(found.parts) == 1
        return counted._replace(few=(not everybody,))
    parts = _parts(db, by, asked, today, found, counted)
    if len(parts) == 1:
        return counted._replace(few=(False,))
    return counted._replace(few=tuple(overview.count(db, each) <= overview.COUNT_LIMIT for each in parts))


def _parts(
    db: Database, by: Actor, asked: Asked, today: date, found: Where, counted: Counted
) -> Sequence[Where]:
    """What is searched apart where many fit, so that each is found without passing those who do not."""
    if not counted.more_than:
        return (found,)
    found = _implied(found, asked, today)
    name = folded_name(asked.name)
    if name is None:
        return (found,)
    others = _implied(conditions(db, by, asked._replace(name=None), today), asked, today)
    return overview.named(others, name)


def _implied(found: Where, asked: Asked, today: date) -> Where:
    """Conditions that follow from those asked, on the column that is sorted on: a walk begins and ends there."""
    if asked.sort == "last-course" and asked.due:
        return found.plus("p.last_course_on < ?", years_before(today, 1).isoformat())
    if asked.sort == "complete" and asked.complete is False:
        return found.plus("p.open_questions > 0")
    return found
