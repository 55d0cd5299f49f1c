"""`msreg reminders log|retry|cancel`: what became of mails, and what the desk does about it (R3)."""

from __future__ import annotations

from typing import Annotated

import typer

from msreg.commands.mail_options import DryRun, Yes
from msreg.commands.opening import at_work
from msreg.errors import Usage
from msreg.screen.ask import confirm
from msreg.screen.command import command
from msreg.screen.kinds import Kind, OneMail, offered
from msreg.screen.result import Result
from msreg.vocabulary import N_, MailKind, MailState

Kinds = Annotated[
    list[MailKind] | None,
    typer.Option(
        "--kind", metavar="KIND", help=N_("Only mails of this kind; more than once for more kinds.")
    ),
]


def add_log(app: typer.Typer) -> None:
    """Give the noun `reminders` these verbs."""
    command(app, "log", help=N_("What became of each mail, newest first: sent, refused, waiting, cancelled and why."),
            example="msreg reminders log --failed\nmsreg reminders log --patient MS-0000012 --json",
            json=True)(log)  # fmt: skip
    command(app, "retry", help=N_("Let mails that failed be tried anew at the next run."),
            example="msreg reminders retry 3f2a91bc\nmsreg reminders retry --failed --yes",
            json=True)(retry)  # fmt: skip
    command(app, "cancel", help=N_("Keep a mail from going out; of one that went out, end its links."),
            example="msreg reminders cancel 3f2a91bc", json=True)(cancel)  # fmt: skip


def log(
    kind: Kinds = None,
    state: Annotated[
        list[MailState] | None,
        typer.Option(
            "--state",
            metavar="STATE",
            help=N_("Only mails that are new, sending, sent, failed or cancelled; may be given more than once."),
        ),
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help=N_("Only mails that somebody has to look at."))] = False,
    patient: Annotated[
        str | None,
        typer.Option("--patient", help=N_("Only mails to this patient."), autocompletion=offered(Kind.PATIENT)),
    ] = None,
    case: Annotated[
        str | None,
        typer.Option("--case", help=N_("Only mails about this case."), autocompletion=offered(Kind.CASE)),
    ] = None,
    page: Annotated[int, typer.Option("--page", min=1, help=N_("Which page; the first is 1."))] = 1,
) -> Result:  # fmt: skip
    """Addresses are not shown: look at the patient, the user or the centre."""
    from msreg.screen.mail_log import log_result
    from msreg.services import outbox_desk

    if failed and state:
        raise Usage(N_("Choose one of --failed and --state."), field="state")
    with at_work() as desk:
        found = outbox_desk.log(
            desk.registry, by=desk.by, kinds=kind or None, states=state or None, failed=failed, patient=patient,
            case=case, page=page, page_size=desk.edge.settings.page_size,
        )  # fmt: skip
    return log_result(found, failed=failed)


def retry(
    mails: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MAIL",
            help=N_("Mails by the name that the log shows, such as 3f2a91bc."),
            autocompletion=offered(Kind.MAIL),
        ),
    ] = None,
    failed: Annotated[
        bool,
        typer.Option("--failed", help=N_("All that failed, except to addresses that are still the same.")),
    ] = False,
    kind: Kinds = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> Result:
    """They go out with the next run. Asks first when all are meant."""
    from msreg.screen.mail_log import retried_result, retry_question
    from msreg.services import outbox_desk

    if bool(mails) is failed:
        raise Usage(N_("Name the mails, or say --failed for all of them."), field="mails")
    if kind and mails:
        raise Usage(N_("The option --kind goes with --failed alone."), field="kind")
    with at_work() as desk:

        def go(*, dry: bool) -> outbox_desk.Retried:
            return outbox_desk.retry(
                desk.registry,
                by=desk.by,
                today=desk.today,
                mails=mails or (),
                kinds=kind or None,
                dry_run=dry,
            )

        if failed and not (yes or dry_run):
            if desk.edge.interactive:
                tried = go(dry=True)
                if tried.again:
                    confirm(retry_question(tried), yes=False)
            else:
                confirm("", yes=False)
        return retried_result(go(dry=dry_run))


def cancel(mail: OneMail, dry_run: DryRun = False, yes: Yes = False) -> Result:
    """A mail that is with its reader stays there; only what its links do ends."""
    from msreg.screen.mail_log import cancel_question, cancelled_result
    from msreg.services import outbox_desk

    with at_work() as desk:
        if not (yes or dry_run):
            if desk.edge.interactive:
                tried = outbox_desk.cancel(desk.registry, by=desk.by, mail=mail, dry_run=True)
                confirm(cancel_question(tried), yes=False)
            else:
                confirm("", yes=False)
        return cancelled_result(outbox_desk.cancel(desk.registry, by=desk.by, mail=mail, dry_run=dry_run))
