"""The streams of a PDF: how they are packed, and how much they are when unpacked."""

from __future__ import annotations

import binascii
import re
import zlib

from msreg.formats.upload_limits import MAX_KEPT_BYTES, MAX_LZW_BYTES, MAX_PIXELS, MAX_UNPACKED_BYTES
from msreg.formats.zip_guard import Budget, Fault

_W = rb"\x00\t\n\x0c\r "
_FILTER = re.compile(rb"/Filter[" + _W + rb"]*+(/[A-Za-z0-9]+|\[[^\]]*+\])")
_FILTERS = re.compile(rb"/Filter(?![A-Za-z])")
_SIDES = re.compile(rb"/(?:Width|Height)[" + _W + rb"]++([0-9]{1,10})")
_ELSEWHERE = re.compile(rb"/F[" + _W + rb"]*+<<|/F[" + _W + rb"]*+<[0-9A-Fa-f]|/PS(?![A-Za-z0-9])")

_PREDICTED = re.compile(rb"/(?:DecodeParms|DP)(?![A-Za-z0-9])")

_SHORT = {
    b"Fl": b"FlateDecode", b"AHx": b"ASCIIHexDecode", b"A85": b"ASCII85Decode", b"LZW": b"LZWDecode",
    b"RL": b"RunLengthDecode", b"CCF": b"CCITTFaxDecode", b"DCT": b"DCTDecode",
}  # fmt: skip
_PICTURES = {b"DCTDecode", b"JPXDecode", b"CCITTFaxDecode", b"JBIG2Decode"}
_PIECE = 2**18
_MOST_FILTERS = 4


class Packed:
    """What one PDF has used up of the limits that are not about bytes unpacked."""

    MOST = MAX_UNPACKED_BYTES

    def __init__(self) -> None:
        self.lzw = 0


def unpacked_size(
    packed: Packed, data: memoryview, plain: bytes, budget: Budget, *, keep: bool
) -> bytes | None:
    """Unpack a stream and count; its bytes with `keep`. Raises `Fault` for too much and for odd packing."""
    if _ELSEWHERE.search(plain):
        raise Fault("outside")
    if b"/Image" in plain:
        _check_sides(plain)
    if keep and _PREDICTED.search(plain):  # the objects are then others than those that are unpacked here
        raise Fault("damaged")
    filters = _filters(plain)
    content: bytes | memoryview = data
    for at, name in enumerate(filters):
        last = at == len(filters) - 1
        if name == b"FlateDecode":
            content = _inflated(content, budget, keep=keep or not last)
        elif name == b"ASCII85Decode":
            content = _from_85(bytes(content))
        elif name == b"ASCIIHexDecode":
            content = _from_hex(bytes(content))
        elif keep:
            raise Fault("damaged")  # objects are packed by programs of today
        elif name == b"LZWDecode":
            packed.lzw += len(content)
            if packed.lzw > MAX_LZW_BYTES or not last:
                raise Fault("unpacked" if last else "damaged")
            return None
        elif name == b"RunLengthDecode":
            budget.take(64 * len(content))  # a byte may stand for 128, with another to say so
            if not last:
                raise Fault("damaged")
        elif name not in _PICTURES or not last:
            raise Fault("damaged")
    return bytes(content) if keep else None


def _filters(plain: bytes) -> list[bytes]:
    found = _FILTER.findall(plain)
    # One that is kept elsewhere, or two: which of them counts is for each program to guess.
    if len(found) != len(_FILTERS.findall(plain)) or len(found) > 1:
        raise Fault("damaged")
    if not found:
        return []
    names = [_SHORT.get(name, name) for name in re.findall(rb"/([A-Za-z0-9]+)", found[0])]
    if len(names) > _MOST_FILTERS:
        raise Fault("unpacked")
    return names


def _check_sides(plain: bytes) -> None:
    pixels = 1
    for side in _SIDES.findall(plain)[:2]:
        pixels *= int(side)
    if pixels > MAX_PIXELS:
        raise Fault("pixels")


def _inflated(data: bytes | memoryview, budget: Budget, *, keep: bool) -> bytes:
    unpacker = zlib.decompressobj()
    kept = bytearray()
    rest: bytes | memoryview = data
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(rest, _PIECE)
            rest = unpacker.unconsumed_tail
            budget.take(len(piece))
            if keep:
                kept += piece
                if len(kept) > MAX_KEPT_BYTES:
                    raise Fault("unpacked")
            if not piece and not rest:
                break
    except zlib.error:
        raise Fault("damaged") from None
    if not unpacker.eof or unpacker.unused_data.strip(b"\x00\t\n\x0c\r "):
        raise Fault("damaged")
    return bytes(kept)


def _from_85(data: bytes) -> bytes:
    import base64

    text = data.strip(b"\x00\t\n\x0c\r ").removeprefix(b"<~")
    end = text.find(b"~>")
    try:
        return base64.a85decode(text if end < 0 else text[:end], ignorechars=b"\x00\t\n\x0b\x0c\r ")
    except ValueError:
        raise Fault("damaged") from None


def _from_hex(data: bytes) -> bytes:
    text = re.sub(rb"[" + _W + rb"]", b"", data.partition(b">")[0])
    try:
        return binascii.unhexlify(text + b"0" * (len(text) % 2))
    except ValueError:
        raise Fault("damaged") from None
