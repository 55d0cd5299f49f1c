"""A sheet of any size as slices of whole rows, so that the parser has one slice at a time. Runs in the child.

The parser gives errors and formulas without a result as empty cells, and would hold all shared texts once more.
So such cells are made texts that begin with a sign which no text of people has, and known again afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from msreg.formats.limits import MAX_MERGED, MAX_PART_BYTES
from msreg.formats.zip_guard import Fault

SHARED, ERROR, FORMULA = "\uf8f1", "\uf8f2", "\uf8f3"

# A filled cell right of column SR, or in a seven-digit row. A parser makes room for every cell up to the
# last one, so a file of 5 kB with cells A1 and XFD1048576 would ask for 17 thousand million. Styled empty
# cells (`/>`) out there are harmless, and LibreOffice writes them.
_FAR = re.compile(
    rb"r\s*=\s*[\"'](?:(?:[A-Za-z]{3,}|[Ss][S-Zs-z]|[T-Zt-z][A-Za-z])\d+|[A-Za-z]+\d{7,})[\"'][^<>]{0,999}(?<!/)>"
)
# The last cell of a row, in the form that programs write; what this finds is looked at with the other.
_MAYBE_FAR = re.compile(rb"[\n\"](?:[A-Za-z]{3}|[Ss][S-Zs-z]|[T-Zt-z][A-Za-z]|[A-Za-z]{1,2}\d{7}|\d{7})")

_NAME = rb"(?:\w+:)?"
_DATA = re.compile(rb"<(%b)sheetData(?:\s[^<>]*)?>" % _NAME)
_START = re.compile(rb"<%bworksheet(?:\s[^<>]*)?>" % _NAME)
_CELL = rb"<%bc\s" % _NAME
_IS_SHARED = re.compile(rb"(%b[^<>]*?\bt\s*=\s*)(?:\"s\"|'s')([^<>]*>\s*<%bv(?:\s[^<>]*)?>)" % (_CELL, _NAME))
_IS_ERROR = re.compile(
    rb"(%b[^<>]*?\bt\s*=\s*)(?:\"e\"|'e')([^<>]*>\s*(?:<%bf(?:\s[^<>]*)?(?:/>|>[^<]*</%bf>)\s*)?<%bv(?:\s[^<>]*)?>)"
    % (_CELL, _NAME, _NAME, _NAME)
)
_IS_FORMULA = re.compile(
    rb"(%b)([^<>]*)>\s*<%bf(?:\s[^<>]*)?(?:/>|>[^<]*</%bf>)\s*(?:<(%b)v\s*/>|<(%b)v>\s*</%bv>)?\s*</(%b)c>"
    % (_CELL, _NAME, _NAME, _NAME, _NAME, _NAME, _NAME)
)
_TYPE = re.compile(rb"\bt\s*=\s*[\"'](\w+)[\"']")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"'](\w+)[\"']")
_HIDDEN = re.compile(rb"\bhidden\s*=\s*[\"'](?:1|true)[\"']")
_COLUMN = re.compile(rb"<%bcol\s([^<>]*)>" % _NAME)
_EDGE = re.compile(rb"\b(min|max)\s*=\s*[\"'](\d{1,5})[\"']")
_MERGED = re.compile(
    rb"<%bmergeCell\s[^<>]*?\bref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})" % _NAME
)


@dataclass(slots=True)
class Shape:
    """What stands in a sheet beside its cells. Complete when its slices were walked. All numbers from 1."""

    start: bytes = b""
    prefix: bytes = b""
    row: int = 0
    """The last row so far."""
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row and column, last row and column."""

    def wrapped(self, rows: bytes) -> bytes:
        """A sheet that has nothing but these rows."""
        inside = self.prefix
        name = self.start[1:].split()[0].rstrip(b">")
        return b"%b<%bsheetData>%b</%bsheetData></%b>" % (self.start, inside, rows, inside, name)


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows of a sheet, in XML that the parser takes, and which of them are hidden."""

    xml: bytes
    hidden: frozenset[int]


def slices(pieces: Iterator[bytes], shape: Shape) -> Iterator[Slice]:
    """Whole rows of a sheet, about as much at a time as a piece is; fills in `shape` on the way."""
    held = b""
    for piece in pieces:
        held += piece
        if len(held) > MAX_PART_BYTES:
            raise Fault("unpacked")
        if found := _DATA.search(held):
            break
    else:
        return
    start = _START.search(held)
    if start is None:
        raise Fault("damaged")
    shape.start, shape.prefix = start[0], found[1]
    _columns(held[: found.start()], shape)
    held = held[found.end() :]
    if not found[0].endswith(b"/>"):
        held = yield from _rows(held, pieces, shape)
    _tail(held, pieces, shape)


def _rows(held: bytes, pieces: Iterator[bytes], shape: Shape) -> Generator[Slice, None, bytes]:
    """The slices; gives what comes after the rows."""
    end, row = b"</%bsheetData" % shape.prefix, b"<%brow" % shape.prefix
    while True:
        if b"!" in held and b"<!" in held:
            # CDATA and comments may hold what looks like a row. No spreadsheet writes them; if something does,
            # the rest of the sheet is one slice, and the limit on memory holds.
            held = b"".join((held, *pieces))
        at = held.find(end)
        cut = held.rfind(row) if at < 0 else at
        if cut > 0:
            if held.find(row, 0, cut) >= 0:
                yield fitted(held[:cut], shape)
            held = held[cut:]
        if at >= 0:
            return held
        piece = next(pieces, None)
        if piece is None:
            raise Fault("damaged")
        if len(held) > MAX_PART_BYTES:
            raise Fault("unpacked")
        held += piece


def fitted(rows: bytes, shape: Shape) -> Slice:
    """Rows as the parser gets them: each with its number, none far away, none of the cells that it loses.

    Searches are for what programs write. What is hidden from them by odd spelling makes the parser fail or the
    limit on memory hold: it can be refused with another sentence, and not be read wrongly.
    """
    tag = b"<%brow" % shape.prefix
    each = rows.split(tag)[1:]
    starts = b"\n".join([row[: row.find(b">")] for row in each])
    ends = b"\n".join([row[(at := row.rfind(b' r="')) + 3 : at + 13] for row in each])
    if (b"'" in rows or _MAYBE_FAR.search(ends)) and _FAR.search(rows):
        raise Fault("far")
    hidden: frozenset[int] = frozenset()
    if starts.count(b' r="') != len(each) or b"hidden" in starts:
        rows, hidden = _numbered(rows, tag, shape)
    else:
        shape.row = _number(starts[starts.rfind(b' r="') + 4 :].partition(b'"')[0])
    rows = rows.replace(b' t="s"><v>', b' t="str"><v>' + SHARED.encode())
    if b't="e"' in rows or b"'" in rows:
        rows = _IS_ERROR.sub(rb'\1"str"\2' + ERROR.encode(), rows)
    if b"<%bf" % shape.prefix in rows:
        rows = _IS_FORMULA.sub(_uncalculated, rows)
    return Slice(shape.wrapped(rows), hidden)


def spelt_out(sheet: bytes) -> bytes:
    """A slice in which every cell with a shared text was found, however it is written."""
    return _IS_SHARED.sub(rb'\1"str"\2' + SHARED.encode(), sheet)


def _numbered(rows: bytes, tag: bytes, shape: Shape) -> tuple[bytes, frozenset[int]]:
    """Rows that all have a number, which a program may leave out, and the numbers of the hidden ones."""
    hidden: set[int] = set()

    def number(match: re.Match[bytes]) -> bytes:
        found = _REFERENCE.search(match[1])
        shape.row = _number(found[1]) if found else shape.row + 1
        if _HIDDEN.search(match[1]):
            hidden.add(shape.row)
        return match[0] if found else b'%b r="%d"%b' % (tag, shape.row, match[0][len(tag) :])

    return re.sub(re.escape(tag) + rb"(\s[^<>]*|/?)>", number, rows), frozenset(hidden)


def _uncalculated(match: re.Match[bytes]) -> bytes:
    start, inside, end = match[1], match[2], match[5]
    kind = _TYPE.search(inside)
    if kind and kind[1] != b"n":  # a text that is empty is a result too
        return match[0]
    inside = _TYPE.sub(b"", inside)
    return b'%b%b t="str"><%bv>%b</%bv></%bc>' % (start, inside, end, FORMULA.encode(), end, end)


def _number(text: bytes) -> int:
    if not text.isdigit() or len(text) > 7:
        raise Fault("damaged")
    return int(text)


def _columns(head: bytes, shape: Shape) -> None:
    for match in _COLUMN.finditer(head):
        if _HIDDEN.search(match[1]):
            edges = {name: int(value) for name, value in _EDGE.findall(match[1])}
            first = edges.get(b"min", 1)
            shape.hidden_columns.append((first, edges.get(b"max", first)))


def _tail(held: bytes, pieces: Iterator[bytes], shape: Shape) -> None:
    """Merged ranges, which stand behind the rows."""
    while True:
        end = 0
        for match in _MERGED.finditer(held):
            end = match.end()
            first, last = column(match[1]), column(match[3])
            shape.merged.append((int(match[2]), first, int(match[4]), last))
            if len(shape.merged) > MAX_MERGED:
                raise Fault("far")
        piece = next(pieces, None)
        if piece is None:
            return
        held = held[max(end, len(held) - 1024) :] + piece


def column(letters: bytes) -> int:
    """The number of a column by its letters; A is 1."""
    number = 0
    for each in letters:
        number = number * 26 + each - 64
    return number
