"""What left the registry, by the log: events that wrote something to go elsewhere, newest first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msreg.store.canonical import stamp
from msreg.store.dbapi import Database
from msreg.vocabulary import Outcome

LEFT = (
    """(instr(body, '"event":"exports.run"') > 0 OR instr(body, '"event":"events.send"') > 0"""
    """ OR instr(body, '"to_file":true') > 0)"""
)
"""The condition of the index on what left, word for word: only so does the database take it. Quotes inside texts
are escaped in the log, so these words stand only where a key has the value."""


def newest_left(
    db: Database, *, since: datetime | None, recipient: str | None, centres: frozenset[str] | None
) -> Iterator[dict[str, Any]]:
    """The events that took data out, each as the log has it with its number under `seq`, as they come.

    `recipient`: these letters are in who got it. `centres`: done by somebody of one of these; None for all.
    """
    letters = None if recipient is None else recipient.casefold()
    # The bytes: a row that is damaged must not keep the others from being read.
    rows = db.execute(
        f"SELECT e.seq, CAST(e.body AS BLOB) FROM audit_event e WHERE {LEFT} ORDER BY e.seq DESC"
    )
    for seq, body in rows:
        event = _read(body)
        if event is None or event.get("outcome") != Outcome.DONE.value:
            continue
        about = event.get("about") or {}
        if since is not None and str(event.get("at", "")) < stamp(since):
            continue
        if letters is not None and letters not in str(about.get("recipient", "")).casefold():
            continue
        if centres is None or event.get("centre") in centres:
            yield {**event, "about": about, "seq": seq}


def _read(body: Any) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (TypeError, ValueError):
        return None
    return found if isinstance(found, dict) else None
