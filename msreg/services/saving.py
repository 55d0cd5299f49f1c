"""Dossiers into the registry: what is new is added, what differs is changed, each noted for the log.

By SQL text and in batches through the driver: a model a row would take thirty times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from msreg.errors import Conflict
from msreg.forms.columns import forms_of, to_json
from msreg.forms.definition import UNKNOWN
from msreg.services import deriving
from msreg.services.differing import CellChange, differences, differs, outcome
from msreg.services.dossiers import Dossier, Entry
from msreg.services.writing import Work
from msreg.store.queries import numbers
from msreg.store.queries import saving as queries
from msreg.store.queries.dossiers import TABLES
from msreg.vocabulary import N_, Action, Record

__all__ = ["CellChange", "differences", "differs", "outcome", "save"]

Values = dict[str, Any]
AsJson = Callable[[Values], str]


def save(work: Work, dossiers: Sequence[Dossier], *, writer: str | None = None) -> None:
    """Write what is new or changed in these dossiers, with their derived columns, in the open work.

    `writer` is the id of the centre in whose name new records are written; the patient's own when None.
    Raises `Conflict` when a record was changed by somebody else since it was read.
    """
    from msreg.models.ids import new_id

    next_number = _Numbers(work).next
    at = queries.moment(work.at)
    as_json = queries.json_writer(len(dossiers))
    added: dict[Record, list[Values]] = {record: [] for record in Record}
    changed: dict[Record, list[Values]] = {record: [] for record in Record}
    for dossier in dossiers:
        patient = dossier.patient
        if patient.stored is None and "number" not in patient.row:
            patient.id = patient.id or new_id()
            patient.row = {"number": next_number()}
        assert patient.id is not None
        touched = False
        counted: dict[Entry, int] = {}
        for entry in dossier.entries():
            if entry.record is Record.PATIENT or not differs(entry):
                continue
            touched = True
            new = entry.stored is None
            entry.id = entry.id or new_id()
            row = _row_of(at, as_json, entry, derived := deriving.of_entry(entry))
            counted[entry] = derived["open_questions"]
            if new:
                # A record that comes back keeps the centre that wrote it.
                wrote = entry.row.get("centre_id") or writer or dossier.centre_id
                row["patient_id"], row["centre_id"] = patient.id, wrote
                if entry.record is Record.ADVERSE_EVENT:
                    assert entry.parent is not None
                    entry.parent.id = entry.parent.id or new_id()
                    row["medication_id"] = entry.parent.id
            (added if new else changed)[entry.record].append(row)
            _note(work, entry, patient.id)
        if touched or differs(patient):
            row = _row_of(at, as_json, patient, deriving.of_patient(dossier, counted))
            if patient.stored is None:
                row["number"], row["centre_id"] = patient.row["number"], dossier.centre_id
            (added if patient.stored is None else changed)[Record.PATIENT].append(row)
            if differs(patient):
                _note(work, patient, patient.id)
    for record in Record:
        queries.add(work.db, TABLES[record], added[record])
        if queries.change(work.db, TABLES[record], changed[record]) != len(changed[record]):
            raise Conflict(
                N_("Somebody else changed a record of this work in the meantime; nothing was saved."),
                hint=N_("Look at the record again and repeat your change."),
            )


@dataclass(frozen=True, slots=True)
class _Keys:
    """Where the answers of a kind of record are kept, and the version of its forms."""

    typed: tuple[str, ...]
    columns: frozenset[str]
    or_unknown: frozenset[str]
    form_version: str


@cache
def _keys(record: Record) -> _Keys:
    forms = forms_of(record)
    items = [item for form in forms for item in form.items]
    return _Keys(
        tuple(item.key for item in items if item.column),
        frozenset(item.key for item in items if item.column),
        frozenset(item.key for item in items if item.column and item.or_unknown),
        " ".join(f"{form.key}:{form.version}" for form in forms),
    )


def _row_of(at: str, as_json: AsJson, entry: Entry, derived: Values) -> Values:
    """The columns to write for an entry."""
    keys = _keys(entry.record)
    typed, others = _split(keys, entry.values)
    row: Values = {
        **typed,
        "answers": as_json(others),
        "form_version": keys.form_version,
        **queries.bound(derived),
        "updated_at": at,
        "id": entry.id,
        "version": entry.row.get("version", 1),
    }
    if entry.stored is None:
        row["created_at"] = at
    else:
        row["version"] = entry.row["version"] + 1
    return row


def _split(keys: _Keys, values: Values) -> tuple[Values, Values]:
    """Answers with a column of their own (all of them, None where nothing was answered), and the others."""
    typed: Values = dict.fromkeys(keys.typed)
    others: Values = {}
    for key, value in values.items():
        # A number column cannot hold "unknown"; the word goes to the others.
        if key in keys.columns and not (key in keys.or_unknown and value == UNKNOWN):
            how = queries.BOUND.get(type(value))
            typed[key] = value if how is None else how(value)
        else:
            others[key] = to_json(value)
    return typed, others


def _note(work: Work, entry: Entry, patient_id: str) -> None:
    """Tell the log which answers became what."""
    assert entry.id is not None
    table = TABLES[entry.record]
    if entry.stored is None:
        # As they are, not as JSON: the log writes dates and decimals as JSON keeps them.
        work.touched(Action.CREATE, table, entry.id, patient_id=patient_id, after=entry.values or None)
        return
    changes = differences(entry)
    work.touched(
        Action.UPDATE,
        table,
        entry.id,
        patient_id=patient_id,
        before={c.key: c.old for c in changes if c.old is not None} or None,
        after={c.key: c.new for c in changes if c.new is not None} or None,
    )


class _Numbers:
    """The next registry numbers, read once in the transaction that uses them."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._last: int | None = None

    def next(self) -> int:
        if self._last is None:
            self._last = numbers.last_number(self._work.db)
        self._last += 1
        return self._last
