"""The limits of a funnel plot: those of the score test, checked against Wilson's interval and by hand."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msreg.rules.funnel import Z95, limits, place

HALF = Decimal("0.5")


def wilson(count: int, people: int, z: float) -> tuple[float, float]:
    """Wilson's interval, as his paper has it."""
    share = count / people
    middle = (share + z * z / (2 * people)) / (1 + z * z / people)
    wide = z * sqrt(share * (1 - share) / people + z * z / (4 * people * people)) / (1 + z * z / people)
    return middle - wide, middle + wide


def test_by_hand() -> None:
    """100 people around a half: 1.96 times 0.05 to each side, and 3.09 times."""
    found = limits(HALF, 100)
    assert [round(each, 4) for each in found] == [
        Decimal(n) for n in ("0.3455", "0.4020", "0.5980", "0.6545")
    ]


def test_shares_stay_between_nothing_and_all() -> None:
    assert limits(Decimal("0.9"), 2) == (
        Decimal("0.9") - Decimal("3.090232306167813") * (Decimal("0.09") / 2).sqrt(),
        Decimal("0.9") - Z95 * (Decimal("0.09") / 2).sqrt(), 1, 1,
    )  # fmt: skip
    assert limits(Decimal(1), 7) == (1, 1, 1, 1)
    assert limits(Decimal(0), 7) == (0, 0, 0, 0)


@pytest.mark.parametrize(("count", "where"), [
    (59, "inside"), (60, "above95"), (65, "above95"), (66, "above998"),
    (41, "inside"), (40, "below95"), (35, "below95"), (34, "below998"),
])  # fmt: skip
def test_one_person_more_or_fewer(count: int, where: str) -> None:
    """At 100 around a half the limits lie at 40.2 and 59.8, 34.5 and 65.5."""
    assert place(count, 100, HALF) == where


@given(st.integers(1, 300), st.data(), st.integers(1, 99))
def test_outside_is_where_wilsons_interval_leaves_the_target_out(
    people: int, data: st.DataObject, hundredth: int
) -> None:
    count = data.draw(st.integers(0, people))
    low, high = wilson(count, people, float(Z95))
    target = hundredth / 100
    if min(abs(target - low), abs(target - high)) > 1e-9:
        assert (place(count, people, Decimal(hundredth) / 100) == "inside") is (low < target < high)
