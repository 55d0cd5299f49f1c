"""F16: what writers remember is little, and never what only looks equal."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from msreg.formats.remembered import DAYS, MOST, texts


@pytest.mark.parametrize("known", [True, False])
def test_each_value_has_its_text(known: bool) -> None:
    found = texts(lambda column, cell: f"{column}:{cell!r}", 3, (lambda raw: raw * 2) if known else None)
    values: list[Any] = ["a", 2, "a"]
    assert [found[each] for each in values] == (
        ["3:'aa'", "3:4", "3:'aa'"] if known else ["3:'a'", "3:2", "3:'a'"]
    )
    assert found[None] == "3:None"


def test_cells_that_are_equal_and_not_the_same_are_told_apart() -> None:
    found = texts(lambda _column, cell: repr(cell), 0, None)
    values: list[Any] = [1, True, Decimal(1), 1.0]
    assert [found[each] for each in values] == ["1", "True", "Decimal('1')", "1.0"]


def test_a_value_is_made_once() -> None:
    made: list[str] = []

    def cell(raw: str) -> str:
        made.append(raw)
        return raw

    found = texts(lambda _column, value: str(value), 0, cell)
    for each in ("a", "b", "a", "a"):
        found[each]
    assert made == ["a", "b"]


@pytest.mark.parametrize(("step", "most"), [(str, MOST), (lambda at: date(1950, 1, 1) + timedelta(at), DAYS)])
def test_few_values_are_kept_however_many_come(step: Any, most: int) -> None:
    found: Any = texts(lambda _column, value: str(value), 0, lambda raw: raw)
    for at in range(3 * most):
        found[step(at)]
        assert len(found) <= most


def test_long_texts_are_not_kept() -> None:
    found: Any = texts(lambda _column, value: value, 0, lambda raw: raw)
    assert found["x" * 1000] == "x" * 1000
    assert len(found) == 0
