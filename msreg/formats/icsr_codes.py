"""Code lists and identifiers of ICH E2B(R3), as far as a report of the registry has them."""

from __future__ import annotations

from collections.abc import Mapping

HL7 = "urn:hl7-org:v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

ICH = "2.16.840.1.113883.3.989.2.1"
REPORT_ID = f"{ICH}.3.1"
WORLDWIDE_ID = f"{ICH}.3.2"
MESSAGE_SENDER = f"{ICH}.3.11"
MESSAGE_RECEIVER = f"{ICH}.3.12"
BATCH_SENDER = f"{ICH}.3.13"
BATCH_RECEIVER = f"{ICH}.3.14"
ACK_SENDER = f"{ICH}.3.17"
ACK_RECEIVER = f"{ICH}.3.18"
BATCH_ID = f"{ICH}.3.22"
MESSAGE_TYPE = f"{ICH}.1.1"
REPORT_TYPE = f"{ICH}.1.2"
FIRST_SENDER = f"{ICH}.1.3"
QUALIFICATION = f"{ICH}.1.6"
SENDER_TYPE = f"{ICH}.1.7"
STUDY_TYPE = f"{ICH}.1.8"
OUTCOME = f"{ICH}.1.11"
DRUG_ROLE = f"{ICH}.1.13"
ACTION = f"{ICH}.1.15"
OBSERVATION = f"{ICH}.1.19"
CATEGORY = f"{ICH}.1.20"
SOURCE = f"{ICH}.1.21"
RELATED = f"{ICH}.1.22"
CHARACTERISTIC = f"{ICH}.1.23"
INTERACTION = "2.16.840.1.113883.1.6"
TRIGGER = "2.16.840.1.113883.1.18"
ACT = "2.16.840.1.113883.5.4"
MEDDRA = "2.16.840.1.113883.6.163"
SEX = "1.0.5218"
COUNTRY = "1.0.3166.1.2.2"

SEXES: Mapping[str, str] = {"male": "1", "female": "2"}
"""D.5; another answer has no code there, and is told as unknown."""

OUTCOMES: Mapping[str, str] = {
    "recovered": "1",
    "recovering": "2",
    "not_recovered": "3",
    "sequelae": "4",
    "fatal": "5",
    "unknown": "0",
}
"""E.i.7. In E2B(R2) unknown was 6."""

ACTIONS: Mapping[str, str] = {
    "withdrawn": "1",
    "reduced": "2",
    "increased": "3",
    "unchanged": "4",
    "unknown": "0",
    "not_applicable": "9",
}
"""G.k.8. In E2B(R2) unknown was 5 and not applicable 6."""

CRITERIA: Mapping[str, tuple[str, str]] = {
    "death": ("34", "resultsInDeath"),
    "life_threatening": ("21", "isLifeThreatening"),
    "hospitalisation": ("33", "requiresInpatientHospitalization"),
    "disability": ("35", "resultsInPersistentOrSignificantDisability"),
    "congenital": ("12", "congenitalAnomalyBirthDefect"),
    "other_important": ("26", "otherMedicallyImportantCondition"),
}
"""E.i.3.2a-f: the observation that asks for each, in the order of the guide."""
