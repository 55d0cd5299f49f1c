"""`msreg reminders password`: the password for the mail server, into the keyring of this machine (C6)."""

from __future__ import annotations

import sys

import typer

from msreg.commands.opening import at_work
from msreg.errors import Usage
from msreg.screen.command import command
from msreg.screen.edge import edge
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.vocabulary import N_


def add_password(app: typer.Typer) -> None:
    """Give the noun `reminders` this verb."""
    command(app, "password",
            help=N_("Keep the password for the mail server in the keyring: asked for, or on standard input."),
            example="msreg reminders password\nmsreg reminders password < password.txt",
            json=True)(password)  # fmt: skip


def password() -> Result:
    """It is never an option, and shown nowhere."""
    from msreg.services.mail_password import keep, require_use

    with at_work() as desk:
        require_use(desk.registry, by=desk.by)
        kept = keep(desk.registry, by=desk.by, password=_typed())

    def show(screen: Screen) -> None:
        text = _("The password is kept in the keyring of this machine ({keyring}).")
        screen.text(text.format(keyring=kept or "–"))
        screen.next("msreg reminders run --dry-run", _("What would happen"))

    return Result({"kept_in": kept}, show)


def _typed() -> str:
    if edge().interactive:
        import questionary

        text = str(questionary.password(_("Password for the mail server")).unsafe_ask())
    else:
        text = "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not text:
        raise Usage(
            N_("A password is asked for, and none was given."),
            hint=N_("Give it on standard input: msreg reminders password < FILE"),
            field="password",
        )
    return text
