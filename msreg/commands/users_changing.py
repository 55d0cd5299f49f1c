"""`msreg users edit|remove`: where somebody's mails go, and people who left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from msreg.commands.mail_options import DryRun, NoEmail, Spoken, Yes
from msreg.commands.opening import at_work
from msreg.screen.ask import confirm
from msreg.screen.command import command
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell, Row, row
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.services.operators import OperatorRow

Email = Annotated[
    str | None,
    typer.Option("--email", help=N_("Where mails go; without it the name, when that is an address.")),
]
NewEmail = Annotated[str | None, typer.Option("--email", help=N_("Where mails go."))]


def add_changing(app: typer.Typer) -> None:
    """Give the noun `users` these verbs."""
    command(app, "edit", help=N_("Change where somebody's mails go, or their language."),
            example="msreg users edit jdeboer --email j.deboer@example.org --language nl\n"
                    "msreg users edit jdeboer --no-email",
            json=True)(edit)  # fmt: skip
    command(app, "remove", help=N_("Somebody left: take their role away. What they did keeps their name."),
            example="msreg users remove jdeboer", json=True)(remove)  # fmt: skip


def user_data(each: OperatorRow) -> dict[str, Any]:
    """A user for programs."""
    return {
        "user": each.user,
        "role": each.role,
        "centre": each.centre,
        "email": each.email,
        "language": each.language,
    }


def user_row(each: OperatorRow) -> Row:
    """A user in a table; an address that is the name does not stand there twice."""
    same = each.email is not None and each.email.casefold() == each.user.casefold()
    email = Cell(_("the same"), "grey") if same else each.email
    return row(each.user, each.role.value, each.centre, email, each.language)


def edit(
    user: Annotated[str, typer.Argument(help=N_("Whom, as msreg users list has it."))],
    email: NewEmail = None,
    no_email: NoEmail = False,
    language: Spoken = None,
) -> Result:
    """What is not named stays; the role too: who gets another one is removed and added."""
    from msreg.services.operators import edit_operator

    with at_work() as desk:
        found, changed = edit_operator(
            desk.registry, by=desk.by, user=user, email=email, no_email=no_email, language=language
        )

    def show(screen: Screen) -> None:
        text = _("{user} is changed.") if changed else _("{user} was like that already.")
        screen.line(text.format(user=found.user))

    return Result({**user_data(found), "changed": sorted(changed)}, show)


def remove(
    user: Annotated[str, typer.Argument(help=N_("Whom, as msreg users list has it."))],
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Nobody removes themselves, and the last of the service desk stays."""
    from msreg.services.operators import remove_operator

    with at_work() as desk:
        if not (yes or dry_run):
            if desk.edge.interactive:
                # Who cannot be removed is told before anybody is asked.
                found = remove_operator(desk.registry, by=desk.by, user=user, dry_run=True)
                text = _("Take the role {role} away from {user}?")
                confirm(text.format(role=found.role.value, user=found.user), yes=False)
            else:
                confirm("", yes=False)
        gone = remove_operator(desk.registry, by=desk.by, user=user, dry_run=dry_run)

    def show(screen: Screen) -> None:
        text = _("{user} would have no role any more.") if dry_run else _("{user} has no role any more.")
        screen.line(text.format(user=gone.user))
        if dry_run:
            screen.line(_("Nothing was written."), tone="grey")
        else:
            screen.text(_("The log and the cases keep the name; mails go there no more."), tone="grey")

    return Result({**user_data(gone), "dry_run": dry_run}, show)
