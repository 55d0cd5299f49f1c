"""`msreg synopsis`: one patient on one page, on the terminal, in a file, or on paper."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from msreg.commands.opening import Desk, at_work
from msreg.errors import Usage
from msreg.screen.ask import ask_bsn
from msreg.screen.command import alone, command
from msreg.screen.edge import edge
from msreg.screen.kinds import Patient
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.services.synopsis import Synopsis, read_synopsis
from msreg.vocabulary import N_

app = alone()

Format = Literal["text", "markdown", "pdf"]
ENDINGS: dict[str, Format] = {".txt": "text", ".md": "markdown", ".pdf": "pdf"}
STREAM = Path("-")


@command(app, "synopsis", help=N_("One patient on one page: courses, disease history and medication in short."),
         example="msreg synopsis MS-0000012\nmsreg synopsis MS-0000012 --out synopsis.pdf", json=True)  # fmt: skip
def synopsis(
    patient: Patient,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=N_("The file to write: .txt, .md or .pdf; - for standard output.")),
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option(
            "--format", help=N_("text, markdown or pdf; without it what the file's name says, else text.")
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help=N_("Show whole BSNs; this is logged."))] = False,
) -> Result:
    """A page that is written to a file appears whole or not at all, readable by its owner only (O2)."""
    path = None if out == STREAM else out
    wanted = _wanted(path, format)
    if path is None and edge().machine and (format or out):
        raise Usage(N_("Standard output takes the synopsis or JSON, not both."), field="format")
    if path is None and wanted == "pdf" and edge().terminal:
        raise Usage(
            N_("A terminal cannot show a PDF."),
            hint=N_("Name a file, such as: --out synopsis.pdf"),
            field="out",
        )
    if wanted == "pdf":
        from msreg.formats.pdf_fonts import require_reportlab

        require_reportlab()
    name, bsn = ask_bsn(patient)
    with at_work() as desk:

        def read() -> Synopsis:
            told = {"format": wanted, "to_file": path is not None}
            return read_synopsis(
                desk.registry, by=desk.by, today=desk.today, patient=name, bsn=bsn, reveal=reveal, told=told
            )

        if path is None:
            return _shown(read(), wanted, desk)
        from msreg.screen.synopsis_file import write_synopsis

        return write_synopsis(path, read, format=wanted, overwrite=overwrite, today=desk.today)


def _wanted(path: Path | None, format: Format | None) -> Format:
    """What is made: what was asked for, else what the name of the file says."""
    if path is None or format is not None:
        return format or "text"
    found = ENDINGS.get(path.suffix.lower())
    if found is None:
        raise Usage(
            N_("The name of a synopsis ends in .txt, .md or .pdf."),
            hint=N_("Or say what to make with --format."),
            field="out",
        )
    return found


def _shown(read: Synopsis, format: Format, desk: Desk) -> Result:
    """The result on standard output."""
    if format == "pdf":
        from msreg.screen.synopsis_pdf import pdf

        page = pdf(read, today=desk.today)

        def send(_screen: Screen) -> None:
            sys.stdout.buffer.write(page)

        return Result(None, send)
    if format == "markdown":
        from msreg.screen.synopsis_markdown import markdown

        def write(screen: Screen) -> None:
            screen.out.write(markdown(read))

        return Result(None, write)
    from msreg.screen.synopsis import show_synopsis
    from msreg.screen.synopsis_data import synopsis_data

    return Result(lambda: synopsis_data(read), lambda screen: show_synopsis(screen, read))
