"""Whole years: the day before, the day, the day after; 29 February."""

from __future__ import annotations

from datetime import date

import pytest

from msreg.rules.age import age_on


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1970, 1, 3), date(2026, 1, 2), 55),
        (date(1970, 1, 3), date(2026, 1, 3), 56),
        (date(1970, 1, 3), date(2026, 1, 4), 56),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (date(2000, 2, 29), date(2028, 2, 28), 27),
        (date(2000, 2, 29), date(2028, 2, 29), 28),
        (date(2026, 1, 2), date(2026, 1, 1), None),
        (date(2026, 1, 2), date(2026, 1, 2), 0),
        (None, date(2026, 1, 2), None),
    ],
)
def test_age(born: date | None, day: date, age: int | None) -> None:
    assert age_on(born, day) == age
