"""What a registry holds, so that two moments and two registries can be compared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from msreg.config import load_settings
from msreg.services import access
from msreg.services.audit_proof import prove
from msreg.services.database import check_registry
from msreg.store.connect import Database
from msreg.store.copies import check_database, table_counts
from msreg.store.registry import Registry
from tests.conftest import environment

FILES = {"registry.db", "registry.db-wal", "registry.db-shm", "keys.json", "anchors.jsonl"}
OWN = ("id", "created_at", "updated_at", "patient_id", "medication_id", "version")
"""Columns that differ between two loads of the same file; `patient_id` is told by the patient's number."""
RECORDS = ("patient", "course", "disease_event", "medication", "adverse_event", "prom")
COUNTED = "added, changed, unchanged, skipped, refused"


@dataclass(frozen=True, slots=True)
class State:
    """What a registry holds: its rows to the last byte, and what of them is alike wherever it was loaded."""

    counts: dict[str, int]
    exact: str
    """Of every row of every table, the log included."""
    answers: str
    """Of the records, whatever their ids and when they were written."""
    history: list[tuple[object, ...]]
    """For each batch its counts, and whether it was taken back."""
    events: list[str]
    """The log, by the names of its events."""

    @property
    def content(self) -> tuple[object, ...]:
        """All but what differs between two registries in which the same was done."""
        return self.counts, self.answers, self.history, self.events


def sound(folder: Path, *, like: State | None = None) -> State:
    """The state of a registry that opens, whose file is whole and whose log and marks are as they were written.

    Nothing lies about in its folders. With `like` its rows are compared to the last byte only where there are
    as many as in that state.
    """
    with Registry.open(load_settings(environment(folder))) as registry, registry.light() as db:
        assert check_database(db) == []
        proof = prove(db, registry.keys, registry.uuid, registry.settings.anchors_file)
        assert proof.ok, proof
        found = state(db, like)
    assert {each.name for each in (folder / "home").rglob("*") if each.is_file()} <= FILES
    assert not any((folder / "tmp").iterdir())
    return found


def derived_right(folder: Path) -> None:
    """What is derived of every record is what the rules make of it: `db check`, whole."""
    settings = load_settings(environment(folder))
    with Registry.open(settings) as registry:
        found = check_registry(registry, by=access.whoami(registry, settings.environ))
        assert found.ok, (found.damage, found.differences[:3])


def state(db: Database, like: State | None = None) -> State:
    counts = table_counts(db)
    compared = like is None or counts == like.counts
    names = [
        str(row[0]) for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    events = [
        str(json.loads(row[0])["event"]) for row in db.rows("SELECT body FROM audit_event ORDER BY seq")
    ]
    history = db.rows(
        f"SELECT number, file, sha256, {COUNTED}, partial, undone_seq IS NULL FROM batch ORDER BY number"
    )
    return State(
        counts=counts,
        exact=_digest(db, [f'SELECT * FROM "{name}"' for name in names]) if compared else "",
        answers=_digest(db, [_alike(db, name) for name in RECORDS]),
        history=[tuple(row) for row in history],
        events=events,
    )


def _alike(db: Database, table: str) -> str:
    columns = [str(row[1]) for row in db.rows(f"PRAGMA table_info({table})")]
    shown = ", ".join(f"t.{each}" for each in columns if each not in OWN)
    if table == "patient":
        return f"SELECT {shown} FROM patient t ORDER BY number"
    every = ", ".join(str(at) for at in range(1, shown.count(",") + 3))
    return f"SELECT p.number, {shown} FROM {table} t JOIN patient p ON p.id = t.patient_id ORDER BY {every}"


def _digest(db: Database, queries: list[str]) -> str:
    found = sha256()
    for query in queries:
        found.update(query.encode())
        found.update(repr(db.rows(query)).encode())
    return found.hexdigest()
