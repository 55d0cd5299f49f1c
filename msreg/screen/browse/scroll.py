"""Which of some rows are on the screen, and on which of them the cursor stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Scroll:
    """`top` is the first row that is shown; `cursor` is always among the rows, and among those shown."""

    top: int = 0
    cursor: int = 0

    def step(self, by: int, count: int, height: int) -> None:
        """Move the cursor; the rows move only when it would leave the screen."""
        self.cursor = max(0, min(self.cursor + by, count - 1))
        self.settle(count, height)

    def page(self, by: int, count: int, height: int) -> None:
        """Move rows and cursor together by so many rows."""
        self.top += by
        self.cursor += by
        self.settle(count, height)

    def settle(self, count: int, height: int) -> None:
        """Bring both within what there is."""
        height = max(1, height)
        self.cursor = max(0, min(self.cursor, count - 1))
        self.top = max(0, min(self.top, count - height))
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + height:
            self.top = self.cursor - height + 1
