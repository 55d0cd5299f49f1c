"""`msreg doctor`: is everything in order on this machine?"""

from __future__ import annotations

import os

from msreg import clock
from msreg.errors import MsregError, Unavailable
from msreg.screen.command import alone, command
from msreg.screen.edge import edge
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell, Column, Table, row
from msreg.screen.tones import Tone
from msreg.vocabulary import N_

app = alone()

COLUMNS = (
    Column("mark", ""),
    Column("check", N_("Looked at")),
    Column("found", N_("Found"), shrink=1, least=30, wrap=True),
)
# A sign as well as a colour: colour never carries meaning alone.
MARKS: dict[str, tuple[str, Tone]] = {"green": ("✓", "green"), "yellow": ("!", "orange"), "red": ("✗", "red")}
LABELS = {
    "settings": N_("settings"),
    "driver": N_("program"),
    "files": N_("files"),
    "place": N_("place"),
    "room": N_("room"),
    "key": N_("key"),
    "keyring": N_("keyring"),
    "recovery": N_("recovery key"),
    "database": N_("database"),
    "integrity": N_("soundness"),
    "version": N_("version"),
    "log": N_("log"),
    "marks": N_("marks"),
    "clock": N_("clock"),
    "mail": N_("mail"),
    "backup": N_("backup"),
}


# Exit code 9 when something is wrong (red); 0 also when something is worth a look (yellow).
@command(app, "doctor", help=N_("Look whether everything is in order on this machine."),
         example="msreg doctor\nmsreg doctor --json\nmsreg doctor || echo 'something is wrong: exit code 9'",
         json=True)  # fmt: skip
def doctor() -> Result:
    """Look at program, key, files, disk, database and log."""
    from msreg.config import Settings, home_folder
    from msreg.services.health import examine
    from msreg.services.health_state import State, worst

    call = edge()
    fault: MsregError | None = None
    try:
        settings = call.settings
    except MsregError as raised:
        # The rest can be looked at without the settings file.
        fault, settings = raised, Settings(home_folder(os.environ), dict(os.environ), call.lang)
    found = list(examine(settings, now=clock.now(), fault=fault))
    state = worst(found)

    def show(screen: Screen) -> None:
        screen.line(_("Registry in {path}").format(path=settings.home))
        screen.line()
        screen.table(
            Table(
                COLUMNS,
                (row(Cell(*MARKS[each.state]), _(LABELS[each.check]), each.text(_)) for each in found),
            )
        )
        screen.line()
        counts = {kind: sum(each.state is kind for each in found) for kind in State}
        if state is State.GREEN:
            screen.line(_("All is well."), tone="green")
            return
        for kind, text in (
            (State.RED, ngettext("{count} thing is wrong.", "{count} things are wrong.", counts[State.RED])),
            (
                State.YELLOW,
                ngettext(
                    "{count} thing is worth a look.", "{count} things are worth a look.", counts[State.YELLOW]
                ),
            ),
        ):
            if counts[kind]:
                screen.line(text, tone=MARKS[kind][1])
        for each in found:
            if each.state is not State.GREEN and (hint := each.hint_text(_)):
                screen.text(f"{_(LABELS[each.check])}: {hint}")

    data = {
        "state": state,
        "checks": [
            {"check": each.check, "state": each.state, "message": each.text(_), "hint": each.hint_text(_)}
            for each in found
        ],
    }
    return Result(data, show, Unavailable.exit_code if state is State.RED else 0)
