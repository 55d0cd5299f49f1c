"""`msreg cases`: obstetric case notifications, from the report to the approval."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from msreg.commands.case_documents import add_documents
from msreg.commands.case_forms import add_forms, asks, change, read_form_answers
from msreg.commands.case_lists import add_lists
from msreg.commands.case_steps import IfVersion, add_steps
from msreg.commands.cases_nothing import add_nothing
from msreg.commands.cases_out import add_out
from msreg.commands.entry import Clear, DryRun, From, Reason
from msreg.commands.opening import at_work
from msreg.forms.spoken_dates import read_month
from msreg.screen.command import command, group
from msreg.screen.form_options import asking_form, given
from msreg.screen.kinds import Case, Kind, offered
from msreg.screen.result import Result
from msreg.vocabulary import N_, CaseForm

app = group("cases", help=N_("Obstetric case notifications: report, fill in, submit and review."))

OfCentre = Annotated[
    str | None,
    typer.Option(
        "--centre",
        help=N_("Centre that reports the case; not needed for who works for one."),
        autocompletion=offered(Kind.CENTRE),
    ),
]


@command(app, "new", help=N_("Report a case: its theme, and as much more as is known."),
         example="msreg cases new --theme maternal_death --patient-number 12345\n"
                 "msreg cases new --theme HYS --event-date 2026-03-05 --pregnancy-ended no",
         json=True, base=asking_form(CaseForm.CASE))  # fmt: skip
def new(
    centre: OfCentre = None,
    month: Annotated[
        str | None,
        typer.Option(
            "--month", help=N_("The month that the case answers, as 2026-10; without it this month.")
        ),
    ] = None,
    source: From = None,
    dry_run: DryRun = False,
) -> Result:
    """On a terminal the theme and its questions are asked where no option gives the theme."""
    from msreg.screen.case_told import new_result
    from msreg.services.case_opening import new_case
    from msreg.services.null_reports import require_month

    read = _read(source)
    answered = None if month is None else require_month(read_month(month))
    with at_work() as desk:
        if asks(desk, source, dry_run) and "theme" not in given():
            from msreg.screen.case_forms import filled_result
            from msreg.screen.case_guided import report

            return filled_result(
                report(
                    desk.registry, by=desk.by, today=desk.today, given=given(), centre=centre, month=answered
                )
            )
        done = new_case(
            desk.registry, by=desk.by, answers={**read.answers, **given()}, centre=centre or read.centre,
            month=answered, today=desk.today, dry_run=dry_run,
        )  # fmt: skip
    return new_result(done)


@command(app, "show", help=N_("One case: its state, remarks, answers, documents, and what is missing."),
         example="msreg cases show NC-2026-0042", json=True)  # fmt: skip
def show(case: Case) -> Result:
    """With the next steps as commands."""
    from msreg.screen.case_page import case_result
    from msreg.services.cases import show_case

    with at_work() as desk:
        found = show_case(desk.registry, by=desk.by, case=case)
    return case_result(found, desk.by)


@command(app, "edit", help=N_("Change or fill in the answers of a case; without an option its questions are asked."),
         example="msreg cases edit NC-2026-0042\nmsreg cases edit NC-2026-0042 --delivery-date 2026-03-04", json=True,
         base=asking_form(CaseForm.CASE))  # fmt: skip
def edit(
    case: Case,
    clear: Clear = None,
    source: From = None,
    reason: Reason = None,
    if_version: IfVersion = None,
    dry_run: DryRun = False,
) -> Result:
    """An option for every question of the form of a case, which is a concept or incomplete."""
    from msreg.screen.case_data import TOLD

    with at_work() as desk:
        return change(
            desk, CaseForm.CASE, case, source=source, told=TOLD, clear=clear, reason=reason,
            if_version=if_version, dry_run=dry_run,
        )  # fmt: skip


@command(app, "history", help=N_("Every step and every change of a case: who, when, and from what to what."),
         example="msreg cases history NC-2026-0042", json=True, values=True)  # fmt: skip
def history(
    case: Case,
    page: Annotated[int, typer.Option("--page", min=1, help=N_("Which page, newest first."))] = 1,
) -> Result:
    """Newest first."""
    from msreg.screen.case_history import history_result
    from msreg.services.case_history import case_history

    with at_work() as desk:
        found = case_history(desk.registry, by=desk.by, case=case, page=page)
    return history_result(found)


def _read(source: Path | None) -> Any:
    from msreg.screen.case_data import TOLD

    return read_form_answers(source, CaseForm.CASE, TOLD)


add_forms(app)
add_lists(app)
add_steps(app)
add_documents(app)
add_nothing(app)
add_out(app)
