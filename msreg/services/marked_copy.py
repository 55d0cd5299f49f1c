"""The marked copy of a batch file: the user's own file with what msreg found in it (SPEC B3).

It is mended there and loaded as it is; nothing of it but the two columns, the colours and the summary is ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from msreg.errors import Usage
from msreg.formats.cells import Table
from msreg.formats.marks import MOST_COMMENTS, MarkedCell, MarkedSheet, Marks, Tone, column_number
from msreg.forms.cleaning import clean
from msreg.services.batch_result import Loaded
from msreg.services.beside import dated_as, free, known_sheets
from msreg.services.marked_words import (
    FAULTS,
    SIGN,
    STATUS,
    SUMMARY,
    Translate,
    commented,
    statuses,
    summary,
    told,
)
from msreg.services.placed import PlacedFinding
from msreg.vocabulary import N_, Language

CHECKED = "checked"
_REPORT = N_("Ask for a report instead: --report FILE.")


def mark(
    done: Loaded,
    path: Path,
    tables: Sequence[Table],
    *,
    when: datetime,
    language: Language,
    translate: Translate,
    out: Path | None = None,
    overwrite: bool = False,
) -> Path:
    """Write the marked copy of `path`, which was read as `tables`, and give its name.

    Without `out` it stands beside the file as NAME.checked.xlsx, or the next name that is free. Raises
    `Usage` for a format that cannot be marked, `Conflict` when `out` exists and may not be overwritten.
    """
    if done.format in ("jsonl", "fhir") or not path.exists():
        raise Usage(
            N_("There is a marked copy of workbooks and CSV files only; this is neither."),
            hint=_REPORT,
            field="marked",
        )
    marks = _marks(done, tables, when, language, translate)
    if not marks.sheets:
        raise Usage(
            N_("{file} has no sheet that could be marked."), hint=_REPORT, field="marked", file=path.name
        )
    target = out or free(path, CHECKED)
    renewed = out is None and target.exists()  # a copy that nobody has worked in
    if done.format == "xlsx":
        from msreg.formats.xlsx_marked import mark_workbook

        mark_workbook(path, target, marks, overwrite=overwrite or renewed)
    else:
        from msreg.formats.csv_marked import mark_csv
        from msreg.formats.csv_rows import Records

        texts = {table.sheet: table.rows.text for table in tables if isinstance(table.rows, Records)}
        mark_csv(path, target, marks, texts, overwrite=overwrite)
    dated_as(path, target)
    return target


def _marks(
    done: Loaded, tables: Sequence[Table], when: datetime, language: Language, translate: Translate
) -> Marks:
    by_sheet: dict[str, list[PlacedFinding]] = {}
    for each in done.findings:
        by_sheet.setdefault(each.sheet, []).append(each)
    marked: list[MarkedSheet] = []
    names: dict[str, str] = {}
    room = MOST_COMMENTS
    for sheet, table in known_sheets(tables):
        if not table.header:
            continue
        key = sheet.key
        names[key] = table.sheet
        found = [each for each in by_sheet.get(key, ()) if each.row is not None]
        cells = list(_cells(found, translate, room))
        room -= sum(1 for cell in cells if cell.comment)
        headers = {clean(name).casefold(): at for at, name in reversed([*enumerate(table.header)])}
        marked.append(
            MarkedSheet(
                name=table.sheet,
                header_row=table.header_row,
                status=statuses(done, key, translate),
                faults=_faults(found, translate),
                cells=cells,
                status_column=headers.get(STATUS),
                fault_column=next((headers[name] for name in FAULTS.values() if name in headers), None),
            )
        )
    left = sum(1 for sheet in marked for cell in sheet.cells if not cell.comment)
    rows, headings = summary(done, names, when, language=language, translate=translate, comments_left=left)
    return Marks(
        sheets=marked,
        status_header=STATUS,
        fault_header=FAULTS[language],
        summary_name=SUMMARY[language],
        summary_rows=rows,
        summary_headings=headings,
        old_summary=next((table.sheet for table in tables if _is_summary(table)), None),
    )


def _is_summary(table: Table) -> bool:
    return table.header[:2] in [[SIGN, name] for name in SUMMARY.values()]


def _faults(found: Sequence[PlacedFinding], translate: Translate) -> dict[int, str]:
    rows: dict[int, list[PlacedFinding]] = {}
    for each in found:
        if each.row is not None:
            rows.setdefault(each.row, []).append(each)
    return {row: told(here, translate) for row, here in rows.items()}


def _cells(found: Sequence[PlacedFinding], translate: Translate, room: int) -> Iterator[MarkedCell]:
    """The cells to colour, at most `room` of them with a comment."""
    places: dict[tuple[int, str], list[PlacedFinding]] = {}
    for each in found:
        if each.row is not None and each.column is not None:
            places.setdefault((each.row, each.column), []).append(each)
    for number, ((row, column), here) in enumerate(places.items()):
        tone: Tone = "red" if any(each.is_error for each in here) else "orange"
        comment = commented(here, translate) if number < room else ""
        yield MarkedCell(row, column_number(column), tone, comment)
