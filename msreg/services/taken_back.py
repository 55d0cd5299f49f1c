"""What taking one's last change back does to each record, for people to see before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from msreg.forms.columns import forms_of
from msreg.services.changed_answers import Answer, items_of, masked, typed
from msreg.services.differing import differences
from msreg.services.dossiers import Entry
from msreg.services.last_change import LastChange
from msreg.services.naming import registry_number
from msreg.services.undo_plan import Back
from msreg.vocabulary import Record


class Did(StrEnum):
    """What taking back does to one record."""

    CHANGED = "changed"
    DELETED = "deleted"
    RETURNED = "returned"
    SHARED = "shared"
    UNSHARED = "unshared"


@dataclass(frozen=True, slots=True)
class BackRecord:
    """One record that is taken back; `record` is None for a share.

    `which` has what tells the record apart. Of each answer `old` is what it is now, `new` what it becomes.
    """

    patient: str
    record: Record | None
    record_id: str
    which: Mapping[str, Any]
    did: Did
    answers: Sequence[Answer]


@dataclass(slots=True)
class TakenBack:
    """What was taken back, or would be. `change` names its rows of the log; `seq` is the row of taking back."""

    change: LastChange
    dry_run: bool
    records: list[BackRecord] = field(default_factory=list)
    seq: int | None = None


def records_of(backs: Sequence[Back]) -> Iterator[BackRecord]:
    """What becomes of each record. The dossiers have the old answers already."""
    for back in backs:
        if back.dossier is None:
            continue
        number = registry_number(back.dossier.patient.row["number"])
        for entry in back.restored:
            answers = [
                Answer(each.key, items_of(entry.record)[each.key], each.old, each.new)
                for each in differences(entry)
            ]
            if entry.record is Record.PATIENT:
                answers += _columns(back)
            if answers:
                yield _record(number, entry, Did.CHANGED, answers)
        for entry in back.returning:
            yield _record(number, entry, Did.RETURNED, _all(entry, became=True))
        for entry in back.doomed:
            yield _record(number, entry, Did.DELETED, _all(entry, became=False))


def _record(number: str, entry: Entry, did: Did, answers: Sequence[Answer]) -> BackRecord:
    which = {}
    if entry.record is not Record.PATIENT:
        keys = (key for form in forms_of(entry.record) for key in form.identity)
        which = {key: entry.values[key] for key in keys if key in entry.values}
    return BackRecord(number, entry.record, str(entry.id), which, did, [masked(each) for each in answers])


def _all(entry: Entry, *, became: bool) -> list[Answer]:
    """Every answer of a record that comes back, or goes."""
    items = items_of(entry.record)
    return [
        Answer(key, items[key], None if became else value, value if became else None)
        for key, value in entry.values.items()
    ]


def _columns(back: Back) -> list[Answer]:
    """What is put back beside the answers to questions. The row in the dossier has the old ones by now."""
    return [
        Answer(key, None, typed(Record.PATIENT, key, back.replaced.get(key)), typed(Record.PATIENT, key, old))
        for key, old in back.columns.items()
    ]
