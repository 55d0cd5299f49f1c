"""The panel of filters: one line a column; nothing changes until the Enter key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from msreg.errors import Usage
from msreg.screen.browse.filters import FILTERS, Choices, Filter, asked_with, typed
from msreg.screen.browse.grid import CURSOR
from msreg.screen.browse.keys import Hints
from msreg.screen.browse.lines import Lines
from msreg.screen.browse.page import Page
from msreg.screen.browse.pens import Pens
from msreg.screen.browse.typing_line import Field
from msreg.screen.language import _
from msreg.screen.table import Cell
from msreg.screen.widths import width
from msreg.services.patients import Asked
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.screen.browse.app import Browse


class Choice(Widget, can_focus=True):
    """One of a few values: the arrows left and right, or the space bar, go on to the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", show=False),
        Binding("right,space", "turn(1)", show=False),
        Binding("backspace,delete", "none", show=False),
    ]

    def __init__(self, pens: Pens, choices: Choices, value: Any, *, id: str) -> None:
        super().__init__(id=id)
        self._pens = pens
        self._choices = choices
        self._at = [known for known, _label in choices].index(value)

    @property
    def value(self) -> Any:
        """What is chosen."""
        return self._choices[self._at][0]

    def action_turn(self, by: int) -> None:
        """The next value, or the one before."""
        self._at = (self._at + by) % len(self._choices)
        self.refresh()

    def action_none(self) -> None:
        """The first value, which narrows nothing."""
        self._at = 0
        self.refresh()

    def on_focus(self) -> None:
        """Show the arrows."""
        self.refresh()

    def on_blur(self) -> None:
        """Take them away."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The value, between arrows where the keys act."""
        text = _(self._choices[self._at][1])
        line = [Cell(f"‹ {text} ›", "accent")] if self.has_focus else [Cell(f"  {text}")]
        return self._pens.strip(line, self.size.width)


class FilterScreen(Page):
    """All filters; gives what is asked with them, or nothing when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("enter", "apply", show=False),
        Binding("escape", "leave", show=False),
    ]

    def __init__(self, browse: Browse, asked: Asked) -> None:
        super().__init__(browse)
        self.asked = asked
        self.labels: dict[str, Lines] = {}
        self.fields: dict[str, Field | Choice] = {each.key: self._field(each) for each in FILTERS}

    def on_descendant_focus(self) -> None:
        """Mark the line on which the keys act."""
        for each in FILTERS:
            here = self.fields[each.key].has_focus
            mark = CURSOR if here else " "
            self.labels[each.key].show([Cell(f"{mark}{_(each.label)}", "accent" if here else "grey")])

    def _field(self, each: Filter) -> Field | Choice:
        id = f"filter-{each.key}"
        if each.choices:
            return Choice(self.browse.pens, each.choices, getattr(self.asked, each.key), id=id)
        return Field(typed(self.asked, each.key), id=id)

    def compose(self) -> ComposeResult:
        """A line for each filter."""
        yield self.title_line
        room = max(width(_(each.label)) for each in FILTERS) + 3
        with VerticalScroll(classes="fields", can_focus=False):
            for each in FILTERS:
                label = self.labels[each.key] = Lines(self.browse.pens)
                label.styles.width = room
                label.show([Cell(f" {_(each.label)}", "grey")])
                yield Horizontal(label, self.fields[each.key], classes="row")
        yield self.note_line
        yield self.key_line

    def on_mount(self) -> None:
        """Begin with the first."""
        self.title_line.show([" ", Cell(_("Filter"), "accent")])
        self.fields["name"].focus()
        self.show_keys()

    def on_resize(self) -> None:
        """Fit the keys."""
        self.show_keys()

    last_hints = ()

    def hints(self) -> Hints:
        """The keys of the panel."""
        return (
            ("Enter", N_("apply")), ("Esc", N_("leave as it was")), ("↑↓", N_("which")), ("←→", N_("choose")),
        )  # fmt: skip

    def on_key(self, event: events.Key) -> None:
        """Any key takes away what was said."""
        self.hush()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The Enter key in a field."""
        event.stop()
        self.action_apply()

    def action_apply(self) -> None:
        """Narrow the overview; a field that is no value says so and stays."""
        given = {key: field.value for key, field in self.fields.items()}
        try:
            asked = asked_with(self.asked, given)
        except Usage as error:
            self.fields[error.field or "name"].focus()
            self.say(error.text(_))
            return
        self.dismiss(asked)

    def action_leave(self) -> None:
        """Back, with everything as it was."""
        self.dismiss(None)
