"""PROM response on the screen: the patients, and below them the centres."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msreg.rules.names import display_name
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import day
from msreg.screen.table import Cell, Column, Row, Table
from msreg.screen.tones import Tone
from msreg.services.naming import registry_number
from msreg.services.prom_status import Answer, Response, Standing, Status
from msreg.vocabulary import N_

COLUMNS = [
    Column("number", N_("MS number")),
    Column("name", N_("Name"), shrink=1, least=8),
    Column("centre", N_("Centre"), drop=2),
    Column("last_course", N_("Last course"), drop=3),
    Column("invite", N_("Invitation")),
    Column("last_mail", N_("Last mail"), drop=1),
    Column("last_list", N_("Last list")),
    Column("answer", N_("Answer")),
]
CENTRES = [
    Column("centre", N_("Centre")),
    Column("expected", N_("Expected"), align="right"),
    Column("filled", N_("Filled in"), align="right"),
    Column("invited", N_("By mail"), align="right"),
    Column("answered", N_("Answered"), align="right"),
    Column("share", "%", align="right"),
]
_ANSWERS: Mapping[Answer, tuple[str, Tone]] = {
    Answer.DUE: (N_("! due"), "orange"),
    Answer.ANSWERED: (N_("answered"), "green"),
    Answer.LATER: (N_("later"), "plain"),
    Answer.STOPPED: (N_("no mail"), "grey"),
    Answer.NONE: (N_("not invited"), "grey"),
}


def status_result(found: Status, *, due: bool, centre: str | None) -> Result:
    """One page of patients and every centre."""
    return Result(
        lambda: {
            "patients": [_data(each) for each in found.rows],
            "total": found.total,
            "centres": [_centre(each) for each in found.centres],
        },
        lambda screen: _show(screen, found, due, centre),
    )


def _show(screen: Screen, found: Status, due: bool, centre: str | None) -> None:
    if found.rows:
        # Whose centre it is stands in the call already.
        shown = [at for at, column in enumerate(COLUMNS) if centre is None or column.key != "centre"]
        rows = (_row(each) for each in found.rows)
        screen.table(Table([COLUMNS[at] for at in shown], [[row[at] for at in shown] for row in rows]))
    elif found.page > 1:
        screen.line(_("There are no more patients."), tone="grey")
    else:
        screen.line(
            _("Nobody is due.") if due else _("Nobody is invited, and nobody has a list."), tone="grey"
        )
    if found.centres:
        screen.line()
        screen.table(Table(CENTRES, [_centre_row(each) for each in found.centres]))
    screen.note("")
    count = ngettext("{count} patient", "{count} patients", found.total)
    screen.note(f"{count}.  {_('! due: invited by now, and no list since the last course')}")
    if found.page * found.page_size < found.total:
        words = " --due" * due + (f" --centre {centre}" if centre else "")
        screen.next(f"msreg proms status{words} --page {found.page + 1}", _("Next page"))
    first = next((each for each in found.rows if each.answer is Answer.DUE), None)
    if first is not None:
        screen.next(f"msreg proms add {registry_number(first.row['number'])}", _("Type a list over"))


def _row(each: Standing) -> Row:
    row = each.row
    text, tone = _ANSWERS[each.answer]
    return [
        registry_number(row["number"]),
        display_name(row["family_name"], row["name_prefix"], row["initials"]),
        row["centre"],
        day(row["last_course_on"]),
        day(row["invite_due_on"]),
        day(each.last_mail_on),
        day(row["last_list_on"]),
        Cell(_(text), tone),
    ]


def _centre_row(each: Response) -> Row:
    share = None if each.rate is None else f"{100 * each.rate:.0f}"
    counts = (each.expected, each.filled, each.invited, each.answered)
    return [each.centre, *map(str, counts), share]


def _data(each: Standing) -> dict[str, Any]:
    row = each.row
    return {
        "registry_number": registry_number(row["number"]),
        "centre": row["centre"],
        "family_name": row["family_name"],
        "name_prefix": row["name_prefix"],
        "initials": row["initials"],
        "last_course_on": row["last_course_on"],
        "invite_due_on": row["invite_due_on"],
        "last_mail_on": each.last_mail_on,
        "last_list_on": row["last_list_on"],
        "answer": each.answer,
    }


def _centre(each: Response) -> dict[str, Any]:
    return {
        "centre": each.centre,
        "expected": each.expected,
        "filled": each.filled,
        "invited": each.invited,
        "answered": each.answered,
        "rate": each.rate,
    }
