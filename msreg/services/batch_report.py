"""What is wrong with a batch file, as a file for people or programs: JSON, CSV or a workbook (SPEC B3, C12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msreg.errors import Usage
from msreg.formats.atomic import finished_file
from msreg.formats.cells import Cell
from msreg.formats.sheets import SheetOut
from msreg.services.batch_result import Loaded
from msreg.services.placed import PlacedFinding
from msreg.vocabulary import N_

HEADER = ("sheet", "row", "column", "field", "code", "severity", "message", "hint")
"""The columns of a report: the keys of a finding in JSON (C11)."""

SUFFIXES = (".json", ".csv", ".xlsx")


def check_name(path: Path) -> None:
    """Raises `Usage` for a name that says no format, before a long load rather than behind it."""
    if path.suffix.lower() not in SUFFIXES:
        raise Usage(
            N_("The name of a report ends in {suffixes}; {file} does not."),
            field="report",
            suffixes=", ".join(SUFFIXES),
            file=path.name,
        )


def write_report(
    done: Loaded,
    path: Path,
    *,
    document: Callable[[], str],
    translate: Callable[[str], str],
    values: bool = False,
    overwrite: bool = False,
) -> Path:
    """Write the findings to `path`, mode 0600, as what its name ends in; gives the path.

    JSON is the `document` that the command itself prints. CSV has one line a finding, a workbook also a sheet
    with what happened to each row and one with counts. What stands in a cell is told with `values` only.
    Raises `Usage` for another suffix, `Conflict` when the file exists and may not be overwritten.
    """
    check_name(path)
    match path.suffix.lower():
        case ".json":
            with finished_file(path, overwrite=overwrite) as made:
                made.write_text(document(), encoding="utf-8")
        case ".csv":
            from msreg.formats.csv_out import write_table

            write_table(path, _findings(done, translate, values=values), overwrite=overwrite)
        case _:
            from msreg.formats.xlsx_out import write_workbook

            tables = [_findings(done, translate, values=values), _rows(done), _summary(done)]
            write_workbook(path, tables, overwrite=overwrite)
    return path


def _findings(done: Loaded, translate: Callable[[str], str], *, values: bool) -> SheetOut:
    def line(each: PlacedFinding) -> list[Cell]:
        told: list[Cell] = [
            each.sheet, each.row, each.column, each.field, each.code, each.severity.value,
            each.text(translate), each.hint_text(translate),
        ]  # fmt: skip
        return [*told, None if each.value is None else str(each.value)] if values else told

    header = (*HEADER, "value") if values else HEADER
    return SheetOut("findings", header, (line(each) for each in done.findings))


def _rows(done: Loaded) -> SheetOut:
    def lines() -> Iterator[list[Cell]]:
        for sheet, outcomes in done.outcomes.items():
            for row, outcome in outcomes.items():
                yield [sheet, row, outcome.value]

    return SheetOut("rows", ("sheet", "row", "outcome"), lines())


def _summary(done: Loaded) -> SheetOut:
    facts: list[list[Cell]] = [
        ["file", str(done.file)],
        ["sha256", done.sha256],
        ["dry_run", done.dry_run],
        ["loaded", not (done.dry_run or done.refused)],
        ["batch", done.batch],
        ["patients", done.patients],
        ["patients_without_faults", done.sound_patients],
        ["conflicts", done.conflicts],
    ]
    facts += ([key, count] for key, count in done.summary.items())
    return SheetOut("summary", ("name", "value"), facts)
