"""Consent that was withdrawn: no new data of the patient, whatever the way in (SPEC P10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msreg.errors import NotAllowed, written
from msreg.vocabulary import N_


def require_consent(row: Mapping[str, Any]) -> None:
    """Let work go on that would write new data of the patient of this row of the patient table.

    Raises `NotAllowed` when consent was withdrawn. Every service that writes to a patient asks this inside
    `writing(...)`, where the attempt is logged; batch files have a check of their own, PAT-012.
    """
    if row["withdrawn_on"] is not None:
        refused = NotAllowed(
            N_("This patient withdrew consent on {day}; nothing new may be recorded."),
            hint=N_("When a new form was signed: msreg patients consent {number} DATE"),
            rule="PAT-012",
            field="patient",
            day=written(row["withdrawn_on"]),
            number=f"MS-{row['number']:07d}",
        )
        refused.patient_id = row["id"]
        raise refused
