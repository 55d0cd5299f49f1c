"""Checks of the questionnaires that patients fill in. What each question takes, the form says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msreg.rules.checks import Fault, at, check, check_whole, sound
from msreg.rules.facts import PromFacts, RecordFacts
from msreg.vocabulary import N_, Record


@check("PRM-001", Record.PROM, "answered_on", "patient.birth_date")
def answered_after_birth(prom: PromFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Questionnaire is not before birth

    An earlier date is a typing error in one of the two dates.

    Bad: born on 1972-02-29, filled in on 1972-02-28.

    Good: born on 1972-02-29, filled in on 2023-10-18.
    """
    day, birth = prom.answered_on, record.patient.birth_date
    if day is not None and birth is not None and day < birth:
        yield at(prom, "answered_on", N_("the questionnaire is before the date of birth"))


@check_whole("PRM-002", Record.PROM, "answered_on")
def one_list_a_day(record: RecordFacts, today: date) -> Iterator[Fault]:
    """One questionnaire a day

    A patient fills in one list on a day; a second one is the same list typed over twice.

    Bad: two lists of 2024-02-29.

    Good: one list of 2024-02-29 and one of 2025-02-28.
    """
    days = set()
    for prom in sound(record.proms, "answered_on"):
        if prom.answered_on in days:
            yield at(
                prom,
                "answered_on",
                N_("there is a questionnaire of this day already"),
                hint=N_("correct the one that is there, or one of the two dates"),
            )
        days.add(prom.answered_on)


@check("PRM-003", Record.PROM, "answered_on", "patient.deceased_on")
def answered_before_death(prom: PromFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Questionnaire is not after death

    Patients fill it in themselves: the date of the list or the date of death is wrong.

    Bad: died on 2024-02-29, filled in on 2024-03-01.

    Good: died on 2024-02-29, filled in on 2024-02-29.
    """
    day, death = prom.answered_on, record.patient.deceased_on
    if day is not None and death is not None and day > death:
        yield at(prom, "answered_on", N_("the questionnaire is after the date of death"))
