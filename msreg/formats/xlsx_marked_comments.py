"""The comments of a sheet: ours are put at marked cells and taken away again, all others stay as they are.

A comment is a line in one part and a box in a second one, drawn in VML. What draws boxes writes VML that no
XML parser takes, so boxes are found by search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from msreg.formats.cells import letter
from msreg.formats.xlsx_marked_rows import number
from msreg.formats.xlsx_marked_xml import TAG, Damaged, Element, added, changed, outline, prefix, text

Place = tuple[int, int]
"""Row as Excel counts, column from 0 on."""

_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EMPTY = b'%s<comments xmlns="%s"><authors></authors><commentList></commentList></comments>'
_EMPTY_BOXES = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel">'
    b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/></o:shapelayout></xml>'
)
_NAMES = (
    b' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_KIND = (
    b'<v:shapetype%s id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_BOX = (
    b'<v:shape%s id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;visibility:hidden" '
    b'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
    b'<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/>'
    b'</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    b"<x:Anchor>%d, 15, %d, 2, %d, 15, %d, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    b"<x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>"
)
_SHAPE = re.compile(rb"<((?:\w+:)?)shape(?=\s)" + TAG + rb"(?<!/>).*?</\1shape\s*>", re.DOTALL)
_ROW = re.compile(rb"<(?:\w+:)?Row>\s*(\d{1,7})\s*</")
_COLUMN = re.compile(rb"<(?:\w+:)?Column>\s*(\d{1,5})\s*</")
_IDS = re.compile(rb"""(<(?:\w+:)?idmap\s[^>]*?\bdata\s*=\s*["'])([\d,\s]*)""")
_TAGS = re.compile(rb"<[^>]*>")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_WIDE = 45
_BLOCK = 1024  # ids of boxes come in blocks of so many, each block in one sheet only


@dataclass(frozen=True, slots=True)
class Comments:
    """The two parts of a sheet's comments, ready to be written."""

    lines: bytes
    boxes: bytes
    blocks: int


def blocks_used(boxes: Iterable[bytes]) -> int:
    """The highest block of ids that any sheet's boxes use."""
    used = [
        int(each)
        for part in boxes
        for _, data in _IDS.findall(part)
        for each in data.split(b",")
        if each.strip()
    ]
    return max(used, default=0)


def commented(
    lines: bytes | None,
    boxes: bytes | None,
    wanted: Mapping[Place, str],
    *,
    author: str,
    schema: str,
    block: int,
) -> Comments | None:
    """A sheet's comments with ours replaced by `wanted`; None when there is nothing to change.

    `block` is the first block of ids that is free. A cell with somebody else's comment keeps that one alone.
    """
    data = lines if lines is not None else _EMPTY % (_HEAD, schema.encode())
    root = outline(data, depth=3)
    authors, listed = root.first("authors"), root.first("commentList")
    if authors is None or listed is None:
        raise Damaged
    names = [_words(data, each) for each in authors.all("author")]
    mine = author.encode()
    ours: list[Element] = []
    others: set[Place] = set()
    for each in listed.all("comment"):
        by = each.attributes.get("authorId", "")
        if (by.isdigit() and int(by) < len(names) and names[int(by)] == mine) or _starts(data, each, mine):
            ours.append(each)
        else:
            others.add(_place(each))
    new = {place: words for place, words in sorted(wanted.items()) if place not in others}
    if not ours and not new:
        return None
    edits = [(each.start, each.end, b"") for each in ours]
    if mine not in names:
        edits += added(
            data, authors, b"<%sauthor>%s</%sauthor>" % (p := prefix(data, authors), text(author), p)
        )
        names.append(mine)
    by_us, p = names.index(mine), prefix(data, listed)
    content = b"".join(
        b'<%scomment ref="%s%d" authorId="%d"><%stext><%st xml:space="preserve">%s</%st></%stext></%scomment>'
        % (p, letter(column).encode(), row, by_us, p, p, text(f"{author}:\n{words}"), p, p, p)
        for (row, column), words in new.items()
    )
    edits += added(data, listed, content)
    drawn = _boxed(boxes, {_place(each) for each in ours}, new, block)
    return Comments(changed(data, edits), drawn, _blocks(new))


def _boxed(boxes: bytes | None, gone: set[Place], new: Mapping[Place, str], block: int) -> bytes:
    """The boxes without those at the places that are gone, and with new ones."""
    data = boxes or _EMPTY_BOXES

    def keep(found: re.Match[bytes]) -> bytes:
        row, column = _ROW.search(found.group()), _COLUMN.search(found.group())
        if row and column and (int(row.group(1)) + 1, int(column.group(1))) in gone:
            return b""
        return found.group()

    data = _SHAPE.sub(keep, data) if gone else data
    names = b"" if b"xmlns:v=" in data and b"xmlns:x=" in data and b"xmlns:o=" in data else _NAMES
    made = [] if b'"_x0000_t202"' in data else [_KIND % names]
    made += (
        _box(names, block * _BLOCK + 1 + at, row - 1, column, words)
        for at, ((row, column), words) in enumerate(new.items())
    )
    if new:
        data = _IDS.sub(_more(range(block, block + _blocks(new))), data, count=1)
    end = data.rfind(b"</")
    if end < 0:
        raise Damaged
    return data[:end] + b"".join(made) + data[end:]


def _blocks(new: Mapping[Place, str]) -> int:
    return (len(new) + _BLOCK) // _BLOCK


def _more(blocks: Iterable[int]) -> Callable[[re.Match[bytes]], bytes]:
    listed = ",".join(str(each) for each in blocks).encode()
    return lambda found: found.group(1) + b",".join(each for each in (found.group(2).strip(), listed) if each)


def _box(names: bytes, id: int, row: int, column: int, words: str) -> bytes:
    """A box beside its cell, high enough for its text."""
    high = 2 + sum(1 + len(line) // _WIDE for line in words.split("\n"))
    return _BOX % (names, id, column + 1, max(0, row - 1), column + 5, row + high, row, column)


def _words(data: bytes, element: Element) -> bytes:
    return _TAGS.sub(b"", data[element.inner : element.close]).strip()


def _starts(data: bytes, comment: Element, mine: bytes) -> bool:
    """Whether a comment begins as ours do: some programs forget who wrote one."""
    return _words(data, comment).startswith(mine + b":")


def _place(comment: Element) -> Place:
    found = _REFERENCE.fullmatch(comment.attributes.get("ref", ""))
    if found is None:
        raise Damaged
    return int(found.group(2)), number(found.group(1).encode())
