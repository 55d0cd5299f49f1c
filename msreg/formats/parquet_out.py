"""Parquet out: a folder with one file a sheet, typed and labelled, and the codebook as CSV beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from msreg.formats.atomic import finished_folder
from msreg.formats.parquet_arrow import array, maker, require_pyarrow, schema
from msreg.formats.sheets import Opened, SheetOut, opened
from msreg.formats.telling import facts_of, write_telling
from msreg.formats.typed import made_of, parts_of

GROUP = 8192
"""Rows of a row group, which is what is in memory at a time."""


def write_parquet(folder: Path, sheets: Iterable[SheetOut], *, overwrite: bool = False) -> Path:
    """Write each sheet of data as `folder/NAME.parquet`, and those that tell of them as CSV.

    Dates are date32, decimals decimal128, yes and no bool, choices dictionaries of their codes, a multiple
    choice a list of them; labels and choices in both languages stand with the columns. A number that may be
    unknown has a column NAME_unknown beside it. Files are 0600 in a folder of 0700 that appears when it is
    finished. Raises `Unavailable` without pyarrow, and what `finished_folder` does.
    """
    arrow, parquet = require_pyarrow()
    tables = opened(sheets)
    facts = facts_of(tables)
    with finished_folder(folder, overwrite=overwrite, suffix=(".parquet", ".csv")) as made:
        for table in tables:
            if table.columns:
                _write(made / f"{table.name}.parquet", table, facts, arrow, parquet)
        write_telling(made, tables)
    return folder


def _write(path: Path, table: Opened, facts: Mapping[str, str], arrow: Any, parquet: Any) -> None:
    parts = parts_of(table.columns, whole=True, single=False, unknown=True)
    made = [made_of(table, part, maker(part)) for part in parts]
    shape = schema(parts, facts, arrow)
    rows = table.rows()
    # Through a file of ours: what the system refuses is told in its words, not in those of the library.
    with (
        path.open("xb") as sink,
        parquet.ParquetWriter(sink, shape, compression="zstd", store_schema=True) as file,
    ):
        while True:
            columns = list(zip(*islice(rows, GROUP), strict=True))
            if not columns:
                break
            arrays = [
                array(part, list(map(each.__getitem__, columns[part.at])), arrow)
                for part, each in zip(parts, made, strict=True)
            ]
            file.write_batch(arrow.record_batch(arrays, schema=shape))
