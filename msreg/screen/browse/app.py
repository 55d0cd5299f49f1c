"""The full-screen program: its looks, how it ends, and what happens when it breaks."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from msreg.screen.browse.overview_screen import OverviewScreen
from msreg.screen.browse.pens import Pens
from msreg.screen.browse.state import End, Start, Wanted
from msreg.services import access
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Right


class Browse(App[Wanted | End]):
    """The overview; what it returns is what to do next, nothing when it was ended from outside.

    It writes no file and shows no traceback of its own: textual's would show values of patients.
    """

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "stop", show=False, priority=True),
        Binding("ctrl+q", "leave", show=False, priority=True),
    ]
    CSS = """
    Screen { layout: vertical; background: ansi_default; color: ansi_default; }
    Lines { height: 1; width: 1fr; }
    Lines.body { height: 1fr; }
    Grid { height: 1fr; width: 1fr; }
    TypingLine { height: 1; width: 1fr; }
    TypingLine Input { width: 1fr; }
    Input, Input:focus { background: ansi_default; color: ansi_default; background-tint: transparent; }
    .row { height: 1; width: 1fr; }
    .fields { height: 1fr; width: 1fr; scrollbar-size: 0 0; }
    """

    def __init__(self, registry: Registry, *, by: Actor, today: date, start: Start, color: bool) -> None:
        super().__init__(ansi_color=True)
        self.registry = registry
        self.by = by
        self.today = today
        self.start = start
        self.pens = Pens(color)
        self.writes = access.may(by, Right.PATIENTS_WRITE)
        self.fault: Exception | None = None
        self.theme = "ansi-dark"

    def on_mount(self) -> None:
        """Show the overview."""
        self.push_screen(OverviewScreen(self, self.start))

    def action_stop(self) -> None:
        """Ctrl-C."""
        self.exit(End.STOPPED)

    def action_leave(self) -> None:
        """The end."""
        self.exit(End.LEFT)

    def give_up(self, error: Exception) -> None:
        """End because of an error, which whoever runs this tells; nothing of it is printed here."""
        if self.fault is None:
            self.fault = error
        self.exit()

    def _handle_exception(self, error: Exception) -> None:
        # Where textual would print a traceback with the values of all variables.
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self.give_up(error)
        self._close_messages_no_wait()
