"""`msreg undo`: take one's own last change back."""

from __future__ import annotations

from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.screen.ask import confirm
from msreg.screen.command import alone, command
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.vocabulary import N_

app = alone()


@command(app, "undo",
         help=N_("Take your own last change back, as a new change in the log; once more for the one before it."),
         example="msreg undo --dry-run\nmsreg undo --yes --json",
         json=True, values=True)  # fmt: skip
def undo(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("Do the same and take it back: shows what would change."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=N_("Do not ask before taking it back."))] = False,
) -> Result:
    """Exit 3 when there is nothing to take back, 8 when something stands in the way.

    Only changes of patients, their records and their sharing count. What `undo` did is not taken back: type the
    answer again.
    """
    from msreg.screen.taken_back import show_taken_back, show_trial, taken_back_data
    from msreg.services.taking_back import take_back

    only = None
    with at_work() as desk:
        if not (dry_run or yes):
            if not desk.edge.interactive:
                confirm("", yes=False)  # nobody can be asked, which is told before any work is done
            trial = take_back(desk.registry, by=desk.by, today=desk.today, dry_run=True)
            show_trial(Screen(desk.edge), trial)
            confirm(_("Take this back?"), yes=False)
            only = trial.change.seqs
        done = take_back(desk.registry, by=desk.by, today=desk.today, only=only, dry_run=dry_run)
    return Result(
        lambda: taken_back_data(done), lambda screen: show_taken_back(screen, done, shown=only is not None)
    )
