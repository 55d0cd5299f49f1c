"""`msreg disease`: phenotypes, relapses and referral of a patient."""

from __future__ import annotations

from typing import Any

from msreg.commands.disease_entry import verbs_of
from msreg.commands.opening import at_work
from msreg.screen.ask import ask_bsn
from msreg.screen.command import command, group
from msreg.screen.kinds import Patient
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell, Column
from msreg.services.dossiers import Entry
from msreg.services.records import PatientRecord, read_record
from msreg.vocabulary import N_, DiseaseKind, Record

app = group("disease", help=N_("Phenotypes, relapses and referral of a patient."))

PHENOTYPES = [Column("date", N_("Date")), Column("phenotype", N_("Phenotype")), Column("what", "")]
RELAPSES = [
    Column("date", N_("Date")),
    Column("treated", N_("Methylprednisolone"), shrink=2, least=6),
    Column("course", N_("Course of treatment"), drop=3),
    Column("severity", N_("Severity"), drop=1),
    Column("symptoms", N_("Symptoms"), shrink=3, least=12),
    Column("recovery", N_("Recovery"), drop=2),
    Column("complete", N_("Complete")),
]


@command(app, "show", help=N_("The disease history: phenotypes, relapses newest first, referral."),
         example="msreg disease show MS-0000012", json=True)  # fmt: skip
def show(patient: Patient) -> Result:
    """D1–D3: the first phenotype is the one at diagnosis."""
    from msreg.screen.entries import data

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        record = read_record(
            desk.registry, by=desk.by, event="disease.show", patient=name, bsn=bsn, segment="disease"
        )

    def as_data() -> dict[str, Any]:
        return {
            "registry_number": record.number,
            "diagnosis_date": record.values.get("diagnosis_date"),
            "diagnosis_phenotype": record.values.get("diagnosis_phenotype"),
            "events": [data(record, entry) for entry in record.newest_first(Record.DISEASE)],
        }

    return Result(as_data, lambda screen: _page(screen, record))


def _of(record: PatientRecord, kind: DiseaseKind) -> list[Entry]:
    return [e for e in record.newest_first(Record.DISEASE) if e.values.get("kind") == kind]


def _page(screen: Screen, record: PatientRecord) -> None:
    from msreg.screen.entries import complete, show_list, told
    from msreg.screen.record import headline
    from msreg.screen.shown import day

    headline(screen, record)
    screen.line()
    screen.line(_("Phenotype"), tone="accent")
    phenotype = record.values.get("diagnosis_phenotype")
    changes = [
        (told(e, "date"), told(e, "phenotype"), Cell("", "grey")) for e in _of(record, DiseaseKind.PHENOTYPE)
    ]
    first = (
        day(record.values.get("diagnosis_date")),
        phenotype.upper() if phenotype else None,
        Cell(_("at diagnosis"), "grey"),
    )
    show_list(screen, PHENOTYPES, [*changes, first], nothing="")
    screen.line()
    screen.line(_("Relapses"), tone="accent")
    relapses = [
        [
            Cell(told(e, "date") or "–", "red" if e.row["open_questions"] else "plain"),
            told(e, "methylprednisolone"),
            _treatment(e),
            told(e, "severity"),
            told(e, "symptoms"),
            told(e, "recovery"),
            complete(e),
        ]
        for e in _of(record, DiseaseKind.RELAPSE)
    ]
    show_list(screen, RELAPSES, relapses, nothing=_("No relapses."))
    screen.line()
    screen.line(_("Referral"), tone="accent")
    referrals = _of(record, DiseaseKind.REFERRAL)
    for entry in referrals:
        parts = (told(entry, "date"), told(entry, "referred_by"), told(entry, "referred_from"))
        screen.line("  " + "  ".join(part for part in parts if part))
    if not referrals:
        screen.line(f"  {_('No referral.')}", tone="grey")


def _treatment(entry: Entry) -> str | None:
    from msreg.screen.entries import told

    route, dose, days = (told(entry, key) for key in ("mp_route", "mp_dose_mg", "mp_days"))
    parts = [route, f"{dose} mg" if dose else None, _("{days} days").format(days=days) if days else None]
    return " ".join(part for part in parts if part) or None


for _kind in DiseaseKind:
    app.add_typer(verbs_of(_kind), name=_kind.value)
