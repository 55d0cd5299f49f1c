"""The dictionary of an SPSS file: what stands before the cases, in the layout that PSPP documents.

All numbers are little-endian. Names are short ones that nobody sees; the long ones come in a record behind them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from math import nextafter
from struct import pack

from msreg.formats.spss_variables import Variable

BIAS = 100
MISSING = -sys.float_info.max
SEGMENT, REAL = 252, 255
"""A text of more than 255 bytes lies in segments: each has room for 255, and there is one for each 252."""

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SHORT = 8
_LABEL, _VALUE_LABEL = 255, 120
_LINE = 40


def segments(width: int) -> list[int]:
    """The widths of the segments that a text of `width` bytes lies in; one, for most."""
    if width <= REAL:
        return [width]
    count = -(-width // SEGMENT)
    return [REAL] * (count - 1) + [width - SEGMENT * (count - 1)]


def dictionary(variables: Sequence[Variable], cases: int, *, program: str, label: str, at: datetime) -> bytes:
    """All that comes before the cases."""
    places = _places(variables)
    out = [_header(places[-1][1] + _units(variables[-1]) - 1, cases, program, label, at)]
    for variable, (number, _place) in zip(variables, places, strict=True):
        out += _records(variable, number)
    for variable, (_number, place) in zip(variables, places, strict=True):
        if variable.labels and variable.width <= _SHORT:
            out += [_value_labels(variable), pack("<3i", 4, 1, place)]
    out += [
        _more(3, pack("<8i", 1, 0, 0, -1, 1, 1, 2, 65001), 4),
        _more(4, pack("<3d", MISSING, sys.float_info.max, nextafter(MISSING, 0)), 8),
        _more(11, b"".join(map(_display, variables)), 4),
        _more(13, "\t".join(
            f"{_short(number)}={variable.name}" for variable, (number, _) in zip(variables, places, strict=True)
        ).encode()),
    ]  # fmt: skip
    long = "".join(
        f"{_short(number)}={variable.width:05d}\0\t"
        for variable, (number, _place) in zip(variables, places, strict=True)
        if variable.width > REAL
    )
    if long:
        out.append(_more(14, long.encode()))
    out += [_more(16, pack("<2q", 1, cases), 8), _more(20, b"UTF-8")]
    labelled = [each for each in variables if each.labels and each.width > _SHORT]
    if labelled:
        out.append(_more(21, b"".join(map(_long_labels, labelled))))
    out.append(pack("<2i", 999, 0))
    return b"".join(out)


def _places(variables: Sequence[Variable]) -> list[tuple[int, int]]:
    """For each variable the number that its short name has, and its place in units of 8 bytes, from 1."""
    number, place, found = 1, 1, []
    for variable in variables:
        found.append((number, place))
        number += len(segments(variable.width))
        place += _units(variable)
    return found


def _units(variable: Variable) -> int:
    return sum(-(-width // 8) for width in segments(variable.width)) if variable.width else 1


def _header(units: int, cases: int, program: str, label: str, at: datetime) -> bytes:
    day = f"{at.day:02d} {_MONTHS[at.month - 1]} {at.year % 100:02d}"
    return (
        b"$FL2" + _filled(f"@(#) SPSS DATA FILE {program}".encode(), 60)
        + pack("<5id", 2, units, 1, 0, cases, BIAS)
        + day.encode() + f"{at:%H:%M:%S}".encode() + _filled(_cut(label, 64), 64) + b"\0" * 3
    )  # fmt: skip


def _records(variable: Variable, number: int) -> list[bytes]:
    """One record for each segment, and an empty one for each further 8 bytes of it."""
    kind, width, decimals = variable.format
    found = []
    for at, size in enumerate(segments(variable.width)):
        shown = kind << 16 | (size if variable.width else width) << 8 | decimals
        label = _cut(variable.label, _LABEL) if at == 0 else b""
        missing = variable.missing if at == 0 else None
        found.append(pack("<6i", 2, size, bool(label), missing is not None, shown, shown))
        found.append(_short(number + at).ljust(8).encode())
        if label:
            found += [pack("<i", len(label)), _filled(label, -(-len(label) // 4) * 4, b"\0")]
        if missing is not None:
            found.append(pack("<d", missing))
        rest = pack("<6i", 2, -1, 0, 0, 0, 0) + b" " * 8
        found += [rest] * (max(0, -(-size // 8) - 1))
    return found


def _value_labels(variable: Variable) -> bytes:
    out = [pack("<2i", 3, len(variable.labels))]
    for value, text in variable.labels.items():
        label = _cut(text, _VALUE_LABEL)
        out.append(_filled(value.encode(), 8) if isinstance(value, str) else pack("<d", value))
        out.append(bytes((len(label),)) + _filled(label, -(-(len(label) + 1) // 8) * 8 - 1))
    return b"".join(out)


def _long_labels(variable: Variable) -> bytes:
    name = variable.name.encode()
    out = [pack("<i", len(name)), name, pack("<2i", variable.width, len(variable.labels))]
    for value, text in variable.labels.items():
        label = _cut(text, _VALUE_LABEL)
        code = _filled(str(value).encode(), variable.width)
        out += [pack("<i", len(code)), code, pack("<i", len(label)), label]
    return b"".join(out)


def _display(variable: Variable) -> bytes:
    """How wide a column is on the screen: for each segment."""
    shown = min(_LINE, variable.width) if variable.width else max(8, variable.format[1])
    return pack("<3i", variable.measure, shown, 0 if variable.width else 1) * len(segments(variable.width))


def _more(kind: int, data: bytes, size: int = 1) -> bytes:
    return pack("<4i", 7, kind, size, len(data) // size) + data


def _short(number: int) -> str:
    return f"V{number:06d}"


def _cut(text: str, most: int) -> bytes:
    """A text as bytes, cut before the sign that does not fit whole."""
    return text.encode(errors="replace")[:most].decode(errors="ignore").encode()


def _filled(text: bytes, width: int, with_: bytes = b" ") -> bytes:
    return text[:width].ljust(width, with_)
