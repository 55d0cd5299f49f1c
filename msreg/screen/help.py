"""Help pages, in the language of the call: what it does, how it is written, an example."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from typer._click.core import Command as AnyCommand
from typer._click.core import Context, Parameter
from typer._click.types import IntParamType
from typer._types import TyperChoice
from typer.core import TyperArgument, TyperOption
from typer.models import TyperPath

from msreg.screen.edge import edge
from msreg.screen.language import _
from msreg.screen.options import Common, DateType
from msreg.screen.tones import Tone, paint
from msreg.screen.widths import pad, width, wrap
from msreg.vocabulary import N_

WIDEST = 100
LEFT = 30
HELP_TEXT = N_("Show this text and stop.")

Rows = Sequence[tuple[str, str]]


def page(command: AnyCommand, ctx: Context, commands: Rows | None = None) -> str:
    """The whole help page of a command, or of a group with its commands (name, translated help)."""
    out = _Page(min(edge().width, WIDEST), edge().color)
    out.add(out.toned(_("Usage:"), "white") + " " + usage(command, ctx, commands is not None))
    if command.help:
        out.add("")
        out.paragraph(_(command.help))
    parameters = command.get_params(ctx)
    out.section(_("Commands"), commands or ())
    out.section(_("Arguments"), _records(ctx, parameters, lambda each: isinstance(each, TyperArgument)))
    out.section(_("Options"), _records(ctx, parameters, _is_own))
    out.section(_("Options of every command"), _records(ctx, parameters, _is_common))
    if command.epilog:
        out.heading(_("Example"))
        for line in command.epilog.splitlines():
            out.add("  " + out.toned(line.strip(), "accent"))
    elif commands is not None:
        out.add("")
        out.paragraph(_("More about one of them: {command}").format(command=f"{ctx.command_path} … --help"))
    return "\n".join(out.lines)


def usage(command: AnyCommand, ctx: Context, is_group: bool = False) -> str:
    """How a call is written: `msreg courses list [options] PATIENT`."""
    pieces = [ctx.command_path, _("[options]")]
    for each in command.params:
        if isinstance(each, TyperArgument) and not each.hidden:
            name = argument_name(each)
            pieces.append(name if each.required else f"[{name}]")
    if is_group:
        pieces.append(_("COMMAND …"))
    return " ".join(pieces)


def argument_name(parameter: Parameter) -> str:
    """The word for an argument in help and errors, as PATIENT or FILE…."""
    return (parameter.metavar or (parameter.name or "").upper()) + ("…" if parameter.nargs == -1 else "")


def option_name(parameter: Parameter) -> str:
    """The option as people write it: its longest form."""
    return max(parameter.opts, key=len)


def _is_own(parameter: Parameter) -> bool:
    return isinstance(parameter, TyperOption) and not _is_common(parameter)


def _is_common(parameter: Parameter) -> bool:
    return isinstance(parameter, Common) or parameter.name == "help"


def _records(ctx: Context, parameters: Iterable[Parameter], wanted: object) -> list[tuple[str, str]]:
    assert callable(wanted)
    return [_record(each, ctx) for each in parameters if wanted(each) and not getattr(each, "hidden", False)]


def _record(parameter: Parameter, ctx: Context) -> tuple[str, str]:
    told = getattr(parameter, "help", None) or ""
    text = _(told)
    if parameter.name == "help":
        return option_name(parameter), _(HELP_TEXT)
    if isinstance(parameter, TyperArgument):
        return argument_name(parameter), text
    assert isinstance(parameter, TyperOption)
    name = ", ".join(sorted(parameter.opts, key=len))
    if parameter.secondary_opts:
        name += "/" + "/".join(parameter.secondary_opts)
    if not parameter.is_flag:
        name += " " + _metavar(parameter)
    default = parameter.get_default(ctx, call=False)
    if parameter.required:
        text += " " + _("(required)")
    elif (
        parameter.show_default
        and not parameter.is_flag
        and default not in (None, "", ())
        and not callable(default)
    ):
        text += " " + _("(without it: {default})").format(default=getattr(default, "value", default))
    return name, text.strip()


def _metavar(parameter: TyperOption) -> str:
    kind = parameter.type
    if parameter.metavar:
        return parameter.metavar
    if isinstance(kind, TyperChoice):
        return "|".join(str(getattr(each, "value", each)) for each in kind.choices)
    if isinstance(kind, DateType):
        return _("DATE")
    if isinstance(kind, TyperPath):
        return _("PATH")
    return _("NUMBER") if isinstance(kind, IntParamType) else _("TEXT")


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
