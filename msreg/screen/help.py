"""Help pages, in the language of the call: what it does, how it is written, an example."""

from __future__ import annotations

from typer._click.core import Command as AnyCommand
from typer._click.core import Context

from msreg.screen.edge import edge
from msreg.screen.language import _
from msreg.screen.manual import Rows, manual
from msreg.screen.tones import Tone, paint
from msreg.screen.widths import pad, width, wrap

WIDEST = 100
LEFT = 30


def page(command: AnyCommand, ctx: Context, commands: Rows | None = None) -> str:
    """The whole help page of a command, or of a group with its commands (name, translated help)."""
    told = manual(command, ctx, commands)
    out = _Page(min(edge().width, WIDEST), edge().color)
    out.add(out.toned(_("Usage:"), "white") + " " + told.usage)
    if told.summary:
        out.add("")
        out.paragraph(told.summary)
    out.section(_("Commands"), told.commands)
    out.section(_("Arguments"), told.arguments)
    out.section(_("Options"), [*told.questions, *told.options])
    out.section(_("Options of every command"), told.common)
    if told.examples:
        out.heading(_("Example"))
        for line in told.examples:
            out.add("  " + out.toned(line, "accent"))
    elif commands is not None:
        out.add("")
        out.paragraph(_("More about one of them: {command}").format(command=f"{told.path} … --help"))
    return "\n".join(out.lines)


class _Page:
    """Lines that fit, with headings."""

    def __init__(self, room: int, color: bool) -> None:
        self.room, self.color = room, color
        self.lines: list[str] = []

    def toned(self, text: str, tone: Tone) -> str:
        return paint(text, tone) if self.color else text

    def add(self, line: str) -> None:
        self.lines.append(line)

    def paragraph(self, text: str) -> None:
        self.lines.extend(wrap(text, self.room))

    def heading(self, text: str) -> None:
        self.lines.extend(("", self.toned(text + ":", "white")))

    def section(self, heading: str, rows: Rows) -> None:
        if not rows:
            return
        self.heading(heading)
        left = min(LEFT, max(width(name) for name, _text in rows))
        for name, text in rows:
            texts = wrap(text, max(self.room - left - 4, 20))
            if width(name) > left:
                self.add("  " + self.toned(name, "accent"))
            else:
                self.add(f"  {self.toned(pad(name, left), 'accent')}  {texts.pop(0)}".rstrip())
            self.lines.extend(" " * (left + 4) + each for each in texts if each)
