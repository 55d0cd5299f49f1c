"""The cases of an SPSS file, in its own compression: a code for each 8 bytes, and the bytes where no code does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from struct import pack
from typing import Any

from msreg.formats.spss_dictionary import BIAS, REAL, segments

_END, _LITERAL, _BLANK, _MISSING = 252, 253, 254, 255
_LOWEST, _HIGHEST = 1 - BIAS, 251 - BIAS
_TOGETHER = 2**16

Piece = tuple[bytes, bytes]
"""Codes, and the bytes of those that are literals."""

MISSING: Piece = (bytes((_MISSING,)), b"")


def number(value: float) -> Piece:
    """A number: one code for the small whole ones."""
    if value.is_integer() and _LOWEST <= value <= _HIGHEST:
        return bytes((int(value) + BIAS,)), b""
    return bytes((_LITERAL,)), pack("<d", value)


def text(width: int) -> Callable[[bytes], Piece]:
    """What makes pieces of texts of a variable of this width."""
    rooms = [-(-each // 8) * 8 for each in segments(width)]

    def piece(value: bytes) -> Piece:
        whole = b"".join(value[at * REAL : (at + 1) * REAL].ljust(room) for at, room in enumerate(rooms))
        codes, literals = bytearray(), []
        for at in range(0, len(whole), 8):
            each = whole[at : at + 8]
            codes.append(_BLANK if each == b"        " else _LITERAL)
            if each != b"        ":
                literals.append(each)
        return bytes(codes), b"".join(literals)

    return piece


def compressed(cases: Iterable[Sequence[Piece]]) -> Iterator[bytes]:
    """The cases as they stand in the file: eight codes, then the bytes of their literals, and so on."""
    codes, literals = bytearray(), bytearray()
    for case in cases:
        for code, literal in case:
            codes += code
            literals += literal
        if len(codes) >= _TOGETHER:
            whole = len(codes) // 8 * 8
            piece, used = _grouped(codes[:whole], literals)
            del codes[:whole], literals[:used]
            yield piece
    codes.append(_END)
    codes += bytes(-len(codes) % 8)
    yield _grouped(codes, literals)[0]


def _grouped(codes: bytearray, literals: bytearray) -> tuple[bytes, int]:
    out, place = [], 0
    for at in range(0, len(codes), 8):
        eight = codes[at : at + 8]
        out.append(eight)
        size = eight.count(_LITERAL) * 8
        if size:
            out.append(literals[place : place + size])
            place += size
    return b"".join(out), place


def maker(width: int) -> Callable[[Any], Piece]:
    """What makes a piece of a value that is there; a number for width 0."""
    return text(width) if width else number


def nothing(width: int) -> Piece:
    """The piece of a value that is absent: blanks, or the system's own missing value."""
    return text(width)(b"") if width else MISSING
