"""Days as people type them at a prompt; what could be meant in two ways stays unread."""

from __future__ import annotations

from datetime import date

import pytest

from msreg.clock import read_date
from msreg.forms.spoken_dates import as_written, read_month

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("today", "2026-11-21"), ("Vandaag", "2026-11-21"), (" nu ", "2026-11-21"),
        ("yesterday", "2026-11-20"), ("gisteren", "2026-11-20"), ("eergisteren", "2026-11-19"),
        ("3 mrt 2026", "2026-03-03"), ("3 maart 2026", "2026-03-03"), ("03 Mar. 2026", "2026-03-03"),
        ("3-mrt-2026", "2026-03-03"), ("3mrt 2026", "2026-03-03"), ("1 mei 2026", "2026-05-01"),
        ("31 okt 2025", "2025-10-31"), ("31 oct 2025", "2025-10-31"), ("5 september 2020", "2020-09-05"),
        ("5 sept 2020", "2020-09-05"),
        ("3.3.2026", "2026-03-03"), ("03.12.2026", "2026-12-03"), ("3 3 2026", "2026-03-03"),
        ("20260331", "2026-03-31"), ("31032026", "2026-03-31"), ("19450505", "1945-05-05"),
        ("05051945", "1945-05-05"), ("20121920", "1920-12-20"),
        ("29 feb 2024", "2024-02-29"), ("29022024", "2024-02-29"),
    ],
)  # fmt: skip
def test_what_a_day_may_look_like(typed: str, day: str) -> None:
    assert as_written(typed, TODAY) == day


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "3 mrt 26", "03-03-26", "3 foo 2026", "30 feb 2026", "29 feb 2023", "29022023", "31.04.2026",
     "13322026", "12345678", "99999999", "2026", "2026-03", "2026-03-31", "31-03-2026", "31/03/2026", "3/2026",
     "٢٠٢٦٠٣٣١", "1 mei 2026 1"],
)  # fmt: skip
def test_everything_else_stays_what_it_was(typed: str) -> None:
    """A two-digit year tells no century, and the notations of files are read by the reader of dates."""
    assert as_written(typed, TODAY) == typed


def test_eight_digits_never_mean_two_days() -> None:
    """Every day of two years in both notations, and each is read as itself."""
    for year in (1912, 2020):
        for month in range(1, 13):
            for day in range(1, 32):
                if read_date(f"{year}-{month}-{day}") is None:
                    continue
                iso = f"{year}-{month:02d}-{day:02d}"
                assert as_written(f"{year}{month:02d}{day:02d}", TODAY) == iso
                assert as_written(f"{day:02d}{month:02d}{year}", TODAY) == iso


def test_the_day_before_the_first_of_march_of_a_leap_year() -> None:
    assert as_written("gisteren", date(2024, 3, 1)) == "2024-02-29"
    assert as_written("eergisteren", date(2023, 3, 1)) == "2023-02-27"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11",
        "11-2026",
        "11/2026",
        "november 2026",
        "November  2026",
        "nov 2026",
        "nov. 2026",
        " NOV-2026 ",
    ],
)
def test_a_month_as_people_write_it(text: str) -> None:
    assert read_month(text) == "2026-11"


@pytest.mark.parametrize(
    ("text", "month"),
    [("2026-1", "2026-01"), ("1-2026", "2026-01"), ("mei 2026", "2026-05"), ("may 2026", "2026-05"), ("okt 2025", "2025-10"),
     ("2024-02", "2024-02")],
)  # fmt: skip
def test_months_in_both_languages(text: str, month: str) -> None:
    assert read_month(text) == month


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-13", "2026-00", "13-2026", "0-2026", "11-26", "november", "november 26", "movember 2026",
     "2026-11-01", "2026/11", "١١-٢٠٢٦", "2026-11 x", "AMS01 2026-11"],
)  # fmt: skip
def test_what_is_no_month_is_not_guessed(text: str) -> None:
    assert read_month(text) is None
