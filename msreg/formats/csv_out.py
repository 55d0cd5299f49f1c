"""CSV out: a folder with one file a sheet, every field in quotes, nothing that opens as a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from operator import getitem
from pathlib import Path

from msreg.formats.atomic import finished_file, finished_folder
from msreg.formats.cells import Unreadable
from msreg.formats.formula_guard import guard
from msreg.formats.sheets import Opened, SheetOut, Value, joined, opened

_BUFFER = 2**17


def write_folder(
    folder: Path,
    sheets: Iterable[SheetOut],
    *,
    overwrite: bool = False,
    separator: str = ";",
    decimal: str = ".",
    mark: bool = True,
) -> Path:
    """Write each sheet as `folder/NAME.csv`, mode 0600 in a folder of 0700 that appears when it is finished.

    UTF-8, with a byte order mark so that Excel sees it (`mark=False` leaves it out). Dates are written as
    2022-03-31, booleans as true and false, decimals with `decimal`. Text that looks like a formula gets a
    `'` in front, which reading takes off again. Raises as `write_workbook` does.
    """
    tables = opened(sheets)
    field = _fields(decimal)
    with finished_folder(folder, overwrite=overwrite, suffix=".csv") as made:
        for table in tables:
            if not table.name or Path(table.name).name != table.name or table.name.startswith("."):
                raise ValueError(f"{table.name!r} is no name for a file")
            _write(made / f"{table.name}.csv", _lines(table, separator, field), mark=mark)
    return folder


def write_table(
    path: Path,
    sheet: SheetOut,
    *,
    overwrite: bool = False,
    separator: str = ";",
    decimal: str = ".",
    mark: bool = True,
) -> Path:
    """Write one sheet as one CSV file, mode 0600, in the way of `write_folder`. Raises as `write_workbook` does."""
    [table] = opened([sheet])
    with finished_file(path, overwrite=overwrite) as made:
        _write(made, _lines(table, separator, _fields(decimal)), mark=mark)
    return path


def _write(path: Path, lines: Iterable[str], *, mark: bool) -> None:
    with path.open("x", _BUFFER, encoding="utf-8", errors="replace", newline="") as file:
        file.write("\ufeff" if mark else "")  # utf-8-sig writes it too, and each line much slower
        file.writelines(lines)


def _lines(table: Opened, separator: str, field: Callable[[int, Value], str]) -> Iterator[str]:
    texts = table.texts(field)
    yield separator.join(field(0, name) for name in table.header) + "\r\n"
    for row in table.rows():
        yield separator.join(map(getitem, texts, row)) + "\r\n"


def _fields(decimal: str) -> Callable[[int, Value], str]:
    """The field that a cell becomes, in quotes."""

    def field(_column: int, value: Value) -> str:
        cell = joined(value)
        if cell is None:
            return '""'
        if isinstance(cell, str | Unreadable):
            return '"' + guard(str(cell).replace("\0", "")).replace('"', '""') + '"'
        if isinstance(cell, bool):
            return '"true"' if cell else '"false"'
        if isinstance(cell, datetime):
            return f'"{cell.isoformat(sep=" ")}"'
        text = str(cell)
        return f'"{text if decimal == "." or isinstance(cell, int) else text.replace(".", decimal)}"'

    return field
