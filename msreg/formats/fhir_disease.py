"""The disease history in FHIR: phenotypes by date, relapses with their treatment, and the referral."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msreg.formats.fhir_codes import (
    ATC,
    CORTICOSTEROID,
    HL7,
    SEVERITIES,
    SNOMED,
    Json,
    category,
    choice,
    concept,
    phenotype,
    question,
)
from msreg.formats.fhir_links import At
from msreg.vocabulary import DiseaseKind

_FORM = "disease"
_STATUS: Mapping[str, str] = {"full": "resolved", "partial": "active", "none": "active"}
"""Whether complaints of a relapse are still there; where the recovery is not known FHIR is told nothing."""

_NAME: Mapping[str, str] = {"nl": "methylprednisolon", "en": "methylprednisolone"}


def of_disease(row: Mapping[str, Any], at: At) -> Iterator[Json]:
    """The resources of a row of the sheet disease."""
    kind = row.get("kind")
    if kind == DiseaseKind.PHENOTYPE and "phenotype" in row:
        yield at.observation(
            "phenotype", question(_FORM, "phenotype", at.language), row.get("date"),
            category=category("exam"),
            performer=[at.written_by] if at.written_by else None,
            valueCodeableConcept=phenotype(row["phenotype"], at.language),
        )  # fmt: skip
    elif kind == DiseaseKind.RELAPSE:
        yield _relapse(row, at)
        if row.get("methylprednisolone"):
            yield _treatment(row, at)
    elif kind == DiseaseKind.REFERRAL:
        yield _referral(row, at)


def _relapse(row: Mapping[str, Any], at: At) -> Json:
    severity, status = row.get("severity", ""), _STATUS.get(row.get("recovery", ""))
    recovery = row.get("recovery")
    symptoms = [choice(_FORM, "symptoms", each, at.language) for each in row.get("symptoms") or ()]
    return at.resource(
        "Condition", at.id("relapse"), "nl-core-Problem",
        clinicalStatus=concept(f"{HL7}condition-clinical", status) if status else None,
        verificationStatus=concept(f"{HL7}condition-ver-status", "confirmed"),
        category=[concept(f"{HL7}condition-category", "encounter-diagnosis")],
        severity=concept(SNOMED, SEVERITIES[severity]) if severity in SEVERITIES else None,
        code=choice(_FORM, "kind", DiseaseKind.RELAPSE.value, at.language),
        subject=at.subject,
        onsetDateTime=row.get("date"),
        stage=[{"summary": choice(_FORM, "recovery", recovery, at.language)}] if recovery else None,
        evidence=[{"code": symptoms}] if symptoms else None,
    )  # fmt: skip


def _treatment(row: Mapping[str, Any], at: At) -> Json:
    route, dose, days = row.get("mp_route"), row.get("mp_dose_mg"), row.get("mp_days")
    dosage: Json = {}
    if days is not None:
        unit = {"unit": "d", "system": "http://unitsofmeasure.org", "code": "d"}
        dosage["timing"] = {"repeat": {"boundsDuration": {"value": days, **unit}}}
    if route:
        dosage["route"] = choice(_FORM, "mp_route", route, at.language)
    if dose is not None:
        mg = {"unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
        dosage["doseAndRate"] = [{"doseQuantity": {"value": dose, **mg}}]
    return at.resource(
        "MedicationStatement", at.id("methylprednisolone"),
        status="completed",
        medicationCodeableConcept=concept(ATC, CORTICOSTEROID, _NAME[at.language]),
        subject=at.subject,
        effectivePeriod={"start": row["date"]} if "date" in row else None,
        reasonReference=[at.to("Condition", "relapse")],
        derivedFrom=[at.answers],
        dosage=[dosage] if dosage else None,
    )  # fmt: skip


def _referral(row: Mapping[str, Any], at: At) -> Json:
    by, source = row.get("referred_by"), row.get("referred_from")
    label = choice(_FORM, "referred_by", by, at.language)["coding"][0].get("display") if by else None
    words = ", ".join(each for each in (label, source) if each)
    return at.resource(
        "ServiceRequest", at.id("referral"),
        status="completed",
        intent="order",
        code=choice(_FORM, "kind", DiseaseKind.REFERRAL.value, at.language),
        subject=at.subject,
        occurrenceDateTime=row.get("date"),
        requester={"display": words} if words else None,
        performer=[at.written_by] if at.written_by else None,
        supportingInfo=[at.answers],
    )  # fmt: skip
