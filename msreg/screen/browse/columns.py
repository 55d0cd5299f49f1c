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

_LATER = {"phenotype": 5, "sex": 4, "last_course": 3, "born": 2}
"""Left out of a very narrow window after all that `patients list` may leave out, in this order."""


def overview_columns(today: date, *, many_centres: bool) -> Shown:
    """The columns with what each shows of a row; `many_centres` adds whose patient it is."""
    shown = columns(today, reveal=False, many_centres=many_centres, any_shared=True)
    return [
        (
            replace(column, drop=FIRST_TO_GO * column.drop if column.drop else _LATER.get(column.key, 0)),
            show,
        )
        for column, show in shown
    ]
