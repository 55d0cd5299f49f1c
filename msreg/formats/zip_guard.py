"""Zip files are looked at before anything in them is believed: names, number, sizes and the way they are packed.

What a zip says about itself is what an attacker says. Its list of files is read only up to a limit, and bytes
are counted while they are unpacked.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from msreg.formats.limits import MAX_DIRECTORY_BYTES, MAX_PARTS, MAX_UNPACKED_BYTES

PIECE = 2**19

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
"""What the library raises for a zip that is damaged, or that somebody made to look so."""


class Fault(Exception):
    """Why a zip is not read; `code` is a key of `xlsx.FAULTS` or `csv_zip.FAULTS`."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Careful(io.BufferedReader):
    """A file that is never asked for more at once than the list of an honest zip takes.

    `zipfile` reads that list whole, as large as the file says that it is.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file. Raises `Fault` for too much at once."""
        if size is None or size < 0:
            size = MAX_DIRECTORY_BYTES
        if size > MAX_DIRECTORY_BYTES:
            raise Fault("unpacked")
        return super().read(size)


class Budget:
    """How much may still be unpacked from one file."""

    def __init__(self, room: int | None = None) -> None:
        self._room = MAX_UNPACKED_BYTES if room is None else room

    def take(self, size: int) -> None:
        """Count bytes that were unpacked. Raises `Fault` when they are too many."""
        self._room -= size
        if self._room < 0:
            raise Fault("unpacked")


@contextmanager
def opened(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """A zip whose list of files can be trusted to be a list, closed at the end. Raises `Fault` for all else."""
    assert isinstance(file, io.BufferedReader)
    try:
        with Careful(file.detach(), PIECE // 4) as careful, zipfile.ZipFile(careful) as archive:
            check_names(archive)
            yield archive
    except BROKEN:
        raise Fault("damaged") from None


def check_names(archive: zipfile.ZipFile) -> None:
    """Raises `Fault` for names that lead elsewhere or stand there twice, links, passwords and odd packing."""
    entries = archive.infolist()
    if len(entries) > MAX_PARTS:
        raise Fault("unpacked")
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename.lower()
        if entry.flag_bits & 1:
            raise Fault("password")
        if name in seen or "\\" in name or ":" in name or name.startswith("/") or ".." in name.split("/"):
            raise Fault("names")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Fault("names")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Fault("damaged")
        seen.add(name)


def pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    """The real bytes of one file in a zip, some at a time. Raises `Fault` when they are too many."""
    with archive.open(entry) as part:
        while piece := part.read(PIECE):
            budget.take(len(piece))
            yield piece
