"""How wide a text is in DejaVu Sans, read from the font itself: no library for drawing is needed to measure.

The other fonts that a browser may take instead are narrower.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from functools import cache
from pathlib import Path
from typing import NamedTuple

from msreg.config import data_folder

PLAIN, BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"


class _Face(NamedTuple):
    """The tables of a font that say how far each character goes."""

    units: int
    advances: tuple[int, ...]
    ends: tuple[int, ...]
    starts: tuple[int, ...]
    deltas: tuple[int, ...]
    offsets: tuple[int, ...]
    glyphs: tuple[int, ...]

    def advance(self, character: str) -> int:
        return self.advances[min(self.glyph(ord(character)), len(self.advances) - 1)]

    def glyph(self, code: int) -> int:
        """The number of the character's sign; 0 when the font has none."""
        at = bisect_left(self.ends, code)
        if at == len(self.ends) or self.starts[at] > code:
            return 0
        if not self.offsets[at]:
            return (code + self.deltas[at]) & 0xFFFF
        place = self.offsets[at] // 2 + code - self.starts[at] - (len(self.ends) - at)
        return (self.glyphs[place] + self.deltas[at]) & 0xFFFF if self.glyphs[place] else 0


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Points that a text takes at a size."""
    face = _face(BOLD if bold else PLAIN)
    return sum(face.advance(each) for each in text) * size / face.units


def font_file(bold: bool = False) -> Path:
    """Where the font lies."""
    return data_folder() / "fonts" / (BOLD if bold else PLAIN)


@cache
def _face(name: str) -> _Face:
    data = (data_folder() / "fonts" / name).read_bytes()
    count = struct.unpack_from(">H", data, 4)[0]
    tables = {
        tag: offset for tag, _check, offset, _size in struct.iter_unpack(">4sIII", data[12 : 12 + 16 * count])
    }
    units = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    metrics = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
    advances = struct.unpack_from(f">{2 * metrics}H", data, tables[b"hmtx"])[::2]
    start = _basic_plane(data, tables[b"cmap"])
    length, _language, doubled = struct.unpack_from(">3H", data, start + 2)
    segments = doubled // 2
    at = start + 14
    ends = struct.unpack_from(f">{segments}H", data, at)
    starts = struct.unpack_from(f">{segments}H", data, at + doubled + 2)
    deltas = struct.unpack_from(f">{segments}H", data, at + 2 * doubled + 2)
    offsets = struct.unpack_from(f">{segments}H", data, at + 3 * doubled + 2)
    glyphs_at = at + 4 * doubled + 2
    glyphs = struct.unpack_from(f">{(start + length - glyphs_at) // 2}H", data, glyphs_at)
    return _Face(units, advances, ends, starts, deltas, offsets, glyphs)


def _basic_plane(data: bytes, cmap: int) -> int:
    """Where the table of characters (format 4, Unicode) begins."""
    count = struct.unpack_from(">H", data, cmap + 2)[0]
    for _platform, _kind, offset in struct.iter_unpack(">HHI", data[cmap + 4 : cmap + 4 + 8 * count]):
        start: int = cmap + offset
        if struct.unpack_from(">H", data, start)[0] == 4:
            return start
    raise ValueError("the font has no table of characters in format 4")
