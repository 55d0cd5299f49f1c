"""`msreg chart`: one patient over time, on the terminal or as a picture."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.errors import Usage
from msreg.screen.ask import ask_bsn
from msreg.screen.chart_file import ENDINGS, Form, chart_bytes, require, write_chart
from msreg.screen.command import alone, command
from msreg.screen.edge import edge
from msreg.screen.kinds import Patient
from msreg.screen.options import DATE
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.services.charts import Chart, check_bounds, read_chart
from msreg.vocabulary import N_

app = alone()

STREAM = Path("-")


@command(app, "chart",
         help=N_("One patient over time: EDSS, relapses, MRI, medication and health score in one picture."),
         example="msreg chart MS-0000012\nmsreg chart MS-0000012 --out chart.html\n"
                 "msreg chart MS-0000012 --from 2024-01-01 --out chart.jpg", json=True)  # fmt: skip
def chart(
    patient: Patient,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help=N_("The file to write: .jpg, .png, .svg, .pdf, .html or .txt; - for standard output."),
        ),
    ] = None,
    format: Annotated[
        Form | None,
        typer.Option(
            "--format", help=N_("What to make; without it what the file's name says, else terminal.")
        ),
    ] = None,
    first: Annotated[
        date | None,
        typer.Option("--from", click_type=DATE, help=N_("First day; without it the first that is known.")),
    ] = None,
    last: Annotated[
        date | None, typer.Option("--until", click_type=DATE, help=N_("Last day; without it today."))
    ] = None,
    name: Annotated[
        bool, typer.Option("--name", help=N_("Put the patient's name on it; a file has the number only."))
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))] = False,
    to: Annotated[str | None, typer.Option("--to", help=N_("Who gets the file; kept in the log."))] = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", help=N_("What the file is for; kept in the log."))
    ] = None,
) -> Result:
    """A picture that is written to a file appears whole or not at all, readable by its owner only (O1)."""
    path = None if out == STREAM else out
    form = _wanted(path, format)
    if path is None and edge().machine and (format or out):
        raise Usage(N_("Standard output takes the chart or JSON, not both."), field="format")
    if path is None and form != "terminal" and edge().terminal:
        raise Usage(
            N_("A terminal cannot show a picture."),
            hint=N_("Name a file, such as: --out chart.jpg"),
            field="out",
        )
    require(form)
    told: dict[str, object] = {"format": form, "to_file": path is not None or form != "terminal"}
    told |= {"file": path.name} if path else {}
    told |= {key: text for key, text in (("recipient", to), ("purpose", purpose)) if text}
    with at_work() as desk:
        check_bounds(first, last, desk.today)
        number, bsn = ask_bsn(patient)

        def read() -> Chart:
            return read_chart(
                desk.registry,
                by=desk.by,
                today=desk.today,
                patient=number,
                bsn=bsn,
                first=first,
                last=last,
                told=told,
            )

        if path is not None:
            return write_chart(path, read, form, named=name, overwrite=overwrite)
        return _shown(read(), form, name)


def _wanted(path: Path | None, format: Form | None) -> Form:
    """What is made: what was asked for, else what the name of the file says."""
    if path is None or format is not None:
        return format or "terminal"
    found = ENDINGS.get(path.suffix.lower())
    if found is None:
        raise Usage(
            N_("The name of a chart ends in .jpg, .png, .svg, .pdf, .html or .txt."),
            hint=N_("Or say what to make with --format."),
            field="out",
        )
    return found


def _shown(read: Chart, form: Form, name: bool) -> Result:
    """The result on standard output."""
    if form != "terminal":
        made = chart_bytes(read, form, named=name)

        def send(_screen: Screen) -> None:
            sys.stdout.buffer.write(made)

        return Result(None, send)
    from msreg.screen.chart import show_chart
    from msreg.screen.chart_data import chart_data

    named = name or edge().values_allowed
    return Result(lambda: chart_data(read), lambda screen: show_chart(screen, read, named=named))
