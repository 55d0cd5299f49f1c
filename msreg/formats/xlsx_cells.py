"""Cells as a workbook's XML has them: what a cell is, by its type, behind its address."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from msreg.formats.cells import Unreadable
from msreg.formats.limits import MAX_TEXT

BOLD, DAY, MOMENT = 1, 2, 3
"""Numbers of the styles in `xlsx_parts.styles`."""

# Surrogates have no UTF-8, the last two code points of a plane no XML.
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
# Excel's own way to write what XML has no character for; a text that looks like one is escaped too.
_LOOKS_ESCAPED = re.compile("_(x[0-9a-fA-F]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
_FIRST_DAY = date(1900, 3, 1)  # before it Excel counts a 29 February 1900 that never was
_DAY_ZERO = date(1899, 12, 30).toordinal()
_EXACT = 10**15  # a spreadsheet's number holds fifteen digits
_NUMBER = '"><v>'
_END = "</v></c>"


class TooLongError(Exception):
    """A text is longer than a cell takes. `column` is counted from 0."""

    def __init__(self, column: int) -> None:
        super().__init__(column)
        self.column = column


def escaped(text: str) -> str:
    """A text as it stands between tags of a workbook."""
    if not text.isascii():
        text = _NO_XML.sub("\ufffd", text)
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub(r"_x005F_\1", text)
    if not text.isprintable():  # quick; line ends and tabs come through as they are
        text = _CONTROL.sub(lambda sign: f"_x{ord(sign[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text_cell(text: str, style: str = "") -> str:
    """What follows the address of a cell that holds a text: the text itself, and never a formula."""
    if not text:
        return ""
    kept = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    return f'"{style} t="inlineStr"><is><t{kept}>{escaped(text)}</t></is></c>'


def cell(column: int, value: Any) -> str:
    """What follows the address of a cell, such as `"><v>12</v></c>` after `<c r="B7`; "" for an empty one.

    Raises `TooLongError` for a text that no cell takes.
    """
    return _KINDS[type(value)](column, value)


def _nothing(column: int, value: None) -> str:
    return ""


def _text(column: int, value: object) -> str:
    text = str(value)
    if len(text) > MAX_TEXT:
        raise TooLongError(column)
    return text_cell(text)


def _choices(column: int, value: tuple[str, ...]) -> str:
    return _text(column, ";".join(value))


def _boolean(column: int, value: bool) -> str:
    return f'" t="b"><v>{value:d}{_END}'


def _whole(column: int, value: int) -> str:
    return f"{_NUMBER}{value}{_END}" if -_EXACT < value < _EXACT else _text(column, value)


def _float(column: int, value: float) -> str:
    if not isfinite(value):
        return _text(column, value)
    return f"{_NUMBER}{repr(value).removesuffix('.0')}{_END}"


def _decimal(column: int, value: Decimal) -> str:
    if value.is_finite() and Decimal(repr(float(value))) == value:
        return _float(column, float(value))
    return _text(column, value)


def _day(column: int, value: date) -> str:
    if value < _FIRST_DAY:
        return _text(column, value.isoformat())
    return f'" s="{DAY}"><v>{value.toordinal() - _DAY_ZERO}{_END}'


def _moment(column: int, value: datetime) -> str:
    if value.date() < _FIRST_DAY:
        return _text(column, value.isoformat(sep=" "))
    seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1_000_000
    return f'" s="{MOMENT}"><v>{value.toordinal() - _DAY_ZERO + seconds / 86_400!r}{_END}'


_KINDS: dict[type, Callable[[int, Any], str]] = {
    type(None): _nothing,
    str: _text,
    bool: _boolean,
    int: _whole,
    float: _float,
    Decimal: _decimal,
    date: _day,
    datetime: _moment,
    tuple: _choices,
    Unreadable: _text,
}
