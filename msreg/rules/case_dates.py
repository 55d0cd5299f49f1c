"""Checks of the dates of a case. Whether they fall within a theme, `rules/case_windows.py` tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from msreg.rules.case_checks import Told, case_check
from msreg.vocabulary import N_, CaseForm, Severity

LONGEST = 45
"""Weeks from conception that no pregnancy lasts: the forms take a gestation of at most 44 weeks."""


@case_check("CAS-001", CaseForm.CASE, "pregnancy_start", "delivery_date")
def ends_after_start(answers: Mapping[str, Any]) -> Iterator[Told]:
    """Pregnancy does not end before it starts

    One of the two dates is a typing error.

    Bad: start on 2025-03-01, end on 2025-02-28.

    Good: start on 2025-03-01, end on 2025-11-20.
    """
    if answers["delivery_date"] < answers["pregnancy_start"]:
        yield Told("delivery_date", N_("the pregnancy ends before its start"))


@case_check("CAS-002", CaseForm.CASE, "pregnancy_start", "delivery_date", severity=Severity.WARNING)
def no_longer_than_a_pregnancy(answers: Mapping[str, Any]) -> Iterator[Told]:
    """Pregnancy lasts no more than 45 weeks

    A longer one nearly always has the wrong year in one of its dates.

    Bad: start on 2024-03-01, end on 2025-11-20.

    Good: start on 2025-03-01, end on 2025-11-20.
    """
    if answers["delivery_date"] - answers["pregnancy_start"] > timedelta(weeks=LONGEST):
        yield Told(
            "delivery_date",
            N_("the pregnancy lasts more than {weeks} weeks"),
            N_("look at the years of both dates"),
            {"weeks": LONGEST},
        )
