"""The log for people: who saw and did what, newest first, and one event in full."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msreg.clock import AMSTERDAM
from msreg.errors import NotFound
from msreg.rules.case_numbers import CaseNumber, read_number
from msreg.rules.names import mask_bsn
from msreg.services import access
from msreg.services.naming import find_patient_id, registry_number
from msreg.services.reading import Look, looking
from msreg.store.actor import Actor
from msreg.store.canonical import read_stamp
from msreg.store.connect import transaction
from msreg.store.queries import audit_log as queries
from msreg.store.queries import cases
from msreg.store.queries.case_history import ENTITY as CASE
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Outcome, Right

_ACTIONS = {each.value: each.name.lower() for each in Action}
_OUTCOMES = {each.value: each.name.lower() for each in Outcome}


@dataclass(frozen=True, slots=True)
class AskedLog:
    """What a person asks of the log; None asks nothing. Both days are included, on the office's clock."""

    patient: str | None = None
    bsn: str | None = None
    case: str | None = None
    user: str | None = None
    event: str | None = None
    from_: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class LogRow:
    """One event. `records` counts the records that it touched or showed; `patient` is a registry number, `case`
    the number of the one case that it was about."""

    seq: int
    at: datetime | None
    user: str | None
    role: str | None
    event: str | None
    action: str | None
    patient: str | None
    case: str | None
    segment: str | None
    records: int
    outcome: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of the log, newest first, and whether there is a page after it."""

    rows: list[LogRow]
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class LogItem:
    """What an event did to one record: the fields, and their values where those may be told."""

    n: int
    patient: str | None
    entity: str
    entity_id: str
    action: str
    fields: list[str]
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    case: str | None = None
    """Number of the case that it is."""


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event in full, with one page of its items; `values` tells whether values are in them."""

    row: LogRow
    body: Mapping[str, Any]
    items: list[LogItem]
    page: int
    more: bool
    values: bool


def list_events(
    registry: Registry, *, by: Actor, asked: AskedLog, page: int = 1, page_size: int = 50
) -> LogPage:
    """One page of the log, newest first. That it was read is in the log, and shows from the next time on."""
    patient_id = case_id = None
    with looking(registry, by=by, event="audit.list", right=Right.AUDIT_READ) as look:
        if asked.patient is not None or asked.bsn is not None:
            patient_id = find_patient_id(look.db, by=by, name=asked.patient, bsn=asked.bsn)
            look.patient_id, look.patients = patient_id, [patient_id]
        if asked.case is not None:
            case_id = _case_id(look, asked.case)
        last = queries.head(look.db)
        names = ("patient", "bsn", "case", "user", "event", "from_", "until")
        filters = [name.rstrip("_") for name in names if getattr(asked, name) is not None]
        look.about = {"filters": " ".join(filters), "page": page}
    wanted = queries.Wanted(
        patient_id, asked.user, asked.event, _midnight(asked.from_), _midnight(asked.until, days=1), case_id
    )
    # After the log's own row is written and without its lock: a search through all of it takes seconds.
    with registry.light() as db, transaction(db, write=False):
        found, more = queries.newest(db, wanted, last=last, limit=page_size, offset=(page - 1) * page_size)
        numbers = queries.numbers(db, [row["patient_id"] for row in found if row.get("patient_id")])
    return LogPage([_row(each, numbers) for each in found], page, more)


def _case_id(look: Look, name: str) -> str:
    """The id of a case by its number. Who reads the log sees which cases there are, and no more of them."""
    number = read_number(name)
    row = None if number is None else cases.by_number(look.db, number, "1 = 1", ())
    if row is None:
        raise NotFound(N_("There is no such case."), field="case")
    look.others = [(CASE, row["id"])]
    return str(row["id"])


def show_event(
    registry: Registry, *, by: Actor, seq: int, values: bool = False, page: int = 1, page_size: int = 50
) -> LogEvent:
    """One event with its items. Values only for who may read patients; BSNs stay masked.

    Raises `NotFound` when the log has no such row.
    """
    with looking(registry, by=by, event="audit.show", right=Right.AUDIT_READ) as look:
        body = queries.event(look.db, seq)
        if body is None:
            raise NotFound(
                N_("The log has no row {seq}."), hint=N_("See the log with: msreg audit list"), seq=seq
            )
        found = queries.items(look.db, seq, limit=page_size + 1, offset=(page - 1) * page_size)
        found, more = found[:page_size], len(found) > page_size
        ids = [each["patient_id"] for each in found if each["patient_id"]]
        told = values and access.may(by, Right.PATIENTS_READ)
        _note(look, body, ids, seq=seq, values=told)
        numbers = queries.numbers(look.db, [*ids, *filter(None, [body.get("patient_id")])])
        named = cases.numbers_by_id(look.db, [each["entity_id"] for each in found if each["entity"] == CASE])
    items = [_item(each, numbers, named, told) for each in found]
    return LogEvent(_row(body, numbers), body, items, page, more, told)


def _note(look: Look, body: Mapping[str, Any], ids: list[str], *, seq: int, values: bool) -> None:
    look.patient_id = body.get("patient_id")
    look.patients = [*filter(None, [look.patient_id]), *ids]
    look.about = {"seq": seq, "values": values}


def _row(body: Mapping[str, Any], numbers: Mapping[str, int]) -> LogRow:
    number = numbers.get(body.get("patient_id") or "")
    about = body.get("about")
    case = about.get("case") if isinstance(about, Mapping) else None
    at = None
    with suppress(KeyError, TypeError, ValueError):
        at = read_stamp(body["at"])
    return LogRow(
        seq=body["seq"],
        at=at,
        user=body.get("user"),
        role=body.get("role"),
        event=body.get("event"),
        action=_ACTIONS.get(body.get("action", "")),
        patient=None if number is None else registry_number(number),
        case=None if case is None else str(case),
        segment=body.get("segment"),
        records=int(body.get("items") or 0),
        outcome=_OUTCOMES.get(body.get("outcome", "")),
        reason=body.get("reason"),
    )


def _item(
    row: Mapping[str, Any], numbers: Mapping[str, int], named: Mapping[str, CaseNumber], values: bool
) -> LogItem:
    before, after = row["before"], row["after"]
    case = named.get(row["entity_id"]) if row["entity"] == CASE else None
    number = numbers.get(row["patient_id"] or "")
    item = LogItem(
        n=row["n"],
        patient=None if number is None else registry_number(number),
        entity=row["entity"],
        entity_id=row["entity_id"],
        action=_ACTIONS.get(row["action"], row["action"]),
        fields=list({**(before or {}), **(after or {})}),
        case=None if case is None else str(case),
    )
    return replace(item, before=_masked(before), after=_masked(after)) if values else item


def _masked(fields: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if fields is None or "bsn" not in fields:
        return fields
    return {**fields, "bsn": mask_bsn(fields["bsn"])}


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=days), time.min, ZoneInfo(AMSTERDAM))
