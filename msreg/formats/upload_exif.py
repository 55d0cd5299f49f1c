"""What a picture tells beside its pixels: where it was taken, and words such as a name or a remark.

The sender's bytes are kept as they are (decision 0038), so this is told to who has to anonymise.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from msreg.formats.upload_limits import MAX_WORDS_BYTES
from msreg.formats.zip_guard import Fault

_ASCII, _LONG = 2, 4
_GPS, _EXIF = 0x8825, 0x8769
_TOLD = {0x010E, 0x013B, 0x8298, 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F, 0x9286, 0xA430}
"""Description, artist, copyright, title, comment, author, keywords and subject of Windows, comment, owner."""

_WIDE = range(0x9C9B, 0x9CA0)
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_MOST_ENTRIES = 500
_LETTERS = re.compile(r"[^\W\d_]{2}")
_ACTIVE = re.compile(r"<(?:script|\?php|html|iframe|!doctype|svg)", re.IGNORECASE)


@dataclass(slots=True)
class Beside:
    """`words` are searched for what names somebody; `told` when some were written by a person or for one."""

    place: bool = False
    told: bool = False
    words: list[str] = field(default_factory=list)
    _room: int = MAX_WORDS_BYTES

    def add(self, text: str, *, told: bool = True) -> None:
        """Note words. Raises `Fault` for a page or script that pretends to be a remark, and for a book."""
        if _ACTIVE.search(text):
            raise Fault("two_kinds")
        self._room -= len(text)
        if self._room < 0:
            raise Fault("unpacked")
        text = text.strip("\0 \r\n\t")
        if _LETTERS.search(text):
            self.told = self.told or told
            self.words.append(text)


def exif(data: bytes, beside: Beside) -> None:
    """Read what a camera or a scanner noted; what cannot be read counts as words, since it may hide some."""
    try:
        order = {b"II": "<", b"MM": ">"}[data[:2]]
        magic, first = struct.unpack_from(f"{order}HI", data, 2)
        if magic != 42:
            raise ValueError
        _directories(data, order, first, beside)
    except (KeyError, ValueError, struct.error):
        beside.add(data.decode("latin-1"))


def _directories(data: bytes, order: str, first: int, beside: Beside) -> None:
    seen: set[int] = set()
    left, room = [first], _MOST_ENTRIES
    while left:
        at = left.pop()
        if not at or at in seen:
            continue
        seen.add(at)
        count = struct.unpack_from(f"{order}H", data, at)[0]
        room -= count
        if room < 0:
            raise ValueError
        for number in range(count):
            entry = at + 2 + 12 * number
            tag, form, values = struct.unpack_from(f"{order}HHI", data, entry)
            size = _SIZES.get(form, 1) * values
            place = entry + 8 if size <= 4 else struct.unpack_from(f"{order}I", data, entry + 8)[0]
            if tag in (_GPS, _EXIF) and form == _LONG:
                beside.place = beside.place or tag == _GPS
                if tag == _EXIF:
                    left.append(struct.unpack_from(f"{order}I", data, entry + 8)[0])
            elif tag in _TOLD or form == _ASCII:
                text = data[place : place + min(size, MAX_WORDS_BYTES)]
                beside.add(
                    text.decode("utf-16-le" if tag in _WIDE else "latin-1", "replace"), told=tag in _TOLD
                )
        if at + 2 + 12 * count + 4 <= len(data):
            left.append(struct.unpack_from(f"{order}I", data, at + 2 + 12 * count)[0])


def place_in_xmp(xmp: str) -> bool:
    """Whether the notes of a picture program say where a picture was taken."""
    return "GPSLatitude" in xmp
