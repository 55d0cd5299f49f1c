"""`msreg proms status`: who is due for the EQ-5D-5L, and how many answer."""

from __future__ import annotations

from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.screen.command import command
from msreg.screen.kinds import Kind, offered
from msreg.screen.result import Result
from msreg.vocabulary import N_


def add_status(app: typer.Typer) -> None:
    """The verb `status` of `msreg proms`."""

    @command(app, "status",
             help=N_("Per patient the invitation, its mail and the last list; per centre how many answered."),
             example="msreg proms status --due\nmsreg proms status --centre AMS01 --json", json=True)  # fmt: skip
    def status(
        centre: Annotated[
            str | None, typer.Option(help=N_("Patients of this centre."), autocompletion=offered(Kind.CENTRE))
        ] = None,
        due: Annotated[
            bool, typer.Option("--due", help=N_("Only who should be asked now and has not answered."))
        ] = False,
        page: Annotated[int, typer.Option(min=1, help=N_("Which page."))] = 1,
        page_size: Annotated[
            int | None, typer.Option(min=1, max=10_000, help=N_("Patients on a page."))
        ] = None,
    ) -> Result:  # fmt: skip
        """Q4."""
        from msreg.screen.prom_status import status_result
        from msreg.services.prom_status import prom_status

        with at_work() as desk:
            found = prom_status(
                desk.registry, by=desk.by, today=desk.today, centre=centre, due=due, page=page,
                page_size=page_size or desk.edge.settings.page_size,
            )  # fmt: skip
        return status_result(found, due=due, centre=centre)
