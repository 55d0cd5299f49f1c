"""The filled-in lists of one patient, newest first: profile, index value, score, and what changed (Q3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from msreg.forms.answers import counting
from msreg.forms.columns import forms_of
from msreg.forms.value_sets import default_set
from msreg.rules.eq5d import Change, ValueSet, change, profile_of, value
from msreg.services.dossiers import Entry
from msreg.services.records import PatientRecord
from msreg.vocabulary import Record


class Filled(NamedTuple):
    """One list. `profile`, `index_value` and `value_set` are None while a dimension is open.

    `change` compares it with the newest list before it that has a profile; None where there is none.
    """

    on: date
    profile: str | None
    index_value: Decimal | None
    value_set: str | None
    score: int | None
    mode: str | None
    change: Change | None
    lacking: int
    centre: str | None
    entry: Entry


def lists_of(record: PatientRecord, value_set: ValueSet | None = None) -> list[Filled]:
    """The lists of a record that was read, newest first, valued by this set or by the one that is kept."""
    used = value_set or default_set()
    found: list[Filled] = []
    before: str | None = None
    for entry in reversed(record.newest_first(Record.PROM)):
        profile = profile_of(entry.values)
        compared = change(before, profile) if before and profile else None
        found.append(_filled(record, entry, profile, compared, used))
        before = profile or before
    return found[::-1]


def _filled(
    record: PatientRecord, entry: Entry, profile: str | None, compared: Change | None, used: ValueSet
) -> Filled:
    known = counting(forms_of(Record.PROM)[0], entry.values)
    return Filled(
        on=entry.values["answered_on"],
        profile=profile,
        index_value=value(profile, used) if profile else None,
        value_set=used.name if profile else None,
        score=known.get("health_score"),
        mode=known.get("mode"),
        change=compared,
        lacking=entry.row["open_questions"],
        centre=record.centres.get(entry.row["centre_id"]),
        entry=entry,
    )
