"""SPSS out: a folder with one .sav file a sheet, with labels, and the codebook as CSV beside them.

Written by msreg itself (decision 0035): the libraries for it hold a whole table in memory. A text variable is as
wide as its longest text, which the head of the file says before the first case; so the rows wait in the private
working folder, and are gone from there when the file is finished.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from msreg import __version__
from msreg.clock import now
from msreg.formats.atomic import finished_folder
from msreg.formats.sheets import Opened, SheetOut, opened
from msreg.formats.spss_cases import Piece, compressed, maker, nothing
from msreg.formats.spss_dictionary import dictionary
from msreg.formats.spss_variables import Variable, variables_of, widen
from msreg.formats.telling import write_telling
from msreg.formats.typed import Made, made_of

_TOGETHER = 500


def write_spss(folder: Path, sheets: Iterable[SheetOut], *, overwrite: bool = False) -> Path:
    """Write each sheet of data as `folder/NAME.sav`, and those that tell of them as CSV.

    Choices are texts of their codes with value labels, dates dates, yes and no 1 and 0, and a number that is
    unknown a missing value of its own. A multiple choice is a text and a yes or no for each choice. Files are
    0600 in a folder of 0700 that appears when it is finished. Raises what `finished_folder` does.
    """
    tables = opened(sheets)
    with finished_folder(folder, overwrite=overwrite, suffix=(".sav", ".csv")) as made:
        for table in tables:
            if table.columns:
                _write(made / f"{table.name}.sav", table)
        write_telling(made, tables)
    return folder


def _write(path: Path, table: Opened, *, at: datetime | None = None) -> None:
    variables = variables_of(table)
    waiting = path.with_suffix(".rows")
    try:
        cases, lengths = _kept(waiting, table, variables)
        widen(variables, lengths)
        with path.open("xb") as file:
            head = dictionary(
                variables, cases, program=f"msreg {__version__}", label=f"msreg {table.name}", at=at or now()
            )
            file.write(head)
            file.writelines(compressed(_cases(waiting, table, variables)))
    finally:
        waiting.unlink(missing_ok=True)


def _kept(path: Path, table: Opened, variables: Sequence[Variable]) -> tuple[int, list[int]]:
    """Keep the rows in a file; gives how many there are, and the longest text of each variable."""
    count, lengths = 0, [0] * len(variables)
    texts = [(at, each.part.at, made_of(table, each.part, each.value)) for at, each in enumerate(variables)
             if each.width]  # fmt: skip
    rows = table.rows()
    with path.open("xb") as file:
        while some := [tuple(row) for row in islice(rows, _TOGETHER)]:
            pickle.dump(some, file, pickle.HIGHEST_PROTOCOL)
            count += len(some)
            for at, place, made in texts:
                seen = {row[place] for row in some}
                lengths[at] = max(lengths[at], *(len(made[raw] or b"") for raw in seen))
    return count, lengths


def _cases(path: Path, table: Opened, variables: Sequence[Variable]) -> Iterator[list[Piece]]:
    pieces = [_Pieces(table, each) for each in variables]
    places = [each.part.at for each in variables]
    pairs = list(zip(pieces, places, strict=True))
    with path.open("rb") as file:
        while file.peek(1):
            for row in pickle.load(file):  # noqa: S301 - what this process wrote itself, a moment ago
                yield [piece[row[at]] for piece, at in pairs]


class _Pieces(Made):
    """The pieces of one variable by raw value, with one for nothing."""

    def __init__(self, table: Opened, variable: Variable) -> None:
        value, make, pick = variable.value, maker(variable.width), variable.part.pick
        super().__init__(
            table.cells[variable.part.at] if table.cells else None, lambda cell: make(value(pick(cell)))
        )
        self._absent = nothing(variable.width)

    def __missing__(self, raw: Any) -> Piece:
        found: Piece | None = super().__missing__(raw)
        if found is None:
            self[raw] = self._absent
            return self._absent
        return found
