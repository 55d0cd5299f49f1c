"""Rows to facts, facts to findings: what the forms and the checks have to say about one patient."""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from typing import Any

from msreg.forms.answers import hidden, open_questions, standing
from msreg.forms.columns import forms_of
from msreg.forms.medicines import medicine
from msreg.forms.problems import Problem
from msreg.forms.values import NOT_ASKED, REQUIRED
from msreg.rules.checks import run_checks
from msreg.rules.facts import (
    CourseFacts,
    DiseaseFacts,
    EventFacts,
    MedicationFacts,
    PatientFacts,
    PromFacts,
    RecordFacts,
)
from msreg.rules.findings import Finding
from msreg.services.differing import differs
from msreg.services.dossiers import Dossier, Entry
from msreg.vocabulary import Record, Severity


def judge(
    dossier: Dossier,
    today: date,
    *,
    made_up: bool,
    bsn_known: str | None = None,
    number_known: bool = False,
) -> list[Finding]:
    """Everything that is wrong or doubtful in a dossier; each finding's `ref` is its `Entry`.

    A required question without an answer is an error in a new record. In a record that the registry has
    with that question open already, it is a warning: what was incomplete may stay so.
    Without consent nothing else of the patient is judged (P1).
    """
    if dossier.patient.values.get("consent") is not True and "consent" not in dossier.patient.faulty:
        only = PatientFacts.of({"consent": dossier.patient.values.get("consent")}, ref=dossier.patient)
        found = run_checks(RecordFacts(patient=only, made_up=made_up), today)
        return found or [_problem(dossier.patient, "consent", REQUIRED)]
    known = facts(dossier, made_up=made_up, bsn_known=bsn_known, number_known=number_known)
    findings = run_checks(known, today)
    refused: dict[int, set[str]] = {}
    for finding in findings:
        if finding.is_error and finding.field:
            refused.setdefault(id(finding.ref), set()).add(finding.field)
    for entry in dossier.entries():
        # A question that hangs on a refused answer is not asked for: the fault is told once.
        findings += _of_form(entry, entry.faulty | refused.get(id(entry), frozenset()))
    return findings


def _of_form(entry: Entry, faulty: Set[str]) -> list[Finding]:
    found: list[Finding] = []
    for form in forms_of(entry.record):
        lacking, gone = standing(form, entry.values, faulty)
        if lacking and entry.stored is not None:
            was_open = {item.key for item in open_questions(form, entry.stored)}
        else:
            was_open = set()
        for item in lacking:
            severity = Severity.WARNING if item.key in was_open else Severity.ERROR
            found.append(_problem(entry, item.key, REQUIRED, severity))
        if entry.place is not None and gone:
            was = entry.stored or {}
            doubtful = faulty | {item.key for item in lacking}
            found += [
                _problem(entry, item.key, NOT_ASKED)
                for item in hidden(form, entry.values, doubtful)
                if was.get(item.key) != entry.values[item.key]
            ]
    return found


def _problem(entry: Entry, key: str, problem: Problem, severity: Severity | None = None) -> Finding:
    return Finding(
        problem.code,
        severity or problem.severity,
        entry.record,
        key,
        problem.message,
        ref=entry,
        hint=problem.hint,
        params=problem.params,
    )


def facts(
    dossier: Dossier, *, made_up: bool = False, bsn_known: str | None = None, number_known: bool = False
) -> RecordFacts:
    """What the checks may know of a dossier."""
    return RecordFacts(
        patient=PatientFacts.of(
            _told(dossier.patient),
            ref=dossier.patient,
            faulty=dossier.patient.faulty,
            bsn_known=bsn_known,
            number_known=number_known,
            **_withdrawn(dossier),
        ),
        courses=tuple(CourseFacts.of(_told(e), ref=e, faulty=e.faulty) for e in dossier.of(Record.COURSE)),
        disease=tuple(DiseaseFacts.of(_told(e), ref=e, faulty=e.faulty) for e in dossier.of(Record.DISEASE)),
        medication=tuple(_medication(e) for e in dossier.of(Record.MEDICATION)),
        events=tuple(_event(e) for e in dossier.of(Record.ADVERSE_EVENT)),
        proms=tuple(PromFacts.of(_told(e), ref=e, faulty=e.faulty) for e in dossier.of(Record.PROM)),
        made_up=made_up,
    )


def _withdrawn(dossier: Dossier) -> dict[str, Any]:
    """Since when consent is withdrawn, and whether there is new data nevertheless."""
    on = dossier.patient.row.get("withdrawn_on")
    if on is None:
        return {}
    return {
        "withdrawn_on": date.fromisoformat(on),
        "new_data": any(differs(entry) for entry in dossier.entries()),
    }


def _told(entry: Entry) -> dict[str, Any]:
    """The answers that count; a hidden one is unknown to the checks."""
    values = entry.values
    for form in forms_of(entry.record):
        if gone := hidden(form, values, entry.faulty):
            values = {key: value for key, value in values.items() if key not in {i.key for i in gone}}
    return values


def _medication(entry: Entry) -> MedicationFacts:
    known = medicine(entry.values.get("medicine") or "")
    return MedicationFacts.of(
        _told(entry),
        ref=entry,
        faulty=entry.faulty,
        regular_interval_days=known.interval_days if known else None,
        withdrawn_on=known.withdrawn_on if known else None,
    )


def _event(entry: Entry) -> EventFacts:
    above = entry.parent
    start = above.values.get("start_date") if above and "start_date" not in above.faulty else None
    return EventFacts.of(
        _told(entry), ref=entry, faulty=entry.faulty, medication_start=start, medication_ref=above
    )
