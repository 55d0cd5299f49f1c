"""Checks of the disease history: phenotype changes, relapses and the referral."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msreg.rules.checks import Fault, at, check, check_whole, sound
from msreg.rules.facts import DiseaseFacts, RecordFacts
from msreg.rules.phenotypes import can_follow, next_phenotypes
from msreg.vocabulary import N_, DiseaseKind, Record, Severity

RELAPSE_DAYS_APART = 30


def _of_kind(record: RecordFacts, kind: DiseaseKind) -> tuple[DiseaseFacts, ...]:
    """The rows of one kind, as far as their kind was not refused."""
    return tuple(row for row in record.disease if row.kind == kind and "kind" not in row.faulty)


def _by_date(rows: tuple[DiseaseFacts, ...]) -> list[DiseaseFacts]:
    """The rows with a good date, oldest first, one a day: DIS-007 tells of the second one."""
    days: dict[date, DiseaseFacts] = {}
    for row in sound(rows, "date"):
        days.setdefault(row.date, row)
    return [days[day] for day in sorted(days)]


def _transitions(record: RecordFacts) -> Iterator[tuple[str, DiseaseFacts]]:
    """Each phenotype change that can be judged, with the phenotype before it.

    A change without a good date could stand anywhere, so nothing is judged then. After a change without
    a good phenotype the next one has nothing to be compared with. What was refused is passed over:
    a fault is told where it is, and not again at the rows after it.
    """
    rows = _of_kind(record, DiseaseKind.PHENOTYPE)
    if len(sound(rows, "date")) < len(rows):
        return
    patient = record.patient
    before = None if "diagnosis_phenotype" in patient.faulty else patient.diagnosis_phenotype
    diagnosed = None if "diagnosis_date" in patient.faulty else patient.diagnosis_date
    for row in _by_date(rows):
        if diagnosed is not None and row.date is not None and row.date <= diagnosed:
            continue
        if row.phenotype is None or "phenotype" in row.faulty:
            before = None
            continue
        if before is not None:
            yield before, row
        if before is None or can_follow(before, row.phenotype):
            before = row.phenotype


@check_whole("DIS-001", Record.DISEASE, "kind", "date", "patient.diagnosis_date")
def change_after_diagnosis(record: RecordFacts, today: date) -> Iterator[Fault]:
    """Phenotype changes after the diagnosis

    The first phenotype is the one at diagnosis. Each change is later than the one before, and so later
    than the diagnosis. Changes are put in the order of their dates first; two on one day are told by
    DIS-007.

    Bad: diagnosis on 2021-03-07, change on 2021-03-07.

    Good: diagnosis on 2021-03-07, change on 2021-03-08.
    """
    for patient in sound((record.patient,), "diagnosis_date"):
        for row in sound(_of_kind(record, DiseaseKind.PHENOTYPE), "date"):
            if row.date <= patient.diagnosis_date:
                yield at(
                    row,
                    "date",
                    N_("the change of phenotype is not later than the diagnosis"),
                    hint=N_("the phenotype at diagnosis is corrected at the diagnosis itself"),
                )


@check_whole("DIS-002", Record.DISEASE, "kind", "date", "phenotype", "patient.diagnosis_phenotype")
def transition_is_possible(record: RecordFacts, today: date) -> Iterator[Fault]:
    """Phenotype can follow the one before

    RIS becomes CIS, RRMS or PPMS; CIS becomes RRMS; RRMS becomes SPMS. SPMS and PPMS stay what they are,
    and nothing goes back. A phenotype that was written down wrongly is corrected where it stands.

    Bad: SPMS at diagnosis, later RRMS.

    Good: RRMS at diagnosis, later SPMS.
    """
    for before, row in _transitions(record):
        if row.phenotype == before or (row.phenotype and can_follow(before, row.phenotype)):
            continue
        possible = next_phenotypes(before)
        message = N_("this phenotype cannot follow the one before")
        if possible:
            names = ", ".join(each.upper() for each in possible)
            yield at(row, "phenotype", message, hint=N_("possible here: {phenotypes}"), phenotypes=names)
        else:
            yield at(
                row,
                "phenotype",
                message,
                hint=N_("nothing can follow the phenotype before; if that one is wrong, correct it there"),
            )


@check_whole("DIS-003", Record.DISEASE, "kind", "date", "phenotype", "patient.diagnosis_phenotype")
def phenotype_changes(record: RecordFacts, today: date) -> Iterator[Fault]:
    """Phenotype differs from the one before

    A row of the history tells of a change. The same phenotype again is no change.

    Bad: RRMS at diagnosis, later RRMS.

    Good: RRMS at diagnosis, later SPMS.
    """
    for before, row in _transitions(record):
        if row.phenotype == before:
            yield at(
                row,
                "phenotype",
                N_("the same phenotype as the one before"),
                hint=N_("leave it out: it is no change"),
            )


@check_whole("DIS-004", Record.DISEASE, "kind", "date", severity=Severity.WARNING)
def relapses_apart(record: RecordFacts, today: date) -> Iterator[Fault]:
    """Relapses are at least 30 days apart

    Symptoms that come within 30 days belong to the same relapse as a rule. It is a warning: the clinician
    decides whether there were two.

    Bad: relapses on 2024-01-31 and 2024-02-29.

    Good: relapses on 2024-01-30 and 2024-02-29.
    """
    before: date | None = None
    for row in _by_date(_of_kind(record, DiseaseKind.RELAPSE)):
        if row.date is not None and before is not None and (row.date - before).days < RELAPSE_DAYS_APART:
            yield at(
                row,
                "date",
                N_("less than {days} days after the relapse before; is it the same one?"),
                days=RELAPSE_DAYS_APART,
            )
        before = row.date


@check("DIS-005", Record.DISEASE, "date", "patient.birth_date")
def disease_after_birth(row: DiseaseFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Disease history is not before birth

    An earlier date is a typing error in one of the two dates.

    Bad: born on 1988-02-29, relapse on 1988-02-28.

    Good: born on 1988-02-29, relapse on 2022-12-01.
    """
    day, birth = row.date, record.patient.birth_date
    if day is not None and birth is not None and day < birth:
        yield at(row, "date", N_("the date is before the date of birth"))


