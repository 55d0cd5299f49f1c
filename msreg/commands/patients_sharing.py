"""`msreg patients share|unshare`: a second centre that may see a patient and add to the record (P8)."""

from __future__ import annotations

from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.screen.ask import ask_bsn
from msreg.screen.command import command
from msreg.screen.kinds import Kind, Patient, offered
from msreg.screen.result import Result
from msreg.vocabulary import N_

With = Annotated[
    str,
    typer.Option("--with", help=N_("The code of the other centre."), autocompletion=offered(Kind.CENTRE)),
]


def add_sharing(app: typer.Typer) -> None:
    """Give the noun `patients` these verbs."""
    command(app, "share", help=N_("Let a second centre see a patient, and add and change as yours does."),
            example="msreg patients share MS-0000012 --with UTR01", json=True)(share)  # fmt: skip
    command(app, "unshare", help=N_("End the sharing of a patient; what the other centre wrote stays."),
            example="msreg patients unshare MS-0000012 --with UTR01", json=True)(unshare)  # fmt: skip


def share(patient: Patient, with_: With) -> Result:
    """From today on; only by the centre that registered the patient, or the registry office for it."""
    from msreg.screen.sharing import sharing_result
    from msreg.services import shares

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        done = shares.share(
            desk.registry, by=desk.by, patient=name, bsn=bsn, centre_code=with_, today=desk.today
        )
    return sharing_result(done)


def unshare(patient: Patient, with_: With) -> Result:
    """Today; only by the centre that registered the patient, or the registry office for it."""
    from msreg.screen.sharing import sharing_result
    from msreg.services import shares

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        done = shares.unshare(
            desk.registry, by=desk.by, patient=name, bsn=bsn, centre_code=with_, today=desk.today
        )
    return sharing_result(done)
