"""`msreg patients browse`: the overview over the full screen."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from typer._click.core import Context

from msreg.commands.opening import at_work
from msreg.errors import Usage
from msreg.screen.command import Command, command
from msreg.screen.edge import edge
from msreg.screen.narrowing import Narrowing, asked, narrowed
from msreg.screen.result import Result
from msreg.services.patients import require_sort
from msreg.store.queries.overview import SORTS
from msreg.vocabulary import N_


class FullScreen(Command):
    """A command that has nothing to give to a program, nor to a terminal that cannot be drawn on."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse the words after the verb; a program is told at once where to find what it wants."""
        if edge().machine and not ctx.resilient_parsing:
            raise _nobody(ctx)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Context) -> int:
        """Run it where there is a person and a screen."""
        if not edge().interactive or os.environ.get("TERM", "") in ("", "dumb", "unknown"):
            raise _nobody(ctx)
        return super().invoke(ctx)


def _nobody(ctx: Context) -> Usage:
    return Usage(
        N_("{command} needs a terminal, and a person in front of it."),
        hint=N_("Use instead: msreg patients list"),
        command=ctx.command_path,
    )


def add_browse(app: typer.Typer) -> None:
    """Give the noun `patients` this verb."""
    command(app, "browse", help=N_("The overview over the full screen, and each patient's records, by keys."),
            example="msreg patients browse\nmsreg patients browse --incomplete --sort name",
            base=FullScreen)(narrowed(browse))  # fmt: skip


def browse(
    narrowing: Narrowing,
    own: Annotated[bool, typer.Option("--own", help=N_("Only patients whom the own centre registered."))] = False,
    shared: Annotated[bool, typer.Option("--shared", help=N_("Only patients who are shared."))] = False,
    all_: Annotated[bool, typer.Option("--all", help=N_("Own and shared patients (this is the default)."))] = False,
    sort: Annotated[
        str,
        typer.Option(autocompletion=lambda: list(SORTS), help=N_("Column to sort on at first.")),
    ] = "number",
    reverse: Annotated[bool, typer.Option("--reverse", help=N_("Sort the other way round."))] = False,
) -> Result:  # fmt: skip
    """The overview of chapter 4 of the manual, by keys; ? shows which there are."""
    if own + shared + all_ > 1:
        raise Usage(N_("Choose one of --own, --shared and --all."))
    _quiet_environment()
    from msreg.screen.browse.run import browse as run

    with at_work() as desk:
        scope = "own" if own else "shared" if shared else "all"
        wanted = asked(narrowing, scope=scope, sort=sort, descending=reverse)
        require_sort(wanted)
        run(desk.registry, by=desk.by, today=desk.today, asked=wanted, color=desk.edge.color)
    return Result()


def _quiet_environment() -> None:
    """Variables that textual listens to and that do not fit here; it reads some when it is imported."""
    for name in list(os.environ):
        # Switches of textual write files and open ports. A size that somebody exported once would be the size
        # for ever, whatever becomes of the window.
        if name.startswith("TEXTUAL") or name in ("COLUMNS", "LINES"):
            del os.environ[name]
    # No key of ours needs what this asks of a terminal, and some terminals answer by printing it.
    os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
