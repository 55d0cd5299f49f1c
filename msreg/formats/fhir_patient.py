"""A patient in FHIR: Patient, Consent, and the diagnosis as a Condition with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msreg.formats.fhir_codes import (
    BSN,
    HL7,
    NAMING,
    STRUCTURE,
    Json,
    absent,
    category,
    choice,
    concept,
    phenotype,
    question,
)
from msreg.formats.fhir_links import At, patient_number
from msreg.forms.fhir_words import own

_INITIALS = {"extension": [{"url": f"{STRUCTURE}iso21090-EN-qualifier", "valueCode": "IN"}]}
_LANGUAGES: Mapping[str, Json] = {each: concept("urn:ietf:bcp:47", each) for each in ("nl", "en")}
_NOT_KNOWN: Mapping[str, str] = {"not_done": "not-performed", "unknown": "unknown"}


def of_patient(row: Mapping[str, Any], at: At) -> Iterator[Json]:
    """The resources of a row of the sheet patients."""
    yield _patient(row, at)
    if row.get("consent"):
        yield _consent(row, at)
    if row.keys() & {"diagnosis_date", "diagnosis_phenotype", "first_symptom", "criteria"}:
        yield _diagnosis(row, at)
    if bands := row.get("csf_bands"):
        found: Json = {"valueCodeableConcept": choice("diagnosis", "csf_bands", bands, at.language)}
        if bands in _NOT_KNOWN:
            found = {"dataAbsentReason": absent(_NOT_KNOWN[bands])}
        yield at.observation(
            "csf_bands", question("diagnosis", "csf_bands", at.language), None,
            category=category("laboratory"),
            **found,
        )  # fmt: skip


def _patient(row: Mapping[str, Any], at: At) -> Json:
    centre = row.get("centre")
    band = row.get("birth_band") if row.get("birth_year") is None else None
    born = row.get("birth_date") or row.get("birth_year")
    died = row.get("deceased_on")
    deceased = {"deceasedDateTime": died} if died else {"deceasedBoolean": row.get("deceased")}
    ended = row.get("treatment_ended")
    language = row.get("language", "")
    return at.resource(
        "Patient", at.links.id("Patient", at.patient), "nl-core-Patient",
        extension=[{"url": own("birth-band"), "valueString": band}] if band else None,
        identifier=list(_identifiers(row, at)),
        active=None if ended is None else not ended,
        name=[_name(row)] if row.get("family_name") else None,
        telecom=[{"system": "email", "value": row["email"]}] if row.get("email") else None,
        gender=row.get("sex"),
        birthDate=str(born) if born else None,
        **deceased,
        address=[{"postalCode": row["postal_code"], "country": "NL"}] if row.get("postal_code") else None,
        communication=[{"language": _LANGUAGES[language], "preferred": True}] if language in _LANGUAGES else None,
        managingOrganization=at.links.centre(centre) if centre else None,
    )  # fmt: skip


def _identifiers(row: Mapping[str, Any], at: At) -> Iterator[Json]:
    if "pseudonym" in row:
        yield {"system": f"{NAMING}pseudonym", "value": at.patient}
        return
    yield {"system": f"{NAMING}registry-number", "value": at.patient}
    if number := row.get("patient_number"):
        yield patient_number(row.get("centre"), number)
    if bsn := row.get("bsn"):
        yield {"system": BSN, "value": bsn}


def _name(row: Mapping[str, Any]) -> Json:
    """As nl-core writes a Dutch name: the prefix is part of the family name, and told apart beside it."""
    family, prefix, initials = row["family_name"], row.get("name_prefix"), row.get("initials")
    parts = [{"url": f"{STRUCTURE}humanname-own-name", "valueString": family}]
    if prefix:
        parts.insert(0, {"url": f"{STRUCTURE}humanname-own-prefix", "valueString": prefix})
    whole = f"{prefix} {family}" if prefix else family
    name: Json = {"use": "official", "family": whole, "_family": {"extension": parts}}
    return name | {"given": [initials], "_given": [_INITIALS]} if initials else name


def _consent(row: Mapping[str, Any], at: At) -> Json:
    centre = row.get("centre")
    return at.resource(
        "Consent", at.id("Consent"),
        status="inactive" if at.withdrawn else "active",
        scope=concept(f"{HL7}consentscope", "research"),
        category=[concept(f"{HL7}consentcategorycodes", "research")],
        patient=at.subject,
        dateTime=row.get("consent_date"),
        organization=[at.links.centre(centre)] if centre else None,
        policyRule=concept(f"{HL7}v3-ActCode", "OPTIN"),
        provision={"type": "permit"},
    )  # fmt: skip


def _diagnosis(row: Mapping[str, Any], at: At) -> Json:
    code, criteria = row.get("diagnosis_phenotype"), row.get("criteria")
    sites = row.get("first_symptom_sites") or ()
    return at.resource(
        "Condition", at.id("diagnosis"), "nl-core-Problem",
        clinicalStatus=concept(f"{HL7}condition-clinical", "active"),
        verificationStatus=concept(f"{HL7}condition-ver-status", "confirmed"),
        category=[concept(f"{HL7}condition-category", "problem-list-item")],
        code=phenotype(code, at.language) if code else _MS,
        bodySite=[choice("diagnosis", "first_symptom_sites", each, at.language) for each in sites] or None,
        subject=at.subject,
        onsetDateTime=row.get("first_symptom"),
        recordedDate=row.get("diagnosis_date"),
        evidence=[{"code": [choice("diagnosis", "criteria", criteria, at.language)]}] if criteria else None,
    )  # fmt: skip


_MS = concept("http://snomed.info/sct", "24700007")
