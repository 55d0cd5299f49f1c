"""The history of batch files (SPEC B5): who loaded what, when, with what hash and counts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from msreg.errors import NotFound, Usage
from msreg.services.reading import looking
from msreg.services.writing import Work
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import batches as queries
from msreg.store.queries import saving
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Right, Rowed

_NAME = re.compile(r"(?:B-?)?0*(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Undoing:
    """That a batch was taken back: when, by whom, and the row of the log."""

    at: datetime
    by: str
    seq: int


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch of the history. `counts` are rows of its file by what became of them; `seq` its row of the log."""

    number: int
    at: datetime
    user: str
    name: str
    file: str
    sha256: str
    format: str
    centres: list[str]
    counts: Mapping[Rowed, int]
    partial: bool
    seq: int
    undone: Undoing | None

    @property
    def label(self) -> str:
        """How people name it."""
        return batch_label(self.number)


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One page of the history, newest first, and whether there is a page after it."""

    rows: list[BatchRow]
    page: int
    more: bool


def batch_label(number: int) -> str:
    """A batch as people name it: B-000012."""
    return f"B-{number:06d}"


def record_batch(
    work: Work,
    *,
    seq: int,
    file: str,
    sha256: str,
    format: str,
    centres: Sequence[str],
    counts: Mapping[str, int],
    partial: bool,
) -> int:
    """Note in the open work of a load that it took place, and give the number of the batch.

    `seq` is the row of the log that the load writes (`work.log.seq`), `counts` has the words of `Rowed`. A load
    that changes nothing is noted too; a check or a dry run takes the note back with everything else.
    """
    from msreg.models.ids import new_id

    number = queries.next_number(work.db)
    row: dict[str, Any] = {
        "id": new_id(),
        "created_at": work.at,
        "updated_at": work.at,
        "version": 1,
        "number": number,
        "seq": seq,
        "loaded_by": work.by.user,
        "loaded_by_name": work.by.name,
        "centre_id": work.by.centre,
        "file": file[:255],
        "sha256": sha256,
        "format": format,
        "centres": json.dumps(sorted(centres)),
        **{each.value: counts.get(each.value, 0) for each in Rowed},
        "partial": partial,
    }
    saving.add(work.db, "batch", [saving.bound(row)])
    return number


def list_batches(registry: Registry, *, by: Actor, page: int = 1, page_size: int = 50) -> BatchPage:
    """One page of the history, newest first: for who works for a centre, the batches of that centre."""
    with looking(registry, by=by, event="imports.history", right=Right.IMPORT) as look:
        mine = visible_batches(look.db, by=by)
        found = list(islice(mine, (page - 1) * page_size, page * page_size + 1))
        look.about = {"page": page, "shown": min(len(found), page_size)}
    return BatchPage(found[:page_size], page, len(found) > page_size)


def visible_batches(db: Database, *, by: Actor) -> Iterator[BatchRow]:
    """The batches that the actor may see, newest first, as they come."""
    own = own_codes(db, by)
    return (_row(each) for each in queries.newest(db) if _is_own(each, by, own))


def find_batch(db: Database, *, by: Actor, batch: str) -> BatchRow:
    """The batch of this name, B-000012 or 12.

    Raises `NotFound` alike for a batch that does not exist and for one of another centre.
    """
    match = _NAME.fullmatch(batch.strip())
    if match is None:
        raise Usage(
            N_("A batch is named as B-000012 or as 12."),
            hint=N_("See them with: msreg imports history"),
            field="batch",
        )
    found = queries.by_number(db, int(match[1]))
    if found is None or not _is_own(found, by, own_codes(db, by)):
        raise NotFound(
            N_("There is no such batch among those that you may see."),
            hint=N_("See them with: msreg imports history"),
            field="batch",
        )
    return _row(found)


def own_codes(db: Database, by: Actor) -> frozenset[str]:
    """Codes of the centres that the actor works for; of no use for who works for all."""
    return frozenset() if by.centres is None else queries.codes(db, sorted(by.centres))


def _is_own(row: Mapping[str, Any], by: Actor, own: frozenset[str]) -> bool:
    """Own is what the own centre loaded, and what the registry office loaded for the own centre alone."""
    if by.centres is None:
        return True
    if row["centre_id"] is not None:
        return row["centre_id"] in by.centres
    named = {str(code).upper() for code in json.loads(row["centres"])}
    return bool(named) and named <= own


def _row(row: Mapping[str, Any]) -> BatchRow:
    undone = None
    if row["undone_seq"] is not None:
        undone = Undoing(_moment(row["undone_at"]), row["undone_by"], row["undone_seq"])
    return BatchRow(
        number=row["number"],
        at=_moment(row["created_at"]),
        user=row["loaded_by"],
        name=row["loaded_by_name"],
        file=row["file"],
        sha256=row["sha256"],
        format=row["format"],
        centres=json.loads(row["centres"]),
        counts={each: row[each.value] for each in Rowed},
        partial=bool(row["partial"]),
        seq=row["seq"],
        undone=undone,
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
