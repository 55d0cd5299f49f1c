"""A zip file out: entries as they come, in pieces, so that memory does not grow with what goes in."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

_SAME_DAY = (1980, 1, 1, 0, 0, 0)
"""When something was stored tells when it happened; a file that is made twice is the same."""

_PACKED = frozenset((".pdf", ".png", ".jpg", ".docx", ".xlsx"))
"""Kinds that are packed already: once more costs time and gains nothing."""


class Entry(NamedTuple):
    """One file in a zip file: its name with folders before it, and its bytes a piece at a time."""

    name: str
    pieces: Iterable[bytes]


def write_zip(path: Path, entries: Iterable[Entry]) -> None:
    """Write a zip file, readable by its owner only. For a path that nobody sees yet: `atomic.finished_file`."""
    path.touch(mode=0o600)
    with zipfile.ZipFile(path, "w") as archive:
        for each in entries:
            info = zipfile.ZipInfo(each.name, _SAME_DAY)
            info.external_attr = 0o600 << 16
            info.create_system = 3  # Unix, or those rights would mean nothing
            packed = Path(each.name).suffix.lower() in _PACKED
            info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            with archive.open(info, "w") as part:
                for piece in each.pieces:
                    part.write(piece)
