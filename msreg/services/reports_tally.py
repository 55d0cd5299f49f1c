"""What is counted on the way through all patients: numbers by category and side, kept small whatever their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from msreg.rules.survival import Spell
from msreg.services.reports_people import Side

_HALF = Decimal("0.5")


class Frame(NamedTuple):
    """The days that a report counts over, and the day that it is made for."""

    since: date
    until: date
    today: date
    asked: bool
    """Whether the period was asked for; without it what takes years is taken over the whole follow-up."""

    @property
    def neda_year(self) -> tuple[date, date]:
        """The period that NEDA-3 is judged over: the one asked for, else the last whole calendar year.

        A worsening is confirmed by a later visit, so of the last twelve months little could be said yet.
        """
        if self.asked:
            return self.since, self.until
        return date(self.today.year - 1, 1, 1), date(self.today.year - 1, 12, 31)


class Parts(NamedTuple):
    """One number for each side."""

    own: int
    known: int
    other: int

    @property
    def all(self) -> int:
        """All sides together."""
        return self.own + self.known + self.other

    @property
    def others(self) -> int:
        """All but the own ones."""
        return self.known + self.other


class Tally:
    """Counters by table, row, category and side; sums and spreads of values by measure and side."""

    def __init__(self) -> None:
        self.cells: Counter[tuple[str, str, str, Side]] = Counter()
        self.sums: Counter[tuple[str, str, Side]] = Counter()
        self.spreads: dict[tuple[str, Side], Counter[Decimal]] = {}
        self.centres: Counter[tuple[str, str, str, Side]] = Counter()
        self.spells: dict[tuple[str, Side], Counter[Spell]] = {}

    def put(self, table: str, category: str, side: Side, row: str = "", by: int = 1) -> None:
        """Count somebody in a category of a table, or of one of its rows."""
        self.cells[table, row, category, side] += by

    def plus(self, measure: str, row: str, side: Side, by: int) -> None:
        """Add to a sum, such as days or relapses."""
        self.sums[measure, row, side] += by

    def spread(self, measure: str, side: Side, value: Decimal | int) -> None:
        """Keep a value for a median or a mean. There are few different ones: scores, ages, years."""
        self.spreads.setdefault((measure, side), Counter())[Decimal(value)] += 1

    def centre(self, centre_id: str, share: str, category: str, side: Side) -> None:
        """Count somebody of a centre for a funnel plot."""
        self.centres[centre_id, share, category, side] += 1

    def spell(self, medicine: str, side: Side, spell: Spell) -> None:
        """Keep how long somebody used a medicine."""
        self.spells.setdefault((medicine, side), Counter())[spell] += 1

    def parts(self, table: str, category: str, row: str = "") -> Parts:
        """How many stand in a category, by side."""
        return Parts(*(self.cells[table, row, category, side] for side in Side))

    def sum(self, measure: str, row: str = "") -> Parts:
        """A sum, by side."""
        return Parts(*(self.sums[measure, row, side] for side in Side))

    def categories(self, table: str, row: str = "") -> set[str]:
        """The categories of a table that somebody stands in."""
        return {key[2] for key, count in self.cells.items() if key[:2] == (table, row) and count}

    def rows(self, table: str) -> set[str]:
        """The rows of a table that somebody stands in."""
        return {key[1] for key, count in self.cells.items() if key[0] == table and count}

    def median(self, measure: str, sides: Iterable[Side]) -> Decimal | None:
        """The median of the values of some sides: of an even number the middle between the two."""
        values = self._values(measure, sides)
        count = values.total()
        if not count:
            return None
        low = high = None
        seen = 0
        for value in sorted(values):
            seen += values[value]
            if low is None and seen >= (count + 1) // 2:
                low = value
            if seen >= count // 2 + 1:
                high = value
                break
        assert low is not None
        assert high is not None
        return (low + high) * _HALF

    def mean(self, measure: str, sides: Iterable[Side]) -> Decimal | None:
        """The mean of the values of some sides."""
        values = self._values(measure, sides)
        count = values.total()
        return sum((value * times for value, times in values.items()), Decimal(0)) / count if count else None

    def number(self, measure: str, sides: Iterable[Side]) -> int:
        """How many values there are of some sides."""
        return self._values(measure, sides).total()

    def _values(self, measure: str, sides: Iterable[Side]) -> Counter[Decimal]:
        found: Counter[Decimal] = Counter()
        for side in sides:
            found.update(self.spreads.get((measure, side), Counter()))
        return found
