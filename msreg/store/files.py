"""Files for their owner only: 0600 in folders of 0700, whatever the umask, written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from msreg.errors import Conflict, Unavailable
from msreg.vocabulary import N_

FILE_MODE = 0o600
FOLDER_MODE = 0o700


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file's rights: a kind for programs, a sentence for people."""

    kind: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence, translated and filled."""
        return translate(self.message).format(**self.params)


def private_dir(path: Path) -> None:
    """Make the folder, and those above it that are missing, for its owner only.

    A folder that exists is closed only while it is empty: one with files in it may be somebody's.
    """
    try:
        missing = [path, *path.parents]
        missing = missing[: next(n for n, each in enumerate(missing) if each.exists())]
        for folder in reversed(missing):
            with suppress(FileExistsError):
                folder.mkdir(FOLDER_MODE)
                # mkdir takes bits away by the umask; an odd umask must not lock the owner out.
                folder.chmod(FOLDER_MODE)
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not missing and not any(path.iterdir()) and _owned(path.stat()):
            path.chmod(FOLDER_MODE)
    except OSError as fault:
        raise unwritable(path, fault) from None


def create_private(path: Path) -> None:
    """Make an empty file 0600. Raises `Conflict` when something has that name already."""
    try:
        os.close(_open_new(path))
    except FileExistsError:
        raise Conflict(N_("{path} exists already; nothing was changed."), path=str(path)) from None
    except OSError as fault:
        raise unwritable(path, fault) from None


def write_private(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write a file 0600 so that a crash leaves the old one or the new one, never half of it.

    `replace=False` raises `Conflict` when the file exists. Raises `Unavailable` when the disk refuses.
    """
    temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}.tmp")
    try:
        handle = _open_new(temporary)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if replace:
                os.replace(temporary, path)
            else:
                os.link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_dir(path.parent)
    except FileExistsError:
        raise Conflict(N_("{path} exists already; nothing was changed."), path=str(path)) from None
    except OSError as fault:
        raise unwritable(path, fault) from None


def remove_leftovers(path: Path) -> None:
    """Take away what a kill in the middle of `write_private` left beside a file."""
    for each in path.parent.glob(f".{path.name}.*.tmp"):
        each.unlink(missing_ok=True)


def sync_dir(folder: Path) -> None:
    """Make names in the folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_private(path: Path) -> list[Problem]:
    """What is wrong with the rights of a file or folder; an empty list when nothing is."""
    try:
        found = path.lstat()
    except OSError:
        return [Problem("missing", N_("{path} is missing or cannot be reached."), {"path": str(path)})]
    if stat.S_ISLNK(found.st_mode):
        return [Problem("symlink", N_("{path} is a symbolic link."), {"path": str(path)})]
    problems = []
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        problems.append(Problem("kind", N_("{path} is neither a file nor a folder."), {"path": str(path)}))
    if not _owned(found):
        problems.append(Problem("owner", N_("{path} belongs to another user."), {"path": str(path)}))
    if found.st_mode & 0o077:
        problems.append(
            Problem(
                "mode",
                N_("{path} is open to other users (mode {mode}); it should be {wanted}."),
                {
                    "path": str(path),
                    "mode": f"{stat.S_IMODE(found.st_mode):04o}",
                    "wanted": "0700" if stat.S_ISDIR(found.st_mode) else "0600",
                },
            )
        )
    return problems


def unwritable(path: Path, fault: OSError) -> Unavailable:
    """The error for a file or folder that the system would not let us write."""
    return Unavailable(
        N_("{path} cannot be written: {why}."),
        hint=N_("Check the rights of its folder and the room on the disk."),
        path=str(path),
        why=fault.strerror or type(fault).__name__,
    )


def _open_new(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(path, flags, FILE_MODE)
    os.fchmod(handle, FILE_MODE)
    return handle


def _owned(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid()
