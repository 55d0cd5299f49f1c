"""A report as one HTML page that needs nothing else: no script, no network, no font of its own."""

from __future__ import annotations

from pathlib import Path

from msreg.config import data_folder
from msreg.formats.report_page import Page
from msreg.formats.report_svg import drawing


def report_html(page: Page, folder: Path | None = None) -> str:
    """The page. Every text is escaped; `folder` holds another template than msreg's own."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(folder or data_folder() / "pages"), autoescape=True, undefined=StrictUndefined
    )
    template = environment.get_template("report.html.j2")
    return template.render(page=page, plots=[(plot, drawing(plot)) for plot in page.plots])
