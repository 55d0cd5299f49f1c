"""`msreg events`: side effects of medication."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from msreg.commands.entry import Clear, DryRun, From, Incomplete, Reason, Yes, add, delete, edit
from msreg.commands.events_lareb import add_lareb
from msreg.commands.opening import at_work
from msreg.errors import Usage
from msreg.screen.ask import ask_bsn
from msreg.screen.command import command, group
from msreg.screen.form_options import asking
from msreg.screen.kinds import Kind, Medicine, MedicineStart, Patient, offered
from msreg.screen.language import _
from msreg.screen.options import DATE
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Column, Row
from msreg.services.dossiers import Entry
from msreg.services.records import read_record
from msreg.vocabulary import N_, Record

if TYPE_CHECKING:
    from msreg.services.lareb_events import Candidate

app = group("events", help=N_("Side effects of a patient's medication."))

Effect = Annotated[str, typer.Argument(help=N_("The side effect, as it is described."))]
OfMedicine = Annotated[
    str | None,
    typer.Argument(help=N_("Code of the medicine."), autocompletion=offered(Kind.MEDICINE)),
]
OfMedicineStart = Annotated[
    date | None,
    typer.Argument(
        click_type=DATE, help=N_("Start date of the medicine."), autocompletion=offered(Kind.START)
    ),
]

OnePatient = Annotated[
    str | None,
    typer.Argument(
        help=N_("MS-0000012, AMS01:00001, or bsn to be asked for a BSN."),
        autocompletion=offered(Kind.PATIENT),
    ),
]
NotSent = Annotated[
    bool,
    typer.Option("--unsent", help=N_("Of all patients: what is to be reported to Lareb and was not sent.")),
]

COLUMNS = [
    Column("description", N_("Side effect"), shrink=1, least=16),
    Column("medicine", N_("Medicine")),
    Column("start_date", N_("From")),
    Column("outcome", N_("Outcome"), drop=1),
    Column("report_to_lareb", N_("To Lareb"), shrink=2, least=14, wrap=True),
    Column("complete", N_("Complete")),
]


@command(app, "list", help=N_("The side effects of a patient, newest first, or what was not sent to Lareb yet."),
         example="msreg events list MS-0000012\nmsreg events list --unsent", json=True)  # fmt: skip
def list_(patient: OnePatient = None, unsent: NotSent = False) -> Result:
    """Each with the medicine that it belongs to, and how it stands with Lareb."""
    if (patient is None) is not unsent:
        raise Usage(
            N_(
                "Say whose side effects: a patient, or --unsent for what was not sent to Lareb of all patients."
            ),
            field="patient",
        )
    if patient is None:
        return _unsent()
    from msreg.screen.entries import data, show_list
    from msreg.screen.lareb import standing_data
    from msreg.screen.record import headline
    from msreg.services.lareb_events import standings

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        record = read_record(
            desk.registry, by=desk.by, event="events.list", patient=name, bsn=bsn, segment="adverse_events"
        )
        standing = standings(desk.registry, patient_id=record.row["id"])
    entries = record.newest_first(Record.ADVERSE_EVENT)

    def show(screen: Screen) -> None:
        headline(screen, record)
        screen.line()
        rows = [_row(entry, standing.get(entry.id or "")) for entry in entries]
        show_list(screen, COLUMNS, rows, nothing=_("No side effects."))

    def all_data() -> list[dict[str, object]]:
        return [
            data(record, entry)
            | _medication(entry)
            | {"lareb": standing_data(standing[entry.id]) if entry.id in standing else None}
            for entry in entries
        ]

    return Result(all_data, show)


def _unsent() -> Result:
    from msreg.screen.lareb import show_unsent, unsent_data
    from msreg.services.lareb_events import list_unsent

    with at_work() as desk:
        found = list_unsent(desk.registry, by=desk.by)
    return Result(lambda: unsent_data(found), lambda screen: show_unsent(screen, found))


def _medication(entry: Entry) -> dict[str, object]:
    assert entry.parent is not None
    return {
        "medicine": entry.parent.values["medicine"],
        "medication_start": entry.parent.values["start_date"],
    }


def _row(entry: Entry, standing: Candidate | None) -> Row:
    from msreg.screen.entries import complete, told
    from msreg.screen.lareb import standing_cell

    return [
        told(entry, "description"),
        str(_medication(entry)["medicine"]),
        told(entry, "start_date"),
        told(entry, "outcome"),
        told(entry, "report_to_lareb") if standing is None else standing_cell(standing),
        complete(entry),
    ]


@command(app, "add", help=N_("Add a side effect to a medication; on a terminal its questions are asked."),
         example="msreg events add MS-0000012\nmsreg events add MS-0000012 L04AG08 2024-02-01 --from event.json",
         json=True, base=asking(Record.ADVERSE_EVENT))  # fmt: skip
def add_(
    patient: Patient,
    which: OfMedicine = None,
    start: OfMedicineStart = None,
    source: From = None,
    incomplete: Incomplete = False,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> Result:
    """An option for every question of the form; the medication is asked for where there is a choice."""
    parent = {"parent_medicine": which, "parent_start_date": start}
    return add(
        Record.ADVERSE_EVENT, patient, source=source, incomplete=incomplete, reason=reason, dry_run=dry_run,
        parent={key: value for key, value in parent.items() if value is not None},
    )  # fmt: skip


@command(app, "edit", help=N_("Change or fill in a side effect; without an option its open questions are asked."),
         example='msreg events edit MS-0000012 L04AG08 2024-02-01 rash --outcome recovered',
         json=True, base=asking(Record.ADVERSE_EVENT))  # fmt: skip
def edit_(
    patient: Patient,
    which: Medicine,
    start: MedicineStart,
    effect: Effect,
    clear: Clear = None,
    source: From = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> Result:
    """An option for every question of the form."""
    found = _named(which, start, effect)
    return edit(
        Record.ADVERSE_EVENT, patient, found, source=source, clear=clear, reason=reason, dry_run=dry_run
    )


@command(app, "delete", help=N_("Delete a side effect after asking."),
         example="msreg events delete MS-0000012 L04AG08 2024-02-01 rash", json=True)  # fmt: skip
def delete_(
    patient: Patient,
    which: Medicine,
    start: MedicineStart,
    effect: Effect,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """`msreg undo` brings it back."""
    return delete(Record.ADVERSE_EVENT, patient, _named(which, start, effect), yes=yes, dry_run=dry_run)


def _named(which: str, start: date, effect: str) -> dict[str, object]:
    return {"parent_medicine": which, "parent_start_date": start, "description": effect}


add_lareb(app)
