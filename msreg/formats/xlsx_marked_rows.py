"""The rows of a sheet as they stand in its XML, found by search instead of parsed.

A sheet of 100,000 rows has millions of cells, and marks change few of them: a row that gets no more than two
cells at its end is cut open at one place. Comments and CDATA are blanked out before anything is searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from msreg.formats.cells import letter
from msreg.formats.marks import column_number
from msreg.formats.xlsx_marked_xml import TAG, Damaged, prefix_of

MAX_HELD = 64 * 2**20
"""Bytes of one row, or of what stands around the rows: more than 512 full cells take."""

_HIDDEN = re.compile(rb"<!--.*?(-->|\Z)|<!\[CDATA\[.*?(\]\]>|\Z)|<\?.*?(\?>|\Z)", re.DOTALL)
_DATA = re.compile(rb"<(?:[^\s<>/:!?]+:)?sheetData(?=[\s/>])" + TAG)
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})\d{1,7}["']""")
_COLUMN = re.compile(rb'r="([A-Z]+)')
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d{1,7})["']""")


@dataclass(slots=True)
class Frame:
    """A sheet's XML around its rows: `head` ends with the tag sheetData, `tail` begins with its end tag."""

    head: bytes
    prefix: bytes
    tail: bytes = b""


class RowAt(NamedTuple):
    """A row: its number, and where its tag begins and ends, its content ends and it ends."""

    number: int
    start: int
    inner: int
    close: int
    end: int


class CellAt(NamedTuple):
    """A cell: its column counted from 0, where its tag begins and ends and it ends, and its style."""

    column: int
    start: int
    inner: int
    end: int
    style: int
    filled: bool


def divided(pieces: Iterable[bytes]) -> Iterator[Frame | bytes]:
    """A sheet in blocks: its frame, blocks of whole rows, and the same frame again with its tail.

    Raises `Damaged` for what is no sheet.
    """
    feed = _Feed(iter(pieces))
    while (opened := _DATA.search(*feed.shown())) is None:
        feed.more()
    frame = Frame(feed.take(opened.end()), prefix_of(opened.group()))
    if frame.head.endswith(b"/>"):
        frame.head = frame.head[:-2].rstrip() + b">"
        feed.data = b"</%ssheetData>" % frame.prefix + feed.data
    yield frame
    row_end, rows_end = b"</%srow" % frame.prefix, b"</%ssheetData" % frame.prefix
    while True:
        scan, start, sure = feed.shown()
        if (at := scan.find(rows_end, start, sure)) >= 0:
            break
        last = scan.rfind(row_end, start, sure)
        cut = scan.find(b">", last, sure) + 1 if last >= 0 else 0
        if cut:
            yield feed.take(cut)
        feed.more()
    if at:
        yield feed.take(at)
    frame.tail = feed.rest()
    yield frame


@dataclass(slots=True)
class _Feed:
    """What was read of a part and not yet used."""

    source: Iterator[bytes]
    data: bytes = b""

    def more(self) -> None:
        """Read on, so much that searching a long row again does not add up."""
        if len(self.data) > MAX_HELD:
            raise Damaged
        pieces = [self.data]
        size, goal = len(self.data), 2 * len(self.data)
        for piece in self.source:
            pieces.append(piece)
            size += len(piece)
            if size >= goal:
                break
        if len(pieces) == 1:
            raise Damaged
        self.data = b"".join(pieces)

    def take(self, end: int) -> bytes:
        taken, self.data = self.data[:end], self.data[end:]
        return taken

    def rest(self) -> bytes:
        pieces = [self.data]
        size = len(self.data)
        for piece in self.source:
            size += len(piece)
            if size > MAX_HELD:
                raise Damaged
            pieces.append(piece)
        return b"".join(pieces)

    def shown(self) -> tuple[bytes, int, int]:
        """What may be searched, and from where to where it can be relied on."""
        return visible(self.data)


def visible(data: bytes) -> tuple[bytes, int, int]:
    """`data` with comments, CDATA and instructions blanked out, each place still where it was.

    Also from where to where it may be searched: one that has no end here goes on in the next piece.
    """
    if b"<!" not in data and b"<?" not in data:
        return data, 0, len(data)
    sure = len(data)

    def blank(found: re.Match[bytes]) -> bytes:
        nonlocal sure
        if not any(found.groups()):
            sure = found.start()
        return b" " * len(found.group())

    return _HIDDEN.sub(blank, data), 0, sure


