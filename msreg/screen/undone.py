"""What taking a batch back did, would do, or why it was not done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msreg.screen.batches import RECORDS
from msreg.screen.counted import counted
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.shown import moment
from msreg.screen.table import Cell, Column, Row, Table, row
from msreg.services.hindrances import SHARE, Hindrance, Reason
from msreg.services.undoing import Undone
from msreg.vocabulary import N_, Record

SHOWN = 40
"""So many lines of a list on a terminal."""

COLUMNS = (
    Column("patient", N_("Patient")),
    Column("record", N_("Record")),
    Column("why", N_("What stands in the way"), shrink=1, least=24, wrap=True),
    Column("user", N_("Who"), shrink=2),
    Column("at", N_("When")),
    Column("event", N_("Event"), drop=1),
    Column("seq", N_("Row"), align="right", drop=2),
)
REASONS: Mapping[Reason, str] = {
    Reason.CHANGED: N_("changed later"),
    Reason.ADDED: N_("added later"),
    Reason.TAKEN: N_("another patient has the old {detail} now"),
    Reason.RULE: N_("the old answers break {detail} beside what came later"),
    Reason.FORM: N_("the form does not ask {detail} any more"),
}


def show_undone(screen: Screen, done: Undone) -> None:
    """What was taken back, or what stands in the way."""
    label = done.row.label
    screen.line(Cell(label, "accent"), f"  {done.row.file}  ", Cell(moment(done.row.at) or "", "grey"))
    screen.line()
    if done.erased:
        text = ngettext(
            "{count} patient of this batch was erased; nothing of them is left.",
            "{count} patients of this batch were erased; nothing of them is left.",
            done.erased,
        )
        screen.line(text)
    if done.nothing and done.erased:
        screen.line(_("There is nothing more to take back."))
        return
    if done.nothing:
        screen.line(_("This batch changed nothing, so there is nothing to take back."))
        return
    if done.refused:
        _show_hindrances(screen, done)
        return
    for told in parts(done):
        screen.text(told)
    if done.dry_run:
        screen.line(_("Nothing was written."), tone="grey")
    else:
        screen.line(_("Batch {batch} was taken back.").format(batch=label))
        screen.next("msreg imports history", _("The history"))


def parts(done: Undone) -> list[str]:
    """What goes and what comes back, a sentence each."""
    deleted = ", ".join(counted(record, done.deleted[record]) for record in Record if done.deleted[record])
    changed = ", ".join(
        counted(record, done.changed_back[record]) for record in Record if done.changed_back[record]
    )
    found: list[str] = []
    if deleted:
        text = _("{what} would be deleted.") if done.dry_run else _("{what} deleted.")
        found.append(text.format(what=deleted))
    if changed:
        text = _("{what} would get the old answers back.") if done.dry_run else _("{what} changed back.")
        found.append(text.format(what=changed))
    return found


def _show_hindrances(screen: Screen, done: Undone) -> None:
    most = SHOWN if screen.edge.terminal else len(done.in_the_way)
    screen.table(Table(COLUMNS, [_cells(each) for each in done.in_the_way[:most]]))
    if done.hindrances > most:
        screen.line("  … ", ngettext("{count} more", "{count} more", done.hindrances - most), tone="grey")
    screen.line()
    told = ngettext(
        "{count} later change stands in the way.", "{count} later changes stand in the way.", done.hindrances
    )
    screen.line(Cell(told, "red"), " ", _("Nothing was taken back."))
    if (seq := next((each.seq for each in done.in_the_way if each.seq), None)) is not None:
        screen.next(f"msreg audit show {seq}", _("Look at the first of them"))


def _cells(each: Hindrance) -> Row:
    return row(
        each.patient,
        _("share") if each.record == SHARE else _(RECORDS[Record(each.record)]),
        _(REASONS[each.reason]).format(detail=each.detail),
        each.user,
        moment(each.at),
        each.event,
        None if each.seq is None else str(each.seq),
    )


def undone_data(done: Undone) -> dict[str, Any]:
    """The result for programs; no values."""
    return {
        "batch": done.row.label,
        "dry_run": done.dry_run,
        "undone": done.seq is not None,
        "patients": done.patients,
        "erased": done.erased,
        "deleted": {record.value: done.deleted[record] for record in Record},
        "changed_back": {record.value: done.changed_back[record] for record in Record},
        "in_the_way": [
            {
                "reason": each.reason.value,
                "patient": each.patient,
                "record": each.record,
                "record_id": each.record_id,
                "detail": each.detail,
                "user": each.user,
                "at": each.at,
                "event": each.event,
                "log_row": each.seq,
            }
            for each in done.in_the_way
        ],
        "in_the_way_count": done.hindrances,
        "log_row": done.seq,
    }
