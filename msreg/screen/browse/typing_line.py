"""One line at the bottom in which a person types: a name, a birth date."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from msreg.screen.browse.lines import Lines
from msreg.screen.browse.pens import Pens
from msreg.screen.table import Cell
from msreg.screen.widths import width

LONGEST = 200


class Field(Input):
    """A field that takes what can be seen: pasted control characters are dropped, long texts cut."""

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(text, compact=True, select_on_focus=False, id=id)

    def validate_value(self, text: str) -> str:
        """The text that is kept of one that was typed or pasted."""
        return "".join(each for each in text if each.isprintable())[:LONGEST]


class TypingLine(Horizontal):
    """A label and a field; hidden until it is asked for something."""

    @dataclass
    class Typed(Message):
        """The text changed. `done`: the Enter key was pressed."""

        what: str
        text: str
        done: bool = False

    def __init__(self, pens: Pens) -> None:
        super().__init__(id="typing")
        self._label = Lines(pens, id="typing-label")
        self.field = Field()
        self.what = ""
        self.display = False

    def compose(self) -> ComposeResult:
        """The label and the field."""
        yield self._label
        yield self.field

    def ask(self, what: str, label: str, text: str) -> None:
        """Ask for something; `label` is translated. The field begins with `text`."""
        self.what = what
        self._label.styles.width = width(label) + 3
        self._label.show([Cell(f" {label}: ", "accent")])
        with self.field.prevent(Input.Changed):
            self.field.value = text
            self.field.cursor_position = len(text)
        self.display = True
        self.field.focus()

    def leave(self) -> None:
        """Ask no longer."""
        self.what = ""
        self.display = False
        self.screen.set_focus(None)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass on each change."""
        event.stop()
        if self.what:
            self.post_message(self.Typed(self.what, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Pass on the end."""
        event.stop()
        if self.what:
            self.post_message(self.Typed(self.what, event.value, done=True))
