"""What stands around the patients in FHIR: where it came from, the questions, their codes, and the hospitals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msreg.formats.fhir_answers import questionnaire
from msreg.formats.fhir_codes import NAMING, NL_CORE, Json
from msreg.formats.fhir_links import WITHDRAWN, Links
from msreg.forms.columns import Sheet
from msreg.forms.definition import Text
from msreg.forms.fhir import system_of
from msreg.forms.fhir_words import CODES, own

EXPORT = own("export")
"""The extension of Provenance with one fact of an export: key and value."""

_STATE: Text = {"nl": "Status van het dossier", "en": "State of the record"}
_STATE_WITHDRAWN: Text = {"nl": "toestemming ingetrokken", "en": "consent withdrawn"}

Facts = Mapping[str, object]


def identifier(facts: Facts) -> Json:
    """What names an export: the registry, and the row of its log."""
    return {"system": f"{NAMING}export", "value": f"{facts.get('registry')}-{facts.get('log_row')}"}


def provenance(facts: Facts, links: Links) -> Json:
    """Who made it, when, by which program and forms, and which part of the registry it is."""
    return {
        "resourceType": "Provenance",
        "id": links.id("Provenance", facts.get("log_row")),
        "extension": [
            {"url": EXPORT, "extension": [_word("key", key), _word("value", value)]}
            for key, value in facts.items()
            if value is not None
        ],
        "target": [{"identifier": identifier(facts)}],
        "recorded": facts.get("exported_at"),
        "agent": [{"who": {"display": str(facts.get("exported_by") or "msreg")}}],
    }


def _word(url: str, value: object) -> Json:
    return {"url": url, "valueString": str(value)}


def questions(sheets: Sequence[Sheet], links: Links) -> Iterator[Json]:
    """The Questionnaires and code systems of these sheets: the codebook of the export."""
    for sheet in sheets:
        asked = questionnaire(sheet.record)
        yield {"resourceType": "Questionnaire", "id": links.id("Questionnaire", sheet.key), **asked}
    yield _codes(WITHDRAWN["system"], "state", _STATE, {WITHDRAWN["code"]: _STATE_WITHDRAWN}, links)
    seen: set[str] = set()
    for sheet in sheets:
        for form in sheet.forms:
            keys = {item.key: item.label for item in form.items}
            yield _codes(f"{CODES}{form.key}", form.key, form.label, keys, links)
            for item in form.items:
                system = system_of(item, form)
                if item.choices and system not in seen:
                    seen.add(system)
                    choices = {choice.code: choice.label for choice in item.choices}
                    yield _codes(system, f"{form.key}_{item.key}", item.label, choices, links)


def _codes(system: str, name: str, title: Text, codes: Mapping[str, Text], links: Links) -> Json:
    return {
        "resourceType": "CodeSystem",
        "id": links.id("CodeSystem", system),
        "language": "en",
        "url": system,
        "name": name,
        "title": title["en"],
        "status": "active",
        "caseSensitive": True,
        "content": "complete",
        "concept": [
            {
                "code": code,
                "display": label["en"],
                "designation": [{"language": "nl", "value": label["nl"]}],
            }
            for code, label in codes.items()
        ],
    }


def centres(links: Links, names: Mapping[str, str], *, pseudonyms: bool) -> Iterator[Json]:
    """The hospitals that were referred to, with their names where these are known."""
    for code in links.centres:
        name: dict[str, Any] = {"name": names[code]} if code in names else {}
        yield {
            "resourceType": "Organization",
            "id": links.id("Organization", code),
            "meta": {"profile": [f"{NL_CORE}nl-core-HealthcareProvider-Organization"]},
            "identifier": [{"system": f"{NAMING}{'pseudonym' if pseudonyms else 'centre'}", "value": code}],
            **name,
        }
