"""`msreg cases export|whose`: cases for the committee, and which case a pseudonym is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from msreg.commands.case_lists import theme_keys
from msreg.commands.opening import at_work
from msreg.errors import Usage
from msreg.screen.command import command
from msreg.screen.going import Purpose, To
from msreg.screen.options import DATE
from msreg.screen.result import Result
from msreg.vocabulary import N_, CaseState, Process

OfProject = Annotated[
    str | None,
    typer.Option(
        "--project", help=N_("Pseudonyms of this project: two projects cannot be laid side by side.")
    ),
]


def add_out(app: typer.Typer) -> None:
    """Give the noun `cases` these verbs."""
    command(app, "export", help=N_("Cases for the committee: one zip file with documents and a list, with pseudonyms."),
            example='msreg cases export --out committee.zip --to "Committee on maternal death"\n'
                    "msreg cases export --theme maternal_death --since 2026-07-01 --out deaths.zip",
            json=True)(export)  # fmt: skip
    command(app, "whose", help=N_("The case behind a pseudonym; this is logged."),
            example="msreg cases whose K7Q2MZ5TFA3XWB4C", json=True)(whose)  # fmt: skip


def export(
    out: Annotated[Path, typer.Option("--out", help=N_("The zip file to write."))],
    theme: Annotated[
        str | None,
        typer.Option("--theme", metavar="CODE", help=N_("Only of this theme."), autocompletion=theme_keys),
    ] = None,
    process: Annotated[
        Process | None, typer.Option("--process", help=N_("Late terminations (lza1) instead of NethOSS."))
    ] = None,
    state: Annotated[
        CaseState, typer.Option("--state", help=N_("Cases that are in this state: approved or submitted."))
    ] = CaseState.APPROVED,
    since: Annotated[
        date | None,
        typer.Option("--since", click_type=DATE, help=N_("Cases that came into it on this day or later.")),
    ] = None,
    with_traces: Annotated[
        bool, typer.Option("--with-traces", help=N_("Also files that may tell who somebody is."))
    ] = False,
    labels: Annotated[
        bool,
        typer.Option("--labels/--codes", help=N_("Labels in words instead of stable codes (the default).")),
    ] = False,
    project: OfProject = None,
    to: To = None,
    purpose: Purpose = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))] = False,
) -> Result:
    """Exit 7 when files stayed behind."""
    from msreg.screen.cases_out import exporting, out_result
    from msreg.services.cases_out import Wished, export_cases

    if out.suffix.lower() != ".zip":
        raise Usage(N_("The name of a zip file ends in .zip."), field="out")
    with at_work() as desk:
        language = desk.edge.settings.export_language or desk.edge.lang
        with exporting() as step:
            done = export_cases(
                desk.registry,
                by=desk.by,
                out=out,
                wished=Wished(theme, process, state, since, with_traces),
                project=project or "",
                recipient=to or "",
                purpose=purpose or "",
                labels=labels,
                language=language.value,
                overwrite=overwrite,
                step=step,
            )
    return out_result(done)


def whose(
    pseudonym: Annotated[str, typer.Argument(help=N_("The pseudonym, as it stands in the export."))],
    project: Annotated[
        str | None, typer.Option("--project", help=N_("The project that the export was made for."))
    ] = None,
) -> Result:
    """Back from a pseudonym, for a question of the committee to the hospital."""
    from msreg.screen.cases_out import whose_result
    from msreg.services.cases_out import find_behind

    with at_work() as desk:
        found = find_behind(desk.registry, by=desk.by, pseudonym=pseudonym, project=project or "")
    return whose_result(found)
