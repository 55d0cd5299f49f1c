"""Which record of a patient a row is about: by what tells it from the others of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from msreg.forms.columns import forms_of
from msreg.services.batch_rows import BatchRow
from msreg.services.dossiers import Dossier, Entry
from msreg.vocabulary import DiseaseKind, Record

Identity = tuple[Any, ...]


def by_identity(dossier: Dossier, record: Record) -> dict[tuple[int, Identity], list[Entry]]:
    """The records that the registry has of a patient, by what tells them apart."""
    found: dict[tuple[int, Identity], list[Entry]] = {}
    for entry in dossier.of(record):
        identity = identity_of(record, entry.values)
        if entry.id is not None and identity is not None:
            found.setdefault((id(entry.parent), identity), []).append(entry)
    return found


@cache
def identity_keys(record: Record) -> tuple[str, ...]:
    """The questions whose answers tell records of a kind apart."""
    return tuple(key for form in forms_of(record) for key in form.identity)


def identity_of(record: Record, values: Mapping[str, Any]) -> Identity | None:
    """What tells this record from the others of its kind and patient; None when it is not known."""
    if record is Record.DISEASE and values.get("kind") == DiseaseKind.REFERRAL:
        return (DiseaseKind.REFERRAL,)  # there is one referral, dated or not
    found = tuple([values.get(key) for key in identity_keys(record)])
    return None if None in found else found


def unclear(dossier: Dossier) -> bool:
    """Whether a medication of the file has a fault in what names it: a side effect may be of that one."""
    return not all(
        each.faulty.isdisjoint(("medicine", "start_date")) for each in dossier.of(Record.MEDICATION)
    )


def medication_of(dossier: Dossier, row: BatchRow) -> Entry | None:
    """The medication that a side effect belongs to, in the file or in the registry."""
    wanted = (row.parents.get("medicine"), row.parents.get("medication_start"))
    if None in wanted:
        return None
    for entry in dossier.of(Record.MEDICATION):
        if (entry.values.get("medicine"), entry.values.get("start_date")) == wanted:
            return entry
    return None
