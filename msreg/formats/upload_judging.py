"""One document judged by its kind, or put into words. Runs in the child that judges documents."""

from __future__ import annotations

import io
import signal
import zipfile
from typing import Any

from msreg.formats import upload_jpeg, upload_office, upload_pdf, upload_png, upload_txt
from msreg.formats.upload_exif import Beside
from msreg.formats.upload_limits import MAX_TEXT, MAX_UPLOAD_BYTES
from msreg.formats.upload_names import Kind
from msreg.formats.upload_words import UNREAD, words
from msreg.formats.zip_guard import Fault

_PDF_HEAD = 1024
"""Programs look for the beginning of a PDF this far."""


def judged(data: bytes, kind: str) -> list[Any]:
    """["fine", codes of what to look at]. Raises `Fault` for a document that is not taken."""
    if not data:
        raise Fault("empty")
    if len(data) > MAX_UPLOAD_BYTES:
        raise Fault("large")
    beside = Beside()
    match Kind(kind):
        case Kind.PDF:
            upload_pdf.judge(data)
        case Kind.PNG:
            beside = upload_png.judge(data)
        case Kind.JPG:
            beside = upload_jpeg.judge(data)
        case Kind.TXT:
            upload_txt.judge(data)
        case Kind.DOCX:
            upload_office.judge(data, Kind.DOCX)
        case Kind.XLSX:
            upload_office.judge(data, Kind.XLSX)
    _only_one_kind(data, Kind(kind))
    return ["fine", [*(["place"] if beside.place else []), *(["words"] if beside.told else [])]]


def _only_one_kind(data: bytes, kind: Kind) -> None:
    """A zip is read from its end and a PDF from somewhere near its start: both fit into files of other kinds."""
    if kind is not Kind.PDF and b"%PDF-" in data[:_PDF_HEAD]:
        raise Fault("two_kinds")
    if kind not in (Kind.DOCX, Kind.XLSX) and zipfile.is_zipfile(io.BytesIO(data)):
        raise Fault("two_kinds")


class _Enough(BaseException):
    """There are words enough, or the time for them is over. No library takes it for a fault of its own."""


def worded(data: bytes, kind: str, seconds: int) -> list[Any]:
    """["text", words, whether these are all]. Raises `Fault` for a document that cannot be read."""
    pieces: list[str] = []
    room = MAX_TEXT

    def say(text: str) -> None:
        nonlocal room
        pieces.append(text[: max(room, 0)])
        room -= len(text)
        if room < 0:
            raise _Enough

    try:
        _ring_after(seconds - 1)  # before the system ends it all
        words(data, Kind(kind), say)
        whole = UNREAD not in pieces
    except (_Enough, MemoryError, RecursionError):
        whole = False
    finally:
        _ring_after(0)
    text = "".join(pieces).replace(UNREAD, "")
    return ["text", text.encode("utf-8", "replace").decode(), whole]


def _ring_after(seconds: float) -> None:
    """Raise `_Enough` after that much processor time, wherever the program is; 0: not any more."""

    def enough(_number: int, _frame: object) -> None:
        raise _Enough

    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGVTALRM, enough)
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
