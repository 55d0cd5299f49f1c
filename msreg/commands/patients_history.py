"""`msreg patients history`: who changed which answer, from what to what."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.screen.ask import ask_bsn
from msreg.screen.command import command
from msreg.screen.form_values import keys_of_records
from msreg.screen.kinds import Patient
from msreg.screen.options import DATE
from msreg.screen.result import Result
from msreg.vocabulary import N_, Record, Right


def add_history(app: typer.Typer) -> None:
    """Give the noun `patients` this verb."""
    command(app, "history", help=N_("Who changed which answer of a patient, from what to what; newest first."),
            example="msreg patients history MS-0000012\n"
                    "msreg patients history MS-0000012 --record course --field edss",
            json=True, values=True)(history)  # fmt: skip


def history(
    patient: Patient,
    record: Annotated[
        Record | None, typer.Option("--record", help=N_("Only changes of this kind of record."))
    ] = None,
    field: Annotated[
        str | None,
        typer.Option(
            "--field",
            help=N_("Only changes of this question, by its key: edss."),
            autocompletion=keys_of_records,
        ),
    ] = None,
    since: Annotated[
        date | None, typer.Option("--since", click_type=DATE, help=N_("On this day or later."))
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help=N_("Only changes by this user."))] = None,
    page: Annotated[int, typer.Option("--page", min=1, help=N_("Which page; the first is 1."))] = 1,
    reveal: Annotated[
        bool, typer.Option("--reveal", help=N_("Show whole BSNs; this is logged."))
    ] = False,
) -> Result:  # fmt: skip
    """One page of the history; looking at it is logged."""
    from msreg.screen.history import history_data, show_history
    from msreg.services.access import may
    from msreg.services.history import AskedHistory, read_history

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        found = read_history(
            desk.registry,
            by=desk.by,
            patient=name,
            bsn=bsn,
            asked=AskedHistory(record, field and field.replace("-", "_"), user, since),
            reveal=reveal,
            page=page,
            page_size=desk.edge.settings.page_size,
        )
        writes = may(desk.by, Right.PATIENTS_WRITE)
    return Result(
        lambda: list(history_data(found)), lambda screen: show_history(screen, found, writes=writes)
    )
