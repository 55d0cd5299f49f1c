"""From what people write to typed answers.

Numbers may have a decimal comma, dates come in three notations, yes is also ja, and a choice is named by
its code or its label in either language. Nothing is guessed: what is not understood is a problem.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from msreg.clock import read_date
from msreg.forms.choosing import choice_reader, choices_reader, yes_no_reader
from msreg.forms.cleaning import Reader, Reading, has_control, plain
from msreg.forms.definition import Item, Type
from msreg.forms.numbers import number_reader
from msreg.forms.problems import Problem
from msreg.vocabulary import N_

_NOT_A_DATE = Problem("FRM-002", N_("not a date; write 2022-03-31 or 31-03-2022"))
_NOT_PARTIAL = Problem("FRM-015", N_("not a date; write 2019, 2019-05 or 2019-05-17"))
_CONTROL = Problem("FRM-010", N_("holds invisible control characters; type it again"))
_FUTURE = Problem("FRM-006", N_("lies in the future"))
_ZERO = Problem("FRM-013", N_("had 8 digits and got a zero in front"))
REQUIRED = Problem("FRM-001", N_("an answer is required"))
KEPT = Problem("FRM-016", N_("left blank; the answer that the registry has is kept"))
NOT_ASKED = Problem("FRM-009", N_("kept, but does not count: the question is not asked here"))


def reader(item: Item, today: date) -> Reader:
    """A function that reads answers to one question, made once and used for many rows."""
    return {
        Type.TEXT: _text,
        Type.DATE: _date,
        Type.PARTIAL_DATE: _partial,
        Type.INTEGER: number_reader,
        Type.DECIMAL: number_reader,
        Type.BOOLEAN: yes_no_reader,
        Type.CHOICE: choice_reader,
        Type.CHOICES: choices_reader,
    }[item.type](item, today)


def _text(item: Item, today: date) -> Reader:
    normalise = _NORMALISE.get(item.normalise or "")
    too_long = Problem(
        "FRM-008", N_("longer than {limit} characters"), params={"limit": item.max_length or 0}
    )

    def read(raw: Any) -> Reading:
        value = plain(raw)
        if value is None:
            return None, None
        text = value if isinstance(value, str) else str(value)
        if has_control(text):  # line ends of Windows become plain ones
            text = text.replace("\r\n", "\n")
            if has_control(text):
                return None, _CONTROL
        text, note = normalise(text) if normalise else (text, None)
        if item.max_length and len(text) > item.max_length:
            return None, too_long
        return text, note

    return read


def _bsn(text: str) -> Reading:
    digits = text.replace(".", "").replace(" ", "").replace("-", "")
    if len(digits) == 8 and digits.isascii() and digits.isdigit():
        return "0" + digits, _ZERO
    return digits, None


def _postcode(text: str) -> Reading:
    compact = text.replace(" ", "").upper().removeprefix("NL-")
    if len(compact) == 6 and compact[:4].isdecimal():
        return f"{compact[:4]} {compact[4:]}", None
    return text, None


_NORMALISE: dict[str, Callable[[str], Reading]] = {
    "bsn": _bsn,
    "postcode": _postcode,
    "email": lambda text: (text.replace(" ", ""), None),
}


def _date(item: Item, today: date) -> Reader:
    low = _limit_day(item.min, today)
    high = _limit_day(item.max, today)
    early = Problem("FRM-006", N_("lies before {limit}"), params={"limit": low.isoformat() if low else ""})
    late = Problem("FRM-006", N_("lies after {limit}"), params={"limit": high.isoformat() if high else ""})
    late = _FUTURE if item.max == "today" else late

    def read(raw: Any) -> Reading:
        value = plain(raw)
        if value is None:
            return None, None
        day = value if isinstance(value, date) else read_date(value) if isinstance(value, str) else None
        if day is None:
            return None, _NOT_A_DATE
        if low and day < low:
            return None, early
        if high and day > high:
            return None, late
        return day, None

    return read


def _limit_day(limit: Decimal | str | None, today: date) -> date | None:
    if limit is None:
        return None
    return today if limit == "today" else date.fromisoformat(str(limit))


def _partial(item: Item, today: date) -> Reader:
    whole = _date(item, today)

    def read(raw: Any) -> Reading:
        value = plain(raw)
        if value is None:
            return None, None
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str):
            parts = value.replace("/", "-").split("-")
            if all(part.isascii() and part.isdigit() for part in parts) and len(parts) < 3:
                return _year_or_month(parts, whole)
        day, problem = whole(value)
        if problem is _NOT_A_DATE:
            return None, _NOT_PARTIAL
        return (day.isoformat() if day else None), problem

    return read


def _year_or_month(parts: list[str], whole: Reader) -> Reading:
    if len(parts) == 2 and len(parts[1]) == 4:
        parts = parts[::-1]
    if len(parts[0]) != 4 or (len(parts) == 2 and not 1 <= int(parts[1]) <= 12):
        return None, _NOT_PARTIAL
    text = "-".join([parts[0], *(part.zfill(2) for part in parts[1:])])
    _, problem = whole(f"{text}-01" if len(parts) == 2 else f"{text}-01-01")
    if problem:
        return None, _NOT_PARTIAL if problem is _NOT_A_DATE else problem
    return text, None
