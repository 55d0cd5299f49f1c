"""The lists of a patient, one index value, and the value sets, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from msreg.forms.value_sets import DEFAULT
from msreg.rules.eq5d import Change, ValueSet, value
from msreg.screen.entries import complete, data, show_list, told
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.prom_words import CHANGES, index_told
from msreg.screen.record import headline
from msreg.screen.result import Result
from msreg.screen.table import Cell, Column, Row, Table
from msreg.screen.tones import Tone
from msreg.services.proms import Filled
from msreg.services.records import PatientRecord
from msreg.vocabulary import N_

COLUMNS = [
    Column("answered_on", N_("Date")),
    Column("profile", N_("Profile")),
    Column("index", N_("Index"), align="right"),
    Column("change", N_("Change")),
    Column("score", N_("Score"), align="right"),
    Column("mode", N_("How"), shrink=1, least=11, drop=2),
    Column("centre", N_("Written by"), drop=1),
]
_COMPLETE = Column("complete", N_("Complete"))
_SETS = [
    Column("name", N_("Value set")),
    Column("lowest", N_("Lowest"), align="right"),
    Column("source", N_("Source"), shrink=1, least=20, wrap=True),
]
_TONES: dict[Change, Tone] = {Change.BETTER: "green", Change.WORSE: "orange"}


def lists_result(record: PatientRecord, lists: Sequence[Filled], used: ValueSet) -> Result:
    """`proms show`."""

    def show(screen: Screen) -> None:
        headline(screen, record)
        screen.line()
        lacking = next((each for each in lists if each.lacking), None)
        columns = [*COLUMNS, _COMPLETE] if lacking else COLUMNS
        rows = [_row(each)[: len(columns)] for each in lists]
        show_list(screen, columns, rows, nothing=_("No questionnaires yet."))
        if not lists:
            return
        screen.line()
        screen.text(
            _("Index values of the set {value_set}; change is against the list before.").format(
                value_set=used.name
            ),
            "grey",
        )
        if lacking:
            screen.next(f"msreg proms edit {record.number} {lacking.on.isoformat()}", _("What is missing"))

    return Result(lambda: [_data(record, each) for each in lists], show)


def _row(each: Filled) -> Row:
    change = each.change
    return [
        Cell(told(each.entry, "answered_on") or "", "red" if each.lacking else "plain"),
        each.profile,
        index_told(each.index_value),
        None if change is None else Cell(_(CHANGES[change]), _TONES.get(change, "plain")),
        told(each.entry, "health_score"),
        told(each.entry, "mode"),
        each.centre,
        complete(each.entry),
    ]


def _data(record: PatientRecord, each: Filled) -> dict[str, Any]:
    worth = {"profile": each.profile, "index_value": each.index_value, "value_set": each.value_set}
    return data(record, each.entry) | worth | {"change": each.change}


def value_result(profile: str, index: Decimal, used: ValueSet) -> Result:
    """`proms value`."""

    def show(screen: Screen) -> None:
        screen.line(Cell(index_told(index) or "", "accent"), f"  {used.name}")

    return Result({"profile": profile, "index": index, "value_set": used.name}, show)


def sets_result(found: Sequence[ValueSet]) -> Result:
    """`proms sets`."""

    def show(screen: Screen) -> None:
        screen.table(Table(_SETS, [[each.name, index_told(_lowest(each)), each.source] for each in found]))
        screen.line()
        screen.line(_("Index values are kept in the set {value_set}.").format(value_set=DEFAULT), tone="grey")
        screen.next("msreg proms value 21345", _("The value of a profile"))

    return Result(
        [
            {
                "value_set": each.name,
                "kept": each.name == DEFAULT,
                "lowest": _lowest(each),
                "source": each.source,
            }
            for each in found
        ],
        show,
    )


def _lowest(each: ValueSet) -> Decimal:
    return value("55555", each)
