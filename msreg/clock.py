"""The one clock (SPEC C7). Rules and services take `today` as an argument; only the edge asks here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = "Europe/Amsterdam"


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The date on the wall of a Dutch registry office."""
    return datetime.now(ZoneInfo(AMSTERDAM)).date()


def day_of(moment: datetime) -> date:
    """The date on that wall at a moment."""
    return moment.astimezone(ZoneInfo(AMSTERDAM)).date()


def read_date(text: str) -> date | None:
    """A date written as 2022-03-31, 31-03-2022 or 31/03/2022 (SPEC C10); None for anything else.

    Two-digit years are not dates: nobody can tell 1926 from 2026.
    """
    text = text.strip()
    for separator in ("-", "/"):
        parts = text.split(separator)
        if len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts):
            if len(parts[0]) == 4 and separator == "-":
                year, month, day = parts
            elif len(parts[2]) == 4:
                day, month, year = parts
            else:
                return None
            if len(month) > 2 or len(day) > 2:
                return None
            try:
                return date(int(year), int(month), int(day))
            except ValueError:
                return None
    return None
