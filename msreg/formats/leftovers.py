"""Working folders that a killed program left behind: they hold patients' data, and nobody would look for them.

Each has a file that its maker keeps locked. The system lets go of the lock when the maker dies, so a folder
whose lock is free belongs to nobody, and the next one who writes to the same place clears it away.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK, _LOCKING = "lock", "locking"
_SIGNS = 8  # that `mkdtemp` makes up


@contextmanager
def working_folder(path: Path) -> Iterator[Path]:
    """A private folder beside `path`, on the same file system, that is gone at the end.

    What was left by earlier ones of the same path that were killed goes too. Raises `OSError`.
    """
    prefix = f".{path.name[:40]}."
    _clear(path.parent, prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=path.parent))
    try:
        lock = os.open(folder / _LOCKING, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            if _take(lock):  # under this name from now on: nobody sees a lock that is not taken yet
                os.rename(folder / _LOCKING, folder / _LOCK)
            yield folder
        finally:
            os.close(lock)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clear(place: Path, prefix: str) -> None:
    for name in os.listdir(place):
        if name.startswith(prefix) and len(name) == len(prefix) + _SIGNS and _is_left(place / name):
            shutil.rmtree(place / name, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    """Whether a folder is a working folder of ours whose maker is no more."""
    try:
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            return False
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        return _take(lock)
    finally:
        os.close(lock)


def _take(lock: int) -> bool:
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # somebody has it, or the file system knows no locks: then nothing is ever cleared
        return False
    return True
