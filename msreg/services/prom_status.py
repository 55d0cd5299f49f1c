"""PROM response: per patient the invitation, its mail and the last list, per centre how many answered (Q4)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from msreg.clock import day_of
from msreg.services import access
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.dbapi import Row
from msreg.store.queries import proms as queries
from msreg.store.queries.overview import Where
from msreg.store.queries.saving import read_moment
from msreg.store.registry import Registry

EVENT = "proms.status"


class Answer(StrEnum):
    """How a patient stands: to be asked and not answered, answered since the last course, not yet, not at all."""

    DUE = "due"
    ANSWERED = "answered"
    LATER = "later"
    STOPPED = "stopped"
    """The patient wants no mail."""
    NONE = "none"


class Standing(NamedTuple):
    """One patient; `row` holds the columns of the query by name."""

    row: dict[str, Any]
    answer: Answer
    last_mail_on: date | None
    """The day of the last invitation that was sent, on the office's clock."""


class Response(NamedTuple):
    """One centre: of how many patients a list is expected by today and is there, on paper or by mail; and how many
    were invited by mail and answered that."""

    centre: str
    expected: int
    filled: int
    invited: int = 0
    answered: int = 0

    @property
    def rate(self) -> float | None:
        """The share that answered a mail; None when nobody got one."""
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
        centres = _responses(queries.response(look.db, found, today), queries.mailed(look.db, found))
        look.patients = [row[0] for row in rows]
        look.about = {"centre": centre, "due": due, "shown": len(rows)}
    named = (dict(zip(queries.COLUMNS, row, strict=True)) for row in rows)
    return Status([_standing(row, today) for row in named], total, centres, page, page_size)


def _responses(expected: list[Row], mailed: list[Row]) -> list[Response]:
    lists = {code: (count, filled) for code, count, filled in expected}
    mails = {code: (count, answered) for code, count, answered in mailed}
    return [
        Response(code, *lists.get(code, (0, 0)), *mails.get(code, (0, 0))) for code in sorted(lists | mails)
    ]


def _standing(row: dict[str, Any], today: date) -> Standing:
    sent = row["last_mail_at"]
    return Standing(row, _answer(row, today), None if sent is None else day_of(read_moment(sent)))


def _answer(row: dict[str, Any], today: date) -> Answer:
    if row["invite_due_on"] is None:
        return Answer.NONE if row["mail_stopped_on"] is None else Answer.STOPPED
    if row["answered"]:
        return Answer.ANSWERED
    return Answer.DUE if str(row["invite_due_on"]) <= today.isoformat() else Answer.LATER
