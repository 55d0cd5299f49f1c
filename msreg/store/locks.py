"""Locks that live as long as their process, with notes in them: the kernel lets go of them when it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ELOOP, ENOENT, ENOSPC, ENOTDIR
from pathlib import Path

from msreg.store.files import private_dir, unwritable

_FLAGS = os.O_RDWR | os.O_CLOEXEC | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)

_NO_LOCK = frozenset((ENOENT, ENOTDIR, ELOOP))
"""What is no file or a link is nobody's lock."""


class Held:
    """A lock that this process holds, and its file: notes for who comes after, should the process die."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self.noted = False
        """Whether there is a note that was not wiped out."""

    def note(self, line: str) -> None:
        """Add a line. It is there when this process is killed, and not waited for on the disk. Raises `OSError`."""
        self.noted = True
        text = line.encode() + b"\n"
        if os.write(self._handle, text) != len(text):
            raise OSError(ENOSPC, os.strerror(ENOSPC))

    def wipe(self) -> None:
        """Take the notes away: they are kept elsewhere by now."""
        if self.noted:
            os.ftruncate(self._handle, 0)
            self.noted = False


@contextmanager
def held(path: Path) -> Iterator[Held]:
    """Hold a new lock file, 0600, as long as the block runs; then it is taken away, unless there is a note in it."""
    private_dir(path.parent)
    try:
        handle = _locked_new(path)
    except OSError as fault:
        raise unwritable(path, fault) from None
    mine = Held(handle)
    try:
        yield mine
    finally:
        # First its name: without it the lock is known as let go.
        if not mine.noted:
            path.unlink(missing_ok=True)
        os.close(handle)


@contextmanager
def left_behind(path: Path) -> Iterator[list[str] | None]:
    """The notes of a process that died, for one reader at a time; the file is taken away when the block is through.

    None while its process lives, somebody else reads them, or the file cannot be looked at (another user's). An empty
    list when there is no file.
    """
    try:
        handle = os.open(path, _FLAGS)
    except OSError as fault:
        yield [] if fault.errno in _NO_LOCK else None
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        if not _is_named(path, handle):
            yield None  # somebody read it just now
            return
        yield _lines(handle)
        path.unlink(missing_ok=True)
    finally:
        os.close(handle)


def notes_so_far(path: Path) -> list[str]:
    """The notes of a process, also of one that lives; none when the file cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return []
    try:
        return _lines(handle)
    finally:
        os.close(handle)


def _lines(handle: int) -> list[str]:
    content = b""
    while more := os.read(handle, 1 << 16):
        content += more
    # What has no end of line was cut off by the death of its writer: it never was a note.
    return content.decode(errors="replace").split("\n")[:-1]


def _locked_new(path: Path) -> int:
    while True:
        handle = os.open(path, _FLAGS | os.O_CREAT, 0o600)
        try:
            os.fchmod(handle, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Who looks for dead processes may have taken the file away before it was locked.
            if _is_named(path, handle):
                return handle
        except BlockingIOError:
            pass  # whoever looks at it holds it for a moment
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _is_named(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except FileNotFoundError:
        return False
