"""One JSON line as a row: what may stand in it, and the cell that each value is."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from msreg.errors import Refused
from msreg.formats.cells import Cell, Unreadable
from msreg.formats.csv_encoding import not_text
from msreg.formats.limits import MAX_TEXT
from msreg.formats.origin import Name
from msreg.forms.cleaning import clean
from msreg.vocabulary import N_

_DIGITS = 30
"""A number with more digits than this before or after its point is none that a rule could judge."""
_PLAIN = {str, int, float, bool, Decimal, Unreadable, type(None)}


class _DoubledError(ValueError):
    pass


def number(text: str) -> Cell:
    """A number with a point or an exponent, digit for digit; a whole one as an integer."""
    value = Decimal(text)
    if abs(value.adjusted()) > _DIGITS or len(text) > 2 * _DIGITS:
        return Unreadable(text[:40])
    return int(value) if value == value.to_integral_value() else value


def cell(value: Any) -> Cell:
    """A value of JSON as a cell. The parts of a list, which answer a multiple choice, stand between `;`."""
    if type(value) is str:
        return clean(value) or None
    if type(value) is list:
        return ";".join(clean(str(part)) for part in value) or None
    return value  # type: ignore[no-any-return]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DoubledError
    return found


def _no_number(text: str) -> Any:
    raise ValueError  # NaN and Infinity, which JSON does not have


_DECODE = json.JSONDecoder(object_pairs_hook=_unique, parse_float=number, parse_constant=_no_number).decode


def checked(text: bytes, name: Name, line: int) -> dict[str, Any]:
    """The object of a line. Raises `Refused` with the line for what is no flat object, each name once."""
    try:
        row = _DECODE(text.decode())
        if b"\\u" in text:  # half a sign is no text, and could not be written anywhere
            json.dumps(row, ensure_ascii=False, default=str).encode()
    except UnicodeDecodeError:
        raise not_text(name, line) from None
    except _DoubledError:
        raise _refused(N_("{file}, line {line}: a name stands there twice."), name, line) from None
    except (ValueError, RecursionError, ArithmeticError):
        raise _refused(N_("{file}, line {line}: this is no object in JSON."), name, line) from None
    if type(row) is not dict:
        raise _refused(N_("{file}, line {line}: this is no object in JSON."), name, line)
    kinds = set(map(type, row.values()))
    if list in kinds:
        kinds.discard(list)
        kinds |= {type(part) for value in row.values() if type(value) is list for part in value}
    if not kinds <= _PLAIN:
        raise _refused(N_("{file}, line {line}: an object or list within another is not read."), name, line)
    if len(text) > MAX_TEXT and any(_length(value) > MAX_TEXT for value in row.values()):
        raise _refused(
            N_("{file}, line {line}: a text of more than {most} characters."), name, line, most=MAX_TEXT
        )
    return row


def _length(value: Any) -> int:
    return len(value) if type(value) is str else len(str(cell(value)))


def _refused(message: str, name: Name, line: int, **params: Any) -> Refused:
    return Refused(
        message,
        hint=N_(
            "Write one object on each line, each name once, with texts, numbers, true, false, null or lists."
        ),
        file=name,
        line=line,
        **params,
    )
