"""From what people write to typed answers, and back to what people read.

Numbers may have a decimal comma, dates come in three notations, yes is also ja, and a choice is named by
its code or its label in either language. Nothing is guessed: what is not understood is a problem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msreg.clock import read_date
from msreg.forms.definition import UNKNOWN, Item, Type
from msreg.forms.problems import Problem
from msreg.vocabulary import N_

Reading = tuple[Any, Problem | None]
"""The answer (None: no answer, or refused) and what is to be said of it."""

Reader = Callable[[Any], Reading]

YES = frozenset(("yes", "y", "ja", "j", "true", "waar", "1"))
NO = frozenset(("no", "n", "nee", "false", "onwaar", "0"))
UNKNOWN_WORDS = frozenset(("unknown", "onbekend"))

_DIGITS = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}[.,]\d{3}", re.ASCII)
"""For a whole number, 1.000 may be one or a thousand; nothing is guessed."""

_NOT_A_DATE = Problem("FRM-002", N_("not a date; write 2022-03-31 or 31-03-2022"))
_NOT_PARTIAL = Problem("FRM-015", N_("not a date; write 2019, 2019-05 or 2019-05-17"))
_NOT_YES_NO = Problem("FRM-007", N_("neither yes nor no"))
_NOT_A_NUMBER = Problem("FRM-003", N_("not a number"))
_NOT_WHOLE = Problem("FRM-012", N_("not a whole number"))
_CONTROL = Problem("FRM-010", N_("holds invisible control characters; type it again"))
_ESTIMATE = Problem("FRM-011", N_("an estimate, read as the number itself"))
_FUTURE = Problem("FRM-006", N_("lies in the future"))
_ZERO = Problem("FRM-013", N_("had 8 digits and got a zero in front"))
REQUIRED = Problem("FRM-001", N_("an answer is required"))
NOT_ASKED = Problem("FRM-009", N_("kept, but does not count: the question is not asked here"))


def clean(text: str) -> str:
    """Composed letters (NFC), ordinary spaces, none at the ends."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text).replace("\u00a0", " ").replace("\u202f", " ").strip()


def has_control(text: str) -> bool:
    """True for control, direction and other invisible characters; line ends and tabs are none."""
    if text.isascii() and text.isprintable():
        return False
    return any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") and c not in "\n\t\u200d" for c in text)


def reader(item: Item, today: date) -> Reader:
    """A function that reads answers to one question, made once and used for many rows."""
    return {
        Type.TEXT: _text,
        Type.DATE: _date,
        Type.PARTIAL_DATE: _partial,
        Type.INTEGER: _number,
        Type.DECIMAL: _number,
        Type.BOOLEAN: _boolean,
        Type.CHOICE: _choice,
        Type.CHOICES: _choices,
    }[item.type](item, today)


def _plain(raw: Any) -> Any:
    """Strings cleaned, with nothing for empty; whole floats as integers; midnight as a day."""
    if isinstance(raw, str):
        return clean(raw) or None
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, datetime):
        return raw.date()
    return raw


def _text(item: Item, today: date) -> Reader:
    normalise = _NORMALISE.get(item.normalise or "")
    too_long = Problem(
        "FRM-008", N_("longer than {limit} characters"), params={"limit": item.max_length or 0}
    )

    def read(raw: Any) -> Reading:
        value = _plain(raw)
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
        value = _plain(raw)
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
        value = _plain(raw)
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


def _number(item: Item, today: date) -> Reader:
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
        value = _plain(raw)
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


def _boolean(item: Item, today: date) -> Reader:
    def read(raw: Any) -> Reading:
        value = _plain(raw)
        if value is None or isinstance(value, bool):
            return value, None
        word = str(value).casefold()
        if word in YES:
            return True, None
        if word in NO:
            return False, None
        return None, _NOT_YES_NO

    return read


def _choice(item: Item, today: date) -> Reader:
    names = item.by_name
    wrong = Problem(
        "FRM-005",
        N_("not in the catalogue of medicines") if item.value_list else N_("not one of: {choices}"),
        hint=N_("possible: {choices}"),
        params={"choices": ", ".join(_some(item))},
    )

    def read(raw: Any) -> Reading:
        value = _plain(raw)
        if value is None:
            return None, None
        codes = names.get(str(value).casefold(), ())
        if len(codes) == 1:
            return codes[0], None
        if codes:
            which = ", ".join(codes)
            return None, Problem("FRM-014", N_("names more than one: {choices}"), params={"choices": which})
        return None, wrong

    return read


def _some(item: Item) -> list[str]:
    codes = [choice.code for choice in item.choices]
    return codes if len(codes) <= 12 else [*codes[:6], "…"]


def _choices(item: Item, today: date) -> Reader:
    one = _choice(item, today)

    def read(raw: Any) -> Reading:
        value = _plain(raw)
        if value is None:
            return None, None
        parts = value if isinstance(value, list | tuple) else str(value).replace(",", ";").split(";")
        codes = set()
        for part in parts:
            code, problem = one(part)
            if problem:
                return None, problem
            if code:
                codes.add(code)
        return (tuple(sorted(codes, key=item.order.__getitem__)) or None), None

    return read


def show(item: Item, value: Any, language: str) -> str:
    """An answer as people of this language read it; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return {"nl": ("nee", "ja"), "en": ("no", "yes")}[language][value]
    if isinstance(value, date):
        return show_date(value, language)
    if item.type in (Type.CHOICE, Type.CHOICES):
        codes = value if isinstance(value, tuple) else (value,)
        found = (item.choice(code) for code in codes)
        return ", ".join(c.label[language] if c else code for c, code in zip(found, codes, strict=True))
    if value == UNKNOWN and item.or_unknown:
        return {"nl": "onbekend", "en": "unknown"}[language]
    if isinstance(value, Decimal):
        return str(value).replace(".", ",") if language == "nl" else str(value)
    return str(value)


def show_date(day: date, language: str) -> str:
    """31-03-2022 in Dutch, 2022-03-31 in English."""
    return day.strftime("%d-%m-%Y") if language == "nl" else day.isoformat()
