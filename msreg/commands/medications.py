"""`msreg medications`: periods of medication of a patient, with their side effects."""

from __future__ import annotations

from typing import Any

from msreg.commands.entry import (
    Clear,
    DryRun,
    From,
    Reason,
    Yes,
    add_verb,
    delete,
    edit,
    stop_medication,
)
from msreg.commands.opening import at_work
from msreg.forms.medicines import medicine
from msreg.screen.ask import ask_bsn
from msreg.screen.command import command, group
from msreg.screen.form_options import asking
from msreg.screen.kinds import Medicine, MedicineStart, Patient, RunningMedicine
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell, Column, Row
from msreg.services.dossiers import Entry
from msreg.services.records import PatientRecord, read_record
from msreg.vocabulary import N_, Record

app = group("medications", help=N_("Periods of medication of a patient."))

COLUMNS = [
    Column("medicine", N_("Medicine"), shrink=2, least=14),
    Column("start_date", N_("From")),
    Column("stop_date", N_("Until")),
    Column("deviating_interval", N_("Deviating interval"), drop=2, shrink=3, least=7),
    Column("stop_reasons", N_("Why stopped"), shrink=1, least=12),
    Column("events", N_("Side effects"), align="right", drop=1),
    Column("complete", N_("Complete")),
]


@command(app, "list", help=N_("The medication of a patient, newest first."),
         example="msreg medications list MS-0000012", json=True)  # fmt: skip
def list_(patient: Patient) -> Result:
    """Periods with their side effects."""
    from msreg.screen.entries import data, show_list
    from msreg.screen.record import headline

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        record = read_record(
            desk.registry, by=desk.by, event="medications.list", patient=name, bsn=bsn, segment="medication"
        )
    entries = record.newest_first(Record.MEDICATION)

    def as_data() -> list[dict[str, Any]]:
        return [
            {**data(record, entry), "adverse_events": [data(record, each) for each in _events(record, entry)]}
            for entry in entries
        ]

    def show(screen: Screen) -> None:
        headline(screen, record)
        screen.line()
        show_list(screen, COLUMNS, [_row(record, entry) for entry in entries], nothing=_("No medication."))

    return Result(as_data, show)


def _events(record: PatientRecord, entry: Entry) -> list[Entry]:
    return [each for each in record.dossier.of(Record.ADVERSE_EVENT) if each.parent is entry]


def _row(record: PatientRecord, entry: Entry) -> Row:
    from msreg.screen.entries import complete, told

    known = medicine(entry.values["medicine"])
    reported = _events(record, entry)
    return [
        known.label(active()) if known else entry.values["medicine"],
        told(entry, "start_date"),
        told(entry, "stop_date") or Cell(_("now"), "green"),
        told(entry, "deviating_interval"),
        told(entry, "stop_reasons"),
        str(len(reported)) if reported else "",
        complete(entry),
    ]


# Which questions are asked depends on the medicine (G1-G5).
add_verb(
    app,
    Record.MEDICATION,
    help=N_("Add a period of a medicine; on a terminal its questions are asked."),
    example="msreg medications add MS-0000012\nmsreg medications add MS-0000012 --from ocrevus.json",
)


@command(app, "edit", help=N_("Change or fill in a medication; without an option its open questions are asked."),
         example="msreg medications edit MS-0000012 L04AG08 2024-02-01 --deviating-interval no", json=True,
         base=asking(Record.MEDICATION))  # fmt: skip
def edit_(
    patient: Patient,
    which: Medicine,
    start: MedicineStart,
    clear: Clear = None,
    source: From = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> Result:
    """An option for every question of the form."""
    found = {"medicine": which, "start_date": start}
    return edit(Record.MEDICATION, patient, found, source=source, clear=clear, reason=reason, dry_run=dry_run)


@command(app, "stop", help=N_("Stop a medicine: when, why, and what the medicine asks then."),
         example="msreg medications stop MS-0000012\nmsreg medications stop MS-0000012 --from stop.json",
         json=True, base=asking(Record.MEDICATION))  # fmt: skip
def stop(
    patient: Patient,
    which: RunningMedicine = None,
    source: From = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> Result:
    """The medicine that runs; name it where more than one does."""
    return stop_medication(patient, which, source=source, reason=reason, dry_run=dry_run)


@command(app, "delete", help=N_("Delete one medication with its side effects, after asking."),
         example="msreg medications delete MS-0000012 L04AG08 2024-02-01", json=True)  # fmt: skip
def delete_(
    patient: Patient, which: Medicine, start: MedicineStart, yes: Yes = False, dry_run: DryRun = False
) -> Result:
    """`msreg undo` brings it back."""
    return delete(
        Record.MEDICATION, patient, {"medicine": which, "start_date": start}, yes=yes, dry_run=dry_run
    )
