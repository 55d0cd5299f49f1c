"""A report as plain structure: tables of typed cells and funnel plots, with keys instead of words.

Services fill it, the screen words it, and every output (terminal, HTML, workbook, JSON) is made from it.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Literal, NamedTuple, TypeAlias


class Withheld(Enum):
    """A cell that may not be shown: too few people, or others could be worked out from it."""

    SMALL = "small"


SMALL = Withheld.SMALL


class Share(NamedTuple):
    """So many of so many, such as 12 of 80."""

    cases: int
    of: int

    @property
    def percent(self) -> Decimal | None:
        """The share of a hundred with one decimal, halves up; None of nothing."""
        if not self.of:
            return None
        return (Decimal(100 * self.cases) / self.of).quantize(Decimal("0.1"), ROUND_HALF_UP)


Value: TypeAlias = int | Decimal | str | Share | Withheld | None
"""What a cell holds; None: there is nothing to tell, such as a mean of nobody."""

Kind = Literal["count", "percent", "number", "share", "text"]


class Column(NamedTuple):
    """A column of a table: its key, what its cells are, and how many decimals a number has."""

    key: str
    kind: Kind = "count"
    digits: int = 1


class Row(NamedTuple):
    """A row: the code of what it is about, and a cell for each column."""

    key: str
    values: tuple[Value, ...]


class Table(NamedTuple):
    """A table; `rows_are` says of which list the codes of its rows are, and `since`, `until` what it counts over."""

    key: str
    rows_are: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    since: date | None = None
    until: date | None = None
    withheld: bool = False
    """Whether something was left out because it may not be shown, be it a cell or a row."""


class Point(NamedTuple):
    """One centre in a funnel plot: `cases` of `people`. `label` is its code, where it may be named."""

    people: int
    cases: int
    own: bool
    label: str | None
    place: str
    """Where it lies: a `Place` of `rules/funnel`."""


class Edge(NamedTuple):
    """The limits at a number of people, as shares."""

    people: int
    low998: Decimal
    low95: Decimal
    high95: Decimal
    high998: Decimal


class Funnel(NamedTuple):
    """A funnel plot of one share. Without `target` there is none, for what it is measured against is withheld."""

    key: str
    target: Decimal | None
    points: tuple[Point, ...]
    edges: tuple[Edge, ...]
    withheld: bool
    """Whether centres were left out."""


class Report(NamedTuple):
    """One report: for which centre (None: all of them together), over which days, and what it tells."""

    key: str
    centre: str | None
    centre_name: str | None
    since: date
    until: date
    today: date
    patients: int
    """Of the own centre, or of all where there is none."""
    others: Value
    """Patients of the other centres; None where they are not counted."""
    other_centres: int
    """Other centres that have patients."""
    compared: bool
    """Whether the own centre is set against all."""
    tables: tuple[Table, ...]
    funnels: tuple[Funnel, ...]
    remarks: tuple[str, ...]
    """Codes of remarks on the whole, such as that there is one other centre only."""
