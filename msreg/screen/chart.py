"""`msreg chart` on a terminal or a pipe."""

from __future__ import annotations

import os

from msreg.screen.chart_picture import picture
from msreg.screen.chart_plot import plot
from msreg.screen.chart_signs import signs_for
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.services.charts import Chart


def show_chart(screen: Screen, chart: Chart, *, named: bool) -> None:
    """As wide as the terminal, 80 columns otherwise; in ASCII where there are no other signs."""
    signs = signs_for(
        getattr(screen.out, "encoding", None), os.environ.get("TERM") if screen.edge.terminal else None
    )
    for line in plot(picture(chart, named=named), width=screen.edge.width, signs=signs):
        screen.line(*line)
    if screen.edge.terminal:
        screen.line()
        screen.next(f"msreg chart {chart.number} --out {chart.number}.html", _("To point at"))
