"""The columns of the overview over the full screen: those of `patients list`, more of which may be left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

from msreg.screen.browse.grid import FIRST_TO_GO
from msreg.screen.overview import columns
from msreg.screen.table import Cell, Column

Shown: TypeAlias = list[tuple[Column, Callable[[Mapping[str, Any]], Cell | str | None]]]

_LATER = {"sex": 5, "phenotype": 4, "last_course": 3, "born": 2, "complete": 1}
"""Left out of a very narrow window after all that `patients list` may leave out, in this order."""

_NAMES = 12
"""Columns of the terminal that names keep at least: half a name is nobody."""


def overview_columns(today: date, *, many_centres: bool, sort: str) -> Shown:
    """The columns with what each shows of a row; `many_centres` adds whose patient it is.

    The column that is sorted on is there in every window.
    """
    shown = columns(today, reveal=False, many_centres=many_centres, any_shared=True)
    sorted_on = sort.replace("-", "_")
    return [
        (
            replace(
                column,
                drop=0 if column.key == sorted_on else _rank(column),
                least=_NAMES if column.key == "name" else column.least,
            ),
            show,
        )
        for column, show in shown
    ]


def _rank(column: Column) -> int:
    return FIRST_TO_GO * column.drop if column.drop else _LATER.get(column.key, 0)
