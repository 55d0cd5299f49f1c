"""PROM response: per patient when the invitation is due and when the last list came, per centre how many (Q4)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from msreg.services import access
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.queries import proms as queries
from msreg.store.queries.overview import Where
from msreg.store.registry import Registry

EVENT = "proms.status"


class Answer(StrEnum):
    """How a patient stands: invited and not answered, answered since the last course, not invited yet, not at all."""

    DUE = "due"
    ANSWERED = "answered"
    LATER = "later"
    NONE = "none"


class Standing(NamedTuple):
    """One patient; `row` holds the columns of the query by name."""

    row: dict[str, Any]
    answer: Answer


class Response(NamedTuple):
    """One centre: invitations that have come by today, and how many of them are answered."""

    centre: str
    invited: int
    answered: int

    @property
    def rate(self) -> float | None:
        """The share that answered; None when nobody was invited."""
        return self.answered / self.invited if self.invited else None


class Status(NamedTuple):
    """One page of patients, how many there are in all, and the centres."""

    rows: list[Standing]
    total: int
    centres: list[Response]
    page: int
    page_size: int


def prom_status(
    registry: Registry,
    *,
    by: Actor,
    today: date,
    centre: str | None = None,
    due: bool = False,
    page: int = 1,
    page_size: int = 50,
) -> Status:
    """How the patients stand whom the actor may see; who is on the page is in the log first.

    `due` leaves those who should be asked now. Raises `NotFound` when there is no such centre.
    """
    with looking(registry, by=by, event=EVENT) as look:
        reach = access.reach(by)
        found = Where((reach.sql,), reach.params)
        if centre is not None:
            found = found.plus("p.centre_id = ?", access.require_centre(look.db, centre).id)
        asked = queries.concerned(found, today, due=due)
        rows = queries.page(look.db, asked, limit=page_size, offset=(page - 1) * page_size)
        total = queries.count(look.db, asked)
        centres = [Response(*each) for each in queries.response(look.db, found, today)]
        look.patients = [row[0] for row in rows]
        look.about = {"centre": centre, "due": due, "shown": len(rows)}
    named = (dict(zip(queries.COLUMNS, row, strict=True)) for row in rows)
    return Status([Standing(row, _answer(row, today)) for row in named], total, centres, page, page_size)


def _answer(row: dict[str, Any], today: date) -> Answer:
    if row["invite_due_on"] is None:
        return Answer.NONE
    if row["answered"]:
        return Answer.ANSWERED
    return Answer.DUE if str(row["invite_due_on"]) <= today.isoformat() else Answer.LATER
