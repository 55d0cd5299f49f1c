"""Doubts that a person calls right: the log keeps which, and why."""

from __future__ import annotations

from collections.abc import Sequence

from msreg.rules.case_checks import CaseFinding
from msreg.rules.findings import Finding
from msreg.services.dossiers import Entry
from msreg.services.writing import Work
from msreg.vocabulary import Action

CONFIRMATION = "confirmation"
"""What such an item of an event is called in the log."""


def confirm(work: Work, entry: Entry, patient_id: str | None, doubts: Sequence[Finding], reason: str) -> None:
    """Note in the open work that doubtful answers of a record are right, with the reason.

    An item and not the event itself holds the reason: it is a patient's, and goes when the patient is erased.
    """
    assert entry.id is not None
    keep_reason(work, entry.id, patient_id, doubts, reason)


def keep_reason(
    work: Work, record_id: str, patient_id: str | None, doubts: Sequence[Finding | CaseFinding], reason: str
) -> None:
    """The same for a record by its id, or a case that is no patient's."""
    for each in doubts:
        work.touched(
            Action.CREATE,
            CONFIRMATION,
            record_id,
            patient_id=patient_id,
            after={"code": each.code, "field": each.field, "reason": reason},
        )
