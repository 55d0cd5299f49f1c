"""Who changed which answer of a patient, from what to what: the log, told by record and question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from msreg.clock import AMSTERDAM
from msreg.errors import Usage
from msreg.forms.columns import forms_of, from_row
from msreg.services import access
from msreg.services.batch_records import RECORDS
from msreg.services.batches import batch_label
from msreg.services.changed_answers import Answer, answers_of, identity, items_of, with_reasons
from msreg.services.hindrances import SHARE
from msreg.services.naming import find_patient, registry_number
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.canonical import read_stamp
from msreg.store.connect import Database
from msreg.store.queries import audit_log
from msreg.store.queries import history as queries
from msreg.store.queries.batches import rows_by_ids
from msreg.store.queries.dossiers import TABLES
from msreg.store.queries.rows import named
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Record, Right

EVENT = "patients.history"
_PIECE = 100


@dataclass(frozen=True, slots=True)
class AskedHistory:
    """What a person asks of the history; None asks nothing. `since` is a day on the office's clock."""

    record: Record | None = None
    field: str | None = None
    user: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What one event did to one record of the patient.

    `record` is None for a share; `which` has what tells the record apart (now, or when it was deleted). `entry`
    names the guided entry that the event belongs to, `batch` the batch that was loaded or taken back, `undoes`
    the rows of the log that it took back. `erased`: the log does not have the answers any more.
    """

    seq: int
    at: datetime | None
    user: str | None
    role: str | None
    centre: str | None
    event: str | None
    entry: str | None
    batch: str | None
    undoes: tuple[int, ...]
    action: Action
    record: Record | None
    record_id: str
    which: Mapping[str, Any]
    answers: Sequence[Answer]
    erased: bool


@dataclass(frozen=True, slots=True)
class History:
    """One page of a patient's history, newest first, and whether there is a page after it.

    `row` holds the columns of the patient table, with the centre's code.
    """

    number: str
    row: Mapping[str, Any]
    changes: list[Change]
    page: int
    more: bool


def read_history(
    registry: Registry,
    *,
    by: Actor,
    patient: str | None = None,
    bsn: str | None = None,
    asked: AskedHistory | None = None,
    reveal: bool = False,
    page: int = 1,
    page_size: int = 50,
) -> History:
    """One page of what was changed of a patient; that it was read is in the log first.

    `reveal` shows whole BSNs and is logged as such. Raises `Usage` for a question that no form of the records
    asks.
    """
    asked = asked or AskedHistory()
    if reveal:
        access.require(registry, by=by, right=Right.BSN_REVEAL, event=EVENT)
    _require_question(asked)
    with looking(registry, by=by, event=EVENT) as look:
        row = find_patient(look.db, by=by, name=patient, bsn=bsn)
        look.patient_id, look.patients, look.segment = row["id"], [row["id"]], "history"
        names = ("record", "field", "user", "since")
        filters = " ".join(name for name in names if getattr(asked, name) is not None)
        look.about = {"filters": filters, "page": page, "reveal": reveal, "by_bsn": bsn is not None}
        told = _Telling(look.db, row["id"], asked, reveal=reveal)
        start = (page - 1) * page_size
        found = list(islice(told.fitting(), start, start + page_size + 1))
        changes = told.changes(found[:page_size])
    return History(registry_number(row["number"]), row, changes, page, len(found) > page_size)


def _require_question(asked: AskedHistory) -> None:
    records = Record if asked.record is None else (asked.record,)
    if asked.field is not None and not any(asked.field in items_of(record) for record in records):
        raise Usage(
            N_("There is no question {key} here."),
            hint=N_("See the questions with: msreg forms show"),
            field="field",
            key=asked.field,
        )


class _Telling:
    """Turns items of the log into changes, some at a time; each event is read once."""

    def __init__(self, db: Database, patient_id: str, asked: AskedHistory, *, reveal: bool) -> None:
        self._db = db
        self._patient_id = patient_id
        self._asked = asked
        self._reveal = reveal
        self._since = None
        if asked.since is not None:
            self._since = datetime.combine(asked.since, time.min, ZoneInfo(AMSTERDAM))
        self._bodies: dict[int, Mapping[str, Any]] = {}
        self._centres: dict[str, str] = {}

    def fitting(self) -> Iterator[tuple[Mapping[str, Any], list[Answer]]]:
        """Items with their answers, newest first, as far as they fit what was asked."""
        asked = self._asked
        if asked.record is None:
            entities = [*RECORDS, SHARE, queries.CONFIRMATION]
        else:
            entities = [TABLES[asked.record], queries.CONFIRMATION]
        wanted = queries.Wanted(self._patient_id, entities, asked.field, asked.user, self._since)
        items = queries.changes(self._db, wanted)
        while piece := list(islice(items, _PIECE)):
            reasons: dict[tuple[int, str], list[Mapping[str, Any]]] = {}
            for each in queries.confirmations(self._db, self._patient_id, [item["seq"] for item in piece]):
                reasons.setdefault((each["seq"], each["entity_id"]), []).append(each["after"] or {})
            alone: set[tuple[int, str]] = set()
            for item in piece:
                place = (item["seq"], item["entity_id"])
                if item["entity"] == queries.CONFIRMATION:
                    if place in alone:
                        continue
                    alone.add(place)
                answers = self._answers(item, reasons.get(place, ()))
                if self._fits(item, answers):
                    yield item, answers

    def _answers(self, item: Mapping[str, Any], told: Iterable[Mapping[str, Any]]) -> list[Answer]:
        if item["entity"] == SHARE:
            return []
        record = self._record(item)
        if record is None:
            return []
        before, after = item["before"], item["after"]
        found = []
        if item["entity"] != queries.CONFIRMATION:
            found = answers_of(record, before, after, reveal=self._reveal)
        return with_reasons(found, record, told)

    def _record(self, item: Mapping[str, Any]) -> Record | None:
        if item["entity"] != queries.CONFIRMATION:
            return RECORDS.get(item["entity"])
        # It tells the question; the record is of the kind that has the id.
        return queries.kind_of(self._db, self._patient_id, item["entity_id"], RECORDS)
