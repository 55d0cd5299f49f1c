"""What there is to tell of a command: one walk and one content behind help, man pages and the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from typer._click.core import Command as AnyCommand
from typer._click.core import Context, Parameter
from typer._click.types import IntParamType
from typer._types import TyperChoice
from typer.core import TyperArgument, TyperOption
from typer.models import TyperPath

from msreg.screen.language import _
from msreg.screen.options import Common, DateType
from msreg.vocabulary import N_, Record

HELP_TEXT = N_("Show this text and stop.")
ANSWER = "answer_"
"""How the name of an option begins that takes the answer to a question of a form."""

Rows = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Manual:
    """One command, or a group with its commands, in the language that is spoken: names and what they mean."""

    path: str
    usage: str
    summary: str
    commands: Rows
    arguments: Rows
    questions: Rows
    """Options that answer a question of a form; `record` says which."""
    options: Rows
    common: Rows
    examples: Sequence[str]
    record: Record | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words of a call, without `msreg`."""
        return tuple(self.path.split()[1:])


def manual(command: AnyCommand, ctx: Context, commands: Rows | None = None) -> Manual:
    """What there is to tell of a command; `commands` (name, translated help) make it a group."""
    parameters = command.get_params(ctx)
    return Manual(
        path=ctx.command_path,
        usage=usage(command, ctx, commands is not None),
        summary=_(command.help) if command.help else "",
        commands=commands or (),
        arguments=_records(ctx, parameters, lambda each: isinstance(each, TyperArgument)),
        questions=_records(ctx, parameters, _is_question),
        options=_records(ctx, parameters, _is_own),
        common=_records(ctx, parameters, _is_common),
        examples=[line.strip() for line in (command.epilog or "").splitlines()],
        record=getattr(command, "record", None),
    )


def walk(program: Any) -> Iterator[Manual]:
    """The program, and every group and command of it that is not hidden, each before what is in it."""
    return _walk(program, Context(program, info_name="msreg"))


def _walk(command: Any, ctx: Context) -> Iterator[Manual]:
    names = getattr(command, "list_commands", None)
    if names is None:
        yield manual(command, ctx)
        return
    listed = [(name, command.get_command(ctx, name)) for name in names(ctx)]
    shown = [(name, each) for name, each in listed if not each.hidden]
    yield manual(command, ctx, [(name, each.get_short_help_str()) for name, each in shown])
    for name, _each in shown:
        real = command.load(ctx, name)
        below = hasattr(real, "list_commands")
        # Read as a call would be: some commands learn their options only then.
        yield from _walk(
            real,
            Context(real, info_name=name, parent=ctx)
            if below
            else real.make_context(name, [], parent=ctx, resilient_parsing=True),
        )


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


def _is_question(parameter: Parameter) -> bool:
    return isinstance(parameter, TyperOption) and (parameter.name or "").startswith(ANSWER)


def _is_common(parameter: Parameter) -> bool:
    return isinstance(parameter, Common) or parameter.name == "help"


def _is_own(parameter: Parameter) -> bool:
    return isinstance(parameter, TyperOption) and not (_is_common(parameter) or _is_question(parameter))


def _records(ctx: Context, parameters: Iterable[Parameter], wanted: Callable[[Parameter], bool]) -> Rows:
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
