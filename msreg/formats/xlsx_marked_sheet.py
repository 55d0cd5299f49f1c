"""One sheet of a workbook with its marks: two columns at the far right, and the faulty cells coloured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from msreg.formats.cells import letter
from msreg.formats.marks import MarkedSheet, Tone
from msreg.formats.xlsx_marked_frame import Columns
from msreg.formats.xlsx_marked_rows import CellAt, Frame, Grammar, RowAt, divided, style_of, visible
from msreg.formats.xlsx_marked_styles import Styles
from msreg.formats.xlsx_marked_xml import Damaged, text, with_attributes


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first look through a sheet tells."""

    frame: Frame
    last_column: int
    header_style: int
    in_order: bool


def survey(pieces: Iterable[bytes], header_row: int) -> Survey:
    """Look through a sheet for its last filled column, and what its header row looks like at its end."""
    frame: Frame | None = None
    grammar = Grammar.of(b"")
    last_column, header_style, before, in_order = -1, 0, 0, True
    for block in divided(pieces):
        if isinstance(block, Frame):
            frame, grammar = block, Grammar.of(block.prefix)
            continue
        scan, *_ = visible(block)
        usual = grammar.unusual.search(scan) is None
        for row in grammar.rows(scan, before):
            in_order = in_order and row.number > before
            before = row.number
            last_column = max(last_column, grammar.last_filled(scan, row, usual=usual))
            if row.number == header_row:
                filled = [cell for cell in grammar.cells(scan, row) if cell.filled]
                header_style = filled[-1].style if filled else 0
    if frame is None:
        raise Damaged
    return Survey(frame, last_column, header_style, in_order)


