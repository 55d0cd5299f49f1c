"""A few things to choose one from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from msreg.screen.browse.grid import Grid
from msreg.screen.browse.keys import Hints
from msreg.screen.browse.page import Page
from msreg.screen.browse.scroll import Scroll
from msreg.screen.table import Cell, Column
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.screen.browse.app import Browse


class ChooseScreen(Page):
    """Gives the place of what was chosen, or nothing when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("enter", "choose", show=False),
        Binding("escape,q", "leave", show=False),
    ]

    def __init__(self, browse: Browse, question: str, names: Sequence[str], at: int = 0) -> None:
        super().__init__(browse)
        self.question = question
        self.names = names
        self.at = Scroll(0, at)
        self.grid = Grid(browse.pens)

    def compose(self) -> ComposeResult:
        """The question and its answers (translated)."""
        yield self.title_line
        yield self.grid
        yield self.note_line
        yield self.key_line

    def on_mount(self) -> None:
        """Show them."""
        self.title_line.show([" ", Cell(self.question, "accent")])
        self.grid.head([Column("name", "")])
        self._draw()

    def on_resize(self) -> None:
        """Fit them to the screen."""
        self._draw()

    last_hints = ()

    def hints(self) -> Hints:
        """The keys."""
        return (("Enter", N_("choose")), ("Esc", N_("leave as it was")), ("↑↓", N_("which")))

    def _draw(self) -> None:
        self.at.settle(len(self.names), self.room)
        shown = self.names[self.at.top : self.at.top + self.room]
        self.grid.show([[name] for name in shown], self.at.cursor - self.at.top)
        self.show_keys()

    def action_move(self, by: int) -> None:
        """Another one."""
        self.at.step(by, len(self.names), self.room)
        self._draw()

    def action_choose(self) -> None:
        """This one."""
        self.dismiss(self.at.cursor)

    def action_leave(self) -> None:
        """None."""
        self.dismiss(None)
