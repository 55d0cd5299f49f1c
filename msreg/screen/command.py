"""Commands and groups as msreg declares them: common options, help in two languages, a Result."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, TypeVar

import typer
from typer._click.core import Command as AnyCommand
from typer._click.core import Context
from typer._click.exceptions import NoArgsIsHelpError, UsageError
from typer._click.shell_completion import CompletionItem
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from msreg.errors import Usage
from msreg.screen import help as pages
from msreg.screen import options
from msreg.screen.edge import edge
from msreg.screen.language import _
from msreg.screen.manual import usage
from msreg.screen.output import Screen
from msreg.screen.result import Result, render
from msreg.screen.usage import SEE_HELP, WRITE, no_such_command
from msreg.vocabulary import N_

COLLECT_AFTER = (50_000, 20, 50)  # a command lives for a second: rarely, but long work stays small

F = TypeVar("F", bound=Callable[..., Result | None])


@contextmanager
def _named(ctx: Context) -> Iterator[None]:
    """The parser leaves out of some errors which command they are about."""
    try:
        yield
    except UsageError as error:
        error.ctx = error.ctx or ctx
        raise


class Command(TyperCommand):
    """A verb. Its function gives a `Result`, or nothing when there is nothing to tell."""

    allow_extra_args = True  # counted by parse_args, for a sentence that does not repeat them
    gives_data = False
    shows_values = False

    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.params = [
            *self.params,
            *(options.values() if self.shows_values else ()),
            *(options.machine(hidden=False) if self.gives_data else ()),
            *options.everywhere(),
        ]

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse the words after the verb."""
        with _named(ctx):
            left = super().parse_args(ctx, args)
        if left and not ctx.resilient_parsing:
            raise Usage(
                N_("There is a word too many after {command}."),
                hint=WRITE,
                command=ctx.command_path,
                usage=usage(self, ctx),
            )
        return left

    def invoke(self, ctx: Context) -> int:
        """Run the function and show its result; gives the exit code."""
        call = edge()
        if call.machine and not self.gives_data:
            raise Usage(
                N_("{command} has no JSON to give."),
                hint=SEE_HELP,
                command=ctx.command_path,
                help=f"{ctx.command_path} --help",
            )
        # Imports are done: what they made stays, and only what comes after is worth collecting.
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        gc.enable()
        result = super().invoke(ctx)
        screen = Screen(call)
        code = render(result, screen) if isinstance(result, Result) else 0
        screen.last_notes()
        return code

    def get_help(self, ctx: Context) -> str:
        """The help page."""
        return pages.page(self, ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        """The help in one line."""
        return _(inspect.cleandoc(self.help or "").split("\n")[0])

    def shell_complete(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        """Completions, with help in the language of the call."""
        return [
            CompletionItem(each.value, type=each.type, help=_(each.help) if each.help else None)
            for each in super().shell_complete(ctx, incomplete)
        ]


class Group(TyperGroup):
    """A noun with its verbs."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.params = [*self.params, *options.machine(hidden=True), *options.everywhere()]

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse up to the verb; without any word the help page is shown."""
        if not args and not ctx.resilient_parsing:
            raise NoArgsIsHelpError(ctx)
        with _named(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Context) -> Any:
        """Run the verb."""
        if not ctx._protected_args:
            raise Usage(N_("Say what to do: {usage}"), usage=usage(self, ctx, True))
        return super().invoke(ctx)

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, AnyCommand | None, list[str]]:
        """Find the verb, or say which one was perhaps meant."""
        found = self.load(ctx, args[0], args[1:])
        if found is None and not ctx.resilient_parsing:
            raise no_such_command(args[0], self.list_commands(ctx), ctx.command_path)
        return (args[0] if found else None), found, args[1:]

    def load(self, ctx: Context, name: str, rest: Sequence[str] = ()) -> AnyCommand | None:
        """The command of this name, ready to run; `rest` are the words after it."""
        return self.get_command(ctx, name)

    def get_help(self, ctx: Context) -> str:
        """The help page, with the verbs."""
        rows = []
        for name in self.list_commands(ctx):
            each = self.get_command(ctx, name)
            if each is not None and not each.hidden:
                rows.append((name, each.get_short_help_str()))
        return pages.page(self, ctx, rows)

    def get_short_help_str(self, limit: int = 45) -> str:
        """The help in one line."""
        return _(inspect.cleandoc(self.help or "").split("\n")[0])

    def shell_complete(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        """Completions: verbs and options."""
        return [
            CompletionItem(each.value, type=each.type, help=_(each.help) if each.help else None)
            for each in super().shell_complete(ctx, incomplete)
        ]


def built(app: typer.Typer, words: Sequence[str]) -> TyperGroup:
    """The group of an app; with one verb alone where the words begin with it.

    Building the options of a verb takes a millisecond, and one call needs those of one verb.
    """
    wanted = [each for each in app.registered_commands if words and each.name == words[0]]
    if wanted:
        app = copy(app)  # the app itself lives on: another call in this process may want another verb
        app.registered_commands = wanted
    return get_group(app)


def group(name: str, *, help: str) -> typer.Typer:
    """A noun. `help` is the msgid that the root's table of groups has too."""
    return typer.Typer(name=name, cls=Group, help=help, add_completion=False, rich_markup_mode=None)


def alone() -> typer.Typer:
    """The home of a single command without verbs, such as `msreg doctor`."""
    return typer.Typer(add_completion=False, rich_markup_mode=None)


def command(
    app: typer.Typer,
    name: str,
    *,
    help: str,
    example: str,
    json: bool = False,
    values: bool = False,
    hidden: bool = False,
    base: type[Command] = Command,
) -> Callable[[F], F]:
    """Declare a verb. `help` is a msgid, `example` one or more whole calls (a line each).

    `json`: it gives data, so it has `--json` and `--jsonl`. `values`: it has `--values` (SPEC C12).
    `base`: a kind of command with options of its own.
    """
    kind = type("Command", (base,), {"gives_data": json, "shows_values": values})
    return app.command(name, cls=kind, help=help, epilog=example, hidden=hidden)
