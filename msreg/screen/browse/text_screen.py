"""A page of text to read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from msreg.screen.browse.keys import Hints
from msreg.screen.browse.lines import Lines
from msreg.screen.browse.page import Page
from msreg.screen.browse.pens import Line
from msreg.screen.table import Cell
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.screen.browse.app import Browse


class TextScreen(Page):
    """Lines for the width that there is, longer than the screen perhaps."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "turn(-1)", show=False),
        Binding("pagedown,space", "turn(1)", show=False),
        Binding("escape,q,enter,left,question_mark", "leave", show=False),
    ]

    def __init__(self, browse: Browse, title: str, lines: Callable[[int], Sequence[Line]]) -> None:
        super().__init__(browse)
        self.heading = title
        self.text = Lines(browse.pens)
        self.text.add_class("body")
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Title, text, keys."""
        yield self.title_line
        yield self.text
        yield self.note_line
        yield self.key_line

    def on_mount(self) -> None:
        """Show it from its beginning."""
        self.title_line.show([" ", Cell(self.heading, "accent")])

    def on_resize(self) -> None:
        """Fit it to the screen."""
        self.text.show(*self._lines(self.size.width))
        self.show_keys()

    last_hints = ()

    def hints(self) -> Hints:
        """The keys."""
        return (("Esc", N_("back")), ("↑↓ PgUp PgDn", N_("scroll")))

    def action_move(self, by: int) -> None:
        """A line up or down."""
        self.text.scroll_lines(by)

    def action_turn(self, way: int) -> None:
        """A page up or down."""
        self.text.scroll_lines(way * max(1, self.text.size.height - 1))

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
