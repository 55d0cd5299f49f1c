"""Nothing of fewer than five people of others, nor what could be worked out (SPEC O3): against attackers who reckon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msreg.rules.disclosure import SMALLEST, is_open, open_cells, open_rows


@pytest.mark.parametrize(("count", "shown"), [(0, True), (1, False), (4, False), (5, True), (6, True)])
def test_a_number_alone(count: int, shown: bool) -> None:
    """The number before, the smallest that is shown, and the one after it; nobody is no person."""
    assert is_open(count) is shown


@pytest.mark.parametrize(("counts", "shown"), [
    ((), ()),
    ((0, 0), (True, True)),
    ((5, 6), (True, True)),
    ((0, 5, 6), (True, True, True)),
    ((4, 20), (False, False)),  # the other one is the sum without it
    ((4, 20, 7), (False, True, False)),  # the smallest that leaves room goes with it
    ((4, 4, 20), (False, False, True)),  # eight in two cells: each may be one to seven
    ((4, 3, 20), (False, False, True)),  # each may be one to six: just room enough
    ((3, 3, 20), (False, False, False)),  # one to five: too narrow
    ((1, 1, 1, 20), (False, False, False, False)),
    ((0, 3, 20), (True, False, False)),
    ((0, 40), (False, False)),  # all alike
    ((40,), (True,)),
    ((3,), (False,)),
    ((2, 2), (False, False)),  # four people in all
    ((0, 1, 5), (False, False, False)),  # six in two cells: the zero goes too
    ((0, 1, 6), (True, False, False)),
])  # fmt: skip
def test_cells_of_a_breakdown(counts: tuple[int, ...], shown: tuple[bool, ...]) -> None:
    assert open_cells(counts) == shown


def one_way(counts: Sequence[int], shown: Sequence[bool]) -> list[tuple[int, int]]:
    """What an attacker finds for each closed cell, knowing the sum and that open zeros are told apart: bounds."""
    left = sum(count for count, each in zip(counts, shown, strict=True) if not each)
    closed = [count for count, each in zip(counts, shown, strict=True) if not each]
    least = 1 if any(shown) else 0  # zeros are shown, unless all is closed
    return [(least, left - least * (len(closed) - 1)) for _ in closed]


small = st.integers(0, 12)


@given(st.lists(st.one_of(small, st.integers(0, 400)), min_size=1, max_size=9))
def test_no_closed_cell_of_a_breakdown_can_be_told(counts: list[int]) -> None:
    """Whatever the numbers: no cell of one to four is open, and no closed one has less room than five."""
    shown = open_cells(counts)
    assert all(is_open(count) for count, each in zip(counts, shown, strict=True) if each)
    if not is_open(sum(counts)):
        assert not any(shown)
        return  # the sum is not told either
    bounds = one_way(counts, shown)
    assert all(high - low >= SMALLEST for low, high in bounds)
    assert len(bounds) != 1 or len(counts) == 1


@given(st.lists(st.integers(5, 400), min_size=2, max_size=9))
def test_what_is_large_enough_is_shown(counts: list[int]) -> None:
    """The rule closes nothing for nothing."""
    assert all(open_cells(counts))


@given(st.lists(small, min_size=2, max_size=4))
def test_nobody_gains_by_another_order(counts: list[int]) -> None:
    shown = open_cells(counts)
    turned = open_cells(counts[::-1])[::-1]
    assert sum(shown) == sum(turned)


# -- rows, with the sums below them ---------------------------------------------------------------


def tables(rows: Sequence[Sequence[int]], known: Sequence[bool], shown: Sequence[bool], sums: bool) -> Iterator[
    tuple[tuple[int, ...], ...]
]:  # fmt: skip
    """Every table that fits what is printed: open rows, sums of columns, known sums of rows, and the whole."""
    total = sum(map(sum, rows))
    columns = [sum(column) for column in zip(*rows, strict=True)]
    ways = []
    for row, may, size in zip(rows, shown, known, strict=True):
        if may:
            ways.append([tuple(row)])
            continue
        most = sum(row) if size else total
        ways.append([
            found for found in product(range(most + 1), repeat=len(row))
            if (sum(found) == sum(row) if size else sum(found) <= most)
        ])  # fmt: skip
    for table in product(*ways):
        if sum(map(sum, table)) != total:
            continue
        if sums and [sum(column) for column in zip(*table, strict=True)] != columns:
            continue
        yield table


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=2, max_size=3))
def test_no_closed_row_can_be_told(rows: list[tuple[int, int]]) -> None:
    """By trying every table that fits: each closed cell keeps a room of five, or is nobody."""
    sizes = [sum(row) for row in rows]
    known = open_cells(sizes)
    found = open_rows(rows, known)
    closed = [place for place, each in enumerate(found.rows) if not each]
    for place, row in enumerate(rows):
        if found.rows[place]:
            assert all(is_open(count) for count in row)
    if found.sums:
        assert all(is_open(sum(column)) for column in zip(*rows, strict=True))
    if not closed or not is_open(sum(sizes)):
        return
    seen = list(tables(rows, known, found.rows, found.sums))
    assert tuple(map(tuple, rows)) in seen
    for place in closed:
        for column in range(2):
            values = {table[place][column] for table in seen}
            pooled = sum(rows[each][column] for each in closed)
            assert max(values) - min(values) >= SMALLEST or (found.sums and pooled == 0), (rows, found)


def test_one_closed_row_would_be_the_difference_so_another_goes_with_it() -> None:
    rows = [(20, 20), (30, 30), (2, 8)]
    assert open_rows(rows) == ((False, True, False), True)
    # 2 + 20 and 8 + 20 are told; the ten of the small row may be any of them.


def test_nothing_is_closed_for_nothing() -> None:
    assert open_rows([(20, 20), (30, 30), (0, 0)]) == ((True, True, True), True)


def test_where_all_rows_go_and_the_sums_still_tell_the_sums_go_too() -> None:
    found = open_rows([(1, 5), (2, 40)])
    assert found.rows == (False, False)
    assert not found.sums


def test_a_row_of_people_who_are_all_alike_is_closed() -> None:
    assert open_rows([(0, 30), (20, 20), (20, 20)]).rows[0] is False
