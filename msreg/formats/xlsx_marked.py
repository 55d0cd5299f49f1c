"""A copy of a workbook with its faults marked in it, and nothing else changed.

Two columns at the far right tell the state and the faults of each row, faulty cells are coloured and
commented, and a last sheet tells it all once more. Every other part goes into the copy as it is.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from msreg.formats import zip_guard
from msreg.formats.atomic import finished_file
from msreg.formats.limits import MAX_UNPACKED_BYTES
from msreg.formats.marks import MarkedSheet, Marks
from msreg.formats.origin import Origin
from msreg.formats.seal import seal
from msreg.formats.xlsx_faults import fault
from msreg.formats.xlsx_marked_comments import blocks_used, commented
from msreg.formats.xlsx_marked_frame import Columns
from msreg.formats.xlsx_marked_package import WORKBOOK, Package
from msreg.formats.xlsx_marked_rows import Frame, Grammar, divided
from msreg.formats.xlsx_marked_sheet import Marker, survey
from msreg.formats.xlsx_marked_styles import NOTHING, Styles
from msreg.formats.xlsx_marked_summary import add_summary
from msreg.formats.xlsx_marked_xml import Damaged

STYLES = "xl/styles.xml"
"""Where styles belong; some readers look nowhere else."""

STATUS_WIDTH, FAULT_WIDTH = 26, 90
LEVEL = 2
"""Of compression: the copy is read once or twice, and higher ones take longer than all the rest."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet to write: its part, what stands around its rows, and what marks the rows."""

    part: str
    columns: Columns
    marker: Marker


def mark_workbook(source: Path, target: Path, marks: Marks, *, overwrite: bool = False) -> Path:
    """Write a marked copy of an .xlsx file, mode 0600, that appears only when it is finished.

    Marks of an earlier marked copy (its columns, fills, comments and summary) are replaced. Raises `Refused`
    for a file that is no workbook, and what `finished_file` raises.
    """
    try:
        with zip_guard.opened(Origin(source).open()) as archive:
            package = Package(archive)
            linked = package.find(WORKBOOK, "styles")
            styles = Styles(package.read(linked.target) if linked else NOTHING)
            parts = package.sheets()
            block = 1 + blocks_used(_boxes(package, parts.values()))
            sheets: dict[str, _Sheet] = {}
            for marked in marks.sheets:
                if marked.name not in parts:
                    raise Damaged
                sheet = _planned(package, parts[marked.name], marked, marks, styles)
                block += _comment(package, sheet, marks, block)
                sheets[sheet.part] = sheet
            add_summary(package, styles, marks)
            styles_part = linked.target if linked else STYLES
            if linked is None:
                package.relate(WORKBOOK, "styles", styles_part)
            package.finish()
            with finished_file(target, overwrite=overwrite) as made:
                _write(made, package, sheets, styles, styles_part)
    except zip_guard.Fault as problem:
        raise fault(problem.code, str(source), **problem.params) from None
    except Damaged:
        raise fault("damaged", str(source)) from None
    return target


def _planned(package: Package, part: str, marked: MarkedSheet, marks: Marks, styles: Styles) -> _Sheet:
    """Look through a sheet, and decide where its two columns stand."""
    looked = survey(package.pieces(part), marked.header_row)
    columns = Columns(looked.frame)
    coloured = (cell.column for cell in marked.cells)
    free = 1 + max(looked.last_column, columns.merged_to(), *coloured)
    status, faults = marked.status_column, marked.fault_column
    if status is None:
        status, free = free, free + 1
    if faults is None:
        faults = free
    both = [
        (status, marked.status, marks.status_header if marked.status_column is None else None),
        (faults, marked.faults, marks.fault_header if marked.fault_column is None else None),
    ]
    last_row = max([marked.header_row, *marked.status, *marked.faults])
    columns.widen({status: STATUS_WIDTH, faults: FAULT_WIDTH}, last_row)
    marker = Marker(
        sheet=marked,
        columns=tuple(sorted(both, key=lambda each: each[0])),
        styles=styles,
        grammar=Grammar.of(looked.frame.prefix),
        widths=columns,
        header_style=styles.unmarked.get(looked.header_style, looked.header_style),
        in_order=looked.in_order,
    )
    return _Sheet(part, columns, marker)


def _boxes(package: Package, parts: Iterable[str]) -> Iterator[bytes]:
    for part in parts:
        for relation in package.related(part):
            if relation.kind.endswith("/vmlDrawing") and package.has(relation.target):
                yield package.read(relation.target)


def _comment(package: Package, sheet: _Sheet, marks: Marks, block: int) -> int:
    """Put the comments of a sheet into its parts; gives how many blocks of ids their boxes took."""
    lines = package.find(sheet.part, "comments")
    drawn = sheet.columns.boxes()
    boxes = next((each for each in package.related(sheet.part) if each.id == drawn), None)
    done = commented(
        package.read(lines.target) if lines else None,
        package.read(boxes.target) if boxes else None,
        {(cell.row, cell.column): cell.comment for cell in sheet.marker.sheet.cells if cell.comment},
        author=marks.author,
        schema=package.workbook().space,
        block=block,
    )
    if done is None:
        return 0
    lines_part = lines.target if lines else package.free("xl/comments{}.xml")
    boxes_part = boxes.target if boxes else package.free("xl/drawings/vmlDrawing{}.vml")
    if lines is None:
        package.relate(sheet.part, "comments", lines_part)
    if boxes is None:
        sheet.columns.link_boxes(package.relate(sheet.part, "vmlDrawing", boxes_part), package.schema)
    package.replace(lines_part, done.lines)
    package.replace(boxes_part, done.boxes)
    return done.blocks


def _write(made: Path, package: Package, sheets: dict[str, _Sheet], styles: Styles, styles_part: str) -> None:
    """All parts in their old order, then the new ones; styles last, for rows ask for new ones."""
    room = MAX_UNPACKED_BYTES
    left = dict(package.made)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as out:
        for entry in package.archive.infolist():
            name = entry.filename
            if name == styles_part or entry.is_dir():
                continue
            if name in left:
                pieces: Iterable[bytes] = [left.pop(name)]
            elif name in sheets:
                pieces = _marked(package, sheets[name])
            else:
                pieces = package.pieces(name)
            with out.open(name, "w") as part:
                for piece in pieces:
                    room -= len(piece)
                    if room < 0:
                        raise Damaged
                    part.write(piece)
        for name, data in [*left.items(), (styles_part, styles.part())]:
            with out.open(name, "w") as part:
                part.write(data)
    seal(made)


def _marked(package: Package, sheet: _Sheet) -> Iterator[bytes]:
    head, tail = sheet.columns.around()
    yield head
    blocks = (block for block in divided(package.pieces(sheet.part)) if not isinstance(block, Frame))
    yield from sheet.marker.rows(blocks)
    yield tail
