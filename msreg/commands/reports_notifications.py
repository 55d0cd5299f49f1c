"""`msreg reports notifications`: the response of centres to the monthly question for cases (SPEC N9)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.errors import Usage
from msreg.forms.spoken_dates import read_month
from msreg.screen.command import command
from msreg.screen.edge import edge
from msreg.screen.going import Purpose, To
from msreg.screen.kinds import Kind, offered
from msreg.screen.result import Result
from msreg.vocabulary import N_


def add_notifications(app: typer.Typer) -> None:
    """Give the noun `reports` this verb."""
    command(app, "notifications", help=N_("Cases and null reports by centre and month, and the response."),
            example="msreg reports notifications --year 2026\n"
                    "msreg reports notifications --from 2025-07 --until 2026-06 --out response.xlsx",
            json=True)(notifications)  # fmt: skip


def notifications(
    centre: Annotated[
        str | None,
        typer.Option(
            help=N_("The centre that the report is for; without it your own, or all of them."),
            autocompletion=offered(Kind.CENTRE),
        ),
    ] = None,
    year: Annotated[int | None, typer.Option(help=N_("Over this calendar year."))] = None,
    since: Annotated[
        str | None, typer.Option("--from", help=N_("From this month on, as 2026-01; else twelve months."))
    ] = None,
    until: Annotated[str | None, typer.Option(help=N_("Until this month; else until this one."))] = None,
    out: Annotated[
        Path | None, typer.Option(help=N_("The file to write: .html, .xlsx, .csv or .json; - shows it here."))
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))] = False,
    to: To = None,
    purpose: Purpose = None,
) -> Result:
    """A map of twelve months on a terminal; all of it in a file."""
    from msreg.screen.report_file import format_of, place_free
    from msreg.screen.response_file import answers_result, write_answers
    from msreg.services.export_going import Going
    from msreg.services.reports_notifications import Period, read_answers

    path = None if out == Path("-") else out
    if path is None and (to or purpose) and not edge().machine:
        raise Usage(N_("--to and --purpose are for a report that is written to a file."), field="out")
    told: dict[str, object] = {"to_file": path is not None, **Going(to or "", purpose or "").told()}
    period = Period(year, _month("from", since), _month("until", until))
    if path is not None:
        told |= {"format": format_of(path), "file": path.name}
        place_free(path, overwrite=overwrite)
    with at_work() as desk:
        found = read_answers(
            desk.registry, by=desk.by, event="reports.notifications", centre=centre, period=period,
            today=desk.today, told=told,
        )  # fmt: skip
        if path is not None:
            return write_answers(path, found, overwrite=overwrite)
    return answers_result(found)


def _month(option: str, text: str | None) -> str | None:
    found = None if text is None else read_month(text)
    if text is not None and found is None:
        raise Usage(N_("A month is written as 2026-11, 11-2026 or november 2026."), field=option)
    return found
