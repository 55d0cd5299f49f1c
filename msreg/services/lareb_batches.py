"""Batches of side effects that were handed to Lareb: a list, one of them, and which one is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from msreg.errors import NotFound, Usage
from msreg.services.lareb_events import moment
from msreg.services.naming import registry_number
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import lareb as queries
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Right

_NAME = re.compile(r"(?:[A-Z]{2}-[A-Z0-9]+-)?(?:L-?)?0*(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch. `coded` of its `reports` are in the XML, the others in the CSV alone."""

    id: str
    number: int
    name: str
    at: datetime
    by: str
    centre: str | None
    receiver: str
    reports: int
    coded: int
    accepted: int
    refused: int
    emptied: int
    """Reports of patients who were erased since."""
    sha256: str | None
    written: bool
    """Whether its files were finished at least once."""
    answer: str | None
    answer_text: str | None
    answered_at: datetime | None
    seq: int

    @property
    def label(self) -> str:
        """How people name it: L-000012."""
        return batch_label(self.number)


@dataclass(frozen=True, slots=True)
class Sent:
    """One report of a batch; `patient` is missing when the patient was erased."""

    name: str
    patient: str | None
    edition: int
    coded: bool
    answer: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One page of batches, newest first, and whether there is a page after it."""

    rows: list[Batch]
    page: int
    more: bool


def batch_label(number: int) -> str:
    """A batch as people name it: L-000012."""
    return f"L-{number:06d}"


def list_batches(registry: Registry, *, by: Actor, page: int = 1, page_size: int = 50) -> BatchPage:
    """One page of the batches, newest first: for who works for a centre, those of that centre."""
    with looking(registry, by=by, event="events.batches", right=Right.LAREB) as look:
        mine = (batch_of(row) for row in queries.newest(look.db) if is_own(row, by))
        found = list(islice(mine, (page - 1) * page_size, page * page_size + 1))
        look.about = {"page": page, "shown": min(len(found), page_size)}
    return BatchPage(found[:page_size], page, len(found) > page_size)


def show_batch(registry: Registry, *, by: Actor, batch: str) -> tuple[Batch, list[Sent]]:
    """One batch with its reports, and what was answered to each."""
    with looking(registry, by=by, event="events.batches", right=Right.LAREB) as look:
        row = find_batch(look.db, by=by, batch=batch)
        reports = queries.reports_of(look.db, row["id"])
        look.patients = [each["patient_id"] for each in reports if each["p_number"] is not None]
        look.about = {"batch": batch_label(row["number"])}
    return batch_of(row), [sent_of(each) for each in reports]


def find_batch(db: Database, *, by: Actor, batch: str) -> dict[str, Any]:
    """The row of the batch of this name: L-000012, 12, or the identifier that it was sent with.

    Raises `NotFound` alike for a batch that does not exist and for one of another centre.
    """
    match = _NAME.fullmatch(batch.strip())
    if match is None:
        raise Usage(
            N_("A batch of side effects is named as L-000012 or as 12."),
            hint=N_("See them with: msreg events batches"),
            field="batch",
        )
    found = queries.by_number(db, int(match[1]))
    if found is None or not is_own(found, by):
        raise unknown()
    return found


def unknown() -> NotFound:
    """There is no such batch, or it may not be known that there is."""
    return NotFound(
        N_("There is no such batch of side effects among those that you may see."),
        hint=N_("See them with: msreg events batches"),
        field="batch",
    )


def is_own(row: Mapping[str, Any], by: Actor) -> bool:
    """Own is what the own centre made; the registry office has all."""
    return by.centres is None or row["centre_id"] in by.centres


def batch_of(row: Mapping[str, Any]) -> Batch:
    """A batch from its row."""
    return Batch(
        id=row["id"],
        number=row["number"],
        name=row["name"],
        at=moment(row["created_at"]),
        by=row["made_by_name"],
        centre=row["centre_code"],
        receiver=row["receiver"],
        reports=row["reports"],
        coded=row["coded"],
        accepted=row["accepted"],
        refused=row["refused"],
        emptied=row["emptied"],
        sha256=row["sha256"],
        written=row["written_at"] is not None,
        answer=row["answer"],
        answer_text=row["answer_text"],
        answered_at=None if row["answered_at"] is None else moment(row["answered_at"]),
        seq=row["seq"],
    )


def sent_of(row: Mapping[str, Any]) -> Sent:
    """A report from its row."""
    number = row["p_number"]
    return Sent(
        name=row["name"],
        patient=None if number is None else registry_number(number),
        edition=row["edition"],
        coded=bool(row["coded"]),
        answer=row["answer"],
        text=row["answer_text"],
    )
