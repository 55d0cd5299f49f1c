"""Checks of the medication: periods that do not overlap, and what the catalogue says of a medicine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msreg.rules.checks import Fault, at, check, check_whole, sound
from msreg.rules.facts import MedicationFacts, RecordFacts
from msreg.vocabulary import N_, Record, Severity


def _by_start(record: RecordFacts) -> list[MedicationFacts]:
    """The periods with a good start, in order; those that start on one day as they were given."""
    return sorted(sound(record.medication, "start_date"), key=lambda period: period.start_date)


@check("MED-001", Record.MEDICATION, "stop_date", "start_date")
def stop_after_start(period: MedicationFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Stop is not before start

    A medicine may be stopped on the day of its start, not earlier.

    Bad: start on 2020-03-01, stop on 2020-02-29.

    Good: start on 2020-03-01, stop on 2021-02-28.
    """
    stop, start = period.stop_date, period.start_date
    if stop is not None and start is not None and stop < start:
        yield at(period, "stop_date", N_("the stop date is before the start date"))


@check("MED-002", Record.MEDICATION, "start_date", "patient.birth_date")
def start_after_birth(period: MedicationFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Start is not before birth

    An earlier date is a typing error in one of the two dates.

    Bad: born on 1980-02-29, start on 1980-02-28.

    Good: born on 1980-02-29, start on 2020-11-26.
    """
    start, birth = period.start_date, record.patient.birth_date
    if start is not None and birth is not None and start < birth:
        yield at(period, "start_date", N_("the start date is before the date of birth"))


@check_whole("MED-003", Record.MEDICATION, "start_date", "stop_date")
def periods_do_not_overlap(record: RecordFacts, today: date) -> Iterator[Fault]:
    """Periods do not overlap

    A patient uses one medicine of the registry at a time. The next may start on the day on which the
    earlier one is stopped.

    Bad: natalizumab from 2021-11-01 to 2024-01-20, ocrelizumab from 2024-01-19.

    Good: natalizumab from 2021-11-01 to 2024-01-20, ocrelizumab from 2024-01-20.
    """
    latest: date | None = None
    for period in _by_start(record):
        start = period.start_date
        if latest is not None and start is not None and latest > start:
            yield at(
                period,
                "start_date",
                N_("this medicine starts before an earlier one is stopped"),
                hint=N_("correct this start date, or the stop date of the earlier medicine"),
            )
        # A stop date that was refused says nothing about the periods after it.
        if period.stop_date is not None and "stop_date" not in period.faulty:
            latest = period.stop_date if latest is None else max(latest, period.stop_date)


@check_whole("MED-004", Record.MEDICATION, "start_date", "stop_date")
def earlier_period_is_closed(record: RecordFacts, today: date) -> Iterator[Fault]:
    """Earlier medicine has a stop date

    A next medicine can be added once the one before is stopped. Told at the medicine that follows the
    open one.

    Bad: natalizumab from 2021-11-01 without a stop date, ocrelizumab from 2024-02-01.

    Good: natalizumab from 2021-11-01 to 2024-01-20, ocrelizumab from 2024-02-01 without a stop date.
    """
    is_open = False
    for period in _by_start(record):
        if is_open:
            yield at(
                period,
                "start_date",
                N_("the medicine before this one has no stop date"),
                hint=N_("fill in the stop date of the earlier medicine first"),
            )
        is_open = period.stop_date is None and "stop_date" not in period.faulty


@check("MED-005", Record.MEDICATION, "start_date", "patient.deceased_on")
def start_before_death(period: MedicationFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Start is not after death

    The start date or the date of death is wrong.

    Bad: died on 2024-02-29, start on 2024-03-01.

    Good: died on 2024-02-29, start on 2023-06-01.
    """
    start, death = period.start_date, record.patient.deceased_on
    if start is not None and death is not None and start > death:
        yield at(period, "start_date", N_("the start date is after the date of death"))


@check("MED-006", Record.MEDICATION, "stop_date", "patient.deceased_on")
def stop_before_death(period: MedicationFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Stop is not after death

    The last day of a medicine is the day of death at the latest.

    Bad: died on 2024-02-29, stop on 2024-03-01.

    Good: died on 2024-02-29, stop on 2024-02-29.
    """
    stop, death = period.stop_date, record.patient.deceased_on
    if stop is not None and death is not None and stop > death:
        yield at(
            period,
            "stop_date",
            N_("the stop date is after the date of death"),
            hint=N_("a medicine that was used until the end stops on the day of death"),
        )


@check("MED-007", Record.MEDICATION, "interval_days", "regular_interval_days", severity=Severity.WARNING)
def deviating_interval_deviates(period: MedicationFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Deviating interval differs from the regular one

    An interval within a quarter of the regular one is an ordinary delay, not another schedule.

    Bad: natalizumab, every 28 days as a rule, with a deviating interval of 30 days.

    Good: natalizumab with a deviating interval of 42 days.
    """
    given, regular = period.interval_days, period.regular_interval_days
    if given is not None and regular is not None and abs(given - regular) * 4 <= regular:
        yield at(
            period,
            "interval_days",
            N_("this is about the regular interval; is it really deviating?"),
            hint=N_("answer the question about a deviating interval with no, or correct the number of days"),
        )


@check("MED-008", Record.MEDICATION, "cyp2c9", severity=Severity.WARNING)
def genotype_allows_siponimod(period: MedicationFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """CYP2C9 genotype allows siponimod

    Patients with CYP2C9 *3*3 break siponimod down too slowly and should not use it (contra-indicated in
    the product information). The question is asked for siponimod only.

    Bad: *3*3

    Good: *1*3, with half the dose.
    """
    if period.cyp2c9 is not None and _genotype(period.cyp2c9) == "*3*3":
        yield at(
            period,
            "cyp2c9",
            N_("siponimod is contra-indicated with this CYP2C9 genotype"),
            hint=N_("see whether the genotype was typed rightly; if so, tell the prescriber"),
        )


def _genotype(text: str) -> str:
    """A genotype as *3*3, however it was written: CYP2C9 *3/*3, *3 *3, 3/3."""
    text = text.upper().removeprefix("CYP2C9").replace("/", " ").replace("*", " ")
    return "".join("*" + allele for allele in text.split())


@check("MED-009", Record.MEDICATION, "start_date", "withdrawn_on")
def medicine_is_on_the_market(period: MedicationFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Medicine was still on the market at the start

    Some medicines of the catalogue are there for history only. They cannot be started after the day on
    which they were withdrawn.

    Bad: daclizumab, withdrawn in 2018, from 2020-01-01.

    Good: daclizumab from 2017-01-01 to 2018-02-28.
    """
    start, withdrawn = period.start_date, period.withdrawn_on
    if start is not None and withdrawn is not None and start > withdrawn:
        yield at(
            period,
            "start_date",
            N_("this medicine was withdrawn from the market before this date"),
            hint=N_("correct the start date, or choose the medicine that was given"),
        )
