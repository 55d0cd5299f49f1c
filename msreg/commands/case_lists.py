"""`msreg cases list` and `msreg cases due`."""

from __future__ import annotations

from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.screen.command import command
from msreg.screen.kinds import Kind, offered
from msreg.screen.language import active
from msreg.screen.result import Result
from msreg.vocabulary import N_, CaseState, Process


def theme_keys(incomplete: str) -> list[tuple[str, str]]:
    """What the Tab key offers for a theme: its keys, with what they are called."""
    from msreg.forms.themes import themes

    return [(each.key, each.label[active()]) for each in themes() if each.key.startswith(incomplete)]


OfProcess = Annotated[
    Process | None,
    typer.Option(
        "--process",
        metavar="nethoss|lza1",
        help=N_("NethOSS, or late termination of pregnancy, which has a list of its own."),
    ),
]


def add_lists(app: typer.Typer) -> None:
    """Register the verbs that list cases."""

    @command(app, "list", help=N_("The cases of your centre, or of all centres, newest first."),
             example="msreg cases list\nmsreg cases list --state incomplete --missing\n"
                     "msreg cases list --process lza1",
             json=True)  # fmt: skip
    def list_(
        state: Annotated[
            CaseState | None, typer.Option("--state", metavar="STATE", help=N_("Only those in this state."))
        ] = None,
        about: Annotated[
            str | None,
            typer.Option(
                "--theme", metavar="CODE", help=N_("Only of this theme."), autocompletion=theme_keys
            ),
        ] = None,
        centre: Annotated[
            str | None,
            typer.Option("--centre", help=N_("Only of this centre."), autocompletion=offered(Kind.CENTRE)),
        ] = None,
        process: OfProcess = None,
        missing: Annotated[
            bool, typer.Option("--missing", help=N_("Only those that lack documents or answers."))
        ] = False,
        page: Annotated[int, typer.Option("--page", min=1, help=N_("Which page, newest first."))] = 1,
        page_size: Annotated[
            int | None, typer.Option("--page-size", min=1, max=10_000, help=N_("Cases on a page."))
        ] = None,
    ) -> Result:
        """Of one process at a time."""
        from msreg.screen.case_lists import list_result
        from msreg.services.case_listing import list_cases

        with at_work() as desk:
            found = list_cases(
                desk.registry, by=desk.by, process=process, state=state, about=about, centre=centre,
                missing=missing, page=page, page_size=page_size or desk.edge.settings.page_size,
            )  # fmt: skip
            many = desk.by.centres is None and centre is None
        return list_result(found, many_centres=many)

    @command(app, "due", help=N_("Which cases are to be reminded of today, and when the next reminders come."),
             example="msreg cases due\nmsreg cases due --json", json=True)  # fmt: skip
    def due(process: OfProcess = None) -> Result:
        """After 4, 8 and 12 weeks as concept or incomplete."""
        from msreg.screen.case_lists import due_result
        from msreg.services.case_listing import due_cases

        with at_work() as desk:
            found = due_cases(desk.registry, by=desk.by, today=desk.today, process=process)
        return due_result(found)
