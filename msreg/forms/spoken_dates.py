"""Days and months as people type them: today, 3 mrt 2026, 03032026, november 2026. Files are read more strictly."""

from __future__ import annotations

import re
from datetime import date, timedelta

from msreg.clock import read_date

_DAYS_AGO = {"vandaag": 0, "today": 0, "nu": 0, "gisteren": 1, "yesterday": 1, "eergisteren": 2}
_MONTHS = (
    ("jan", "januari", "january"), ("feb", "februari", "february"), ("mrt", "maart", "mar", "march"),
    ("apr", "april"), ("mei", "may"), ("jun", "juni", "june"), ("jul", "juli", "july"),
    ("aug", "augustus", "august"), ("sep", "sept", "september"), ("okt", "oktober", "oct", "october"),
    ("nov", "november"), ("dec", "december"),
)  # fmt: skip
_NUMBER_OF = {name: at for at, names in enumerate(_MONTHS, 1) for name in names}
_NAMED = re.compile(r"(\d{1,2})[ .-]*([a-z]{3,})[ .-]+(\d{4})")
_NAMED_MONTH = re.compile(r"([a-z]{3,})[ .-]+(\d{4})")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})")
_PARTS = re.compile(r"(\d{1,2})[ .](\d{1,2})[ .](\d{4})")


def as_written(text: str, today: date) -> str:
    """The ISO day of what was typed, or the text as it is when it is no day in words, points or eight digits.

    A two-digit year stays what it is: nobody can tell 1926 from 2026.
    """
    words = text.strip().casefold()
    if words in _DAYS_AGO:
        return (today - timedelta(days=_DAYS_AGO[words])).isoformat()
    if re.fullmatch(r"\d{8}", words):
        # 20260331 and 31032026: a month tells which; where both could be meant it stays unread.
        both = (_day(words[:4], words[4:6], words[6:]), _day(words[4:], words[2:4], words[:2]))
        readings = {each for each in both if each and "1900" <= each[:4] <= str(today.year + 1)}
        return readings.pop() if len(readings) == 1 else text
    if match := _PARTS.fullmatch(words):
        return _day(match[3], match[2], match[1]) or text
    if (match := _NAMED.fullmatch(words)) and match[2] in _NUMBER_OF:
        return _day(match[3], str(_NUMBER_OF[match[2]]), match[1]) or text
    return text


def read_month(text: str) -> str | None:
    """A month as people write it, `2026-11`: 2026-11, 11-2026, 11/2026, november 2026, nov 2026; else None."""
    words = " ".join(text.split()).casefold()
    if not words.isascii():
        return None
    if match := _YEAR_FIRST.fullmatch(words):
        year, month = match[1], int(match[2])
    elif match := _MONTH_FIRST.fullmatch(words):
        year, month = match[2], int(match[1])
    elif (match := _NAMED_MONTH.fullmatch(words)) and match[1] in _NUMBER_OF:
        year, month = match[2], _NUMBER_OF[match[1]]
    else:
        return None
    return f"{year}-{month:02}" if 1 <= month <= 12 else None


def _day(year: str, month: str, day: str) -> str | None:
    found = read_date(f"{year}-{month}-{day}")
    return found.isoformat() if found else None
