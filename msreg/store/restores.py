"""Restored backups in the log: which rows of the log before them were given up, and with these the marks of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msreg.store.anchors import Anchor
from msreg.store.canonical import read_stamp
from msreg.store.dbapi import Database

EVENT = "db.restore"
IN_A_BODY = f'"event":"{EVENT}"'


@dataclass(frozen=True, slots=True)
class Restore:
    """A backup was put back: its log, of `from_seq` rows, went on at row `seq`."""

    seq: int
    from_seq: int
    kept_seq: int
    """The last row that it surely had in common with the log before: less than `from_seq` where that had gone on
    from an earlier backup. What that log had after it was given up."""
    at: datetime
    head_seq: int | None
    """The last row that the registry had before; None when that could not be read any more."""
    user: str

    def gives_up(self, mark: Anchor) -> bool:
        """Whether a mark is of a row that was given up. Marks of later moments stand."""
        return mark.seq > self.kept_seq and mark.at <= self.at


def common_rows(db: Database, marks: Iterable[Anchor]) -> int:
    """How many rows of this log, from the first, no mark speaks against."""
    rows = [
        found
        for seq, body in db.rows("SELECT seq, body FROM audit_event WHERE body LIKE ?", (f"%{IN_A_BODY}%",))
        if (found := read_restore(seq, body)) is not None
    ]
    macs: dict[int, str] = dict(db.rows("SELECT seq, mac FROM audit_event"))
    against = [
        mark.seq
        for mark in marks
        if mark.mac != macs.get(mark.seq, mark.mac) and not any(each.gives_up(mark) for each in rows)
    ]
    return min(against, default=len(macs) + 1) - 1


def read_restore(seq: int, body: Any) -> Restore | None:
    """What a row of the log tells of a restore; None for a look at what one would do, and for any other row."""
    try:
        event = json.loads(body)
        about = event["about"]
        # It is the first row after the copy, so it can speak of no row that its own log has.
        if event["event"] != EVENT or event["outcome"] != "0" or about.get("from_seq") != seq - 1:
            return None
        return Restore(
            seq,
            seq - 1,
            int(about["kept_seq"]),
            read_stamp(event["at"]),
            about["head_seq"],
            str(event["user"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
