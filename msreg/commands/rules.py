"""`msreg rules`: what is checked, by the code that stands in every finding."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from msreg.forms.columns import forms_of
from msreg.forms.load import load
from msreg.screen.command import command, group
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell, Column, Row, Table, row
from msreg.screen.tones import Tone
from msreg.services.rulebook import Rule, rule, rules, rules_of
from msreg.vocabulary import N_, CaseForm, Record, Severity

app = group("rules", help=N_("The checks on the data, by code."))

COLUMNS = (
    Column("code", N_("code")),
    Column("severity", N_("severity")),
    Column("record", N_("record")),
    Column("title", N_("what is checked"), shrink=1, least=32, wrap=True),
    Column("reads", N_("reads"), drop=1),
)
SEVERITIES = {Severity.ERROR: N_("error"), Severity.WARNING: N_("warning")}
STOPS = {
    Severity.ERROR: N_("error: the record is not stored like this"),
    Severity.WARNING: N_("warning: it is told, and the record is stored"),
}
_TONES: dict[Severity, Tone] = {Severity.ERROR: "red", Severity.WARNING: "orange"}


def _codes(incomplete: str) -> list[str]:
    found = (each.code for each in rules() if each.code.startswith(incomplete.upper()))
    return [incomplete + code[len(incomplete) :] for code in found]


@command(app, "list", help=N_("All rules: their codes, what they look at, and whether they stop a record."),
         example="msreg rules list\nmsreg rules list --record course --json", json=True)  # fmt: skip
def list_(
    record: Annotated[
        Record | None, typer.Option("--record", help=N_("Only the checks of this kind of record."))
    ] = None,
) -> Result:
    """Every code of files, answers and checks."""
    found = rules_of(record)

    def show(screen: Screen) -> None:
        screen.table(Table(COLUMNS, map(_row, found)))
        screen.line()
        screen.line(ngettext("{count} rule.", "{count} rules.", len(found)), tone="grey")
        screen.next(f"msreg rules show {found[0].code}", _("The manual page of one"))

    return Result(lambda: [_data(each) for each in found], show)


@command(app, "show", help=N_("The manual page of a rule, with a bad example and a good one."),
         example="msreg rules show COU-004", json=True)  # fmt: skip
def show_(
    code: Annotated[
        str, typer.Argument(help=N_("Code of the rule, such as COU-004."), autocompletion=_codes)
    ],
) -> Result:
    """One rule in full."""
    found = rule(code)

    def show(screen: Screen) -> None:
        screen.line(Cell(found.code, "accent"), "  ", Cell(_(found.title).rstrip("."), "white"))
        screen.line(_(STOPS[found.severity]), tone=_TONES[found.severity])
        screen.line()
        for paragraph in found.text:
            screen.text(_(paragraph), indent=2)
            screen.line()
        screen.text(_("Bad: {example}").format(example=_(found.bad)), indent=2)
        screen.text(_("Good: {example}").format(example=_(found.good)), indent=2)
        screen.line()
        screen.text(_("It looks at {places}").format(places=_places(found)), tone="grey")

    page = {"text": [_(each) for each in found.text], "bad": _(found.bad), "good": _(found.good)}
    return Result({**_data(found), **page}, show)


def _row(each: Rule) -> Row:
    return row(
        each.code,
        Cell(_(SEVERITIES[each.severity]), _TONES[each.severity]),
        each.record and each.record.value,
        _(each.title).rstrip("."),
        " ".join(each.reads) or None,
    )


def _data(each: Rule) -> dict[str, Any]:
    return {
        "code": each.code,
        "severity": each.severity,
        "record": each.record,
        "reads": each.reads,
        "title": _(each.title).rstrip("."),
    }


def _places(found: Rule) -> str:
    """What the rule reads, as people know the questions, with the keys that batch files have."""
    if found.record is None:
        return _("the file as a whole.") if found.code.startswith("FIL") else _("every answer by itself.")
    told = []
    for key in found.reads:
        record, name = _asked_of(found.record, key)
        forms = (load(record),) if isinstance(record, CaseForm) else forms_of(record)
        asked = (form[name].label[active()] for form in forms if name in form.by_key)
        label = next(asked, name)
        told.append(f"{label} ({record.value} {name})")
    return ", ".join(told) + "."


def _asked_of(record: Record | CaseForm, key: str) -> tuple[Record | CaseForm, str]:
    """The record or form that asks a question which a rule reads, and the key of the question there."""
    if key.startswith("patient."):
        return Record.PATIENT, key[8:]
    return (CaseForm.CASE, key[5:]) if key.startswith("case.") else (record, key)
