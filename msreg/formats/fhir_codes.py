"""Words of FHIR: systems, profiles and codes of others that answers are told in, and the shapes that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from msreg.forms.fhir import system_of
from msreg.forms.fhir_words import CODES
from msreg.forms.load import load

Json = dict[str, Any]
"""A resource, or a part of one, ready for JSON. Parts that were made once are shared: never change one."""

SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
ATC = "http://www.whocc.no/atc"
MEDDRA = "https://www.meddra.org"
BSN = "http://fhir.nl/fhir/NamingSystem/bsn"
HL7 = "http://terminology.hl7.org/CodeSystem/"
STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
NL_CORE = "http://nictiz.nl/fhir/StructureDefinition/"
NAMING = "urn:msreg:NamingSystem/"

PHENOTYPES: Mapping[str, str] = {
    "ris": "16415361000119105",
    "cis": "445967004",
    "rrms": "426373005",
    "spms": "425500002",
    "ppms": "428700003",
}
"""SNOMED CT for each phenotype."""

EDSS, EQ_INDEX, EQ_VAS = "273554001", "736534008", "736535009"
CORTICOSTEROID = "H02AB04"
"""ATC of methylprednisolone."""

OUTCOMES: Mapping[str, str] = {
    "recovered": "resolved",
    "recovering": "recovering",
    "not_recovered": "ongoing",
    "sequelae": "resolvedWithSequelae",
    "fatal": "fatal",
    "unknown": "unknown",
}
"""How an adverse event ended, as FHIR says it."""

SEVERITIES: Mapping[str, str] = {"mild": "255604002", "moderate": "6736007", "severe": "24484000"}
"""SNOMED CT for how severe something is."""


@cache
def concept(system: str, code: str, display: str | None = None) -> Json:
    """A code of some system, as a CodeableConcept."""
    coding = {"system": system, "code": code}
    if display is None:
        return {"coding": [coding]}
    return {"coding": [coding | {"display": display}], "text": display}


@cache
def question(form: str, key: str, language: str) -> Json:
    """A question of ours as a code: what an Observation is of when nobody else has a code for it."""
    return concept(f"{CODES}{form}", key, load(form)[key].label[language])


@cache
def choice(form: str, key: str, code: str, language: str) -> Json:
    """An answer of ours as a CodeableConcept."""
    return {"coding": [coding(form, key, code, language)]}


@cache
def coding(form: str, key: str, code: str, language: str) -> Json:
    """An answer of ours as a Coding."""
    whole = load(form)
    found = whole[key].choice(code)
    shown = {"display": found.label[language]} if found else {}
    return {"system": system_of(whole[key], whole), "code": code, **shown}


@cache
def phenotype(code: str, language: str) -> Json:
    """A phenotype of MS: by SNOMED CT, and in our own code."""
    own = coding("diagnosis", "diagnosis_phenotype", code, language)
    display = {"text": own["display"]} if "display" in own else {}
    standard = [{"system": SNOMED, "code": PHENOTYPES[code]}] if code in PHENOTYPES else []
    return {"coding": [*standard, own], **display}


def quantity(value: int | Decimal, unit: str | None = None, *, at_least: bool = False) -> Json:
    """A number with its unit in UCUM; without one it is a score."""
    code = unit or "{score}"
    found: Json = {"value": value, "unit": unit or "score", "system": UCUM, "code": code}
    return {"value": value, "comparator": ">=", **found} if at_least else found


@cache
def absent(why: str) -> Json:
    """Why an Observation has no value: `unknown` or `not-performed`."""
    return concept(f"{HL7}data-absent-reason", why)


@cache
def category(*codes: str) -> list[Json]:
    """What kind of Observation it is, in HL7's words."""
    return [concept(f"{HL7}observation-category", code) for code in codes]
