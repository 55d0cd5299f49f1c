"""A report on a terminal: tables in 80 columns, funnel plots of signs, what each figure means below it."""

from __future__ import annotations

from msreg.formats.report import Report
from msreg.formats.report_page import Plot, Section
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.report_plot import funnel_lines
from msreg.screen.report_words import page
from msreg.screen.table import Cell, Column, Table
from msreg.screen.widths import cut


def show_report(screen: Screen, report: Report) -> None:
    """All of a report, and the next useful command."""
    said = page(report, brief=screen.edge.terminal)
    screen.line(Cell(said.title, "accent"))
    room = screen.edge.width - 20 if screen.edge.terminal else len(said.subtitle)
    screen.facts([(_("Centre"), cut(said.subtitle, max(room, 20))), *said.facts], indent=2)
    for remark in said.remarks:
        screen.text(remark, "orange")
    for section in said.sections:
        screen.line()
        _table(screen, section)
    for plot in said.plots:
        screen.line()
        _plot(screen, plot)
    screen.line()
    screen.text(said.closing, "grey")
    _next(screen, report)


def _table(screen: Screen, section: Section) -> None:
    screen.line(Cell(section.title, "white"), Cell(f"   {section.period}" if section.period else "", "grey"))
    if section.lines:
        columns = [
            Column(str(place), head, "right") if place else Column("", head, shrink=1, wrap=True)
            for place, head in enumerate(section.heads)
        ]
        screen.table(
            Table(
                columns,
                [
                    [Cell(text, "grey" if line.muted else "plain") for text in line.cells]
                    for line in section.lines
                ],
                indent=2,
            )
        )
    else:
        screen.line("  ", _("Nobody."), tone="grey")
    for note in section.notes:
        screen.text(note, "grey", indent=2)


def _plot(screen: Screen, plot: Plot) -> None:
    screen.line(Cell(plot.title, "white"))
    for line in funnel_lines(plot, screen.edge.width):
        screen.line(*line)
    for told in plot.told:
        screen.text(told, indent=2)
    for note in plot.notes:
        screen.text(note, "grey", indent=2)


def _next(screen: Screen, report: Report) -> None:
    for_centre = f" --centre {report.centre}" if report.centre else ""
    if report.key == "completeness":
        screen.next(f"msreg patients list{for_centre} --incomplete", _("Who is not complete"))
        screen.next(f"msreg patients list{for_centre} --due", _("Who has an overdue course"))
    elif report.key == "response":
        screen.next(f"msreg proms status{for_centre}", _("Who has which list"))
    elif report.key == "centre" and report.centre:
        screen.next(f"msreg reports benchmark{for_centre}", _("Against all centres"))
    else:
        screen.next(f"msreg reports {report.key}{for_centre} --out report.html", _("In a browser"))
