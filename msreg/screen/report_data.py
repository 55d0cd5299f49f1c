"""A report for programs: keys that do not change, null for what is withheld, said so beside it."""

from __future__ import annotations

from typing import Any

from msreg.formats.report import SMALL, Column, Funnel, Report, Share, Table, Value
from msreg.rules.disclosure import SMALLEST


def report_data(report: Report) -> dict[str, Any]:
    """`msreg reports … --json`. A cell that is withheld is null, and its key stands in `withheld` of the row."""
    return {
        "report": report.key,
        "centre": report.centre,
        "from": report.since,
        "until": report.until,
        "today": report.today,
        "patients": report.patients,
        "others": None if report.others is SMALL else report.others,
        "other_centres": report.other_centres if report.compared else None,
        "compared": report.compared,
        "smallest_cell": SMALLEST if report.compared else None,
        "remarks": list(report.remarks),
        "tables": {table.key: _table(table) for table in report.tables},
        "funnels": {funnel.key: _funnel(funnel) for funnel in report.funnels},
    }


def flat(column: Column, value: Value) -> dict[str, Value]:
    """A cell by key; a share has three: those of whom it is true, of how many, and the percentage."""
    if column.kind != "share":
        return {column.key: value}
    if isinstance(value, Share):
        parts: tuple[Value, ...] = (value.cases, value.of, value.percent)
    else:
        parts = (value,) * 3
    return dict(zip((column.key, f"{column.key}_of", f"{column.key}_percent"), parts, strict=True))


def _table(table: Table) -> dict[str, Any]:
    rows = []
    for row in table.rows:
        cells: dict[str, Value] = {}
        for column, value in zip(table.columns, row.values, strict=True):
            cells |= flat(column, value)
        rows.append(
            {
                table.rows_are: row.key,
                **{f"{key}": None if value is SMALL else value for key, value in cells.items()},
                "withheld": [key for key, value in cells.items() if value is SMALL],
            }
        )
    return {"from": table.since, "until": table.until, "withheld": table.withheld, "rows": rows}


def _funnel(funnel: Funnel) -> dict[str, Any]:
    return {
        "target": None if funnel.target is None else round(funnel.target, 4),
        "withheld": funnel.withheld,
        "points": [
            {"centre": each.label, "own": each.own, "people": each.people, "cases": each.cases, "place": each.place}
            for each in funnel.points
        ],
        "limits": [
            {
                "people": each.people,
                **{key: round(getattr(each, key), 4) for key in ("low998", "low95", "high95", "high998")},
            }
            for each in funnel.edges
        ],
    }  # fmt: skip
