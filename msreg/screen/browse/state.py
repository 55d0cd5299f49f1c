"""Where somebody is in the overview: what it begins with, and comes back to after a guided entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from msreg.services.browsing import Place
from msreg.services.patients import Asked
from msreg.vocabulary import Record


@dataclass(frozen=True, slots=True)
class Start:
    """What to show first. `near` is the place at the top of the screen, `on` the number under the cursor."""

    asked: Asked
    near: Place | None = None
    on: int | None = None
    opened: str | None = None
    """Registry number of the patient whose page is open."""
    section: int = 0
    row: int = 0
    note: str = ""
    """What to say at the bottom, translated."""

    def saying(self, note: str) -> Start:
        """The same with something to say."""
        return replace(self, note=note)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A guided entry that was asked for, with the words of `guided.guide`, and where to come back to."""

    record: Record
    back: Start
    patient: str | None = None
    which: Mapping[str, Any] | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)


class End(Enum):
    """How somebody left the screen: done, or by Ctrl-C."""

    LEFT = "left"
    STOPPED = "stopped"
