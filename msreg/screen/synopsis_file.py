"""A synopsis into a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from msreg.formats.atomic import finished_file
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.services.synopsis import Synopsis


def write_synopsis(
    path: Path, read: Callable[[], Synopsis], *, format: str, overwrite: bool, today: date
) -> Result:
    """Write the synopsis that `read` gives as text, markdown or pdf.

    Nobody is looked at before it is known that the file may be written. Raises as `finished_file` does.
    """
    with finished_file(path, overwrite=overwrite) as made:
        synopsis = read()
        made.touch(mode=0o600)
        made.write_bytes(_page(synopsis, format, today))

    def show(screen: Screen) -> None:
        screen.line(Cell(str(path), "accent"), f"  {synopsis.number}")
        screen.line(_("This file holds personal data in clear."), tone="grey")

    return Result({"registry_number": synopsis.number, "out": path, "format": format}, show)


def _page(synopsis: Synopsis, format: str, today: date) -> bytes:
    if format == "pdf":
        from msreg.screen.synopsis_pdf import pdf

        return pdf(synopsis, today=today)
    if format == "markdown":
        from msreg.screen.synopsis_markdown import markdown

        return markdown(synopsis).encode()
    from msreg.screen.synopsis import lines

    text = ("".join(cell.text for cell in line).rstrip() for line in lines(synopsis, width=80))
    return ("\n".join(text) + "\n").encode()
