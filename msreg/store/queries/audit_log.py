"""The log as people read it: newest first, by patient, user, kind of event and time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from msreg.store.canonical import stamp
from msreg.store.dbapi import Database
from msreg.store.queries.rows import named, pieces

_LAST = (1 << 63) - 1
# Rows stand in the order of their moments, but for a clock that was put right by some minutes.
SLACK = timedelta(hours=1)
# As bytes: one damaged row must not keep the others from being read.
_COLUMNS = "e.seq, CAST(e.body AS BLOB)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: all None is the whole log; from the moment `since` on, and earlier than `before`."""

    patient_id: str | None = None
    user: str | None = None
    event: str | None = None
    """The name of an event (`imports.run`) or its beginning before a point (`imports`)."""
    since: datetime | None = None
    before: datetime | None = None
    case_id: str | None = None

    @property
    def everything(self) -> bool:
        """Whether no event is left out."""
        return self == Wanted()


def newest(
    db: Database, wanted: Wanted, *, last: int = _LAST, limit: int, offset: int = 0
) -> tuple[list[dict[str, Any]], bool]:
    """One page of events, newest first, from row `last` down, and whether there are more after it.

    Each is the event's own text with its number under `seq`; a text that is damaged gives the number alone.
    """
    if wanted.everything:
        # Nothing is read of the pages before this one.
        found = list(
            _parsed(
                db.execute(
                    f"SELECT {_COLUMNS} FROM audit_event e WHERE e.seq <= ?"
                    " ORDER BY e.seq DESC LIMIT ? OFFSET ?",
                    (last, limit + 1, offset),
                )
            )
        )
    else:
        chosen = (each for each in _candidates(db, wanted, last) if _fits(each, wanted))
        found = list(islice(chosen, offset, offset + limit + 1))
    return found[:limit], len(found) > limit


def event(db: Database, seq: int) -> dict[str, Any] | None:
    """One event by its number."""
    return next(_parsed(db.execute(f"SELECT {_COLUMNS} FROM audit_event e WHERE e.seq = ?", (seq,))), None)


def items(db: Database, seq: int, *, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """What an event did to single records, in its own order; `before` and `after` are mappings or None."""
    found = named(
        db,
        "SELECT n, patient_id, entity, entity_id, action, before, after FROM audit_item"
        " WHERE seq = ? ORDER BY n LIMIT ? OFFSET ?",
        (seq, limit, offset),
    )
    return [{**each, "before": _mapping(each["before"]), "after": _mapping(each["after"])} for each in found]


def head(db: Database) -> int:
    """The number of the newest row; 0 for an empty log."""
    found = db.one("SELECT max(seq) FROM audit_event")
    return int((found and found[0]) or 0)


def numbers(db: Database, patient_ids: Sequence[str]) -> dict[str, int]:
    """Registry numbers by the id of the patient, erased ones too; one who was never kept is missing."""
    found: dict[str, int] = {}
    for marks, piece in pieces(sorted(set(patient_ids))):
        found.update(db.rows(f"SELECT id, number FROM patient WHERE id IN ({marks})", piece))
        found.update(db.rows(f"SELECT id, number FROM tombstone WHERE id IN ({marks})", piece))
    return found


def _candidates(db: Database, wanted: Wanted, last: int) -> Iterator[dict[str, Any]]:
    """Events that may fit, newest first, as they come: the caller stops when a page is full."""
    first = 1
    if wanted.since is not None:
        first = first_at(db, wanted.since - SLACK)
    if wanted.before is not None:
        last = min(last, first_at(db, wanted.before + SLACK) - 1)
    conditions, params = ["e.seq BETWEEN ? AND ?"], [first, last]
    # Quotes inside texts are escaped, so these words stand only in a row where the key has the value.
    texts = []
    if wanted.event is not None:
        texts.append(f'"event":{json.dumps(wanted.event, ensure_ascii=False)[:-1]}')
    if wanted.user is not None:
        texts.append(f'"user":{json.dumps(wanted.user, ensure_ascii=False)}')
    conditions += ["instr(e.body, ?) > 0"] * len(texts)
    source, of_one = "audit_event e", []
    if wanted.patient_id is not None:
        # CROSS JOIN keeps SQLite from walking the whole log to look each row up.
        source = (
            "(SELECT DISTINCT seq FROM audit_item WHERE patient_id = ?) i"
            " CROSS JOIN audit_event e ON e.seq = i.seq"
        )
        of_one = [wanted.patient_id]
    elif wanted.case_id is not None:
        source = (
            "(SELECT DISTINCT seq FROM audit_item WHERE entity = 'notification' AND entity_id = ?) i"
            " CROSS JOIN audit_event e ON e.seq = i.seq"
        )
        of_one = [wanted.case_id]
    yield from _parsed(
        db.execute(
            f"SELECT {_COLUMNS} FROM {source} WHERE {' AND '.join(conditions)} ORDER BY e.seq DESC",
            (*of_one, *params, *texts),
        )
    )


def first_at(db: Database, moment: datetime) -> int:
    """The first row that is not older than a moment, by halving."""
    text, low, high = stamp(moment), 1, head(db) + 1
    while low < high:
        middle = (low + high) // 2
        after = db.execute(
            f"SELECT {_COLUMNS} FROM audit_event e WHERE e.seq >= ? ORDER BY e.seq LIMIT 50", (middle,)
        )
        at = next((row["at"] for row in _parsed(after) if isinstance(row.get("at"), str)), None)
        if at is not None and at < text:
            low = middle + 1
        else:
            high = middle
    return low


def _fits(row: dict[str, Any], wanted: Wanted) -> bool:
    at, name = str(row.get("at", "")), str(row.get("event", ""))
    return (
        (wanted.since is None or at >= stamp(wanted.since))
        and (wanted.before is None or at < stamp(wanted.before))
        and (wanted.user is None or row.get("user") == wanted.user)
        and (wanted.event is None or name == wanted.event or name.startswith(wanted.event + "."))
    )


def _parsed(rows: Any) -> Iterator[dict[str, Any]]:
    for seq, body in rows:
        yield {**(_mapping(body) or {}), "seq": seq}


def _mapping(text: Any) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return None
    return found if isinstance(found, dict) else None
