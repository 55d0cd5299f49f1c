"""Mails that are due, for people and for programs (R1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from msreg.errors import fill
from msreg.screen.language import _, ngettext
from msreg.screen.mail_words import STATES
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import day
from msreg.screen.table import Cell, Column, Row, Table, row
from msreg.services.mail_kinds import KINDS
from msreg.services.mail_types import Due
from msreg.vocabulary import N_, MailKind

KIND = Column("kind", N_("Mail"))
COLUMNS = (
    Column("who", N_("About"), shrink=1, least=12),
    Column("centre", N_("Centre"), drop=1),
    Column("due_on", N_("Due since")),
    Column("why", N_("Why"), shrink=2, least=24, wrap=True),
)


def due_result(found: Sequence[Due], *, shown: int) -> Result:
    """The result of `reminders due`; on a terminal the first ones of each kind are shown."""
    return Result(lambda: map(due_data, found), lambda screen: _show(screen, found, shown))


def due_data(each: Due) -> dict[str, Any]:
    """A mail that is due, for programs. Whom it is about stands once more under a key of its own."""
    return {
        "kind": each.kind,
        "key": each.key,
        "due_on": each.due_on,
        "period": each.period,
        "who": each.who or None,
        "registry_number": each.who or None if each.patient_id else None,
        "case": each.who or None if each.notification_id else None,
        "user": each.who or None if each.operator_id and not each.notification_id else None,
        "centre": each.centre,
        "why": fill(each.why, each.params, _),
        "state": each.state or "due",
    }


def by_kind(counts: Mapping[MailKind, int]) -> str:
    """So many of each kind: prom-invitation 41 · course-digest 12."""
    return " · ".join(f"{kind.value} {counts[kind]}" for kind in MailKind if counts.get(kind))


def mails(count: int) -> str:
    """So many mails."""
    return ngettext("{count} mail", "{count} mails", count)


def _show(screen: Screen, found: Sequence[Due], shown: int) -> None:
    if not found:
        screen.line(_("No mail is due."))
        return
    if screen.edge.terminal:
        for kind, some in groupby(sorted(found, key=_place), attrgetter("kind")):
            _show_kind(screen, kind, list(some), shown)
    else:
        screen.table(Table((KIND, *COLUMNS), ((each.kind.value, *_cells(each)) for each in found)))
        screen.line()
    screen.line(f"{mails(len(found))}: {by_kind(Counter(each.kind for each in found))}", tone="grey")
    waiting = sum(each.state is not None for each in found)
    if waiting:
        text = ngettext(
            "{count} of them waits in the outbox.", "{count} of them wait in the outbox.", waiting
        )
        screen.line(text, tone="grey")
    screen.next("msreg reminders run --dry-run", _("What would happen"))


def _show_kind(screen: Screen, kind: MailKind, found: Sequence[Due], shown: int) -> None:
    screen.line(Cell(kind.value, "accent"), f"  {_(KINDS[kind].label)}")
    screen.table(Table(COLUMNS, map(_cells, found[:shown])))
    if len(found) > shown:
        more = len(found) - shown
        text = ngettext("… and {count} more", "… and {count} more", more)
        screen.line(f" {text}:  msreg reminders due --kind {kind.value} | less", tone="grey")
    screen.line()


def _place(each: Due) -> int:
    return list(KINDS).index(each.kind)


def _cells(each: Due) -> Row:
    why = fill(each.why, each.params, _)
    if each.state is not None:
        why = f"{_(STATES[each.state])}: {why}"
    return row(each.who or None, each.centre, day(each.due_on), why)
