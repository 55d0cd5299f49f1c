"""A course in FHIR: the visit as an Encounter, EDSS and functional systems, and what the MRI showed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msreg.formats.fhir_codes import (
    EDSS,
    HL7,
    SNOMED,
    Json,
    absent,
    category,
    choice,
    concept,
    quantity,
    question,
)
from msreg.formats.fhir_links import At

SYSTEMS = (
    "pyramidal",
    "cerebellar",
    "brainstem",
    "sensory",
    "bowel_bladder",
    "visual",
    "cerebral",
    "ambulation",
)
"""The functional systems of Neurostatus, as the form has them."""

_AMBULATORY = {"system": f"{HL7}v3-ActCode", "code": "AMB"}
_FUNCTION = [{"coding": [{"system": SNOMED, "code": code} for code in ("118228005", "384821006")]}]
_RADIOLOGY = [concept(f"{HL7}v2-0074", "RAD")]
_MRI = concept(SNOMED, "113091000", "MRI")


def of_course(row: Mapping[str, Any], at: At) -> Iterator[Json]:
    """The resources of a row of the sheet courses."""
    day = row.get("course_date")
    yield at.resource(
        "Encounter", at.id("Encounter"), "nl-core-Encounter",
        status="finished",
        **{"class": _AMBULATORY},
        subject=at.subject,
        period={"start": day, "end": day} if day else None,
        serviceProvider=at.written_by,
    )  # fmt: skip
    yield from _edss(row, at)
    if row.get("mri_done"):
        yield from _mri(row, at)


def _edss(row: Mapping[str, Any], at: At) -> Iterator[Json]:
    score, method = row.get("edss"), row.get("edss_method")
    parts = [
        {"code": question("course", f"fs_{each}", at.language), "valueInteger": row[f"fs_{each}"]}
        for each in SYSTEMS
        if f"fs_{each}" in row
    ]
    if score is None and method is None and not parts:
        return
    why = None if score is not None else absent("not-performed" if method == "not_done" else "unknown")
    yield at.observation(
        "edss", concept(SNOMED, EDSS, "EDSS"), row.get("course_date"), "nl-core-FunctionalOrMentalStatus",
        category=_FUNCTION,
        encounter=at.to("Encounter", "Encounter"),
        performer=[at.written_by] if at.written_by else None,
        valueQuantity=None if score is None else quantity(score),
        dataAbsentReason=why,
        method=choice("course", "edss_method", method, at.language) if method else None,
        component=parts or None,
    )  # fmt: skip


def _mri(row: Mapping[str, Any], at: At) -> Iterator[Json]:
    findings = list(_lesions(row, at))
    yield from findings
    yield at.resource(
        "DiagnosticReport", at.id("mri"), "nl-core-TextResult",
        status="final",
        category=_RADIOLOGY,
        code=_MRI,
        subject=at.subject,
        encounter=at.to("Encounter", "Encounter"),
        effectiveDateTime=row.get("mri_date"),
        result=[at.links.to("Observation", each["id"]) for each in findings] or None,
    )  # fmt: skip


def _lesions(row: Mapping[str, Any], at: At) -> Iterator[Json]:
    """New T2 lesions and enhancing ones: a number, at least a number, or why there is none."""
    found = {key: row[key] for key in ("mri_new_t2", "mri_gd_lesions") if key in row}
    if row.get("mri_gadolinium") is False:
        found["mri_gd_lesions"] = "not_done"
    region = row.get("mri_region")
    for key, value in found.items():
        yield at.observation(
            key, question("course", key, at.language), row.get("mri_date"),
            category=category("imaging"),
            encounter=at.to("Encounter", "Encounter"),
            bodySite=choice("course", "mri_region", region, at.language) if region else None,
            **_count(value),
        )  # fmt: skip


def _count(value: str | int) -> Json:
    if value == "unknown":
        return {"dataAbsentReason": absent("unknown")}
    if value == "not_done":
        return {"dataAbsentReason": absent("not-performed")}
    if value == "3_or_more":
        return {"valueQuantity": quantity(3, "{lesions}", at_least=True)}
    return {"valueQuantity": quantity(int(value), "{lesions}")}
