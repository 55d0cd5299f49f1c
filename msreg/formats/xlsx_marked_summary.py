"""The summary sheet of a marked copy, written anew each time."""

from __future__ import annotations

import re

from msreg.formats.cells import letter
from msreg.formats.marks import Marks
from msreg.formats.xlsx_marked_package import WORKBOOK, Package
from msreg.formats.xlsx_marked_styles import Styles
from msreg.formats.xlsx_marked_xml import Damaged, added, changed, outline, prefix, text, with_attributes

_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WIDEST = 70
_LONGEST = 31  # characters in the name of a sheet
_ID = re.compile(r"\d{1,9}")


def add_summary(package: Package, styles: Styles, marks: Marks) -> None:
    """Put the summary into the workbook as its last sheet, or in the place of an earlier one."""
    data = package.read(WORKBOOK)
    root = outline(data, depth=2)
    listed = root.first("sheets")
    if listed is None:
        raise Damaged
    part = package.sheets().get(marks.old_summary) if marks.old_summary else None
    names = {each.attributes.get("name", ""): each for each in listed.children}
    name = _free(marks.summary_name, {each.casefold() for each in names if each != marks.old_summary})
    if part is not None and marks.old_summary is not None:
        old = names[marks.old_summary]
        tag = with_attributes(data[old.start : old.inner], name=name)
        package.replace(WORKBOOK, changed(data, [(old.start, old.inner, tag)]))
    else:
        part = package.free("xl/worksheets/sheet{}.xml")
        id = package.relate(WORKBOOK, "worksheet", part)
        known = [each.attributes.get("sheetId", "") for each in listed.children]
        number = 1 + max((int(each) for each in known if _ID.fullmatch(each)), default=0)
        new = b'<%ssheet xmlns:r="%s/relationships" name="%s" sheetId="%d" r:id="%s"/>' % (
            prefix(data, listed), text(package.schema), text(name), number, text(id),
        )  # fmt: skip
        package.replace(WORKBOOK, changed(data, added(data, listed, new)))
    package.replace(part, _sheet(marks, styles.bold() if marks.summary_headings else 0, root.space))


def _free(name: str, taken: set[str]) -> str:
    """A name that no other sheet has."""
    wanted, number = name[:_LONGEST], 1
    while wanted.casefold() in taken:
        number += 1
        ending = f" ({number})"
        wanted = name[: _LONGEST - len(ending)] + ending
    return wanted


def _sheet(marks: Marks, bold: int, schema: str) -> bytes:
    pieces = [_HEAD, b'<worksheet xmlns="%s">' % text(schema), _widths(marks), b"<sheetData>"]
    for index, cells in enumerate(marks.summary_rows):
        style = b' s="%d"' % bold if index in marks.summary_headings else b""
        pieces.append(b'<row r="%d">' % (index + 1))
        for column, value in enumerate(cells):
            if value is None or value == "":
                continue
            at = b'r="%s%d"%s' % (letter(column).encode(), index + 1, style)
            if isinstance(value, int):
                pieces.append(b"<c %s><v>%d</v></c>" % (at, value))
            else:
                pieces.append(
                    b'<c %s t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>' % (at, text(value))
                )
        pieces.append(b"</row>")
    pieces.append(b"</sheetData></worksheet>")
    return b"".join(pieces)


def _widths(marks: Marks) -> bytes:
    """Columns as wide as their texts; one that stands alone in its row may run on to the right."""
    widths: dict[int, int] = {}
    for cells in marks.summary_rows:
        if len(cells) > 1:
            for column, value in enumerate(cells):
                widths[column] = min(_WIDEST, max(widths.get(column, 8), len(str(value or "")) + 2))
    if not widths:
        return b""
    columns = (
        b'<col min="%d" max="%d" width="%d" customWidth="1"/>' % (column + 1, column + 1, width)
        for column, width in sorted(widths.items())
    )
    return b"<cols>" + b"".join(columns) + b"</cols>"
