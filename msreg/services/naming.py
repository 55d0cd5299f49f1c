"""Which patient is meant (C8): by registry number, by CENTRE:NUMBER, or by BSN; never by a guess."""

from __future__ import annotations

import re
from typing import Any

from msreg.errors import NotFound, Usage, written
from msreg.services import access
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import tombstones
from msreg.store.queries.rows import named
from msreg.vocabulary import N_

NUMBER = re.compile(r"(?:MS-?)?0*(\d{1,9})", re.IGNORECASE)


def registry_number(number: int) -> str:
    """A registry number as people see and type it: MS-0000012."""
    return f"MS-{number:07d}"


def find_patient(
    db: Database,
    *,
    by: Actor,
    name: str | None = None,
    bsn: str | None = None,
    patient_id: str | None = None,
) -> dict[str, Any]:
    """The row of the patient who is named, with the centre's code.

    Raises `NotFound` alike for a patient who does not exist and for one whom the actor may not see, and
    `Usage` for a name that is none. A BSN belongs in `bsn`, asked for and not typed as an argument;
    `patient_id` is for code that has it in hand. Of a patient who was erased it is told to the centre that
    had registered them, and to the registry office.
    """
    reach = access.reach(by)
    if patient_id is not None:
        condition, params = "p.id = ?", (patient_id,)
    elif bsn is not None:
        condition, params = "p.bsn = ?", (bsn,)
    else:
        condition, params = _condition(name or "")
    found = next(
        named(
            db,
            "SELECT p.*, c.code AS centre_code, c.name AS centre_name"
            " FROM patient p JOIN centre c ON c.id = p.centre_id"
            f" WHERE {condition} AND {reach.sql}",
            (*params, *reach.params),
        ),
        None,
    )
    if found is None:
        if (grave := _grave(db, by, name if bsn is None else None)) is not None:
            raise NotFound(
                N_("The patient {number} was erased on {day}; nothing is left of the record."),
                field="patient",
                number=registry_number(grave["number"]),
                day=written(grave["erased_on"]),
            )
        raise NotFound(
            N_("There is no such patient among those whom you may see."),
            hint=N_("Look for somebody with: msreg patients find"),
            field="patient",
        )
    return found


def find_patient_id(db: Database, *, by: Actor, name: str | None = None, bsn: str | None = None) -> str:
    """The id by which the log names the patient; also of one who was erased, for the log outlives them."""
    if bsn is None and (grave := _grave(db, by, name)) is not None:
        return str(grave["id"])
    return str(find_patient(db, by=by, name=name, bsn=bsn)["id"])


def _grave(db: Database, by: Actor, name: str | None) -> dict[str, Any] | None:
    """The tombstone behind a registry number, for the centre that had registered the patient and the office."""
    match = NUMBER.fullmatch((name or "").strip())
    grave = None if match is None else tombstones.by_number(db, int(match[1]))
    return grave if grave is not None and access.works_for(by, grave["centre_id"]) else None


def _condition(name: str) -> tuple[str, tuple[Any, ...]]:
    name = name.strip()
    if ":" in name:
        centre, number = name.split(":", 1)
        return "c.code = ? COLLATE NOCASE AND p.patient_number = ?", (centre.strip(), number.strip())
    digits = re.sub(r"[ .-]", "", name)
    if digits.isdigit() and len(digits) >= 8:
        raise Usage(
            N_("A BSN does not belong in a command line, where others can read it."),
            hint=N_(
                "Write bsn in its place and type the BSN when you are asked, or - to read it from a pipe."
            ),
            field="patient",
        )
    if match := NUMBER.fullmatch(name):
        return "p.number = ?", (int(match[1]),)
    raise Usage(
        N_("A patient is named as MS-0000012 or as AMS01:00001."),
        hint=N_("Look for somebody with: msreg patients find"),
        field="patient",
    )
