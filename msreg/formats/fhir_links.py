"""Who is who among the resources of one export: ids that are the same each time, references, and whose a row is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha1
from typing import Any

from msreg.formats.fhir_codes import NAMING, NL_CORE, Json
from msreg.forms.fhir_words import CODES

WITHDRAWN = {"system": f"{CODES}state", "code": "withdrawn"}
"""The tag of everything of a patient who withdrew consent (P10)."""


class Links:
    """Ids and references of one export of one registry.

    In a Bundle a reference is the full address of another entry (`urn:uuid:`), else type and id.
    """

    def __init__(self, registry: str, *, bundle: bool) -> None:
        self._space, self._bundle = registry.encode(), bundle
        self.centres: dict[str, Json] = {}
        """The hospitals that were referred to, by code."""

    def id(self, *names: object) -> str:
        """An id for what these words name in this registry: a UUID of version 5, the same each time."""
        name = "\0".join(map(str, names)).encode()
        text = sha1(self._space + b"\0" + name, usedforsecurity=False).hexdigest()
        variant = "89ab"[int(text[16], 16) & 3]
        return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"

    def to(self, kind: str, id: str) -> Json:
        """A reference to a resource of this export."""
        return {"reference": f"urn:uuid:{id}" if self._bundle else f"{kind}/{id}"}

    def centre(self, code: str) -> Json:
        """A reference to a hospital."""
        found = self.centres.get(code)
        if found is None:
            found = self.centres[code] = self.to("Organization", self.id("Organization", code))
        return found


@dataclass(slots=True)
class At:
    """One row on its way to FHIR: whose it is, and how its resources are made."""

    links: Links
    language: str
    patient: str
    """Registry number or pseudonym."""
    subject: Json
    named: Json
    """The subject with the number that the hospital knows the patient by."""
    withdrawn: bool
    written_by: Json | None = None
    record: tuple[object, ...] = ()
    """What names the record among those of the patient."""
    _answers: Json | None = None

    def id(self, *names: object) -> str:
        """The id of a resource of this record."""
        return self.links.id(self.patient, *self.record, *names)

    def to(self, kind: str, *names: object) -> Json:
        """A reference to a resource of this record."""
        return self.links.to(kind, self.id(*names))

    @property
    def answers(self) -> Json:
        """A reference to the answers that the record was made from."""
        if self._answers is None:
            self._answers = self.to("QuestionnaireResponse", "answers")
        return self._answers

    def resource(self, kind: str, id: str, profile: str = "", **elements: Any) -> Json:
        """A resource with its profile of nl-core, without the elements that are None."""
        made: Json = {"resourceType": kind, "id": id}
        if profile or self.withdrawn:
            made["meta"] = _meta(profile, self.withdrawn)
        for name, value in elements.items():
            if value is not None:
                made[name] = value
        return made

    def observation(
        self, name: str, code: Json, when: date | None, profile: str = "", **elements: Any
    ) -> Json:
        """An Observation of this record, that says which answers it was made from."""
        return self.resource(
            "Observation", self.id(name), profile,
            status="final", code=code, subject=self.subject, effectiveDateTime=when,
            derivedFrom=[self.answers], **elements,
        )  # fmt: skip


def _meta(profile: str, withdrawn: bool) -> Json:
    found: Json = {"profile": [NL_CORE + profile]} if profile else {}
    return found | {"tag": [WITHDRAWN]} if withdrawn else found


def patient_number(centre: object, number: object) -> Json:
    """The number that a hospital knows a patient by, as an Identifier."""
    return {"system": f"{NAMING}patient-number/{centre}", "value": number}
