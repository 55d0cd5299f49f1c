"""Which record of a patient is meant: by the answers that tell it from the others of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msreg.errors import Conflict, NotFound
from msreg.forms.values import reader
from msreg.services.answering import items_of, refused
from msreg.services.dossiers import Dossier, Entry
from msreg.vocabulary import N_, Record, Severity

PARENT = "parent_"
"""In front of the key of an answer of the medication that a side effect belongs to."""


def find_entry(dossier: Dossier, record: Record, which: Mapping[str, Any], today: date) -> Entry:
    """The one record that these answers fit; a medicine may be named by brand, INN or ATC code.

    Raises `NotFound` when there is none, `Conflict` when there are more.
    """
    named = _named(record, which, today)
    found = [entry for entry in dossier.of(record) if _fits(entry, named)]
    if not found:
        raise NotFound(
            N_("This patient has no such record."), hint=N_("See what there is with: msreg patients show")
        )
    if len(found) > 1:
        raise Conflict(N_("More than one record fits; name it more closely."))
    return found[0]


def _named(record: Record, which: Mapping[str, Any], today: date) -> dict[str, Any]:
    items = items_of(record) | {f"{PARENT}{key}": item for key, item in items_of(Record.MEDICATION).items()}
    found: dict[str, Any] = {}
    for key, raw in which.items():
        value, problem = reader(items[key], today)(raw)
        if problem is not None and problem.severity is Severity.ERROR:
            raise refused(problem.code, key, problem.message, problem.hint, problem.params)
        found[key] = value
    return found


def _fits(entry: Entry, named: Mapping[str, Any]) -> bool:
    for key, value in named.items():
        if key.startswith(PARENT):
            if entry.parent is None or entry.parent.values.get(key.removeprefix(PARENT)) != value:
                return False
        elif entry.values.get(key) != value:
            return False
    return True
