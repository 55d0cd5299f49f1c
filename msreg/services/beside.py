"""Files that msreg puts beside a batch file: their names, their date, and which sheets of the file they take."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msreg.formats.cells import Table
from msreg.formats.seal import untouched
from msreg.forms.cleaning import clean
from msreg.forms.columns import Sheet, sheets

_CHECKED = re.compile(r"\.checked(-\d+)?$")


def known_sheets(tables: Iterable[Table]) -> Iterator[tuple[Sheet, Table]]:
    """The tables that an import reads, each with what it is; of two with one meaning the first."""
    seen: set[str] = set()
    for table in tables:
        name = clean(table.sheet).casefold()
        sheet = next((each for each in sheets() if name in each.names), None)
        if sheet is not None and sheet.key not in seen:
            seen.add(sheet.key)
            yield sheet, table


def named(path: Path, word: str, suffix: str | None = None) -> Path:
    """The name beside a file with a word in it: november.valid.xlsx for november.xlsx and for its marked copy."""
    ending = "" if path.is_dir() else path.suffix
    stem = _CHECKED.sub("", path.name.removesuffix(ending))
    return path.with_name(f"{stem}.{word}{ending if suffix is None else suffix}")


def free(path: Path, word: str) -> Path:
    """The same, or when something has that name the next one: november.checked-2.xlsx.

    A marked copy that nobody has worked in makes room for the new one.
    """
    wanted, number = named(path, word), 1
    while (wanted.exists() or wanted.is_symlink()) and (wanted == path or not untouched(wanted)):
        number += 1
        wanted = named(path, f"{word}-{number}")
    return wanted


def dated_as(source: Path, made: Path) -> None:
    """Give what was made of a file the date of that file.

    An import asks a file without provenance by its date whether an answer in the registry is newer.
    """
    files = [made] if made.is_file() else list(made.iterdir())
    dates = [os.stat(each).st_mtime_ns for each in ([source] if source.is_file() else source.glob("*.csv"))]
    for each in files if dates else ():
        os.utime(each, ns=(max(dates), max(dates)))
