"""`msreg patients mail`: a patient who wants no mail any more, or wants it again (Q1)."""

from __future__ import annotations

from typing import Annotated

import typer

from msreg.commands.mail_options import DryRun, Yes
from msreg.commands.opening import at_work
from msreg.errors import Usage
from msreg.screen.ask import ask_bsn, confirm
from msreg.screen.command import command
from msreg.screen.kinds import Patient
from msreg.screen.result import Result
from msreg.vocabulary import N_


def add_mail(app: typer.Typer) -> None:
    """Give the noun `patients` this verb."""
    command(app, "mail", help=N_("A patient wants no mail any more, or wants it again."),
            example="msreg patients mail MS-0000012 --stop\nmsreg patients mail MS-0000012 --resume --yes",
            json=True)(mail)  # fmt: skip


def mail(
    patient: Patient,
    stop: Annotated[bool, typer.Option("--stop", help=N_("No mail goes out from now on."))] = False,
    resume: Annotated[bool, typer.Option("--resume", help=N_("Mails go out again, as with others."))] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Consent is another matter: who stops mail still takes part."""
    from msreg.screen.mail_stopped import question, stopped_result
    from msreg.services import mail_stopping

    if stop is resume:
        raise Usage(N_("Say which: --stop or --resume."), field="stop")
    work = mail_stopping.stop if stop else mail_stopping.resume
    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        if not (yes or dry_run):
            if desk.edge.interactive:
                tried = work(desk.registry, by=desk.by, patient=name, bsn=bsn, today=desk.today, dry_run=True)
                confirm(question(tried, stop=stop), yes=False)
            else:
                confirm("", yes=False)  # nobody can be asked, which is told before any work is done
        done = work(desk.registry, by=desk.by, patient=name, bsn=bsn, today=desk.today, dry_run=dry_run)
    return stopped_result(done, dry_run=dry_run)
