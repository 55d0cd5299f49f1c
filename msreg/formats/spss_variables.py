"""Variables of an SPSS file: type, format, labels and missing values, from the columns of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from msreg.formats.sheets import Opened, Value, joined
from msreg.formats.typed import UNKNOWN_LABEL, YES_NO, Part, parts_of
from msreg.forms.definition import UNKNOWN, Text, Type

UNKNOWN_NUMBER = -9.0
"""What stands for "unknown" in a number, declared missing: SPSS leaves it out of every mean."""

_STRING, _F, _EDATE = 1, 5, 38  # numbers of the formats in the file
_FORMATS: Mapping[Type, tuple[int, int, int]] = {
    Type.DATE: (_EDATE, 10, 0),
    Type.INTEGER: (_F, 8, 0),
    Type.DECIMAL: (_F, 10, 3),
    Type.BOOLEAN: (_F, 1, 0),
}
_RESERVED = frozenset(["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"])
_EPOCH = date(1582, 10, 14).toordinal()
_NOMINAL, _SCALE = 1, 3


@dataclass(slots=True)
class Variable:
    """One variable; `width` is 0 for a number, else the bytes of the longest text, known when all were seen."""

    name: str
    label: str
    part: Part
    width: int
    format: tuple[int, int, int]
    labels: Mapping[str | float, str]
    missing: float | None
    measure: int

    @property
    def value(self) -> Callable[[Value], Any]:
        """What of a cell goes into the file: a number, or bytes."""
        if self.width:
            return _text
        return _day if self.part.kind is Type.DATE else _number


def variables_of(table: Opened) -> list[Variable]:
    """The variables of a sheet: a multiple choice is a text of its codes, and a yes or no for each of them."""
    parts = parts_of(table.columns, whole=True, single=True, unknown=False)
    return [_variable(part, table.language) for part in parts]


def _variable(part: Part, language: str) -> Variable:
    numeric = part.kind in _FORMATS
    item = part.column.item
    unknown = numeric and item is not None and item.or_unknown
    labels: dict[str | float, str] = {}
    if part.kind is Type.BOOLEAN:
        labels = {float(code): label[language] for code, label in YES_NO.items()}
    elif part.kind is not Type.CHOICES:
        labels = {code: label[language] for code, label in part.words.items()}
    if unknown:
        if item is not None and (item.min is None or float(item.min) <= UNKNOWN_NUMBER):
            raise ValueError(f"{part.key}: {UNKNOWN_NUMBER} may be an answer")
        labels[UNKNOWN_NUMBER] = UNKNOWN_LABEL[language]
    return Variable(
        name=f"{part.key}_" if part.key.upper() in _RESERVED else part.key,
        label=_labelled(part.label, item.unit if item else None, language),
        part=part,
        width=0 if numeric else 1,
        format=_FORMATS.get(part.kind, (_STRING, 0, 0)),
        labels=labels,
        missing=UNKNOWN_NUMBER if unknown else None,
        measure=_SCALE if part.kind in (Type.DATE, Type.INTEGER, Type.DECIMAL) else _NOMINAL,
    )


def _labelled(label: Text, unit: str | None, language: str) -> str:
    return f"{label[language]} ({unit})" if unit else label[language]


def _text(cell: Value) -> bytes:
    return str(joined(cell)).encode(errors="replace")


def _day(cell: Value) -> float:
    assert isinstance(cell, date)
    return (cell.toordinal() - _EPOCH) * 86400.0


def _number(cell: Value) -> float:
    return UNKNOWN_NUMBER if cell == UNKNOWN else float(cell)  # type: ignore[arg-type]


def widen(variables: Sequence[Variable], lengths: Sequence[int]) -> None:
    """Give texts the width of the longest that there is, and of the longest code."""
    for variable, length in zip(variables, lengths, strict=True):
        if variable.width:
            codes = [len(code.encode()) for code in variable.labels if isinstance(code, str)]
            variable.width = max(1, length, *codes)
            variable.format = (_STRING, min(variable.width, 255), 0)
