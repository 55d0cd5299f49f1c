"""What stands around the rows of a sheet, changed for two more columns and for comments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from msreg.formats.cells import letter
from msreg.formats.xlsx_marked_rows import Frame, number
from msreg.formats.xlsx_marked_xml import (
    Damaged,
    Edit,
    Element,
    changed,
    outline,
    place,
    prefix,
    text,
    with_attributes,
)

ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews",
    "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions",
    "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches",
    "ignoredErrors", "smartTags", "drawing", "legacyDrawing",
)  # fmt: skip
"""The order that the schema asks for, as far as a mark comes."""

LAST_COLUMN = 16_383
_MERGED = re.compile(r"[A-Z]{1,3}\d{1,7}:([A-Z]{1,3})\d{1,7}")
_CORNERS = re.compile(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")


@dataclass(slots=True)
class Columns:
    """A sheet without its rows: which columns have a width or a style, and where changes go."""

    frame: Frame
    prefix: bytes = field(init=False)
    _data: bytes = field(init=False)
    _root: Element = field(init=False)
    _edits: list[Edit] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._data = self.frame.head + self.frame.tail
        self._root = outline(self._data, depth=2)
        if self._root.name != "worksheet":
            raise Damaged
        self.prefix = prefix(self._data, self._root)

    def style(self, column: int) -> int:
        """The style of the cells of a column that are not there."""
        for each in self._listed():
            if _ends(each)[0] <= column <= _ends(each)[1]:
                style = each.attributes.get("style", "0")
                return int(style) if style.isdigit() else 0
        return 0

    def merged_to(self) -> int:
        """The last column of a merged range, -1 for none; a row merged all over does not count."""
        merged = self._root.first("mergeCells")
        ends = (
            [_MERGED.fullmatch(each.attributes.get("ref", "")) for each in merged.children] if merged else []
        )
        columns = [number(found.group(1).encode()) for found in ends if found]
        return max((column for column in columns if column < LAST_COLUMN - 2), default=-1)

    def widen(self, widths: dict[int, int], last_row: int) -> None:
        """Give columns a width and let them be seen, and let the sheet reach as far as they do."""
        parts: list[tuple[int, bytes]] = []
        for each in self._listed():
            first, last = _ends(each)
            tag, rest = self._data[each.start : each.inner], self._data[each.inner : each.end]
            for start, end in _without(first, last, sorted(widths)):
                same = (start, end) == (first, last)
                named = tag if same else with_attributes(tag, min=start + 1, max=end + 1)
                parts.append((start, named + rest))
        p = self.prefix
        for column, width in widths.items():
            at = column + 1
            parts.append(
                (column, b'<%scol min="%d" max="%d" width="%d" customWidth="1"/>' % (p, at, at, width))
            )
        new = b"<%scols>%s</%scols>" % (p, b"".join(part for _, part in sorted(parts)), p)
        listed = self._root.first("cols")
        where = (listed.start, listed.end) if listed else (place(self._root, "cols", ORDER),) * 2
        self._edits.append((*where, new))
        self._stretch(max(widths), last_row)

    def link_boxes(self, id: str, schema: str) -> None:
        """Say where the boxes of the comments are drawn."""
        new = b'<%slegacyDrawing xmlns:r="%s/relationships" r:id="%s"/>' % (
            self.prefix, text(schema), text(id),
        )  # fmt: skip
        at = place(self._root, "legacyDrawing", ORDER)
        self._edits.append((at, at, new))

    def boxes(self) -> str | None:
        """The id of where the boxes of comments are drawn now."""
        linked = self._root.first("legacyDrawing")
        ids = [value for key, value in linked.attributes.items() if key.endswith(" id")] if linked else []
        return ids[0] if ids else None

    def around(self) -> tuple[bytes, bytes]:
        """What stands before the rows and behind them."""
        cut = len(self.frame.head)
        return changed(self._data, self._edits, 0, cut), changed(self._data, self._edits, cut)

    def _listed(self) -> list[Element]:
        listed = self._root.first("cols")
        return listed.all("col") if listed else []

    def _stretch(self, column: int, row: int) -> None:
        """Widen the range that the sheet says it uses."""
        said = self._root.first("dimension")
        corners = _CORNERS.fullmatch(said.attributes.get("ref", "")) if said else None
        if said is None or corners is None:
            return
        left, top = corners.group(1), int(corners.group(2))
        right = number((corners.group(3) or left).encode())
        bottom = int(corners.group(4) or top)
        ref = f"{left}{min(top, row)}:{letter(max(right, column))}{max(bottom, row)}"
        tag = with_attributes(self._data[said.start : said.inner], ref=ref)
        self._edits.append((said.start, said.inner, tag))


def _ends(column: Element) -> tuple[int, int]:
    """The first and last column of a line about columns, from 0 on."""
    first, last = column.attributes.get("min", ""), column.attributes.get("max", "")
    if not (first.isdigit() and last.isdigit()):
        raise Damaged
    return int(first) - 1, int(last) - 1


def _without(first: int, last: int, columns: list[int]) -> list[tuple[int, int]]:
    """What is left of a range of columns when some are taken out."""
    left: list[tuple[int, int]] = []
    for column in columns:
        if first <= column <= last:
            if first < column:
                left.append((first, column - 1))
            first = column + 1
    return [*left, (first, last)] if first <= last else left
