"""Options of commands about mail: where it goes, in which language, and whether it is only tried."""

from __future__ import annotations

from typing import Annotated

import typer

from msreg.vocabulary import N_, Language

NoEmail = Annotated[bool, typer.Option("--no-email", help=N_("Take the address away: no mails go there."))]
Spoken = Annotated[
    Language | None, typer.Option("--language", metavar="nl|en", help=N_("The language of the mails."))
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=N_("Do the same and take it back: nothing is written or sent."))
]
Yes = Annotated[bool, typer.Option("--yes", help=N_("Do not ask first."))]
