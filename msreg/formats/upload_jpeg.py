"""Whether a document is a JPEG and nothing else: walked marker by marker. Runs in the child."""

from __future__ import annotations

import re
import struct

from msreg.formats.upload_exif import Beside, exif, place_in_xmp
from msreg.formats.upload_limits import MAX_PIXELS, MAX_SCANS, MAX_SIDE
from msreg.formats.zip_guard import Fault

SIGNATURE = b"\xff\xd8\xff"

_SOI, _EOI, _SOS, _DQT, _DHT, _DRI, _COM, _TEM = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xFE, 0x01
_FRAMES = (0xC0, 0xC1, 0xC2)
"""Baseline, extended and progressive, in Huffman codes: what every program reads."""

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_EXIF, _XMP, _IPTC = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0"


def judge(data: bytes) -> Beside:
    """What stands beside the pixels. Raises `Fault` for what is no JPEG, is damaged, too large or more than it."""
    if not data.startswith(SIGNATURE):
        raise Fault("content")
    walk = _Walk(data)
    at = 2
    while True:
        if at + 2 > len(data) or data[at] != 0xFF:
            raise Fault("damaged")
        marker = data[at + 1]
        if marker == 0xFF:  # filled up
            at += 1
            continue
        if marker == _EOI:
            if at + 2 != len(data):
                raise Fault("behind")
            walk.check()
            return walk.beside
        at = walk.segment(marker, at + 2)


class _Walk:
    def __init__(self, data: bytes) -> None:
        self.beside = Beside()
        self._data = data
        self._blocks = 0
        self._components: set[int] = set()
        self._scans = 0
        self._coded = 0
        self._tables = 0

    def segment(self, marker: int, at: int) -> int:
        """Walk one segment and what is coded behind it; where the next begins."""
        if at + 2 > len(self._data):
            raise Fault("damaged")
        size = int.from_bytes(self._data[at : at + 2])
        end = at + size
        if size < 2 or end > len(self._data):
            raise Fault("damaged")
        content = self._data[at + 2 : end]
        if marker in _FRAMES:
            self._frame(content)
        elif marker == _SOS:
            return self._scan(content, end)
        elif marker == _DRI:
            if len(content) != 2:
                raise Fault("damaged")
        elif marker in (_DQT, _DHT):
            self._table(marker, content)
        elif marker == _COM:
            self.beside.add(content.decode("latin-1"))
        elif 0xE0 <= marker <= 0xEF:
            self._application(marker, content)
        else:
            raise Fault("damaged")
        return end

    def check(self) -> None:
        """At the end: was there a picture, and enough bytes for it?"""
        # A block takes at least two bits once; fewer is a small file that says that it is a huge picture.
        if not self._scans or self._coded * 8 < self._blocks * 2:
            raise Fault("damaged")

    def _frame(self, content: bytes) -> None:
        if self._components or len(content) < 6:
            raise Fault("damaged")
        precision, height, width, count = struct.unpack_from(">BHHB", content)
        if precision not in (8, 12) or not width or not height or count not in (1, 3, 4):
            raise Fault("damaged")
        if len(content) != 6 + 3 * count:
            raise Fault("damaged")
        if width * height > MAX_PIXELS or width > MAX_SIDE or height > MAX_SIDE:
            raise Fault("pixels")
        for place in range(6, len(content), 3):
            number, sampling, table = content[place : place + 3]
            if not 1 <= sampling >> 4 <= 4 or not 1 <= sampling & 15 <= 4 or table > 3:
                raise Fault("damaged")
            self._components.add(number)
        if len(self._components) != count:
            raise Fault("damaged")
        self._blocks = -(-width // 32) * -(-height // 32)  # of the largest size that there is

    def _scan(self, content: bytes, at: int) -> int:
        count = content[0] if content else 0
        if not 1 <= count <= 4 or len(content) != 4 + 2 * count:
            raise Fault("damaged")
        if not self._tables or not self._components.issuperset(content[1 : 1 + 2 * count : 2]):
            raise Fault("damaged")
        self._scans += 1
        if self._scans > MAX_SCANS:
            raise Fault("unpacked")
        found = _MARKER.search(self._data, at)
        if found is None:
            raise Fault("damaged")
        self._coded += found.start() - at
        return found.start()

    def _table(self, marker: int, content: bytes) -> None:
        at = 0
        while at < len(content):
            if marker == _DQT:
                at += 129 if content[at] >> 4 else 65
            else:
                counts = content[at + 1 : at + 17]
                if len(counts) < 16 or sum(counts) > 256:
                    raise Fault("damaged")
                at += 17 + sum(counts)
            self._tables += 1
        if at != len(content):
            raise Fault("damaged")

    def _application(self, marker: int, content: bytes) -> None:
        if marker == 0xE1 and content.startswith(_EXIF):
            exif(content[len(_EXIF) :], self.beside)
        elif marker == 0xE1 and content.startswith(_XMP):
            xmp = content[len(_XMP) :].decode("utf-8", "replace")
            self.beside.place = self.beside.place or place_in_xmp(xmp)
            self.beside.add(xmp, told=False)
        elif marker == 0xED and content.startswith(_IPTC):
            self.beside.add(content.decode("latin-1"), told=False)
