"""`msreg exports list` and `whose`: what left the registry, and whose a pseudonym is."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.screen.command import command
from msreg.screen.options import DATE
from msreg.screen.result import Result
from msreg.vocabulary import N_


def add_left(app: typer.Typer) -> None:
    """Declare the verbs that look back."""

    @command(app, "list", help=N_("What left the registry: when, by whom, to whom, why; newest first."),
             example='msreg exports list\nmsreg exports list --since 2026-01-01 --to "Vecht" --json',
             json=True)  # fmt: skip
    def list_(
        since: Annotated[
            date | None, typer.Option("--since", click_type=DATE, help=N_("On this day or later."))
        ] = None,
        to: Annotated[
            str | None, typer.Option("--to", help=N_("Whose recipient has these letters in it."))
        ] = None,
        page: Annotated[int, typer.Option("--page", min=1, help=N_("Which page; the first is 1."))] = 1,
    ) -> Result:
        """One page of what left; exports, reports, charts and files of side effects."""
        from msreg.screen.exports_left import left_result
        from msreg.services.exports_left import list_left

        with at_work() as desk:
            found = list_left(
                desk.registry,
                by=desk.by,
                since=since,
                recipient=to,
                page=page,
                page_size=desk.edge.settings.page_size,
            )
        return left_result(found)

    @command(app, "whose", help=N_("The patient behind a pseudonym; this is logged."),
             example='msreg exports whose K7Q2MZ5TFA3XWB4C --project "Fatigue study"', json=True)  # fmt: skip
    def whose(
        pseudonym: Annotated[str, typer.Argument(help=N_("The pseudonym, as it stands in the export."))],
        project: Annotated[
            str | None, typer.Option("--project", help=N_("The project that the export was made for."))
        ] = None,
    ) -> Result:
        """Back from a pseudonym, for a finding that a patient must hear of."""
        from msreg.screen.exports_left import whose_result
        from msreg.services.exports_left import find_by_pseudonym

        with at_work() as desk:
            found = find_by_pseudonym(desk.registry, by=desk.by, pseudonym=pseudonym, project=project or "")
        return whose_result(found)
