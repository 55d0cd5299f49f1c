"""The texts that the cells of a workbook share, each kept once. Runs in the child that reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msreg.formats.limits import MAX_PART_BYTES
from msreg.formats.workbook_mini import as_sheet
from msreg.formats.zip_guard import Fault

_PREFIX = re.compile(rb"<((?:\w+:)?)sst[\s>]")

Parse = Callable[[bytes], tuple[int, list[list[object]]]]
"""Rows of a sheet in XML, and the number of the first."""


def shared_texts(pieces: Iterator[bytes], parse: Parse) -> list[str]:
    """All shared texts in order, read by the parser of cells: rich text and escapes are those of cells too."""
    texts: list[str] = []
    held = b""
    prefix: bytes | None = None
    for piece in pieces:
        held += piece
        if len(held) > MAX_PART_BYTES:
            raise Fault("unpacked")
        if prefix is None:
            found = _PREFIX.search(held)
            if found is None:
                continue
            prefix = found[1]
            held = held[found.end() - 1 :]
            held = held[held.find(b">") + 1 :]
        end = held.rfind(b"</%bsi>" % prefix) + len(prefix) + 5
        if end > len(prefix) + 4:
            _add(texts, held[:end], prefix, parse)
            held = held[end:]
    if prefix is not None:  # empty texts at the end have no end of their own
        _add(texts, held.partition(b"</%bsst" % prefix)[0], prefix, parse)
    return texts


def _add(texts: list[str], items: bytes, prefix: bytes, parse: Parse) -> None:
    if prefix:
        items = items.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
    items = re.sub(rb"<si\s*/>", b"<si></si>", re.sub(rb"<si\s[^<>/]*>", b"<si>", items))
    count = items.count(b"<si>")
    start, rows = parse(as_sheet(items))
    whole = [""] * start + [str(row[0]) for row in rows]
    if len(whole) > count:
        raise Fault("damaged")
    texts += whole + [""] * (count - len(whole))
