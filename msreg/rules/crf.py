"""Checks across the answers of the CRF of maternal death. What each question takes, the form says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msreg.rules.case_checks import Told, case_check
from msreg.rules.case_windows import last_day
from msreg.vocabulary import N_, CaseForm, Severity

_BEFORE_VIABLE = 24
_BIRTH_FROM = 16
"""Completed weeks: Dutch practice counts a delivery from 16, and from 24 on no loss is a miscarriage."""

_UNDELIVERED = ("ongoing", "miscarriage", "ectopic")


@case_check("CRF-001", CaseForm.CRF, "death_date", "delivery_date")
def death_within_a_year(answers: Mapping[str, Any]) -> Iterator[Told]:
    """Death is within a calendar year after the delivery

    A later death is no maternal death for this registry. The same date of the next year still counts; after a
    delivery on 29 February, 28 February does.

    Bad: delivery on 2025-03-01, death on 2026-03-02.

    Good: delivery on 2025-03-01, death on 2026-03-01.
    """
    if answers["death_date"] > last_day(answers["delivery_date"], years=1):
        yield Told("death_date", N_("the death is more than one calendar year after the delivery"))


@case_check("CRF-002", CaseForm.CRF, "death_date", "delivery_date", severity=Severity.WARNING)
def delivery_not_after_death(answers: Mapping[str, Any]) -> Iterator[Told]:
    """Delivery is not after death

    Nearly always one of the two dates is wrong. It is a warning, for a child can be born after the brain death of
    its mother.

    Bad: death on 2026-03-01, delivery on 2026-03-02.

    Good: death on 2026-03-01, delivery on 2026-03-01.
    """
    if answers["delivery_date"] > answers["death_date"]:
        yield Told("delivery_date", N_("the delivery is after the death"), N_("look at both dates"))


@case_check("CRF-003", CaseForm.CRF, "gravidity", "parity")
def parity_within_gravidity(answers: Mapping[str, Any]) -> Iterator[Told]:
    """Parity is not more than gravidity

    Each delivery belongs to one pregnancy; twins are one delivery.

    Bad: gravidity 2, parity 3.

    Good: gravidity 3, parity 3.
    """
    if answers["parity"] > answers["gravidity"]:
        yield Told("parity", N_("there are more deliveries than pregnancies"))


@case_check("CRF-004", CaseForm.CRF, "gravidity", "parity", "pregnancy_end")
def pregnancy_without_delivery(answers: Mapping[str, Any]) -> Iterator[Told]:
    """A pregnancy without delivery counts for gravidity alone

    When the woman was still pregnant, or had a miscarriage or an ectopic pregnancy, this pregnancy is one more than
    her deliveries.

    Bad: first pregnancy, not ended, parity 1.

    Good: first pregnancy, not ended, parity 0.
    """
    if answers["pregnancy_end"] in _UNDELIVERED and answers["parity"] == answers["gravidity"]:
        yield Told(
            "parity",
            N_("this pregnancy had no delivery, so there is at least one pregnancy more than deliveries"),
        )


@case_check("CRF-005", CaseForm.CRF, "pregnancy_end", "gestation_weeks", severity=Severity.WARNING)
def end_goes_with_gestation(answers: Mapping[str, Any]) -> Iterator[Told]:
    """End of the pregnancy goes with the gestation

    A birth is from 16 completed weeks on, a miscarriage before 24.

    Bad: miscarriage at 24 weeks.

    Good: birth at 24 weeks.
    """
    end, weeks = answers["pregnancy_end"], answers["gestation_weeks"]
    if end == "birth" and weeks < _BIRTH_FROM:
        yield Told("gestation_weeks", N_("a birth is from {weeks} weeks on"), params={"weeks": _BIRTH_FROM})
    if end == "miscarriage" and weeks >= _BEFORE_VIABLE:
        yield Told(
            "gestation_weeks", N_("a miscarriage is before {weeks} weeks"), params={"weeks": _BEFORE_VIABLE}
        )


@case_check("CRF-006", CaseForm.CRF, "pregnancy_end", "child_outcome")
def outcome_goes_with_end(answers: Mapping[str, Any]) -> Iterator[Told]:
    """Outcome of the child goes with the end of the pregnancy

    A birth has an outcome. A woman who was still pregnant, or had a miscarriage or an ectopic pregnancy, has no child
    of which there is one.

    Bad: birth, outcome not applicable.

    Good: birth, outcome stillborn.
    """
    applies = answers["child_outcome"] != "not_applicable"
    if answers["pregnancy_end"] == "birth" and not applies:
        yield Told("child_outcome", N_("there was a birth, so there is an outcome of the child"))
    if answers["pregnancy_end"] in _UNDELIVERED and applies:
        yield Told("child_outcome", N_("there was no birth, so the outcome of the child is not applicable"))


@case_check("CRF-007", CaseForm.CRF, "death_date", "case.event_date")
def death_is_the_event(answers: Mapping[str, Any]) -> Iterator[Told]:
    """Date of death is that of the case

    The case and its CRF tell of one death.

    Bad: death on 2026-03-01, in the case 2026-01-03.

    Good: death on 2026-03-01, in the case 2026-03-01.
    """
    if answers["death_date"] != answers["case.event_date"]:
        yield Told(
            "death_date", N_("the case has another date of death"), N_("correct the one that is wrong")
        )


@case_check("CRF-008", CaseForm.CRF, "pregnancy_end", "case.pregnancy_ended")
def ended_in_both(answers: Mapping[str, Any]) -> Iterator[Told]:
    """Pregnancy had ended in the case and in the CRF

    Both tell whether the woman was still pregnant when she died.

    Bad: still pregnant in the CRF, ended in the case.

    Good: birth in the CRF, ended in the case.
    """
    if (answers["pregnancy_end"] != "ongoing") is not answers["case.pregnancy_ended"]:
        yield Told(
            "pregnancy_end",
            N_("the case tells otherwise whether the pregnancy had ended"),
            N_("correct the one that is wrong"),
        )


@case_check("CRF-009", CaseForm.CRF, "delivery_date", "case.delivery_date")
def delivery_is_the_end(answers: Mapping[str, Any]) -> Iterator[Told]:
    """Date of delivery is the end of the pregnancy in the case

    A delivery ends the pregnancy on that day.

    Bad: delivery on 2026-02-01, end of the pregnancy in the case 2026-01-02.

    Good: delivery on 2026-02-01, end of the pregnancy in the case 2026-02-01.
    """
    if answers["delivery_date"] != answers["case.delivery_date"]:
        yield Told(
            "delivery_date",
            N_("the case has another date for the end of the pregnancy"),
            N_("correct the one that is wrong"),
        )
