"""A synopsis for programs: the keys of the codebook, ISO dates, codes; nothing is left out for want of room."""

from __future__ import annotations

from typing import Any

from msreg.services.synopsis import Period, Synopsis, Visit

_PERSON = (
    "patient_number",
    "family_name",
    "name_prefix",
    "initials",
    "birth_date",
    "sex",
    "bsn",
    "consent_date",
)
_STATE = (
    "deceased",
    "deceased_on",
    "death_cause",
    "treatment_ended",
    "treatment_ended_on",
    "treatment_ended_reason",
)
_DIAGNOSIS = ("diagnosis_date", "diagnosis_phenotype", "criteria", "csf_bands")


def synopsis_data(synopsis: Synopsis) -> dict[str, Any]:
    """`msreg synopsis --json`; lists newest first, `phenotypes` oldest first."""
    patient = synopsis.patient
    last = synopsis.last_edss
    return {
        "registry_number": synopsis.number,
        "centre": synopsis.centre,
        **{key: patient.get(key) for key in _PERSON},
        "age": synopsis.age,
        **{key: patient.get(key) for key in _STATE},
        "withdrawn_on": synopsis.withdrawn_on,
        "shared_with": [{"centre": each.centre, "since": each.since} for each in synopsis.shared],
        **{key: patient.get(key) for key in _DIAGNOSIS},
        "phenotypes": [{"phenotype": each.phenotype, "since": each.since} for each in synopsis.phenotypes],
        "last_phenotype": synopsis.phenotype,
        "last_edss": None if last is None else {"course_date": last.on, "edss": last.edss},
        "relapses": [
            {"date": each.on, "methylprednisolone": each.treated, "severity": each.severity}
            for each in synopsis.relapses
        ],
        "courses": [_visit(each) for each in synopsis.visits],
        "medications": [_period(each) for each in synopsis.periods],
        "adverse_events": [
            {
                "description": each.description,
                "medicine": each.medicine,
                "start_date": each.start,
                "outcome": each.outcome,
                "serious": each.serious,
                "open_questions": each.lacking,
            }
            for each in synopsis.effects
        ],
        "proms": [
            {
                "answered_on": each.on,
                "profile": each.profile,
                "index_value": each.index_value,
                "value_set": each.value_set,
                "health_score": each.score,
            }
            for each in synopsis.proms
        ],
        "complete": synopsis.complete,
        "open_questions": synopsis.open_questions,
        "course_due": synopsis.course_due,
    }


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "course_date": visit.on,
        "edss_method": visit.edss_method,
        "edss": visit.edss,
        "mri_done": visit.mri_done,
        "mri_new_t2": visit.mri_new_t2,
        "mri_gd_lesions": visit.mri_gd_lesions,
        "open_questions": visit.lacking,
        "written_by": visit.centre,
    }


def _period(period: Period) -> dict[str, Any]:
    return {
        "medicine": period.medicine,
        "start_date": period.start,
        "stop_date": period.stop,
        "stop_reasons": list(period.reasons),
        "open_questions": period.lacking,
    }
