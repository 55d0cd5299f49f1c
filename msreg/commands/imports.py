"""`msreg imports`: check and load batch files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.errors import Refused
from msreg.screen.ask import confirm
from msreg.screen.command import command, group
from msreg.screen.language import ngettext
from msreg.screen.result import Result
from msreg.services.batch_result import Loaded
from msreg.services.imports import load_batch
from msreg.vocabulary import N_, Rowed

app = group("imports", help=N_("Check and load batch files."))

File = Annotated[Path, typer.Argument(help=N_("An Excel workbook, or a folder of CSV files."))]
Centre = Annotated[str | None, typer.Option(help=N_("Code of the centre for rows that name none."))]
Limit = Annotated[int | None, typer.Option(min=0, help=N_("Show at most so many findings."))]


@command(app, "check", help=N_("Find everything that is wrong with a batch file; writes nothing."),
         example="msreg imports check november.xlsx\nmsreg imports check november.xlsx --json",
         json=True, values=True)  # fmt: skip
def check(file: File, centre: Centre = None, limit: Limit = None) -> Result:
    """The load itself, rolled back. Exit 6 when there are faults."""
    with at_work() as desk:
        done = load_batch(
            desk.registry, by=desk.by, path=file, today=desk.today, check=True,
            default_centre=centre or desk.edge.settings.centre,
        )  # fmt: skip
    return _result(done, checked=True, limit=limit, values=desk.edge.values)


@command(app, "run", help=N_("Load a batch file: all of it, or nothing when one fault is found."),
         example="msreg imports run november.xlsx --dry-run\nmsreg imports run november.xlsx",
         json=True, values=True)  # fmt: skip
def run(
    file: File,
    centre: Centre = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("Do the same and take it back: shows what would change."))
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help=N_("Do not ask before changing what the registry has."))
    ] = False,
    limit: Limit = None,
) -> Result:
    """Exit 6 when there are faults; nothing is loaded then. The same file twice changes nothing."""
    with at_work() as desk:
        default = centre or desk.edge.settings.centre

        def load(*, dry: bool) -> Loaded:
            return load_batch(
                desk.registry, by=desk.by, path=file, today=desk.today, dry_run=dry, default_centre=default
            )

        if dry_run:
            done = load(dry=True)
        else:
            if desk.edge.interactive and not yes:
                _ask(load(dry=True))
            done = load(dry=False)
    return _result(done, checked=False, limit=limit, values=desk.edge.values)


def _ask(trial: Loaded) -> None:
    """Ask a person before answers that the registry has are replaced."""
    changed = trial.summary[Rowed.CHANGED]
    if changed and not trial.refused:
        question = ngettext(
            "{count} row changes what the registry has. Load it?",
            "{count} rows change what the registry has. Load them?",
            changed,
        )
        confirm(question, yes=False)


def _result(done: Loaded, *, checked: bool, limit: int | None, values: bool) -> Result:
    from msreg.screen.batch import loaded_data, show_loaded

    return Result(
        lambda: loaded_data(done, values=values),
        lambda screen: show_loaded(screen, done, checked=checked, limit=limit),
        exit_code=Refused.exit_code if done.refused else 0,
    )
