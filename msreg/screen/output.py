"""What a command writes on: results go to standard output, all else to standard error (SPEC C3)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextvars import ContextVar
from typing import TextIO

from msreg.screen.edge import Edge
from msreg.screen.language import _
from msreg.screen.safe import safe
from msreg.screen.table import NOTHING, Cell, Table, lines
from msreg.screen.tones import Tone, paint
from msreg.screen.widths import pad, width, wrap

_NARROW = 20
"""Columns in which no text is broken: it would be one word a line."""

_waiting: ContextVar[tuple[str, ...]] = ContextVar("waiting", default=())


def afterwards(text: str) -> None:
    """A remark that waits until the result of the call is shown."""
    _waiting.set((*_waiting.get(), text))


class Screen:
    """The screen of one call. Every text that goes through it is made safe (`safe()`)."""

    def __init__(self, edge: Edge, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.edge = edge
        self.out = out or sys.stdout
        self.err = err or sys.stderr

    @property
    def values_allowed(self) -> bool:
        """True when values of patients may be shown (SPEC C12)."""
        return self.edge.values_allowed

    def line(self, *pieces: str | Cell, tone: Tone = "plain") -> None:
        """One line of the result, of pieces that may have tones of their own; without any a blank line."""
        self.out.write("".join(self._painted(piece, tone) for piece in pieces) + "\n")

    def text(self, text: str, tone: Tone = "plain", *, indent: int = 0) -> None:
        """Paragraphs, broken at the width of the terminal; whole when piped."""
        before = " " * indent
        for paragraph in text.split("\n"):
            whole = safe(paragraph)
            for line in wrap(whole, self.edge.width - indent) if self.edge.terminal else [whole]:
                self.line(before + line, tone=tone)

    def facts(self, facts: Iterable[tuple[str, str | Cell | None]], *, indent: int = 0) -> None:
        """Labels (already translated) with a value beside each; None shows as –."""
        pairs = [(safe(label), value) for label, value in facts]
        room = max((width(label) for label, _value in pairs), default=0)
        before = indent + room + 2
        for label, value in pairs:
            shown = Cell(NOTHING, "grey") if value is None else value
            text, tone = (shown.text, shown.tone) if isinstance(shown, Cell) else (shown, "plain")
            first, *more = self._beside(text, before)
            self.line(" " * indent, Cell(pad(label, room), "grey"), "  ", Cell(first, tone))
            for line in more:
                self.line(" " * before, Cell(line, tone))

    def _beside(self, text: str, before: int) -> list[str]:
        """The lines of a text that begins after so many columns; whole where it fits, and when piped."""
        room = self.edge.width - before
        fits = not self.edge.terminal or room < _NARROW or width(safe(text)) <= room
        return [text] if fits else wrap(safe(text), room)

    def table(self, table: Table) -> None:
        """A table: fitted on a terminal, plain columns as the rows come otherwise."""
        if self.edge.terminal:
            # One write: a terminal would otherwise take each line on its own.
            fitted = lines(table, room=self.edge.width, color=self.edge.color)
            self.out.write("\n".join(fitted) + "\n")
            return
        for line in lines(table, room=None, color=self.edge.color):
            self.out.write(line + "\n")

    def next(self, command: str, why: str | None = None) -> None:
        """The next useful command, on a terminal only; `why` (translated) says what it is for."""
        if self.edge.terminal:
            self.line(f"{why or _('Next')}: ", Cell(command, "accent"), tone="grey")

    def note(self, text: str) -> None:
        """A remark beside the result, on standard error."""
        self.err.write(safe(text) + "\n")

    def last_notes(self) -> None:
        """The remarks that waited."""
        waiting = _waiting.get()
        if waiting:
            _waiting.set(())
            self.out.flush()
        for text in waiting:
            self.note(text)

    def _painted(self, piece: str | Cell, tone: Tone) -> str:
        text, own = (piece.text, piece.tone) if isinstance(piece, Cell) else (piece, tone)
        return paint(safe(text), own) if self.edge.color else safe(text)
