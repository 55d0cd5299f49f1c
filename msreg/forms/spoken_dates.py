"""Days as people type them at a prompt: today, 3 mrt 2026, 03032026. Files are read more strictly."""

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


def _day(year: str, month: str, day: str) -> str | None:
    found = read_date(f"{year}-{month}-{day}")
    return found.isoformat() if found else None
