"""A document is read once. What is judged, hashed and stored is that one copy, whatever becomes of the file."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from msreg.errors import Refused, Unavailable
from msreg.formats.upload_faults import fault
from msreg.formats.upload_limits import MAX_UPLOAD_BYTES
from msreg.formats.upload_names import clean_name
from msreg.vocabulary import N_

PIECE = 2**18


@dataclass(frozen=True, slots=True)
class Taken:
    """Our copy of a document: its cleaned name, its bytes (read only), their number and their SHA-256.

    A context manager: the copy is gone at the end. It has no name on disk, so that nothing is left of it when
    the program is killed.
    """

    name: str
    file: BinaryIO
    size: int
    sha256: str
    path: Path | None = None
    """Where the copy is on a system that cannot take the name off an open file (Windows)."""

    def close(self) -> None:
        """Let go of the copy."""
        self.file.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Taken:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def taken(path: Path, folder: Path) -> Taken:
    """Copy a file into the private working folder while hashing it.

    Raises `Refused` for a file that is empty, larger than 50 MB, no ordinary file, or changed meanwhile, and
    `Unavailable` when it cannot be read or the copy cannot be written.
    """
    name = clean_name(path.name)
    try:
        # Without waiting: somebody may have put a pipe there.
        source = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        raise Unavailable(
            N_("{file} cannot be read; check its name and your rights to it."), file=name
        ) from None
    before = os.fstat(source)
    if not stat.S_ISREG(before.st_mode):
        os.close(source)
        raise fault("no_file", name)
    with open(source, "rb", buffering=0) as file:
        if before.st_size == 0:
            raise fault("empty", name)
        if before.st_size > MAX_UPLOAD_BYTES:
            raise fault("large", name)
        copy, where = _private(folder, name)
        try:
            size, sha256 = _copied(file, copy, name)
            if size != before.st_size or _stamp(os.fstat(source)) != _stamp(before) or _moved(path, before):
                raise _changed(name)
            return _reading(copy, where, name, size, sha256)
        except BaseException:
            copy.close()
            where.unlink(missing_ok=True)
            raise


def _private(folder: Path, name: str) -> tuple[BinaryIO, Path]:
    try:
        handle, where = tempfile.mkstemp(prefix=".upload-", dir=folder)  # mode 0600
    except OSError:
        raise _no_room(name) from None
    return open(handle, "wb", buffering=0), Path(where)


def _copied(file: BinaryIO, copy: BinaryIO, name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while True:
        try:
            piece = file.read(PIECE)
        except OSError:
            raise Unavailable(
                N_("{file} cannot be read; check its name and your rights to it."), file=name
            ) from None
        if not piece:
            return size, digest.hexdigest()
        size += len(piece)
        if size > MAX_UPLOAD_BYTES:
            raise _changed(name)
        digest.update(piece)
        try:
            left = memoryview(piece)
            while left:
                left = left[copy.write(left) :]
        except OSError:
            raise _no_room(name) from None


def _reading(copy: BinaryIO, where: Path, name: str, size: int, sha256: str) -> Taken:
    """The copy opened for reading only: who judges it cannot change it."""
    file = where.open("rb")
    copy.close()
    try:
        where.unlink()
    except OSError:  # Windows keeps the name until the file is closed
        return Taken(name, file, size, sha256, where)
    return Taken(name, file, size, sha256)


def _stamp(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _moved(path: Path, before: os.stat_result) -> bool:
    """Whether another file has that name by now."""
    with suppress(OSError):
        return _stamp(path.stat()) != _stamp(before)
    return True


def _changed(name: str) -> Refused:
    return Refused(
        N_("{file} was changed while it was being read."),
        hint=N_("Wait until the program that writes it is done, and try again."),
        file=name,
    )


def _no_room(name: str) -> Unavailable:
    return Unavailable(
        N_("There is no room for a copy of {file}; nothing was uploaded."),
        hint=N_("Make room on the disk of the registry, and try again."),
        file=name,
    )
