"""The addresses that our Questionnaires use: FHIR's own extensions, and ours."""

from __future__ import annotations

_STANDARD = "http://hl7.org/fhir/StructureDefinition/"
TRANSLATION = _STANDARD + "translation"
MIN_VALUE = _STANDARD + "minValue"
MAX_VALUE = _STANDARD + "maxValue"
UNIT = _STANDARD + "questionnaire-unit"

CODES = "urn:msreg:CodeSystem/"
UNITS = CODES + "units"
_OWN = "urn:msreg:StructureDefinition/"


def own(name: str) -> str:
    """The address of an extension of our own."""
    return _OWN + name
