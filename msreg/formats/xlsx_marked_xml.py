"""Where things stand in the XML of a workbook's part, so that a change touches nothing but its own place.

A library that reads a part and writes it anew loses what it does not know: prefixes, extensions, the order of
attributes. Here a parser only tells positions, and everything between the changes stays byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

MAX_ELEMENTS = 2_000_000
"""Elements of one part whose places are kept."""

TAG = rb"""[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>"""
"""The rest of a tag from somewhere in it up to its end; a `>` within quotes does not end it."""

_WHOLE_TAG = re.compile(b"<" + TAG)
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")
_NAME = re.compile(rb"</?([^\s<>/]+)")
# What no XML 1.0 can hold. Texts of marks are msreg's own; only a name of a column could bring one in.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # a spreadsheet reads _x0041_ as A

Edit = tuple[int, int, bytes]
"""What stands from a place up to another is replaced by new bytes."""


class Damaged(Exception):
    """A part is not what a workbook has at that place."""


@dataclass(slots=True)
class Element:
    """An element and where it stands: `start` of its tag, `inner` behind that, `close` of its end tag, `end`.

    `attributes` are named as in the file without prefix, those with one as "namespace name".
    """

    name: str
    space: str
    attributes: dict[str, str]
    start: int
    inner: int
    close: int = 0
    end: int = 0
    children: list[Element] = field(default_factory=list)

    def first(self, name: str) -> Element | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list[Element]:
        """All children of that name."""
        return [child for child in self.children if child.name == name]


def outline(data: bytes, *, depth: int) -> Element:
    """The root of a part with its descendants down to `depth` levels below it.

    Entities cannot expand: a document type is refused. Raises `Damaged` for what is not well-formed.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    roots: list[Element] = []
    path: list[Element] = []
    level = kept = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal level, kept
        level += 1
        if level > depth + 1:
            return
        kept += 1
        tag = _WHOLE_TAG.match(data, parser.CurrentByteIndex)
        if tag is None or kept > MAX_ELEMENTS:
            raise Damaged
        space, _, local = name.rpartition(" ")
        element = Element(local, space, attributes, tag.start(), tag.end())
        (path[-1].children if path else roots).append(element)
        path.append(element)

    def finish(_name: str) -> None:
        nonlocal level
        level -= 1
        if level > depth:
            return
        element = path.pop()
        if data[element.inner - 2 : element.inner] == b"/>":
            element.close = element.end = element.inner
        else:
            element.close = parser.CurrentByteIndex
            element.end = data.index(b">", element.close) + 1

    def refuse(*_arguments: object) -> None:
        raise Damaged

    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise Damaged from None
    return roots[0]


def changed(data: bytes, edits: Iterable[Edit], start: int = 0, end: int | None = None) -> bytes:
    """`data` from `start` to `end` with the edits that lie there. Inserts at one place keep their order."""
    stop = len(data) if end is None else end
    pieces: list[bytes] = []
    at = start
    for first, behind, new in sorted(edits, key=lambda edit: edit[:2]):
        if start <= first and behind <= stop:
            pieces += (data[at:first], new)
            at = behind
    pieces.append(data[at:stop])
    return b"".join(pieces)


def prefix(data: bytes, element: Element) -> bytes:
    """The prefix that an element's name is written with, such as `x:`; its new children take the same."""
    return prefix_of(data[element.start : element.inner])


def prefix_of(tag: bytes) -> bytes:
    """The prefix of a tag's name with its colon, or nothing."""
    name = _NAME.match(tag)
    assert name is not None
    before, colon, _ = name.group(1).rpartition(b":")
    return before + colon


def with_attributes(tag: bytes, **values: object) -> bytes:
    """A start tag with attributes set to other values, or added; None takes one away."""
    name = _NAME.match(tag)
    assert name is not None
    pieces = [tag[: name.end()]]
    at = name.end()
    waiting = {key.encode(): value for key, value in values.items()}
    while found := _ATTRIBUTE.match(tag, at):
        key = found.group(1)
        pieces.append(_attribute(key, waiting.pop(key)) if key in waiting else found.group())
        at = found.end()
    pieces += (_attribute(key, value) for key, value in waiting.items())
    return b"".join([*pieces, tag[at:]])


def _attribute(name: bytes, value: object) -> bytes:
    return b"" if value is None else b' %s="%s"' % (name, text(str(value)))


def added(data: bytes, parent: Element, new: bytes, **attributes: object) -> list[Edit]:
    """The edits that put `new` at the end of an element, which may be closed in its own tag."""
    tag = with_attributes(data[parent.start : parent.inner], **attributes)
    if parent.end != parent.inner:
        return [(parent.start, parent.inner, tag), (parent.close, parent.close, new)]
    name = _NAME.match(tag)
    assert name is not None
    opened = tag[:-2].rstrip() + b">" + new + b"</" + name.group(1) + b">"
    return [(parent.start, parent.inner, opened)]


def place(parent: Element, name: str, order: Sequence[str]) -> int:
    """Where a new child belongs: behind the last one that comes before it in the schema's `order`.

    Children that the schema does not name there, such as alternatives for other versions, do not count.
    """
    earlier = set(order[: order.index(name)])
    return max((child.end for child in parent.children if child.name in earlier), default=parent.inner)


def text(value: str) -> bytes:
    """A text as XML takes it in any encoding, in attributes and in content; nothing expands in a cell."""
    value = _ESCAPE.sub("_x005F_", _NO_XML.sub("\ufffd", value))
    entities = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    return escape(value, entities).encode("ascii", "xmlcharrefreplace")
