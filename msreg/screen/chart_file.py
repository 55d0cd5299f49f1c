"""A chart in each of its forms, and into a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from msreg.screen.chart_picture import picture
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.services.charts import Chart

Form = Literal["terminal", "jpeg", "png", "svg", "pdf", "html"]
ENDINGS: dict[str, Form] = {
    ".txt": "terminal", ".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".svg": "svg", ".pdf": "pdf", ".html": "html",
    ".htm": "html",
}  # fmt: skip
"""What the end of a file's name says."""
COLUMNS = 80
"""Columns of a chart in a text file."""


def require(form: Form) -> None:
    """Raise `Unavailable` with what to install when the library for this form is not there."""
    if form in ("jpeg", "png"):
        from msreg.formats.picture_pixels import require_pillow

        require_pillow()
    elif form == "pdf":
        from msreg.formats.pdf_fonts import require_reportlab

        require_reportlab()


def chart_bytes(chart: Chart, form: Form, *, named: bool) -> bytes:
    """The chart in one of its forms, in the language that is spoken."""
    drawn = picture(chart, named=named)
    if form == "terminal":
        from msreg.screen.chart_plot import plot
        from msreg.screen.chart_signs import UNICODE

        lines = plot(drawn, width=COLUMNS, signs=UNICODE)
        return "".join("".join(cell.text for cell in line).rstrip() + "\n" for line in lines).encode()
    from msreg.formats.picture_layout import laid_out

    scene = laid_out(drawn)
    if form == "svg":
        from msreg.formats.picture_svg import svg_bytes

        return svg_bytes(scene)
    if form == "html":
        from msreg.formats.picture_html import PageWords, picture_html

        hint = _("Point at a mark, or go through them with the Tab key, to see the answers given.")
        return picture_html(drawn, scene, PageWords(hint, _("As tables")))
    if form == "pdf":
        from msreg.formats.picture_pdf import picture_pdf

        return picture_pdf(scene, subject=_("One patient of the registry over time"))
    from msreg.formats.picture_pixels import pixels

    return pixels(scene, form)


def write_chart(path: Path, read: Callable[[], Chart], form: Form, *, named: bool, overwrite: bool) -> Result:
    """Write the chart that `read` gives into a file.

    Nobody is looked at before it is known that the file may be written. Raises as `finished_file` does.
    """
    from msreg.formats.atomic import finished_file

    with finished_file(path, overwrite=overwrite) as made:
        chart = read()
        made.touch(mode=0o600)
        made.write_bytes(chart_bytes(chart, form, named=named))

    def show(screen: Screen) -> None:
        screen.line(Cell(str(path), "accent"), f"  {chart.number}")
        screen.line(_("This file holds personal data in clear."), tone="grey")

    data = {
        "registry_number": chart.number,
        "out": path,
        "format": form,
        "from": chart.first,
        "until": chart.last,
    }
    return Result(data, show)
