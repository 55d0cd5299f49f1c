"""Options that every command has, and types that typer lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from typer._click.core import Context, Parameter
from typer._click.types import ParamType, StringParamType
from typer.core import TyperOption

from msreg.clock import read_date
from msreg.screen.edge import edge, use
from msreg.vocabulary import N_, Language


class DateType(ParamType):
    """A date as people write it (SPEC C10): 2022-03-31, 31-03-2022 or 31/03/2022."""

    name = "date"

    def convert(self, value: Any, param: Parameter | None, ctx: Context | None) -> date:
        """The date; fails as a usage error that names the option."""
        found = value if isinstance(value, date) else read_date(str(value))
        if found is None:
            self.fail("not a date", param, ctx)  # screen/usage.py writes the sentence
        return found


class OrFile(StringParamType):
    """A word, or the name of a file: the Tab key offers files where no word fits."""


OR_FILE = OrFile()

DATE = DateType()
"""For `typer.Option("--from", click_type=DATE)` on a parameter of type `date | None`."""


class Common(TyperOption):
    """An option that is the same on every command; help shows these below the command's own."""


def _flag(
    name: str, help: str, *, callback: Callable[..., Any] | None = None, hidden: bool = False
) -> Common:
    return Common(
        param_decls=[f"--{name}"],
        is_flag=True,
        expose_value=False,
        help=help,
        callback=callback,
        hidden=hidden,
    )


def _languages(*_words: Any) -> list[str]:
    return [each.value for each in Language]


def _set_today(_ctx: Context, _param: Parameter, value: date | None) -> None:
    if value is not None:
        use(replace(edge(), today=value))


def _set_values(_ctx: Context, _param: Parameter, value: bool | None) -> None:
    if value:
        use(replace(edge(), values=True))


@cache
def everywhere() -> tuple[Common, ...]:
    """The options of every command and group. Those without a callback were read by `edge.look()`."""
    return (
        Common(
            param_decls=["--lang"],
            expose_value=False,
            help=N_("Language: nl or en."),
            metavar="nl|en",
            autocompletion=_languages,
        ),
        _flag("no-color", N_("No colours.")),
        _flag("no-input", N_("Never ask; a missing value is an error.")),
        _flag("debug", N_("After an unexpected failure, show where in the program it was.")),
        Common(
            param_decls=["--today"],
            expose_value=False,
            hidden=True,
            type=DATE,
            callback=_set_today,
            help=N_("Take this date for today (demo and test registries only)."),
        ),
    )


@cache
def machine(*, hidden: bool) -> tuple[Common, ...]:
    """The options of commands that give data."""
    return (
        _flag("json", N_("One JSON document instead of text."), hidden=hidden),
        _flag("jsonl", N_("JSON, one object a line."), hidden=hidden),
    )


@cache
def values() -> tuple[Common, ...]:
    """The option of commands that name places and show values only when asked (SPEC C12)."""
    return (_flag("values", N_("Show values of patients in the output too."), callback=_set_values),)
