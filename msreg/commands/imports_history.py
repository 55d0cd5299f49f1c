"""`msreg imports history|show|undo`: what was loaded, and taking a batch back."""

from __future__ import annotations

from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.errors import Conflict
from msreg.screen.ask import confirm
from msreg.screen.command import command
from msreg.screen.kinds import Batch
from msreg.screen.language import _
from msreg.screen.progress import progress
from msreg.screen.result import Result
from msreg.vocabulary import N_

Page = Annotated[int, typer.Option("--page", min=1, help=N_("Which page; the first is 1."))]


def add_history(app: typer.Typer) -> None:
    """Give the noun `imports` these verbs."""
    command(app, "history", help=N_("The batches that were loaded, newest first."),
            example="msreg imports history\nmsreg imports history --json", json=True)(history)  # fmt: skip
    command(app, "show", help=N_("One batch: its file and counts, and what it did to which record."),
            example="msreg imports show B-000012\nmsreg imports show 12 --json --values",
            json=True, values=True)(show)  # fmt: skip
    command(app, "undo", help=N_("Take a batch back: a new change, refused where later changes stand in the way."),
            example="msreg imports undo B-000012 --dry-run\nmsreg imports undo B-000012 --yes --json",
            json=True)(undo)  # fmt: skip


def history(page: Page = 1) -> Result:
    """One page of the history; looking at it is logged."""
    from msreg.screen.batches import batch_data, show_history
    from msreg.services.batches import list_batches

    with at_work() as desk:
        found = list_batches(desk.registry, by=desk.by, page=page, page_size=desk.edge.settings.page_size)
    return Result([batch_data(each) for each in found.rows], lambda screen: show_history(screen, found))


def show(batch: Batch, page: Page = 1) -> Result:
    """One batch, with a page of the records that it touched."""
    from msreg.screen.batches import show_batch, shown_data
    from msreg.services.batch_records import show_batch as service

    with at_work() as desk:
        found = service(
            desk.registry,
            by=desk.by,
            batch=batch,
            values=desk.edge.values_allowed,
            page=page,
            page_size=desk.edge.settings.page_size,
        )
    return Result(shown_data(found), lambda screen: show_batch(screen, found))


def undo(
    batch: Batch,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("Do the same and take it back: shows what would change."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=N_("Do not ask before taking it back."))] = False,
) -> Result:
    """Exit 8 when later changes stand in the way; nothing is taken back then."""
    from msreg.screen.undone import parts, show_undone, undone_data
    from msreg.services.undoing import Undone, undo_batch

    def result(done: Undone) -> Result:
        return Result(
            undone_data(done),
            lambda screen: show_undone(screen, done),
            Conflict.exit_code if done.refused else 0,
        )

    with at_work() as desk:

        def take_back(*, dry: bool) -> Undone:
            with progress(_("patients")) as step:
                return undo_batch(
                    desk.registry, by=desk.by, batch=batch, today=desk.today, dry_run=dry, step=step
                )

        if not (dry_run or yes):
            if not desk.edge.interactive:
                confirm("", yes=False)  # nobody can be asked, which is told before any work is done
            trial = take_back(dry=True)
            if trial.refused or trial.nothing:
                return result(trial)
            confirm(
                " ".join([*parts(trial), _("Take batch {batch} back?").format(batch=trial.row.label)]),
                yes=False,
            )
        return result(take_back(dry=dry_run))
