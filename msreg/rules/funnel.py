"""The limits of a funnel plot: how far a centre's share may lie from the target by chance alone.

Source: Spiegelhalter 2005 (doi 10.1002/sim.1970) for the plot and its two pairs of limits; the limits are those
of the score test, the inverse of Wilson's interval (1927, doi 10.1080/01621459.1927.10502953): a centre lies
outside them exactly when the target lies outside Wilson's interval of the centre. Overdispersion is not adjusted
for: with very large centres small differences fall outside.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple

Z95 = Decimal("1.959963984540054")
Z998 = Decimal("3.090232306167813")

Place = Literal["inside", "above95", "below95", "above998", "below998"]


class Limits(NamedTuple):
    """Both pairs of limits at a number of people, as shares between 0 and 1."""

    low998: Decimal
    low95: Decimal
    high95: Decimal
    high998: Decimal


def limits(target: Decimal, people: int) -> Limits:
    """The limits of the share of so many people around a target between 0 and 1."""
    spread = (target * (1 - target) / people).sqrt()
    near, far = Z95 * spread, Z998 * spread
    return Limits(_cut(target - far), _cut(target - near), _cut(target + near), _cut(target + far))


def place(count: int, people: int, target: Decimal) -> Place:
    """Where a centre with `count` of `people` lies; on a limit is inside it."""
    at = limits(target, people)
    share = Decimal(count) / people
    if share > at.high95:
        return "above998" if share > at.high998 else "above95"
    if share < at.low95:
        return "below998" if share < at.low998 else "below95"
    return "inside"


def _cut(share: Decimal) -> Decimal:
    return min(Decimal(1), max(Decimal(0), share))
