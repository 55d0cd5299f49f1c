"""Items of the log about one patient as changes that people understand: which record, which answers, by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from msreg.clock import AMSTERDAM
from msreg.forms.columns import forms_of, from_row
from msreg.services.batch_records import RECORDS
from msreg.services.batches import batch_label
from msreg.services.changed_answers import Answer, answers_of, identity, with_reasons
from msreg.services.hindrances import SHARE
from msreg.store.canonical import read_stamp
from msreg.store.connect import Database
from msreg.store.queries import audit_log
from msreg.store.queries import history as queries
from msreg.store.queries.batches import rows_by_ids
from msreg.store.queries.dossiers import TABLES
from msreg.store.queries.rows import named
from msreg.vocabulary import Action, Record

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
class _Found:
    """An item of the log with what it means."""

    item: Mapping[str, Any]
    record: Record | None
    answers: list[Answer]

    @property
    def erased(self) -> bool:
        """Whether the log lost the answers: every change has some."""
        item = self.item
        return item["before"] is None and item["after"] is None


class Telling:
    """Turns items of the log into changes, some at a time; an event is read once, and only when it is needed."""

    def __init__(self, db: Database, patient_id: str, asked: AskedHistory, *, reveal: bool) -> None:
        self._db = db
        self._patient_id = patient_id
        self._asked = asked
        self._reveal = reveal
        self._since: datetime | None = None
        if asked.since is not None:
            self._since = datetime.combine(asked.since, time.min, ZoneInfo(AMSTERDAM))
        self._bodies: dict[int, Mapping[str, Any]] = {}

    def fitting(self) -> Iterator[_Found]:
        """What was done to which record, newest first, as far as it fits what was asked."""
        asked = self._asked
        tables = [*RECORDS, SHARE] if asked.record is None else [TABLES[asked.record]]
        entities = [*tables, queries.CONFIRMATION]
        wanted = queries.Wanted(self._patient_id, entities, asked.field, asked.user, self._since)
        items = queries.changes(self._db, wanted)
        while piece := list(islice(items, _PIECE)):
            reasons: dict[tuple[int, str], list[Mapping[str, Any]]] = {}
            for each in queries.confirmations(self._db, self._patient_id, [item["seq"] for item in piece]):
                reasons.setdefault((each["seq"], each["entity_id"]), []).append(each["after"] or {})
            for item in piece:
                told = reasons.get((item["seq"], item["entity_id"]), ())
                found = self._found(item, told)
                if self._fits(found):
                    yield found

    def _found(self, item: Mapping[str, Any], told: Iterable[Mapping[str, Any]]) -> _Found:
        entity = item["entity"]
        alone = entity == queries.CONFIRMATION
        if alone:
            # It stands beside no change of its record: the log knows what kind of record that is.
            entity = queries.kind_of(self._db, self._patient_id, item["entity_id"])
            told = [item["after"] or {}]
        record = RECORDS.get(entity)
        answers: list[Answer] = []
        if record is not None:
            if not alone:
                answers = answers_of(record, item["before"], item["after"], reveal=self._reveal)
            answers = with_reasons(answers, record, told)
        if self._asked.field is not None:
            answers = [each for each in answers if each.key == self._asked.field]
        return _Found(item, record, answers)

    def _fits(self, found: _Found) -> bool:
        asked, share = self._asked, found.item["entity"] == SHARE and self._asked.field is None
        if not (found.answers or found.erased or share):
            return False  # other questions, or only columns that are worked out
        if asked.record not in (None, found.record):
            return False
        if asked.user is None and self._since is None:
            return True
        body = self._body(found.item["seq"])
        if asked.user not in (None, body.get("user")):
            return False
        at = _moment(body)
        return self._since is None or (at is not None and at >= self._since)

    def changes(self, found: Sequence[_Found]) -> list[Change]:
        """The changes of a page in full."""
        seqs = sorted({each.item["seq"] for each in found})
        numbers = queries.batches(self._db, seqs)
        codes = {each["id"]: each["code"] for each in named(self._db, "SELECT id, code FROM centre")}
        which = self._which(found)
        shared = queries.share_centres(
            self._db, [each.item["entity_id"] for each in found if each.record is None]
        )
        return [
            self._change(
                each,
                numbers.get(each.item["seq"]),
                codes,
                which.get(each.item["entity_id"], {}),
                shared.get(each.item["entity_id"]),
            )
            for each in found
        ]

    def _change(
        self,
        found: _Found,
        number: int | None,
        codes: Mapping[str, str],
        which: Mapping[str, Any],
        shared: str | None,
    ) -> Change:
        item, body = found.item, self._body(found.item["seq"])
        about = body.get("about") or {}
        answers = found.answers
        if shared is not None:
            ended = item["action"] == Action.UPDATE and (item["after"] or {}).get("until") is not None
            answers = [Answer("centre", None, shared if ended else None, None if ended else shared)]
        return Change(
            seq=item["seq"],
            at=_moment(body),
            user=body.get("user"),
            role=body.get("role"),
            centre=codes.get(body.get("centre") or ""),
            event=body.get("event"),
            entry=about.get("entry"),
            batch=None if number is None else batch_label(number),
            undoes=tuple(about.get("undoes") or ()),
            action=Action(item["action"]),
            record=found.record,
            record_id=item["entity_id"],
            which=which,
            answers=answers,
            erased=found.erased,
        )

    def _which(self, found: Sequence[_Found]) -> dict[str, Mapping[str, Any]]:
        """What tells each record from others: as it is now, or as it was when it was deleted."""
        named_: dict[str, Mapping[str, Any]] = {}
        for table, record in RECORDS.items():
            ids = sorted({each.item["entity_id"] for each in found if each.record is record})
            if record is Record.PATIENT or not ids:
                continue
            forms = forms_of(record)
            for row_id, row in rows_by_ids(self._db, table, ids).items():
                answers = from_row(forms, row)
                named_[row_id] = {k: answers[k] for form in forms for k in form.identity if k in answers}
            gone = [each for each in ids if each not in named_]
            for row_id, before in queries.deleted(self._db, self._patient_id, table, gone).items():
                named_[row_id] = identity(record, before)
        return named_

    def _body(self, seq: int) -> Mapping[str, Any]:
        if seq not in self._bodies:
            self._bodies[seq] = audit_log.event(self._db, seq) or {}
        return self._bodies[seq]


def _moment(body: Mapping[str, Any]) -> datetime | None:
    with suppress(KeyError, TypeError, ValueError):
        return read_stamp(body["at"])
    return None
