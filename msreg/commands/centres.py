"""`msreg centres`: the hospitals that take part."""

from __future__ import annotations

from typing import Annotated

import typer

from msreg.commands.mail_options import NoEmail, Spoken
from msreg.commands.opening import at_work
from msreg.screen.command import command, group
from msreg.screen.kinds import Kind, offered
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import yes_no
from msreg.screen.table import Cell, Column, Table, row
from msreg.vocabulary import N_

app = group("centres", help=N_("The hospitals that take part."))

COLUMNS = (
    Column("code", N_("Code")),
    Column("name", N_("Name"), shrink=1, least=24),
    Column("city", N_("City"), shrink=2),
    Column("active", N_("Active")),
    Column("patients", N_("Patients"), align="right"),
    Column("email", N_("E-mail address"), drop=1),
    Column("language", N_("Language"), drop=2),
)

Email = Annotated[str | None, typer.Option("--email", help=N_("The address that reminders to it go to."))]


@command(
    app, "list", help=N_("All centres."), example="msreg centres list\nmsreg centres list --json", json=True
)
def list_() -> Result:
    """All centres, by code."""
    from msreg.services.centres import list_centres

    with at_work() as desk:
        found = list_centres(desk.registry, by=desk.by)

    def show(screen: Screen) -> None:
        if not found:
            screen.line(_("There are no centres yet."))
            screen.next('msreg centres add AMS01 --name "Amsterdam"', _("Add the first"))
            return
        screen.table(
            Table(
                COLUMNS,
                (
                    row(
                        each.code,
                        each.name,
                        each.city,
                        Cell(yes_no(each.active) or "", "plain" if each.active else "grey"),
                        str(each.patients),
                        each.email,
                        each.language,
                    )
                    for each in found
                ),
            )
        )
        screen.line()
        screen.line(ngettext("{count} centre.", "{count} centres.", len(found)), tone="grey")

    data = [
        {
            "code": each.code,
            "name": each.name,
            "city": each.city,
            "active": each.active,
            "patients": each.patients,
            "email": each.email,
            "language": each.language,
        }
        for each in found
    ]
    return Result(data, show)


@command(app, "add", help=N_("Add a centre."),
         example='msreg centres add AMS01 --name "Amsterdam" --city Amsterdam\n'
                 'msreg centres add UTR01 --name "Utrecht" --email ms@example.org',
         json=True)  # fmt: skip
def add(
    code: Annotated[str, typer.Argument(help=N_("Its code: 2 to 20 capitals, digits and hyphens."))],
    name: Annotated[str, typer.Option("--name", help=N_("What the hospital is called."))],
    city: Annotated[str | None, typer.Option("--city", help=N_("Where it is."))] = None,
    email: Email = None,
    language: Spoken = None,
) -> Result:
    """Add a centre; its code never changes."""
    from msreg.services.centres import add_centre

    with at_work() as desk:
        code = add_centre(
            desk.registry, by=desk.by, code=code, name=name, city=city, email=email, language=language
        )

    def show(screen: Screen) -> None:
        screen.line(_("The centre {code} is added.").format(code=code))
        screen.next("msreg imports check november.xlsx", _("Look at its batch file"))

    data = {"code": code, "name": " ".join(name.split()), "city": city or None, "active": True}
    return Result(data | {"email": email.strip() if email else None, "language": language}, show)


@command(app, "edit", help=N_("Change a centre: its name, its city, where mails go, or let it rest."),
         example='msreg centres edit AMS01 --name "Amsterdam, new building"\n'
                 "msreg centres edit AMS01 --email ms@example.org --language en\n"
                 "msreg centres edit AMS01 --inactive",
         json=True)  # fmt: skip
def edit(
    code: Annotated[
        str, typer.Argument(help=N_("The code of the centre."), autocompletion=offered(Kind.CENTRE))
    ],
    name: Annotated[str | None, typer.Option("--name", help=N_("What the hospital is called."))] = None,
    city: Annotated[str | None, typer.Option("--city", help=N_("Where it is."))] = None,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help=N_("Whether it takes part at present."))
    ] = None,
    email: Email = None,
    no_email: NoEmail = False,
    language: Spoken = None,
) -> Result:
    """Change a centre; what is not named stays."""
    from msreg.services.centres import edit_centre

    with at_work() as desk:
        changed = edit_centre(
            desk.registry, by=desk.by, code=code, name=name, city=city, active=active, email=email,
            no_email=no_email, language=language,
        )  # fmt: skip

    def show(screen: Screen) -> None:
        if changed:
            screen.line(_("The centre {code} is changed.").format(code=code.upper()))
        else:
            screen.line(_("The centre {code} was like that already.").format(code=code.upper()))

    return Result({"code": code.upper(), "changed": dict(changed)}, show)
