"""Kinds of argument that name something of the registry: their help, and that the Tab key completes them.

A verb that writes `patient: Patient, course: CourseDay` is completed like every other one (decision 0027).
What is offered the root of the program finds (`commands/completing.py`): here nobody opens the registry.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer

from msreg.screen.options import DATE
from msreg.vocabulary import N_


class Kind(StrEnum):
    """What an argument names."""

    PATIENT = "patient"
    COURSE = "course"
    DISEASE = "disease"
    MEDICINE = "medicine"
    START = "start"
    BATCH = "batch"
    CENTRE = "centre"
    PROM = "prom"
    SENT = "sent"
    CASE = "case"
    MAIL = "mail"


def offered(kind: Kind) -> Callable[[Any, str], Any]:
    """A completion for `typer.Argument(autocompletion=…)` and `typer.Option(autocompletion=…)`."""

    def complete(ctx: Any, incomplete: str) -> Any:
        return ctx.find_root().command.offer(kind, ctx, incomplete)

    return complete


Patient = Annotated[
    str,
    typer.Argument(
        help=N_("MS-0000012, AMS01:00001, or bsn to be asked for a BSN."),
        autocompletion=offered(Kind.PATIENT),
    ),
]
CourseDay = Annotated[
    date,
    typer.Argument(
        click_type=DATE,
        help=N_("Registration date of the course."),
        autocompletion=offered(Kind.COURSE),
    ),
]
DiseaseDay = Annotated[
    date | None,
    typer.Argument(
        click_type=DATE,
        help=N_("Its date; not needed for the referral."),
        autocompletion=offered(Kind.DISEASE),
    ),
]
Medicine = Annotated[
    str, typer.Argument(help=N_("Code of the medicine."), autocompletion=offered(Kind.MEDICINE))
]
MedicineStart = Annotated[
    date,
    typer.Argument(
        click_type=DATE, help=N_("Start date of the medicine."), autocompletion=offered(Kind.START)
    ),
]
RunningMedicine = Annotated[
    str | None,
    typer.Argument(
        help=N_("Code of the medicine; not needed where one runs."), autocompletion=offered(Kind.MEDICINE)
    ),
]
Batch = Annotated[
    str,
    typer.Argument(help=N_("The batch, as B-000012 or 12."), autocompletion=offered(Kind.BATCH)),
]
SentBatch = Annotated[
    str,
    typer.Argument(help=N_("The batch, as L-000012 or 12."), autocompletion=offered(Kind.SENT)),
]
PromDay = Annotated[
    date,
    typer.Argument(
        click_type=DATE, help=N_("The day on which it was filled in."), autocompletion=offered(Kind.PROM)
    ),
]
Case = Annotated[
    str,
    typer.Argument(help=N_("Number of the case, as NC-2026-0042."), autocompletion=offered(Kind.CASE)),
]
OneMail = Annotated[
    str,
    typer.Argument(
        metavar="MAIL",
        help=N_("The mail by the name that the log shows, such as 3f2a91bc."),
        autocompletion=offered(Kind.MAIL),
    ),
]
