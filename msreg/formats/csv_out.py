"""CSV out: a folder with one file a sheet, every field in quotes, nothing that opens as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from msreg.formats.atomic import finished_folder
from msreg.formats.cells import Cell, Unreadable
from msreg.formats.formula_guard import guard
from msreg.formats.sheets import SheetOut, opened


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
    with finished_folder(folder, overwrite=overwrite, suffix=".csv") as made:
        for table in tables:
            if not table.name or Path(table.name).name != table.name or table.name.startswith("."):
                raise ValueError(f"{table.name!r} is no name for a file")
            encoding = "utf-8-sig" if mark else "utf-8"
            path = made / f"{table.name}.csv"
            with path.open("x", encoding=encoding, errors="replace", newline="") as file:
                writer = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL)
                writer.writerow([guard(name) for name in table.header])
                writer.writerows(_fields(row, decimal) for row in table.rows())
    return folder


def _fields(row: Sequence[Cell], decimal: str) -> list[str]:
    return [_field(cell, decimal) for cell in row]


def _field(cell: Cell, decimal: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str | Unreadable):
        return guard(str(cell).replace("\0", ""))
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    text = str(cell)
    return text if decimal == "." or isinstance(cell, int) else text.replace(".", decimal)
