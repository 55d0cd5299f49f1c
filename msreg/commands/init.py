"""`msreg init`: make a registry."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from msreg.errors import Usage
from msreg.screen.ask import confirm
from msreg.screen.command import alone, command
from msreg.screen.edge import edge
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.vocabulary import N_

app = alone()

GRADES = {
    "secure": N_("well kept there"),
    "ok": N_("as safe as that place"),
    "weak": N_("weak: it lies beside the data"),
}
KeyStore = Annotated[
    Literal["auto", "keyring", "file"],
    typer.Option(
        "--key-store",
        help=N_(
            "Where the key is kept: the keyring of this machine, or a file beside the data (less safe)."
            " Without it: where MSREG_KEY_FILE or MSREG_KEY_CMD says, else the keyring."
        ),
    ),
]


@command(app, "init", help=N_("Make a new registry."),
         example="msreg init\nmsreg init --yes\nMSREG_KEY_FILE=/etc/msreg/key msreg init --yes --json",
         json=True)  # fmt: skip
def init(
    key_store: KeyStore = "auto",
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", help=N_("Ask nothing; without a keyring the key goes in a file beside the data.")
        ),
    ] = False,
    made_up: Annotated[
        bool, typer.Option("--made-up", hidden=True, help=N_("All people in it are made up."))
    ] = False,
) -> Result:
    """Make the registry and tell its recovery key, once."""
    from msreg.services.setup import found_registry

    call = edge()
    settings = call.settings
    environ = settings.environ
    try:
        made = found_registry(settings, environ=environ, key_store=key_store, made_up=made_up)
    except Usage as fault:
        if key_store != "auto" or fault.field != "key_store" or not (yes or call.interactive):
            raise
        confirm(_("There is no keyring here. Keep the key in a file beside the data?"), yes=yes)
        made = found_registry(settings, environ=environ, key_store="file", made_up=made_up)
    screen = Screen(call)
    source = made.key_source
    if source.grade == "weak":
        screen.note(
            _("The key lies in {where}, beside the data: who takes that folder can read all of it.").format(
                where=source.where
            )
        )
    if made.unmarked is not None:
        screen.note(
            _("The log could not be marked outside the database: {why}").format(why=made.unmarked.text(_))
        )

    def show(screen: Screen) -> None:
        screen.line(_("The registry is made in {path}.").format(path=made.home))
        screen.line()
        screen.line("  ", Cell(made.recovery_key, "accent"))
        screen.line()
        screen.text(
            _(
                "This is the recovery key, shown this once. Write it on paper and keep that in a safe, away"
                " from this machine. When the key below is lost, it alone opens the registry."
            )
        )
        screen.line()
        screen.facts(
            (
                (_("key"), f"{source.where} ({_(GRADES[source.grade])})"),
                (_("you"), _("{user}, of the service desk: you may do everything").format(user=made.user)),
            )
        )
        if screen.edge.terminal:
            screen.line()
        screen.next('msreg centres add AMS01 --name "Amsterdam"', _("Add the first centre"))

    return Result(
        {
            "home": made.home,
            "registry": made.registry,
            "key_source": source.name,
            "key_grade": source.grade,
            "recovery_key": made.recovery_key,
            "user": made.user,
        },
        show,
    )
