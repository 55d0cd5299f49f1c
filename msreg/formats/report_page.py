"""A report in words: what a terminal and an HTML page lay out alike."""

from __future__ import annotations

from typing import NamedTuple

from msreg.formats.report import Funnel


class Line(NamedTuple):
    """A row of texts; `muted` when it tells of nobody."""

    cells: tuple[str, ...]
    muted: bool = False


class Section(NamedTuple):
    """A table in words. The first head is that of the rows; all other columns are numbers."""

    key: str
    title: str
    period: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


class Plot(NamedTuple):
    """A funnel plot with its words: `told` says in a sentence what it shows of each centre that has a name."""

    key: str
    title: str
    funnel: Funnel
    told: tuple[str, ...]
    notes: tuple[str, ...]
    across: str
    """What stands along the number of people."""
    legend: tuple[str, ...]
    """Names of the marks: own centre, other centres, share of all, limits of 95 %, limits of 99.8 %."""


class Page(NamedTuple):
    """A whole report in words."""

    language: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    sections: tuple[Section, ...]
    plots: tuple[Plot, ...]
    closing: str
