"""Whether a document is a PDF that only shows pages. Runs in the child that judges documents."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msreg.formats.upload_limits import MAX_PAGES
from msreg.formats.upload_pdf_scan import Scanned, scan
from msreg.formats.zip_guard import Fault

if TYPE_CHECKING:
    from pypdf import PdfReader

_HARMLESS = ("/GoTo", "/Named")
_DEEPEST = 60
_BLANK = b"\x00\t\n\x0c\r "


def judge(data: bytes) -> None:
    """Raises `Fault` for what is no PDF, is damaged, locked, or does more than show pages."""
    found = scan(data)
    reader = opened(data)
    _same_objects(data, reader, found)
    root = _at(reader.trailer["/Root"])
    if not isinstance(root, dict) or root.get("/Type") != "/Catalog":
        raise Fault("damaged")
    action = _at(root.get("/OpenAction"))
    if isinstance(action, dict) and action.get("/S") not in _HARMLESS:
        raise Fault("script")
    if not sum(1 for _ in pages(root)):
        raise Fault("damaged")


def opened(data: bytes) -> PdfReader:
    """A reader that does not repair. Raises `Fault`."""
    import logging

    from pypdf import PdfReader

    logging.disable(logging.CRITICAL)
    try:
        return PdfReader(io.BytesIO(data), strict=True)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever a hostile file makes the library raise
        raise Fault("damaged") from None


def _same_objects(data: bytes, reader: PdfReader, found: Scanned) -> None:
    """What the file's own tables lead to must be what was found by reading it through."""
    for generation, places in reader.xref.items():
        for number, place in places.items():
            begin = place + len(data[place : place + 4]) - len(data[place : place + 4].lstrip(_BLANK))
            if place and begin not in found.objects.get((number, generation), ()):
                raise Fault("damaged")
    for number, (holder, _place) in reader.xref_objStm.items():
        if number not in found.holders.get(holder, ()):
            raise Fault("damaged")


def pages(root: Any) -> Iterator[Any]:
    """The pages in their order, each once. Raises `Fault` for a tree that is none."""
    seen: set[int] = set()
    left = [(root.get("/Pages"), 0)]
    count = 0
    while left:
        reference, depth = left.pop()
        identity = getattr(reference, "idnum", None)
        if identity is None or identity in seen or depth > _DEEPEST:
            raise Fault("damaged")
        seen.add(identity)
        node = _at(reference)
        if not isinstance(node, dict):
            raise Fault("damaged")
        if node.get("/Type") == "/Pages":
            kids = _at(node.get("/Kids"))
            if not isinstance(kids, list):
                raise Fault("damaged")
            left.extend((each, depth + 1) for each in reversed(kids))
        elif node.get("/Type") == "/Page":
            count += 1
            if count > MAX_PAGES:
                raise Fault("unpacked")
            yield node
        else:
            raise Fault("damaged")


def _at(value: Any) -> Any:
    """What a reference leads to."""
    try:
        return value.get_object() if hasattr(value, "get_object") else value
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever a hostile file makes the library raise
        raise Fault("damaged") from None
