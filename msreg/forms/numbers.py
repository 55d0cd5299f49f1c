"""Numbers as people write them: with a decimal comma or point, an estimate as ~12, unknown in words."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from msreg.forms.cleaning import Reader, Reading, plain
from msreg.forms.definition import UNKNOWN, Item, Type
from msreg.forms.problems import Problem
from msreg.vocabulary import N_

UNKNOWN_WORDS = frozenset(("unknown", "onbekend"))

_DIGITS = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}[.,]\d{3}", re.ASCII)
"""For a whole number, 1.000 may be one or a thousand; nothing is guessed."""

_NOT_A_NUMBER = Problem("FRM-003", N_("not a number"))
_NOT_WHOLE = Problem("FRM-012", N_("not a whole number"))
_ESTIMATE = Problem("FRM-011", N_("an estimate, read as the number itself"))


def number_reader(item: Item, today: date) -> Reader:
    whole = item.type is Type.INTEGER
    low = None if item.min is None else Decimal(item.min)
    high = None if item.max is None else Decimal(item.max)
    outside = Problem(
        "FRM-004",
        N_("must lie between {low} and {high}") if low is not None and high is not None
        else N_("must be at least {low}") if low is not None else N_("must be at most {high}"),
        params={"low": low, "high": high},
    )  # fmt: skip

    def read(raw: Any) -> Reading:
        value = plain(raw)
        note = None
        if value is None:
            return None, None
        if isinstance(value, str):
            if item.or_unknown and value.casefold() in UNKNOWN_WORDS:
                return UNKNOWN, None
            if value.startswith("~"):
                value, note = value[1:].strip(), _ESTIMATE
            if whole and _THOUSANDS.fullmatch(value):
                return None, _NOT_WHOLE
            number = Decimal(value.replace(",", ".")) if _DIGITS.fullmatch(value) else None
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            number = Decimal(str(value))
        else:
            number = None
        if number is None or not number.is_finite():
            return None, _NOT_A_NUMBER
        if whole and number != number.to_integral_value():
            return None, _NOT_WHOLE
        if (low is not None and number < low) or (high is not None and number > high):
            return None, outside
        return (int(number) if whole else tidy(number)), note

    return read


def tidy(number: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent: 6.0 is 6."""
    whole = number.to_integral_value()
    return Decimal(int(whole)) if number == whole else number.normalize()
