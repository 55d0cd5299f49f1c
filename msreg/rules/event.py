"""Checks of the side effects, as Lareb and ICH E2B(R3) need them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from msreg.rules.checks import Fault, at, check, check_whole, sound
from msreg.rules.facts import EventFacts, RecordFacts
from msreg.vocabulary import N_, Record, Severity


def _medication_start_is_refused(event: EventFacts, record: RecordFacts) -> bool:
    return any(
        period.ref == event.medication_ref and "start_date" in period.faulty for period in record.medication
    )


@check("EVT-001", Record.ADVERSE_EVENT, "start_date", "medication_start")
def event_after_medication(event: EventFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Side effect does not start before the medicine

    A side effect starts on the day on which the medicine is started, or later.

    Bad: medicine from 2020-03-01, side effect from 2020-02-29.

    Good: medicine from 2020-03-01, side effect from 2020-03-01.
    """
    day, start = event.start_date, event.medication_start
    if day is not None and start is not None and day < start:
        if not _medication_start_is_refused(event, record):
            yield at(event, "start_date", N_("the side effect starts before the medicine"))


@check("EVT-002", Record.ADVERSE_EVENT, "end_date", "start_date")
def event_ends_after_start(event: EventFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Side effect does not end before it starts

    It may end on the day of its start.

    Bad: start on 2024-03-01, end on 2024-02-29.

    Good: start on 2024-02-29, end on 2024-03-01.
    """
    end, start = event.end_date, event.start_date
    if end is not None and start is not None and end < start:
        yield at(event, "end_date", N_("the end of the side effect is before its start"))


@check("EVT-003", Record.ADVERSE_EVENT, "outcome", "seriousness")
def fatal_is_death(event: EventFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Fatal outcome has death among the criteria of seriousness

    Lareb refuses a report with a fatal outcome in which the criterion "death" is not ticked.

    Bad: outcome fatal, seriousness hospitalisation.

    Good: outcome fatal, seriousness death and hospitalisation.
    """
    if event.outcome == "fatal" and (event.seriousness is None or "death" not in event.seriousness):
        yield at(
            event,
            "seriousness",
            N_("the outcome is fatal, so death must be among the criteria of seriousness"),
        )


@check("EVT-004", Record.ADVERSE_EVENT, "meddra_llt", "meddra_version")
def meddra_code_and_version(event: EventFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """MedDRA code and version go together

    A code means nothing without the version of the list that it was taken from.

    Bad: code 12345678 without a version.

    Good: code 12345678 of version 27.1, or neither.
    """
    if (event.meddra_llt is None) != (event.meddra_version is None):
        yield at(
            event,
            "meddra_llt" if event.meddra_llt is None else "meddra_version",
            N_("the MedDRA code and its version are filled in together, or neither"),
        )


@check("EVT-005", Record.ADVERSE_EVENT, "meddra_llt")
def meddra_code_has_eight_digits(event: EventFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """MedDRA code has eight digits

    The code of a lowest level term (LLT) is eight digits. Whether the list has it, the licence of the
    centre must tell: the registry has no list.

    Bad: 1234567

    Good: 12345678
    """
    code = event.meddra_llt
    if code is not None and not (len(code) == 8 and code.isascii() and code.isdigit()):
        yield at(event, "meddra_llt", N_("not a MedDRA code: it has eight digits"))


@check("EVT-006", Record.ADVERSE_EVENT, "meddra_version")
def meddra_version_is_a_version(event: EventFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """MedDRA version is two numbers with a dot

    Versions of MedDRA are numbered 27.0, 27.1, 28.0 and so on.

    Bad: 27

    Good: 27.1
    """
    version = event.meddra_version
    if version is not None and not re.fullmatch(r"[0-9]{1,2}\.[0-9]", version):
        yield at(event, "meddra_version", N_("not a version of MedDRA: write it as 27.1"))


@check("EVT-007", Record.ADVERSE_EVENT, "outcome", "patient.deceased", severity=Severity.WARNING)
def fatal_outcome_is_told(event: EventFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Fatal outcome goes with a deceased patient

    When a side effect was fatal the patient is marked as deceased, with the date. It is a warning, for
    the two are filled in one after the other.

    Bad: outcome fatal, deceased no.

    Good: outcome fatal, deceased yes.
    """
    if event.outcome == "fatal" and record.patient.deceased is False:
        yield at(
            event,
            "outcome",
            N_("the outcome is fatal, but the patient is not marked as deceased"),
            hint=N_("mark the patient as deceased, with the date"),
        )


@check_whole("EVT-008", Record.ADVERSE_EVENT, "description")
def event_is_told_once(record: RecordFacts, today: date) -> Iterator[Fault]:
    """Side effect is entered once for a medicine

    The same words twice under one period of a medicine are one side effect entered twice, and would be
    reported twice. Capitals and spaces make no difference.

    Bad: "headache" and "Headache " under one period of natalizumab.

    Good: "headache" under natalizumab and "headache" under ocrelizumab.
    """
    told = set()
    for event in sound(record.events, "description"):
        key = (event.medication_ref, " ".join(event.description.casefold().split()))
        if key in told:
            yield at(
                event,
                "description",
                N_("this side effect is there already for the same medicine"),
                hint=N_("leave one of the two out, or tell them apart in the description"),
            )
        told.add(key)
