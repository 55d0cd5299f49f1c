"""Numbers of cases: as they are written, and as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msreg.rules.case_numbers import PREFIXES, CaseNumber, read_number
from msreg.vocabulary import Process

NC, LZ = Process.NETHOSS, Process.LATE_TERMINATION


def test_each_process_has_numbers_of_its_own() -> None:
    assert set(PREFIXES) == set(Process)
    assert len(set(PREFIXES.values())) == len(Process)
    assert str(CaseNumber(NC, 2026, 42)) == "NC-2026-0042"
    assert str(CaseNumber(LZ, 2026, 7)) == "LZ-2026-0007"
    assert str(CaseNumber(NC, 2026, 12345)) == "NC-2026-12345"


@pytest.mark.parametrize(
    "text", ["NC-2026-0042", "nc-2026-42", " NC 2026 0042 ", "nc20260042", "NC-2026-000042"]
)
def test_a_number_as_people_type_it(text: str) -> None:
    assert read_number(text) == CaseNumber(NC, 2026, 42)


@pytest.mark.parametrize(
    "text",
    [
        "", "42", "0042", "NC-42", "NC-26-0042", "XX-2026-0042", "NC-2026-0000", "NC-2026-", "NC-2026-0042a", "2026-0042",
        "NC-2026-1234567", "NC-２０２６-0042", "NC-2026-0042\n1", "NC--2026-0042", "MS-000042",
    ],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    assert read_number(text) is None


@given(st.sampled_from(Process), st.integers(1000, 9999), st.integers(1, 999_999))
def test_what_is_written_is_read_back(process: Process, year: int, place: int) -> None:
    number = CaseNumber(process, year, place)
    assert read_number(str(number)) == number
    assert read_number(str(number).lower()) == number
