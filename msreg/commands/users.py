"""`msreg users`: who works here, and what each role may do."""

from __future__ import annotations

from typing import Annotated

import typer

from msreg.commands.mail_options import Spoken
from msreg.commands.opening import at_work
from msreg.commands.users_changing import Email, add_changing, user_data, user_row
from msreg.screen.command import command, group
from msreg.screen.kinds import Kind, offered
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Column, Table
from msreg.vocabulary import N_, Right, Role

app = group("users", help=N_("Who may do what in this registry."))

LIST = (
    Column("user", N_("User")),
    Column("role", N_("Role")),
    Column("centre", N_("Centre")),
    Column("email", N_("E-mail address"), drop=1),
    Column("language", N_("Language"), drop=2),
)
MEANINGS = {
    Right.CENTRES_READ: N_("see the centres"),
    Right.CENTRES_WRITE: N_("add and change centres"),
    Right.PATIENTS_READ: N_("see patients, of the own centre"),
    Right.PATIENTS_WRITE: N_("change patients, of the own centre"),
    Right.PATIENTS_ERASE: N_("erase patients who withdrew consent, of the own centre"),
    Right.BSN_REVEAL: N_("see whole BSNs"),
    Right.IMPORT: N_("load batch files"),
    Right.EXPORT: N_("write exports"),
    Right.REPORTS: N_("see reports, with the own centre against all"),
    Right.LAREB: N_("send side effects to Lareb"),
    Right.CASES_READ: N_("see case notifications, of the own centre"),
    Right.CASES_CREATE: N_("report and withdraw cases"),
    Right.CASES_WRITE: N_("fill in cases, add documents and submit"),
    Right.CASES_REVIEW: N_("return and approve cases"),
    Right.CASES_EXPORT: N_("export cases for the committee"),
    Right.CASES_FILES: N_("get the files of cases out of the registry"),
    Right.CASES_NOTHING: N_("record that a month had no case"),
    Right.CASES_LATE: N_("see cases of late termination"),
    Right.REMINDERS_READ: N_("see which mails are due and went out"),
    Right.REMINDERS_RUN: N_("send mails, and stop them"),
    Right.BACKUP: N_("back up the registry"),
    Right.OWN_ANSWERS: N_("fill in the own questionnaire, by a link"),
    Right.AUDIT_READ: N_("read the log"),
    Right.AUDIT_VERIFY: N_("check the log and the database"),
    Right.REGISTRY_ADMIN: N_("look after users and the database"),
}


@command(app, "rights", help=N_("What each role may do."), example="msreg users rights", json=True)
def rights() -> Result:
    """The one table of rights; it needs no registry."""
    from msreg.services.access import RIGHTS
    from msreg.services.operators import OFFICE_ROLES

    def show(screen: Screen) -> None:
        columns = (Column("role", N_("Role")), Column("rights", N_("May"), shrink=1, least=30, wrap=True))
        told = (
            (role.value, "  ".join(right for right in Right if right in mine))
            for role, mine in RIGHTS.items()
        )
        screen.table(Table(columns, told))
        screen.line()
        screen.facts([(right.value, _(MEANINGS[right])) for right in Right], indent=1)
        screen.line()
        screen.text(
            _(
                "{roles}: of the whole office. The others see their own centre and what is shared with it."
            ).format(roles=", ".join(role for role in RIGHTS if role in OFFICE_ROLES))
        )

    data = [
        {
            "right": right.value,
            "meaning": _(MEANINGS[right]),
            "roles": [role.value for role, mine in RIGHTS.items() if right in mine],
        }
        for right in Right
    ]
    return Result(data, show)


@command(app, "list", help=N_("Everybody with a role."), example="msreg users list", json=True)
def list_() -> Result:
    """Users of this machine who have a role in the registry."""
    from msreg.services.operators import list_operators

    with at_work() as desk:
        found = list_operators(desk.registry, by=desk.by)

    def show(screen: Screen) -> None:
        screen.table(Table(LIST, [user_row(each) for each in found]))
        screen.line()
        screen.line(ngettext("{count} user.", "{count} users.", len(found)), tone="grey")
        screen.next("msreg users rights", _("What each role may do"))

    return Result([user_data(each) for each in found], show)


@command(app, "add", help=N_("Give somebody a role: a user of this machine, or a notifier who only gets mails."),
         example="msreg users add jdeboer --role data_manager --centre AMS01\n"
                 "msreg users add jansen@example.org --role notifier --centre AMS01\n"
                 "msreg users add backup --role job",
         json=True)  # fmt: skip
def add(
    user: Annotated[
        str,
        typer.Argument(
            help=N_("The name of the user on this machine, or the mail address of who has none there.")
        ),
    ],
    role: Annotated[
        Role, typer.Option("--role", metavar="ROLE", help=N_("What the user does; see msreg users rights."))
    ],
    centre: Annotated[
        str | None,
        typer.Option(
            "--centre",
            help=N_("The code of the centre, for roles of a centre."),
            autocompletion=offered(Kind.CENTRE),
        ),
    ] = None,
    email: Email = None,
    language: Spoken = None,
) -> Result:
    """Give somebody a role."""
    from msreg.services.operators import add_operator

    with at_work() as desk:
        added = add_operator(
            desk.registry, by=desk.by, user=user, role=role, centre=centre, email=email, language=language
        )

    def show(screen: Screen) -> None:
        screen.line(_("{user} has the role {role} now.").format(user=added.user, role=added.role.value))

    return Result(user_data(added), show)


add_changing(app)
