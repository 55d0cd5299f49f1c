"""Medication, side effects and EQ-5D in FHIR: MedicationStatement, AdverseEvent, Observations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from msreg.formats.fhir_codes import (
    ATC,
    EQ_INDEX,
    EQ_VAS,
    HL7,
    MEDDRA,
    OUTCOMES,
    SNOMED,
    Json,
    category,
    choice,
    concept,
    quantity,
    question,
)
from msreg.formats.fhir_links import At
from msreg.forms.definition import Item, Type
from msreg.forms.load import load
from msreg.forms.medicines import medicine

_FORM = "medication"
_ELSEWHERE = frozenset(
    (
        "medicine",
        "start_date",
        "stop_date",
        "deviating_interval",
        "deviating_reason",
        "interval_days",
        "stop_reasons",
    )
)
"""Questions that MedicationStatement has a place for; the others become Observations."""


def of_medication(row: Mapping[str, Any], at: At) -> Iterator[Json]:
    """The resources of a row of the sheet medication."""
    start, stop = row.get("start_date"), row.get("stop_date")
    period = {key: day for key, day in (("start", start), ("end", stop)) if day}
    reasons = row.get("stop_reasons") or ()
    days, deviating = row.get("interval_days"), row.get("deviating_reason")
    dosage: Json = {}
    if deviating:
        dosage["additionalInstruction"] = [choice(_FORM, "deviating_reason", deviating, at.language)]
    if days is not None:
        dosage["timing"] = {"repeat": {"frequency": 1, "period": days, "periodUnit": "d"}}
    yield at.resource(
        "MedicationStatement", at.id("medication"),
        status="active" if stop is None else "completed" if reasons == ("planned_end",) else "stopped",
        statusReason=[choice(_FORM, "stop_reasons", each, at.language) for each in reasons] or None,
        medicationCodeableConcept=_medicine(row["medicine"], at.language),
        subject=at.subject,
        effectivePeriod=period or None,
        derivedFrom=[at.answers],
        dosage=[dosage] if dosage else None,
    )  # fmt: skip
    form = load(_FORM)
    for key in (each for each in form.keys if each in row and each not in _ELSEWHERE):
        yield at.observation(
            key, question(_FORM, key, at.language), None,
            partOf=[at.to("MedicationStatement", "medication")],
            **_value(form[key], row[key], at.language),
        )  # fmt: skip


def _medicine(code: str, language: str) -> Json:
    found = medicine(code)
    if found is None:
        return concept(ATC, code)
    return concept(ATC, found.atc, found.label(language))


def _value(item: Item, value: Any, language: str) -> Json:
    if item.type is Type.CHOICE:
        return {"valueCodeableConcept": choice(_FORM, item.key, value, language)}
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int | Decimal):
        return {"valueQuantity": quantity(value, item.unit)}
    return {"valueString": str(value)}


def of_adverse_event(row: Mapping[str, Any], at: At, medication: str) -> Iterator[Json]:
    """The resource of a row of the sheet adverse events, suspected of the medication with this id."""
    code, words = row.get("meddra_llt"), row.get("description")
    event: Json = {"text": words} if words else {}
    if code:
        version = {"version": row["meddra_version"]} if row.get("meddra_version") else {}
        event["coding"] = [{"system": MEDDRA, **version, "code": code}]
    severity, outcome = row.get("severity"), row.get("outcome", "")
    serious = concept(f"{HL7}adverse-event-seriousness", "Serious") if row.get("seriousness") else None
    yield at.resource(
        "AdverseEvent", at.id("AdverseEvent"),
        actuality="actual",
        event=event or None,
        subject=at.subject,
        date=row.get("start_date"),
        seriousness=serious,
        severity=concept(f"{HL7}adverse-event-severity", severity) if severity else None,
        outcome=concept(f"{HL7}adverse-event-outcome", OUTCOMES[outcome]) if outcome in OUTCOMES else None,
        suspectEntity=[{"instance": at.links.to("MedicationStatement", medication)}],
    )  # fmt: skip


def of_prom(row: Mapping[str, Any], at: At) -> Iterator[Json]:
    """The resources of a row of the sheet of EQ-5D-5L: index and health score."""
    day: date | None = row.get("answered_on")
    index, score, values = row.get("index_value"), row.get("health_score"), row.get("value_set")
    profile = {"code": {"text": "EQ-5D-5L"}, "valueString": row["profile"]} if row.get("profile") else None
    if index is not None:
        yield at.observation(
            "index", concept(SNOMED, EQ_INDEX, "EQ-5D-5L index"), day,
            category=category("survey"),
            valueQuantity=quantity(index),
            method={"text": values} if values else None,
            component=[profile] if profile else None,
        )  # fmt: skip
    if score is not None:
        yield at.observation(
            "vas", concept(SNOMED, EQ_VAS, "EQ VAS"), day,
            category=category("survey"),
            valueQuantity=quantity(score),
        )  # fmt: skip
