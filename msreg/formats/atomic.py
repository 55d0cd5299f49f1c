"""Finished files appear at once and whole, readable by their owner only, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msreg.errors import Conflict, NotFound, Unavailable
from msreg.formats.leftovers import working_folder
from msreg.vocabulary import N_

OVERWRITE = N_("Choose another name, or say --overwrite.")


@contextmanager
def finished_file(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """A path in a private folder beside `path`; on success the file there becomes `path`, mode 0600.

    Raises `Conflict` when `path` exists and may not be overwritten, `NotFound` when its folder does not
    exist, `Unavailable` when the system refuses to write. The private folder takes all working files of a
    library too, and is gone afterwards whatever happens.
    """
    if path.is_dir() or (path.exists() and not overwrite):
        raise _exists(path)
    with _beside(path) as folder:
        made = folder / "made"
        yield made
        os.chmod(made, 0o600)
        _sync(made)
        if overwrite:
            os.replace(made, path)
        else:
            _name(made, path)
        _sync(path.parent)


@contextmanager
def finished_folder(path: Path, *, overwrite: bool, suffix: str | tuple[str, ...]) -> Iterator[Path]:
    """A private folder beside `path` to fill; on success it becomes `path`, mode 0700, files 0600.

    An existing folder is replaced when it is empty, or with `overwrite` when it holds nothing but files
    ending in `suffix`: a slip of the keyboard must not empty somebody's home folder.
    """
    _check_replaceable(path, path, overwrite=overwrite, suffix=suffix)
    with _beside(path) as folder:
        made = folder / "made"
        made.mkdir(mode=0o700)
        yield made
        for each in made.iterdir():
            os.chmod(each, 0o600)
            _sync(each)
        _sync(made)
        old = folder / "old"
        try:
            if path.exists():
                os.rename(path, old)
                # somebody may have put something in it meanwhile; from here on nobody can
                _check_replaceable(old, path, overwrite=overwrite, suffix=suffix)
            os.rename(made, path)
        except (OSError, Conflict):
            if old.exists():
                os.rename(old, path)
            raise
        _sync(path.parent)


def _check_replaceable(folder: Path, named: Path, *, overwrite: bool, suffix: str | tuple[str, ...]) -> None:
    if not (folder.exists() or folder.is_symlink()):
        return
    if folder.is_symlink() or not folder.is_dir():
        raise _exists(named)
    inside = list(folder.iterdir())
    if inside and not overwrite:
        raise _exists(named)
    known = (suffix,) if isinstance(suffix, str) else suffix
    if any(each.suffix not in known or each.is_symlink() or not each.is_file() for each in inside):
        raise Conflict(
            N_("{file} holds other things than an export, and is not replaced."),
            hint=N_("Choose another name for the folder."),
            file=str(named),
        )


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A private folder beside `path`, removed at the end."""
    if not path.parent.is_dir():
        raise NotFound(
            N_("There is no folder {folder} to write in."),
            hint=N_("Make it first, or choose another place."),
            folder=str(path.parent),
        )
    try:
        with working_folder(path) as folder:
            yield folder
    except OSError as problem:
        raise Unavailable(
            N_("{file} could not be written: {why}."),
            hint=N_("Check the space on the disk and your rights to the folder."),
            file=str(path),
            why=problem.strerror or type(problem).__name__,
        ) from None


def _exists(path: Path) -> Conflict:
    return Conflict(N_("{file} exists already."), hint=OVERWRITE, file=str(path))


def _name(made: Path, path: Path) -> None:
    """Give a finished file its name, unless somebody else took it meanwhile."""
    try:
        os.link(made, path)
    except FileExistsError:
        raise _exists(path) from None
    except OSError:  # a file system without hard links
        if path.exists():
            raise _exists(path) from None
        os.rename(made, path)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
