"""`msreg imports template`: the empty workbook that a batch file starts with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from msreg.errors import Usage
from msreg.screen.command import command
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.vocabulary import N_


def add_template(app: typer.Typer) -> None:
    """Give the group `imports` its verb `template`."""
    command(app, "template", help=N_("Write an empty workbook for a batch file, with lists and help in it."),
            example="msreg imports template --lang nl\n"
                    "msreg imports template --codes --out msreg.xlsx --overwrite",
            json=True)(template)  # fmt: skip


def template(
    out: Annotated[
        Path | None,
        typer.Option("--out", help=N_("The workbook to write; without it msreg-template-LANG.xlsx, here.")),
    ] = None,
    codes: Annotated[
        bool,
        typer.Option("--codes/--labels", help=N_("Keys and codes instead of labels in words (the default).")),
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))] = False,
) -> Result:
    """For the forms in force, in the language of the call; it holds nobody and needs no registry."""
    from msreg.services.template import Style, write_template

    language = active().value
    path = out or Path(f"msreg-template-{language}.xlsx")
    if path.suffix.lower() != ".xlsx":
        raise Usage(N_("A workbook's name ends in .xlsx."), field="out")
    made = write_template(path, Style(language, codes), overwrite=overwrite, translate=_)

    def show(screen: Screen) -> None:
        count = ngettext("{count} sheet", "{count} sheets", len(made.sheets))
        screen.line(Cell(str(made.path), "accent"), f"  {count}: {', '.join(made.sheets)}")
        screen.line(
            _("Row 2 of each sheet is an example and is passed over when the file is read."), tone="grey"
        )
        screen.next(f"msreg imports check {made.path}", _("When it is filled in"))

    data = {
        "out": made.path,
        "language": made.language,
        "style": made.style,
        "forms": dict(made.forms),
        "sheets": made.sheets,
    }
    return Result(data, show)
