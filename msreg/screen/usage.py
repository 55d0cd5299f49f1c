"""What typer's parser objects to, as msreg's sentences: what is wrong and how it is written."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from typer._click import exceptions, types
from typer._click.core import Context, Parameter
from typer._types import TyperChoice
from typer.core import TyperArgument

from msreg.errors import Usage
from msreg.screen.manual import argument_name, option_name, usage
from msreg.screen.options import DateType
from msreg.vocabulary import N_

SEE_HELP = N_("{help} tells how it is written.")
WRITE = N_("Write: {usage}")
DID_YOU_MEAN = N_("Did you mean {guess}?")


def told(error: exceptions.ClickException) -> Usage:
    """The parser's error in msreg's words. What was typed is not repeated: it may be a patient's value."""
    ctx: Context | None = getattr(error, "ctx", None)
    path = ctx.command_path if ctx else "msreg"
    parameter: Parameter | None = getattr(error, "param", None)
    if isinstance(error, exceptions.NoSuchOption):
        return no_such_option(error, path)
    if isinstance(error, exceptions.BadOptionUsage):
        unwanted = error.message.endswith("does not take a value.")
        sentence = N_("{option} takes no value.") if unwanted else N_("{option} needs a value.")
        return Usage(sentence, hint=SEE_HELP, option=error.option_name, help=f"{path} --help")
    if parameter is not None and isinstance(error, exceptions.MissingParameter):
        return missing(parameter, ctx)
    if parameter is not None:
        return wrong_value(parameter, path)
    sentence = N_("These words do not fit the command {command}.")
    return Usage(sentence, hint=SEE_HELP, command=path, help=f"{path} --help")


def no_such_option(error: exceptions.NoSuchOption, path: str) -> Usage:
    """An option that the command does not have."""
    guesses = get_close_matches(error.option_name, error.possibilities or (), cutoff=0.7)
    return Usage(
        N_("{command} has no option {option}."),
        hint=DID_YOU_MEAN if guesses else SEE_HELP,
        command=path,
        option=error.option_name,
        guess=", ".join(guesses),
        help=f"{path} --help",
    )


def no_such_command(word: str, known: list[str], path: str) -> Usage:
    """A command or group that does not exist. Only a slip of the pen is repeated: it may be a name."""
    guesses = get_close_matches(word, known)
    return Usage(
        N_("{path} has no command {word}.") if guesses else N_("{path} has no such command."),
        hint=DID_YOU_MEAN if guesses else N_("{help} lists the commands."),
        path=path,
        word=word,
        guess=", ".join(f"{path} {each}" for each in guesses),
        help=f"{path} --help",
    )


def missing(parameter: Parameter, ctx: Context | None) -> Usage:
    """An option or argument that cannot be left out (SPEC C2: the error names it)."""
    argument = isinstance(parameter, TyperArgument)
    return Usage(
        N_("{name} is missing.") if argument else N_("The option {name} is missing."),
        hint=WRITE if ctx else None,
        field=parameter.name,
        name=argument_name(parameter) if argument else option_name(parameter),
        usage=usage(ctx.command, ctx) if ctx else "",
    )


def wrong_value(parameter: Parameter, path: str) -> Usage:
    """A value of the wrong kind."""
    kind = parameter.type
    name = argument_name(parameter) if isinstance(parameter, TyperArgument) else option_name(parameter)
    params: dict[str, Any] = {"name": name, "help": f"{path} --help"}
    if isinstance(kind, TyperChoice):
        sentence = N_("{name} takes one of: {choices}.")
        params["choices"] = ", ".join(str(getattr(each, "value", each)) for each in kind.choices)
    elif isinstance(kind, DateType):
        sentence = N_("{name} takes a date, written as 2022-03-31 or 31-03-2022.")
    elif isinstance(kind, types.IntRange) and kind.max is not None:
        sentence = N_("{name} takes a whole number from {least} to {most}.")
        params |= {"least": kind.min or 0, "most": kind.max}
    elif isinstance(kind, types.IntRange):
        sentence = N_("{name} takes a whole number of at least {least}.")
        params["least"] = kind.min
    elif isinstance(kind, types.IntParamType):
        sentence = N_("{name} takes a whole number.")
    elif isinstance(kind, types.FloatParamType):
        sentence = N_("{name} takes a number.")
    else:
        sentence = N_("The value of {name} does not fit.")
    return Usage(sentence, hint=SEE_HELP, field=parameter.name, **params)
