"""For which centre a report is made, over which days, and who may have it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from msreg.errors import NotAllowed, Usage
from msreg.rules.duedates import years_before
from msreg.services import access
from msreg.services.reports_tally import Frame
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import reports as queries
from msreg.vocabulary import N_


class Wanted(NamedTuple):
    """What a person asks of a report, as given; `year` or days, not both."""

    centre: str | None = None
    year: int | None = None
    since: date | None = None
    until: date | None = None


class Scope(NamedTuple):
    """The own centre (None: all of them are) and the codes of all centres by id."""

    own: str | None
    code: str | None
    name: str | None
    codes: dict[str, str]


def scope(db: Database, by: Actor, centre: str | None) -> Scope:
    """The centre that is named, else the one that the actor works for; for who works for all of them all.

    Raises `NotFound` for a centre that there is not, `NotAllowed` for one that the actor does not work for.
    """
    every = queries.centres(db)
    codes = {centre_id: code for centre_id, code, _name in every}
    own = None if by.centres is None else by.centre
    if centre is not None:
        own = access.require_centre(db, centre).id
        if not access.works_for(by, own):
            raise NotAllowed(
                N_("A report on centre {code} is for who works there, and for the registry office."),
                field="centre",
                code=codes[own],
            )
    if own is None and by.centres is not None:
        raise Usage(N_("Name one of your centres with --centre."), field="centre")
    name = next((name for centre_id, _code, name in every if centre_id == own), None)
    return Scope(own, codes[own] if own else None, name, codes)


def frame(wanted: Wanted, today: date) -> Frame:
    """The days of a report: a calendar year, the days that are named, or the last twelve months.

    Days after today are left out. Raises `Usage` when nothing is left, or both ways are used.
    """
    if wanted.year is not None and (wanted.since or wanted.until):
        raise Usage(N_("A report is over a year or from one day until another, not both."), field="year")
    since, until = wanted.since, min(wanted.until or today, today)
    if wanted.year is not None:
        if not 1900 <= wanted.year <= today.year:
            raise Usage(N_("A report is over a year from 1900 to {last}."), field="year", last=today.year)
        since, until = date(wanted.year, 1, 1), min(date(wanted.year, 12, 31), today)
    asked = since is not None or wanted.until is not None
    if since is None:
        since = years_before(until, 1) + timedelta(days=1)
    if since > until:
        raise Usage(N_("The first day of a report lies after its last."), field="from")
    return Frame(since, until, today, asked)
