"""`msreg exports`: the registry into a workbook or a folder of CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.errors import Usage
from msreg.screen.command import command, group
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.vocabulary import N_

app = group("exports", help=N_("Write the registry to a workbook or to CSV files."))

Centre = Annotated[str | None, typer.Option(help=N_("Patients of this centre."))]
Shared = Annotated[bool, typer.Option("--shared", help=N_("Shared patients too, not the own ones alone."))]
Labels = Annotated[
    bool, typer.Option("--labels/--codes", help=N_("Labels in words instead of stable codes (the default)."))
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))]


@command(app, "excel", help=N_("A workbook: patients, courses, disease, medication, and what they mean."),
         example="msreg exports excel --out registry.xlsx\nmsreg exports excel --labels --lang nl --out lijst.xlsx",
         json=True)  # fmt: skip
def excel(
    out: Annotated[Path, typer.Option("--out", help=N_("The workbook to write."))],
    centre: Centre = None,
    shared: Shared = False,
    labels: Labels = False,
    overwrite: Overwrite = False,
) -> Result:
    """Four sheets, then adverse events, codebook and provenance (X1)."""
    if out.suffix.lower() != ".xlsx":
        raise Usage(N_("A workbook's name ends in .xlsx."), field="out")
    return _export("excel", out, centre, shared, labels, overwrite)


@command(app, "csv", help=N_("A folder with one CSV file a sheet."),
         example="msreg exports csv --out registry-2026-11", json=True)  # fmt: skip
def csv(
    out: Annotated[Path, typer.Option("--out", help=N_("The folder to make."))],
    centre: Centre = None,
    shared: Shared = False,
    labels: Labels = False,
    overwrite: Overwrite = False,
) -> Result:
    """The same sheets as the workbook, as files."""
    return _export("csv", out, centre, shared, labels, overwrite)


def _export(
    format: str, out: Path, centre: str | None, shared: bool, labels: bool, overwrite: bool
) -> Result:
    from msreg.services.exports import Style, export
    from msreg.services.patients import Asked

    with at_work() as desk:
        settings = desk.edge.settings
        language = settings.export_language or desk.edge.lang
        done = export(
            desk.registry,
            by=desk.by,
            format=format,
            out=out,
            asked=Asked(centre=centre, scope="all" if shared else "own"),
            today=desk.today,
            style=Style(labels, language.value),
            overwrite=overwrite,
        )

    def show(screen: Screen) -> None:
        patients = ngettext("{count} patient", "{count} patients", done.patients)
        screen.line(Cell(str(done.path), "accent"), f"  {patients}")
        screen.facts([(key, str(count)) for key, count in done.rows.items()], indent=2)
        screen.line(
            _("This file holds personal data in clear; it stands in the log as row {seq}.").format(
                seq=done.seq
            ),
            tone="grey",
        )

    data = {
        "out": done.path,
        "format": done.format,
        "patients": done.patients,
        "rows": dict(done.rows),
        "log_row": done.seq,
    }
    return Result(data, show)