@dataclass(frozen=True, slots=True)
class Grammar:
    """How rows and cells are written in a sheet whose elements have a prefix, mostly none."""

    row: re.Pattern[bytes]
    row_end: bytes
    cell: re.Pattern[bytes]
    cell_close: re.Pattern[bytes]
    cell_start: bytes
    cell_end: bytes
    unusual: re.Pattern[bytes]
    value: re.Pattern[bytes]

    @classmethod
    def of(cls, prefix: bytes) -> Grammar:
        """The grammar of a prefix such as `x:`."""
        p = re.escape(prefix)
        return cls(
            row=re.compile(b"<%srow(?=[\\s/>])" % p + TAG),
            row_end=b"</%srow" % prefix,
            cell=re.compile(b"<%sc(?=[\\s/>])" % p + TAG),
            cell_close=re.compile(b"</%sc\\s*>" % p),
            cell_start=b"<%sc " % prefix,
            cell_end=b"</%sc>" % prefix,
            # anything but cells that begin with their reference and are closed without a space
            unusual=re.compile(
                b'<(?:%sc(?![\\w.:-])(?! r="[A-Z]{1,3}\\d{1,7}"[ />])|/%sc\\s|%sextLst)' % (p, p, p)
            ),
            value=re.compile(b"<%s(?:v|is|f)(?=[\\s/>])" % p),
        )

    def rows(self, scan: bytes, before: int) -> Iterator[RowAt]:
        """The rows of a block. `before` is the number of the row before it: a row may leave out its own."""
        at, number = 0, before
        while found := self.row.search(scan, at):
            said = _NUMBER.search(found.group())
            number = int(said.group(1)) if said else number + 1
            start, inner = found.span()
            close = end = inner
            if scan[inner - 2 : inner] != b"/>":
                close = scan.find(self.row_end, inner)
                end = scan.find(b">", close) + 1
                if close < 0 or not end:
                    raise Damaged
            yield RowAt(number, start, inner, close, end)
            at = end

    def cells(self, scan: bytes, row: RowAt) -> Iterator[CellAt]:
        """The cells of a row. A cell may leave out its reference: it follows the one before."""
        at, column = row.inner, -1
        while tag := self.cell.search(scan, at, row.close):
            start, inner = tag.span()
            said = _REFERENCE.search(tag.group())
            column = number(said.group(1)) if said else column + 1
            style = style_of(tag.group())
            at, filled = inner, False
            if scan[inner - 2 : inner] != b"/>":
                ending = self.cell_close.search(scan, inner, row.close)
                if ending is None:
                    raise Damaged
                at = ending.end()
                filled = self.value.search(scan, inner, ending.start()) is not None
            yield CellAt(column, start, inner, at, style, filled)

    def last_filled(self, scan: bytes, row: RowAt, *, usual: bool) -> int:
        """The last column of a row that is not empty, -1 for none. `usual`: the block has nothing `unusual`."""
        if not usual:
            return max((cell.column for cell in self.cells(scan, row) if cell.filled), default=-1)
        close = scan.rfind(self.cell_end, row.inner, row.close)
        if close < 0:
            return -1
        return self._column(scan, scan.rfind(self.cell_start, row.inner, close))

    def chosen(self, scan: bytes, row: RowAt, columns: Iterable[int], onward: int) -> list[CellAt] | None:
        """Some cells of a row of a usual block: those in `columns`, and all from the column `onward` on.

        None when there is no cell in one of the columns before that.
        """
        found: list[CellAt] = []
        for column in sorted(each for each in columns if each < onward):
            reference = b'%sr="%s%d"' % (self.cell_start, letter(column).encode(), row.number)
            start = scan.find(reference, row.inner, row.close)
            if start < 0:
                return None
            found.append(next(self.cells(scan, row._replace(inner=start))))
        at = row.close
        start = scan.rfind(self.cell_start, row.inner, at)
        while start >= 0 and self._column(scan, start) >= onward:
            at = start
            start = scan.rfind(self.cell_start, row.inner, at)
        found += self.cells(scan, row._replace(inner=at))
        return found

    def _column(self, scan: bytes, start: int) -> int:
        found = _COLUMN.match(scan, start + len(self.cell_start))
        if found is None:
            raise Damaged
        return number(found.group(1))


def style_of(tag: bytes) -> int:
    """The number of the style in a cell's or row's tag; 0 when it has none."""
    found = _STYLE.search(tag)
    return int(found.group(1)) if found else 0


@cache
def number(letters: bytes) -> int:
    """A column's letters as its number from 0 on."""
    return column_number(letters.decode())
