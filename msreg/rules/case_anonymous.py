"""What in the text of a document could tell whose case it is: the notifier has to take that out (seed 004).

Counts only. What was found is never in the result, so that neither a log nor a screen can show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from unicodedata import combining, normalize

from msreg.rules.identifiers import is_bsn


class TraceKind(StrEnum):
    """What a text may hold that names somebody."""

    BSN = "bsn"
    NAME = "name"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Trace:
    """How often something was found."""

    kind: TraceKind
    count: int


class Own(NamedTuple):
    """What belongs to the case itself: names of persons, days such as a birth date, numbers such as a patient's."""

    names: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    numbers: tuple[str, ...] = ()


_SHORTEST_NAME, _SHORTEST_NUMBER = 2, 3
"""Shorter ones stand in every text."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan", "februari february feb", "maart march mrt mar", "april apr", "mei may",
            "juni june jun", "juli july jul", "augustus august aug", "september sept sep", "oktober october okt oct",
            "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_BSN = re.compile(
    r"(?<![\w.,+-])(?:\d{9}|\d{4}[. -]\d{2}[. -]\d{3}|\d{3}[. -]\d{3}[. -]\d{3}|\d{3}[. -]\d{2}[. -]\d{2}[. -]\d{2}"
    r"|\d{2}[. -]\d{3}[. -]\d{2}[. -]\d{2})(?![\w]|[.,-]\d)",
    re.ASCII,
)
_NUMERIC = re.compile(
    r"(?<!\d)(?<!\d[./-])(\d{1,2})[ ]?([-./ ])[ ]?(\d{1,2})[ ]?\2[ ]?(\d{4}|'?\d{2})(?![\d/-]|\.\d)", re.ASCII
)
_BY_YEAR = re.compile(r"(?<!\d)(\d{4})([-/.:]?)(\d{2})\2(\d{2})(?!\d)", re.ASCII)
_DAY_FIRST = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)", re.ASCII)
_WORDS = "|".join(sorted(_MONTHS, key=len, reverse=True))
_BY_WORD = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:e|ste|de|st|nd|rd|th)?[ .-]{{1,2}}({_WORDS})\b[ .,-]{{0,2}}(\d{{4}}|'?\d{{2}})(?!\d)",
    re.ASCII,
)
_WORD_FIRST = re.compile(
    rf"\b({_WORDS})[ .]{{1,2}}(\d{{1,2}})(?:st|nd|rd|th)?[ ,]{{1,2}}(\d{{4}})(?!\d)", re.ASCII
)
_BLANK = re.compile(r"\s+")
_NO_LETTER = re.compile(r"[\W_]+")
_HIDDEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


def found(text: str, own: Own) -> list[Trace]:
    """What stands in a text, in the order of `TraceKind`; nothing for what is not there.

    BSNs: nine digits that pass the eleven-test, also with dots, blanks or hyphens. Names: whole words, whatever
    their case and accents. Dates: in the usual Dutch and English writings. Numbers: whole, whatever their case.
    """
    plain = _BLANK.sub(" ", _HIDDEN.sub("", normalize("NFKC", text)))
    counts = {
        TraceKind.BSN: sum(1 for each in _BSN.finditer(plain) if is_bsn(re.sub(r"\D", "", each[0]))),
        TraceKind.NAME: _count(_folded(plain), (_folded(each) for each in own.names), _SHORTEST_NAME),
        TraceKind.DATE: _dates(plain, frozenset(own.dates)),
        TraceKind.NUMBER: _count(
            plain.casefold(),
            (normalize("NFKC", each).casefold().strip() for each in own.numbers),
            _SHORTEST_NUMBER,
        ),
    }
    return [Trace(kind, count) for kind, count in counts.items() if count]


def _folded(text: str) -> str:
    """Letters and digits in lower case without accents, one blank between words."""
    if not text.isascii():
        text = "".join(each for each in normalize("NFKD", text) if not combining(each))
    return _NO_LETTER.sub(" ", text.casefold()).strip()


def _count(text: str, words: Iterable[str], shortest: int) -> int:
    wanted = sorted({each for each in words if len(each) >= shortest}, key=len, reverse=True)
    if not wanted:
        return 0
    return len(re.findall(rf"(?<!\w)(?:{'|'.join(map(re.escape, wanted))})(?!\w)", text))


def _dates(text: str, wanted: frozenset[date]) -> int:
    """How many dates in a text are among those; each place counts once, however it can be read."""
    if not wanted:
        return 0
    places: set[int] = set()
    for place, year, month, day in _written(text.lower()):
        for each in wanted:
            if (each.month, each.day) == (month, day) and year in (each.year, each.year % 100):
                places.add(place)
    return len(places)


def _written(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Dates in a text: place, year (also of two digits), month, day; not every one of them exists."""
    for each in _NUMERIC.finditer(text):
        yield each.start(), int(each[4].strip("'")), int(each[3]), int(each[1])
    for each in _BY_YEAR.finditer(text):
        yield each.start(), int(each[1]), int(each[3]), int(each[4])
    for each in _DAY_FIRST.finditer(text):
        yield each.start(), int(each[3]), int(each[2]), int(each[1])
    for each in _BY_WORD.finditer(text):
        yield each.start(), int(each[3].strip("'")), _MONTHS[each[2]], int(each[1])
    for each in _WORD_FIRST.finditer(text):
        yield each.start(), int(each[3]), _MONTHS[each[1]], int(each[2])
