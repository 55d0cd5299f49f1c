"""The log as people read it: newest first, by patient, user, kind of event and time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from msreg.store.dbapi import Database
from msreg.store.queries.rows import named, pieces

# Rows are numbered in the order of their moments, give or take the slack that the log allows the clock.
SLACK_ROWS_FIRST = "0001"
_LAST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: all None is the whole log. `since` and `before` are moments as the log writes them."""

    patient_id: str | None = None
    user: str | None = None
    event: str | None = None
    """The name of an event (`imports.run`) or its beginning before a point (`imports`)."""
    since: str | None = None
    before: str | None = None

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
    first = 1
    if wanted.since is not None:
        first = _first_at(db, wanted.since)
    if wanted.everything:
        # Nothing to read of the pages before this one.
        rows = _parsed(
            db.execute(
                "SELECT seq, body FROM audit_event WHERE seq <= ? ORDER BY seq DESC LIMIT ? OFFSET ?",
                (last, limit + 1, offset),
            )
        )
        found = list(rows)
    else:
        chosen = (each for each in _candidates(db, wanted, first, last) if _fits(each, wanted))
        found = list(islice(chosen, offset, offset + limit + 1))
    return found[:limit], len(found) > limit


def event(db: Database, seq: int) -> dict[str, Any] | None:
    """One event by its number."""
    return next(_parsed(db.execute("SELECT seq, body FROM audit_event WHERE seq = ?", (seq,))), None)


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
    """Registry numbers by the id of the patient; one who is no longer there is missing."""
    found: dict[str, int] = {}
    for marks, piece in pieces(sorted(set(patient_ids))):
        found.update(db.rows(f"SELECT id, number FROM patient WHERE id IN ({marks})", piece))
    return found


def _candidates(db: Database, wanted: Wanted, first: int, last: int) -> Iterator[dict[str, Any]]:
    """Events that may fit, newest first, as they come: the caller stops when a page is full."""
    conditions, params = ["e.seq BETWEEN ? AND ?"], [first, last]
    # Quotes inside texts are escaped, so these words stand in a row where the key has the value.
    texts: list[str] = []
    if wanted.event is not None:
        texts.append(f'"event":{_encoded(wanted.event)[:-1]}')
    if wanted.user is not None:
        texts.append(f'"user":{_encoded(wanted.user)}')
    conditions += ["instr(e.body, ?) > 0"] * len(texts)
    source, before = "audit_event e", []
    if wanted.patient_id is not None:
        # CROSS JOIN keeps SQLite from walking the whole log and looking up each row.
        source = (
            "(SELECT DISTINCT seq FROM audit_item WHERE patient_id = ?) i"
            " CROSS JOIN audit_event e ON e.seq = i.seq"
        )
        before = [wanted.patient_id]
    yield from _parsed(
        db.execute(
            f"SELECT e.seq, e.body FROM {source} WHERE {' AND '.join(conditions)} ORDER BY e.seq DESC",
            (*before, *params, *texts),
        ),
        stop_before=None if wanted.since is None else wanted.since,
    )


def _first_at(db: Database, moment: str) -> int:
    """The first row that is not older than a moment, by halving: the log is in the order of time."""
    low, high = 1, head(db) + 1
    while low < high:
        middle = (low + high) // 2
        row = next(
            _parsed(db.execute("SELECT seq, body FROM audit_event WHERE seq >= ? ORDER BY seq LIMIT 1", (middle,))),
            None,
        )
        if row is not None and str(row.get("at", "")) < moment:
            low = middle + 1
        else:
            high = middle
    return low


def _fits(row: dict[str, Any], wanted: Wanted) -> bool:
    at, name = str(row.get("at", "")), str(row.get("event", ""))
    return (
        (wanted.since is None or at >= wanted.since)
        and (wanted.before is None or at < wanted.before)
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


def _encoded(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
