"""`msreg events`: side effects of medication."""

from __future__ import annotations

from typing import Annotated

import typer

from msreg.commands.editing import Clear, DryRun, edit
from msreg.commands.opening import at_work
from msreg.screen.ask import ask_bsn
from msreg.screen.command import command, group
from msreg.screen.form_options import asking
from msreg.screen.kinds import Medicine, MedicineStart, Patient
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Column, Row
from msreg.services.dossiers import Entry
from msreg.services.records import read_record
from msreg.vocabulary import N_, Record

app = group("events", help=N_("Side effects of a patient's medication."))

COLUMNS = [
    Column("description", N_("Side effect"), shrink=1, least=16),
    Column("medicine", N_("Medicine")),
    Column("start_date", N_("From")),
    Column("outcome", N_("Outcome"), drop=1),
    Column("report_to_lareb", N_("To Lareb")),
    Column("complete", N_("Complete")),
]


@command(app, "list", help=N_("The side effects of a patient, newest first."),
         example="msreg events list MS-0000012", json=True)  # fmt: skip
def list_(patient: Patient) -> Result:
    """Each with the medicine that it belongs to."""
    from msreg.screen.entries import data, show_list
    from msreg.screen.record import headline

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        record = read_record(
            desk.registry, by=desk.by, event="events.list", patient=name, bsn=bsn, segment="adverse_events"
        )
    entries = record.newest_first(Record.ADVERSE_EVENT)

    def show(screen: Screen) -> None:
        headline(screen, record)
        screen.line()
        show_list(screen, COLUMNS, [_row(entry) for entry in entries], nothing=_("No side effects."))

    return Result(lambda: [data(record, entry) | _medication(entry) for entry in entries], show)


def _medication(entry: Entry) -> dict[str, object]:
    assert entry.parent is not None
    return {
        "medicine": entry.parent.values["medicine"],
        "medication_start": entry.parent.values["start_date"],
    }


def _row(entry: Entry) -> Row:
    from msreg.screen.entries import complete, told

    return [
        told(entry, "description"),
        str(_medication(entry)["medicine"]),
        told(entry, "start_date"),
        told(entry, "outcome"),
        told(entry, "report_to_lareb"),
        complete(entry),
    ]


@command(app, "edit", help=N_("Change or fill in answers of a side effect, by option."),
         example='msreg events edit MS-0000012 L04AG08 2024-02-01 rash --outcome recovered',
         json=True, base=asking(Record.ADVERSE_EVENT))  # fmt: skip
def edit_(
    patient: Patient,
    which: Medicine,
    start: MedicineStart,
    effect: Annotated[str, typer.Argument(help=N_("The side effect, as it is described."))],
    clear: Clear = None,
    dry_run: DryRun = False,
) -> Result:
    """An option for every question of the form."""
    found = {"parent_medicine": which, "parent_start_date": start, "description": effect}
    return edit(Record.ADVERSE_EVENT, patient, found, clear, dry_run)
