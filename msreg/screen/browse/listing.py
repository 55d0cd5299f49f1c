"""The patients that were fetched so far: some windows that follow each other, and what is shown of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from msreg.screen.browse.scroll import Scroll
from msreg.services.browsing import Place, Window

KEPT = 10
"""Screens of rows that are kept; what is further away is fetched again."""


class Fetch(NamedTuple):
    """A window to ask for; see `services.browsing.window`."""

    limit: int
    near: Place | None = None
    back: bool = False
    inclusive: bool = False


@dataclass
class Listing:
    """Rows from `places[0]` to `places[-1]`. `first` and `last`: whether they are the ends of the list."""

    height: int

    def __post_init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.places: list[Place] = []
        self.first = self.last = False
        self.at = Scroll()

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The rows on the screen."""
        return self.rows[self.at.top : self.at.top + self.height]

    @property
    def cursor(self) -> int | None:
        """The row under the cursor, counted on the screen."""
        return self.at.cursor - self.at.top if self.rows else None

    @property
    def here(self) -> dict[str, Any] | None:
        """The row under the cursor."""
        return self.rows[self.at.cursor] if self.rows else None

    @property
    def top(self) -> Place | None:
        """The place of the first row on the screen."""
        return self.places[self.at.top] if self.rows else None

    def missing(self, by: int) -> Fetch | None:
        """What must be fetched before moving by so many rows, if anything."""
        single = abs(by) == 1
        if by > 0 and not self.last:
            wanted = self.at.cursor + 2 if single else self.at.top + by + self.height
            if wanted > len(self.rows):
                return self._after(max(self.height, wanted - len(self.rows)))
        if by < 0 and not self.first:
            wanted = self.at.cursor - 1 if single else self.at.top + by
            if wanted < 0:
                near = self.places[0] if self.places else None
                return Fetch(max(self.height, -wanted), near, back=True)
        return None

    def unfilled(self) -> Fetch | None:
        """What must be fetched to fill the screen, if there is more to fill it with."""
        lacking = self.at.top + self.height - len(self.rows)
        if lacking > 0 and not self.last:
            return self._after(lacking)
        if len(self.rows) < self.height and not self.first and self.places:
            return Fetch(self.height - len(self.rows), self.places[0], back=True)
        return None

    def _after(self, limit: int) -> Fetch:
        return Fetch(limit, self.places[-1] if self.places else None)

    def begin(self, fetch: Fetch, found: Window, *, on: int | None = None) -> None:
        """Throw away what there was and show this; the cursor on the patient with the number `on`."""
        self.rows, self.places = list(found.rows), list(found.places)
        ended = len(found.rows) < fetch.limit
        self.first = (fetch.near is None and not fetch.back) or (ended and fetch.back)
        self.last = (fetch.near is None and fetch.back) or (ended and not fetch.back)
        self.at = Scroll(0, len(self.rows) - 1 if fetch.back else 0)
        self.put_on(on)
        self.settle()

    def put_on(self, number: int | None) -> None:
        """Put the cursor on a patient, if he or she is among the rows."""
        for place, row in enumerate(self.rows):
            if row["number"] == number:
                self.at.cursor = place

    def add(self, fetch: Fetch, found: Window) -> None:
        """Put a window before or after the rows, and let go of those that are far away."""
        ended, count = len(found.rows) < fetch.limit, len(found.rows)
        if fetch.back:
            self.rows[:0], self.places[:0] = found.rows, found.places
            self.at.top += count
            self.at.cursor += count
            self.first = ended
        else:
            self.rows += found.rows
            self.places += found.places
            self.last = ended
        over = len(self.rows) - KEPT * self.height
        if over > 0 and fetch.back and self.at.top + 2 * self.height < len(self.rows) - over:
            del self.rows[-over:], self.places[-over:]
            self.last = False
        elif over > 0 and not fetch.back and self.at.top - self.height > over:
            del self.rows[:over], self.places[:over]
            self.at.top -= over
            self.at.cursor -= over
            self.first = False
        self.settle()

    def move(self, by: int) -> None:
        """Move the cursor by one, or rows and cursor by more."""
        move = self.at.step if abs(by) == 1 else self.at.page
        move(by, len(self.rows), self.height)

    def settle(self) -> None:
        """Bring cursor and screen within the rows."""
        self.at.settle(len(self.rows), self.height)