@check("DIS-006", Record.DISEASE, "date", "patient.deceased_on")
def disease_before_death(row: DiseaseFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Disease history is not after death

    The date of the row or the date of death is wrong.

    Bad: died on 2024-02-29, relapse on 2024-03-01.

    Good: died on 2024-02-29, relapse on 2024-02-10.
    """
    day, death = row.date, record.patient.deceased_on
    if day is not None and death is not None and day > death:
        yield at(row, "date", N_("the date is after the date of death"))


@check_whole("DIS-007", Record.DISEASE, "kind", "date")
def one_of_a_kind_a_day(record: RecordFacts, today: date) -> Iterator[Fault]:
    """One relapse and one phenotype change a day

    The same kind twice on one day is the same event entered twice.

    Bad: two relapses on 2022-12-01.

    Good: a relapse and a change of phenotype on 2022-12-01.
    """
    for kind in (DiseaseKind.PHENOTYPE, DiseaseKind.RELAPSE):
        days = set()
        for row in sound(_of_kind(record, kind), "date"):
            if row.date in days:
                yield at(
                    row,
                    "date",
                    N_("this is on the same day as an earlier row of the same kind"),
                    hint=N_("leave one of the two out, or correct its date"),
                )
            days.add(row.date)


@check_whole("DIS-008", Record.DISEASE, "kind")
def one_referral(record: RecordFacts, today: date) -> Iterator[Fault]:
    """At most one referral

    The referral tells how the patient came to this hospital; there is one, or none.

    Bad: a referral by the general practitioner and one by another hospital.

    Good: one referral by the general practitioner.
    """
    for row in _of_kind(record, DiseaseKind.REFERRAL)[1:]:
        yield at(
            row,
            "kind",
            N_("there is a referral already; a patient has at most one"),
            hint=N_("keep the one that brought the patient to your hospital"),
        )
