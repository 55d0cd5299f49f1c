"""Where the bytes of a batch file come from: a file on disk, or standard input held in memory."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from msreg.errors import Phrase, Refused, Unavailable, Usage
from msreg.formats.limits import MAX_FILE_BYTES
from msreg.vocabulary import N_

STANDARD_INPUT = Path("-")
PIECE = 2**20

Name = str | Phrase
"""What a message calls a file."""


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Origin:
    """A batch file that is opened anew for each walk over its rows.

    `path` is None for standard input, whose bytes are behind `handle`. `stamp` tells whether the file is
    still the one that was looked at first.
    """

    path: Path | None
    handle: int = -1
    stamp: tuple[int, ...] = ()

    @property
    def name(self) -> Name:
        """What a message calls it."""
        return Phrase(N_("standard input")) if self.path is None else str(self.path)

    @property
    def short(self) -> Name:
        """Its name without the folders that it is in."""
        return self.name if self.path is None else self.path.name or self.path.resolve().name

    @property
    def suffix(self) -> str:
        """What its name ends in, in lower case."""
        return "" if self.path is None else self.path.suffix.lower()

    def open(self) -> BinaryIO:
        """Its bytes from the start. Raises `Unavailable` without the right to read it.

        Raises `Refused` when the file is another one than at the first look: rows are read more than once,
        and must be the same rows each time.
        """
        if self.path is None:
            return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", _Shared(self.handle)), PIECE // 4))
        try:
            file = self.path.open("rb")
        except OSError:
            raise self.unreadable() from None
        if self.stamp and _stamp(file.fileno()) != self.stamp:
            file.close()
            raise Refused(
                N_("{file} was changed while it was being read."),
                hint=N_("Wait until the program that writes it is done, and try again."),
                file=self.name,
            )
        return file

    def unreadable(self) -> Unavailable:
        """What to say when the system does not give the bytes."""
        return Unavailable(N_("{file} cannot be read; check your rights to it."), file=self.name)

    def size(self) -> int:
        """How many bytes it has."""
        return os.fstat(self.handle).st_size if self.path is None else self.path.stat().st_size

    def sha256(self) -> str:
        """Hash of its bytes in hexadecimal digits; of a folder, of the files that are read."""
        digest = hashlib.sha256()
        origins = [self]
        if self.path is not None and self.path.is_dir():
            from msreg.formats.csv_folder import tables_of
            from msreg.formats.fhir_folder import answers_of, is_fhir

            files = answers_of(self.path) if is_fhir(self.path) else tables_of(self.path)
            origins = [of_file(each) for each in files]
        for origin in origins:
            with origin.open() as file:
                while piece := file.read(PIECE):
                    digest.update(piece)
        return digest.hexdigest()


class _Shared(io.RawIOBase):
    """One reader of a handle that several may read from, each at a place of its own."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at}.get(whence)
        self._at = max(0, offset + (os.fstat(self._handle).st_size if base is None else base))
        return self._at

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        os.lseek(self._handle, self._at, os.SEEK_SET)
        count = os.readv(self._handle, [buffer]) if hasattr(os, "readv") else self._read(buffer)
        self._at += count
        return count

    def _read(self, buffer: bytearray) -> int:
        piece = os.read(self._handle, len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def of_file(path: Path) -> Origin:
    """A file on disk."""
    found = os.stat(path)
    return Origin(path, stamp=_facts(found))


def of_standard_input() -> Origin:
    """What is piped into msreg, read to its end. Raises `Usage` when nothing is."""
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None or sys.stdin.isatty():
        raise _nothing()
    return taken(stream)


def taken(stream: BinaryIO) -> Origin:
    """The bytes of a stream, held in memory that no disk sees where the system has that.

    Raises `Usage` for a stream without bytes, `Refused` for one that does not end in time.
    """
    handle = _room()
    origin = Origin(None, handle)
    weakref.finalize(origin, os.close, handle)
    size = 0
    with os.fdopen(handle, "wb", closefd=False) as file:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > MAX_FILE_BYTES:
                raise Refused(
                    N_("{file} is larger than a batch file may be ({most} MB)."),
                    hint=N_("Spread the rows over several files."),
                    file=origin.name,
                    most=MAX_FILE_BYTES // 2**20,
                )
            file.write(piece)
    if not size:
        raise _nothing()
    return origin


def _nothing() -> Usage:
    return Usage(
        N_("Nothing comes in on {file}."),
        hint=N_("Name a file, or send one in: msreg imports check - --sheet courses < courses.csv"),
        file=Phrase(N_("standard input")),
    )


def _room() -> int:
    """A handle of nameless memory; elsewhere of a file that has no name and is its owner's only."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("msreg")
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _stamp(handle: int) -> tuple[int, ...]:
    return _facts(os.fstat(handle))


def _facts(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
