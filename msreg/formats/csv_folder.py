"""CSV in: a folder with one file a sheet, or one file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msreg.errors import Refused
from msreg.formats.cells import Table
from msreg.formats.csv_rows import read_table
from msreg.formats.origin import Name, Origin, of_file
from msreg.vocabulary import N_

SUFFIX = ".csv"
ONE_A_SHEET = N_("Put one CSV file a sheet in it, such as patients.csv and courses.csv.")


def read_folder(folder: Path) -> list[Table]:
    """Each CSV file of a folder as a table named after the file, in order of name.

    Raises `Refused` with a sentence for a folder without CSV files and for a file that cannot be read.
    """
    files = tables_of(folder)
    if not files:
        raise Refused(N_("The folder {file} has no tables."), hint=ONE_A_SHEET, file=str(folder))
    check_twins((str(file), file.name) for file in files)
    origins = [of_file(file) for file in files]
    return [read_table(each.open, each.name, file.stem) for each, file in zip(origins, files, strict=True)]


def tables_of(folder: Path) -> list[Path]:
    """The files of a folder that are its tables, in order of name."""
    return sorted(each for each in folder.iterdir() if is_table(each.name) and each.is_file())


def read_file(origin: Origin, sheet: str | None) -> list[Table]:
    """One CSV file as the table `sheet`, or as the one that the file is named after."""
    return [read_table(origin.open, origin.name, sheet or (origin.path.stem if origin.path else ""))]


def is_table(name: str) -> bool:
    """Whether a file in a folder is one of its tables, by its name."""
    return name.lower().endswith(SUFFIX) and not name.startswith((".", "~"))


def check_twins(files: Iterable[tuple[Name, str]]) -> None:
    """Raises `Refused` when two files, each with what a message calls it and its name, would be one sheet."""
    seen: dict[str, str] = {}
    for shown, name in files:
        other = seen.setdefault(name.casefold(), name)
        if other is not name:
            raise Refused(
                N_("{file} and {other} are the same sheet."),
                hint=N_("Keep one of the two files."),
                file=shown,
                other=other,
            )
