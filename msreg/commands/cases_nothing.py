"""`msreg cases nothing|months`: no case in a month, and what each centre answered (SPEC N2, N9)."""

from __future__ import annotations

from typing import Annotated

import typer

from msreg.commands.entry import DryRun
from msreg.commands.opening import at_work
from msreg.forms.spoken_dates import read_month
from msreg.screen.command import command
from msreg.screen.kinds import Kind, offered
from msreg.screen.result import Result
from msreg.vocabulary import N_, Right

OfCentre = Annotated[
    str | None,
    typer.Option(
        "--centre",
        help=N_("Of this centre; without it your own, or all."),
        autocompletion=offered(Kind.CENTRE),
    ),
]


def add_nothing(app: typer.Typer) -> None:
    """Give the noun `cases` these verbs."""
    command(app, "nothing", help=N_("Record that a centre had no case in a month; a case takes its place by itself."),
            example="msreg cases nothing AMS01 2026-10\nmsreg cases nothing AMS01 october 2026 --undo",
            json=True)(nothing)  # fmt: skip
    command(app, "months", help=N_("What each centre answered for each month: cases, none, or nothing yet."),
            example="msreg cases months --open\nmsreg cases months --centre AMS01 --year 2026",
            json=True)(months)  # fmt: skip


def nothing(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[CENTRE] MONTH",
            help=N_("The centre, where it is not your own, and the month, as 2026-10 or october 2026."),
            autocompletion=offered(Kind.CENTRE),
        ),
    ],
    undo: Annotated[bool, typer.Option("--undo", help=N_("Take it back: the month is open again."))] = False,
    dry_run: DryRun = False,
) -> Result:
    """Twice is once."""
    from msreg.screen.case_months import nothing_result
    from msreg.services.null_reports import report_nothing, require_month, take_back_nothing

    centre = None
    month = read_month(" ".join(words))
    if month is None:
        centre, month = words[0], read_month(" ".join(words[1:]))
    month = require_month(month)
    with at_work() as desk:
        if undo:
            done = take_back_nothing(desk.registry, by=desk.by, month=month, centre=centre, dry_run=dry_run)
        else:
            done = report_nothing(
                desk.registry, by=desk.by, month=month, centre=centre, today=desk.today, dry_run=dry_run
            )
    return nothing_result(done)


def months(
    centre: OfCentre = None,
    year: Annotated[
        int | None, typer.Option(help=N_("Over this calendar year; else the last twelve months."))
    ] = None,
    open_: Annotated[
        bool, typer.Option("--open", help=N_("Only months for which nothing was answered yet."))
    ] = False,
) -> Result:
    """Newest month first."""
    from msreg.screen.case_months import months_result
    from msreg.services.access import may
    from msreg.services.reports_notifications import Period, read_answers

    with at_work() as desk:
        found = read_answers(
            desk.registry,
            by=desk.by,
            event="cases.months",
            centre=centre,
            period=Period(year),
            today=desk.today,
        )
        answers = may(desk.by, Right.CASES_NOTHING)
    return months_result(found, only_open=open_, answers=answers)
