"""Somebody's last change that still stands: which events of the log belong to it, and what they did."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msreg.errors import Conflict, MsregError, NotFound
from msreg.services.batches import batch_label
from msreg.store.canonical import read_stamp
from msreg.store.connect import Database
from msreg.store.queries import history, own_changes
from msreg.vocabulary import N_

UNDO = "undo"
"""The event of taking something back; it is not taken back itself."""

_PASSED_OVER = frozenset({UNDO, "db.fix", "imports.undo"})
"""Events that change no answer by hand, or have taken one back already."""


@dataclass(frozen=True, slots=True)
class LastChange:
    """The events of one change, oldest first: one, or all of a guided entry.

    `patients` tells of each patient whom they touched (by id) whether they added that patient.
    """

    seqs: tuple[int, ...]
    event: str
    entry: str | None
    at: datetime | None
    patients: Mapping[str, bool]


def last_change(db: Database, user: str) -> LastChange:
    """The newest change of a user to patients, their records or their sharing that was not taken back.

    Raises `NotFound` when there is none, and `Conflict` for one that is not taken back this way: a batch, an
    erasure, a demo.
    """
    undone = own_changes.undone_batches(db)
    for body in own_changes.of_user(db, user):
        event, about, seq = str(body.get("event")), body.get("about") or {}, body["seq"]
        # Newest first: who took something back did so before it comes along here.
        undone.update(about.get("undoes") or ())
        if seq in undone or event in _PASSED_OVER:
            continue
        if (wall := _wall(db, event, seq)) is not None:
            raise wall
        return _whole(db, user, body, event, about.get("entry"))
    raise NotFound(
        N_("There is no change of yours to take back."),
        hint=N_("See who changed what with: msreg patients history MS-0000012"),
    )


def _wall(db: Database, event: str, seq: int) -> MsregError | None:
    """Why an event is not taken back this way, if so; what came before it is not reached either."""
    if event == "imports.run":
        number = history.batches(db, [seq]).get(seq)
        if number is None:
            return Conflict(
                N_("Your last change loaded a batch file (row {seq} of the log); that cannot be taken back."),
                hint=N_("See what it did with: msreg audit show {seq}"),
                seq=seq,
            )
        return Conflict(
            N_("Your last change is the batch {batch}, which is taken back as a whole."),
            hint=N_("Take it back with: msreg imports undo {batch}"),
            batch=batch_label(number),
        )
    if event == "patients.erase":
        return Conflict(
            N_("Your last change erased a patient (row {seq} of the log); nothing is left to bring back."),
            hint=N_("Mend an earlier change by hand: msreg patients history MS-0000012 tells what it was."),
            seq=seq,
        )
    if event == "demo.fill":
        return Conflict(
            N_("Your last change filled this registry with made-up people, which is not taken back."),
            hint=N_("Make a new registry in another folder: MSREG_HOME names it."),
        )
    return None


def _whole(db: Database, user: str, body: Mapping[str, Any], event: str, entry: str | None) -> LastChange:
    seqs = [body["seq"]]
    if entry is not None:
        patients = list(own_changes.patients_of(db, seqs))
        seqs = own_changes.of_entry(db, user, entry, patients)
    at = None
    with suppress(KeyError, TypeError, ValueError):
        at = read_stamp(body["at"])
    return LastChange(tuple(seqs), event, entry, at, own_changes.patients_of(db, seqs))
