"""`msreg help`: what scripts and administrators need to know of msreg as a whole."""

from __future__ import annotations

from msreg.commands.help_man import add_man
from msreg.config import SETTINGS
from msreg.screen.command import command, group
from msreg.screen.exit_codes import EXIT_CODES
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell, Column, Table, row
from msreg.vocabulary import N_

app = group("help", help=N_("Exit codes, settings and JSON explained; manual pages."))

JSON_RULES = (
    N_("With --json a command prints one JSON document on standard output; a list is an array of objects."),
    N_("With --jsonl it prints one JSON object a line, for long lists."),
    N_("Keys are those of the codebook (msreg forms show) and do not change with the language."),
    N_("Dates are 2022-03-31, timestamps 2022-03-31T09:30:00Z (UTC); what is not known is null."),
    N_("Texts are in ASCII with \\u escapes; there is no colour in it."),
    N_("An error is one object on standard error, under the key error; the exit code tells its kind."),
)
ERROR_KEYS = ("code", "rule", "field", "message", "hint")
FINDING_KEYS = ("sheet", "row", "column", "field", "code", "severity", "message", "hint")
SUMMARY_KEYS = ("added", "changed", "unchanged", "skipped", "refused")


@command(app, "exit-codes", help=N_("What the exit code of a command means."),
         example="msreg help exit-codes", json=True)  # fmt: skip
def exit_codes() -> Result:
    """All exit codes; they are never renumbered."""

    def show(screen: Screen) -> None:
        columns = (Column("exit_code", N_("exit"), align="right"), Column("code", N_("in JSON")),
                   Column("meaning", N_("meaning"), shrink=1, least=30, wrap=True))  # fmt: skip
        rows = (row(Cell(str(number), "accent"), code, _(meaning)) for number, code, meaning in EXIT_CODES)
        screen.table(Table(columns, rows))

    data = [{"exit_code": number, "code": code, "meaning": _(text)} for number, code, text in EXIT_CODES]
    return Result(data, show)


@command(app, "settings", help=N_("What can be set, by a variable or in msreg.toml."),
         example="msreg help settings", json=True)  # fmt: skip
def settings() -> Result:
    """All settings, strongest source first: option, variable, msreg.toml."""

    def show(screen: Screen) -> None:
        for each in SETTINGS:
            where = _("or {key} in msreg.toml").format(key=each.toml) if each.toml else ""
            screen.line(Cell(each.env, "accent"), Cell(f"  {where}" if where else "", "grey"))
            text = _(each.help)
            if each.default is not None:
                text += " " + _("(without it: {default})").format(default=each.default)
            screen.text(text, indent=4)
        screen.line()
        screen.text(_("An option of the call is stronger than a variable, a variable than msreg.toml."))
        screen.text(
            _("msreg.toml stands in the folder of the registry (MSREG_HOME). No secret belongs in it.")
        )

    data = [
        {
            "name": each.name,
            "variable": each.env,
            "toml": each.toml,
            "default": each.default,
            "help": _(each.help),
        }
        for each in SETTINGS
    ]
    return Result(data, show)


@command(app, "json", help=N_("What scripts can rely on in JSON."), example="msreg help json", json=True)
def json_() -> Result:
    """The promises about JSON output."""

    def show(screen: Screen) -> None:
        for rule in JSON_RULES:
            screen.text(_(rule))
        screen.line()
        screen.facts((
            (_("an error has"), " ".join(ERROR_KEYS)),
            (_("a finding has"), " ".join(FINDING_KEYS)),
            (_("a batch has"), " ".join(SUMMARY_KEYS)),
        ))  # fmt: skip

    data = {
        "rules": [_(rule) for rule in JSON_RULES],
        "error": ERROR_KEYS,
        "finding": FINDING_KEYS,
        "batch": SUMMARY_KEYS,
    }
    return Result(data, show)


add_man(app)
