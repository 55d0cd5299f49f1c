"""A report into a file: HTML, a workbook, CSV or JSON, by the ending of its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msreg.errors import Conflict, NotFound, Usage
from msreg.formats.report import SMALL, Report, Table, Value
from msreg.formats.sheets import SheetOut
from msreg.screen import report_texts as texts
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.report_data import flat, report_data
from msreg.screen.report_words import STAR, facts, head, row_name, section, title
from msreg.screen.result import Result, dumps
from msreg.screen.table import Cell
from msreg.vocabulary import N_

ENDINGS = (".html", ".xlsx", ".csv", ".json")


def format_of(path: Path) -> str:
    """What is written to a file of this name. Raises `Usage` for a name that says nothing."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise Usage(N_("The name of a report ends in .html, .xlsx, .csv or .json."), field="out")
    return ending[1:]


def place_free(path: Path, *, overwrite: bool) -> None:
    """Tell what stands in the way before the log says that something left the registry."""
    if not path.parent.is_dir():
        raise NotFound(N_("There is no folder {folder}."), field="out", folder=str(path.parent))
    if path.is_dir() or (path.exists() and not overwrite):
        raise Conflict(
            N_("{file} is there already."),
            hint=N_("Replace it with --overwrite."),
            field="out",
            file=str(path),
        )


def write_report(path: Path, report: Report, *, overwrite: bool) -> Result:
    """Write a report; the file appears when it is finished, mode 0600."""
    kind = format_of(path)
    if kind == "xlsx":
        from msreg.formats.xlsx_out import write_workbook

        write_workbook(path, list(_sheets(report)), overwrite=overwrite)
    elif kind == "csv":
        from msreg.formats.csv_out import write_table

        write_table(path, _long(report), overwrite=overwrite)
    else:
        from msreg.formats.atomic import finished_file

        with finished_file(path, overwrite=overwrite) as made:
            made.touch(mode=0o600)
            made.write_text(_TEXTS[kind](report), encoding="utf-8")

    def show(screen: Screen) -> None:
        screen.line(
            Cell(str(path), "accent"), f"  {_(texts.REPORTS[report.key])}  {report.centre or ''}".rstrip()
        )

    return Result({"out": path, "format": kind, "report": report.key, "centre": report.centre}, show)


def _html(report: Report) -> str:
    from msreg.formats.report_html import report_html
    from msreg.screen.report_words import page

    return report_html(page(report))


def _json(report: Report) -> str:
    return dumps(report_data(report), indent=2) + "\n"


_TEXTS: dict[str, Callable[[Report], str]] = {"html": _html, "json": _json}


def _sheets(report: Report) -> Iterator[SheetOut]:
    """What the report is about, then a sheet for each table, each with a name of its own that a workbook takes."""
    taken = set[str]()
    for sheet in _unnamed(report):
        whole = "".join(" " if sign in "[]:*?/\\" else sign for sign in sheet.name)
        name, number = whole[:31], 1
        while name.casefold() in taken:
            number += 1
            name = f"{whole[:28]} {number}"
        taken.add(name.casefold())
        yield SheetOut(name, sheet.header, sheet.rows)


def _unnamed(report: Report) -> Iterator[SheetOut]:
    about = [(_("Title"), _(texts.REPORTS[report.key])), (_("Centre"), report.centre or _("all centres"))]
    about += [*facts(report), *((_("Remark"), _(texts.REMARKS[each])) for each in report.remarks)]
    about.append((_("Definitions"), _(texts.DEFINITIONS)))
    whole = report.centre is None
    for table in report.tables:
        said = section(table, whole=whole)
        about.append((said.title, "  ".join((*([said.period] if said.period else ()), *said.notes))))
    yield SheetOut(_("Overview"), (_("what"), _("value")), about)
    for table in report.tables:
        yield SheetOut(title(table, whole=whole), _header(table, whole), list(_rows(table, whole)))
    for funnel in report.funnels:
        header = (_("centre"), _("patients"), _("cases"), _("place"))
        rows = [
            (
                point.label or (_("own centre") if point.own else _("other centre")),
                point.people,
                point.cases,
                _(texts.PLACES[point.place]),
            )
            for point in funnel.points
        ]
        yield SheetOut(_(texts.FUNNELS[funnel.key]), header, rows)


def _header(table: Table, whole: bool) -> list[str]:
    heads = [title(table, whole=whole)]
    for column in table.columns:
        name = head(column, whole=whole)
        side = {"own": _("own"), "all": _("all")}.get(column.key.partition("_")[0])
        if side and not whole and name != side:
            name = f"{name} ({side})"
        heads += [name, _("{name}: of").format(name=name), f"{name}: %"] if column.kind == "share" else [name]
    return heads


def _rows(table: Table, whole: bool) -> Iterator[Sequence[Any]]:
    for row in table.rows:
        cells: list[Any] = [row_name(table, row.key, whole=whole)]
        for column, value in zip(table.columns, row.values, strict=True):
            cells += [_typed(each) for each in flat(column, value).values()]
        yield cells


def _long(report: Report) -> SheetOut:
    """Every cell of every table on a line of its own, by key: what programs read as they like."""
    rows = [
        (report.key, report.centre, table.key, row.key, key, None if each is SMALL else _typed(each), each is SMALL)
        for table in report.tables
        for row in table.rows
        for column, value in zip(table.columns, row.values, strict=True)
        for key, each in flat(column, value).items()
    ]  # fmt: skip
    return SheetOut("report", ("report", "centre", "table", "row", "column", "value", "withheld"), rows)


def _typed(value: Value) -> Any:
    return STAR if value is SMALL else value
