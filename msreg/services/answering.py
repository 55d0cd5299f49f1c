"""What new answers of one record bring about: faults that refuse them, and doubts that a person may settle."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from msreg.errors import Phrase, Refused, Usage
from msreg.forms.answers import open_questions
from msreg.forms.columns import forms_of
from msreg.forms.definition import Item
from msreg.forms.values import reader
from msreg.rules.findings import Finding
from msreg.services.dossiers import Dossier, Entry
from msreg.services.judging import judge
from msreg.store.connect import Database
from msreg.store.queries import dossiers as queries
from msreg.vocabulary import N_, Record

Values = dict[str, Any]

MORE = N_("There is more to mend: {more}.")
"""The hint of a refusal that has none of its own; it names options and codes, for who gave all answers at once."""
Mark = tuple[str, str | None, int, Any]
"""What makes two findings the same: code, question, record, and the answer that is there."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What changed answers bring that was not there before. A required question that is open is no fault."""

    errors: list[Finding]
    doubts: list[Finding]


def items_of(record: Record) -> dict[str, Item]:
    """Every question of a kind of record, by key."""
    return {item.key: item for form in forms_of(record) for item in form.items}


def typed(record: Record, answers: Mapping[str, Any], today: date) -> Values:
    """Answers as people write them, read. Raises `Refused` at the first that is not understood."""
    return typed_by(items_of(record), answers, today)


def typed_by(items: Mapping[str, Item], answers: Mapping[str, Any], today: date) -> Values:
    """The same for the questions of any form, by key."""
    found: Values = {}
    for key, raw in answers.items():
        value, problem = reader(items[key], today)(raw)
        if value is None:
            if problem is None:
                raise Usage(
                    N_("An empty answer says nothing; take an answer away with --clear {key}."),
                    field=key,
                    key=key,
                )
            raise refused(problem.code, key, problem.message, problem.hint, problem.params)
        found[key] = value
    return found


def judged(
    db: Database, dossier: Dossier, entry: Entry, values: Mapping[str, Any], *, today: date, made_up: bool
) -> Judged:
    """Lay answers over one record of a dossier and tell what that brings; the entry keeps the answers.

    A new record has to be among the dossier's already. What was wrong before is not told again, unless the
    answer that it is about is another one now.
    """
    before = _before(dossier, entry, today, made_up)
    entry.place = "hand"
    entry.values = dict(values)
    bsn_known, number_known = _known_elsewhere(db, dossier)
    found = judge(dossier, today, made_up=made_up, bsn_known=bsn_known, number_known=number_known)
    new = [each for each in found if each.code != "FRM-001" and _mark(each) not in before]
    return Judged([each for each in new if each.is_error], [each for each in new if not each.is_error])


def refuse(found: Judged, entry: Entry, given: Collection[str]) -> None:
    """Raise the first fault; one at an answer that was given comes first. The others are named in the hint."""
    errors = sorted(found.errors, key=lambda each: not (each.ref is entry and each.field in given))
    if errors:
        each = errors[0]
        raise refused(each.code, each.field, each.message, each.hint, each.params, errors[1:])


def refused(
    code: str,
    key: str | None,
    message: str,
    hint: str | None,
    params: Mapping[str, object],
    others: Sequence[Finding] = (),
) -> Refused:
    """A fault as one sentence that names the question."""
    why = Phrase(message, params)
    if others:
        more = ", ".join(sorted({f"{option(each.field)} ({each.code})" for each in others}))
        hint = MORE if hint is None else hint
        params = {**params, "more": more}
    return Refused(
        N_("{option}: {why}."), hint=hint, rule=code, field=key, option=option(key), why=why, **params
    )


def lacking(record: Record, values: Mapping[str, Any], also: Collection[str] = ()) -> list[Item]:
    """Required questions without an answer, and those of `also` that have none."""
    found = [item for form in forms_of(record) for item in open_questions(form, values)]
    items = items_of(record)
    return [*(items[key] for key in also if values.get(key) is None), *found]


def missing_options(missing: Sequence[Item]) -> Usage:
    """The usage error that names the options which are missing (C2)."""
    options = ", ".join(option(each.key) for each in missing)
    return Usage(
        N_("The option {options} is missing.")
        if len(missing) == 1
        else N_("These options are missing: {options}."),
        hint=N_("On a terminal msreg asks for them; `add` takes --incomplete to leave them open."),
        field=missing[0].key,
        options=options,
    )


def option(key: str | None) -> str:
    """The option of a question."""
    return "--" + (key or "").replace("_", "-")


def _before(dossier: Dossier, entry: Entry, today: date, made_up: bool) -> set[Mark]:
    if entry.stored is None and entry.record is Record.PATIENT:
        return set()
    now = entry.values
    if entry.stored is None:
        rest = [each for each in dossier.of(entry.record) if each is not entry]
        old = Dossier(dossier.patient, dossier.centre_id, {**dossier.children, entry.record: rest})
        return {_mark(each) for each in judge(old, today, made_up=made_up)}
    entry.values = entry.stored
    try:
        return {_mark(each) for each in judge(dossier, today, made_up=made_up)}
    finally:
        entry.values = now


def _mark(each: Finding) -> Mark:
    return each.code, each.field, id(each.ref), each.ref.values.get(each.field)


def _known_elsewhere(db: Database, dossier: Dossier) -> tuple[str | None, bool]:
    """Where another patient has this BSN, and whether one of the same centre has this patient number."""
    values, stored = dossier.patient.values, dossier.patient.stored or {}
    bsn, number = values.get("bsn"), values.get("patient_number")
    where: str | None = None
    if bsn is not None and bsn != stored.get("bsn"):
        others = [row for row in queries.patients_by_bsn(db, [bsn]) if row["id"] != dossier.id]
        if others:
            where = "same_centre" if others[0]["centre_id"] == dossier.centre_id else "other_centre"
    taken = False
    if number is not None and number != stored.get("patient_number"):
        rows = queries.patients_by_numbers(db, dossier.centre_id, [number])
        taken = any(row["id"] != dossier.id for row in rows)
    return where, taken
