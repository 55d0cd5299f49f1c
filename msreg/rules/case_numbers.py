"""The numbers of cases, as NC-2026-0042: late termination counts for itself (LZ)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from msreg.vocabulary import Process

PREFIXES: Mapping[Process, str] = {Process.NETHOSS: "NC", Process.LATE_TERMINATION: "LZ"}
"""What the numbers of a process begin with."""

_NUMBER = re.compile(r"([A-Z]{2})[- ]?([0-9]{4})[- ]?([0-9]{1,6})", re.ASCII)


class CaseNumber(NamedTuple):
    """A case by its process, the year in which it was reported and its place in that year."""

    process: Process
    year: int
    place: int

    def __str__(self) -> str:
        """The number as it is written: with four digits, or more from the ten-thousandth on."""
        return f"{PREFIXES[self.process]}-{self.year:04}-{self.place:04}"


def read_number(text: str) -> CaseNumber | None:
    """A number as people type it: `nc-2026-42`, `NC 2026 0042`; None for what is none."""
    found = _NUMBER.fullmatch(" ".join(text.split()).upper())
    if found is None:
        return None
    process = next((each for each, prefix in PREFIXES.items() if prefix == found[1]), None)
    if process is None or int(found[3]) < 1:
        return None
    return CaseNumber(process, int(found[2]), int(found[3]))
