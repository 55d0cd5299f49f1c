"""`msreg imports`: check and load batch files."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from msreg.commands.imports_beside import Marked, NoMarked, Replace, Report, Split, Wanted
from msreg.commands.imports_history import add_history
from msreg.commands.imports_template import add_template
from msreg.commands.opening import Desk, at_work
from msreg.errors import Partial as InPart
from msreg.errors import Refused
from msreg.screen.ask import confirm
from msreg.screen.command import command, group
from msreg.screen.form_values import sheet_keys
from msreg.screen.kinds import Kind, offered
from msreg.screen.language import _, ngettext
from msreg.screen.progress import progress
from msreg.screen.result import Result
from msreg.services.batch_loading import How
from msreg.services.batch_result import Loaded
from msreg.services.imports import load, open_batch
from msreg.vocabulary import N_, Rowed

app = group("imports", help=N_("Check and load batch files."))
add_template(app)

File = Annotated[
    Path,
    typer.Argument(
        help=N_(
            "A workbook, a folder or zip of CSV files, one CSV file, JSON lines, or - for standard input."
        )
    ),
]
Sheet = Annotated[
    str | None,
    typer.Option(help=N_("The sheet that a single CSV file is, such as courses."), autocompletion=sheet_keys),
]
Centre = Annotated[
    str | None,
    typer.Option(help=N_("Code of the centre for rows that name none."), autocompletion=offered(Kind.CENTRE)),
]
Limit = Annotated[int | None, typer.Option(min=0, help=N_("Show at most so many findings."))]
Partial = Annotated[
    bool, typer.Option("--partial", help=N_("Load the patients without faults, though others have some."))
]
Overwrite = Annotated[
    bool,
    typer.Option("--overwrite", help=N_("Replace answers too that were entered by hand after the file.")),
]
BlankClears = Annotated[
    bool, typer.Option("--blank-clears", help=N_("A blank cell takes the answer away; it is kept otherwise."))
]


@command(app, "check", help=N_("Find everything that is wrong with a batch file; loads nothing."),
         example="msreg imports check november.xlsx\nmsreg imports check november.xlsx --json",
         json=True, values=True)  # fmt: skip
def check(
    file: File,
    sheet: Sheet = None,
    centre: Centre = None,
    partial: Partial = False,
    overwrite: Overwrite = False,
    blank_clears: BlankClears = False,
    marked: Marked = None,
    no_marked: NoMarked = False,
    report: Report = None,
    split: Split = False,
    replace: Replace = False,
    limit: Limit = None,
) -> Result:
    """The load itself, rolled back. Exit 6 when there are faults, 7 when a part would be left out."""
    beside = Wanted(marked, no_marked, report, split, replace)
    with at_work() as desk:
        beside.check(file)
        batch = open_batch(desk.registry, by=desk.by, path=file, sheet=sheet, event="imports.check")
        beside.check_opened(batch)
        how = _how(desk, centre, partial, overwrite, blank_clears, changes=desk.edge.machine)
        with progress(_("rows")) as step:
            done = load(
                desk.registry, by=desk.by, file=batch, today=desk.today, check=True, step=step, how=how
            )
        written = beside.write(desk, batch, done)
    return _result(
        done, _again(file, sheet, centre, how), written, checked=True, limit=limit, values=desk.edge.values
    )


@command(app, "run", help=N_("Load a batch file: all of it, or nothing when one fault is found."),
         example="msreg imports run november.xlsx --dry-run\nmsreg imports run november.xlsx",
         json=True, values=True)  # fmt: skip
def run(
    file: File,
    sheet: Sheet = None,
    centre: Centre = None,
    partial: Partial = False,
    overwrite: Overwrite = False,
    blank_clears: BlankClears = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("Do the same and take it back: shows what would change."))
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help=N_("Do not ask before changing what the registry has."))
    ] = False,
    marked: Marked = None,
    no_marked: NoMarked = False,
    report: Report = None,
    split: Split = False,
    replace: Replace = False,
    limit: Limit = None,
) -> Result:
    """Exit 6 when there are faults and nothing is loaded, 7 when it was loaded in part."""
    beside = Wanted(marked, no_marked, report, split, replace)
    with at_work() as desk:
        beside.check(file)
        batch = open_batch(desk.registry, by=desk.by, path=file, sheet=sheet)
        beside.check_opened(batch)
        changes = dry_run or desk.edge.machine
        how = _how(desk, centre, partial, overwrite, blank_clears, changes=changes)

        def loaded(*, dry: bool) -> Loaded:
            with progress(_("rows")) as step:
                return load(
                    desk.registry, by=desk.by, file=batch, today=desk.today, dry_run=dry, how=how, step=step
                )

        if not dry_run and desk.edge.interactive and not yes:
            _ask(loaded(dry=True))
        done = loaded(dry=dry_run)
        written = beside.write(desk, batch, done)
    return _result(
        done, _again(file, sheet, centre, how), written, checked=False, limit=limit, values=desk.edge.values
    )


def _how(
    desk: Desk, centre: str | None, partial: bool, overwrite: bool, blank_clears: bool, *, changes: bool
) -> How:
    return How(
        partial=partial,
        overwrite=overwrite,
        blank_clears=blank_clears,
        centre=centre or desk.edge.settings.centre,
        changes=changes,
    )


def _again(file: Path, sheet: str | None, centre: str | None, how: How) -> str | None:
    """The call that loads the patients without faults; None for what cannot be read twice."""
    if str(file) == "-":
        return None
    options = [
        *(["--sheet", sheet] if sheet else []),
        *(["--centre", centre] if centre else []),
        *(["--overwrite"] if how.overwrite else []),
        *(["--blank-clears"] if how.blank_clears else []),
        "--partial",
    ]
    return shlex.join(["msreg", "imports", "run", str(file), *options])


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


def _result(
    done: Loaded,
    again: str | None,
    written: Mapping[str, Path],
    *,
    checked: bool,
    limit: int | None,
    values: bool,
) -> Result:
    from msreg.screen.batch import loaded_data, show_loaded

    return Result(
        lambda: loaded_data(done, values=values, written=written),
        lambda screen: show_loaded(screen, done, checked=checked, limit=limit, again=again, written=written),
        exit_code=Refused.exit_code if done.refused else InPart.exit_code if done.in_part else 0,
    )


add_history(app)