@dataclass(slots=True)
class Marker:
    """Writes the marks into the rows of a sheet.

    `columns` are the two that marks stand in: number, texts by row, and the text of the header or None when
    it stays as it is.
    """

    sheet: MarkedSheet
    columns: tuple[tuple[int, Mapping[int, str], str | None], ...]
    styles: Styles
    grammar: Grammar
    widths: Columns
    header_style: int
    in_order: bool
    _tones: dict[int, dict[int, Tone]] = field(init=False, default_factory=dict)
    _waiting: list[int] = field(init=False)
    _texts: dict[str, bytes] = field(init=False, default_factory=dict)
    _places: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        for cell in self.sheet.cells:
            self._tones.setdefault(cell.row, {})[cell.column] = cell.tone
        self._places = frozenset(column for column, _, _ in self.columns)
        rows = {self.sheet.header_row, *self._tones}
        for _, texts, _ in self.columns:
            rows.update(texts)
        self._waiting = sorted(rows, reverse=True) if self.in_order else []

    def rows(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Blocks of rows with their marks; rows that a mark asks for and the sheet has not are added."""
        before = 0
        for block in blocks:
            scan, *_ = visible(block)
            usual = self.grammar.unusual.search(scan) is None
            marked = self._old_marks(scan)
            pieces: list[bytes] = []
            at = 0
            for row in self.grammar.rows(scan, before):
                before = row.number
                pieces.append(block[at : row.start])
                pieces += self._missing(row.number)
                whole = not usual or (
                    marked is not None and marked.search(scan, row.start, row.end) is not None
                )
                pieces.append(self._marked(block, scan, row, whole=whole))
                at = row.end
            pieces.append(block[at:])
            yield b"".join(pieces)
        yield b"".join(self._missing(None))

    def _missing(self, number: int | None) -> Iterator[bytes]:
        """The rows before `number`, or to the end, that are not in the sheet."""
        waiting = self._waiting
        while waiting and (number is None or waiting[-1] < number):
            row = waiting.pop()
            cells = self._added(row, 0)
            if new := b"".join(cells[column] for column in sorted(cells)):
                p = self.widths.prefix
                yield b'<%srow r="%d">%s</%srow>' % (p, row, new, p)
        if waiting and waiting[-1] == number:
            waiting.pop()

    def _old_marks(self, scan: bytes) -> re.Pattern[bytes] | None:
        """What finds the cells that an earlier marked copy has coloured, when there are any."""
        if not self.styles.unmarked:
            return None
        styles = b"|".join(b"%d" % each for each in self.styles.unmarked)
        found = re.compile(rb"""\ss\s*=\s*["'](?:%s)["']""" % styles)
        return found if found.search(scan) else None

    def _marked(self, block: bytes, scan: bytes, row: RowAt, *, whole: bool) -> bytes:
        """A row with its marks. Unless the `whole` row must be looked at, a few of its cells are enough."""
        cells: Iterable[CellAt] | None = None
        if not whole:
            columns = self._tones.get(row.number, ())
            cells = self.grammar.chosen(scan, row, columns, min(self._places))
            whole = cells is None
        if cells is None:
            cells = self.grammar.cells(scan, row)
        tag = scan[row.start : row.inner]
        new_cells = self._added(row.number, style_of(tag) if b"customFormat" in tag else 0)
        pieces: list[bytes] = []
        at = row.inner
        for cell in cells:
            waiting = [column for column in sorted(new_cells) if column < cell.column]
            pieces.append(block[at : cell.start])
            pieces += (new_cells.pop(column) for column in waiting)
            pieces.append(self._cell(block, row.number, cell, new_cells))
            at = cell.end
        end = at if whole else row.close  # an extension may follow the last cell; a usual row has none
        pieces.append(block[at:end])
        pieces += (new_cells[column] for column in sorted(new_cells))
        pieces.append(block[end : row.close])
        content = b"".join(pieces)
        if content == block[row.inner : row.close]:
            return block[row.start : row.end]
        return self._opened(block, row, content)

    def _cell(self, block: bytes, number: int, cell: CellAt, new: dict[int, bytes]) -> bytes:
        """A cell that stands there: as it is, in another style, or replaced by ours."""
        if cell.column in self._places and number >= self.sheet.header_row:
            return self._replaced(block, number, cell, new)
        new.pop(cell.column, None)
        style = self.styles.unmarked.get(cell.style, cell.style)
        tone = self._tones.get(number, {}).get(cell.column)
        if tone is not None:
            style = self.styles.marked(style, tone)
        if style == cell.style:
            return block[cell.start : cell.end]
        return with_attributes(block[cell.start : cell.inner], s=style) + block[cell.inner : cell.end]

    def _replaced(self, block: bytes, number: int, cell: CellAt, new: dict[int, bytes]) -> bytes:
        if cell.column in new:
            return new.pop(cell.column)
        if number == self.sheet.header_row:
            return block[cell.start : cell.end]
        return b""

    def _added(self, number: int, row_style: int) -> dict[int, bytes]:
        """The cells that a row needs, ours and marked ones, as if it had none of them yet."""
        cells = self._own(number)
        for column, tone in self._tones.get(number, {}).items():
            if column not in cells:
                base = row_style or self.widths.style(column)
                style = self.styles.marked(self.styles.unmarked.get(base, base), tone)
                cells[column] = b'<%sc r="%s%d" s="%d"/>' % (
                    self.widths.prefix, letter(column).encode(), number, style,
                )  # fmt: skip
        return cells

    def _own(self, number: int) -> dict[int, bytes]:
        """What stands in our columns in a row."""
        cells: dict[int, bytes] = {}
        header = number == self.sheet.header_row
        for column, texts, title in self.columns:
            said = title if header else texts.get(number)
            if said:
                cells[column] = self._text_cell(column, number, said, self.header_style if header else 0)
        return cells

    def _text_cell(self, column: int, number: int, said: str, style: int) -> bytes:
        content = self._texts.get(said)
        if content is None:
            content = text(said)
            if len(self._texts) < 1000:
                self._texts[said] = content
        p = self.widths.prefix
        return b'<%sc r="%s%d"%s t="inlineStr"><%sis><%st xml:space="preserve">%s</%st></%sis></%sc>' % (
            p, letter(column).encode(), number, b' s="%d"' % style if style else b"", p, p, content, p, p, p,
        )  # fmt: skip

    def _opened(self, block: bytes, row: RowAt, content: bytes) -> bytes:
        """A row with other cells. What it says of its first and last cell goes: it is only a help to be fast."""
        tag = block[row.start : row.inner]
        if b"spans" in tag:
            tag = with_attributes(tag, spans=None)
        if tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
        ending = block[row.close : row.end] or self.grammar.row_end + b">"
        return tag + content + ending
