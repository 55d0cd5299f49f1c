"""Null reports: a centre says that it had no case in a month (SPEC N2). Said twice is said once.

They are of NethOSS alone: late termination is reported when there is one, and nobody is asked about it each month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from msreg.errors import Conflict, MsregError, NotAllowed, Phrase, Refused, Usage
from msreg.models.ids import new_id
from msreg.rules.case_months import FIRST_YEAR, month_of
from msreg.services import access
from msreg.services.reading import looking
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import null_reports as queries
from msreg.store.queries.saving import bound, moment, read_moment
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Process, Right

EVENT = "cases.nothing"
ENTITY = "null_report"
"""What a null report is called in the log, and its table."""

PROCESS = Process.NETHOSS


@dataclass(frozen=True, slots=True)
class Nothing:
    """What stands for a centre and a month now, or would: a null report, or none."""

    centre: str
    month: str
    standing: bool
    """Whether there is a null report."""
    changed: bool
    """Whether this call made the difference."""
    user: str | None
    """Who reported it."""
    at: datetime | None
    dry_run: bool


def report_nothing(
    registry: Registry,
    *,
    by: Actor,
    month: str,
    centre: str | None = None,
    today: date,
    dry_run: bool = False,
) -> Nothing:
    """Record that a centre had no case in a month (`2026-11`). Once more changes nothing.

    `centre` is a code; who works for one centre need not name it. Raises `Refused` for a month that has not begun,
    and for one in which the centre reported a case.
    """
    access.require(registry, by=by, right=Right.CASES_NOTHING, event=EVENT)
    _require_begun(month, today)
    with writing(registry, by=by, event=EVENT, action=Action.CREATE, dry_run=dry_run, plain=True) as work:
        found = _centre(work.db, by, centre)
        work.about |= {"centre": found.code, "month": month}
        if not found.active:
            raise Conflict(
                N_("The centre {code} does not take part any more."), field="centre", code=found.code
            )
        _require_no_case(work.db, found, month)
        row, changed = _recorded(work, found.id, month)
        if not changed:
            work.about["unchanged"] = True
    _looked(registry, by, dry_run)
    return Nothing(
        found.code, month, True, changed, row["user_name"], read_moment(row["updated_at"]), dry_run
    )


def take_back_nothing(
    registry: Registry, *, by: Actor, month: str, centre: str | None = None, dry_run: bool = False
) -> Nothing:
    """Take a null report back: the month is open again. Where there is none, nothing changes."""
    access.require(registry, by=by, right=Right.CASES_NOTHING, event=EVENT)
    with writing(registry, by=by, event=EVENT, action=Action.DELETE, dry_run=dry_run, plain=True) as work:
        found = _centre(work.db, by, centre)
        work.about |= {"centre": found.code, "month": month}
        row = queries.find(work.db, found.id, PROCESS, month)
        changed = row is not None and row["undone_by"] is None
        if row is not None and changed:
            queries.remove(work.db, row["id"])
            before = {"centre_id": found.id, "month": month, "user": row["user"]}
            work.touched(Action.DELETE, ENTITY, row["id"], before=before)
        else:
            work.about["unchanged"] = True
    _looked(registry, by, dry_run)
    return Nothing(found.code, month, False, changed, None, None, dry_run)


def undo_for(work: Work, centre_id: str, process: str, month: str, case_id: str) -> str | None:
    """Undo the null report of a month in which a case is reported, in the work that reports it.

    Gives the month when there was one. It stays undone when the case is withdrawn: nobody said after that that there
    was nothing, so the month is open (decision 0040).
    """
    undone = queries.undo(work.db, centre_id, process, month, case_id, work.at)
    if undone is None:
        return None
    work.touched(Action.UPDATE, ENTITY, undone["id"], after={"undone_by": case_id, "month": month})
    return month


def require_month(month: str | None) -> str:
    """A month as it was read. Raises `Usage` for what is none."""
    if month is None or int(month[:4]) < FIRST_YEAR:
        raise Usage(N_("A month is written as 2026-11, 11-2026 or november 2026."), field="month")
    return month


def written_month(month: str) -> Phrase:
    """A month as it is written in the language of the sentence."""
    return Phrase(N_("{year}-{month}"), {"year": month[:4], "month": month[5:]})


def _require_begun(month: str, today: date) -> None:
    if month > month_of(today):
        raise Refused(
            N_("The month {month} has not begun: nobody knows yet that it has no case."),
            field="month",
            month=written_month(month),
        )


def _require_no_case(db: Database, centre: access.Centre, month: str) -> None:
    count = queries.cases_in_month(db, centre.id, PROCESS, month)
    if count:
        raise Refused(
            N_("In {month} the centre {code} reported cases ({count}), so it was no month without one."),
            hint=N_("See them with: msreg cases list --centre {code}; withdraw one that was none."),
            field="month",
            month=written_month(month),
            code=centre.code,
            count=count,
        )


def _centre(db: Database, by: Actor, code: str | None) -> access.Centre:
    """The centre that is named, or the only one that the actor works for."""
    if code is None:
        mine = [each for each in queries.centres(db) if by.centres is not None and each[0] in by.centres]
        if len(mine) != 1:
            raise Usage(
                N_("Say which centre it is about: msreg cases nothing CENTRE MONTH"),
                hint=N_("See them with: msreg centres list"),
                field="centre",
            )
        code = mine[0][1]
    found = access.require_centre(db, code)
    if not access.works_for(by, found.id):
        raise not_of(found.code)
    return found


def not_of(code: str) -> MsregError:
    """What somebody of another centre is told."""
    return NotAllowed(
        N_("What centre {code} reports is for who works there, and for the registry office."),
        field="centre",
        code=code,
    )


def _recorded(work: Work, centre_id: str, month: str) -> tuple[Mapping[str, Any], bool]:
    """The row of a null report that stands now, and whether it is new."""
    row = queries.find(work.db, centre_id, PROCESS, month)
    if row is not None and row["undone_by"] is None:
        return row, False
    who = {"user": work.by.user, "user_name": work.by.name}
    after = {"centre_id": centre_id, "process": PROCESS.value, "month": month}
    if row is None:
        new = bound(
            {"id": new_id(), "created_at": work.at, "updated_at": work.at, "version": 1, **after, **who}
        )
        queries.keep(work.db, {**new, "undone_by": None})
        work.touched(Action.CREATE, ENTITY, new["id"], after=after)
        return new, True
    # The case that took its place was withdrawn since, and now somebody says anew that there was none.
    changed = {
        "id": row["id"],
        "updated_at": moment(work.at),
        "version": row["version"] + 1,
        "undone_by": None,
        **who,
    }
    queries.renew(work.db, changed)
    work.touched(
        Action.UPDATE, ENTITY, row["id"], before={"undone_by": row["undone_by"]}, after={"month": month}
    )
    return {**row, **changed}, True


def _looked(registry: Registry, by: Actor, dry_run: bool) -> None:
    """A trial leaves nothing but that somebody looked."""
    if dry_run:
        with looking(registry, by=by, event=EVENT, right=Right.CASES_NOTHING) as look:
            look.about = {"dry_run": True}
