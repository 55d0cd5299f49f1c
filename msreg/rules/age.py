"""How old somebody is."""

from __future__ import annotations

from datetime import date


def age_on(birth_date: date | None, day: date) -> int | None:
    """Whole years on a day; None without a birth date, or before it.

    Who was born on 29 February turns older on 1 March of a year that has no such day, as in Dutch law.
    """
    if birth_date is None or day < birth_date:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
