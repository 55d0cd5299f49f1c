"""What differs between an entry and the registry, and what saving it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msreg.forms.columns import forms_of
from msreg.services.dossiers import Entry
from msreg.vocabulary import Rowed


@dataclass(frozen=True, slots=True)
class CellChange:
    """One answer that is new or differs: what it was (None: nothing) and what it becomes."""

    entry: Entry
    key: str
    old: Any
    new: Any


def differs(entry: Entry) -> bool:
    """Whether an entry is new or has another answer than the registry."""
    return entry.values != entry.stored


def differences(entry: Entry) -> list[CellChange]:
    """The answers of an entry that differ from the registry's, in the order of the form."""
    old = entry.stored or {}
    if entry.values == old:
        return []
    return [
        CellChange(entry, item.key, old.get(item.key), entry.values.get(item.key))
        for form in forms_of(entry.record)
        for item in form.items
        if old.get(item.key) != entry.values.get(item.key)
    ]


def outcome(entry: Entry) -> Rowed:
    """What saving does with an entry."""
    if entry.stored is None:
        return Rowed.ADDED
    return Rowed.CHANGED if differs(entry) else Rowed.UNCHANGED
