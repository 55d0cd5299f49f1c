"""Manual pages as files, where `man` looks for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msreg.errors import Conflict, Unavailable
from msreg.services.form_files import save_text
from msreg.vocabulary import N_


def save_pages(folder: Path, pages: Mapping[str, str], *, overwrite: bool) -> None:
    """Write pages below a folder, by their path in it, for everybody to read: they hold no data.

    Raises `Conflict` when one of them is there and may not be overwritten; then none is written.
    """
    there = [name for name in pages if (folder / name).exists()]
    if there and not overwrite:
        raise Conflict(
            N_("There are manual pages in {folder} already, such as {page}."),
            hint=N_("Replace them with --overwrite, or name another folder."),
            folder=str(folder),
            page=there[0],
        )
    for name, text in pages.items():
        _open_folder((folder / name).parent)
        save_text(folder / name, text, overwrite=overwrite)


def _open_folder(path: Path) -> None:
    """Make a folder, and what is missing above it, that others may look in; what is there stays as it is."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    try:
        for each in reversed(missing):
            each.mkdir(exist_ok=True)
            each.chmod(0o755)
    except OSError:
        raise Unavailable(
            N_("The folder {folder} cannot be made; check the rights of the folder above it."),
            folder=str(path),
        ) from None
