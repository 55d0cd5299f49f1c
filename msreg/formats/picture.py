"""A chart of one patient in plain values and in the words of a language: what every drawing is made from.

Nothing here says where on the paper something stands (`picture_layout`), nor with which library it is drawn.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

Assessed = Literal["assessed", "estimated", "gap"]
Treated = Literal["treated", "untreated", "unknown"]
Lesions = Literal["some", "none", "unknown", "nothing"]
Moment = Literal["diagnosis", "deceased", "ended"]

Tip = tuple[str, ...]
"""What pointing at something tells: what it is, then the answers given, a line each."""


class Stage(NamedTuple):
    """A phenotype from a day until another (both within the picture)."""

    since: date
    until: date
    code: str
    text: str
    tip: Tip


class Point(NamedTuple):
    """A course. `edss` is None where it was not done or not filled in (`kind` is gap); `text` is the score."""

    on: date
    edss: float | None
    kind: Assessed
    text: str
    tip: Tip


class Relapse(NamedTuple):
    """An attack; `kind` says whether methylprednisolone was given."""

    on: date
    kind: Treated
    tip: Tip


class Scan(NamedTuple):
    """An MRI with its counts as texts; `nothing`: that was not asked, as for gadolinium that was not given."""

    on: date
    t2: str
    t2_kind: Lesions
    gd: str
    gd_kind: Lesions
    tip: Tip


class Bar(NamedTuple):
    """A period of medication. `running`: it goes on beyond the picture's end; `begun`: it began before."""

    start: date
    stop: date
    code: str
    text: str
    running: bool
    begun: bool
    tip: Tip


class Score(NamedTuple):
    """A health score of 0 to 100."""

    on: date
    score: int
    tip: Tip


class Milestone(NamedTuple):
    """A day that stands as a line through the whole picture."""

    on: date
    kind: Moment
    text: str
    tip: Tip


class Labels(NamedTuple):
    """Names of the rows and axes."""

    phenotype: str
    relapses: str
    edss: str
    health: str
    courses: str
    t2: str
    gd: str
    medication: str


class Sign(NamedTuple):
    """A line of the legend: a kind of mark, and what it means."""

    kind: str
    text: str


class Listing(NamedTuple):
    """A table that tells in words what the picture shows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Picture(NamedTuple):
    """Everything that a chart shows between `first` and `last`; lists stand oldest first.

    `title` names the file and no person; `heading` and `aside` stand above the drawing. `carried` is the EDSS that
    held when the picture begins. `notes` tell what could not be drawn.
    """

    language: str
    title: str
    heading: str
    aside: str
    first: date
    last: date
    labels: Labels
    stages: tuple[Stage, ...] = ()
    points: tuple[Point, ...] = ()
    carried: Point | None = None
    relapses: tuple[Relapse, ...] = ()
    scans: tuple[Scan, ...] = ()
    bars: tuple[Bar, ...] = ()
    scores: tuple[Score, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    legend: tuple[Sign, ...] = ()
    notes: tuple[str, ...] = ()
    foot: str = ""
    listings: tuple[Listing, ...] = ()

    @property
    def days(self) -> int:
        """Length of the picture; at least a day."""
        return max((self.last - self.first).days, 1)

    def share(self, on: date) -> float:
        """Where a day stands between the edges, from 0 to 1."""
        return min(max((on - self.first).days / self.days, 0.0), 1.0)

    def strokes(self) -> list[list[Point]]:
        """The courses whose scores a line joins: none across a course without a score."""
        found: list[list[Point]] = [[self.carried] if self.carried and self.carried.edss is not None else []]
        for point in self.points:
            if point.edss is None:
                found.append([])
            else:
                found[-1].append(point)
        return [each for each in found if each]

    def gaps(self) -> list[tuple[date, date]]:
        """The stretches over which no line goes: around courses without a score, between the courses that have one."""
        found: list[tuple[date, date]] = []
        known = self.first if self.carried else None
        open_since = self.first if self.carried and self.carried.edss is None else None
        for point in self.points:
            if point.edss is None:
                open_since = open_since or known or point.on
            else:
                if open_since:
                    found.append((open_since, point.on))
                known, open_since = point.on, None
        if open_since:  # what comes after the last course is unknown to every chart, and is not marked
            found.append((open_since, self.points[-1].on if self.points else self.last))
        return [each for each in found if each[0] < each[1]]
