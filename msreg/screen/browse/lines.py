"""Lines of text as they are, over the width of the screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip
from textual.widget import Widget

from msreg.screen.browse.pens import Line, Pens


class Lines(Widget):
    """Some lines, shown from `top` on; what is not there is blank."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pens = pens
        self._lines: Sequence[Line] = ()
        self.top = 0

    def show(self, *lines: Line) -> None:
        """Show these lines from now on."""
        self._lines = lines
        self.top = min(self.top, self.furthest)
        self.refresh()

    @property
    def furthest(self) -> int:
        """The largest `top` that still fills the screen."""
        return max(0, len(self._lines) - self.size.height)

    def scroll_lines(self, by: int) -> None:
        """Move what is shown by so many lines."""
        self.top = max(0, min(self.top + by, self.furthest))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        at = self.top + y
        line: Line = self._lines[at] if at < len(self._lines) else ()
        return self._pens.strip(line, self.size.width)
