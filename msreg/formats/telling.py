"""What an export tells of itself, for formats that have no sheets for it: as CSV beside the data, and as facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from msreg.formats.csv_out import write_table
from msreg.formats.sheets import Opened, SheetOut


def write_telling(folder: Path, tables: Iterable[Opened]) -> None:
    """Write the codebook and where it all came from as `folder/NAME.csv`."""
    for table in tables:
        if not table.columns:
            # These sheets are short, and nothing of them was walked but their first rows.
            write_table(folder / f"{table.name}.csv", SheetOut(table.name, table.header, table.rows()))


def facts_of(tables: Sequence[Opened]) -> dict[str, str]:
    """Where an export came from, as texts by key, of the sheet that has just these: `key` and `value`."""
    told = next((table for table in tables if list(table.header) == ["key", "value"]), None)
    if told is None:
        return {}
    told.sample.extend(told.rest)  # it is written as well
    return {str(key): str(value) for key, value in told.sample if value is not None}
