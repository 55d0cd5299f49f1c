"""`msreg events send|ack|batches|rebuild`: handing side effects to Lareb, and what is answered (L1)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from msreg.commands.entry import Yes
from msreg.commands.opening import at_work
from msreg.screen.ask import confirm
from msreg.screen.command import command
from msreg.screen.kinds import Kind, SentBatch, offered
from msreg.screen.result import Result
from msreg.vocabulary import N_

Page = Annotated[int, typer.Option("--page", min=1, help=N_("Which page; the first is 1."))]


def add_lareb(app: typer.Typer) -> None:
    """Give the noun `events` these verbs."""
    command(app, "send", help=N_("Hand over what is to be reported to Lareb: a batch file, each side effect once."),
            example="msreg events send --dry-run\nmsreg events send --yes --out /srv/lareb",
            json=True)(send)  # fmt: skip
    command(app, "ack", help=N_("Read the acknowledgement of a batch: which reports were accepted or refused."),
            example="msreg events ack answer.xml", json=True, values=True)(ack)  # fmt: skip
    command(app, "batches", help=N_("The batches that were handed over, newest first, or one of them in full."),
            example="msreg events batches\nmsreg events batches L-000012 --json",
            json=True, values=True)(batches)  # fmt: skip
    command(app, "rebuild", help=N_("Write the files of a batch once more, byte for byte as they were."),
            example="msreg events rebuild L-000012 --out /srv/lareb", json=True)(rebuild)  # fmt: skip


def send(
    out: Annotated[
        Path | None,
        typer.Option("--out", help=N_("The folder to write in; without it that of the setting lareb.folder.")),
    ] = None,
    changed: Annotated[
        bool, typer.Option("--changed", help=N_("Also what was sent and changed since, as a later version."))
    ] = False,
    refused: Annotated[
        bool, typer.Option("--refused", help=N_("Also what was refused and did not change since."))
    ] = False,
    to: Annotated[str | None, typer.Option("--to", help=N_("To whom it goes, for the log."))] = None,
    purpose: Annotated[str | None, typer.Option("--purpose", help=N_("Why it goes out, for the log."))] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("Show what would be sent; nothing is written."))
    ] = False,
    yes: Yes = False,
) -> Result:  # fmt: skip
    """Asks first on a terminal. Unattended it goes on: a file in a folder reaches nobody by itself (SPEC 0)."""
    from msreg.screen.lareb_sent import handed_result, question
    from msreg.services.lareb import Handed, hand_over

    with at_work() as desk:

        def hand(*, dry: bool) -> Handed:
            return hand_over(
                desk.registry, by=desk.by, folder=out, changed=changed, refused=refused, to=to,
                purpose=purpose, dry_run=dry,
            )  # fmt: skip

        if desk.edge.interactive and not (dry_run or yes):
            trial = hand(dry=True)
            if trial.made.going:
                confirm(question(trial, to or desk.registry.settings.lareb.receiver), yes=False)
        return handed_result(hand(dry=dry_run))


def ack(
    file: Annotated[Path, typer.Argument(help=N_("The acknowledgement file (XML)."))],
) -> Result:
    """All of the answer is marked or nothing; the same file twice changes nothing."""
    from msreg.screen.lareb_sent import answered_result
    from msreg.services.lareb_answers import read_answer

    with at_work() as desk:
        answered = read_answer(desk.registry, by=desk.by, path=file)
        return answered_result(answered, values=desk.edge.values_allowed)


def batches(
    batch: Annotated[
        str | None,
        typer.Argument(
            help=N_("The batch, as L-000012 or 12; without it all."), autocompletion=offered(Kind.SENT)
        ),
    ] = None,
    page: Page = 1,
) -> Result:  # fmt: skip
    """What became of each batch."""
    from msreg.screen.lareb_batches import batch_data, show_batch, show_batches, shown_data
    from msreg.services import lareb_batches as service

    with at_work() as desk:
        if batch is not None:
            found, sent = service.show_batch(desk.registry, by=desk.by, batch=batch)
            data = shown_data(found, sent, values=desk.edge.values_allowed)
            return Result(data, lambda screen: show_batch(screen, found, sent))
        listed = service.list_batches(
            desk.registry, by=desk.by, page=page, page_size=desk.edge.settings.page_size
        )
    return Result([batch_data(each) for each in listed.rows], lambda screen: show_batches(screen, listed))


def rebuild(
    batch: SentBatch,
    out: Annotated[Path, typer.Option("--out", help=N_("The folder to write in."))],
    overwrite: Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))] = False,
) -> Result:
    """Exit 7 when reports are left out because their patients were erased."""
    from msreg.screen.lareb_sent import rebuilt_result
    from msreg.services.lareb_files import ready_folder
    from msreg.services.lareb_files import rebuild as service

    with at_work() as desk:
        folder = ready_folder(desk.registry, out)
        return rebuilt_result(
            service(desk.registry, by=desk.by, batch=batch, folder=folder, overwrite=overwrite)
        )
