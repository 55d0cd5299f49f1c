"""Pseudonyms: who is who in a pseudonymised export, for the registry office alone (decision 0034).

A pseudonym is an HMAC-SHA-256 of the patient's id, under a key that comes from the registry's own by HKDF with
the name of the project: without the registry's key nobody can go from one to the other, nor from the pseudonyms
of one project to those of another.
"""

from __future__ import annotations

from base64 import b32encode
from hmac import digest

from msreg.errors import Usage
from msreg.store.registry import Registry
from msreg.vocabulary import N_

LENGTH = 16
"""Signs of a patient's pseudonym: 80 bits. Among a million patients two alike have a chance of 4 in 10^13."""

_CENTRE = 8
_LONGEST = 60


class Pseudonyms:
    """The pseudonyms of one project. The same patient has the same one in each export of that project."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def patient(self, patient_id: str) -> str:
        """Of a patient, by the id in the database."""
        return self._made("patient", patient_id, LENGTH)

    def record(self, record_id: str) -> str:
        """Of a course, a medication or another record, for formats in which each has an id."""
        return self._made("record", record_id, LENGTH)

    def case(self, case_id: str) -> str:
        """Of a case notification, by the id in the database."""
        return self._made("case", case_id, LENGTH)

    def centre(self, code: str) -> str:
        """Of a hospital, by its code."""
        return "C" + self._made("centre", code, _CENTRE)

    def _made(self, kind: str, name: str, length: int) -> str:
        return b32encode(digest(self._key, f"{kind}\0{name}".encode(), "sha256"))[:length].decode()


def pseudonyms(registry: Registry, project: str = "") -> Pseudonyms:
    """The pseudonyms of a project; without its name those of the registry itself.

    Upper and lower case and blanks around the name make no difference.
    """
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    # A name is spelled by people: "Big Study" and "big study " must not be two projects.
    info = f"msreg pseudonyms 1\0{registry.uuid}\0{project_name(project).casefold()}"
    made = HKDF(SHA256(), length=32, salt=None, info=info.encode())
    return Pseudonyms(made.derive(registry.keys.field_key))


def project_name(text: str) -> str:
    """The name of a project as it is kept. Raises `Usage` for one that is too long or has strange signs."""
    name = " ".join(text.split())
    if len(name) > _LONGEST or not name.isprintable():
        raise Usage(
            N_("The name of a project has at most {most} letters, digits and signs."),
            field="project",
            most=_LONGEST,
        )
    return name


def is_pseudonym(text: str) -> bool:
    """Whether a text could be the pseudonym of a patient."""
    return len(text) == LENGTH and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
