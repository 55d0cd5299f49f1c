"""The made-up patient whose answers stand in a template as an example; imports pass the rows over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from msreg.vocabulary import Record

_MEDICINE, _STARTED = "L04AG08", date(2024, 2, 1)

ANSWERS: Mapping[Record, Mapping[str, Any]] = {
    Record.PATIENT: {
        "consent": True,
        "consent_date": date(2024, 1, 15),
        "bsn": "999990019",
        "family_name": "Vries",
        "name_prefix": "de",
        "initials": "A.",
        "birth_date": date(1985, 6, 30),
        "sex": "female",
        "postal_code": "1012 AB",
        "email": "a.de.vries@example.org",
        "language": "nl",
        "deceased": False,
        "treatment_ended": False,
        "first_symptom": "2023-05",
        "first_symptom_sites": ("optic", "spinal_cord"),
        "diagnosis_date": date(2023, 11, 8),
        "diagnosis_phenotype": "rrms",
        "criteria": "mcdonald_2017",
        "csf_bands": "yes",
    },
    Record.COURSE: {
        "course_date": date(2025, 3, 18),
        "edss_method": "assessed",
        "edss": Decimal("3.5"),
        "mri_done": True,
        "mri_date": date(2025, 3, 11),
        "mri_region": "brain",
        "mri_gadolinium": True,
        "mri_new_t2": "1",
        "mri_gd_lesions": 0,
    },
    Record.DISEASE: {
        "kind": "relapse",
        "date": date(2024, 9, 2),
        "symptoms": ("visual", "sensory"),
        "severity": "moderate",
        "methylprednisolone": True,
        "mp_route": "iv",
        "mp_dose_mg": 1000,
        "mp_days": 3,
        "recovery": "partial",
    },
    Record.MEDICATION: {
        "medicine": _MEDICINE,
        "start_date": _STARTED,
        "deviating_interval": False,
        "igg": Decimal("8.5"),
    },
    Record.ADVERSE_EVENT: {
        "medicine": _MEDICINE,
        "medication_start": _STARTED,
        "description": {"nl": "hoofdpijn na het infuus", "en": "headache after the infusion"},
        "report_to_lareb": True,
        "start_date": date(2024, 2, 1),
        "end_date": date(2024, 2, 2),
        "event_course": {"nl": "Verdween na een dag vanzelf.", "en": "Went away by itself after a day."},
        "outcome": "recovered",
        "severity": "mild",
        "action_taken": "unchanged",
    },
    Record.PROM: {
        "answered_on": date(2025, 5, 20),
        "mobility": "2",
        "self_care": "1",
        "usual_activities": "2",
        "pain_discomfort": "2",
        "anxiety_depression": "1",
        "health_score": 74,
        "mode": "paper",
    },
}
"""Answers by question, as the registry keeps them; texts in both languages."""
