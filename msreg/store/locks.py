"""Locks that live as long as their process: the kernel lets go of them when it dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msreg.store.files import private_dir, unwritable

_FLAGS = os.O_RDWR | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a new lock file, 0600, as long as the block runs; then it is taken away."""
    private_dir(path.parent)
    try:
        handle = _locked_new(path)
    except OSError as fault:
        raise unwritable(path, fault) from None
    try:
        yield
    finally:
        # First its name: without it the lock is known as let go.
        path.unlink(missing_ok=True)
        os.close(handle)


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock. A file that nobody holds is taken away: its process died."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(handle)


def _locked_new(path: Path) -> int:
    while True:
        handle = os.open(path, _FLAGS | os.O_CREAT, 0o600)
        try:
            os.fchmod(handle, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Who looks for dead processes may have taken the file away before it was locked.
            if path.exists() and os.path.samestat(os.stat(path), os.fstat(handle)):
                return handle
        except BlockingIOError:
            pass  # whoever looks at it holds it for a moment
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
