"""`msreg exports`: the registry into a workbook, a folder of CSV files, or JSON lines."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.errors import Usage
from msreg.screen.command import command, group
from msreg.screen.form_values import column_keys
from msreg.screen.narrowing import Narrowing, asked, narrowed
from msreg.screen.result import Result
from msreg.vocabulary import N_

app = group("exports", help=N_("Write the registry to a workbook, to CSV files or to JSON lines."))

Shared = Annotated[bool, typer.Option("--shared", help=N_("Shared patients too, not the own ones alone."))]
Columns = Annotated[
    str | None,
    typer.Option(
        help=N_("Only these columns, such as edss,disease.severity; what names the record comes along."),
        autocompletion=column_keys,
    ),
]
Labels = Annotated[
    bool, typer.Option("--labels/--codes", help=N_("Labels in words instead of stable codes (the default)."))
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))]

STREAM = Path("-")


@command(app, "excel", help=N_("A workbook: patients, courses, disease, medication, and what they mean."),
         example="msreg exports excel --out registry.xlsx\nmsreg exports excel --labels --lang nl --out lijst.xlsx",
         json=True)  # fmt: skip
@narrowed
def excel(
    out: Annotated[Path, typer.Option("--out", help=N_("The workbook to write."))],
    narrowing: Narrowing,
    shared: Shared = False,
    columns: Columns = None,
    labels: Labels = False,
    overwrite: Overwrite = False,
) -> Result:
    """Four sheets, then adverse events, codebook and provenance (X1)."""
    if out.suffix.lower() != ".xlsx":
        raise Usage(N_("A workbook's name ends in .xlsx."), field="out")
    return _export("excel", out, narrowing, shared, columns, labels, overwrite)


@command(app, "csv", help=N_("A folder with one CSV file a sheet."),
         example="msreg exports csv --out registry-2026-11\nmsreg exports csv --columns edss --out edss-scores",
         json=True)  # fmt: skip
@narrowed
def csv(
    out: Annotated[Path, typer.Option("--out", help=N_("The folder to make."))],
    narrowing: Narrowing,
    shared: Shared = False,
    columns: Columns = None,
    labels: Labels = False,
    overwrite: Overwrite = False,
) -> Result:
    """The same sheets as the workbook, as files."""
    if out == STREAM:
        raise Usage(N_("Only JSON lines can be written to standard output."), field="out")
    return _export("csv", out, narrowing, shared, columns, labels, overwrite)


@command(app, "jsonl", help=N_("JSON lines: one object a record, in one file or to standard output."),
         example="msreg exports jsonl --out registry.jsonl\nmsreg exports jsonl --incomplete --out - | wc -l",
         json=True)  # fmt: skip
@narrowed
def jsonl(
    out: Annotated[Path, typer.Option("--out", help=N_("The file to write, or - for standard output."))],
    narrowing: Narrowing,
    shared: Shared = False,
    columns: Columns = None,
    labels: Labels = False,
    overwrite: Overwrite = False,
) -> Result:
    """Each object names its sheet; keys are those of the codebook, whatever the language (X2)."""
    if out != STREAM and out.suffix.lower() not in (".jsonl", ".ndjson"):
        raise Usage(N_("The name of a file of JSON lines ends in .jsonl or .ndjson."), field="out")
    return _export("jsonl", out, narrowing, shared, columns, labels, overwrite)


def _export(
    format: str, out: Path, narrowing: Narrowing, shared: bool, columns: str | None, labels: bool,
    overwrite: bool,
) -> Result:  # fmt: skip
    from msreg.screen.exported import exported_result, exporting
    from msreg.services.exports import Style, export

    with at_work() as desk:
        if out == STREAM and desk.edge.machine:
            raise Usage(N_("Standard output takes the export or a report on it, not both."), field="out")
        language = desk.edge.settings.export_language or desk.edge.lang
        with exporting() as step:
            done = export(
                desk.registry,
                by=desk.by,
                format=format,
                out=sys.stdout.buffer if out == STREAM else out,
                asked=asked(narrowing, scope="all" if shared else "own"),
                today=desk.today,
                style=Style(labels, language.value),
                columns=[] if columns is None else columns.split(","),
                overwrite=overwrite,
                step=step,
            )
    return exported_result(done)
