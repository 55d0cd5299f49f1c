"""Ranges of registry numbers that begin as typed."""

from __future__ import annotations

import pytest

from msreg.services.naming import registry_number
from msreg.store.queries.completing import starting

NUMBERS = (*range(1, 200), 9_999, 10_000, 123_456, 999_999, 1_000_000, 1_234_567, 9_999_999, 10_000_000, 12_345_678,
           99_999_999, 100_000_000, 123_456_789, 999_999_999)  # fmt: skip


@pytest.mark.parametrize(
    "digits", ["", "0", "00000", "000000", "0000001", "1", "12", "123456", "1234567", "12345678", "123456789",
               "0000000", "9", "01234567", "1234567890"],
)  # fmt: skip
def test_a_number_is_in_a_range_when_its_writing_begins_with_the_digits(digits: str) -> None:
    """C8: numbers are written with seven digits, and with more where they need them."""
    ranges = starting(digits)
    for number in NUMBERS:
        inside = any(least <= number <= most for least, most in ranges)
        assert inside is registry_number(number).startswith(f"MS-{digits}"), number


def test_ranges_come_in_order_and_do_not_overlap() -> None:
    found = starting("1")
    assert found == [(1_000_000, 1_999_999), (10_000_000, 19_999_999), (100_000_000, 199_999_999)]
