"""What a spreadsheet checks and tells while somebody types: limits, drop-down lists, input messages.

It warns and never stops: a batch file may hold more than these rules know (labels of the other language,
codes, `~12`), and reading it judges better than a spreadsheet can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

MAX_TITLE = 32
"""Characters of the title of a message; Excel's limit, as the next."""

MAX_MESSAGE = 255

TODAY = "today"
"""The limit of a date that moves with the calendar."""


class Typed(StrEnum):
    """What an answer is to a spreadsheet."""

    TEXT = "text"
    DAY = "day"
    WHOLE = "whole"
    NUMBER = "number"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Rule:
    """What may stand in a cell.

    `options` names a drop-down list; with `free` other answers are let through without a warning. `low` and
    `high` limit days and numbers, `length` the characters of a text, `words` stand in place of a number.
    `message` is the warning.
    """

    typed: Typed
    options: str | None = None
    free: bool = False
    low: Decimal | date | None = None
    high: Decimal | date | str | None = None
    length: int | None = None
    words: tuple[str, ...] = ()
    message: str = ""


def told(
    rule: Rule, *, title: str, prompt: str, warning: str, first: str, ranges: Mapping[str, str]
) -> dict[str, Any]:
    """The rule and the input message as XlsxWriter takes them.

    `first` is the upper left cell that the rule is for, such as B2; `ranges` says where the lists stand.
    """
    asked = {"input_title": shortened(title, MAX_TITLE), "input_message": shortened(prompt, MAX_MESSAGE)}
    checked = _checked(rule, first, ranges)
    if checked["validate"] == "any":
        return checked | asked
    warned = {
        "error_type": "warning",
        "error_title": shortened(warning, MAX_TITLE),
        "error_message": shortened(rule.message, MAX_MESSAGE),
    }
    return checked | asked | warned


def _checked(rule: Rule, first: str, ranges: Mapping[str, str]) -> dict[str, Any]:
    if rule.options is not None:
        # A range, never the answers themselves: beyond 255 characters Excel calls the file broken.
        return {"validate": "list", "source": f"={ranges[rule.options]}", "show_error": not rule.free}
    if rule.length is not None:
        return {"validate": "length", "criteria": "<=", "value": rule.length}
    if rule.low is None and rule.high is None:
        return {"validate": "any"}
    if rule.words:
        return {"validate": "custom", "value": _formula(rule, first)}
    kind = {Typed.DAY: "date", Typed.WHOLE: "integer", Typed.NUMBER: "decimal"}[rule.typed]
    low, high = _limit(rule.low), _limit(rule.high)
    if low is not None and high is not None:
        return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}
    if low is not None:
        return {"validate": kind, "criteria": ">=", "value": low}
    return {"validate": kind, "criteria": "<=", "value": high}


def _limit(limit: Decimal | date | str | None) -> Any:
    if isinstance(limit, Decimal):
        return int(limit) if limit == limit.to_integral_value() else float(limit)
    return "=TODAY()" if limit == TODAY else limit


def _formula(rule: Rule, cell: str) -> str:
    """A number within the limits, or one of the words; stored in English, whatever Excel speaks."""
    number = [f"ISNUMBER({cell})"]
    number += [] if rule.low is None else [f"{cell}>={rule.low}"]
    number += [] if rule.high is None else [f"{cell}<={rule.high}"]
    number += [f"{cell}=INT({cell})"] if rule.typed is Typed.WHOLE else []
    words = ",".join(f'{cell}="{word}"' for word in rule.words)
    # Not AND: it looks at all of its parts, and INT of a word is an error.
    within = f"IF(ISNUMBER({cell}),AND({','.join(number[1:])}),FALSE)"
    return f"=OR({within},{words})"


def shortened(text: str, most: int) -> str:
    """`text`, or its beginning with `…`, in no more than `most` characters as Excel counts them."""
    if units(text) <= most:
        return text
    while units(text) > most - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def units(text: str) -> int:
    """How many characters Excel counts: those beyond the first plane are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
