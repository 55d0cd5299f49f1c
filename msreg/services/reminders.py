"""Which mails are due, and putting them into the outbox: once each, however often and late this runs (SPEC R1, R2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from msreg.errors import Usage
from msreg.rules.case_numbers import CaseNumber
from msreg.rules.case_reminders import next_on
from msreg.services import access
from msreg.services.mail_cases import WHY as WHY_CASE
from msreg.services.mail_cases import weeks_of
from msreg.services.mail_digest import WHY as WHY_DIGEST
from msreg.services.mail_kinds import KINDS, Due, Kind
from msreg.services.mail_month import WHY as WHY_MONTH
from msreg.services.mail_month import WHY_CODE
from msreg.services.mail_prom import FIRST, STOPPED
from msreg.services.mail_types import NOTHING
from msreg.services.naming import registry_number
from msreg.services.null_reports import written_month
from msreg.services.reading import looking
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.dbapi import Database
from msreg.store.queries import due as queries
from msreg.store.queries.rows import in_passing
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, CaseState, Language, MailKind, MailState, Process, Right

if TYPE_CHECKING:
    from msreg.config import Settings
    from msreg.mail.templates import Message

EVENT = "reminders.queue"
CASE = "notification"
"""What a case is called in the log."""
_PIECE = 1_000
"""Mails at a time: a run over a million patients holds no more of them."""

DATED = tuple(kind for kind, each in KINDS.items() if each.due is not None)
"""The kinds that a day makes due."""


def due(
    registry: Registry, *, by: Actor, today: date, kinds: Collection[MailKind] | None = None
) -> list[Due]:
    """What would go to whom and why, of these kinds or all: what waits in the outbox, then what is due and not there.

    Who is in it is in the log first. Nothing changes.
    """
    with looking(registry, by=by, event="reminders.due", right=Right.REMINDERS_READ) as look:
        waiting = [each for each in _waiting(look.db) if kinds is None or each.kind in kinds]
        found = list(waiting)
        for each in chosen(kinds, dated=False):
            found += _find(each, look.db, today, registry.settings)
        look.patients = [each.patient_id for each in found if each.patient_id]
        look.others = [(CASE, each.notification_id) for each in found if each.notification_id]
        look.about = {"kinds": sorted(kinds or []), "due": len(found) - len(waiting), "waiting": len(waiting)}
    return found


def queue_due(
    registry: Registry,
    *,
    by: Actor,
    today: date,
    kinds: Collection[MailKind] | None = None,
    dry_run: bool = False,
) -> Mapping[MailKind, int]:
    """Put what is due into the outbox and note that it was asked; gives how many of each kind.

    All in one transaction; twice is once. Where nothing is due nothing is written, and nothing is in the log.
    Raises `Usage` for a kind that no day makes due.
    """
    access.require(registry, by=by, right=Right.REMINDERS_RUN, event=EVENT)
    wanted = chosen(kinds)
    counts = {each.kind: 0 for each in wanted}
    settings = registry.settings
    with registry.light() as db:
        there = [each for each in wanted if next(_find(each, db, today, settings), None) is not None]
    if there:
        from msreg.services.outbox import queue

        with writing(registry, by=by, event=EVENT, action=Action.CREATE, dry_run=dry_run, plain=True) as work:
            in_passing(work.db)
            for each in there:
                # What was put into the outbox is due no more: the next look finds the next piece.
                while piece := list(islice(_find(each, work.db, today, settings), _PIECE)):
                    counts[each.kind] += queue(work, piece)
                    _note(work.db, each.kind, piece)
            work.about = {"today": today.isoformat(), "mails": {k.value: n for k, n in counts.items() if n}}
    if dry_run:
        with looking(registry, by=by, event=EVENT, right=Right.REMINDERS_RUN) as look:
            look.about = {"dry_run": True, "today": today.isoformat()}
    return counts


def preview(kind: MailKind, language: Language, settings: Settings) -> Message:
    """A mail of a kind with made-up values, as it goes out. Raises `Refused` when it would tell too much."""
    from msreg.mail.kinds import mail_kind
    from msreg.mail.templates import render

    key = kind.value.replace("-", "_")
    return render(key, language, mail_kind(key).example, office=settings.office)


def chosen(kinds: Collection[MailKind] | None, *, dated: bool = True) -> list[Kind]:
    """The kinds that are asked for and that a day makes due, all without any, in the order of `KINDS`.

    Raises `Usage` for another kind, unless it only stands beside those (`dated` is False).
    """
    for kind in kinds or ():
        if dated and kind not in DATED:
            raise Usage(
                N_("Mails of the kind {kind} are never due by a date: they go out at once."),
                hint=N_("The kinds are: {kinds}."),
                field="kind",
                kind=kind.value,
                kinds=", ".join(each.value for each in DATED),
            )
    return [KINDS[each] for each in DATED if kinds is None or each in kinds]


def _find(kind: Kind, db: Database, today: date, settings: Settings) -> Iterator[Due]:
    return iter(()) if kind.due is None else kind.due(db, today, settings)


def _note(db: Database, kind: MailKind, piece: Sequence[Due]) -> None:
    """Note with patients and cases what was asked; the two other kinds are known by their mails alone."""
    if kind is MailKind.PROM_INVITATION:
        queries.asked(db, [(each.period, str(each.patient_id)) for each in piece])
    elif kind is MailKind.CASE_REMINDER:
        rows = []
        for each in piece:
            weeks = weeks_of(each.period)
            coming = next_on(CaseState.CONCEPT, each.due_on - timedelta(weeks=weeks), weeks)
            rows.append((weeks, None if coming is None else coming.isoformat(), str(each.notification_id)))
        queries.reminded(db, rows)


def _waiting(db: Database) -> Iterator[Due]:
    for row in queries.waiting(db):
        kind = MailKind(row["kind"])
        why, params = _why(kind, row["period"])
        yield Due(
            kind,
            row["key"],
            date.fromisoformat(row["due_on"]),
            row["period"],
            _who(row),
            why,
            params,
            row["patient_id"],
            row["centre_id"],
            row["operator_id"],
            row["notification_id"],
            row["centre_code"],
            MailState(row["state"]),
        )


def _who(row: Mapping[str, Any]) -> str:
    """Whom a mail is about, by name; empty for who was erased or left since."""
    if row["notification_id"] is not None and row["process"] is not None:
        return str(CaseNumber(Process(row["process"]), row["year"], row["case_place"]))
    if row["patient_number"] is not None:
        return registry_number(row["patient_number"])
    return str(row["os_user"] or row["centre_code"] or "")


def _why(kind: MailKind, period: str) -> tuple[str, Mapping[str, object]]:
    match kind:
        case MailKind.PROM_INVITATION:
            return FIRST, NOTHING
        case MailKind.COURSE_DIGEST:
            return WHY_DIGEST, NOTHING
        case MailKind.CASE_MONTH:
            return WHY_MONTH, {"month": written_month(period)}
        case MailKind.CASE_REMINDER:
            return WHY_CASE, {"weeks": weeks_of(period)}
        case MailKind.MAIL_STOPPED:
            return STOPPED, NOTHING
        case MailKind.CODE:
            return WHY_CODE, NOTHING
