"""What left the registry, from the log; and the patient behind a pseudonym."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from msreg.clock import AMSTERDAM
from msreg.errors import NotFound, Usage
from msreg.services import access
from msreg.services.naming import registry_number
from msreg.services.pseudonyms import is_pseudonym, project_name, pseudonyms
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.canonical import read_stamp
from msreg.store.queries.left import newest_left
from msreg.store.queries.overview import Where, each_id
from msreg.store.queries.rows import named
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Right


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that left. `project`: of the pseudonyms; None without them, empty for the registry's."""

    seq: int
    at: datetime
    user: str
    role: str
    event: str
    format: str | None
    file: str | None
    recipient: str | None
    purpose: str | None
    patients: int
    project: str | None

    @property
    def aggregated(self) -> bool:
        """Whether it tells of many together, and of nobody by themselves: the reports."""
        return self.event.startswith("reports.")


@dataclass(frozen=True, slots=True)
class LeftPage:
    """One page of what left, newest first, and whether there are more."""

    rows: list[Left]
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The patient behind a pseudonym."""

    registry_number: str
    centre: str
    patient_number: str


def list_left(
    registry: Registry,
    *,
    by: Actor,
    since: date | None = None,
    recipient: str | None = None,
    page: int = 1,
    page_size: int = 50,
) -> LeftPage:
    """One page of what left, newest first; `recipient` are letters of who got it.

    For somebody of a centre: what its people let go. An auditor reads it in the log itself.
    """
    from_ = None if since is None else datetime.combine(since, time.min, ZoneInfo(AMSTERDAM))
    with looking(registry, by=by, event="exports.list", right=Right.EXPORT) as look:
        events = newest_left(look.db, since=from_, recipient=recipient, centres=by.centres)
        start = (page - 1) * page_size
        found = [_left(each) for each in islice(events, start, start + page_size + 1)]
        look.about = {"page": page, "shown": len(found[:page_size])}
    return LeftPage(found[:page_size], page, len(found) > page_size)


def find_by_pseudonym(registry: Registry, *, by: Actor, pseudonym: str, project: str = "") -> Found:
    """The patient, among those whom the actor may see, who has this pseudonym in a project.

    Every pseudonym of the project is made until one fits: a second or two among a million patients. Raises
    `Usage` for what is no pseudonym, `NotFound` when nobody has it.
    """
    wanted = pseudonym.strip().upper()
    if not is_pseudonym(wanted):
        raise Usage(
            N_("A pseudonym has sixteen letters and digits, such as {example}."),
            field="pseudonym",
            example="K7Q2MZ5TFA3XWB4C",
        )
    name = project_name(project)
    pseudonym_of = pseudonyms(registry, name).patient
    with looking(registry, by=by, event="exports.whose", right=Right.BSN_REVEAL) as look:
        look.about = {"project": name}
        reach = access.reach(by)
        ids = each_id(look.db, Where((reach.sql,), reach.params))
        patient_id = next((each for each in ids if pseudonym_of(each) == wanted), None)
        if patient_id is None:
            raise NotFound(
                N_("None of the patients whom you may see has this pseudonym in this project."),
                hint=N_("See the names of projects with: msreg exports list"),
                field="pseudonym",
            )
        row = next(
            named(
                look.db,
                "SELECT p.number, p.patient_number, c.code FROM patient p JOIN centre c ON c.id = p.centre_id"
                " WHERE p.id = ?",
                (patient_id,),
            )
        )
        look.patient_id, look.patients = patient_id, [patient_id]
    return Found(registry_number(row["number"]), row["code"], row["patient_number"])


def _left(event: Mapping[str, Any]) -> Left:
    about = event["about"]
    return Left(
        seq=event["seq"],
        at=read_stamp(event["at"]),
        user=event["user"],
        role=event["role"],
        event=event["event"],
        format=about.get("format"),
        file=about.get("file"),
        recipient=about.get("recipient"),
        purpose=about.get("purpose"),
        patients=_patients(event),
        project=about.get("project", "") if about.get("pseudonymised") else None,
    )


def _patients(event: Mapping[str, Any]) -> int:
    told = event["about"].get("patients")
    if isinstance(told, int):
        return told
    return 1 if event.get("patient_id") else int(event.get("items") or 0)
