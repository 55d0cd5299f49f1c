"""What one report of a side effect says, as plain values: what the XML and the CSV of a batch are written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """The suspect product. `route` is known only where there is one way to give it."""

    name: str
    substance: str
    atc: str
    route: str | None = None
    start: date | None = None
    stop: date | None = None
    action: str | None = None
    """What was done with it, by the form's code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """The side effect, in the reporter's words and by the form's codes. `meddra` is LLT code and version."""

    words: str
    meddra: tuple[str, str] | None = None
    start: date | None = None
    end: date | None = None
    course: str | None = None
    outcome: str | None = None
    severity: str | None = None
    seriousness: tuple[str, ...] | None = None
    """None: nobody said, which is not a no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One case: who reports, about whom, which product, which reaction. Neither a name nor a number of the patient."""

    id: str
    """Safety report identifier, worldwide unique: NL-MSREG-0000001."""
    edition: int
    received: datetime
    """When it became known first (C.1.4)."""
    recent: datetime
    """When something of it became known last (C.1.5)."""
    centre: str
    city: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    death_date: date | None = None
    medicine: Medicine
    reaction: Reaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A batch as such: its identifier, who sends it to whom, and when it was made."""

    id: str
    sender: str
    receiver: str
    made: datetime
    email: str | None = None
