"""What a command gives back, and the one renderer that makes text or JSON of it (SPEC C3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any

from msreg.screen.output import Screen


@dataclass(frozen=True, slots=True)
class Result:
    """`data` for programs, `show` for people, and the exit code of work that was done as asked.

    `data` holds plain values (dates, decimals, enums and paths too) or is a function that makes them,
    called only when a program asks; an iterator is written as it comes. Keys are those of the codebook.
    """

    data: Any = None
    show: Callable[[Screen], None] | None = None
    exit_code: int = 0


def render(result: Result, screen: Screen) -> int:
    """Write the result for who reads it; gives its exit code."""
    if screen.edge.machine:
        data = result.data() if callable(result.data) else result.data
        if screen.edge.jsonl:
            for item in data if isinstance(data, (list, tuple, Iterator)) else (data,):
                screen.out.write(dumps(item) + "\n")
        elif isinstance(data, Iterator):
            _stream(data, screen)
        else:
            screen.out.write(dumps(data, indent=2) + "\n")
    elif result.show is not None:
        result.show(screen)
    return result.exit_code


def _stream(items: Iterator[Any], screen: Screen) -> None:
    before = "[\n  "
    for item in items:
        screen.out.write(before + dumps(item))
        before = ",\n  "
    screen.out.write("[]\n" if before[0] == "[" else "\n]\n")


def dumps(data: Any, *, indent: int | None = None) -> str:
    """JSON in ASCII, so that no text in it can steer a terminal."""
    import json  # 5 ms, which only programs need

    return json.dumps(data, indent=indent, ensure_ascii=True, allow_nan=False, default=plain)


def plain(value: object) -> object:
    """A value as JSON knows it: ISO dates, timestamps in UTC, numbers, codes, lists."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if isinstance(value, Iterator):
        return list(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
