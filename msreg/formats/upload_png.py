"""Whether a document is a PNG and nothing else: walked part by part, its pixels counted. Runs in the child."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from msreg.formats.upload_exif import Beside, exif
from msreg.formats.upload_limits import MAX_PIXELS, MAX_SIDE, MAX_UNKNOWN_BYTES, MAX_WORDS_BYTES
from msreg.formats.zip_guard import Fault

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Where each of the seven passes of Adam7 begins and how far its pixels are apart: x, y, x, y."""

_ONCE = {b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"bKGD", b"pHYs", b"sBIT", b"hIST", b"tIME", b"eXIf",
         b"cICP", b"mDCV", b"cLLI"}  # fmt: skip
_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
_KNOWN = {*_ONCE, *_TEXTS, b"sPLT"}
_OF_PROGRAMS = {b"Software", b"Creation Time", b"Source", b"Signature"}
_TYPE = re.compile(rb"[A-Za-z]{4}")
_PIECE = 2**18


def judge(data: bytes) -> Beside:
    """What stands beside the pixels. Raises `Fault` for what is no PNG, is damaged, too large or more than it."""
    if not data.startswith(SIGNATURE):
        raise Fault("content")
    beside = Beside()
    head = b""
    seen: set[bytes] = set()
    pixels: list[memoryview] = []
    unknown = 0
    last = b""
    for kind, content in _chunks(data):
        if (kind == b"IHDR") != (not head):
            raise Fault("damaged")
        if kind == b"IHDR":
            head = bytes(content)
        elif kind == b"IDAT":
            if pixels and last != b"IDAT":
                raise Fault("damaged")
            pixels.append(content)
        elif kind == b"IEND":
            if len(content):
                raise Fault("damaged")
        elif kind in _KNOWN:
            if kind in _ONCE and kind in seen:
                raise Fault("damaged")
            if kind == b"PLTE" and (pixels or len(content) % 3 or not 3 <= len(content) <= 768):
                raise Fault("damaged")
            seen.add(kind)
            _note(kind, bytes(content), beside)
        elif not kind[0] & 0x20:  # critical, and unknown to the standard
            raise Fault("damaged")
        else:
            unknown += len(content)
            if unknown > MAX_UNKNOWN_BYTES:
                raise Fault("attached")
        last = kind
    _check_pixels(head, pixels, palette=b"PLTE" in seen)
    return beside


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    view, at = memoryview(data), len(SIGNATURE)
    while True:
        if at + 12 > len(data):
            raise Fault("damaged")
        size, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + size
        if size > 2**31 - 1 or end > len(data) or not _TYPE.fullmatch(kind):
            raise Fault("damaged")
        if zlib.crc32(view[at + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            raise Fault("damaged")
        yield kind, view[at + 8 : end - 4]
        if kind == b"IEND":
            if end != len(data):
                raise Fault("behind")
            return
        at = end


def _check_pixels(head: bytes, pixels: list[memoryview], *, palette: bool) -> None:
    if len(head) != 13 or not pixels:
        raise Fault("damaged")
    width, height, depth, colour, method, filtering, interlaced = struct.unpack(">IIBBBBB", head)
    if (
        depth not in _DEPTHS.get(colour, ())
        or method
        or filtering
        or interlaced > 1
        or not width
        or not height
    ):
        raise Fault("damaged")
    if (colour == 3) != palette and colour not in (2, 6):
        raise Fault("damaged")
    if width * height > MAX_PIXELS or width > MAX_SIDE or height > MAX_SIDE:
        raise Fault("pixels")
    bits = depth * _SAMPLES[colour]
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    expected = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            expected += rows * (1 + (columns * bits + 7) // 8)
    if _inflated_size(pixels, expected) != expected:
        raise Fault("damaged")


def _inflated_size(parts: list[memoryview], most: int) -> int:
    """How much the pixels are unpacked; at least one more than `most` when there are more."""
    unpacker, size = zlib.decompressobj(), 0
    try:
        for part in parts:
            if unpacker.eof and len(part):
                raise Fault("behind")
            rest: bytes | memoryview = part
            while len(rest) and not unpacker.eof and size <= most:
                size += len(unpacker.decompress(rest, _PIECE))
                rest = unpacker.unconsumed_tail
        while not unpacker.eof and size <= most and (piece := unpacker.decompress(b"", _PIECE)):
            size += len(piece)
    except zlib.error:
        raise Fault("damaged") from None
    if unpacker.unused_data:
        raise Fault("behind")
    return size if unpacker.eof else most + 1


def _note(kind: bytes, content: bytes, beside: Beside) -> None:
    if kind == b"eXIf":
        exif(content, beside)
    elif kind == b"tEXt":
        keyword, _nul, text = content.partition(b"\0")
        beside.add(text.decode("latin-1"), told=keyword not in _OF_PROGRAMS)
    elif kind == b"zTXt":
        beside.add(_inflated(content.partition(b"\0")[2][1:]).decode("latin-1"))
    elif kind == b"iTXt":
        _keyword, _nul, rest = content.partition(b"\0")
        packed = rest[:1] == b"\1"
        _language, _nul, rest = rest[2:].partition(b"\0")
        text = rest.partition(b"\0")[2]
        beside.add((_inflated(text) if packed else text).decode("utf-8", "replace"))
    elif kind == b"iCCP":
        _inflated(content.partition(b"\0")[2][1:])


def _inflated(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(data, 8 * MAX_WORDS_BYTES)
    except zlib.error:
        raise Fault("damaged") from None
    if not unpacker.eof:
        raise Fault("unpacked" if unpacker.unconsumed_tail else "damaged")
    return found
